//! A model, as the command line names it.

use super::failure::Failure;
use crate::identity::DigestAlgorithm;
use crate::report::{ArtifactDocument, Count};
use crate::scan::{Load, Pool, ScanError};
use crate::snapshot::{Listing, ListingRules, Location, Manifest, StableFile, hash_file};

/// The files of a model and what they hash to.
pub(in crate::cli) struct Artifact {
    /// Their manifest.
    pub(in crate::cli) manifest: Manifest,
    /// What a report says of them.
    pub(in crate::cli) document: ArtifactDocument,
}

impl Artifact {
    /// Hashes the files behind some paths, hidden ones too; `model` is what people call them.
    ///
    /// # Errors
    /// [`Failure`] when there are none, one cannot be read, or is no regular file.
    pub(in crate::cli) fn read(
        paths: &[String],
        model: Option<&str>,
        pool: &Pool,
    ) -> Result<Self, Failure> {
        let listing = Listing::of(&Location::find(paths)?, &ListingRules::anything())?;
        let manifest = manifest_of(&listing, DigestAlgorithm::Sha256, pool)?;
        let document = ArtifactDocument {
            model: model.map(str::to_owned),
            artifact_id: manifest.id().to_string(),
            bytes: Count(listing.bytes().0),
            files: Count(listing.files.len() as u64),
        };
        Ok(Self { manifest, document })
    }
}

/// The manifest of files as they are now; what they hold is no question here.
///
/// # Errors
/// [`Failure`] when one cannot be read, or changes meanwhile.
pub(in crate::cli) fn manifest_of(
    listing: &Listing,
    algorithm: DigestAlgorithm,
    pool: &Pool,
) -> Result<Manifest, Failure> {
    let digests = pool.within_memory(
        &listing.files,
        |file| Load { memory: 0, work: file.bytes.0 },
        |file| {
            let opened = StableFile::open(&file.path)?;
            let digest = hash_file(&opened, algorithm)?;
            opened.verify_unchanged()?;
            Ok::<_, ScanError>((file.relative.clone(), digest))
        },
    )?;
    Ok(Manifest::new(algorithm, digests).map_err(ScanError::from)?)
}
