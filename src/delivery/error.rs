//! What can go wrong outside.

use super::running::ProgramFault;
use crate::durable::DurableError;
use crate::http::{HttpError, HttpFault, UrlError};

/// Why an action was not done, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// A text of the policy names something that nobody knows.
    #[error(
        "`{found}` stands for nothing; expected `{{model}}`, `{{version}}`, `{{environment}}`, \
         `{{event}}` or `{{snapshot}}`"
    )]
    Placeholder {
        /// The name in its braces.
        found: String,
    },
    /// A text of the policy names the training data, and the version's passport names none.
    #[error("`{{snapshot}}` stands for the training data, and the version's passport names none")]
    NoSnapshot,
    /// The address is none.
    #[error("the action cannot be done: {0}")]
    Address(#[from] UrlError),
    /// The server gave no answer, or a no.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The server's answer is not what such a server says.
    #[error("`{url}` answered something else than expected: {fault}")]
    Answer {
        /// Who was asked, without the query.
        url: String,
        /// What is wrong with it.
        fault: String,
    },
    /// MLflow knows no such version.
    #[error("MLflow's model `{model}` has no version for `{version}`: {reason}")]
    NoVersion {
        /// The registered model there.
        model: String,
        /// The version here.
        version: String,
        /// What was looked for.
        reason: String,
    },
    /// The program did not do it.
    #[error("the program `{program}` {fault}")]
    Program {
        /// The program.
        program: String,
        /// What happened.
        fault: ProgramFault,
    },
    /// The file was not written.
    #[error(transparent)]
    File(#[from] DurableError),
}

impl DeliveryError {
    /// Whether trying again later, with nothing changed, may well succeed: nobody answered, or not
    /// in time, or the server was busy or broken (408, 409, 425, 429, 5xx).
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Http(error) => match error.fault {
                HttpFault::Late { .. } | HttpFault::Unreachable { .. } => true,
                HttpFault::Status { status, .. } => {
                    matches!(status, 408 | 409 | 425 | 429 | 500..=599)
                }
                _ => false,
            },
            Self::Program { fault, .. } => !matches!(fault, ProgramFault::Start { .. }),
            Self::File(DurableError::Io { .. }) => true,
            _ => false,
        }
    }
}
