//! (stub) scan
mod column;
mod compare;
mod error;
mod footer;
mod key_observer;
mod key_source;
mod keys;
mod limits;
mod pool;
mod profile_snapshot;
mod read;
mod rows;
mod source;
mod text_observer;
mod unique;

pub use column::{ScanRequest, ValuesWanted, scan_column};
pub use compare::{ColumnComparison, compare_columns};
pub use error::{Place, ScanError};
pub use footer::ParquetFile;
pub use key_source::{KeyBlock, KeySource};
pub use limits::Limits;
pub use pool::Pool;
pub use profile_snapshot::profile_snapshot;
pub use rows::RowScan;
pub use source::OpenSnapshot;
pub use text_observer::EXPECTATIONS_MAX;
pub use unique::{UniqueKey, find_repeated};
