//! Private keys under a password: PKCS#8 `ENCRYPTED PRIVATE KEY`.
//!
//! Source: RFC 5958 §3, PBES2 of RFC 8018 §6.2. Read are keys derived by scrypt (RFC 7914) or
//! PBKDF2 with HMAC-SHA-2 and encrypted by AES, as OpenSSL 1.1 and later write them; written is
//! scrypt with N = 2¹⁴, r = 8, p = 1, the most that OpenSSL 3 reads without being told to, and
//! AES-256-CBC.

use ed25519_dalek::pkcs8::{EncodePrivateKey as _, KeypairBytes};
use p256::pkcs8::der::zeroize::Zeroizing;
use p256::pkcs8::{EncryptedPrivateKeyInfoRef, LineEnding, SecretDocument};
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::Kdf;

use super::keys::{PrivateHalf, PrivateKey};
use super::pem::{KeyTextError, malformed};

/// What opens an encrypted private key. Its memory is wiped when dropped.
#[derive(Clone)]
pub struct Password(Zeroizing<Vec<u8>>);

impl Password {
    /// A password; `None` for an empty one, which protects nothing.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        (!bytes.is_empty()).then(|| Self(Zeroizing::new(bytes.to_vec())))
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Password(…)")
    }
}

impl PrivateKey {
    /// Reads a PKCS#8 private key, with `password` if it is encrypted; one that is not needs none.
    ///
    /// Deriving the key takes up to [`KDF_MEMORY_MAX`] bytes of memory and some seconds.
    ///
    /// # Errors
    /// [`KeyTextError`]: besides those of [`PrivateKey::from_pem`], [`KeyTextError::Password`] for a
    /// wrong password, [`KeyTextError::Encryption`] for a way of encrypting that is not known, too
    /// weak, or asks for more work than any honest writer does.
    pub fn from_pem_with(text: &str, password: Option<&Password>) -> Result<Self, KeyTextError> {
        match (Self::from_pem(text), password) {
            (Err(KeyTextError::Encrypted), Some(password)) => decrypted(text, password),
            (read, _) => read,
        }
    }

    /// Writes the key as encrypted PKCS#8, lines ended by `\n`. Each call gives another text.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: there is nothing safe to do then.
    #[must_use]
    pub fn to_encrypted_pem(&self, password: &Password) -> Zeroizing<String> {
        let text = match &self.0 {
            PrivateHalf::P256(key) => key.to_pkcs8_encrypted_pem(&password.0, LineEnding::LF),
            PrivateHalf::Ed25519(key) => {
                KeypairBytes { secret_key: key.to_bytes(), public_key: None }
                    .to_pkcs8_encrypted_pem(&password.0, LineEnding::LF)
            }
        };
        text.expect("the operating system gives randomness")
    }
}

/// The most memory that deriving a key may take: what `N` = 2¹⁸, `r` = 8 does.
pub const KDF_MEMORY_MAX: u64 = 256 << 20;

/// Sixteen times what OWASP recommends for PBKDF2 with HMAC-SHA-256 (2023); some seconds.
const KDF_ITERATIONS_MAX: u32 = 9_600_000;

/// Work grows with it as with memory; honest writers say 1.
const SCRYPT_PARALLEL_MAX: u16 = 16;

fn decrypted(text: &str, password: &Password) -> Result<PrivateKey, KeyTextError> {
    let (_, document) = SecretDocument::from_pem(text).map_err(malformed)?;
    let info = EncryptedPrivateKeyInfoRef::try_from(document.as_bytes()).map_err(malformed)?;
    let EncryptionScheme::Pbes2(parameters) = &info.encryption_algorithm else {
        return Err(KeyTextError::Encryption { reason: "PBES1 is too weak".to_owned() });
    };
    confirm_work(&parameters.kdf)?;
    let document = info.decrypt(&password.0).map_err(|error| match error {
        pkcs8::Error::EncryptedPrivateKey(pkcs8::pkcs5::Error::DecryptFailed)
        | pkcs8::Error::Asn1(_) => KeyTextError::Password,
        other => KeyTextError::Encryption { reason: other.to_string() },
    })?;
    PrivateKey::from_pkcs8(document.as_bytes())
}

