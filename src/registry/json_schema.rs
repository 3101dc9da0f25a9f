//! The forms of the registry's documents, for other programs.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::approval::{APPROVAL_TYPE, Approval};
use super::governance::{GOVERNANCE_APPROVAL_TYPE, GovernanceApproval};
use super::passport::Passport;
use super::request::RequestDocument;

/// The JSON Schemas of passports, requests and approvals of both kinds, by the names of their files in `schemas/`.
#[must_use]
pub fn json_schemas() -> [(&'static str, Value); 4] {
    [
        ("passport", of::<Passport>("https://driftgate.dev/passport/v1", "Passport")),
        ("request", of::<RequestDocument>("https://driftgate.dev/request/v1", "Request")),
        ("approval", of::<Approval>(APPROVAL_TYPE, "Approval")),
        (
            "governance-approval",
            of::<GovernanceApproval>(GOVERNANCE_APPROVAL_TYPE, "GovernanceApproval"),
        ),
    ]
}

fn of<T: JsonSchema>(kind: &str, title: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("$id".to_owned(), format!("{kind}.schema.json").into());
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}
