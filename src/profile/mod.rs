//! What is known of columns: integer state that joins, and a file that holds all of it.
//!
//! A [`ColumnProfile`] counts what a part of a column holds: rows, nulls, NaN, infinities
//! ([`Presence`]), extremes, broken expectations ([`Violations`]) and the [`Values`] themselves
//! in whichever form they could be kept. Parts join; the result does not depend on how a
//! snapshot was cut into parts, because state is counts, minima and maxima, and never a float.
//!
//! A [`StoredProfile`] is a whole snapshot so: every column with *all* its values, each once
//! with its count, beside the schema and the manifest that names the snapshot. It stands for the
//! data wherever a distribution is measured, with identical results. Profiles of parts
//! [merge](StoredProfile::merge) into the bytes of the profile of the whole, in any order and
//! grouping, so parts can be profiled wherever they lie.
//!
//! Three promises hold its bytes:
//! - *One spelling.* Equal profiles have equal bytes; what is read is what would be written.
//! - *No word is trusted.* Reading makes room only for what the bytes at hand and a bound on
//!   memory allow; a fault is told with column and byte.
//! - *Nothing is said twice* that could then disagree: extremes, NaN and infinities follow from
//!   the values, and are checked against them where a profile is made in memory.
//!
//! What depends on the order of rows, or on several columns of a row, does not follow from values:
//! a stored profile holds it as [`Answers`] to the queries that it was made with, file by file.
//!
//! This module never reads data, starts no thread, holds no threshold and decides nothing.
//!
//! ```
//! use driftgate::contract::{Column, LogicalType, Schema};
//! use driftgate::identity::{Digest, DigestAlgorithm};
//! use driftgate::profile::{ColumnProfile, DECODED_BYTES_MAX, Profiled, StoredProfile, Values};
//! use driftgate::quantity::{Bytes, Rows};
//! use driftgate::snapshot::Manifest;
//! use driftgate::stats::order_key::from_i64;
//!
//! // Profiles come from `scan::profile_snapshot`; here, one of a file of one column and value.
//! let day = |file: &str, age: i64, rows: u64| {
//!     let digest = Digest::of(DigestAlgorithm::Sha256, file.as_bytes());
//!     let mut column = ColumnProfile::empty(Vec::new());
//!     column.presence.rows = rows;
//!     column.extend_keys(from_i64(age), from_i64(age));
//!     column.values = Values::Counted(vec![(from_i64(age), rows)]);
//!     let of = Profiled {
//!         schema: Schema::new(vec![Column::new("age", LogicalType::integer(32), false)])?,
//!         manifest: Manifest::new(DigestAlgorithm::Sha256, [(file.to_owned(), digest)])?,
//!         rows: Rows(rows),
//!         bytes: Bytes(1000),
//!     };
//!     Ok::<_, Box<dyn std::error::Error>>(StoredProfile::new(of, vec![column])?)
//! };
//! let (monday, tuesday) = (day("mon.parquet", 41, 3)?, day("tue.parquet", 40, 2)?);
//! let week = StoredProfile::merge(vec![tuesday.clone(), monday.clone()])?;
//! assert_eq!(week.columns()[0].values, Values::Counted(vec![(from_i64(40), 2), (from_i64(41), 3)]));
//! assert_eq!(week.encode(), StoredProfile::merge(vec![monday, tuesday])?.encode());
//! assert_eq!(StoredProfile::decode(&week.encode(), DECODED_BYTES_MAX)?, week);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod column;
mod run;
mod values;
mod violations;

mod answers;
mod query;

mod complete;
mod merge;
mod stored;

mod answer_codec;
mod codec;
mod error;
mod header;
mod held_keys;
mod section;

mod front_coded;
mod packed;
mod pairs;

mod budget;
mod cursor;
mod varint;

pub use answers::{Answer, AnswerFault, Answers};
pub use codec::{DECODED_BYTES_MAX, FORMAT_VERSION};
pub use column::{ColumnProfile, Presence, VALUE_CHARACTERS_MAX, cut, text_of};
pub use complete::ColumnFault;
pub use cursor::CursorFault;
pub use error::{AnswersFault, DecodeError, HeaderFault, SectionFault};
pub use held_keys::{HELD_KEYS_MAX, HeldKeys, KeyShelf};
pub use merge::{MergeError, merge_counts};
pub use packed::PackedFault;
pub use query::Query;
pub use run::Run;
pub use stored::{Profiled, StoredProfile, StoredProfileError};
pub use values::{CATEGORIES_MAX, CATEGORY_BYTES_MAX, COUNTED_VALUES_MAX, KeyPart, Values};
pub use violations::{Sample, Sampling, Violations};
