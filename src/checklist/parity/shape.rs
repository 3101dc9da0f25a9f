//! The form of a parity gate, for editors.
#![expect(dead_code, reason = "the types exist for their JSON Schema alone")]

use schemars::JsonSchema;

use crate::checklist::limits::MostCount;
use crate::checklist::shape::Common;
use crate::yaml::shape::{Duration, Name};

/// Two environments, held against each other.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
#[schemars(extend("anyOf" = [{"required": ["reference", "candidate"]}, {"required": ["trees"]}]))]
#[schemars(extend("dependencies" = {
    "reference": ["candidate"], "candidate": ["reference"], "ignore": ["reference"],
    "secret": ["reference"], "max_age": ["reference"],
}))]
pub(super) struct ParityGate {
    #[schemars(flatten)]
    common: Common,
    /// A gate on environments.
    #[schemars(extend("const" = "parity"))]
    kind: String,
    /// Capture of the environment that is known to be good, below the folder of evidence.
    reference: Option<Name>,
    /// Capture of the other environment.
    candidate: Option<Name>,
    /// Paths of the captures whose differences do not count: `cpu.model`, `variables.*`.
    #[schemars(default, length(min = 1), with = "Vec<Name>")]
    ignore: Option<Vec<Name>>,
    /// Paths whose values are not shown. What looks like a secret never is.
    #[schemars(default, length(min = 1), with = "Vec<Name>")]
    secret: Option<Vec<Name>>,
    /// How old the candidate's capture may be. No limit by default.
    max_age: Option<Duration>,
    /// Pairs of configuration files or folders.
    #[schemars(default, length(min = 1), with = "Vec<TreePair>")]
    trees: Option<Vec<TreePair>>,
    /// How many differences each pair may have. Default: 0.
    differences: Option<MostCount>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct TreePair {
    /// File or folder below the folder of evidence.
    reference: Name,
    /// The other one.
    candidate: Name,
    /// Paths whose differences do not count: `server.*.port`, `FILE:server.port`, `FILE:`.
    #[schemars(default, length(min = 1), with = "Vec<Name>")]
    ignore: Option<Vec<Name>>,
    /// Paths whose values are not shown. What looks like a secret never is.
    #[schemars(default, length(min = 1), with = "Vec<Name>")]
    secret: Option<Vec<Name>>,
}
