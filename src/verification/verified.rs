//! A report whose verdict follows from its numbers, and what it is held to outside of itself.

use std::collections::BTreeSet;

use super::Refusal;
use super::difference::{Difference, first_difference};
use super::files::differences;
use crate::clock::Timestamp;
use crate::gate::{Verdict, text};
use crate::identity::Sha256Digest;
use crate::policy::Policy;
use crate::report::Predicate;
use crate::report::redecide::{Redecision, agree_with_policy};
use crate::signing::keyring::{Counted, Demand};
use crate::signing::{KeyId, Keyring};
use crate::snapshot::{Manifest, SnapshotId};

/// A gate report that trusted keys have signed and whose verdict was decided again. Only
/// [`SignedReport::redecide`](super::SignedReport::redecide) makes one.
#[derive(Debug, Clone)]
pub struct VerifiedReport {
    predicate: Predicate,
    snapshot: SnapshotId,
    signers: BTreeSet<KeyId>,
    redecision: Redecision,
}

impl VerifiedReport {
    pub(super) fn new(
        predicate: Predicate,
        snapshot: SnapshotId,
        signers: BTreeSet<KeyId>,
        redecision: Redecision,
    ) -> Self {
        Self { predicate, snapshot, signers, redecision }
    }

    /// What was signed.
    #[must_use]
    pub fn predicate(&self) -> &Predicate {
        &self.predicate
    }

