//! One opened file whose bytes must not change while they are read.

use std::fs::{File, OpenOptions, symlink_metadata};
use std::io;
use std::num::NonZeroU64;
use std::ops::Range;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use rustix::fs::{Advice, OFlags, fadvise};
use rustix::io::Errno;
use thiserror::Error;

use super::refusal::shown;
use super::stamp::{Change, Stamp, kind_of};
use crate::identity::Blake3Tree;
use crate::quantity::Bytes;

/// A regular file, opened once, read by position, and checked for change.
///
/// The bytes that are hashed must be the bytes that are decoded, so both read from this one
/// opening and neither opens the path again. Reads are positional (`pread`): there is no cursor,
/// any number of threads may read at once, and a clone is the same opening.
///
/// [`StableFile::verify_unchanged`] after the last read says whether device, inode, size,
/// modification and status-change times are still those of the opening. What it cannot see: a
/// rewrite of equal length within the same tick of the file system's clock (some milliseconds on
/// kernels before 6.13) as the change recorded at opening.
#[derive(Debug, Clone)]
pub struct StableFile {
    opened: Arc<Opened>,
}

impl StableFile {
    /// Opens `path` for reading, without following a symlink at its end and without waiting
    /// for the other end of a FIFO.
    ///
    /// # Errors
    /// [`StableFileError::Symlink`] and [`StableFileError::NotRegular`] for what is no regular
    /// file; [`StableFileError::Open`] when the system refuses.
    pub fn open(path: &Path) -> Result<Self, StableFileError> {
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let cannot_open = |source: io::Error| match Errno::from_io_error(&source) {
            Some(Errno::LOOP) => StableFileError::Symlink { path: path.to_owned() },
            Some(Errno::NXIO) => {
                StableFileError::NotRegular { path: path.to_owned(), kind: "socket" }
            }
            _ => StableFileError::Open { path: path.to_owned(), source },
        };
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(flags.bits().cast_signed())
            .open(path)
            .map_err(cannot_open)?;
        let metadata = file.metadata().map_err(cannot_open)?;
        if !metadata.is_file() {
            let kind = kind_of(&metadata);
            return Err(StableFileError::NotRegular { path: path.to_owned(), kind });
        }
        let stamp = Stamp::of(&metadata);
        let (path, read, tree) = (path.to_owned(), AtomicU64::new(0), OnceLock::new());
        Ok(Self { opened: Arc::new(Opened { path, file, stamp, read, tree }) })
    }

