//! Folders of configuration files, read whole.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::exit_code::ExitCode;
use super::failure::Failure;
use super::input::read_small;
use crate::evidence::tree::{BYTES_MAX, Tree};

/// Each file below a folder as a tree, by its path with `/`.
///
/// # Errors
/// As [`files_below`], and for the first file that cannot be understood.
pub(in crate::cli) fn folder_trees(folder: &Path) -> Result<BTreeMap<String, Tree>, Failure> {
    let files = files_below(folder)?;
    let tree = |(name, bytes): (String, Vec<u8>)| {
        let tree = Tree::read(&name, &bytes).map_err(|error| {
            let path = folder.join(&name);
            Failure::new(ExitCode::Unreadable, format!("`{}` {}", path.display(), error.fault))
        })?;
        Ok((name, tree))
    };
    files.into_iter().map(tree).collect()
}

/// Each file below a folder, by its path with `/`. The folder `.git` is left out; links are followed
/// to files, and refused where they lead to folders.
///
/// # Errors
/// [`Failure`] for the first file that cannot be read, and for a folder with too many or too large
/// files.
pub(in crate::cli) fn files_below(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let mut files = BTreeMap::new();
    let mut bytes_left = TOTAL_BYTES_MAX;
    let mut open = vec![(folder.to_owned(), String::new(), 0)];
    while let Some((place, prefix, depth)) = open.pop() {
        let unreadable = |error: std::io::Error| Failure::storage(&place, "read", &error);
        let mut entries: Vec<fs::DirEntry> = fs::read_dir(&place)
            .map_err(unreadable)?
            .collect::<Result<_, _>>()
            .map_err(unreadable)?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let name = entry.file_name().into_string().map_err(|_| {
                let message = format!("the name of `{}` is not UTF-8 text", path.display());
                Failure::new(ExitCode::Unreadable, message)
            })?;
            let name = format!("{prefix}{name}");
            if entry.file_type().map_err(unreadable)?.is_dir() {
                if depth == DEPTH_MAX {
                    let message =
                        format!("`{}` lies deeper than {DEPTH_MAX} folders", path.display());
                    return Err(Failure::new(ExitCode::Unreadable, message));
                }
                if name != ".git" {
                    open.push((path, format!("{name}/"), depth + 1));
                }
                continue;
            }
            // What lies behind would be left out in silence, and two folders look alike.
            if path.is_dir() {
                let message = format!("`{}` is a link to a folder", path.display());
                return Err(Failure::new(ExitCode::Unreadable, message)
                    .hint("links are followed to files only; put the folder itself there"));
            }
            let bytes = read_small(&path, bytes_left.min(BYTES_MAX as u64), ExitCode::Unreadable)?;
            bytes_left -= bytes.len() as u64;
            files.insert(name, bytes);
            if files.len() > FILES_MAX {
                let message = format!("`{}` holds more than {FILES_MAX} files", folder.display());
                return Err(Failure::new(ExitCode::Unreadable, message));
            }
        }
    }
    Ok(files)
}

/// A document as a tree.
///
/// # Errors
/// [`Failure`] naming the file and what is wrong with it.
pub(in crate::cli) fn tree_at(path: &Path, bytes: &[u8]) -> Result<Tree, Failure> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Tree::read(&name, bytes).map_err(|error| {
        Failure::new(ExitCode::Unreadable, format!("`{}` {}", path.display(), error.fault))
    })
}

const FILES_MAX: usize = 10_000;
const DEPTH_MAX: usize = 32;
const TOTAL_BYTES_MAX: u64 = 256 << 20;
