//! The document's form for editors: types whose JSON Schema is published.
//!
//! Nothing is read through these types. They say in `schemars`' words what the readers beside
//! them accept, with a description for every key, and a test over all example policies keeps the
//! two in agreement. What a schema cannot say (that columns exist, that `min` lies below `max`)
//! it leaves to the reader.
#![expect(dead_code, reason = "the types exist for their JSON Schema alone")]

mod columns;
mod document;
mod environments;
mod gates;
mod generate;

pub use generate::json_schema;
