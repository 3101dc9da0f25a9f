//! The files of a machine, below its root folder.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Where the files of the system lie: `/`, or a copy of some of them in a test.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Root(PathBuf);

impl Root {
    /// The files below a folder.
    pub(in crate::cli) fn at(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// Whether this is the machine that the process runs on, whose programs can be asked.
    pub(super) fn is_this_machine(&self) -> bool {
        self.0 == Path::new("/")
    }

    /// The start of a file as text.
    ///
    /// # Errors
    /// The reason, naming the file as the system does.
    pub(super) fn read(&self, path: &str) -> Result<String, String> {
        let place = self.0.join(path.trim_start_matches('/'));
        let mut bytes = Vec::new();
        let read =
            File::open(place).and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut bytes));
        read.map_err(|error| format!("`{path}` cannot be read: {error}"))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Whether something lies at a path.
    pub(super) fn has(&self, path: &str) -> bool {
        self.0.join(path.trim_start_matches('/')).exists()
    }

    /// The names in a folder, in order; none when it cannot be read.
    pub(super) fn names(&self, path: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.join(path.trim_start_matches('/')));
        let mut names: Vec<String> = entries
            .into_iter()
            .flatten()
            .take(NAMES_MAX)
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        names.sort();
        names
    }
}

/// Enough of `/proc/cpuinfo` on the largest machines: the first processor stands at its start.
const FILE_BYTES_MAX: u64 = 1 << 20;
const NAMES_MAX: usize = 1_000;
