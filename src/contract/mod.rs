//! What a snapshot promises: column names and types (*schema*), and promises about values
//! (*expectations*).
//!
//! A [`Schema`] is what a footer says, in one vocabulary for all producers: `Utf8`, `LargeUtf8`
//! and `Utf8View` are one string type, a dictionary is its value type, and struct fields stand
//! as columns of their own under a dotted path. A [`ColumnExpectation`] is a promise already
//! resolved against a column's type, so that checking it is a comparison. This module states
//! rules about data; it never reads data and never decides.
//!
//! ```
//! use driftgate::contract::{Column, LogicalType, Schema, SchemaDifference, WideningRule};
//!
//! let reference = Schema::new(vec![Column::new("age", LogicalType::integer(32), false)])?;
//! let candidate = Schema::new(vec![Column::new("age", LogicalType::integer(64), false)])?;
//! let differences = reference.differences(&candidate, WideningRule::Allowed);
//! assert!(matches!(differences[..], [SchemaDifference::Widened { .. }]));
//! # Ok::<(), driftgate::contract::SchemaError>(())
//! ```

mod arrow_types;
mod difference;
mod expectation;
mod key_domain;
mod logical_type;
mod schema;

pub use arrow_types::schema_from_arrow;
pub use difference::{SchemaDifference, WideningRule};
pub use expectation::{
    Bound, ColumnExpectation, Comparison, Direction, LengthBounds, RowExpectation, ValueSet,
};
pub use key_domain::{BoundError, KeyDomain, KeyRange};
pub use logical_type::{LogicalType, TimeUnit};
pub use schema::{Column, Schema, SchemaError};
