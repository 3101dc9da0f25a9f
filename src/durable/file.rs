//! One file, written whole.

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::NamedTempFile;

use super::scratch::Scratch;
use super::sweep::hold;
use super::{DurableError, Operation};

/// Writes `path`, replacing a regular file that is there; missing directories are made.
///
/// # Errors
/// [`DurableError`]; `path` then is as it was before.
pub fn replace(path: &Path, content: &[u8]) -> Result<(), DurableError> {
    let directory = parent(path);
    make_directory(directory)?;
    refuse_irregular(path)?;
    let staged = stage(path, content, Access::Shared)?;
    publish(staged, path)?;
    flush_directory(directory)
}

/// Writes `path`, which must not exist; missing directories are made.
///
/// When several processes create the same path at once, exactly one succeeds.
///
/// # Errors
/// [`DurableError::Exists`] when something is at `path` already, left untouched; else as
/// [`replace`].
pub fn create(path: &Path, content: &[u8], access: Access) -> Result<(), DurableError> {
    let directory = parent(path);
    make_directory(directory)?;
    let staged = stage(path, content, access)?;
    let Staged { file, scratch } = staged;
    scratch.step(|| file.persist_noclobber(path)).map_err(|failed| match failed.error.kind() {
        io::ErrorKind::AlreadyExists => DurableError::Exists { path: path.to_owned() },
        _ => DurableError::io(Operation::Rename, path)(failed.error),
    })?;
    flush_directory(directory)
}

/// Flushes a file that somebody else has written, and its directory entry.
///
/// # Errors
/// [`DurableError`] naming the step.
pub fn flush(path: &Path) -> Result<(), DurableError> {
    let file = File::open(path).map_err(DurableError::io(Operation::Inspect, path))?;
    file.sync_all().map_err(DurableError::io(Operation::Flush, path))?;
    flush_directory(parent(path))
}

/// Whether a file name is one that a writer which was killed has left.
#[must_use]
pub fn is_leftover(name: &str) -> bool {
    name.starts_with(TEMPORARY_PREFIX) && name.ends_with(TEMPORARY_SUFFIX)
}

/// Who may read a file that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Whom the process's umask allows.
    Shared,
    /// The owner alone: mode 0600 from the first byte on.
    Private,
    /// Whom the process's umask allows, and nobody may write: it never changes.
    ReadOnly,
}

/// The directory of a path; `.` for a bare file name.
fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        _ => Path::new("."),
    }
}

/// Makes a directory and those above it, and flushes the entries made.
pub(super) fn make_directory(directory: &Path) -> Result<(), DurableError> {
    let missing: Vec<&Path> = directory.ancestors().take_while(|path| !is_there(path)).collect();
    let existing = directory.ancestors().nth(missing.len());
    let in_the_way = |path: &&Path| !path.as_os_str().is_empty() && !path.is_dir();
    if let Some(path) = existing.filter(in_the_way) {
        return Err(DurableError::NotADirectory { path: path.to_owned() });
    }
    fs::create_dir_all(directory).map_err(DurableError::io(Operation::MakeDirectory, directory))?;
    missing.iter().try_for_each(|made| flush_directory(parent(made)))
}

/// Whether a path names anything; the empty path is the current directory.
fn is_there(path: &Path) -> bool {
    path.as_os_str().is_empty() || path.symlink_metadata().is_ok()
}

/// That a path names a regular file, or nothing: what may be replaced.
///
/// # Errors
/// [`DurableError::NotARegularFile`], or [`DurableError::Io`].
pub fn refuse_irregular(path: &Path) -> Result<(), DurableError> {
    let kind = match path.symlink_metadata() {
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(DurableError::io(Operation::Inspect, path)(error)),
    };
    let found = if kind.is_file() {
        return Ok(());
    } else if kind.is_dir() {
        "a directory"
    } else if kind.is_symlink() {
        "a symbolic link"
    } else {
        "a special file"
    };
    Err(DurableError::NotARegularFile { path: path.to_owned(), found })
}

/// A hidden temporary file, complete; removed when dropped.
#[derive(Debug)]
pub(super) struct Staged {
    // Removed before it is forgotten: fields are dropped in this order.
    file: NamedTempFile,
    scratch: Scratch,
}

/// Writes and flushes a hidden temporary file beside `path`, removed when the handle is dropped.
pub(super) fn stage(path: &Path, content: &[u8], access: Access) -> Result<Staged, DurableError> {
    let mode = match access {
        Access::Shared => 0o666,
        Access::Private => 0o600,
        Access::ReadOnly => 0o444,
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY_PREFIX).suffix(TEMPORARY_SUFFIX);
    builder.permissions(Permissions::from_mode(mode));
    let make = || {
        Scratch::make(|| builder.tempfile_in(parent(path)), NamedTempFile::path)
            .map_err(DurableError::io(Operation::Make, path))
    };
    let (mut file, mut scratch) = make()?;
    while !hold(file.as_file()) {
        (file, scratch) = make()?;
    }
    let mut staged = Staged { file, scratch };
    let file = staged.file.as_file_mut();
    file.write_all(content).map_err(DurableError::io(Operation::Write, path))?;
    file.sync_all().map_err(DurableError::io(Operation::Flush, path))?;
    Ok(staged)
}

