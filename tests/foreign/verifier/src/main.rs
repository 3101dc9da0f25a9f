//! Verifies an envelope by the `dsse` crate, or a bundle by what `sigstore-verify` is made of; the
//! cryptography of both is AWS-LC.
//!
//! The `Verifier` of `sigstore-verify` itself takes no bundle without a log entry or a timestamp, also
//! when told to skip the log (0.15.1: "bundle must have at least one tlog entry or timestamp
//! verification data"); ours have neither. Its parts are asked instead: its bundle, its
//! pre-authentication encoding, its keys and its statement.
//!
//! usage: foreign-verifier dsse ENVELOPE.json THRESHOLD PUBLIC_KEY.pem...
//!        foreign-verifier sigstore BUNDLE.json ARTIFACT PUBLIC_KEY.pem
//!
//! Prints the verified payload of an envelope. Exit code 0: accepted. 3: refused, with the reason on
//! stderr. Anything else: a fault of the program.

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::process::ExitCode;

use sigstore_verify::crypto::{VerificationKey, sha256};
use sigstore_verify::types::{Bundle, DerPublicKey, SignatureBytes, SignatureContent, Statement};

type Failure = Box<dyn Error>;

fn main() -> Result<ExitCode, Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let refusal = match words[..] {
        ["dsse", envelope, threshold, ref keys @ ..] => {
            dsse(&fs::read(envelope)?, threshold.parse()?, keys)?
        }
        ["sigstore", bundle, artifact, key] => {
            sigstore(&fs::read_to_string(bundle)?, &fs::read(artifact)?, key)?
        }
        _ => return Err("see the head of src/main.rs".into()),
    };
    Ok(match refusal {
        None => ExitCode::SUCCESS,
        Some(reason) => {
            eprintln!("{reason}");
            ExitCode::from(3)
        }
    })
}

/// Why an envelope is refused, if it is.
fn dsse(envelope: &[u8], threshold: usize, keys: &[&str]) -> Result<Option<String>, Failure> {
    let keys = keys.iter().map(|path| Key::read(path)).collect::<Result<Vec<_>, _>>()?;
    let keys: Vec<&dyn dsse::Verifier> =
        keys.iter().map(|key| key as &dyn dsse::Verifier).collect();
    let verified = dsse::Envelope::from_json(envelope)
        .and_then(|envelope| dsse::verify(&envelope, &keys, threshold));
    match verified {
        Ok(verified) => {
            std::io::stdout().write_all(&verified.payload)?;
            Ok(None)
        }
        Err(error) => Ok(Some(error.to_string())),
    }
}

/// Why a bundle is refused, if it is.
fn sigstore(bundle: &str, artifact: &[u8], key: &str) -> Result<Option<String>, Failure> {
    let key = VerificationKey::from_spki(&DerPublicKey::from_pem(&fs::read_to_string(key)?)?)?;
    let bundle = match Bundle::from_json(bundle) {
        Ok(bundle) => bundle,
        Err(error) => return Ok(Some(error.to_string())),
    };
    let SignatureContent::DsseEnvelope(envelope) = &bundle.content else {
        return Ok(Some("the bundle holds no envelope".to_owned()));
    };
    if let Err(error) = key.verify(envelope.pae(), &envelope.signature.sig) {
        return Ok(Some(error.to_string()));
    }
    let statement: Statement = serde_json::from_slice(envelope.payload.as_bytes())?;
    let about_it = statement.matches_sha256(&sha256(artifact));
    Ok((!about_it).then(|| "the statement is about something else".to_owned()))
}

/// A public key of either kind for the `dsse` crate, which itself brings Ed25519 alone.
struct Key {
    name: String,
    der: Vec<u8>,
    key: VerificationKey,
}

impl Key {
    fn read(path: &str) -> Result<Self, Failure> {
        let der = DerPublicKey::from_pem(&fs::read_to_string(path)?)?;
        let key = VerificationKey::from_spki(&der)?;
        Ok(Self { name: path.to_owned(), der: der.as_bytes().to_vec(), key })
    }
}

impl dsse::Verifier for Key {
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.key.verify(message, &SignatureBytes::from_bytes(signature)).is_ok()
    }

    fn key_id(&self) -> Option<String> {
        Some(self.name.clone())
    }

    fn key_identity(&self) -> Option<Vec<u8>> {
        Some(self.der.clone())
    }
}
