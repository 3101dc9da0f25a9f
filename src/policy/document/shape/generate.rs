//! The schema as JSON.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::Value;

use super::document::Document;
use crate::checklist::KINDS;

/// The JSON Schema of a policy, in draft 7, the newest that editors' YAML servers read in full.
/// `schemas/policy.schema.json` holds the same.
#[must_use]
pub fn json_schema() -> Value {
    let mut settings = SchemaSettings::draft07();
    settings.transforms.insert(0, Box::new(NoNulls));
    let mut generator = settings.into_generator();
    let further: Vec<Value> =
        KINDS.iter().map(|kind| (kind.schema)(&mut generator).to_value()).collect();
    let mut schema = generator.into_root_schema_for::<Document>().to_value();
    if let Some(Value::Array(gates)) = schema.pointer_mut("/definitions/Gate/anyOf") {
        gates.extend(further);
    }
    schema
}

/// Takes null out: a key may be absent, but a key without a value is a fault.
#[derive(Debug, Clone)]
struct NoNulls;

impl Transform for NoNulls {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.retain(|name| name != "null");
            if let [only] = &types[..] {
                let only = only.clone();
                schema.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(options)) = schema.get_mut("anyOf") {
            options.retain(|option| option.get("type").is_none_or(|name| name != "null"));
        }
        transform_subschemas(self, schema);
    }
}
