//! The state of a file, as far as it can be told without reading it.

use std::fs::Metadata;
use std::os::unix::fs::{FileTypeExt, MetadataExt};

use thiserror::Error;

use crate::quantity::Bytes;

/// What changed about a file while it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Change {
    /// Nothing is left at the path.
    #[error("it was moved away or deleted")]
    Removed,
    /// Another file stands at the path.
    #[error("another file was put in its place")]
    Replaced,
    /// The length differs.
    #[error("its size was {} bytes and is {} bytes", before.0, after.0)]
    Size {
        /// At opening.
        before: Bytes,
        /// Now.
        after: Bytes,
    },
    /// The modification time (mtime) differs.
    #[error("it was written to (modification time)")]
    Modified,
    /// The status-change time (ctime) differs while the modification time does not: owner, mode,
    /// name or links changed, or it was written to and its modification time set back.
    #[error("its name, mode, owner, links or times were altered (status-change time)")]
    Status,
}

/// What tells two states of a file apart without reading it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp {
    device: u64,
    inode: u64,
    pub(super) size: u64,
    mtime_ns: i128,
    ctime_ns: i128,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            mtime_ns: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            ctime_ns: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// The first difference, the most telling one first.
    pub(super) fn change_to(self, now: Self) -> Option<Change> {
        if (self.device, self.inode) != (now.device, now.inode) {
            Some(Change::Replaced)
        } else if self.size != now.size {
            Some(Change::Size { before: Bytes(self.size), after: Bytes(now.size) })
        } else if self.mtime_ns != now.mtime_ns {
            Some(Change::Modified)
        } else if self.ctime_ns != now.ctime_ns {
            Some(Change::Status)
        } else {
            None
        }
    }
}

fn nanoseconds(seconds: i64, nanoseconds: i64) -> i128 {
    i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds)
}

/// What kind of thing stands at a path, in a word.
pub(super) fn kind_of(metadata: &Metadata) -> &'static str {
    let kind = metadata.file_type();
    if kind.is_file() {
        "regular file"
    } else if kind.is_dir() {
        "directory"
    } else if kind.is_symlink() {
        "symlink"
    } else if kind.is_fifo() {
        "FIFO"
    } else if kind.is_socket() {
        "socket"
    } else if kind.is_block_device() {
        "block device"
    } else if kind.is_char_device() {
        "character device"
    } else {
        "special file"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: Stamp = Stamp { device: 1, inode: 2, size: 3, mtime_ns: 4, ctime_ns: 5 };

    #[test]
    fn the_most_telling_difference_is_named() {
        let mut now = BEFORE;
        assert_eq!(BEFORE.change_to(now), None);
        now.ctime_ns += 1;
        assert_eq!(BEFORE.change_to(now), Some(Change::Status));
        now.mtime_ns -= 1;
        assert_eq!(BEFORE.change_to(now), Some(Change::Modified));
        now.size = 0;
        let (before, after) = (Bytes(3), Bytes(0));
        assert_eq!(BEFORE.change_to(now), Some(Change::Size { before, after }));
        now.inode = 9;
        assert_eq!(BEFORE.change_to(now), Some(Change::Replaced));
        let elsewhere = Stamp { device: 9, ..BEFORE };
        assert_eq!(BEFORE.change_to(elsewhere), Some(Change::Replaced));
    }

    #[test]
    fn times_before_1970_are_in_order_too() {
        assert_eq!(nanoseconds(-1, 999_999_999), -1);
        assert_eq!(nanoseconds(i64::MAX, 0) / 1_000_000_000, i128::from(i64::MAX));
    }
}