    /// The path it was opened by.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.opened.path
    }

    /// The length at opening; every read is held to it, even if the file has grown since.
    #[must_use]
    pub fn size(&self) -> Bytes {
        Bytes(self.opened.stamp.size)
    }

    /// Bytes read from this opening so far, those read twice counted twice.
    #[must_use]
    pub fn bytes_read(&self) -> Bytes {
        Bytes(self.opened.read.load(Ordering::Relaxed))
    }

    /// The BLAKE3 tree of the file, into which every later [`Self::read_exact_at`] hashes what it
    /// reads; `None` for files of one part.
    #[must_use]
    pub fn hash_as_read(&self) -> Option<&Blake3Tree> {
        self.opened.tree.get_or_init(|| Blake3Tree::new(self.size().0)).as_ref()
    }

    /// Tells the system that a range will be read, so that slow storage can begin before the
    /// first byte is asked for. Advice only: where it is not taken, reading is merely slower.
    pub fn will_read(&self, range: Range<u64>) {
        if let Some(length) = NonZeroU64::new(range.end.saturating_sub(range.start)) {
            let _not_taken =
                fadvise(&self.opened.file, range.start, Some(length), Advice::WillNeed);
        }
    }

    /// Fills `buffer` with the bytes from `offset` on.
    ///
    /// # Errors
    /// [`StableFileError::OutOfBounds`] when the range does not lie within the length at
    /// opening, [`StableFileError::Truncated`] when the file ends before it by now,
    /// [`StableFileError::Read`] when the system reports a fault.
    pub fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> Result<(), StableFileError> {
        self.check_range(offset, buffer.len())?;
        self.opened.read.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        self.opened.file.read_exact_at(buffer, offset).map_err(|source| {
            if source.kind() == io::ErrorKind::UnexpectedEof {
                self.truncated(offset)
            } else {
                self.unreadable(offset, source)
            }
        })?;
        if let Some(Some(tree)) = self.opened.tree.get() {
            tree.take(offset, buffer);
        }
        Ok(())
    }

    /// Reads what one call of the system gives into `buffer`; 0 at or past the length at opening
    /// and for an empty buffer only.
    pub(super) fn read_some_at(
        &self,
        buffer: &mut [u8],
        offset: u64,
    ) -> Result<usize, StableFileError> {
        let left = self.opened.stamp.size.saturating_sub(offset);
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        if length == 0 {
            return Ok(0);
        }
        loop {
            return match self.opened.file.read_at(&mut buffer[..length], offset) {
                Ok(0) => Err(self.truncated(offset)),
                Ok(read) => {
                    self.opened.read.fetch_add(read as u64, Ordering::Relaxed);
                    Ok(read)
                }
                Err(source) if source.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => Err(self.unreadable(offset, source)),
            };
        }
    }

    /// Holds a range to the length at opening, before anything is allocated for it.
    pub(super) fn check_range(&self, offset: u64, length: usize) -> Result<(), StableFileError> {
        let size = self.opened.stamp.size;
        let end = u64::try_from(length).ok().and_then(|length| offset.checked_add(length));
        if end.is_some_and(|end| end <= size) {
            return Ok(());
        }
        let path = self.opened.path.clone();
        Err(StableFileError::OutOfBounds { path, offset, length, size: Bytes(size) })
    }

    /// Says whether the file is still the one that was opened, and still at its path.
    ///
    /// To be called after the last read whose bytes count.
    ///
    /// # Errors
    /// [`StableFileError::Changed`] naming the first difference found;
    /// [`StableFileError::Open`] when the system gives no answer.
    pub fn verify_unchanged(&self) -> Result<(), StableFileError> {
        let Opened { path, stamp, .. } = &*self.opened;
        // While the file is open its inode is not given to another, so what the path shows
        // under the same device and inode is the open file.
        let change = match symlink_metadata(path) {
            Ok(metadata) => stamp.change_to(Stamp::of(&metadata)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some(Change::Removed),
            Err(source) => {
                return Err(StableFileError::Open { path: path.clone(), source });
            }
        };
        match change {
            None => Ok(()),
            Some(change) => Err(StableFileError::Changed { path: path.clone(), change }),
        }
    }

    fn truncated(&self, offset: u64) -> StableFileError {
        let Opened { path, stamp, .. } = &*self.opened;
        StableFileError::Truncated { path: path.clone(), offset, size: Bytes(stamp.size) }
    }

    fn unreadable(&self, offset: u64, source: io::Error) -> StableFileError {
        StableFileError::Read { path: self.opened.path.clone(), offset, source }
    }
}

/// Why a file could not be opened, read, or trusted to be unchanged.
#[derive(Debug, Error)]
pub enum StableFileError {
    /// The system refused to open the file or to tell its state.
    #[error("cannot open `{}`", shown(path))]
    Open {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The last component of the path is a symlink.
    #[error("`{}` is a symlink", shown(path))]
    Symlink {
        /// The path as given.
        path: PathBuf,
    },
    /// A directory, FIFO, socket or device.
    #[error("`{}` is not a regular file but a {kind}", shown(path))]
    NotRegular {
        /// The path as given.
        path: PathBuf,
        /// What it is.
        kind: &'static str,
    },
    /// A range was asked for that does not lie in the file.
    #[error("`{}` has {} bytes: {length} bytes at offset {offset} do not lie in it", shown(path), size.0)]
    OutOfBounds {
        /// The path as given.
        path: PathBuf,
        /// Where the range begins.
        offset: u64,
        /// How many bytes were asked for.
        length: usize,
        /// The length of the file at opening.
        size: Bytes,
    },
    /// The file ends before the length that it had at opening.
    #[error(
        "`{}` was cut off while it was read: it had {} bytes, and the read at offset {offset} met its end",
        shown(path), size.0
    )]
    Truncated {
        /// The path as given.
        path: PathBuf,
        /// Where the read began that met the end.
        offset: u64,
        /// The length of the file at opening.
        size: Bytes,
    },
    /// The system reported a fault on reading.
    #[error("cannot read `{}` at offset {offset}", shown(path))]
    Read {
        /// The path as given.
        path: PathBuf,
        /// Where the read began.
        offset: u64,
        /// What the system said.
        source: io::Error,
    },
    /// The file is no longer what was opened.
    #[error("`{}` changed while it was read: {change}", shown(path))]
    Changed {
        /// The path as given.
        path: PathBuf,
        /// The first difference found.
        change: Change,
    },
}

#[derive(Debug)]
struct Opened {
    path: PathBuf,
    file: File,
    stamp: Stamp,
    read: AtomicU64,
    /// Set when reads are to be hashed.
    tree: OnceLock<Option<Blake3Tree>>,
}
