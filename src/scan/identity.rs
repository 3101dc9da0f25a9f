//! The identity of an opened snapshot: digests of the very openings that are decoded.

use rayon::prelude::*;

use super::error::ScanError;
use super::source::OpenSnapshot;
use crate::identity::{Digest, DigestAlgorithm};
use crate::snapshot::{Manifest, StableFile, hash_file};

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
        .map(|file| Ok((file.listed.relative.clone(), digest(&file.stable, algorithm)?)))
        .collect::<Vec<Result<_, ScanError>>>();
    let digests = digests.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(Manifest::new(algorithm, digests)?)
}

/// A file's digest; by BLAKE3 the parts that decoding has not hashed are hashed side by side.
fn digest(file: &StableFile, algorithm: DigestAlgorithm) -> Result<Digest, ScanError> {
    if algorithm == DigestAlgorithm::Blake3
        && let Some(tree) = file.hash_as_read()
    {
        let missing = tree.missing(PIECE_BYTES as u64).into_par_iter();
        missing.try_for_each_init(Vec::new, |buffer, range| {
            buffer.resize(usize::try_from(range.end - range.start).unwrap_or(PIECE_BYTES), 0);
            file.read_exact_at(buffer, range.start)
        })?;
        if let Some(digest) = tree.finish() {
            return Ok(digest);
        }
    }
    Ok(hash_file(file, algorithm)?)
}

/// Bytes read at a time: they stay in a core's cache.
const PIECE_BYTES: usize = 1 << 17;
