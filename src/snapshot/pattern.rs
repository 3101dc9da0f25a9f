//! A path with wildcards, and what it fits.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use globset::GlobMatcher;

use super::error::SnapshotError;
use super::rules::{ListingRules, glob, is_hidden};

/// A typed path with wildcards, divided at its slashes.
pub(super) struct Pattern {
    typed: String,
    root: PathBuf,
    parts: Vec<Part>,
}

/// What one name on the way must be.
enum Part {
    Name(GlobMatcher),
    AnyDepth,
}

impl Pattern {
    /// Reads what was typed; `Ok(None)` when there is no wildcard in it.
    ///
    /// Names before the first wildcard are taken as they are. A final `**` is a `*`: whatever
    /// fits is taken with all that it holds.
    pub(super) fn parse(typed: &Path) -> Result<Option<Self>, SnapshotError> {
        let Some(text) = typed.to_str().filter(|text| text.contains(WILDCARDS)) else {
            return Ok(None);
        };
        let plain = |part: &Component<'_>| !part.as_os_str().to_string_lossy().contains(WILDCARDS);
        let mut components = typed.components().peekable();
        let mut root = PathBuf::new();
        while let Some(part) = components.next_if(plain) {
            root.push(part);
        }
        let names: Vec<String> =
            components.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        let last = names.len().saturating_sub(1);
        let mut parts = Vec::new();
        for (index, name) in names.iter().enumerate() {
            parts.push(match name.as_str() {
                "**" if index < last => Part::AnyDepth,
                "**" => Part::Name(glob("*")?.compile_matcher()),
                name => Part::Name(glob(name)?.compile_matcher()),
            });
        }
        Ok(Some(Self { typed: text.to_owned(), root, parts }))
    }

    /// Everything that fits, sorted, without what lies in a directory that fits.
    ///
    /// A symlink to a directory is not followed but counts as fitting, so that it is refused by
    /// name and not passed over.
    pub(super) fn matches(&self) -> Result<Vec<PathBuf>, SnapshotError> {
        let mut found = BTreeSet::new();
        let mut pending = vec![(self.root.clone(), 0, 0)];
        while let Some((directory, index, depth)) = pending.pop() {
            if depth > ListingRules::DEPTH_MAX {
                let limit = ListingRules::DEPTH_MAX;
                return Err(SnapshotError::TooDeep { path: directory, limit });
            }
            let next = match &self.parts[index] {
                Part::AnyDepth => index,
                Part::Name(_) => index + 1,
            };
            for (path, kind) in self.fitting(&directory, index)? {
                if next == self.parts.len() || kind == Kind::LinkedDirectory {
                    found.insert(path);
                } else if kind == Kind::Directory {
                    pending.push((path, next, depth + 1));
                }
            }
            if matches!(self.parts[index], Part::AnyDepth) {
                pending.push((directory, index + 1, depth));
            }
            if found.len() + pending.len() > ListingRules::ENTRIES_MAX {
                let limit = ListingRules::ENTRIES_MAX;
                return Err(SnapshotError::TooManyEntries { path: self.root.clone(), limit });
            }
        }
        if found.is_empty() {
            return Err(SnapshotError::MatchesNothing { pattern: self.typed.clone() });
        }
        Ok(without_nested(found))
    }

    /// What stands in `directory` and fits part `index`.
    fn fitting(
        &self,
        directory: &Path,
        index: usize,
    ) -> Result<Vec<(PathBuf, Kind)>, SnapshotError> {
        let here = Path::new(".");
        let readable = if directory.as_os_str().is_empty() { here } else { directory };
        if index == 0 && !readable.is_dir() {
            return Ok(Vec::new());
        }
        let cannot_look = |error| SnapshotError::io(readable, error);
        let mut fitting = Vec::new();
        for entry in fs::read_dir(readable).map_err(cannot_look)? {
            let entry = entry.map_err(cannot_look)?;
            let name = entry.file_name();
            let fits = match &self.parts[index] {
                Part::AnyDepth => !is_hidden(name.as_bytes()),
                Part::Name(glob) => glob.is_match(&name),
            };
            if fits {
                let path = directory.join(&name);
                let kind = Kind::of(entry.file_type().map_err(cannot_look)?, &path);
                fitting.push((path, kind));
            }
        }
        Ok(fitting)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Directory,
    LinkedDirectory,
    Other,
}

impl Kind {
    fn of(kind: fs::FileType, path: &Path) -> Self {
        if kind.is_dir() {
            Self::Directory
        } else if kind.is_symlink() && path.is_dir() {
            Self::LinkedDirectory
        } else {
            Self::Other
        }
    }
}

/// Drops what lies below another path. Paths sort by their components, so what lies below a
/// directory follows it at once.
fn without_nested(sorted: BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let mut kept: Vec<PathBuf> = Vec::new();
    for path in sorted {
        if !kept.last().is_some_and(|last| path.starts_with(last)) {
            kept.push(path);
        }
    }
    kept
}

const WILDCARDS: [char; 4] = ['*', '?', '[', '{'];
