//! The DSSE envelope as JSON: `{"payload", "payloadType", "signatures": [{"keyid", "sig"}]}`.
//!
//! Source: DSSE v1.0.2, `envelope.md`. Written with padded standard base64; read in the standard or
//! the URL-safe alphabet, padded, with zero trailing bits, so that few byte strings spell one
//! envelope. Unknown members are ignored, as the specification demands.
//!
//! What is read from outside stays with this module's neighbours:
//! [`verify`](super::verify()) alone hands a payload out.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde::{Deserialize, Serialize};

use super::keys::KeyId;
use crate::identity::{StrictJsonError, strict_json};
use crate::quantity::Bytes;

/// A DSSE envelope, not yet verified or just signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Envelope {
    pub(super) payload: Vec<u8>,
    pub(super) payload_type: String,
    pub(super) signatures: Vec<EnvelopeSignature>,
}

/// One signature of an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EnvelopeSignature {
    /// The signer's claim of which key it is: unauthenticated, a hint and nothing more. Empty and
    /// absent are the same.
    pub(super) claimed_key: Option<String>,
    pub(super) bytes: Vec<u8>,
}

impl EnvelopeSignature {
    /// Whether the signature claims to be made by `key`.
    pub(super) fn claims(&self, key: &KeyId) -> bool {
        self.claimed_key.as_ref().is_some_and(|claimed| *claimed == key.to_string())
    }
}

impl Envelope {
    /// Reads an envelope.
    ///
    /// # Errors
    /// [`EnvelopeError`]: more than [`ENVELOPE_BYTES_MAX`] bytes, JSON that strict reading
    /// refuses, a missing member or one of the wrong type, base64 that is not canonical, more than
    /// [`SIGNATURES_MAX`] signatures. An envelope without signatures is read.
    pub(super) fn parse(json: &[u8]) -> Result<Self, EnvelopeError> {
        let wire: WireIn = strict_json::read(json, ENVELOPE_BYTES_MAX)?;
        if wire.signatures.len() > SIGNATURES_MAX {
            return Err(EnvelopeError::TooManySignatures { found: wire.signatures.len() });
        }
        let signatures = wire
            .signatures
            .into_iter()
            .enumerate()
            .map(|(index, signature)| {
                let bytes = decode(&signature.sig).ok_or_else(|| EnvelopeError::Base64 {
                    member: format!("signatures/{index}/sig"),
                })?;
                let claimed_key = signature.keyid.filter(|keyid| !keyid.is_empty());
                Ok(EnvelopeSignature { claimed_key, bytes })
            })
            .collect::<Result<_, EnvelopeError>>()?;
        let payload = decode(&wire.payload)
            .ok_or_else(|| EnvelopeError::Base64 { member: "payload".to_owned() })?;
        Ok(Self { payload, payload_type: wire.payload_type, signatures })
    }

    /// Writes the envelope on one line without a line end.
    pub(super) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(&self.wire()).expect("an envelope is strings alone")
    }

    /// The envelope as it is serialised.
    pub(super) fn wire(&self) -> WireOut<'_> {
        WireOut {
            payload: STANDARD.encode(&self.payload),
            payload_type: &self.payload_type,
            signatures: self
                .signatures
                .iter()
                .map(|signature| WireSignatureOut {
                    keyid: signature.claimed_key.as_deref(),
                    sig: STANDARD.encode(&signature.bytes),
                })
                .collect(),
        }
    }
}

/// The most bytes of an envelope: 250 times the largest report of a hundred columns, and what
/// GitHub's attestation store takes.
pub const ENVELOPE_BYTES_MAX: Bytes = Bytes(16 << 20);

/// The most signatures of an envelope: more than any quorum, few enough to try all of them.
pub const SIGNATURES_MAX: usize = 64;

/// Why bytes are not an envelope we read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The JSON is refused, or is not that of an envelope.
    #[error("the envelope is refused: {0}")]
    Json(#[from] StrictJsonError),
    /// A member is not canonical padded base64.
    #[error("`{member}` of the envelope is not padded base64 with zero trailing bits")]
    Base64 {
        /// Path of the member.
        member: String,
    },
    /// The envelope carries too many signatures.
    #[error("{found} signatures in the envelope exceed the limit of {SIGNATURES_MAX}")]
    TooManySignatures {
        /// How many there are.
        found: usize,
    },
}

#[derive(Deserialize)]
struct WireIn {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    signatures: Vec<WireSignatureIn>,
}

