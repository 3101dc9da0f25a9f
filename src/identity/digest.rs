//! SHA-256 and BLAKE3 digests as values. The only door to `sha2` and `blake3`.
//!
//! Sources: FIPS 180-4 (SHA-256); O'Connor, Aumasson, Neves, Wilcox-O'Hearn, *BLAKE3: one
//! function, fast everywhere* (2020), with its default 32-byte output and no key.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::Digest as _;

/// A SHA-256 digest, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256Digest([u8; DIGEST_BYTES]);

impl Sha256Digest {
    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// The 32 bytes of the digest.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; DIGEST_BYTES] {
        &self.0
    }
}

impl fmt::Display for Sha256Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(formatter, &self.0)
    }
}

impl fmt::Debug for Sha256Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sha256Digest({self})")
    }
}

impl FromStr for Sha256Digest {
    type Err = DigestError;

    /// Reads exactly 64 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`DigestError`] on another length or another character; upper case is refused so that a
    /// digest has one spelling.
    fn from_str(text: &str) -> Result<Self, DigestError> {
        parse_hex(text).map(Self)
    }
}

impl Serialize for Sha256Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// The hash functions a file may be named by.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum DigestAlgorithm {
    /// SHA-256: what `sha256sum -c`, in-toto and sigstore read.
    #[default]
    Sha256,
    /// BLAKE3 with 32 bytes of output: what `b3sum -c` reads; several times faster.
    Blake3,
}

impl DigestAlgorithm {
    /// The name used in documents: `sha256` or `blake3`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Blake3 => "blake3",
        }
    }
}

impl fmt::Display for DigestAlgorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for DigestAlgorithm {
    type Err = DigestError;

    /// Reads `sha256` or `blake3`.
    ///
    /// # Errors
    /// [`DigestError::Algorithm`] for any other name.
    fn from_str(text: &str) -> Result<Self, DigestError> {
        match text {
            "sha256" => Ok(Self::Sha256),
            "blake3" => Ok(Self::Blake3),
            other => Err(DigestError::Algorithm { found: excerpt(other) }),
        }
    }
}

/// A digest that knows which function made it, written `sha256:<hex>` or `blake3:<hex>`.
///
/// Digests of different functions are never equal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest {
    algorithm: DigestAlgorithm,
    bytes: [u8; DIGEST_BYTES],
}

impl Digest {
    /// The digest of `bytes` under `algorithm`.
    #[must_use]
    pub fn of(algorithm: DigestAlgorithm, bytes: &[u8]) -> Self {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(bytes);
        hasher.finish()
    }

    pub(super) fn new(algorithm: DigestAlgorithm, bytes: [u8; DIGEST_BYTES]) -> Self {
        Self { algorithm, bytes }
    }

    /// Reads 64 lower-case hexadecimal digits as a digest made by `algorithm`.
    ///
    /// # Errors
    /// [`DigestError`] on another length or another character.
    pub fn from_hex(algorithm: DigestAlgorithm, hex: &str) -> Result<Self, DigestError> {
        parse_hex(hex).map(|bytes| Self { algorithm, bytes })
    }

    /// The function that made it.
    #[must_use]
    pub fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// The 32 bytes of the digest.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; DIGEST_BYTES] {
        &self.bytes
    }

    /// The digest as 64 lower-case hexadecimal digits, without the function's name.
    #[must_use]
    pub fn to_hex(&self) -> String {
        Sha256Digest(self.bytes).to_string()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:", self.algorithm)?;
        write_hex(formatter, &self.bytes)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Digest({self})")
    }
}

