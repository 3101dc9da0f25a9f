//! Signatures over statements: making them, and the one way to get a payload back out.
//!
//! A statement's bytes are signed once over the DSSE pre-authentication encoding ([`pae`]) and
//! written in two forms ([`sign()`]): a DSSE [`envelope`] with a signature per key, which
//! `securesystemslib` and plain DSSE readers take, and a sigstore [`bundle`] with the first
//! signature alone, which cosign takes. [`verify()`] is the only way back: it hands out the signed
//! bytes as a [`VerifiedPayload`], which nothing else can make, so what is acted upon is what was
//! verified. Keys are ECDSA P-256 or Ed25519 ([`PrivateKey`], [`PublicKey`]), kept as PEM text
//! ([`pem`], [`encrypted`]) in files that only their owner can read ([`key_file`]); a [`program`] may
//! hold the key instead.
//!
//! This module never reads the environment or the clock, never looks into a payload, and never
//! decides whom to trust: the caller brings the [`TrustedKeys`], or a [`Keyring`] that says whose
//! signatures count for what.
//!
//! ```
//! use std::num::NonZeroUsize;
//! use driftgate::signing::{KeyKind, PrivateKey, TrustedKeys, sign, verify};
//!
//! let key = PrivateKey::generate(KeyKind::P256);
//! let signed = sign(br#"{"_type":"https://in-toto.io/Statement/v1"}"#, &[key.clone()])?;
//!
//! let trusted = TrustedKeys::new([key.public()]);
//! let payload = verify(&signed.envelope, &trusted, NonZeroUsize::MIN)?;
//! assert_eq!(payload.bytes(), br#"{"_type":"https://in-toto.io/Statement/v1"}"#);
//!
//! let stranger = TrustedKeys::new([PrivateKey::generate(KeyKind::P256).public()]);
//! let refusal = verify(&signed.envelope, &stranger, NonZeroUsize::MIN).unwrap_err();
//! assert_eq!(refusal.code(), "E_KEY");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod bundle;
pub mod encrypted;
pub mod envelope;
pub mod key_file;
pub mod keyring;
pub mod keys;
pub mod nonce;
pub mod pae;
pub mod pem;
pub mod program;
pub mod sign;
pub mod signer;
pub mod verify;

pub use encrypted::Password;
pub use envelope::EnvelopeError;
pub use key_file::{
    KeyFileError, development_key, import_private_key, lock_private_key, read_password,
    read_private_key, read_public_key, unlock_private_key, write_private_key, write_public_key,
};
pub use keyring::Keyring;
pub use keys::{KeyId, KeyKind, PrivateKey, PublicKey};
pub use nonce::Nonce;
pub use pem::KeyTextError;
pub use program::{ProgramError, SignerProgram};
pub use sign::{SignError, Signed, sign};
pub use signer::Signer;
pub use verify::{Refusal, TrustedKeys, VerifiedPayload, verify};
