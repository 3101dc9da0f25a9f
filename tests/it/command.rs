//! Runs the program under test in a clean environment.

use std::path::Path;
use std::process::{Command, Output};

/// One run of `driftgate` with a fixed clock and a home of its own.
pub(crate) struct Driftgate {
    command: Command,
}

impl Driftgate {
    /// `driftgate COMMAND…` in the folder `place`.
    pub(crate) fn new(place: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_driftgate"));
        command
            .args(arguments)
            .current_dir(place)
            .env_clear()
            .env("HOME", place)
            .env("SOURCE_DATE_EPOCH", "1790000000");
        Self { command }
    }

    /// One more argument.
    pub(crate) fn arg(mut self, argument: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Runs it to its end.
    pub(crate) fn run(mut self) -> Ran {
        let Output { status, stdout, stderr } = self.command.output().unwrap();
        Ran {
            code: status.code(),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
        }
    }
}

/// What a run left.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit code; none after a signal.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}
