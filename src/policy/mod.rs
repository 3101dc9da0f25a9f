//! What a change must keep to: rules as people write them, and what they mean for given data.
//!
//! A policy is a YAML document. [`parse`] reads it strictly and tells every fault at once, with
//! its place and the nearest valid name; [`compile()`] binds it to the schemas of two snapshots,
//! which gives what to measure and where each gate finds its results. [`differences`] says
//! whether a new policy is stricter than the one before, and [`lint()`] what is legal but unwise.
//! [`json_schema`] is the same form for editors.
//!
//! This module states rules. It never sees data, computes no statistic, and decides nothing:
//! gates do.
//!
//! ```
//! use driftgate::policy::{self, GateKind};
//!
//! let policy = policy::parse("policy.yaml", b"
//! version: 1
//! name: weather-weekly
//! gates:
//!   - name: drift
//!     kind: drift
//!     columns: [temp, wind_*]
//!     psi: {max: 0.2}
//! ")?;
//! assert!(matches!(policy.gates[0].kind, GateKind::Drift(_)));
//!
//! let error = policy::parse("policy.yaml", b"version: 1\nname: x\ngate: []\n").unwrap_err();
//! assert_eq!(error.faults[1].hint.as_deref(), Some("did you mean `gates`?"));
//! # Ok::<(), driftgate::yaml::YamlError>(())
//! ```

mod compile;
mod compiled;
mod difference;
mod document;
pub mod door;
mod limits;
mod lint;
mod rule;
mod selection;
mod starter;

pub use crate::verdict::{Decide, Threshold};
pub use compile::{COMPARISONS_MAX, FINDINGS_MAX, MARKS_MAX, WAIVERS_MAX, compile};
pub use compiled::*;
pub use difference::{Change, ChangeDirection, differences};
pub use document::{GATES_MAX, PATTERNS_MAX, json_schema, parse};
pub use door::{
    Action, ActionRule, DoorRule, DrillRule, IdentityPart, PLACEHOLDERS, Quorum, SelfApproval,
};
pub use limits::{DriftLimit, LimitReach, LimitSense};
pub use lint::{Remark, lint};
pub use rule::*;
pub use starter::{StarterColumn, starter_policy};
