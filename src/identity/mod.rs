//! What a document or a file *is*: its digest, and the one strict way to read JSON from outside.
//!
//! [`Sha256Digest`] names things in signed documents (snapshots, keys, statements);
//! [`Digest`] names file contents, by SHA-256 or by BLAKE3 where speed matters more than
//! `sha256sum`. Both come from a [`Hasher`] or from text, never from loose bytes of unknown
//! origin; a [`Blake3Tree`] takes the bytes of a file in any order. [`strict_json`] stands in front
//! of every JSON document that is not our own: it refuses whatever two readers could understand
//! differently.
//!
//! This module never reads files and never decides what a digest means.
//!
//! ```
//! use driftgate::identity::{DigestAlgorithm, Hasher, Sha256Digest};
//!
//! let mut hasher = Hasher::new(DigestAlgorithm::Sha256);
//! hasher.update(b"hello ");
//! hasher.update(b"world");
//! assert_eq!(hasher.finish().to_hex(), Sha256Digest::of(b"hello world").to_string());
//! ```

mod blake3_tree;
pub mod digest;
mod keyed;
pub mod strict_json;

pub use blake3_tree::{Blake3Tree, PART_BYTES};
pub use digest::{Digest, DigestAlgorithm, DigestError, Hasher, Sha256Digest};
pub use keyed::hmac_sha256;
pub use strict_json::{StrictJsonError, StrictJsonFault};
