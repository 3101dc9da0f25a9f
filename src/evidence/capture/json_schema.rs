//! The JSON Schema of captures, for editors and other programs.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::document::{Capture, FORMAT};

/// The schema of a capture: `schemas/environment.schema.json`.
#[must_use]
pub fn json_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Capture>();
    schema.insert("$id".to_owned(), format!("{FORMAT}.schema.json").into());
    schema.insert("title".to_owned(), "Environment capture".into());
    schema.to_value()
}
