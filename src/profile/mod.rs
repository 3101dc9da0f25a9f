//! What is known of columns, as state that merges.
mod column;
mod run;
mod values;
mod violations;

mod complete;
mod merge;
mod stored;

mod budget;
mod codec;
mod cursor;
mod error;
mod front_coded;
mod header;
mod packed;
mod pairs;
mod section;
mod varint;

pub use codec::{DECODED_BYTES_MAX, FORMAT_VERSION};
pub use column::{ColumnProfile, Presence, VALUE_CHARACTERS_MAX, cut, text_of};
pub use complete::ColumnFault;
pub use cursor::CursorFault;
pub use error::{DecodeError, HeaderFault, SectionFault};
pub use merge::{MergeError, merge_counts};
pub use packed::PackedFault;
pub use run::Run;
pub use stored::{Profiled, StoredProfile, StoredProfileError};
pub use values::{CATEGORIES_MAX, CATEGORY_BYTES_MAX, COUNTED_VALUES_MAX, KeyPart, Values};
pub use violations::{Sample, Violations};
