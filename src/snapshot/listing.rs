//! Which files a snapshot is made of, under which names, in which order.

use std::path::{Path, PathBuf};

use super::error::SnapshotError;
use super::location::Location;
use super::partition::Partition;
use super::rules::{Content, ListingRules};
use super::walk::Walk;
use crate::quantity::Bytes;

/// The files of a snapshot, sorted by the bytes of their relative names.
///
/// Relative names do not depend on where the snapshot lies:
/// - one file: its file name, and no partitions;
/// - one directory: the path below it;
/// - several paths or a pattern: the path below the longest directory that holds all of them,
///   except that a directory `name=value` at its end is left, so that the only partition that
///   a pattern fits remains a column. Paths are compared as typed, symlinks unresolved;
/// - a part of a directory: the path below that directory, as in the whole.
///
/// A file counts as Parquet by its name (`.parquet`, `.parq`, `.pq` in any case), or, whatever
/// its name, by its content: `PAR1` (or `PARE`, encrypted footer) at both ends. Files that are
/// neither are refused. A file that has the name without the content stays in, so that it fails
/// as the damaged file it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The files; never empty.
    pub files: Vec<SnapshotFile>,
    /// What was left out, sorted by name.
    pub ignored: Vec<Ignored>,
}

/// One file of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotFile {
    /// Its name in the manifest: parts joined by `/`, none of them `.` or `..`.
    pub relative: String,
    /// Where to open it.
    pub path: PathBuf,
    /// Its length when it was listed; what is read is held to the length at opening.
    pub bytes: Bytes,
    /// Columns that stand in the names of its directories, outermost first.
    pub partitions: Vec<Partition>,
}

/// A file or directory that was left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ignored {
    /// Its path below the root; of a directory, all that it holds is left out.
    pub name: PathBuf,
    /// Why it was left out.
    pub reason: IgnoreReason,
}

/// Why a file or directory was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IgnoreReason {
    /// Its name begins with `.`, or with `_` and has no `=`.
    Hidden,
    /// A pattern of the caller fits it.
    Rule,
}

impl Listing {
    /// Lists what lies at `location`.
    ///
    /// Ignoring comes first: what is ignored may be of any kind and have any name. Of the rest,
    /// symlinks, special files, and names with `..`, newline, carriage return, backslash or
    /// broken UTF-8 are refused, together and by name. Nothing is opened but files whose name
    /// does not tell that they are Parquet.
    ///
    /// # Errors
    /// [`SnapshotError`], in this order: limits and faults of the system at once; then
    /// everything refused; then a file named twice; then no Parquet at all; then partition
    /// columns that differ.
    pub fn of(location: &Location, rules: &ListingRules) -> Result<Self, SnapshotError> {
        let mut walk = Walk::new(rules);
        let searched = match location {
            Location::File(path) => {
                walk.take_file(path)?;
                path.clone()
            }
            Location::Directory(path) => {
                walk.take_tree(path)?;
                path.clone()
            }
            Location::Several(paths) => {
                let paths = absolute(paths)?;
                let root = common_root(&paths);
                for path in &paths {
                    walk.take_below(&root, path)?;
                }
                root
            }
            Location::Part { root, paths } => {
                let whole = std::path::absolute(root).map_err(|e| SnapshotError::io(root, e))?;
                for path in absolute(paths)? {
                    if !path.starts_with(&whole) {
                        return Err(SnapshotError::Outside { path, root: whole });
                    }
                    walk.take_below(&whole, &path)?;
                }
                whole
            }
        };
        let (mut files, mut ignored) = walk.finish()?;
        ignored.sort();
        ignored.dedup();
        files.sort_by(|a, b| a.relative.cmp(&b.relative));
        if let Some(pair) = files.windows(2).find(|pair| pair[0].relative == pair[1].relative) {
            return Err(SnapshotError::Duplicate { relative: pair[0].relative.clone() });
        }
        let Some(first) = files.first() else {
            if rules.content == Content::Anything {
                return Err(SnapshotError::NoFile { path: searched });
            }
            return Err(SnapshotError::NoParquet { path: searched, ignored: ignored.len() });
        };
        if let Some(other) = files.iter().find(|file| !same_columns(first, file)) {
            return Err(SnapshotError::PartitionsDiffer {
                first: first.relative.clone(),
                first_keys: column_names(first),
                second: other.relative.clone(),
                second_keys: column_names(other),
            });
        }
        Ok(Self { files, ignored })
    }

    /// The length of all files together.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        Bytes(self.files.iter().map(|file| file.bytes.0).sum())
    }
}

fn absolute(paths: &[PathBuf]) -> Result<Vec<PathBuf>, SnapshotError> {
    let absolute =
        |path: &PathBuf| std::path::absolute(path).map_err(|error| SnapshotError::io(path, error));
    paths.iter().map(absolute).collect()
}

/// The longest directory that holds all of `paths`, and is itself no partition.
fn common_root(paths: &[PathBuf]) -> PathBuf {
    let mut parents = paths.iter().map(|path| path.parent().unwrap_or(path));
    let first = parents.next().unwrap_or(Path::new("/"));
    let common = parents.fold(first, |common, parent| {
        common.ancestors().find(|ancestor| parent.starts_with(ancestor)).unwrap_or(Path::new("/"))
    });
    let is_partition = |directory: &&Path| {
        directory.file_name().is_some_and(|name| name.as_encoded_bytes().contains(&b'='))
    };
    common.ancestors().find(|ancestor| !is_partition(ancestor)).unwrap_or(common).to_owned()
}

fn same_columns(a: &SnapshotFile, b: &SnapshotFile) -> bool {
    let names = |file: &SnapshotFile| file.partitions.len();
    names(a) == names(b) && a.partitions.iter().zip(&b.partitions).all(|(a, b)| a.name == b.name)
}

fn column_names(file: &SnapshotFile) -> Vec<String> {
    file.partitions.iter().map(|partition| partition.name.clone()).collect()
}
