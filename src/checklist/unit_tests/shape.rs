//! The form of a tests gate, for editors.
#![expect(dead_code, reason = "the types exist for their JSON Schema alone")]

use schemars::JsonSchema;

use crate::checklist::limits::{LeastOne, MostCount};
use crate::checklist::shape::Common;
use crate::yaml::shape::{Name, Percent};

/// Results of tests, as JUnit XML.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub(super) struct TestsGate {
    #[schemars(flatten)]
    common: Common,
    /// A gate on tests.
    #[schemars(extend("const" = "tests"))]
    kind: String,
    /// Files below the folder of evidence, as paths or patterns such as `reports/*.xml`; each must
    /// be there.
    #[schemars(length(min = 1))]
    junit: Vec<Name>,
    /// How many tests must have been run. Default: 1.
    tests: Option<LeastOne>,
    /// How many may fail. Default: 0. Tests with errors are never tolerated.
    failed: Option<MostCount>,
    /// How many, or which share of all, may be skipped. No limit by default.
    skipped: Option<MostTests>,
    /// How many, or which share of all, may have passed only when run again. No limit by default.
    flaky: Option<MostTests>,
    /// Names of suites that must be there, each with a test that was run.
    #[schemars(default, length(min = 1), with = "Vec<Name>")]
    suites: Option<Vec<Name>>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct MostTests {
    /// A number of tests (`3`), or a share of them (`5%` or `0.05`).
    max: Tests,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum Tests {
    Number(Amount),
    Percent(Percent),
}

/// A whole number, or a share from 0 to 1.
#[derive(JsonSchema)]
#[schemars(extend("anyOf" = [{"type": "integer"}, {"maximum": 1}], "minimum" = 0))]
struct Amount(f64);
