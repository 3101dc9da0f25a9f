//! What an event decided, decided again as it was then.

use std::collections::{BTreeMap, BTreeSet};

use super::door::{Asked, Case, examine};
use super::event::{ActionName, EnvironmentName, EventBody, ModelName, VersionName};
use super::hearing::{self, Unheard};
use super::ledger::VerifiedEvent;
use super::misdecision::Misdecision;
use super::objects::Objects;
use super::request::RequestDocument;
use super::state::{Entry, State};
use super::summary::Summarised;
use super::{Replayed, Seq};
use crate::identity::Sha256Digest;
use crate::policy::{self, ActionRule, DoorRule, Policy};
use crate::signing::{Keyring, keyring, verify};

/// Decides again what an event decided: by the state before it, the policy and the keyring in force
/// then, the objects, and its own time. Events that decide nothing hold.
///
/// # Errors
/// [`Misdecision`]
pub fn decide_again(objects: &Objects, before: &State, event: &Entry) -> Result<(), Misdecision> {
    match &event.body {
        EventBody::Promoted { model, version, environment, actions, vsa, request, .. } => {
            let then = Then::of(objects, before)?;
            let door = then.door(environment)?;
            then.confirm_open(door, event, *request)?;
            then.confirm_summary(*vsa, model, version)?;
            confirm_actions(actions, door.actions.iter())
        }
        EventBody::RolledBack { model, to_version, environment, actions, vsa, .. } => {
            let then = Then::of(objects, before)?;
            let door = then.door(environment)?;
            then.confirm_not_barred(model, to_version)?;
            then.confirm_summary(*vsa, model, to_version)?;
            confirm_actions(actions, door.actions.iter().chain(&door.incidents))
        }
        _ => Ok(()),
    }
}

impl Replayed {
    /// Those of some events whose decision does not hold, and why. A rollback holds only where the
    /// promotion does by which its version once came to run there.
    #[must_use]
    pub fn misdecided(
        &self,
        objects: &Objects,
        wanted: &BTreeSet<Seq>,
    ) -> BTreeMap<Seq, Misdecision> {
        let granted: BTreeMap<Seq, (Seq, VersionName)> =
            wanted.iter().filter_map(|&seq| Some((seq, self.granted(seq)?))).collect();
        let looked_at: BTreeSet<Seq> =
            wanted.iter().copied().chain(granted.values().map(|(seq, _)| *seq)).collect();
        let mut found = BTreeMap::new();
        let mut before = State::default();
        for event in &self.events {
            let entry = event.in_force();
            if looked_at.contains(&event.seq)
                && let Err(why) = decide_again(objects, &before, &entry)
            {
                found.insert(event.seq, why);
            }
            if looked_at.last().is_none_or(|&last| event.seq >= last)
                || before.apply(&entry).is_err()
            {
                break;
            }
        }
        for (seq, (promotion, version)) in granted {
            if let Some(why) = found.get(&promotion) {
                let reason = format!("{}: {why}", why.code());
                let earlier = Misdecision::Earlier { version, promotion, reason };
                found.entry(seq).or_insert(earlier);
            }
        }
        found.retain(|seq, _| wanted.contains(seq));
        found
    }

    /// The promotion by which the version of a rollback last came to run there.
    fn granted(&self, seq: Seq) -> Option<(Seq, VersionName)> {
        let event: &VerifiedEvent = self.event(seq)?;
        let EventBody::RolledBack { model, environment, to_version, .. } = &event.body else {
            return None;
        };
        let history = &self.state().place(model, environment)?.history;
        let earlier = history.iter().rev().filter(|made| made.step.seq() < seq);
        let mut granted =
            earlier.filter(|made| made.version == *to_version && made.request.is_some());
        Some((granted.next()?.step.seq(), to_version.clone()))
    }
}

/// What was in force before an event.
struct Then<'a> {
    objects: &'a Objects,
    before: &'a State,
    policy: Policy,
    policy_digest: Sha256Digest,
    keyring: Keyring,
}

