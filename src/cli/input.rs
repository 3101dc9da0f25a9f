//! Opens what the command line names.

use super::args::{Digest, ReadArgs};
use super::exit_code::ExitCode;
use super::failure::Failure;
use crate::contract::WideningRule;
use crate::identity::DigestAlgorithm;
use crate::scan::{Limits, OpenSnapshot, Pool};
use crate::snapshot::{Listing, ListingRules, Location};

/// The pool that the arguments ask for.
///
/// # Errors
/// [`Failure`] when the system gives no threads.
pub fn pool(read: &ReadArgs) -> Result<Pool, Failure> {
    Ok(Pool::new(read.threads, read.memory)?)
}

/// The files behind some paths.
///
/// # Errors
/// [`Failure`] when there are none, or one of them cannot be part of a snapshot.
pub fn list(paths: &[String], ignored: &[String]) -> Result<Listing, Failure> {
    let rules = ListingRules::ignoring(ignored)?;
    Ok(Listing::of(&Location::find(paths)?, &rules)?)
}

/// Opens a listed snapshot.
///
/// # Errors
/// [`Failure`] when a file cannot be read or the files do not fit together.
pub fn open(
    listing: Listing,
    widening: WideningRule,
    pool: &Pool,
) -> Result<OpenSnapshot, Failure> {
    Ok(pool.run(|| OpenSnapshot::open(listing, &Limits::default(), widening))?)
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
pub fn read_small(
    path: &std::path::Path,
    bytes_max: u64,
    code: ExitCode,
) -> Result<Vec<u8>, Failure> {
    use std::io::Read;
    let fail = |error: std::io::Error| {
        Failure::new(code, format!("cannot read `{}`: {error}", path.display()))
    };
    let file = std::fs::File::open(path).map_err(fail)?;
    if !file.metadata().map_err(fail)?.is_file() {
        return Err(Failure::new(code, format!("`{}` is no regular file", path.display())));
    }
    let mut bytes = Vec::new();
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(fail)?;
    if bytes.len() as u64 > bytes_max {
        let message = format!("`{}` is larger than {bytes_max} bytes", path.display());
        return Err(Failure::new(code, message));
    }
    Ok(bytes)
}
