//! (stub) profile
mod column;
mod run;
mod values;
mod violations;

pub use column::{ColumnProfile, Presence, VALUE_CHARACTERS_MAX, cut, text_of};
pub use run::Run;
pub use values::{CATEGORIES_MAX, CATEGORY_BYTES_MAX, COUNTED_VALUES_MAX, KeyPart, Values};
pub use violations::{Sample, Violations};