#[derive(Deserialize)]
struct WireSignatureIn {
    keyid: Option<String>,
    sig: String,
}

#[derive(Serialize)]
pub(super) struct WireOut<'a> {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: &'a str,
    signatures: Vec<WireSignatureOut<'a>>,
}

#[derive(Serialize)]
struct WireSignatureOut<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    keyid: Option<&'a str>,
    sig: String,
}

/// Decodes one alphabet or the other, never a mixture.
fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::StrictJsonFault;

    fn parse(payload: &str, signatures: &str) -> Result<Envelope, EnvelopeError> {
        let json = format!(
            r#"{{"payload": "{payload}", "payloadType": "t", "signatures": {signatures}}}"#
        );
        Envelope::parse(json.as_bytes())
    }

    #[test]
    fn an_envelope_is_read_back_as_written() {
        let envelope = Envelope {
            payload: vec![0xfb, 0xff, 0x00],
            payload_type: "t".into(),
            signatures: vec![
                EnvelopeSignature { claimed_key: Some("k".into()), bytes: vec![1] },
                EnvelopeSignature { claimed_key: None, bytes: vec![2, 3] },
            ],
        };
        let json = envelope.to_json();
        assert_eq!(
            String::from_utf8(json.clone()).unwrap(),
            concat!(
                r#"{"payload":"+/8A","payloadType":"t","#,
                r#""signatures":[{"keyid":"k","sig":"AQ=="},{"sig":"AgM="}]}"#
            )
        );
        assert_eq!(Envelope::parse(&json), Ok(envelope));
    }

    #[test]
    fn both_alphabets_are_read_but_no_mixture_and_one_spelling_each() {
        let payload = |text| parse(text, "[]").map(|envelope| envelope.payload);
        assert_eq!(payload("+/8A"), Ok(vec![0xfb, 0xff, 0x00]));
        assert_eq!(payload("-_8A"), Ok(vec![0xfb, 0xff, 0x00]));
        assert_eq!(payload(""), Ok(vec![]));
        for text in ["+_8A", "AQ", "AQ=", "AR==", "AQ===", "A Q==", "AQ==\\n", "***", "=="] {
            let expected = EnvelopeError::Base64 { member: "payload".into() };
            assert_eq!(payload(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn unknown_members_are_ignored_and_an_empty_keyid_is_none() {
        let envelope = parse("AQ==", r#"[{"keyid": "", "sig": "", "cert": {"x": []}}]"#).unwrap();
        assert_eq!(envelope.signatures[0].claimed_key, None);
        let envelope = parse("AQ==", r#"[{"keyid": null, "sig": ""}]"#).unwrap();
        assert_eq!(envelope.signatures[0].claimed_key, None);
    }

    #[test]
    fn missing_or_mistyped_members_are_refused() {
        let faulty = [
            r"{}",
            r"[]",
            r#"{"payloadType": "t", "signatures": []}"#,
            r#"{"payload": "", "signatures": []}"#,
            r#"{"payload": "", "payloadType": "t"}"#,
            r#"{"payload": null, "payloadType": "t", "signatures": []}"#,
            r#"{"payload": {}, "payloadType": "t", "signatures": []}"#,
            r#"{"payload": "", "payloadType": "t", "signatures": null}"#,
            r#"{"payload": "", "payloadType": "t", "signatures": {}}"#,
            r#"{"payload": "", "payloadType": "t", "signatures": [{"keyid": "k"}]}"#,
            r#"{"payload": "", "payloadType": "t", "signatures": [{"sig": 1}]}"#,
        ];
        for text in faulty {
            let error = Envelope::parse(text.as_bytes()).unwrap_err();
            let EnvelopeError::Json(error) = error else { panic!("{text}: {error}") };
            assert!(matches!(error.fault, StrictJsonFault::Shape { .. }), "{text}: {error}");
        }
    }

    #[test]
    fn limits_are_refused_with_their_value() {
        let many = vec![r#"{"sig": ""}"#; SIGNATURES_MAX + 1].join(",");
        assert_eq!(
            parse("", &format!("[{many}]")).unwrap_err().to_string(),
            "65 signatures in the envelope exceed the limit of 64"
        );
        let long = Envelope::parse(&vec![b' '; (16 << 20) + 1]).unwrap_err().to_string();
        assert!(long.contains("the limit of 16777216 bytes"), "{long}");
    }
}
