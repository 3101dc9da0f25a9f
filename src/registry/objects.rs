//! Evidence under its digest: `objects/sha256/ab/<64 digits>`.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::durable::{self, Access, DurableError};
use crate::identity::Sha256Digest;
use crate::quantity::Bytes;

/// A folder of objects, each a read-only file named by the SHA-256 of its bytes.
#[derive(Debug, Clone)]
pub struct Objects {
    root: PathBuf,
    /// What is got besides, though nobody has put it in.
    more: BTreeMap<Sha256Digest, Vec<u8>>,
}

impl Objects {
    /// The objects of a registry's folder.
    #[must_use]
    pub fn of(registry: &Path) -> Self {
        Self { root: registry.join("objects").join("sha256"), more: BTreeMap::new() }
    }

    /// The same and some more, so that what rests on them can be judged before they are put in.
    #[must_use]
    pub(super) fn and(&self, more: &[Vec<u8>]) -> Self {
        let more = more.iter().map(|bytes| (Sha256Digest::of(bytes), bytes.clone()));
        Self { root: self.root.clone(), more: more.collect() }
    }

    /// Where an object lies, or would.
    #[must_use]
    pub fn path(&self, digest: Sha256Digest) -> PathBuf {
        let hex = digest.to_string();
        let folder = hex.get(..SHELF_DIGITS).unwrap_or_default();
        self.root.join(folder).join(&hex)
    }

    /// Puts bytes in, which are on the disk when this returns; those that are there already stay.
    ///
    /// # Errors
    /// [`ObjectError::TooLarge`], [`ObjectError::Altered`] when the file of that digest holds other
    /// bytes, [`ObjectError::Write`].
    pub fn put(&self, bytes: &[u8]) -> Result<Sha256Digest, ObjectError> {
        let found = Bytes(bytes.len() as u64);
        if found > OBJECT_BYTES_MAX {
            let limit = OBJECT_BYTES_MAX;
            return Err(ObjectError::TooLarge { path: self.root.clone(), found, limit });
        }
        let digest = Sha256Digest::of(bytes);
        let path = self.path(digest);
        if path.symlink_metadata().is_err() {
            match durable::create(&path, bytes, Access::ReadOnly) {
                Err(DurableError::Exists { .. }) => {}
                Err(error) => return Err(ObjectError::Write(error)),
                Ok(()) => {
                    if let Some(folder) = path.parent() {
                        durable::sweep(folder);
                    }
                    return Ok(digest);
                }
            }
        }
        // It may have been put by somebody who ended before it was known to be on the disk.
        self.get(digest)?;
        durable::flush(&path).map_err(ObjectError::Write)?;
        Ok(digest)
    }

    /// The bytes of an object, which have its digest.
    ///
    /// # Errors
    /// [`ObjectError`]: missing, no regular file, too large, altered, or unreadable.
    pub fn get(&self, digest: Sha256Digest) -> Result<Vec<u8>, ObjectError> {
        if let Some(bytes) = self.more.get(&digest) {
            return Ok(bytes.clone());
        }
        let path = self.path(digest);
        let bytes = read_regular(&path, OBJECT_BYTES_MAX)?;
        let found = Sha256Digest::of(&bytes);
        if found != digest {
            return Err(ObjectError::Altered { path, found });
        }
        Ok(bytes)
    }

    /// Whether there is a file of that digest; that it holds the right bytes is for [`Self::get`].
    #[must_use]
    pub fn has(&self, digest: Sha256Digest) -> bool {
        self.path(digest).is_file()
    }

    /// The digests of all objects, in order, and whatever else lies in the folder.
    ///
    /// # Errors
    /// [`ObjectError::Read`] when a folder cannot be read.
    pub fn list(&self) -> Result<ObjectListing, ObjectError> {
        let mut listing = ObjectListing::default();
        for shelf in entries(&self.root)? {
            if shelf.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()) {
                for path in entries(&shelf)? {
                    listing.add(self, path);
                }
            } else {
                listing.add(self, shelf);
            }
        }
        listing.digests.sort_unstable();
        listing.odd.sort_unstable();
        Ok(listing)
    }
}

/// What lies in the folder of objects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectListing {
    /// By name; nobody has looked at the bytes.
    pub digests: Vec<Sha256Digest>,
    /// What is no object by its name. Leftovers of writers that were killed are left out.
    pub odd: Vec<PathBuf>,
    /// How many such leftovers there are.
    pub leftovers: u64,
}

impl ObjectListing {
    fn add(&mut self, objects: &Objects, path: PathBuf) {
        let name = path.file_name().and_then(|name| name.to_str());
        let digest = name.and_then(|name| name.parse::<Sha256Digest>().ok());
        match digest.filter(|&digest| objects.path(digest) == path) {
            Some(digest) => self.digests.push(digest),
            None if name.is_some_and(durable::is_leftover) => {
                self.leftovers = self.leftovers.saturating_add(1);
            }
            None => self.odd.push(path),
        }
    }
}

