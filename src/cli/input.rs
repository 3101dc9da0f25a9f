//! Opens what the command line names.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::args::{Digest, ReadArgs};
use super::exit_code::ExitCode;
use super::failure::Failure;
use crate::contract::WideningRule;
use crate::identity::{DigestAlgorithm, Sha256Digest};
use crate::profile::{DECODED_BYTES_MAX, StoredProfile};
use crate::scan::{Limits, OpenSnapshot, Pool};
use crate::snapshot::{Listing, ListingRules, Location, is_hidden};

/// The pool that the arguments ask for.
///
/// # Errors
/// [`Failure`] when the system gives no threads.
pub(in crate::cli) fn pool(read: &ReadArgs) -> Result<Pool, Failure> {
    Ok(Pool::new(read.threads, read.memory)?)
}

/// What files may ask for, as the arguments say.
#[must_use]
pub(in crate::cli) fn limits(read: &ReadArgs) -> Limits {
    let mut limits = Limits::default();
    for &(limit, value) in &read.limits {
        // It was held to the most when it was read.
        let _ = limits.set(limit, value);
    }
    limits
}

/// The files behind some paths.
///
/// # Errors
/// [`Failure`] when there are none, or one of them cannot be part of a snapshot.
pub(in crate::cli) fn list(paths: &[String], ignored: &[String]) -> Result<Listing, Failure> {
    let rules = ListingRules::ignoring(ignored)?;
    Ok(Listing::of(&Location::find(paths)?, &rules)?)
}

/// The files behind some paths, named as parts of the snapshot at `root` when there is one.
///
/// # Errors
/// As [`list`], and when a path does not lie in `root`.
pub(in crate::cli) fn list_part(
    root: Option<&Path>,
    paths: &[String],
    ignored: &[String],
) -> Result<Listing, Failure> {
    let Some(root) = root else {
        return list(paths, ignored);
    };
    let rules = ListingRules::ignoring(ignored)?;
    Ok(Listing::of(&Location::find_part(root, paths)?, &rules)?)
}

/// That a folder to be written is no part of a snapshot that is read: the next listing would find
/// there what is no Parquet. Below a folder that listings ignore it may lie.
///
/// # Errors
/// [`Failure`] naming both.
pub(in crate::cli) fn confirm_outside(out: &Path, paths: &[String]) -> Result<(), Failure> {
    let written = resolved(out);
    for path in paths.iter().filter(|path| Path::new(path).is_dir()) {
        let Ok(inner) = written.strip_prefix(resolved(Path::new(path))) else {
            continue;
        };
        if !inner.iter().any(|name| is_hidden(name.as_encoded_bytes())) {
            let message = format!("the report would become a part of the snapshot `{path}`");
            return Err(Failure::new(ExitCode::Usage, message)
                .hint("choose a folder outside of it with `--out`"));
        }
    }
    Ok(())
}

/// A path without links, as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let existing = absolute.ancestors().find_map(|ancestor| {
        let rest = absolute.strip_prefix(ancestor).ok()?;
        Some(ancestor.canonicalize().ok()?.join(rest))
    });
    existing.unwrap_or(absolute)
}

/// Opens a listed snapshot, its files held to the limits of `read`.
///
/// # Errors
/// [`Failure`] when a file cannot be read or the files do not fit together.
pub(in crate::cli) fn open(
    listing: Listing,
    widening: WideningRule,
    read: &ReadArgs,
    pool: &Pool,
) -> Result<OpenSnapshot, Failure> {
    Ok(pool.run(|| OpenSnapshot::open(listing, &limits(read), widening))?)
}

impl From<Digest> for DigestAlgorithm {
    fn from(digest: Digest) -> Self {
        match digest {
            Digest::Sha256 => Self::Sha256,
            Digest::Blake3 => Self::Blake3,
        }
    }
}

/// Reads a small file whole.
///
/// # Errors
/// [`Failure`] when it cannot be read or is larger than `bytes_max`.
pub(in crate::cli) fn read_small(
    path: &Path,
    bytes_max: u64,
    code: ExitCode,
) -> Result<Vec<u8>, Failure> {
    let fail = |error: std::io::Error| {
        Failure::new(code, format!("cannot read `{}`: {error}", path.display()))
    };
    // Asked before it is opened: opening a FIFO waits for somebody who writes.
    if !fs::metadata(path).map_err(fail)?.is_file() {
        return Err(Failure::new(code, format!("`{}` is no regular file", path.display())));
    }
    let file = File::open(path).map_err(fail)?;
    let mut bytes = Vec::new();
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(fail)?;
    if bytes.len() as u64 > bytes_max {
        let message = format!("`{}` is larger than {bytes_max} bytes", path.display());
        return Err(Failure::new(code, message));
    }
    Ok(bytes)
}

/// A stored profile with the digest of its bytes.
pub(in crate::cli) struct ReadProfile {
    /// The profile.
    pub(in crate::cli) profile: StoredProfile,
    /// Digest of the file.
    pub(in crate::cli) digest: Sha256Digest,
}

/// Whether a path names a stored profile.
#[must_use]
pub(in crate::cli) fn is_profile(path: &Path) -> bool {
    let mut start = Vec::new();
    let is_file = path.metadata().is_ok_and(|metadata| metadata.is_file());
    let mut read = || File::open(path)?.take(PROFILE_NAME_BYTES).read_to_end(&mut start);
    is_file && read().is_ok() && StoredProfile::is_stored(&start)
}

/// Reads a stored profile.
///
/// # Errors
/// [`Failure`] when it cannot be read or is damaged.
pub(in crate::cli) fn read_profile(path: &Path) -> Result<ReadProfile, Failure> {
    let bytes = read_small(path, PROFILE_BYTES_MAX, ExitCode::Unreadable)?;
    let profile = StoredProfile::decode(&bytes, DECODED_BYTES_MAX).map_err(|error| {
        let message = format!("`{}`: {error}", path.display());
        Failure::new(ExitCode::Unreadable, message)
    })?;
    Ok(ReadProfile { profile, digest: Sha256Digest::of(&bytes) })
}

/// Largest profile that is read: room for 32 columns of eight million distinct numbers.
const PROFILE_BYTES_MAX: u64 = 4 << 30;
const PROFILE_NAME_BYTES: u64 = 64;