/// What a file asks for is done only within bounds: the numbers are not authenticated.
fn confirm_work(kdf: &Kdf) -> Result<(), KeyTextError> {
    let within = match kdf {
        Kdf::Pbkdf2(pbkdf2) => (1..=KDF_ITERATIONS_MAX).contains(&pbkdf2.iteration_count),
        Kdf::Scrypt(scrypt) => {
            let memory = scrypt.cost_parameter.saturating_mul(128 * u64::from(scrypt.block_size));
            scrypt.cost_parameter.is_power_of_two()
                && (1..=KDF_MEMORY_MAX).contains(&memory)
                && (1..=SCRYPT_PARALLEL_MAX).contains(&scrypt.parallelization)
        }
        _ => false,
    };
    if within {
        return Ok(());
    }
    let reason = format!("its key derivation is unknown or beyond the limits: {}", kdf.oid());
    Err(KeyTextError::Encryption { reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::KeyKind;

    fn password(text: &str) -> Password {
        Password::new(text.as_bytes()).unwrap()
    }

    #[test]
    fn an_encrypted_key_opens_with_its_password_alone() {
        for kind in [KeyKind::P256, KeyKind::Ed25519] {
            let key = PrivateKey::generate(kind);
            let text = key.to_encrypted_pem(&password("correct horse"));
            assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
            let opened = PrivateKey::from_pem_with(&text, Some(&password("correct horse")));
            assert_eq!(opened.unwrap().public(), key.public());
            let closed = PrivateKey::from_pem_with(&text, None).unwrap_err();
            assert_eq!(closed, KeyTextError::Encrypted);
            for wrong in ["Correct horse", "x"] {
                let wrong = password(wrong);
                let error = PrivateKey::from_pem_with(&text, Some(&wrong)).unwrap_err();
                // A wrong key gives nonsense, which now and then looks like padding.
                assert!(
                    matches!(error, KeyTextError::Password | KeyTextError::Malformed { .. }),
                    "{error}"
                );
            }
        }
    }

    #[test]
    fn a_plain_key_needs_no_password_and_an_empty_one_is_none() {
        let key = PrivateKey::generate(KeyKind::Ed25519);
        let read = PrivateKey::from_pem_with(&key.to_pem(), Some(&password("unused")));
        assert_eq!(read.unwrap().public(), key.public());
        assert!(Password::new(b"").is_none());
        assert_eq!(format!("{:?}", password("secret")), "Password(…)");
    }

    /// N, r and p stand in the clear in a file, for anyone to change.
    #[test]
    fn a_derivation_that_asks_for_too_much_or_for_nothing_is_refused() {
        let salt = [7; 16];
        let scrypt = |cost_parameter, block_size, parallelization| {
            let params = pkcs8::pkcs5::pbes2::ScryptParams {
                salt: salt.as_slice().try_into().unwrap(),
                cost_parameter,
                block_size,
                parallelization,
                key_length: None,
            };
            confirm_work(&Kdf::Scrypt(params))
        };
        assert_eq!(scrypt(1 << 18, 8, 1), Ok(()));
        for (n, r, p) in [
            (0, 8, 1),
            (3, 8, 1),
            (1 << 19, 8, 1),
            (1 << 63, 8, 1),
            (2, 0, 1),
            (16, 8, 17),
            (16, 8, 0),
        ] {
            assert!(scrypt(n, r, p).is_err(), "{n} {r} {p}");
        }
        let pbkdf2 = |iterations| {
            let params = pkcs8::pkcs5::pbes2::Pbkdf2Params::hmac_sha256(1, &salt).unwrap();
            confirm_work(&Kdf::Pbkdf2(pkcs8::pkcs5::pbes2::Pbkdf2Params {
                iteration_count: iterations,
                ..params
            }))
        };
        assert_eq!(pbkdf2(600_000), Ok(()));
        assert!(pbkdf2(u32::MAX).is_err() && pbkdf2(0).is_err());
    }
}
