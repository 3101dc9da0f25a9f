//! A directory that appears whole or not at all.

use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::durable::{DurableError, Operation, Scratch};

/// A new directory under a hidden name beside its final one, until [`StagedDirectory::publish`]
/// renames it; removed when dropped before.
pub(super) struct StagedDirectory {
    hidden: TempDir,
    scratch: Scratch,
    target: PathBuf,
    /// Directories made within, to be flushed.
    directories: BTreeSet<PathBuf>,
}

impl StagedDirectory {
    /// Prepares a directory that is to appear at `target`, where nothing or an empty directory
    /// must be. Missing directories above it are made.
    pub(super) fn new(target: &Path) -> Result<Self, DurableError> {
        let target = std::path::absolute(target).map_err(io_error(Operation::Inspect, target))?;
        refuse_occupied(&target)?;
        let parent = parent(&target)?;
        fs::create_dir_all(parent).map_err(io_error(Operation::MakeDirectory, parent))?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".driftgate-").suffix(".tmp").permissions(Permissions::from_mode(0o777));
        let (hidden, scratch) = Scratch::make(|| builder.tempdir_in(parent), TempDir::path)
            .map_err(io_error(Operation::MakeDirectory, &target))?;
        let directories = BTreeSet::from([hidden.path().to_owned()]);
        Ok(Self { hidden, scratch, target, directories })
    }

    /// Makes a file under its path below the directory, and the directories on the way.
    pub(super) fn create(&mut self, relative: &str) -> Result<File, DurableError> {
        let path = self.hidden.path().join(relative);
        let inside = path.ancestors().skip(1);
        let made = inside.take_while(|directory| directory.starts_with(self.hidden.path()));
        self.directories.extend(made.map(Path::to_owned));
        let directory = parent(&path)?;
        self.scratch.step(|| {
            fs::create_dir_all(directory).map_err(io_error(Operation::MakeDirectory, directory))?;
            File::create_new(&path).map_err(io_error(Operation::Make, &self.target.join(relative)))
        })
    }

    /// The system's refusal to write to a file made here, by the file's final path.
    pub(super) fn write_error(&self, relative: &str, refused: io::Error) -> DurableError {
        io_error(Operation::Write, &self.target.join(relative))(refused)
    }

    /// Flushes a file that is complete.
    pub(super) fn finish(&self, file: &File, relative: &str) -> Result<(), DurableError> {
        let path = self.target.join(relative);
        file.sync_all().map_err(io_error(Operation::Flush, &path))
    }

    /// Moves the directory to its final name.
    pub(super) fn publish(self) -> Result<(), DurableError> {
        for directory in &self.directories {
            flush(directory)?;
        }
        // Takes the place of an empty directory, and of nothing else.
        self.scratch
            .step(|| fs::rename(self.hidden.path(), &self.target))
            .map_err(io_error(Operation::Rename, &self.target))?;
        // Renamed away: there is nothing left to remove.
        let _renamed = self.hidden.keep();
        flush(parent(&self.target)?)
    }
}

fn refuse_occupied(target: &Path) -> Result<(), DurableError> {
    let metadata = match fs::symlink_metadata(target) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(io_error(Operation::Inspect, target)(error)),
    };
    let path = target.to_owned();
    if !metadata.is_dir() {
        return Err(DurableError::NotADirectory { path });
    }
    let mut entries = fs::read_dir(target).map_err(io_error(Operation::Inspect, target))?;
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(DurableError::Exists { path }),
    }
}

/// The directory that holds a path; `/` and what ends in `..` have none.
fn parent(path: &Path) -> Result<&Path, DurableError> {
    let named = path.file_name().and(path.parent());
    named.ok_or_else(|| DurableError::Exists { path: path.to_owned() })
}

fn flush(directory: &Path) -> Result<(), DurableError> {
    File::open(directory)
        .and_then(|handle| handle.sync_all())
        .map_err(io_error(Operation::Flush, directory))
}

fn io_error(operation: Operation, path: &Path) -> impl FnOnce(io::Error) -> DurableError {
    move |source| DurableError::Io { operation, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
        let mut names: Vec<String> =
            entries.map(|entry| name(entry).into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn nothing_is_visible_before_publishing_and_all_is_after() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("new/out");
        let mut staged = StagedDirectory::new(&target).unwrap();
        let mut file = staged.create("a=1/b=2/part").unwrap();
        file.write_all(b"rows").unwrap();
        staged.finish(&file, "a=1/b=2/part").unwrap();
        assert!(!target.exists());
        staged.publish().unwrap();
        assert_eq!(fs::read(target.join("a=1/b=2/part")).unwrap(), b"rows");
        assert_eq!(names(&folder.path().join("new")), ["out"]);
    }

    #[test]
    fn what_is_dropped_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut staged = StagedDirectory::new(&folder.path().join("out")).unwrap();
        staged.create("part").unwrap();
        drop(staged);
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn an_empty_directory_is_taken_and_an_occupied_place_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        StagedDirectory::new(&out).unwrap().publish().unwrap();
        fs::write(out.join("kept"), "").unwrap();
        let error = StagedDirectory::new(&out).map(drop).unwrap_err();
        assert!(matches!(error, DurableError::Exists { path } if path == out));
        let error = StagedDirectory::new(&out.join("kept")).map(drop).unwrap_err();
        assert!(matches!(error, DurableError::NotADirectory { .. }));
        assert!(StagedDirectory::new(Path::new("/")).is_err());
        assert_eq!(names(&out), ["kept"]);
    }

    #[test]
    fn a_place_that_fills_up_meanwhile_keeps_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let staged = StagedDirectory::new(&out).unwrap();
        fs::create_dir(&out).unwrap();
        fs::write(out.join("theirs"), "").unwrap();
        let error = staged.publish().unwrap_err();
        assert!(matches!(error, DurableError::Io { operation: Operation::Rename, .. }));
        assert_eq!(names(&out), ["theirs"]);
        assert_eq!(names(folder.path()), ["out"]);
    }
}
