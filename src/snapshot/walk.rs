//! The way through directories: what is met is taken, ignored or refused.

use std::ffi::{OsStr, OsString};
use std::fs::{self, Metadata};
use std::path::{Component, Path, PathBuf};

use super::error::SnapshotError;
use super::listing::{IgnoreReason, Ignored, SnapshotFile};
use super::partition::Partition;
use super::refusal::{Refusal, RefusalReason};
use super::rules::{Content, ListingRules, is_hidden};
use super::stable_file::StableFile;
use super::stamp::kind_of;
use crate::quantity::Bytes;

/// What has been met so far.
pub(super) struct Walk<'a> {
    rules: &'a ListingRules,
    entries: usize,
    files: Vec<SnapshotFile>,
    ignored: Vec<Ignored>,
    refusals: Vec<Refusal>,
}

/// A directory on the way. Its relative name is empty at the root, else it ends in `/`.
#[derive(Clone, Default)]
struct Directory {
    path: PathBuf,
    relative: String,
    partitions: Vec<Partition>,
    depth: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(rules: &'a ListingRules) -> Self {
        Self { rules, entries: 0, files: Vec::new(), ignored: Vec::new(), refusals: Vec::new() }
    }

    /// Takes one file under its file name, whatever that name and its content are.
    pub(super) fn take_file(&mut self, path: &Path) -> Result<(), SnapshotError> {
        let metadata =
            fs::symlink_metadata(path).map_err(|error| SnapshotError::io(path, error))?;
        match path.file_name().ok_or(RefusalReason::ParentDirectory).and_then(plain_name) {
            Ok(name) => self.add(&Directory::default(), name, path.to_owned(), &metadata),
            Err(reason) => self.refusals.push(Refusal { name: path.to_owned(), reason }),
        }
        Ok(())
    }

    /// Takes all that lies below `root`.
    pub(super) fn take_tree(&mut self, root: &Path) -> Result<(), SnapshotError> {
        self.descend(Directory { path: root.to_owned(), ..Directory::default() })
    }

    /// Takes `path`, a file or a directory, under its path below `root`. The directories between
    /// are held to the same rules as if they had been walked.
    pub(super) fn take_below(&mut self, root: &Path, path: &Path) -> Result<(), SnapshotError> {
        let mut directory = Directory { path: root.to_owned(), ..Directory::default() };
        let below = path.strip_prefix(root).unwrap_or(path);
        for part in below.components() {
            let Component::Normal(name) = part else {
                let reason = RefusalReason::ParentDirectory;
                self.refusals.push(Refusal { name: below.to_owned(), reason });
                return Ok(());
            };
            match self.meet(&directory, name)? {
                Some(inner) => directory = inner,
                None => return Ok(()),
            }
        }
        self.descend(directory)
    }

    /// What was taken and what was ignored, or the error that names all that was refused.
    pub(super) fn finish(self) -> Result<(Vec<SnapshotFile>, Vec<Ignored>), SnapshotError> {
        SnapshotError::refused(self.refusals)?;
        Ok((self.files, self.ignored))
    }

    fn descend(&mut self, root: Directory) -> Result<(), SnapshotError> {
        let mut pending = vec![root];
        while let Some(directory) = pending.pop() {
            if directory.depth > self.rules.depth_max {
                let limit = self.rules.depth_max;
                return Err(SnapshotError::TooDeep { path: directory.path, limit });
            }
            for name in self.names_in(&directory.path)? {
                pending.extend(self.meet(&directory, &name)?);
            }
        }
        Ok(())
    }

    /// The names in a directory, sorted, so that errors do not depend on the file system.
    fn names_in(&mut self, directory: &Path) -> Result<Vec<OsString>, SnapshotError> {
        let cannot_look = |error| SnapshotError::io(directory, error);
        let mut names = Vec::new();
        for entry in fs::read_dir(directory).map_err(cannot_look)? {
            names.push(entry.map_err(cannot_look)?.file_name());
            self.entries += 1;
            if self.entries > self.rules.entries_max {
                let (path, limit) = (directory.to_owned(), self.rules.entries_max);
                return Err(SnapshotError::TooManyEntries { path, limit });
            }
        }
        names.sort();
        Ok(names)
    }

