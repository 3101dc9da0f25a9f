//! Whom `verify` believes.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use super::commands::keyring;
use super::failure::Failure;
use super::trust_args::VerifyArgs;
use crate::signing::keyring::Counted;
use crate::signing::{KeyId, Keyring, TrustedKeys, VerifiedPayload, read_public_key, verify};
use crate::verdict::text;
use crate::verification::Refusal;

/// Whom to believe.
pub(in crate::cli) enum Trust {
    /// These keys, with the files they came from.
    Keys { trusted: TrustedKeys, files: Vec<(KeyId, PathBuf)> },
    /// Identities.
    Keyring(Keyring),
}

impl Trust {
    /// Reads the keys or the keyring.
    ///
    /// # Errors
    /// [`Failure`] when a file cannot be read or holds something else.
    pub(in crate::cli) fn read(args: &VerifyArgs) -> Result<Self, Failure> {
        if let Some(path) = &args.keyring {
            return Ok(Self::Keyring(keyring::read(path)?));
        }
        let mut keys = Vec::new();
        let mut files = Vec::new();
        for path in &args.keys {
            let key = read_public_key(path).map_err(|error| {
                Failure::from(error).hint(
                    "a report is verified with public keys; `driftgate key show FILE` prints \
                     that of a private one",
                )
            })?;
            files.push((key.id(), path.clone()));
            keys.push(key);
        }
        Ok(Self::Keys { trusted: TrustedKeys::new(keys), files })
    }

    /// The payload, signed by enough keys; how many identities of a keyring count is known only
    /// once it is read what they signed.
    ///
    /// # Errors
    /// [`Refusal`] of the envelope or its signatures.
    pub(in crate::cli) fn verify(
        &self,
        envelope: &[u8],
        needed: NonZeroUsize,
    ) -> Result<VerifiedPayload, Refusal> {
        Ok(match self {
            Self::Keys { trusted, .. } => verify(envelope, trusted, needed)?,
            Self::Keyring(keyring) => verify(envelope, &keyring.keys(), NonZeroUsize::MIN)?,
        })
    }

    /// The files of the keys that signed, or whose they are.
    pub(in crate::cli) fn names(&self, signers: &BTreeSet<KeyId>) -> String {
        let names: BTreeSet<String> = match self {
            Self::Keys { files, .. } => files
                .iter()
                .filter(|(id, _)| signers.contains(id))
                .map(|(_, path)| text::printable(&path.display().to_string()))
                .collect(),
            Self::Keyring(keyring) => {
                signers.iter().filter_map(|id| keyring.owner_name(id)).map(text::name).collect()
            }
        };
        names.into_iter().collect::<Vec<_>>().join(", ")
    }
}

/// `` `ci@example.com` (gate-runner) ``
pub(in crate::cli) fn counted_names(counted: &Counted<'_>) -> String {
    let named = counted.iter().map(|(name, roles)| {
        let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
        format!("{} ({})", text::name(name), roles.join(", "))
    });
    named.collect::<Vec<_>>().join("; ")
}
