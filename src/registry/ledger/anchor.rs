//! Whom a reader believes to begin with.

use crate::signing::Keyring;

/// Whom a reader of a ledger believes to begin with.
#[derive(Debug, Clone)]
pub enum Anchor {
    /// A keyring that came from elsewhere: every signer has to count by it, beside counting by the
    /// keyring in force in the ledger.
    Keyring(Box<Keyring>),
    /// The keyring that the founding event names, and those that followed it. Whoever can write
    /// the folder can write such a ledger anew from its first event: that takes a pin or a keyring
    /// from elsewhere to see.
    Founding,
}

impl Anchor {
    /// A keyring that came from elsewhere.
    #[must_use]
    pub fn keyring(keyring: &Keyring) -> Self {
        Self::Keyring(Box::new(keyring.clone()))
    }
}
