//! JSON Schemas of the documents, for editors and other programs.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::{CheckOutput, Details, PREDICATE_TYPE, Predicate, TestResult};

/// The schema of the signed predicate: `schemas/gate-report.schema.json`.
#[must_use]
pub fn predicate_schema() -> Value {
    schema_of::<Predicate>(PREDICATE_TYPE, "Gate report")
}

/// The schema of the details: `schemas/gate-report-details.schema.json`.
#[must_use]
pub fn details_schema() -> Value {
    schema_of::<Details>("https://driftgate.dev/gate-report-details/v1", "Gate report details")
}

/// The schema of the test result's predicate: `schemas/test-result.schema.json`.
#[must_use]
pub fn test_result_schema() -> Value {
    schema_of::<TestResult>("https://driftgate.dev/test-result/v0.1", "Test result")
}

/// The schema of `check --format json`: `schemas/check-output.schema.json`.
#[must_use]
pub fn check_output_schema() -> Value {
    schema_of::<CheckOutput<'_>>("https://driftgate.dev/check-output/v1", "Check output")
}

/// JSON Schema 2020-12 of what is written, with an address and a title.
fn schema_of<T: JsonSchema>(id: &str, title: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("$id".to_owned(), format!("{id}.schema.json").into());
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}
