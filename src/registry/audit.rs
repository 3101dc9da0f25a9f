//! Everything looked at, and all that is wrong.

use std::collections::{BTreeMap, BTreeSet};

use super::Registry;
use super::decided_again::decide_again;
use super::event::{Seq, Subject};
use super::ledger::{Anchor, Chain, FolderFault, Head};
use super::objects::ObjectError;
use super::pin::Pin;
use super::state::State;
use crate::identity::Sha256Digest;

/// What an audit has found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audit {
    /// The registry's id, when its founding event can be believed.
    pub registry: Option<Sha256Digest>,
    /// The last event that is there.
    pub head: Option<Head>,
    /// Events looked at.
    pub events: u64,
    /// Objects whose digests were computed.
    pub objects: u64,
    /// Objects that no event rests on: put in by somebody who did not come to write the event.
    pub unused: u64,
    /// Hidden files of writers that were killed.
    pub leftovers: u64,
    /// What is wrong, in the order of the events, then the rest; at most [`FAULTS_MAX`].
    pub faults: Vec<AuditFault>,
    /// How many faults there are, also those beyond [`FAULTS_MAX`].
    pub faults_found: u64,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFault {
    /// The event, when it is one.
    pub event: Option<Seq>,
    /// The file or folder, below the registry's folder.
    pub place: String,
    /// The stable name.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
}

impl Audit {
    /// The first event that something is wrong with.
    #[must_use]
    pub fn first_bad_event(&self) -> Option<Seq> {
        self.faults.iter().filter_map(|fault| fault.event).min()
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.faults_found == 0
    }

    fn add(&mut self, event: Option<Seq>, place: String, code: &'static str, message: String) {
        self.faults_found += 1;
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(AuditFault { event, place, code, message });
        }
    }
}

/// Looks at every event, every signature, every object, and what was seen before.
///
/// An event that is not taken is named and passed over; whether the state allows those that follow
/// cannot be told then, everything else about them is. What each promotion and rollback decided is
/// decided again as it was then ([`decide_again`]).
///
/// # Errors
/// [`ObjectError::Read`] when a folder cannot be listed. What is wrong with what is there is no
/// error but a fault.
pub fn audit(registry: &Registry, anchor: &Anchor, pins: &[Pin]) -> Result<Audit, ObjectError> {
    let mut audit = Audit::default();
    let (digests, named) = audit_events(registry, anchor, &mut audit)?;
    let last = audit.head.map_or(Seq(0), |head| head.seq);
    for pin in pins {
        let found = digests.get(&pin.head.seq).copied();
        if let Err(fault) = pin.confirm(audit.registry, last, found) {
            audit.add(Some(pin.head.seq), "ledger".to_owned(), "E_LEDGER", fault.to_string());
        }
    }
    audit_objects(registry, &named, &mut audit)?;
    Ok(audit)
}

/// Objects by the first event that rests on them.
type Named = BTreeMap<Sha256Digest, (Seq, String)>;

fn audit_events(
    registry: &Registry,
    anchor: &Anchor,
    audit: &mut Audit,
) -> Result<(BTreeMap<Seq, Sha256Digest>, Named), ObjectError> {
    let ledger = registry.ledger();
    let listing = ledger.list()?;
    audit.leftovers += listing.leftovers;
    for fault in &listing.faults {
        // A gap is told below, with the events that are missing.
        if !matches!(fault, FolderFault::Gap { .. }) {
            audit.add(None, "ledger".to_owned(), "E_LEDGER", fault.to_string());
        }
    }
    let mut chain = Chain::new(anchor);
    // The state before the next event; none after one that was passed over.
    let mut before = Some(State::default());
    let mut digests = BTreeMap::new();
    let mut named = Named::new();
    if listing.numbers.is_empty() {
        audit.add(None, "ledger".to_owned(), "E_LEDGER", "there is no event".to_owned());
    }
    for &seq in &listing.numbers {
        let missing = chain.next_seq();
        if seq > missing {
            let last = Seq(seq.0 - 1);
            let message = if missing == last {
                "the event is missing".to_owned()
            } else {
                format!("the events {missing} to {last} are missing")
            };
            audit.add(Some(missing), place_of(missing), "E_LEDGER", message);
            chain.pass_over_missing(seq);
            before = None;
        }
        audit.events += 1;
        let bytes = match ledger.read(seq) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => Vec::new(), // taken away since it was listed
            Err(error) => {
                let code = if error.is_storage() { "E_STORAGE" } else { "E_LEDGER" };
                audit.add(Some(seq), place_of(seq), code, with_causes(&error));
                chain.pass_over(b"");
                before = None;
                continue;
            }
        };
        digests.insert(seq, Sha256Digest::of(&bytes));
        match chain.take(&bytes, registry.objects()) {
            Ok(event) => {
                for Subject { name, digest } in event.subjects() {
                    named.entry(*digest).or_insert_with(|| (seq, name.to_string()));
                }
                let entry = event.in_force();
                if let Some(before) = &before
                    && let Err(why) = decide_again(registry.objects(), before, &entry)
                {
                    audit.add(Some(seq), place_of(seq), why.code(), with_causes(&why));
                }
                before = before.and_then(|mut state| state.apply(&entry).is_ok().then_some(state));
            }
            Err(fault) => {
                audit.add(Some(seq), place_of(seq), fault.code(), with_causes(&fault));
                chain.pass_over(&bytes);
                before = None;
            }
        }
    }
    audit.registry = chain.registry();
    audit.head = chain.head();
    if let Some((identity, signed)) = chain.unrecorded_revocation() {
        let message = format!(
            "the keyring revokes a key of `{identity}`, and no event records the revocation"
        );
        audit.add(Some(signed), place_of(signed), "E_KEY_REVOKED", message);
    }
    Ok((digests, named))
}

fn audit_objects(registry: &Registry, named: &Named, audit: &mut Audit) -> Result<(), ObjectError> {
    let objects = registry.objects();
    let listing = objects.list()?;
    audit.leftovers += listing.leftovers;
    let relative = |path: &std::path::Path| {
        path.strip_prefix(registry.root()).unwrap_or(path).display().to_string()
    };
    for path in &listing.odd {
        audit.add(None, relative(path), "E_OBJECT", "it is no object".to_owned());
    }
    let there: BTreeSet<Sha256Digest> = listing.digests.iter().copied().collect();
    for &digest in there.iter().chain(named.keys().filter(|digest| !there.contains(digest))) {
        let event = named.get(&digest);
        audit.unused += u64::from(event.is_none());
        match objects.get(digest) {
            Ok(_) => audit.objects += 1,
            Err(error) => {
                let code = if error.is_storage() { "E_STORAGE" } else { "E_OBJECT" };
                let what = event.map_or(String::new(), |(seq, name)| {
                    format!(", which is the {name} of event {seq}")
                });
                let message = format!("{}{what}", with_causes(&error));
                let seq = event.map(|(seq, _)| *seq);
                audit.add(seq, relative(&objects.path(digest)), code, message);
            }
        }
    }
    Ok(())
}

fn place_of(seq: Seq) -> String {
    format!("ledger/{:08}.dsse.json", seq.0)
}

/// An error in a sentence with what the operating system said.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        cause = error.source();
    }
    message
}

/// The most faults that are listed.
pub const FAULTS_MAX: usize = 1_000;
