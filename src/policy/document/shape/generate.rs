//! The schema as JSON.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::Value;

use super::document::Document;

/// The JSON Schema of a policy, in draft 7, the newest that editors' YAML servers read in full.
/// `schemas/policy.schema.json` holds the same.
#[must_use]
pub fn json_schema() -> Value {
    let mut settings = SchemaSettings::draft07();
    settings.transforms.insert(0, Box::new(NoNulls));
    settings.into_generator().into_root_schema_for::<Document>().to_value()
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
