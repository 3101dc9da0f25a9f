//! The document's outer form.

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::columns::{ColumnRule, RowRule};
use super::environments::Door;
use super::gates::Gate;
use crate::yaml::shape::{Duration, Instant, Name, Prose};

/// A driftgate policy: what a candidate snapshot must keep to before a model may move on.
#[derive(JsonSchema)]
#[schemars(title = "driftgate policy", deny_unknown_fields)]
pub(super) struct Document {
    /// Version of this form.
    #[schemars(extend("const" = 1))]
    version: u8,
    /// What people call the policy.
    name: Name,
    /// Why it is as it is.
    description: Option<Prose>,
    /// How long a report made under this policy may be used. Without it, reports do not expire.
    valid_for: Option<Duration>,
    /// How snapshots are read.
    snapshot: Option<Snapshot>,
    /// What is said of columns, in order: later entries add tags and expectations to earlier
    /// ones, and the last `kind` holds.
    #[schemars(length(min = 1))]
    columns: Option<Vec<ColumnRule>>,
    /// What is said of whole rows.
    #[schemars(length(min = 1))]
    rows: Option<Vec<RowRule>>,
    /// The gates. Each has a name, which the report and the waivers use.
    #[schemars(length(min = 1, max = 1000))]
    gates: Vec<Gate>,
    /// Failures that are accepted for a while, by whose word. They stand in the signed report.
    #[schemars(length(min = 1))]
    waivers: Option<Vec<Waiver>>,
    /// Where versions run, and what each place demands before one may run there.
    environments: Option<BTreeMap<String, Door>>,
}

/// How snapshots are read.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Snapshot {
    /// Globs of files in a snapshot's folder that are no data and no fault, such as `*.txt`.
    #[schemars(length(min = 1))]
    ignore: Option<Vec<Name>>,
    /// Whether a column may come back with a wider type that holds all its old values, such as
    /// int64 for int32. Default: refused.
    widening: Option<Widening>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum Widening {
    Refused,
    Allowed,
}

/// A failure that is accepted for a while.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Waiver {
    /// The gate's name.
    gate: Name,
    /// The column. Without it, every finding of the gate is waived.
    column: Option<Name>,
    /// Who accepts it.
    owner: Name,
    /// Why.
    reason: Prose,
    /// Until when: a date (the end of that day in UTC) or an RFC 3339 instant.
    expires: Instant,
}
