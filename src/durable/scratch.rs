//! The temporary names of this process, so that an interrupted run takes them away.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

/// A temporary file or directory of this process, known to [`abandon`] as long as it is held.
///
/// It says nothing about who removes it in the ordinary course: its maker does, or renames it.
#[derive(Debug)]
pub(crate) struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// Makes something under a temporary name; `path_of` tells the name. No signal falls between
    /// its making and its being known.
    pub(crate) fn make<T, E>(
        maker: impl FnOnce() -> Result<T, E>,
        path_of: impl FnOnce(&T) -> &Path,
    ) -> Result<(T, Self), E> {
        let mut known = known();
        let made = maker()?;
        let path = path_of(&made).to_owned();
        known.insert(path.clone());
        Ok((made, Self { path }))
    }

    /// Does something to it, a file made within or a final name given, that [`abandon`] finds done
    /// or not begun.
    #[expect(clippy::unused_self, reason = "whoever steps has something that is known")]
    pub(crate) fn step<T>(&self, step: impl FnOnce() -> T) -> T {
        let _known = known();
        step()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        known().remove(&self.path);
    }
}

/// Does what must be done whole, the renaming of several files: [`abandon`] waits for it, but not
/// long.
pub(super) fn commit<T>(work: impl FnOnce() -> T) -> T {
    let _begun = COMMITTING.lock().unwrap_or_else(PoisonError::into_inner);
    work()
}

/// Removes every temporary file and directory of this process; to be followed by its end.
///
/// Whoever would make or rename another one waits from here on, for ever: nothing appears, and
/// nothing is published, after this.
pub fn abandon() {
    let begun = Instant::now();
    while begun.elapsed() < COMMIT_WAIT {
        match COMMITTING.try_lock() {
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(1)),
            idle => {
                // No other set is begun any more.
                std::mem::forget(idle);
                break;
            }
        }
    }
    let known = known();
    for path in known.iter() {
        // A file that is gone is what is wanted; one that stays has nobody left to be told.
        drop(fs::remove_file(path).or_else(|_| fs::remove_dir_all(path)));
    }
    std::mem::forget(known);
}

fn known() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    static KNOWN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    // The set is whole after a panic: every change of it is one call.
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Held while a set of files is given its names.
static COMMITTING: Mutex<()> = Mutex::new(());

/// How long a signal waits for that: renaming takes a thousandth of this unless the disk hangs, and
/// whoever sent the signal expects the process gone within a second.
const COMMIT_WAIT: Duration = Duration::from_millis(700);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_known_and_what_is_dropped_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one");
        let write = || fs::write(&path, "half").map(|()| path.clone());
        let (made, scratch) = Scratch::make(write, |path| path).unwrap();
        assert!(known().contains(&made));
        let renamed = scratch.step(|| fs::rename(&made, folder.path().join("whole")));
        renamed.unwrap();
        drop(scratch);
        assert!(!known().contains(&made));
    }

    #[test]
    fn what_could_not_be_made_is_not_known() {
        let make = || Err::<PathBuf, _>("no room");
        assert_eq!(Scratch::make(make, |path| path).unwrap_err(), "no room");
    }
}
