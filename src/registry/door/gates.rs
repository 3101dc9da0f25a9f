//! Which report answers a gate, and what it says.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::asked::Asked;
use super::examine::Case;
use super::item::Item;
use super::reports::{Believed, Evidence, Reason, answers_judged, believe};
use crate::identity::Sha256Digest;
use crate::verdict::{Verdict, text};

/// What the reports on a version answer to the gates that a door requires.
pub(super) struct Answered {
    /// An item for each gate.
    pub(super) items: Vec<Item>,
    /// The reports that answer them.
    pub(super) used: BTreeSet<Sha256Digest>,
    /// Who signed those.
    pub(super) signers: BTreeSet<String>,
}

/// Asks the reports on a version for the gates of a door.
pub(super) fn answered(
    case: &Case<'_>,
    reports: &[Evidence],
    asked: Option<&Asked<'_>>,
) -> Answered {
    let answers = Answers::of(reports, case);
    let (items, used, signers) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let mut answered = Answered { items, used, signers };
    for gate in &case.door.requires {
        let newest = answers.newest(gate, asked);
        answered.items.push(answers.item(gate, newest, case));
        if let Some(newest) = newest {
            answered.used.insert(newest.digest);
            answered.signers.extend(newest.signers.iter().cloned());
        }
    }
    answered
}

/// What the reports on a version answer.
struct Answers {
    believed: Vec<Believed>,
    /// Why a report does not count, by the gates that it names.
    refused: BTreeMap<String, Reason>,
}

impl Answers {
    fn of(reports: &[Evidence], case: &Case<'_>) -> Self {
        let mut answers = Self { believed: Vec::new(), refused: BTreeMap::new() };
        for evidence in reports {
            match believe(evidence, case) {
                Ok(one) => {
                    if let Some(reason) = &one.replay {
                        answers.refuse(evidence.digest, reason, case);
                    }
                    answers.believed.push(one);
                }
                Err(reason) => answers.refuse(evidence.digest, &reason, case),
            }
        }
        answers
    }

    fn refuse(&mut self, digest: Sha256Digest, reason: &Reason, case: &Case<'_>) {
        let version = case.state.version(&case.passport.model, &case.passport.version);
        let known = version.into_iter().flat_map(|version| &version.reports);
        let gates = known.filter(|report| report.report == digest).flat_map(|known| &known.gates);
        for gate in gates {
            // That a report is for elsewhere explains least.
            match self.refused.entry(gate.to_string()) {
                Entry::Occupied(_) if reason.0 == "E_SCOPE" => {}
                Entry::Occupied(mut known) => *known.get_mut() = reason.clone(),
                Entry::Vacant(place) => {
                    place.insert(reason.clone());
                }
            }
        }
    }

    /// The report that answers a gate.
    fn newest(&self, gate: &str, asked: Option<&Asked<'_>>) -> Option<&Believed> {
        let counting = self.believed.iter().filter(|one| one.counts(gate));
        let newest = counting.clone().max_by_key(|one| one.made)?;
        match asked {
            Some(asked) if newest.verdict(gate).is_some_and(Verdict::opens_door) => {
                let named = counting.filter(|one| asked.document.reports.contains(&one.digest));
                named.max_by_key(|one| one.made)
            }
            _ => Some(newest),
        }
    }

    /// What the door says of a gate, by the report that answers it.
    fn item(&self, gate: &str, newest: Option<&Believed>, case: &Case<'_>) -> Item {
        let demand = format!("gate {gate}");
        match (newest, self.refused.get(gate)) {
            (Some(one), _) => {
                let verdict = one.verdict(gate).unwrap_or(Verdict::Error);
                let (made, message) = (one.made, one.message(gate));
                let said = format!("{verdict}, {made}: {message}{}", remarks(gate, one, case));
                if verdict.opens_door() {
                    Item::met(demand, said)
                } else {
                    Item::missing(demand, "E_GATE", said)
                }
            }
            (None, Some((code, why))) => Item::missing(demand, code, why.clone()),
            (None, None) => Item::missing(demand, "E_MISSING_GATE", "it was never run"),
        }
    }
}

fn remarks(gate: &str, one: &Believed, case: &Case<'_>) -> String {
    let judged = answers_judged(gate, case.policy).is_some();
    let unbound = judged && case.passport.predictions().next().is_none();
    let unbound = if unbound { " (the passport names no predictions)" } else { "" };
    match (case.nonce, &one.report.predicate().request) {
        // Nothing is asked yet; a request with another nonce would not be answered by it.
        (None, Some(answered)) => {
            format!("{unbound} (for the request `{}` alone)", text::name(answered))
        }
        _ => unbound.to_owned(),
    }
}
