//! That the files of a version were revoked under another name, as it is told.

use serde_json::{Value, json};

use super::revoked::Revoked;
use crate::registry::event::{ModelName, VersionName};
use crate::registry::passport::Passport;
use crate::registry::{Bar, Bars, Objects, State};

/// A version that was revoked and has the same files as the one that is told of.
#[derive(Debug, Clone, PartialEq)]
pub struct SameFiles {
    /// Its model.
    pub model: ModelName,
    /// The version.
    pub version: VersionName,
    /// That it was revoked.
    pub revoked: Revoked,
}

/// Whose files a version has that was revoked: none of another, one, or why that cannot be told.
pub type FilesRevoked = Result<Option<SameFiles>, String>;

impl SameFiles {
    /// What a bar tells by the state that knows which times are believed; nothing when it is the
    /// version's own revocation.
    #[must_use]
    pub fn of(known: &State, bar: Bar<'_>) -> Option<Self> {
        let (model, version) = bar.other()?;
        let revoked = Revoked::of(known, bar.revocation());
        Some(Self { model: model.clone(), version: version.clone(), revoked })
    }

    /// Whose files a version has, by its passport.
    pub(super) fn beside(objects: &Objects, state: &State, passport: &Passport) -> FilesRevoked {
        let bars = Bars::of(objects, state).map_err(|error| error.to_string())?;
        Ok(bars.against(passport).and_then(|bar| Self::of(state, bar)))
    }
}

/// For programs: null where there is no such version, and never where that cannot be told.
#[must_use]
pub fn files_revoked_document(files: &FilesRevoked) -> Value {
    match files {
        Ok(None) => Value::Null,
        Ok(Some(SameFiles { model, version, revoked })) => {
            json!({ "model": model, "version": version, "revocation": revoked.document() })
        }
        Err(reason) => json!({ "unknown": reason }),
    }
}
