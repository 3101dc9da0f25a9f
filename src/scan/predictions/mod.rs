//! Columns read row by row: what was predicted of a row beside what was true of it.
//!
//! Profiles forget which values stood in one row; statistics of predictions need exactly that. A
//! [`RowsRequest`] names columns by what they are to be read as: numbers (as order keys, so that
//! every type compares exactly), classes (positive or not), categories (codes). [`read_rows`]
//! decodes them row group by row group on the [`Pool`](super::Pool) and gives [`RowsPart`]s in file
//! order, every vector of a part as long as the others.
//!
//! A row without a number or a class where one is asked for is left out and counted by column; a
//! missing category is a category of its own. Nothing here knows what is tolerated.

mod category;
mod class;
mod error;
mod number;
mod part;
mod ranked;
mod request;

pub use category::{CATEGORIES_MAX, CategoryPart};
pub use class::{ClassPart, Others};
pub use error::RowsError;
pub use number::NumberPart;
pub use part::{AlignedRows, RowsPart, read_rows};
pub use request::{ClassColumn, RowsRequest};