    /// The verdict, as recorded and as decided again.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.redecision.verdict
    }

    /// When the report says it was made.
    ///
    /// # Errors
    /// [`Refusal::Instant`] when what is recorded is no instant.
    pub fn made(&self) -> Result<Timestamp, Refusal> {
        instant(&self.predicate.evaluated_at)
    }

    /// The one snapshot that the report is about.
    #[must_use]
    pub fn snapshot_id(&self) -> SnapshotId {
        self.snapshot
    }

    /// The trusted keys that signed.
    #[must_use]
    pub fn signers(&self) -> &BTreeSet<KeyId> {
        &self.signers
    }

    /// How much of the verdict was decided again from what.
    #[must_use]
    pub fn redecision(&self) -> Redecision {
        self.redecision
    }

    /// Whether the report may be used at the instant `now`, by its own end and, if one is given,
    /// by an age in seconds that it must not reach; gives the earlier end, if there is one.
    ///
    /// # Errors
    /// [`Refusal::Future`] for a report made more than [`CLOCK_SKEW_SECONDS`] after `now`;
    /// [`Refusal::Expired`] from the recorded end on, [`Refusal::TooOld`] from the age on;
    /// [`Refusal::Instant`] when what is recorded is no instant.
    pub fn confirm_in_time(
        &self,
        now: Timestamp,
        max_age_seconds: Option<u64>,
    ) -> Result<Option<Timestamp>, Refusal> {
        let made = self.made()?;
        let age = now.unix_seconds().saturating_sub(made.unix_seconds());
        if age < -CLOCK_SKEW_SECONDS {
            return Err(Refusal::Future { made, now });
        }
        let expires = self.predicate.expires_at.as_deref().map(instant).transpose()?;
        if let Some(expires) = expires.filter(|&expires| now >= expires) {
            return Err(Refusal::Expired { expires, now });
        }
        let Some(limit) = max_age_seconds else { return Ok(expires) };
        if u64::try_from(age).is_ok_and(|age| age >= limit) {
            return Err(Refusal::TooOld { made, now, limit });
        }
        let end = i64::try_from(limit).ok().and_then(|limit| {
            Timestamp::from_unix_seconds(made.unix_seconds().checked_add(limit)?)
        });
        Ok(expires.into_iter().chain(end).min())
    }

    /// Whether the report is for an environment.
    ///
    /// # Errors
    /// [`Refusal::Environment`], also for a report that names none.
    pub fn confirm_environment(&self, expected: &str) -> Result<(), Refusal> {
        let found = self.predicate.environment.as_deref();
        if found == Some(expected) {
            return Ok(());
        }
        let (expected, found) = (expected.to_owned(), found.map(text::phrase));
        Err(Refusal::Environment { expected, found })
    }

    /// Whether the report answers a request.
    ///
    /// # Errors
    /// [`Refusal::Request`], also for a report that names none.
    pub fn confirm_request(&self, expected: &str) -> Result<(), Refusal> {
        let found = self.predicate.request.as_deref();
        if found == Some(expected) {
            return Ok(());
        }
        let (expected, found) = (expected.to_owned(), found.map(text::phrase));
        Err(Refusal::Request { expected, found })
    }

    /// The identities that stand behind the report by a keyring. Where the demand names no
    /// environment, they have to be those who may sign for the one that the report names.
    ///
    /// # Errors
    /// [`Refusal::Signers`] when they are too few; [`Refusal::Instant`] when the report does not
    /// say when it was made.
    pub fn confirm_signers<'k>(
        &self,
        keyring: &'k Keyring,
        demand: Demand<'_>,
    ) -> Result<Counted<'k>, Refusal> {
        let made = self.made()?;
        let environment = demand.environment.or(self.predicate.environment.as_deref());
        Ok(keyring.count(&self.signers, made, &Demand { environment, ..demand })?)
    }

    /// Whether data are those that the report is about: one of the manifests made from their
    /// files (a report does not say which digest its manifest's lines have) has the recorded ID.
    /// `recorded` is the text of the manifest that was written beside the report; where it is
    /// that, a refusal can say which files differ.
    ///
    /// # Errors
    /// [`Refusal::Snapshot`] with both IDs.
    pub fn confirm_snapshot(
        &self,
        found: &[Manifest],
        recorded: Option<&[u8]>,
    ) -> Result<(), Refusal> {
        if found.iter().any(|manifest| manifest.id() == self.snapshot) {
            return Ok(());
        }
        let recorded =
            recorded.filter(|text| SnapshotId::new(Sha256Digest::of(text)) == self.snapshot);
        let files = recorded.map(|text| differences(text, found)).unwrap_or_default();
        let found = found.first().map(Manifest::id);
        Err(Refusal::Snapshot { expected: self.snapshot, found, files })
    }

    /// Whether the candidate was compared with this snapshot.
    ///
    /// # Errors
    /// [`Refusal::Reference`] with both IDs.
    pub fn confirm_reference(&self, expected: SnapshotId) -> Result<(), Refusal> {
        let recorded = self.predicate.reference.as_ref().map(|side| side.snapshot_id.as_str());
        if recorded == Some(expected.to_string().as_str()) {
            return Ok(());
        }
        let found = text::phrase(recorded.unwrap_or("none"));
        Err(Refusal::Reference { expected, found })
    }

    /// Whether a policy has the recorded digest.
    ///
    /// # Errors
    /// [`Refusal::Policy`] with both digests.
    pub fn confirm_policy_digest(&self, found: Sha256Digest) -> Result<(), Refusal> {
        let recorded = self.predicate.policy.digest.get("sha256");
        if recorded.is_some_and(|hex| *hex == found.to_string()) {
            return Ok(());
        }
        let expected = recorded.map_or("none".to_owned(), |hex| text::phrase(hex));
        Err(Refusal::Policy { expected, found })
    }

    /// Whether the report is about these gates: by name where some were selected, without names
    /// where it is about all of its policy's.
    ///
    /// # Errors
    /// [`Refusal::Selection`] with those that it is about.
    pub fn confirm_selection(&self, expected: &[String]) -> Result<(), Refusal> {
        let found = &self.predicate.selected;
        let listed = |names: &[String]| names.iter().map(|name| text::name(name)).collect();
        let set = |names: &[String]| names.iter().cloned().collect::<BTreeSet<_>>();
        if set(found) == set(expected) {
            return Ok(());
        }
        Err(Refusal::Selection { expected: listed(expected), found: listed(found) })
    }

    /// Whether gates, limits and waivers are those of a policy; gives the number of limits
    /// compared. See [`agree_with_policy`] for what a report cannot show.
    ///
    /// # Errors
    /// [`Refusal::Rules`], the first thing that is not as the policy has it.
    pub fn confirm_policy_rules(&self, policy: &Policy) -> Result<u64, Refusal> {
        agree_with_policy(&self.predicate, policy).map_err(Refusal::Rules)
    }

    /// Whether a report made again from the data is this one, to the bit.
    ///
    /// # Errors
    /// [`Refusal::Recomputed`] with the first figure that differs.
    ///
    /// # Panics
    /// Never: a predicate has string keys.
    pub fn confirm_recomputed(&self, again: &Predicate) -> Result<(), Refusal> {
        let json = |of: &Predicate| serde_json::to_value(of).expect("a predicate has string keys");
        // The id follows from all the rest and would hide which figure it is.
        let nameless = |of: &Predicate| Predicate { report_id: String::new(), ..of.clone() };
        let recorded = json(&nameless(&self.predicate));
        match first_difference(&recorded, &json(&nameless(again))) {
            None if again.report_id == self.predicate.report_id => Ok(()),
            None => Err(Refusal::Recomputed {
                place: "reportId".to_owned(),
                recorded: text::phrase(&self.predicate.report_id),
                found: text::phrase(&again.report_id),
            }),
            Some(Difference { place, ours, theirs }) => {
                Err(Refusal::Recomputed { place, recorded: ours, found: theirs })
            }
        }
    }

    /// Whether the bytes of the details document are those that the report names.
    ///
    /// # Errors
    /// [`Refusal::Details`] with both digests.
    pub fn confirm_details(&self, bytes: &[u8]) -> Result<(), Refusal> {
        let found = Sha256Digest::of(bytes);
        let recorded = self.predicate.details.digest.get("sha256");
        if recorded.is_some_and(|hex| *hex == found.to_string()) {
            return Ok(());
        }
        let expected = recorded.map_or("none".to_owned(), |hex| text::phrase(hex));
        Err(Refusal::Details { expected, found })
    }
}

fn instant(recorded: &str) -> Result<Timestamp, Refusal> {
    let wrong = || Refusal::Instant { found: text::phrase(recorded) };
    Timestamp::parse_rfc3339(recorded).ok_or_else(wrong)
}

/// How far the clocks of two machines may be apart.
pub const CLOCK_SKEW_SECONDS: i64 = 300;
