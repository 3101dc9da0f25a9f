//! The form of an observability gate, for editors.
#![expect(dead_code, reason = "the types exist for their JSON Schema alone")]

use schemars::JsonSchema;

use crate::checklist::limits::LeastOne;
use crate::checklist::shape::Common;
use crate::yaml::shape::{Duration, Name, Value};

/// That somebody would see it go wrong.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
#[schemars(extend("anyOf" = [
    {"required": ["dashboards"]}, {"required": ["alerts"]}, {"required": ["targets"]},
    {"required": ["logs"]},
]))]
pub(super) struct ObservabilityGate {
    #[schemars(flatten)]
    common: Common,
    /// A gate on dashboards, alerts, targets and logs.
    #[schemars(extend("const" = "observability"))]
    kind: String,
    /// Grafana dashboards that must be there.
    #[schemars(default, length(min = 1), with = "Vec<DashboardEntry>")]
    dashboards: Option<Vec<DashboardEntry>>,
    /// Alerts of Prometheus that must be defined.
    #[schemars(default, length(min = 1), with = "Vec<AlertsEntry>")]
    alerts: Option<Vec<AlertsEntry>>,
    /// Targets of Prometheus that must be up.
    #[schemars(default, length(min = 1), with = "Vec<TargetsEntry>")]
    targets: Option<Vec<TargetsEntry>>,
    /// Settings that must be made.
    #[schemars(default, length(min = 1), with = "Vec<LogEntry>")]
    logs: Option<Vec<LogEntry>>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["file"]}, {"required": ["url"]}]))]
struct DashboardEntry {
    /// Path or pattern of JSON files below the folder of evidence.
    file: Option<Name>,
    /// Address of the dashboard: `https://grafana.example/api/dashboards/uid/fraud`.
    url: Option<Name>,
    /// The dashboard's `uid`.
    uid: Option<Name>,
    /// The dashboard's title.
    title: Option<Name>,
    /// How many queries it must show. Default: 1.
    queries: Option<LeastOne>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct AlertsEntry {
    /// Path or pattern of rule files below the folder of evidence (`.json`: a saved answer), or the
    /// address of `/api/v1/rules`.
    rules: Name,
    /// The alerts.
    #[schemars(length(min = 1))]
    names: Vec<Name>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["file"]}, {"required": ["url"]}]))]
struct TargetsEntry {
    /// A saved answer of `/api/v1/targets`.
    file: Option<Name>,
    /// The address of `/api/v1/targets`.
    url: Option<Name>,
    /// The label `job`.
    job: Name,
    /// How many must be up. Default: 1.
    up: Option<LeastOne>,
    /// How long ago the last scrape may be. Default: 5m.
    max_age: Option<Duration>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct LogEntry {
    /// A configuration file below the folder of evidence.
    file: Name,
    /// The setting: `root.level`, `loggers.*.level`.
    path: Name,
    /// The values that are accepted. Default: any.
    #[schemars(default, length(min = 1), with = "Vec<Value>")]
    one_of: Option<Vec<Value>>,
}