    /// Decides on one name in a directory; a directory is given back to be entered.
    fn meet(
        &mut self,
        parent: &Directory,
        name: &OsStr,
    ) -> Result<Option<Directory>, SnapshotError> {
        let relative = Path::new(&parent.relative).join(name);
        if self.rules.excludes(&relative) {
            self.ignored.push(Ignored { name: relative, reason: IgnoreReason::Rule });
            return Ok(None);
        }
        let path = parent.path.join(name);
        let data = self.rules.content == Content::Parquet;
        let entered = match table_log(name).filter(|_| data) {
            Some(format) => Err(RefusalReason::TableLog { format }),
            None if data && is_hidden(name.as_encoded_bytes()) => {
                self.ignored.push(Ignored { name: relative, reason: IgnoreReason::Hidden });
                return Ok(None);
            }
            None => {
                let metadata =
                    fs::symlink_metadata(&path).map_err(|error| SnapshotError::io(&path, error))?;
                match plain_name(name) {
                    Err(reason) => Err(reason),
                    Ok(name) if metadata.is_dir() && data => parent.enter(name, path).map(Some),
                    Ok(name) if metadata.is_dir() => Ok(Some(parent.below(name, path))),
                    Ok(_) if !metadata.is_file() => Err(unwanted(&path, &metadata)),
                    Ok(name) if data && !is_parquet(name, &path)? => Err(RefusalReason::NotParquet),
                    Ok(name) => {
                        self.add(parent, name, path, &metadata);
                        Ok(None)
                    }
                }
            }
        };
        Ok(entered.unwrap_or_else(|reason| {
            self.refusals.push(Refusal { name: relative, reason });
            None
        }))
    }

    fn add(&mut self, parent: &Directory, name: &str, path: PathBuf, metadata: &Metadata) {
        self.files.push(SnapshotFile {
            relative: format!("{}{name}", parent.relative),
            path,
            bytes: Bytes(metadata.len()),
            partitions: parent.partitions.clone(),
        });
    }
}

impl Directory {
    fn enter(&self, name: &str, path: PathBuf) -> Result<Self, RefusalReason> {
        let mut partitions = self.partitions.clone();
        if let Some(partition) = Partition::parse(name)? {
            if partitions.iter().any(|above| above.name == partition.name) {
                return Err(RefusalReason::PartitionTwice { name: partition.name });
            }
            partitions.push(partition);
        }
        Ok(Self { partitions, ..self.below(name, path) })
    }

    /// A directory whose name means nothing.
    fn below(&self, name: &str, path: PathBuf) -> Self {
        let relative = format!("{}{name}/", self.relative);
        Self { path, relative, partitions: self.partitions.clone(), depth: self.depth + 1 }
    }
}

/// The name as it can stand in a manifest.
fn plain_name(name: &OsStr) -> Result<&str, RefusalReason> {
    let name = name.to_str().ok_or(RefusalReason::NotUtf8)?;
    match name.chars().find(|character| matches!(character, '\n' | '\r' | '\\')) {
        Some(character) => Err(RefusalReason::NameCharacter { character }),
        None => Ok(name),
    }
}

fn unwanted(path: &Path, metadata: &Metadata) -> RefusalReason {
    if metadata.is_symlink() {
        return RefusalReason::Symlink { target: fs::read_link(path).unwrap_or_default() };
    }
    RefusalReason::SpecialFile { kind: kind_of(metadata) }
}

/// The table format whose log has this name. Hidden names all, but not to be passed over: the
/// files beside them hold deleted rows too.
fn table_log(name: &OsStr) -> Option<&'static str> {
    match name.to_str()? {
        "_delta_log" => Some("Delta Lake"),
        ".hoodie" => Some("Apache Hudi"),
        _ => None,
    }
}

fn is_parquet(name: &str, path: &Path) -> Result<bool, SnapshotError> {
    let extension = Path::new(name).extension().unwrap_or_default();
    if EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known)) {
        return Ok(true);
    }
    let file = StableFile::open(path)?;
    let (mut head, mut tail) = ([0; 4], [0; 4]);
    let Some(tail_offset) = file.size().0.checked_sub(4).filter(|offset| *offset >= 4) else {
        return Ok(false);
    };
    file.read_exact_at(&mut head, 0)?;
    file.read_exact_at(&mut tail, tail_offset)?;
    Ok(head == tail && MAGICS.contains(&&head))
}

const EXTENSIONS: [&str; 3] = ["parquet", "parq", "pq"];

/// Both ends of a Parquet file, with plain and with encrypted footer
/// (<https://parquet.apache.org/docs/file-format/>).
const MAGICS: [&[u8; 4]; 2] = [b"PAR1", b"PARE"];
