//! Why a command stopped, for people: what, where, what to do next, and the exit code.

use std::fmt;

use super::exit_code::ExitCode;
use crate::delivery::DeliveryError;
use crate::durable::DurableError;
use crate::profile::MergeError;
use crate::scan::ScanError;
use crate::signing::KeyFileError;
use crate::simulate::{AlterationError, SimulateError};
use crate::snapshot::SnapshotError;
use crate::verdict::text;
use crate::yaml::YamlError;

/// A command that could not do its work.
#[derive(Debug)]
pub struct Failure {
    code: ExitCode,
    message: String,
    hint: Option<String>,
}

impl Failure {
    /// A failure with its code and message, which becomes one line: names from the data can
    /// neither command a terminal nor begin a line of their own.
    pub fn new(code: ExitCode, message: impl Into<String>) -> Self {
        Self { code, message: one_line(&message.into()), hint: None }
    }

    /// Says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(one_line(&hint.into()));
        self
    }

    /// Says what else to do next, behind what is said already.
    #[must_use]
    pub fn more_hint(self, more: &str) -> Self {
        match self.hint.clone() {
            Some(hint) => self.hint(format!("{hint}; {more}")),
            None => self.hint(more),
        }
    }

    /// Says first what it is about.
    #[must_use]
    pub fn about(mut self, what: &str) -> Self {
        self.message = one_line(&format!("{what}: {}", self.message));
        self
    }

    /// The exit code.
    #[must_use]
    pub fn code(&self) -> ExitCode {
        self.code
    }

    /// A failure around an error with its causes.
    fn from_error(code: ExitCode, error: &dyn std::error::Error) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !message.contains(&text) {
                message = format!("{message}: {text}");
            }
            cause = error.source();
        }
        Self::new(code, message)
    }

    /// A file that could not be read or written.
    #[must_use]
    pub fn storage(path: &std::path::Path, verb: &str, error: &std::io::Error) -> Self {
        let path = path.display();
        Self::new(ExitCode::Unreadable, format!("cannot {verb} `{path}`: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(formatter, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

fn one_line(text: &str) -> String {
    text::printable(&text::cut(text, MESSAGE_CHARS_MAX))
}

impl From<SnapshotError> for Failure {
    fn from(error: SnapshotError) -> Self {
        Self::from_error(ExitCode::Unreadable, &error)
    }
}

impl From<ScanError> for Failure {
    fn from(error: ScanError) -> Self {
        let failure = Self::from_error(ExitCode::Unreadable, &error);
        match error {
            ScanError::Memory { .. } => failure.hint("give more with `--memory`"),
            ScanError::Limit { name, .. } => failure.hint(format!(
                "if the file is to be trusted with that much, raise it with `--limit {name}=…`"
            )),
            ScanError::Schema { .. } => {
                failure.hint("files of one snapshot must agree; `snapshot: {widening: allowed}` in the policy accepts wider types")
            }
            _ => failure,
        }
    }
}

impl From<DurableError> for Failure {
    fn from(error: DurableError) -> Self {
        Self::from_error(ExitCode::Unreadable, &error)
    }
}

impl From<DeliveryError> for Failure {
    fn from(error: DeliveryError) -> Self {
        Self::from_error(ExitCode::Unreadable, &error)
    }
}

impl From<YamlError> for Failure {
    fn from(error: YamlError) -> Self {
        // Lines of its own making: what it quotes is escaped.
        Self { code: ExitCode::Usage, message: error.to_string(), hint: None }
    }
}

impl From<KeyFileError> for Failure {
    fn from(error: KeyFileError) -> Self {
        Self::from_error(ExitCode::Unreadable, &error)
    }
}

impl From<MergeError> for Failure {
    fn from(error: MergeError) -> Self {
        Self::from_error(ExitCode::Unreadable, &error)
    }
}

impl From<AlterationError> for Failure {
    fn from(error: AlterationError) -> Self {
        Self::from_error(ExitCode::Usage, &error)
    }
}

impl From<SimulateError> for Failure {
    fn from(error: SimulateError) -> Self {
        let code = match error {
            SimulateError::Scan(_) | SimulateError::Write(_) => ExitCode::Unreadable,
            _ => ExitCode::Usage,
        };
        Self::from_error(code, &error)
    }
}

/// Characters of a message: enough for every name that a person would read.
const MESSAGE_CHARS_MAX: usize = 2000;