pub(super) fn publish(staged: Staged, path: &Path) -> Result<(), DurableError> {
    let Staged { file, scratch } = staged;
    scratch
        .step(|| file.persist(path))
        .map(drop)
        .map_err(|failed| DurableError::io(Operation::Rename, path)(failed.error))
}

pub(super) fn flush_directory(directory: &Path) -> Result<(), DurableError> {
    File::open(directory)
        .and_then(|handle| handle.sync_all())
        .map_err(DurableError::io(Operation::Flush, directory))
}

const TEMPORARY_PREFIX: &str = ".driftgate-";
const TEMPORARY_SUFFIX: &str = ".tmp";

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;

    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    /// Every name in the directory, hidden ones included.
    fn names(directory: &Path) -> Vec<String> {
        fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_file_is_written_replaced_and_leaves_no_trace_beside_it() {
        let folder = folder();
        let path = folder.path().join("a/b/report.json");
        replace(&path, b"one").unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(names(path.parent().unwrap()), ["report.json"]);
        assert_eq!(fs::read(&path).unwrap(), b"two");
    }

    #[test]
    fn a_shared_file_gets_the_mode_that_any_new_file_gets() {
        let folder = folder();
        let (ours, plain) = (folder.path().join("ours"), folder.path().join("plain"));
        replace(&ours, b"").unwrap();
        fs::write(&plain, b"").unwrap();
        assert_eq!(mode(&ours), mode(&plain));
    }

    #[test]
    fn a_created_file_is_private_when_asked_and_never_overwritten() {
        let folder = folder();
        let path = folder.path().join("key");
        create(&path, b"secret", Access::Private).unwrap();
        assert_eq!(mode(&path), 0o600);
        let error = create(&path, b"other", Access::Private).unwrap_err();
        assert!(matches!(&error, DurableError::Exists { path: named } if *named == path));
        assert_eq!(fs::read(&path).unwrap(), b"secret");
        assert_eq!(names(folder.path()), ["key"]);
    }

    #[test]
    fn of_many_creators_at_once_exactly_one_succeeds() {
        let folder = folder();
        let path = folder.path().join("state/key");
        let successes: Vec<String> = std::thread::scope(|scope| {
            let creators: Vec<_> = (0..8)
                .map(|index| {
                    let path = &path;
                    scope.spawn(move || {
                        let text = format!("creator {index}");
                        create(path, text.as_bytes(), Access::Private).ok().map(|()| text)
                    })
                })
                .collect();
            creators.into_iter().filter_map(|creator| creator.join().unwrap()).collect()
        });
        assert_eq!(successes.len(), 1);
        assert_eq!(fs::read_to_string(&path).unwrap(), successes[0]);
    }

    #[test]
    fn links_devices_and_directories_are_not_replaced() {
        let folder = folder();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "kept").unwrap();
        symlink(&target, &link).unwrap();
        let message = replace(&link, b"x").unwrap_err().to_string();
        assert!(message.contains("a symbolic link"), "{message}");
        assert_eq!(fs::read_to_string(&target).unwrap(), "kept");
        let message = replace(folder.path(), b"x").unwrap_err().to_string();
        assert!(message.contains("a directory"), "{message}");
        let message = replace(Path::new("/dev/full"), b"x").unwrap_err().to_string();
        assert_eq!(
            message,
            "`/dev/full` is not a regular file: found a special file, which is not replaced"
        );
    }

    #[test]
    fn a_place_that_takes_no_files_is_named() {
        let error = replace(Path::new("/proc/self/report.json"), b"x").unwrap_err();
        let message = error.to_string();
        assert!(message.contains("make `/proc/self/report.json`"), "{message}");
        assert!(std::error::Error::source(&error).is_some());
    }

    /// Runs itself again in a process whose files may not grow beyond 4 KiB, which fails in the
    /// middle of the write as a full disk does.
    #[test]
    fn a_write_that_fails_half_way_leaves_the_earlier_file_and_nothing_else() {
        const FOLDER: &str = "DRIFTGATE_TEST_SMALL_DISK";
        const NAME: &str = concat!(
            "durable::file::tests::",
            "a_write_that_fails_half_way_leaves_the_earlier_file_and_nothing_else"
        );
        if let Some(folder) = std::env::var_os(FOLDER) {
            let error =
                replace(&PathBuf::from(folder).join("report"), &vec![0; 1 << 20]).unwrap_err();
            let operation = Operation::Write;
            assert!(
                matches!(&error, DurableError::Io { operation: at, .. } if *at == operation),
                "{error}"
            );
            return;
        }
        let folder = folder();
        replace(&folder.path().join("report"), b"earlier").unwrap();
        let status = std::process::Command::new("sh")
            .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" --exact \"$1\""])
            .arg(std::env::current_exe().unwrap())
            .arg(NAME)
            .env(FOLDER, folder.path())
            .output()
            .unwrap();
        let output = String::from_utf8_lossy(&status.stdout).into_owned();
        assert!(output.contains("1 passed"), "{output}");
        assert_eq!(names(folder.path()), ["report"]);
        assert_eq!(fs::read(folder.path().join("report")).unwrap(), b"earlier");
    }
}
