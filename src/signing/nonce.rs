//! Numbers used once.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::identity::{DigestError, Sha256Digest};

/// 256 bits that nobody has drawn before, written as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Nonce(String);

impl Nonce {
    /// Draws one.
    ///
    /// # Panics
    /// When the operating system gives no randomness.
    #[must_use]
    pub fn draw() -> Self {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the operating system gives randomness");
        let mut digits = String::with_capacity(64);
        for byte in bytes {
            // Writing to a string does not fail.
            let _ = write!(digits, "{byte:02x}");
        }
        Self(digits)
    }

    /// The 64 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for Nonce {
    type Err = DigestError;

    /// Reads exactly 64 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`DigestError`] on another length or another character.
    fn from_str(text: &str) -> Result<Self, DigestError> {
        text.parse::<Sha256Digest>().map(|_| Self(text.to_owned()))
    }
}

impl Serialize for Nonce {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Nonce {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ_and_are_read_back_as_written() {
        let (one, other) = (Nonce::draw(), Nonce::draw());
        assert_ne!(one, other);
        assert_eq!(one.to_string().parse(), Ok(one));
        assert!("abc".parse::<Nonce>().is_err());
    }
}
