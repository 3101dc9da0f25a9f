//! What is known after the events so far, and whether the next one follows.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use super::changes::confirm_change;
use super::doors::{About, Doors};
use super::fault::EventFault;
use super::founding::keyring_hint;
use super::papers::{Papers, no_document, read};
use super::signers::{Counted, Signers};
use super::spelling::confirm_spelling;
use super::verified_event::VerifiedEvent;
use super::{Anchor, Head, Seq};
use crate::clock::Timestamp;
use crate::identity::Sha256Digest;
use crate::policy;
use crate::registry::event::{EnvironmentName, Event, EventBody};
use crate::registry::objects::Objects;
use crate::registry::state::{Entry, State, Times};
use crate::signing::{Keyring, TrustedKeys, keyring, verify};

/// The events so far, as far as the next one depends on them.
#[derive(Debug, Clone)]
pub struct Chain {
    signers: Signers,
    /// By the policy in force.
    doors: Doors,
    state: State,
    registry: Option<Sha256Digest>,
    head: Option<Head>,
    times: Times,
    /// Whether an event was passed over, after which the state cannot tell any more.
    broken: bool,
    /// Whether the event before is missing, so that its digest is not known.
    unlinked: bool,
}

impl Chain {
    /// A chain without events.
    #[must_use]
    pub fn new(anchor: &Anchor) -> Self {
        Self {
            signers: Signers::new(anchor),
            doors: Doors::default(),
            state: State::default(),
            registry: None,
            head: None,
            times: Times::default(),
            broken: false,
            unlinked: false,
        }
    }

    /// The state after the events so far.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The last event taken or passed over.
    #[must_use]
    pub fn head(&self) -> Option<Head> {
        self.head
    }

    /// The registry's id, once its founding event is taken.
    #[must_use]
    pub fn registry(&self) -> Option<Sha256Digest> {
        self.registry
    }

    /// The keyring in force.
    #[must_use]
    pub fn keyring(&self) -> Option<&Keyring> {
        self.signers.in_force()
    }

    /// The roles of which one is wanted of whoever signs an event, by the policy in force; empty when
    /// none is.
    #[must_use]
    pub fn wanted_roles(&self, body: &EventBody) -> BTreeSet<&str> {
        self.doors.wanted(body, About::of(body, &self.state))
    }

    /// The roles of those who release holds in an environment, by the policy in force; empty when
    /// anybody may.
    #[must_use]
    pub fn releasing_roles(&self, environment: &EnvironmentName) -> BTreeSet<&str> {
        self.doors.voices(environment)
    }

    /// Whether a policy is in force and knows no such environment.
    #[must_use]
    pub fn lacks_door(&self, environment: &EnvironmentName) -> bool {
        self.doors.lack(environment)
    }

    /// The latest believed time so far.
    #[must_use]
    pub fn latest(&self) -> Option<Timestamp> {
        self.times.latest().map(|(_, at)| at)
    }

    /// The number of the next event.
    #[must_use]
    pub fn next_seq(&self) -> Seq {
        self.head.map_or(Seq::FIRST, |head| head.seq.next())
    }

    /// A key whose revocation no event records: whose it is, and what it signed last.
    #[must_use]
    pub fn unrecorded_revocation(&self) -> Option<(&str, Seq)> {
        self.signers.unrecorded()
    }

    /// Whether an event at that time may follow.
    ///
    /// # Errors
    /// [`EventFault::Clock`]; of a correction, [`EventFault::NoCorrection`] when the event that it
    /// names does not lie ahead of it.
    pub fn confirm_time(&self, body: &EventBody, at: Timestamp) -> Result<(), EventFault> {
        let latest = match body {
            EventBody::ClockCorrected { event, .. } => {
                let wrong = self.times.rise(event.seq).filter(|&(wrong, _)| is_behind(at, wrong));
                let (_, before) = wrong.ok_or(EventFault::NoCorrection { at, event: event.seq })?;
                Some(before)
            }
            _ => self.times.latest(),
        };
        match latest {
            Some((by, latest)) if is_behind(at, latest) => {
                Err(EventFault::Clock { at, latest, by })
            }
            _ => Ok(()),
        }
    }

