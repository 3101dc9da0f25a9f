//! A snapshot: the Parquet files that are judged, found, named and held still.
//!
//! Everything a report says is said of bytes. This module decides which bytes those are. What a
//! person typed is made a [`Location`] (a file, a directory, several of either); a [`Listing`]
//! names every file below it, in one order, under a name that does not depend on where the
//! snapshot lies; a [`StableFile`] is one of them opened, once, for everyone who reads it; a
//! [`Manifest`] is the digest of every file, and its own digest is the [`SnapshotId`]. The
//! manifest is what `sha256sum -c` reads, so anyone can check a snapshot without this program.
//!
//! Three promises hold it together:
//! - *Nothing is passed over in silence.* A file below a root is taken, or ignored and named as
//!   ignored, or refused by name: symlinks, FIFOs, leftovers that are no Parquet, names that a
//!   manifest cannot hold, the logs of table formats.
//! - *The bytes hashed are the bytes decoded.* Both read from one opening, by position, and
//!   [`StableFile::verify_unchanged`] tells afterwards whether the file was still.
//! - *Equal snapshots have equal IDs*, wherever they lie, however they were named to us, and in
//!   whatever order the file system lists them.
//!
//! It never decodes a page, never looks into a footer, never decides what a difference means,
//! starts no thread, and writes nothing.
//!
//! ```
//! use driftgate::identity::DigestAlgorithm;
//! use driftgate::snapshot::{Listing, ListingRules, Location, Manifest, StableFile, hash_file};
//!
//! # let folder = tempfile::tempdir()?;
//! # let november = folder.path().join("2026-11");
//! # std::fs::create_dir_all(november.join("country=ch"))?;
//! # std::fs::write(november.join("country=ch/part-0.parquet"), "PAR1....PAR1")?;
//! # std::fs::write(november.join("_SUCCESS"), "")?;
//! let location = Location::find(&[november])?;
//! let listing = Listing::of(&location, &ListingRules::default())?;
//! assert_eq!(listing.files[0].relative, "country=ch/part-0.parquet");
//! assert_eq!(listing.files[0].partitions[0].value.as_deref(), Some("ch"));
//! assert_eq!(listing.ignored[0].name.to_str(), Some("_SUCCESS"));
//!
//! let mut digests = Vec::new();
//! for file in &listing.files {
//!     let opened = StableFile::open(&file.path)?;
//!     let digest = hash_file(&opened, DigestAlgorithm::Sha256)?;
//!     // … decode `opened` here …
//!     opened.verify_unchanged()?;
//!     digests.push((file.relative.clone(), digest));
//! }
//! let manifest = Manifest::new(DigestAlgorithm::Sha256, digests)?;
//! assert!(manifest.to_string().ends_with("  country=ch/part-0.parquet\n"));
//! assert!(manifest.id().to_string().starts_with("sha256:"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod location;
mod pattern;

mod listing;
mod partition;
mod rules;
mod walk;

mod chunk_reader;
mod stable_file;
mod stamp;

mod file_digest;
mod id;
mod manifest;

mod error;
mod refusal;

pub use chunk_reader::StableFileReader;
pub use error::{REFUSALS_SHOWN, SnapshotError};
pub use file_digest::hash_file;
pub use id::{InvalidSnapshotId, SnapshotId};
pub use listing::{IgnoreReason, Ignored, Listing, SnapshotFile};
pub use location::Location;
pub use manifest::{LineFault, Manifest, ManifestError};
pub use partition::Partition;
pub use refusal::{Refusal, RefusalReason};
pub use rules::{Content, ListingRules, is_hidden};
pub use stable_file::{StableFile, StableFileError};
pub use stamp::Change;
