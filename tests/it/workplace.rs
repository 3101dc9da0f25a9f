//! A folder of its own for one test, with a key and whatever is written there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use driftgate::signing::{KeyKind, PrivateKey, write_private_key, write_public_key};

use crate::command::{Driftgate, Ran};
use crate::foreign;

/// A folder to work in, with a key.
pub(crate) struct Workplace {
    folder: tempfile::TempDir,
    pub(crate) key: PrivateKey,
}

impl Workplace {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = PrivateKey::generate(KeyKind::P256);
        write_private_key(&folder.path().join("key.pem"), &key).unwrap();
        write_public_key(&folder.path().join("key.pub.pem"), &key.public()).unwrap();
        Self { folder, key }
    }

    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(relative)
    }

    pub(crate) fn write(&self, relative: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// Runs a script of `tests/foreign` that must succeed, in this folder.
    pub(crate) fn python(&self, script: &str, arguments: &[&str]) {
        let mut command = Command::new(foreign::python());
        command.arg(foreign::script(script)).args(arguments).current_dir(self.folder.path());
        foreign::run_ok(&mut command);
    }

    /// Runs Python code that must succeed, in this folder.
    pub(crate) fn python_code(&self, code: &str) {
        let mut command = Command::new(foreign::python());
        command.args(["-c", code]).current_dir(self.folder.path());
        foreign::run_ok(&mut command);
    }

    /// `driftgate` in this folder, from words: paths hold no blanks here.
    pub(crate) fn driftgate(&self, words: &str) -> Driftgate {
        Driftgate::new(self.folder.path(), &words.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs `driftgate check` with the key of this folder.
    pub(crate) fn check(&self, words: &str) -> Ran {
        self.driftgate(&format!("check --key key.pem {words}")).run()
    }

    /// The names in a folder, sorted; none when it does not exist.
    pub(crate) fn names(&self, relative: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path(relative)) else {
            return Vec::new();
        };
        let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
        let mut names: Vec<String> = entries.map(|entry| name(entry.unwrap())).collect();
        names.sort();
        names
    }
}
