//! Runs the program under test in a clean environment.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// One run of `driftgate` with a fixed clock and a home of its own.
pub(crate) struct Driftgate {
    command: Command,
}

impl Driftgate {
    /// `driftgate COMMAND…` in the folder `place`, with nothing of the caller's environment but the
    /// search path. A run that takes too long is ended with exit code 124.
    pub(crate) fn new(place: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new("timeout");
        command
            .args([RUN_SECONDS_MAX, env!("CARGO_BIN_EXE_driftgate")])
            .args(arguments)
            .current_dir(place)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", place)
            .env("SOURCE_DATE_EPOCH", "1790000000");
        Self { command }
    }

    /// One more argument.
    pub(crate) fn arg(mut self, argument: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// One more variable of the environment.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// The same run by way of another program, which is given the command as its last arguments.
    pub(crate) fn through(self, program: &str, options: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.args(options).arg(self.command.get_program()).args(self.command.get_args());
        command.current_dir(self.command.get_current_dir().unwrap()).env_clear();
        command.envs(self.command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        Self { command }
    }

    /// Runs it with both outputs closed by their reader; gives the exit code.
    pub(crate) fn run_unread(mut self) -> Option<i32> {
        let mut child = self.command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop((child.stdout.take(), child.stderr.take()));
        child.wait().unwrap().code()
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ran {
    /// The exit code; none after a signal.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Ran {
    /// The document on standard output.
    ///
    /// # Panics
    /// When it is no JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

/// Far above what a run takes on a machine that is busy.
const RUN_SECONDS_MAX: &str = "60";
