//! What stands against an approval before it is given.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use super::approvals::{own_part, spare, withdrawn};
use super::asked::{Asked, ground};
use super::examine::Case;
use super::gates;
use super::reports::{Evidence, Reason};
use crate::registry::approval::APPROVAL_TYPE;
use crate::registry::event::{EVENT_TYPE, RoleName};
use crate::registry::state::{Approval, Transition};
use crate::signing::keyring::Demand;
use crate::verdict::text;

/// Why the word of somebody on a request would count for nothing in a role which they have: they
/// asked, or signed a report that the request rests on, where the door minds; or they have approved
/// before. `names` are those by which keyrings know them. The code is that of the door, or of the
/// ledger.
#[must_use]
pub fn objection(
    case: &Case<'_>,
    reports: &[Evidence],
    asked: &Asked<'_>,
    role: &RoleName,
    names: &BTreeSet<&str>,
) -> Option<Reason> {
    let reporters = gates::answered(case, reports, Some(asked)).signers;
    names.iter().find_map(|name| against(name, case, asked, role, &reporters))
}

/// Those of the keyring in force whose approval of a request in a role would count now.
#[must_use]
pub fn welcome<'k>(
    case: &Case<'k>,
    reports: &[Evidence],
    asked: &Asked<'_>,
    role: &RoleName,
) -> BTreeSet<&'k str> {
    let reporters = gates::answered(case, reports, Some(asked)).signers;
    let able = |predicate| {
        case.keyring.able(&Demand {
            now: case.now,
            predicate,
            environment: Some(case.environment.as_ref()),
            role: Some(role.as_ref()),
            identities: NonZeroUsize::MIN,
        })
    };
    // The approval is signed, and the event that tells of it.
    let mut found = &able(APPROVAL_TYPE) & &able(EVENT_TYPE);
    found.retain(|name| against(name, case, asked, role, &reporters).is_none());
    found
}

/// Why an approval that counts would change nothing at the door as things stand: what it wants by this
/// role has been given.
#[must_use]
pub fn redundance(
    case: &Case<'_>,
    reports: &[Evidence],
    asked: &Asked<'_>,
    role: &RoleName,
    name: &str,
) -> Option<String> {
    let reporters = gates::answered(case, reports, Some(asked)).signers;
    spare(name, role.as_ref(), case, asked, &reporters)
}

fn against(
    name: &str,
    case: &Case<'_>,
    asked: &Asked<'_>,
    role: &RoleName,
    reporters: &BTreeSet<String>,
) -> Option<Reason> {
    approved(name, asked, role).or_else(|| own_part(name, case, asked, reporters))
}

/// Why what somebody has approved before in that role counts no more; nothing where it does, or where
/// they have not approved. The ledger takes no second approval all the same.
#[must_use]
pub fn lapsed(
    case: &Case<'_>,
    asked: &Asked<'_>,
    role: &RoleName,
    names: &BTreeSet<&str>,
) -> Option<Reason> {
    names.iter().find_map(|name| {
        withdrawn(name, own(name, asked, role)?, &ground(case), case.keyring, asked.void)
    })
}

/// What somebody has approved before in that role.
fn own<'a>(name: &str, asked: &Asked<'a>, role: &RoleName) -> Option<&'a Approval> {
    let mut known = asked.request.approvals.iter();
    known.find(|known| known.role == *role && known.by.contains(name))
}

/// That somebody has approved in that role, as the ledger would say it.
fn approved(name: &str, asked: &Asked<'_>, role: &RoleName) -> Option<Reason> {
    let known = own(name, asked, role)?;
    let again = Transition::SameApproval { by: text::name(name), since: known.step.seq() };
    Some(("E_STATE", again.to_string()))
}
