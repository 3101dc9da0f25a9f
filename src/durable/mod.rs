//! Files that appear whole or not at all, and stay after a power cut.
//!
//! Every file is written under a hidden temporary name in its final directory, flushed to the
//! disk (`fsync`), renamed into place, and the directory flushed too. A reader therefore never
//! sees half a file; a writer that fails leaves nothing, and one that is told to end leaves nothing
//! once it has called [`abandon`]. (After `SIGKILL` a hidden `.driftgate-*.tmp` may be left, which
//! nothing reads and [`sweep`] takes away.)
//!
//! [`replace`] writes one file, [`create`] one that must not exist yet, [`replace_set`] several
//! that belong together. Only regular files are replaced: `--out /dev/null` is refused rather
//! than renamed over. Nothing here knows what the files mean, and nothing reads them back.
//!
//! ```
//! use driftgate::durable::{Member, replace_set};
//!
//! let folder = tempfile::tempdir()?;
//! let manifest = Member { name: "snapshot.manifest", content: Some(b"") };
//! let report = Member { name: "report.dsse.json", content: Some(b"{}") };
//! replace_set(&folder.path().join("out"), &[manifest, report])?;
//! assert_eq!(std::fs::read(folder.path().join("out/report.dsse.json"))?, b"{}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod error;
pub mod file;
mod scratch;
pub mod set;
mod sweep;

pub use error::{DurableError, Operation};
pub use file::{Access, create, flush, is_leftover, refuse_irregular, replace};
pub(crate) use scratch::Scratch;
pub use scratch::abandon;
pub use set::{Member, replace_set};
pub use sweep::sweep;
