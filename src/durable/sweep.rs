//! Takes away what writers that were killed have left.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::file::is_leftover;

/// Removes the temporary files of a directory whose writers are gone.
///
/// A writer holds an advisory lock on its temporary file as long as it lives, so that what can be
/// locked belongs to nobody. Where the file system has no locks nothing is removed. Best effort:
/// what cannot be looked at or removed stays, since nothing reads it.
pub fn sweep(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    let leftovers = entries.flatten().filter(|entry| {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        is_file && entry.file_name().to_str().is_some_and(is_leftover)
    });
    leftovers.for_each(|entry| remove_unheld(&entry.path()));
}

/// Removes a file that nobody holds; the lock is kept until it is gone.
fn remove_unheld(path: &Path) {
    let Ok(file) = File::open(path) else { return };
    if file.try_lock().is_ok() {
        // What stays is looked at again by the next writer.
        drop(fs::remove_file(path));
    }
}

/// Says that a temporary file is held, until the handle is closed. Gives whether it is still
/// there: somebody may have swept it away in the instant before.
pub(super) fn hold(file: &File) -> bool {
    // Without locks nobody sweeps.
    file.lock().is_err() || file.metadata().is_ok_and(|metadata| metadata.nlink() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_holds_is_taken_away_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let [left, held, other] = [".driftgate-a.tmp", ".driftgate-b.tmp", "report.json"]
            .map(|name| folder.path().join(name));
        for path in [&left, &held, &other] {
            fs::write(path, b"half").unwrap();
        }
        let handle = File::open(&held).unwrap();
        assert!(hold(&handle));
        sweep(folder.path());
        assert!(!left.exists() && held.exists() && other.exists());
        drop(handle);
        sweep(folder.path());
        assert!(!held.exists());
    }

    #[test]
    fn what_was_swept_away_is_not_held() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".driftgate-a.tmp");
        let handle = File::create(&path).unwrap();
        sweep(folder.path());
        assert!(!hold(&handle));
    }
}
