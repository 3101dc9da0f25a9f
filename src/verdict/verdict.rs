//! The five answers a gate can give.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The answer to a question about data, worst last.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The demand is met.
    Passed,
    /// It is not met, and somebody said that this only warns.
    Warned,
    /// Too little evidence to tell.
    Inconclusive,
    /// The demand is not met.
    Failed,
    /// It could not be measured.
    Error,
}

impl Verdict {
    /// The worst of many; `None` for none, so that nothing looked at cannot be read as a pass.
    pub fn worst(verdicts: impl IntoIterator<Item = Self>) -> Option<Self> {
        verdicts.into_iter().max()
    }

    /// The answer of many together: the worst of them, and inconclusive for none.
    pub fn overall(verdicts: impl IntoIterator<Item = Self>) -> Self {
        Self::worst(verdicts).unwrap_or(Self::Inconclusive)
    }

    /// What is left of it where it may only warn: whatever is worse than a warning becomes one.
    #[must_use]
    pub fn softened(self) -> Self {
        self.min(Self::Warned)
    }

    /// Whether a model may move on: only `passed` and `warned` let it.
    #[must_use]
    pub fn opens_door(self) -> bool {
        self <= Self::Warned
    }

    /// The exit code of a process that ends with this verdict: 0 passed or warned, 1 failed,
    /// 3 inconclusive, 5 data that could not be measured.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Passed | Self::Warned => 0,
            Self::Failed => 1,
            Self::Inconclusive => 3,
            Self::Error => 5,
        }
    }

    /// The verdict as documents write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Warned => "warned",
            Self::Inconclusive => "inconclusive",
            Self::Failed => "failed",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Verdict; 5] =
        [Verdict::Passed, Verdict::Warned, Verdict::Inconclusive, Verdict::Failed, Verdict::Error];

    #[test]
    fn verdicts_are_ordered_worst_last() {
        assert!(ALL.is_sorted());
        assert_eq!(Verdict::worst(ALL), Some(Verdict::Error));
    }

    #[test]
    fn a_door_opens_exactly_where_the_exit_code_is_zero() {
        for verdict in ALL {
            assert_eq!(verdict.opens_door(), verdict.exit_code() == 0, "{verdict}");
        }
    }
}