impl<'a> Then<'a> {
    fn of(objects: &'a Objects, before: &'a State) -> Result<Self, Misdecision> {
        let (Some(policy_digest), Some(digest)) = (before.policy(), before.keyring()) else {
            return Err(Misdecision::NoPolicy);
        };
        let bytes = objects.get(policy_digest).map_err(Unheard::from)?;
        let policy = policy::parse("policy", &bytes)
            .map_err(|error| no_document("policy", policy_digest, &error.to_string()))?;
        let bytes = objects.get(digest).map_err(Unheard::from)?;
        let keyring = keyring::parse("keyring", &bytes)
            .map_err(|error| no_document("keyring", digest, &error.to_string()))?;
        Ok(Self { objects, before, policy, policy_digest, keyring })
    }

    fn door(&self, environment: &EnvironmentName) -> Result<&DoorRule, Misdecision> {
        let mut doors = self.policy.doors.iter();
        let found = doors.find(|door| door.environment == environment.as_ref());
        found.ok_or_else(|| Misdecision::NoDoor { environment: environment.clone() })
    }

    fn confirm_open(
        &self,
        door: &DoorRule,
        event: &Entry,
        digest: Sha256Digest,
    ) -> Result<(), Misdecision> {
        let Self { objects, before, keyring, .. } = self;
        let bytes = objects.get(digest).map_err(Unheard::from)?;
        let document = RequestDocument::read(&bytes)
            .map_err(|error| no_document("request", digest, &error.to_string()))?;
        let RequestDocument { model, version, environment, .. } = &document;
        let Some(request) = before.request(digest) else {
            return Err(Misdecision::Differs { what: "the request" });
        };
        let (passport, _) = hearing::passport(objects, before, model, version)?;
        let void = hearing::void(objects, before, keyring, digest, request, event.at)?;
        let case = Case {
            door,
            environment,
            policy: &self.policy,
            policy_digest: self.policy_digest,
            keyring,
            state: before,
            passport: &passport,
            others: hearing::others(objects, before, &passport, environment, door)?,
            nonce: Some(&document.nonce),
            now: event.at,
        };
        let reports = hearing::evidence(objects, before, model, version)?;
        let asked = Asked { document: &document, request, void: &void };
        let (checklist, used) = examine(&case, &reports, Some(&asked));
        let open: Vec<String> = checklist
            .missing()
            .map(|(item, code)| format!("{code}: {}: {}", item.demand, item.said))
            .collect();
        if !open.is_empty() {
            return Err(Misdecision::Closed { environment: environment.clone(), open });
        }
        if used != document.reports {
            return Err(Misdecision::Differs { what: "the reports" });
        }
        Ok(())
    }

    /// That a version which is run again has not the files of one that was revoked. That it was not
    /// revoked itself every reader has asked.
    fn confirm_not_barred(
        &self,
        model: &ModelName,
        version: &VersionName,
    ) -> Result<(), Misdecision> {
        match hearing::bar(self.objects, self.before, model, version)? {
            None => Ok(()),
            Some(bar) => {
                Err(Misdecision::Barred { version: version.clone(), bar: bar.to_string() })
            }
        }
    }

    /// That the signed summary is about the files of the version's passport. All else of it every
    /// reader has compared.
    fn confirm_summary(
        &self,
        digest: Sha256Digest,
        model: &ModelName,
        version: &VersionName,
    ) -> Result<(), Misdecision> {
        let envelope = self.objects.get(digest).map_err(Unheard::from)?;
        let what = "verification summary";
        let payload = verify(&envelope, &self.keyring.keys(), std::num::NonZeroUsize::MIN)
            .map_err(|refusal| no_document(what, digest, &refusal.to_string()))?;
        let summary = Summarised::read(&payload)
            .map_err(|error| no_document(what, digest, &error.to_string()))?;
        let (passport, _) = hearing::passport(self.objects, self.before, model, version)?;
        if summary.is_about(passport.artifact.id) {
            return Ok(());
        }
        Err(Misdecision::Differs { what: "the files in the verification summary" })
    }
}

/// That what is to be done outside is what the door says.
fn confirm_actions<'r>(
    found: &BTreeSet<ActionName>,
    rules: impl Iterator<Item = &'r ActionRule>,
) -> Result<(), Misdecision> {
    let names: BTreeSet<ActionName> = rules.filter_map(|rule| rule.name.parse().ok()).collect();
    if *found == names {
        return Ok(());
    }
    Err(Misdecision::Differs { what: "the actions" })
}

fn no_document(what: &'static str, digest: Sha256Digest, reason: &str) -> Unheard {
    let reason = reason.lines().next().unwrap_or_default().to_owned();
    Unheard::NoDocument { what, digest, reason }
}