/// The paths in a folder; none when it does not exist.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, ObjectError> {
    let fail = |source| ObjectError::Read { path: folder.to_owned(), source };
    match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(fail(error)),
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path()).map_err(fail)).collect(),
    }
}

/// Reads a regular file of a registry, never a link, whole.
///
/// # Errors
/// [`ObjectError`]: missing, irregular, too large, unreadable.
pub(super) fn read_regular(path: &Path, limit: Bytes) -> Result<Vec<u8>, ObjectError> {
    let fail = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => ObjectError::Missing { path: path.to_owned() },
        _ => ObjectError::Read { path: path.to_owned(), source },
    };
    // Asked before it is opened: opening a FIFO waits for somebody who writes.
    let metadata = path.symlink_metadata().map_err(fail)?;
    if !metadata.is_file() {
        return Err(ObjectError::Irregular { path: path.to_owned() });
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(fail)?;
    file.take(limit.0.saturating_add(1)).read_to_end(&mut bytes).map_err(fail)?;
    let found = Bytes(bytes.len() as u64);
    if found > limit {
        let found = Bytes(metadata.len().max(found.0));
        return Err(ObjectError::TooLarge { path: path.to_owned(), found, limit });
    }
    Ok(bytes)
}

/// Why an object cannot be had, or not put.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// There is none.
    #[error("`{}` is missing", path.display())]
    Missing {
        /// Where it would lie.
        path: PathBuf,
    },
    /// Its bytes are not those of its name.
    #[error("`{}` holds other bytes: their SHA-256 is `{found}`", path.display())]
    Altered {
        /// Where it lies.
        path: PathBuf,
        /// The digest of what is there.
        found: Sha256Digest,
    },
    /// A link, a folder or the like.
    #[error("`{}` is no regular file", path.display())]
    Irregular {
        /// Where it lies.
        path: PathBuf,
    },
    /// More bytes than are read or written.
    #[error("`{}` has {} bytes, more than {}", path.display(), found.0, limit.0)]
    TooLarge {
        /// Where it lies, or the folder where it should.
        path: PathBuf,
        /// Its size.
        found: Bytes,
        /// The most that is read.
        limit: Bytes,
    },
    /// The operating system did not give it.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// What was read.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// It could not be written.
    #[error(transparent)]
    Write(DurableError),
}

impl ObjectError {
    /// Whether storage failed, rather than what is stored.
    #[must_use]
    pub fn is_storage(&self) -> bool {
        matches!(self, Self::Read { .. } | Self::Write(_))
    }
}

/// The most bytes of an object: details of a report with thousands of columns stay below.
pub const OBJECT_BYTES_MAX: Bytes = Bytes(1 << 30);

/// Leading digits that name the folder, so that none gets too large to list.
const SHELF_DIGITS: usize = 2;

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn objects() -> (tempfile::TempDir, Objects) {
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects::of(folder.path());
        (folder, objects)
    }

    #[test]
    fn what_is_put_is_got_and_may_be_put_again() {
        let (_folder, objects) = objects();
        let digest = objects.put(b"evidence").unwrap();
        assert_eq!(objects.put(b"evidence").unwrap(), digest);
        assert_eq!(objects.get(digest).unwrap(), b"evidence");
        let mode = objects.path(digest).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o222, 0, "nobody may write it");
        assert_eq!(objects.list().unwrap().digests, [digest]);
    }

    #[test]
    fn an_altered_object_is_named_whoever_asks() {
        let (_folder, objects) = objects();
        let digest = objects.put(b"evidence").unwrap();
        let path = objects.path(digest);
        fs::remove_file(&path).unwrap();
        fs::write(&path, b"evidencf").unwrap();
        for error in [objects.get(digest).unwrap_err(), objects.put(b"evidence").unwrap_err()] {
            assert!(error.to_string().contains(&digest.to_string()), "{error}");
            assert!(error.to_string().contains("other bytes"), "{error}");
        }
    }

    #[test]
    fn what_is_no_object_is_told_apart() {
        let (_folder, objects) = objects();
        let digest = objects.put(b"evidence").unwrap();
        let missing = objects.get(Sha256Digest::of(b"other")).unwrap_err();
        assert!(matches!(missing, ObjectError::Missing { .. }), "{missing}");
        let shelf = objects.path(digest).parent().unwrap().to_owned();
        fs::write(shelf.join("note.txt"), b"").unwrap();
        fs::write(shelf.join(".driftgate-abc.tmp"), b"").unwrap();
        fs::create_dir_all(objects.root.join("zz")).unwrap();
        fs::write(objects.root.join("zz").join(digest.to_string()), b"").unwrap();
        let listing = objects.list().unwrap();
        assert_eq!((listing.digests.len(), listing.odd.len(), listing.leftovers), (1, 2, 1));
    }

    #[test]
    fn a_link_is_no_object() {
        let (folder, objects) = objects();
        let digest = objects.put(b"evidence").unwrap();
        let path = objects.path(digest);
        let elsewhere = folder.path().join("elsewhere");
        fs::rename(&path, &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
        assert!(matches!(objects.get(digest), Err(ObjectError::Irregular { .. })));
    }
}
