//! What a door demands, item by item.

use serde::Serialize;

/// Everything that a door demands of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checklist {
    /// In the order of the policy's keys.
    pub items: Vec<Item>,
}

impl Checklist {
    /// Whether every demand is met.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.items.iter().all(|item| item.standing == Standing::Met)
    }

    /// The demands that are not met.
    pub fn missing(&self) -> impl Iterator<Item = (&Item, &'static str)> {
        self.items.iter().filter_map(|item| match item.standing {
            Standing::Met => None,
            Standing::Missing { code } => Some((item, code)),
        })
    }
}

/// One demand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// What is demanded: `gate drift`, `approval by ml-lead`.
    pub demand: String,
    /// Whether it is met.
    #[serde(flatten)]
    pub standing: Standing,
    /// How, or why not: one line, safe to print.
    pub said: String,
}

/// Whether a demand is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "standing", rename_all = "kebab-case")]
pub enum Standing {
    /// It is.
    Met,
    /// It is not.
    Missing {
        /// The stable name of the reason.
        code: &'static str,
    },
}

impl Item {
    pub(super) fn met(demand: impl Into<String>, said: impl Into<String>) -> Self {
        Self { demand: demand.into(), standing: Standing::Met, said: said.into() }
    }

    pub(super) fn missing(
        demand: impl Into<String>,
        code: &'static str,
        said: impl Into<String>,
    ) -> Self {
        Self { demand: demand.into(), standing: Standing::Missing { code }, said: said.into() }
    }
}
