//! The identity of an opened snapshot: digests of the very openings that are decoded.

use rayon::prelude::*;

use super::error::ScanError;
use super::source::OpenSnapshot;
use crate::identity::DigestAlgorithm;
use crate::snapshot::{Manifest, hash_file};

/// Hashes every file on the current pool and writes the manifest of the snapshot.
///
/// # Errors
/// [`ScanError::File`] when a file cannot be read, [`ScanError::Manifest`] when its name cannot
/// stand in a manifest.
pub fn manifest_of(
    snapshot: &OpenSnapshot,
    algorithm: DigestAlgorithm,
) -> Result<Manifest, ScanError> {
    let digests = snapshot
        .files
        .par_iter()
        .map(|file| Ok((file.listed.relative.clone(), hash_file(&file.stable, algorithm)?)))
        .collect::<Vec<Result<_, ScanError>>>();
    let digests = digests.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(Manifest::new(algorithm, digests)?)
}
