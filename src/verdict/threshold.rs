//! Limits, and how what was found must stand to them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A limit with the line it stands on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// The limit.
    pub value: f64,
    /// Where it stands.
    pub line: usize,
}

/// What decides a three-way rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decide {
    /// Pass when the upper bound is below, fail when the lower bound is above, else inconclusive.
    Interval,
    /// The value alone.
    Point,
}

/// How what was found must stand to the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Comparator {
    /// Strictly below.
    #[serde(rename = "<")]
    Below,
    /// At most.
    #[serde(rename = "<=")]
    AtMost,
    /// Strictly above.
    #[serde(rename = ">")]
    Above,
    /// At least.
    #[serde(rename = ">=")]
    AtLeast,
    /// The same.
    #[serde(rename = "==")]
    Equal,
}

impl Comparator {
    /// Whether `observed` stands so to `limit`; never for NaN.
    #[must_use]
    pub fn holds<T: PartialOrd + Copy>(self, observed: T, limit: T) -> bool {
        match self {
            Self::Below => observed < limit,
            Self::AtMost => observed <= limit,
            Self::Above => observed > limit,
            Self::AtLeast => observed >= limit,
            Self::Equal => observed == limit,
        }
    }

    /// The sign people read where the demand is met.
    #[must_use]
    pub fn met(self) -> &'static str {
        match self {
            Self::Below => "<",
            Self::AtMost => "≤",
            Self::Above => ">",
            Self::AtLeast => "≥",
            Self::Equal => "=",
        }
    }

    /// The sign people read where it is not.
    #[must_use]
    pub fn broken(self) -> &'static str {
        match self {
            Self::Below => "≥",
            Self::AtMost => ">",
            Self::Above => "≤",
            Self::AtLeast => "<",
            Self::Equal => "≠",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_stands_in_no_relation() {
        use Comparator::{Above, AtLeast, AtMost, Below, Equal};
        for comparator in [Below, AtMost, Above, AtLeast, Equal] {
            assert!(!comparator.holds(f64::NAN, 1.0));
            assert!(!comparator.holds(1.0, f64::NAN));
        }
    }
}
