//! Whoever can sign: a key that is held, or a program that holds one.

use super::keys::{PrivateKey, PublicKey};
use super::program::ProgramError;

/// Signs messages under one public key.
///
/// Law: whatever [`sign`](Self::sign) gives, [`public`](Self::public) verifies over the same
/// message.
pub trait Signer {
    /// The key that verifies.
    fn public(&self) -> PublicKey;

    /// The signature of a message in the form that [`PublicKey::verify`] takes.
    ///
    /// # Errors
    /// [`ProgramError`] of a program that signs; a key that is held always signs.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ProgramError>;
}

impl Signer for PrivateKey {
    fn public(&self) -> PublicKey {
        self.public()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ProgramError> {
        Ok(self.sign(message))
    }
}
