//! Where a report contradicts itself.

use std::fmt;

use crate::verdict::text;

/// A figure of a report that does not follow from the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// The gate it stands in; absent for the report as a whole.
    pub gate: Option<Box<str>>,
    /// The demand; absent for a gate as a whole.
    pub rule: Option<Box<str>>,
    /// The column; absent where it is about the snapshot.
    pub column: Option<Box<str>>,
    /// What is wrong.
    pub figure: Figure,
    /// What the report says.
    pub recorded: Box<str>,
    /// What follows from its other figures, or from the policy.
    pub expected: Box<str>,
}

impl Disagreement {
    #[expect(clippy::needless_pass_by_value, reason = "figures are copied or made for this")]
    pub(super) fn of(figure: Figure, recorded: impl ToString, expected: impl ToString) -> Self {
        let recorded = recorded.to_string().into_boxed_str();
        let expected = expected.to_string().into_boxed_str();
        Self { gate: None, rule: None, column: None, figure, recorded, expected }
    }

    pub(super) fn in_gate(mut self, gate: &str) -> Self {
        self.gate = Some(gate.into());
        self
    }

    pub(super) fn at(mut self, rule: &str, column: Option<&str>) -> Self {
        self.rule = Some(rule.into());
        self.column = column.map(Box::from);
        self
    }
}

impl fmt::Display for Disagreement {
    /// ``in `drift/age`, `psi_max`: the decision is recorded as `passed`, expected `failed` ``
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(gate) = &self.gate {
            let column = self.column.as_ref();
            let column = column.map_or_else(String::new, |name| format!("/{}", text::name(name)));
            write!(formatter, "in `{}{column}`", text::name(gate))?;
            if let Some(rule) = &self.rule {
                write!(formatter, ", `{}`", text::phrase(rule))?;
            }
            formatter.write_str(": ")?;
        }
        let (recorded, expected) = (text::phrase(&self.recorded), text::phrase(&self.expected));
        let what = self.figure.words();
        write!(formatter, "{what} is recorded as `{recorded}`, expected `{expected}`")
    }
}

impl std::error::Error for Disagreement {}

/// What in a report can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// The number a check rests on.
    Observed,
    /// Lower end of an interval.
    Lower,
    /// Upper end of an interval.
    Upper,
    /// Error rate of an interval's ends.
    Alpha,
    /// Rows, nulls, NaN, values in bins, or violations: counts that must add up.
    Count,
    /// The form of a check: its kind, its limit.
    Form,
    /// What the numbers alone say.
    Decision,
    /// What counts of a check, after severity and waivers.
    CheckVerdict,
    /// The worst of a gate's checks.
    GateVerdict,
    /// The worst of the gates.
    Verdict,
    /// The exit code of the verdict.
    ExitCode,
    /// Whether a waiver counted.
    WaiverState,
    /// How many failures a waiver covers.
    WaiverFindings,
    /// What the policy calls itself.
    PolicyName,
    /// When the report ends.
    Validity,
    /// The gates of the policy.
    Gates,
    /// A gate's severity or owner.
    GateTerms,
    /// A limit of the policy.
    Limit,
    /// The waivers of the policy.
    Waivers,
}

impl Figure {
    /// Whether it is a number, rather than what was made of numbers.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self, Self::Observed | Self::Lower | Self::Upper | Self::Alpha | Self::Count)
    }

    fn words(self) -> &'static str {
        match self {
            Self::Observed => "the number",
            Self::Lower => "the lower end of the interval",
            Self::Upper => "the upper end of the interval",
            Self::Alpha => "the error rate of the interval",
            Self::Count => "a count",
            Self::Form => "the check",
            Self::Decision => "the decision",
            Self::CheckVerdict => "the verdict of the check",
            Self::GateVerdict => "the verdict of the gate",
            Self::Verdict => "the verdict",
            Self::ExitCode => "the exit code",
            Self::WaiverState => "the state of a waiver",
            Self::WaiverFindings => "the number of failures under a waiver",
            Self::PolicyName => "the name of the policy",
            Self::Validity => "the end of validity",
            Self::Gates => "the list of gates",
            Self::GateTerms => "severity or owner",
            Self::Limit => "the limit",
            Self::Waivers => "the list of waivers",
        }
    }
}
