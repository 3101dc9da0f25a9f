//! The digest of one file's bytes.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::hex;
use super::stable_file::{StableFile, StableFileError};

/// How the lines of a manifest are computed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum DigestAlgorithm {
    /// SHA-256 (FIPS 180-4): `sha256sum -c` checks the manifest. About 1.2 GB/s on one core with
    /// SHA instructions.
    #[default]
    Sha256,
    /// BLAKE3 with its default 32 bytes: `b3sum -c` checks the manifest. About four times as
    /// fast; for snapshots so large that hashing them decides how long a check takes.
    Blake3,
}

impl DigestAlgorithm {
    /// Both, in the order of the documentation.
    pub const ALL: [Self; 2] = [Self::Sha256, Self::Blake3];

    /// `sha256` or `blake3`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Blake3 => "blake3",
        }
    }
}

impl fmt::Display for DigestAlgorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for DigestAlgorithm {
    type Err = UnknownDigestAlgorithm;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == text)
            .ok_or_else(|| UnknownDigestAlgorithm { name: text.to_owned() })
    }
}

/// A name that is no digest algorithm.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown digest `{name}`: expected `sha256` or `blake3`")]
pub struct UnknownDigestAlgorithm {
    /// The name given.
    pub name: String,
}

/// The 32 bytes of a file's digest; which algorithm made it is said by its manifest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileDigest([u8; 32]);

impl FileDigest {
    /// The digest with these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 lowercase hexadecimal digits; `None` for anything else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        hex::parse(text).map(Self)
    }
}

impl fmt::Display for FileDigest {
    /// Writes 64 lowercase hexadecimal digits.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(formatter, &self.0)
    }
}

impl fmt::Debug for FileDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FileDigest({self})")
    }
}

/// Digests all bytes of `file`, of the length that it had at opening, in chunks of 1 MiB.
///
/// One call is one unit of work for whoever owns the thread pool. It says nothing about changes:
/// whoever also decodes the file calls [`StableFile::verify_unchanged`] after both.
///
/// # Errors
/// Those of [`StableFile::read_exact_at`]. An empty file has a digest, that of no bytes.
pub fn hash_file(
    file: &StableFile,
    algorithm: DigestAlgorithm,
) -> Result<FileDigest, StableFileError> {
    match algorithm {
        DigestAlgorithm::Sha256 => {
            let mut hasher = Sha256::new();
            feed(file, |chunk| hasher.update(chunk))?;
            Ok(FileDigest(hasher.finalize().into()))
        }
        DigestAlgorithm::Blake3 => {
            let mut hasher = blake3::Hasher::new();
            feed(file, |chunk| {
                hasher.update(chunk);
            })?;
            Ok(FileDigest(hasher.finalize().into()))
        }
    }
}

/// The SHA-256 of bytes in memory.
pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn feed(file: &StableFile, mut take: impl FnMut(&[u8])) -> Result<(), StableFileError> {
    let size = file.size().0;
    let chunk_bytes = CHUNK_BYTES.min(usize::try_from(size).unwrap_or(CHUNK_BYTES));
    let mut buffer = vec![0; chunk_bytes];
    let mut offset = 0;
    while offset < size {
        let left = usize::try_from(size - offset).unwrap_or(CHUNK_BYTES);
        let chunk = &mut buffer[..left.min(chunk_bytes)];
        file.read_exact_at(chunk, offset)?;
        take(chunk);
        offset += chunk.len() as u64;
    }
    Ok(())
}

/// Large enough that calls to the system cost nothing beside hashing, small enough to stay in a
/// core's cache.
const CHUNK_BYTES: usize = 1 << 20;
