//! Configurations as trees of paths and scalar values, and how two of them differ.
//!
//! A [`Format`] is told by a file's name; [`Tree::read`] reads YAML, JSON, TOML, `.env`,
//! requirements and lock files into one ordered map from [`Path`] to [`Leaf`]; a file of any other
//! kind is one leaf, its digest, so that nothing in a folder goes unseen. [`compare`] names each
//! difference by file and path; paths that are to be ignored or kept secret are given as
//! [`PathPattern`]s.
//!
//! Values are compared as they are written: `1.0` and `1` differ, and so do `"1"` and `1`, since
//! some program reads them differently. The order of keys, comments, and the spelling of strings
//! make no difference. Bounded are bytes, depth and the number of values; repeated keys are refused.
//!
//! ```
//! use driftgate::evidence::tree::{Rules, Tree, compare};
//!
//! let reference = Tree::read("app.yaml", b"server: {host: a, port: 80}\n")?;
//! let candidate = Tree::read("app.yaml", b"server: {port: 8080, host: a}\n")?;
//! let found = compare(&reference, &candidate, &Rules::default());
//! assert_eq!(found.differences[0].to_string(), "`server.port` is `80` in the reference and `8080` in the candidate");
//! # Ok::<(), driftgate::evidence::tree::TreeError>(())
//! ```

mod difference;
mod error;
mod hidden;
mod json;
mod leaf;
mod lines;
mod lock;
mod path;
mod pattern;
mod read;
#[cfg(test)]
mod tests;
mod toml;
mod yaml;

pub use difference::{Change, Comparison, Difference, Rules, compare, compare_folders};
pub use error::{TreeError, TreeFault};
pub use hidden::text_looks_secret;
pub use leaf::Leaf;
pub use lock::{LOCK_NAMES, LockKind, Package, packages};
pub use path::{Path, Step};
pub use pattern::{PathPattern, PatternError};
pub use read::{BYTES_MAX, DEPTH_MAX, Format, LEAVES_MAX, Tree};
