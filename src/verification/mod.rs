//! From bytes that somebody hands over to a report that may be acted upon.
//!
//! The way goes through types, each of which only the one before it can make: signatures give a
//! [`VerifiedPayload`](crate::signing::VerifiedPayload); a strictly read statement of our type
//! about one snapshot gives a [`SignedReport`]; a verdict that follows from the report's own
//! numbers gives a [`VerifiedReport`], and it alone hands the predicate out. What lies outside the
//! report is then held to it: the clock, the data, the policy, the details. The first thing that
//! does not fit is a [`Refusal`] with a stable code.
//!
//! This module reads no file and no clock, and opens no door: whether a good report of a failed
//! check is enough is for its caller.
//!
//! ```
//! use std::num::NonZeroUsize;
//! use driftgate::signing::{KeyKind, PrivateKey, TrustedKeys, sign, verify};
//! use driftgate::verification::SignedReport;
//!
//! let key = PrivateKey::generate(KeyKind::Ed25519);
//! let statement = br#"{"_type":"https://in-toto.io/Statement/v1","subject":[],
//!     "predicateType":"https://slsa.dev/provenance/v1","predicate":{}}"#;
//! let signed = sign(statement, &[key.clone()])?;
//! let payload = verify(&signed.envelope, &TrustedKeys::new([key.public()]), NonZeroUsize::MIN)?;
//!
//! let refusal = SignedReport::read(&payload).unwrap_err();
//! assert_eq!(refusal.code(), "E_PREDICATE_TYPE");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod difference;
mod files;
mod refusal;
mod signed;
mod verified;

pub use files::FileDifference;
pub use refusal::Refusal;
pub use signed::SignedReport;
pub use verified::{CLOCK_SKEW_SECONDS, VerifiedReport};
