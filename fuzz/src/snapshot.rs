//! Opens bytes as the one file of a snapshot, and profiles all of it.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use driftgate::contract::WideningRule;
use driftgate::identity::DigestAlgorithm;
use driftgate::profile::{DECODED_BYTES_MAX, StoredProfile};
use driftgate::scan::{Asked, Limits, OpenSnapshot, Pool, manifest_of, profile_snapshot};
use driftgate::snapshot::{Listing, ListingRules, Location};
use tempfile::TempDir;

/// Lets the library contain panics of the decoder, as the program does: libFuzzer's hook would
/// end the process before they are caught. What is not caught still ends it.
pub fn contain_panics() {
    std::panic::set_hook(Box::new(|_| ()));
}

/// Opens bytes as a file; nothing when they are refused.
///
/// # Panics
/// When the system gives no place for the file.
#[must_use]
pub fn open(bytes: &[u8]) -> Option<OpenSnapshot> {
    let path = place();
    fs::write(path, bytes).expect("memory takes a file");
    let location = Location::find(&[path]).ok()?;
    let listing = Listing::of(&location, &ListingRules::default()).ok()?;
    pool().run(|| OpenSnapshot::open(listing, &Limits::default(), WideningRule::Refused)).ok()
}

/// Profiles bytes as a file, and holds the profile to what any profile promises: it has the rows
/// that the file has, and is read again from its bytes as it was.
///
/// # Panics
/// When a promise is broken, which is a finding.
pub fn profile(bytes: &[u8]) {
    let Some(snapshot) = open(bytes) else { return };
    let Ok(manifest) = manifest_of(&snapshot, DigestAlgorithm::Sha256) else { return };
    let Ok(profile) = profile_snapshot(pool(), &snapshot, manifest, &Asked::default()) else {
        return;
    };
    assert_eq!(profile.rows(), snapshot.rows());
    let encoded = profile.encode();
    let again = StoredProfile::decode(&encoded, DECODED_BYTES_MAX).expect("it was just written");
    assert!(again.encode() == encoded, "a profile has one spelling");
}

fn pool() -> &'static Pool {
    static POOL: OnceLock<Pool> = OnceLock::new();
    POOL.get_or_init(|| Pool::new(1, MEMORY_BYTES).expect("the system has threads"))
}

/// A file of this process, in memory where the system has a place for that.
fn place() -> &'static PathBuf {
    static PLACE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = PLACE.get_or_init(|| {
        let folder = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new());
        let folder = folder.expect("the system has a place for temporary files");
        let path = folder.path().join("input.parquet");
        (folder, path)
    });
    path
}

/// What a check of small files is given.
const MEMORY_BYTES: u64 = 64 << 20;
