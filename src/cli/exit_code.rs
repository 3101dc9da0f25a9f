//! What the process says to a pipeline.

use crate::gate::Verdict;

/// Exit codes, documented and stable. When several apply the order of precedence is 70, 5, 4, 2,
/// 1, 3, 0: a fault of the tool outranks a fault of the data, which outranks a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// Passed, or passed with warnings.
    Passed = 0,
    /// A gate failed.
    Failed = 1,
    /// The command line or the policy is invalid.
    Usage = 2,
    /// Too little evidence to tell.
    Inconclusive = 3,
    /// Evidence was refused: signature, key, role, replay, wrong snapshot, tampering.
    Refused = 4,
    /// Data or storage cannot be read or written.
    Unreadable = 5,
    /// A fault of the program itself.
    Internal = 70,
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Passed | Verdict::Warned => Self::Passed,
            Verdict::Failed => Self::Failed,
            Verdict::Inconclusive => Self::Inconclusive,
            Verdict::Error => Self::Unreadable,
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}
