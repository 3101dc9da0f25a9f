//! The digest of one file's bytes.

use super::stable_file::{StableFile, StableFileError};
use crate::identity::{Digest, DigestAlgorithm, Hasher};

/// Digests all bytes of `file`, of the length that it had at opening, in chunks of 128 KiB; by
/// BLAKE3 only those that [`StableFile::hash_as_read`] has not seen.
///
/// One call is one unit of work for whoever owns the thread pool. It says nothing about changes:
/// whoever also decodes the file calls [`StableFile::verify_unchanged`] after both.
///
/// # Errors
/// Those of [`StableFile::read_exact_at`]. An empty file has a digest, that of no bytes.
pub fn hash_file(file: &StableFile, algorithm: DigestAlgorithm) -> Result<Digest, StableFileError> {
    if algorithm == DigestAlgorithm::Blake3
        && let Some(tree) = file.hash_as_read()
    {
        let mut buffer = Vec::new();
        for range in tree.missing(CHUNK_BYTES as u64) {
            buffer.resize(usize::try_from(range.end - range.start).unwrap_or(CHUNK_BYTES), 0);
            file.read_exact_at(&mut buffer, range.start)?;
        }
        if let Some(digest) = tree.finish() {
            return Ok(digest);
        }
    }
    hash_in_order(file, algorithm)
}

fn hash_in_order(file: &StableFile, algorithm: DigestAlgorithm) -> Result<Digest, StableFileError> {
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
