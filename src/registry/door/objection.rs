//! What stands against an approval before it is given.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use super::approvals::own_part;
use super::asked::Asked;
use super::examine::Case;
use super::gates;
use super::reports::{Evidence, Reason};
use crate::registry::approval::APPROVAL_TYPE;
use crate::registry::event::{EVENT_TYPE, RoleName};
use crate::registry::state::Transition;
use crate::signing::keyring::{Demand, Identity};
use crate::verdict::text;

/// Why the word of somebody on a request would count for nothing, and whose would not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// The stable name that the door gives it, or the ledger.
    pub code: &'static str,
    /// Why, in words.
    pub said: String,
    /// Those who may approve in that role instead.
    pub others: Vec<String>,
}

/// What stands against it that somebody approves a request in a role which they have: they asked, or
/// signed a report that the request rests on, where the door minds; or they have approved before.
/// `names` are those by which keyrings know them.
#[must_use]
pub fn objection(
    case: &Case<'_>,
    reports: &[Evidence],
    asked: &Asked<'_>,
    role: &RoleName,
    names: &BTreeSet<&str>,
) -> Option<Objection> {
    let reporters = gates::answered(case, reports, Some(asked)).signers;
    let against = |name: &str| {
        approved(name, asked, role).or_else(|| own_part(name, case, asked, &reporters))
    };
    let (code, said) = names.iter().find_map(|name| against(name))?;
    let identities = case.keyring.identities.iter();
    let free =
        identities.filter(|other| counts(other, case, role) && against(&other.name).is_none());
    let others = free.map(|other| text::name(&other.name)).collect();
    Some(Objection { code, said, others })
}

/// That somebody has approved in that role, as the ledger would say it.
fn approved(name: &str, asked: &Asked<'_>, role: &RoleName) -> Option<Reason> {
    let mut known = asked.request.approvals.iter();
    let known = known.find(|known| known.role == *role && known.by.contains(name))?;
    let again = Transition::SameApproval { by: text::name(name), since: known.step.seq() };
    Some(("E_STATE", again.to_string()))
}

/// Whether one of the keys of an identity counts for an approval in a role now, and for the event
/// that tells of it.
fn counts(identity: &Identity, case: &Case<'_>, role: &RoleName) -> bool {
    identity.keys.iter().any(|known| {
        [APPROVAL_TYPE, EVENT_TYPE].into_iter().all(|predicate| {
            let demand = Demand {
                now: case.now,
                predicate,
                environment: Some(case.environment.as_ref()),
                role: Some(role.as_ref()),
                identities: NonZeroUsize::MIN,
            };
            case.keyring.count(&[known.key.id()].into(), case.now, &demand).is_ok()
        })
    })
}
