//! What a person typed to name a snapshot, made certain.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::SnapshotError;
use super::pattern::Pattern;
use super::refusal::{Refusal, RefusalReason};
use super::stamp::kind_of;

/// Where a snapshot lies: one file, one directory, several of either, or a part of a directory.
///
/// They are told apart because they name their files differently, see
/// [`Listing`](super::Listing).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// One path was typed, and it is a file.
    File(PathBuf),
    /// One path was typed, and it is a directory.
    Directory(PathBuf),
    /// Several paths were typed, or a pattern: files and directories. Those of one pattern are
    /// sorted and do not lie within each other.
    Several(Vec<PathBuf>),
    /// A part of the snapshot that lies at `root`.
    Part {
        /// The directory of the whole.
        root: PathBuf,
        /// Files and directories in it.
        paths: Vec<PathBuf>,
    },
}

impl Location {
    /// Finds what was typed.
    ///
    /// Each item is a path, or, where nothing stands at that path and it holds one of `*?[{`, a
    /// pattern: `*`, `?`, `[…]` and `{…,…}` within a name, `**` for any number of directories.
    /// `*` and `**` fit hidden names too, which the listing then ignores by name; `**` does not
    /// descend into hidden directories. Symlinks on the way to what was typed are followed; what
    /// was typed must not be one itself, because its name would say less than it seems to: name
    /// the directory that `latest` leads to, not `latest`.
    ///
    /// # Errors
    /// [`SnapshotError::NothingNamed`], [`SnapshotError::NotFound`] with the nearest existing
    /// name, [`SnapshotError::MatchesNothing`], [`SnapshotError::InvalidPattern`],
    /// [`SnapshotError::Refused`] for a symlink or special file,
    /// [`SnapshotError::PermissionDenied`] and [`SnapshotError::Io`].
    pub fn find<P: AsRef<Path>>(typed: &[P]) -> Result<Self, SnapshotError> {
        let mut found = Vec::new();
        for path in typed {
            found.push(Found::at(path.as_ref())?);
        }
        if let [Found::File(path)] = &found[..] {
            return Ok(Self::File(path.clone()));
        }
        if let [Found::Directory(path)] = &found[..] {
            return Ok(Self::Directory(path.clone()));
        }
        if found.is_empty() {
            return Err(SnapshotError::NothingNamed);
        }
        Ok(Self::Several(found.into_iter().flat_map(Found::into_paths).collect()))
    }

    /// Finds what was typed as a part of the snapshot at `root`: its files are named as they are
    /// in the whole.
    ///
    /// # Errors
    /// As [`Location::find`].
    pub fn find_part<P: AsRef<Path>>(root: &Path, typed: &[P]) -> Result<Self, SnapshotError> {
        Found::at(root)?;
        let paths = match Self::find(typed)? {
            Self::File(path) | Self::Directory(path) => vec![path],
            Self::Several(paths) | Self::Part { paths, .. } => paths,
        };
        Ok(Self::Part { root: root.to_owned(), paths })
    }
}

/// What one typed item is.
enum Found {
    File(PathBuf),
    Directory(PathBuf),
    Matches(Vec<PathBuf>),
}

impl Found {
    fn at(typed: &Path) -> Result<Self, SnapshotError> {
        // Without this a final slash would have the system follow a symlink.
        let path: PathBuf = typed.components().collect();
        let metadata = match fs::symlink_metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return match Pattern::parse(typed)? {
                    Some(pattern) => pattern.matches().map(Self::Matches),
                    None => Err(not_found(path)),
                };
            }
            Err(error) => return Err(SnapshotError::io(&path, error)),
        };
        if metadata.is_dir() {
            return Ok(Self::Directory(path));
        }
        if metadata.is_file() {
            return Ok(Self::File(path));
        }
        let reason = if metadata.is_symlink() {
            RefusalReason::Symlink { target: fs::read_link(&path).unwrap_or_default() }
        } else {
            RefusalReason::SpecialFile { kind: kind_of(&metadata) }
        };
        let refusals = vec![Refusal { name: path, reason }];
        Err(SnapshotError::Refused { refusals, total: 1 })
    }

    fn into_paths(self) -> Vec<PathBuf> {
        match self {
            Self::File(path) | Self::Directory(path) => vec![path],
            Self::Matches(paths) => paths,
        }
    }
}

/// Looks for the first part of `path` that is missing, and for the name nearest to it.
fn not_found(path: PathBuf) -> SnapshotError {
    let missing = path
        .ancestors()
        .take_while(|part| !part.as_os_str().is_empty() && fs::symlink_metadata(part).is_err())
        .last();
    let nearest = missing.and_then(|missing| {
        let parent = missing.parent()?;
        let nearest = nearest_name(parent, missing.file_name()?)?;
        let below = path.strip_prefix(missing).ok()?;
        Some(parent.join(nearest).join(below).components().collect::<PathBuf>())
    });
    // Only a name that exists is worth telling.
    let nearest = nearest.filter(|path| fs::symlink_metadata(path).is_ok());
    SnapshotError::NotFound { path, nearest }
}

fn nearest_name(directory: &Path, wanted: &OsStr) -> Option<String> {
    let readable = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let wanted = wanted.to_str()?;
    fs::read_dir(readable)
        .ok()?
        .take(NAMES_COMPARED_MAX)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .map(|name| (strsim::normalized_damerau_levenshtein(&name, wanted), name))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|(a, name_a), (b, name_b)| a.total_cmp(b).then_with(|| name_b.cmp(name_a)))
        .map(|(_, name)| name)
}

/// A hint is not worth more time than this many names take.
const NAMES_COMPARED_MAX: usize = 10_000;

/// Share of characters that agree before a name is offered: one letter of three may differ.
const LIKENESS_MIN: f64 = 0.6;