impl From<Sha256Digest> for Digest {
    fn from(digest: Sha256Digest) -> Self {
        Self { algorithm: DigestAlgorithm::Sha256, bytes: digest.0 }
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    /// Reads `<algorithm>:<64 lower-case hexadecimal digits>`.
    ///
    /// # Errors
    /// [`DigestError`] without a known algorithm, or as [`Digest::from_hex`].
    fn from_str(text: &str) -> Result<Self, DigestError> {
        let (algorithm, hex) =
            text.split_once(':').ok_or_else(|| DigestError::Algorithm { found: excerpt(text) })?;
        Self::from_hex(algorithm.parse()?, hex)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// Takes bytes piece by piece and hands out their digest; how they were cut does not matter.
#[derive(Debug, Clone)]
pub struct Hasher {
    state: HasherState,
}

impl Hasher {
    /// A hasher that has seen nothing.
    #[must_use]
    pub fn new(algorithm: DigestAlgorithm) -> Self {
        let state = match algorithm {
            DigestAlgorithm::Sha256 => HasherState::Sha256(sha2::Sha256::new()),
            DigestAlgorithm::Blake3 => HasherState::Blake3(Box::new(blake3::Hasher::new())),
        };
        Self { state }
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.state {
            HasherState::Sha256(state) => state.update(bytes),
            HasherState::Blake3(state) => {
                state.update(bytes);
            }
        }
    }

    /// The digest of all bytes taken.
    #[must_use]
    pub fn finish(self) -> Digest {
        match self.state {
            HasherState::Sha256(state) => {
                Digest { algorithm: DigestAlgorithm::Sha256, bytes: state.finalize().into() }
            }
            HasherState::Blake3(state) => {
                Digest { algorithm: DigestAlgorithm::Blake3, bytes: state.finalize().into() }
            }
        }
    }
}

#[derive(Debug, Clone)]
enum HasherState {
    Sha256(sha2::Sha256),
    Blake3(Box<blake3::Hasher>),
}

/// Why a text is not a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// The text has another length than 64 digits.
    #[error("expected a digest of 64 hexadecimal digits, found {found} bytes")]
    Length {
        /// Length of the text in bytes.
        found: usize,
    },
    /// A character is not a lower-case hexadecimal digit.
    #[error("expected lower-case hexadecimal digits, found byte {found:#04x} at offset {offset}")]
    Digit {
        /// The byte that is no digit.
        found: u8,
        /// Where it stands, in bytes from the start of the digits.
        offset: usize,
    },
    /// The function is missing or unknown.
    #[error("expected `sha256` or `blake3` as the digest's algorithm, found `{found}`")]
    Algorithm {
        /// The text found in its place, shortened to 32 characters.
        found: String,
    },
}

fn write_hex(formatter: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    for byte in bytes {
        write!(formatter, "{byte:02x}")?;
    }
    Ok(())
}

fn parse_hex(text: &str) -> Result<[u8; DIGEST_BYTES], DigestError> {
    if text.len() != 2 * DIGEST_BYTES {
        return Err(DigestError::Length { found: text.len() });
    }
    let mut bytes = [0; DIGEST_BYTES];
    for (offset, digit) in text.bytes().enumerate() {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            found => return Err(DigestError::Digit { found, offset }),
        };
        bytes[offset / 2] = bytes[offset / 2] << 4 | value;
    }
    Ok(bytes)
}

fn excerpt(text: &str) -> String {
    text.chars().take(32).flat_map(char::escape_debug).collect()
}

/// Both functions give 256 bits.
const DIGEST_BYTES: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4 examples ("abc") and the digest of nothing.
    #[test]
    fn sha256_gives_the_published_digests() {
        assert_eq!(
            Sha256Digest::of(b"abc").to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(
            Sha256Digest::of(b"").to_string(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    /// First entry of the BLAKE3 team's `test_vectors.json` (no input), and of its case of one
    /// zero byte.
    #[test]
    fn blake3_gives_the_published_digests() {
        assert_eq!(
            Digest::of(DigestAlgorithm::Blake3, b"").to_string(),
            "blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
        );
        assert_eq!(
            Digest::of(DigestAlgorithm::Blake3, &[0]).to_hex(),
            "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"
        );
    }

    #[test]
    fn cutting_the_bytes_does_not_change_the_digest() {
        let bytes: Vec<u8> = (0..=255).cycle().take(5_000).collect();
        for algorithm in [DigestAlgorithm::Sha256, DigestAlgorithm::Blake3] {
            for cut in [0, 1, 63, 64, 65, 1024, 4999, 5000] {
                let mut hasher = Hasher::new(algorithm);
                hasher.update(&bytes[..cut]);
                hasher.update(&bytes[cut..]);
                assert_eq!(hasher.finish(), Digest::of(algorithm, &bytes), "cut at {cut}");
            }
        }
    }

    #[test]
    fn a_digest_is_read_back_from_its_text_and_from_json() {
        let digest = Sha256Digest::of(b"abc");
        assert_eq!(digest.to_string().parse(), Ok(digest));
        let json = serde_json::to_string(&digest).unwrap();
        assert_eq!(json, format!("\"{digest}\""));
        assert_eq!(serde_json::from_str::<Sha256Digest>(&json).unwrap(), digest);

        let named = Digest::of(DigestAlgorithm::Blake3, b"abc");
        assert_eq!(named.to_string().parse(), Ok(named));
        let json = serde_json::to_string(&named).unwrap();
        assert_eq!(serde_json::from_str::<Digest>(&json).unwrap(), named);
        assert_eq!(serde_json::to_string(&DigestAlgorithm::Blake3).unwrap(), "\"blake3\"");
    }

    #[test]
    fn a_digest_has_one_spelling() {
        let hex = Sha256Digest::of(b"abc").to_string();
        assert_eq!(
            hex.to_uppercase().parse::<Sha256Digest>(),
            Err(DigestError::Digit { found: b'B', offset: 0 })
        );
        assert_eq!(hex[1..].parse::<Sha256Digest>(), Err(DigestError::Length { found: 63 }));
        assert_eq!(
            format!("{}g", &hex[1..]).parse::<Sha256Digest>(),
            Err(DigestError::Digit { found: b'g', offset: 63 })
        );
        assert!(format!("sha1:{hex}").parse::<Digest>().is_err());
        assert!(hex.parse::<Digest>().is_err());
    }

    #[test]
    fn equal_bytes_under_two_functions_are_two_digests() {
        let sha256 = Digest::from(Sha256Digest::of(b"abc"));
        let blake3 = Digest::from_hex(DigestAlgorithm::Blake3, &sha256.to_hex()).unwrap();
        assert_ne!(sha256, blake3);
    }
}