    /// Takes the next event, the bytes of its file.
    ///
    /// # Errors
    /// [`EventFault`], the first thing that is wrong; the chain is then as it was.
    pub fn take(&mut self, bytes: &[u8], objects: &Objects) -> Result<VerifiedEvent, EventFault> {
        let seq = self.next_seq();
        let digest = Sha256Digest::of(bytes);
        let founding = match keyring_hint(bytes) {
            Some(hint) if seq == Seq::FIRST => Some((hint, read_keyring(objects, hint)?)),
            _ => None,
        };
        let trusted = self.signers.keys(founding.as_ref().map(|(_, keyring)| keyring));
        let payload = verify(bytes, &trusted, NonZeroUsize::MIN)?;
        confirm_spelling(bytes, &payload, &trusted)?;
        let (event, subjects) = Event::read(payload.bytes())?;
        self.confirm_place(&event, seq)?;
        self.confirm_time(&event.body, event.at)?;
        let next_keyring = match &event.body {
            EventBody::Founded { keyring, .. } => match founding {
                Some((hint, read)) if hint == *keyring => Some(read),
                _ => Some(read_keyring(objects, *keyring)?),
            },
            EventBody::KeyringChanged { keyring, .. } => Some(read_keyring(objects, *keyring)?),
            _ => None,
        };
        let next_doors = match &event.body {
            EventBody::Founded { policy: Some(policy), .. }
            | EventBody::PolicyChanged { policy, .. } => Some(read_doors(objects, *policy)?),
            _ => None,
        };
        if let Some(next) = &next_keyring {
            self.signers.confirm_next(next)?;
        }
        let in_force = self.signers.in_force().or(next_keyring.as_ref());
        // Only an event after one that was passed over has none.
        let in_force = in_force.ok_or(EventFault::Orphaned)?;
        let about = About::of(&event.body, &self.state);
        let Counted { by, names } =
            self.signers.count(&event, payload.signers(), in_force, &self.doors, about)?;
        confirm_change(objects, &event, &names, in_force, next_keyring.as_ref())?;
        let keys = payload.signers().iter().filter_map(|key| trusted.key(key).cloned());
        let papers = Papers {
            objects,
            state: (!self.broken).then_some(&self.state),
            keys: &TrustedKeys::new(keys),
        };
        papers.confirm(&event)?;
        let entry = Entry {
            seq,
            digest,
            registry: event.registry,
            at: event.at,
            by,
            body: event.body.clone(),
        };
        if !self.broken {
            self.state.apply(&entry)?;
        }
        self.signers.note(&event, payload.signers());
        if let Some(next) = next_keyring {
            self.signers.put_in_force(next);
        }
        if let Some(next) = next_doors {
            self.doors = next;
        }
        self.registry.get_or_insert(event.registry);
        self.unlinked = false;
        self.head = Some(entry.reference());
        match &event.body {
            EventBody::ClockCorrected { event: first, .. } => {
                self.times.correct(first.seq, seq, event.at);
            }
            _ => self.times.note(seq, event.at),
        }
        Ok(VerifiedEvent { entry, names, subjects, keys: payload.signers().clone() })
    }

    /// Passes over an event that was not taken, to look at those that follow. The state says
    /// nothing about them any more.
    pub fn pass_over(&mut self, bytes: &[u8]) {
        self.head = Some(Head { seq: self.next_seq(), digest: Sha256Digest::of(bytes) });
        self.broken = true;
        self.unlinked = false;
    }

    /// Passes over events that are missing, up to the one before `next`.
    pub fn pass_over_missing(&mut self, next: Seq) {
        let seq = Seq(next.0.saturating_sub(1));
        // What the next event says of the one before it is the only thing known of that one.
        self.head = Some(Head { seq, digest: Sha256Digest::of(b"") });
        self.broken = true;
        self.unlinked = true;
    }

    fn confirm_place(&self, event: &Event, seq: Seq) -> Result<(), EventFault> {
        if event.seq != seq {
            return Err(EventFault::Number { found: event.seq });
        }
        let own = match &event.body {
            EventBody::Founded { nonce, .. } => Some(Sha256Digest::of(nonce.as_str().as_bytes())),
            _ => None,
        };
        if let Some(expected) = self.registry.or(own)
            && event.registry != expected
        {
            return Err(EventFault::Registry { expected, found: event.registry });
        }
        let expected = self.head.map(|head| head.digest);
        if event.prev != expected && !self.unlinked {
            return Err(EventFault::Previous { expected, found: event.prev });
        }
        Ok(())
    }
}

fn read_keyring(objects: &Objects, digest: Sha256Digest) -> Result<Keyring, EventFault> {
    let bytes = read(objects, "keyring", digest)?;
    keyring::parse("keyring", &bytes)
        .map_err(|error| no_document("keyring", digest, &error.to_string()))
}

fn read_doors(objects: &Objects, digest: Sha256Digest) -> Result<Doors, EventFault> {
    let bytes = read(objects, "policy", digest)?;
    let policy = policy::parse("policy", &bytes);
    Ok(Doors::of(&policy.map_err(|error| no_document("policy", digest, &error.to_string()))?))
}

/// Whether a time lies further before another than clocks do.
fn is_behind(at: Timestamp, other: Timestamp) -> bool {
    other.unix_seconds().saturating_sub(at.unix_seconds()) > CLOCK_SKEW_SECONDS_MAX
}

/// How far the clocks of two machines may lie apart: so far an event's time may lie before the latest
/// one, and ahead of the clock of whoever writes it.
pub const CLOCK_SKEW_SECONDS_MAX: i64 = 300;
