//! The published form of an event.

use std::fs;
use std::path::Path;

use driftgate::registry::event;

#[test]
fn the_published_form_of_an_event_is_the_one_that_is_written() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/event.schema.json");
    let generated = serde_json::to_string_pretty(&event::json_schema()).unwrap() + "\n";
    if std::env::var_os("DRIFTGATE_UPDATE_SCHEMAS").is_some() {
        fs::write(&path, &generated).unwrap();
    }
    let published = fs::read_to_string(&path).unwrap();
    assert_eq!(published, generated, "write it anew with DRIFTGATE_UPDATE_SCHEMAS=1");
}
