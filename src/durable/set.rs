//! Several files that belong together, written as one.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::file::{Access, flush_directory, make_directory, publish, refuse_irregular, stage};
use super::scratch::commit;
use super::{DurableError, Operation};

/// One file of a set: its name in the directory, and what it holds after the set is written.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// File name without a directory.
    pub name: &'a str,
    /// The content; `None` removes the file that an earlier set may have left.
    pub content: Option<&'a [u8]>,
}

/// Writes a set of files that belong together into `directory`, making it if needed.
///
/// The last member is the commit point: whoever finds it finds the whole set. At every instant
/// the directory holds the complete earlier set, or no commit point, or the complete new set.
/// Nothing of the earlier set is touched until all new content is on the disk. Writers of the
/// same directory take turns by an advisory lock on it, where the file system has locks. A signal
/// that ends the process waits until a set that is being renamed is whole. Other files of the
/// directory are left alone.
///
/// # Errors
/// [`DurableError`], naming path and operation. All temporary files are removed; the directory is
/// in one of the three states above.
///
/// # Panics
/// When `members` is empty, the last one has no content, a name is repeated, or a name is no
/// plain file name: names are chosen by the program, not by its input.
pub fn replace_set(directory: &Path, members: &[Member<'_>]) -> Result<(), DurableError> {
    assert_plain_distinct_names(members);
    let (last, others) = members.split_last().expect("a set has a commit point");
    let commit_content = last.content.expect("a commit point has content");
    let commit_path = directory.join(last.name);

    make_directory(directory)?;
    for member in members {
        refuse_irregular(&directory.join(member.name))?;
    }
    let mut staged = Vec::new();
    for member in others {
        let path = directory.join(member.name);
        let file = match member.content {
            Some(content) => Some(stage(&path, content, Access::Shared)?),
            None => None,
        };
        staged.push((path, file));
    }
    let staged_commit = stage(&commit_path, commit_content, Access::Shared)?;

    let _turn = lock_directory(directory)?;
    commit(|| {
        if remove_if_there(&commit_path)? {
            flush_directory(directory)?;
        }
        for (path, file) in staged {
            match file {
                Some(file) => publish(file, &path)?,
                None => {
                    remove_if_there(&path)?;
                }
            }
        }
        flush_directory(directory)?;
        publish(staged_commit, &commit_path)?;
        flush_directory(directory)
    })
}

/// Removes a file; says whether there was one.
fn remove_if_there(path: &Path) -> Result<bool, DurableError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(DurableError::io(Operation::Remove, path)(error)),
    }
}

/// Waits for other writers of the directory; the lock ends with the handle.
fn lock_directory(directory: &Path) -> Result<File, DurableError> {
    let handle = File::open(directory).map_err(DurableError::io(Operation::Lock, directory))?;
    match handle.lock() {
        Err(error) if error.kind() != io::ErrorKind::Unsupported => {
            Err(DurableError::io(Operation::Lock, directory)(error))
        }
        _ => Ok(handle),
    }
}

fn assert_plain_distinct_names(members: &[Member<'_>]) {
    for (index, member) in members.iter().enumerate() {
        let plain = Path::new(member.name).file_name().is_some_and(|name| name == member.name);
        assert!(plain, "`{}` is no plain file name", member.name);
        let repeated = members[..index].iter().any(|earlier| earlier.name == member.name);
        assert!(!repeated, "`{}` is in the set twice", member.name);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    /// Every name in the directory, hidden ones included, with its text.
    fn contents(directory: &Path) -> BTreeMap<String, String> {
        fs::read_dir(directory)
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let text = fs::read_to_string(entry.path()).unwrap_or_default();
                (entry.file_name().into_string().unwrap(), text)
            })
            .collect()
    }

    fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|&(name, text)| (name.to_owned(), text.to_owned())).collect()
    }

    fn member<'a>(name: &'a str, text: &'a str) -> Member<'a> {
        Member { name, content: Some(text.as_bytes()) }
    }

    #[test]
    fn a_file_where_a_directory_should_be_is_named() {
        let folder = folder();
        let file = folder.path().join("out");
        fs::write(&file, "").unwrap();
        for directory in [file.clone(), file.join("deeper/still")] {
            let error = replace_set(&directory, &[member("a", "1")]).unwrap_err();
            assert!(matches!(&error, DurableError::NotADirectory { path } if *path == file));
        }
    }

    #[test]
    fn a_set_replaces_the_earlier_set_and_removes_what_no_longer_belongs() {
        let folder = folder();
        let out = folder.path().join("new/out");
        replace_set(&out, &[member("detail", "1"), member("manifest", "1"), member("report", "1")])
            .unwrap();
        fs::write(out.join("unrelated"), "kept").unwrap();
        let dropped = Member { name: "detail", content: None };
        replace_set(&out, &[dropped, member("manifest", "2"), member("report", "2")]).unwrap();
        let expected = [("manifest", "2"), ("report", "2"), ("unrelated", "kept")];
        assert_eq!(contents(&out), texts(&expected));
    }

    #[test]
    fn a_set_that_cannot_be_written_leaves_the_earlier_set_alone() {
        let folder = folder();
        replace_set(folder.path(), &[member("manifest", "1"), member("report", "1")]).unwrap();
        fs::create_dir(folder.path().join("detail")).unwrap();
        let members = [member("manifest", "2"), member("detail", "2"), member("report", "2")];
        let error = replace_set(folder.path(), &members).unwrap_err();
        assert!(error.to_string().contains("detail` is not a regular file: found a directory"));
        let expected = [("detail", ""), ("manifest", "1"), ("report", "1")];
        assert_eq!(contents(folder.path()), texts(&expected));
    }

    #[test]
    fn whoever_sees_the_commit_point_sees_its_whole_set() {
        let folder = folder();
        let generations: Vec<String> = (0..60).map(|number| format!("{number:03}")).collect();
        std::thread::scope(|scope| {
            let writers: Vec<_> = generations
                .chunks(30)
                .map(|chunk| {
                    let directory = folder.path();
                    scope.spawn(move || {
                        for text in chunk {
                            let members = [member("manifest", text), member("report", text)];
                            replace_set(directory, &members).unwrap();
                        }
                    })
                })
                .collect();
            while writers.iter().any(|writer| !writer.is_finished()) {
                let read = |name| fs::read_to_string(folder.path().join(name)).ok();
                let (before, manifest, after) = (read("report"), read("manifest"), read("report"));
                if before.is_some() && before == after {
                    assert_eq!(manifest, before);
                }
            }
        });
        assert_eq!(contents(folder.path()).len(), 2);
    }

    #[test]
    #[should_panic(expected = "no plain file name")]
    fn a_member_outside_the_directory_is_a_mistake_of_the_program() {
        drop(replace_set(Path::new("/nonexistent"), &[member("../report", "1")]));
    }
}
