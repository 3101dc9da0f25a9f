//! The digest of one file's bytes.

use super::stable_file::{StableFile, StableFileError};
use crate::identity::{Digest, DigestAlgorithm, Hasher};

/// Digests all bytes of `file`, of the length that it had at opening, in order, in chunks of
/// 128 KiB.
///
/// One call is one unit of work for whoever owns the thread pool. It says nothing about changes:
/// whoever also decodes the file calls [`StableFile::verify_unchanged`] after both.
///
/// # Errors
/// Those of [`StableFile::read_exact_at`]. An empty file has a digest, that of no bytes.
pub fn hash_file(file: &StableFile, algorithm: DigestAlgorithm) -> Result<Digest, StableFileError> {
    let mut hasher = Hasher::new(algorithm);
    let size = file.size().0;
    let chunk_bytes = CHUNK_BYTES.min(usize::try_from(size).unwrap_or(CHUNK_BYTES));
    let mut buffer = vec![0; chunk_bytes];
    let mut offset = 0;
    while offset < size {
        let left = usize::try_from(size - offset).unwrap_or(CHUNK_BYTES);
        let chunk = &mut buffer[..left.min(chunk_bytes)];
        file.read_exact_at(chunk, offset)?;
        hasher.update(chunk);
        offset += chunk.len() as u64;
    }
    Ok(hasher.finish())
}

/// Large enough that calls to the system cost nothing beside hashing, small enough to stay in a
/// core's cache.
const CHUNK_BYTES: usize = 1 << 17;
