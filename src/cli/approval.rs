//! Whether an approval would count: what would count for nothing is not signed.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use super::environment::Environment;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::in_force::{InForce, put_back};
use super::promotion::{Examined, evidence, others, passport, void};
use super::promotion_args::{ApproveArgs, ModelVersion};
use super::registry_access::{Access, anchor};
use super::who_may::{counted, people};
use crate::clock::Timestamp;
use crate::identity::Sha256Digest;
use crate::policy::SelfApproval;
use crate::registry::approval::APPROVAL_TYPE;
use crate::registry::door::{Asked, Case, Evidence, lapse, lapsed, objection, redundance, welcome};
use crate::registry::event::RoleName;
use crate::registry::request::RequestDocument;
use crate::registry::state::Request;
use crate::registry::{Anchor, Objects, Replayed};
use crate::signing::keyring::Demand;
use crate::signing::{KeyId, Signer};
use crate::verdict::text;

/// That what was asked still stands, and that the door waits for an approval in this role and counts
/// one by whoever has this key. Gives why it would change nothing for now, where others have given all
/// that the door wants: it is signed all the same, since one of those may lapse.
///
/// # Errors
/// [`Failure`] with the code that the door has for it, and who may approve instead.
pub(in crate::cli) fn confirm_counts(
    access: &Access,
    in_force: &InForce,
    (digest, document): (Sha256Digest, &RequestDocument),
    asked: &Request,
    args: &ApproveArgs,
    signer: &impl Signer,
    environment: &Environment,
) -> Result<Option<String>, Failure> {
    let now = environment.now();
    let ledger = (access.registry.objects(), &access.replayed);
    confirm_stands(ledger, in_force, document, asked, now)?;
    let Request { model, version, environment, .. } = asked;
    let door = in_force.door(access, environment)?;
    let (passport, _) = passport(access, model, version)?;
    let reports = match door.self_approval {
        SelfApproval::Allow => Vec::new(), // whoever signed them
        SelfApproval::Deny => {
            let of = ModelVersion { model: model.clone(), version: version.clone() };
            evidence(access, &of)?
        }
    };
    let others = others(access, &passport, environment, door)?;
    let nonce = Some(document.nonce.as_str());
    let passport = &passport;
    let examined = Examined { in_force, door, environment, passport, others, nonce, now };
    let word = Word {
        case: examined.case(&access.replayed),
        reports: &reports,
        asked: Asked { document, request: asked, void: &void(access, digest, asked, now)? },
        role: &args.role,
    };
    word.confirm_waited_for()?;
    let key = signer.public().id();
    let name = word.confirm_key(key)?;
    let elsewhere = anchor(&args.registry)?;
    let elsewhere = match &elsewhere {
        Anchor::Keyring(keyring) => keyring.owner_name(&key),
        Anchor::Founding => None,
    };
    word.confirm_no_part(&[name].into_iter().chain(elsewhere).collect())?;
    Ok(redundance(&word.case, word.reports, &word.asked, word.role, name))
}

/// That what was asked still stands, as the door sees it.
///
/// # Errors
/// [`Failure`] with the code that the door has for it.
pub(in crate::cli) fn confirm_stands(
    ledger: (&Objects, &Replayed),
    in_force: &InForce,
    document: &RequestDocument,
    asked: &Request,
    now: Timestamp,
) -> Result<(), Failure> {
    let ground = in_force.ground(ledger, asked, now)?;
    let Some((code, said)) = lapse(&ground, document, asked) else { return Ok(()) };
    let message = format!("{code}: the request does not stand any more: {said}");
    let RequestDocument { model, version, environment, .. } = document;
    Err(Failure::new(ExitCode::Refused, message).hint(match code {
        "E_REVOKED" => {
            "nothing that was asked for it is granted: `driftgate reject` ends the request".into()
        }
        "E_CLOCK" => {
            "wait, or have the clock of that event corrected: `driftgate registry clock`".into()
        }
        _ if ground.door.is_none() => put_back(environment),
        _ => format!("ask again: `driftgate request --model {model}@{version} --to {environment}`"),
    }))
}

/// An approval that somebody is about to give.
struct Word<'a> {
    case: Case<'a>,
    reports: &'a [Evidence],
    asked: Asked<'a>,
    role: &'a RoleName,
}

impl<'a> Word<'a> {
    /// That the door waits for an approval in this role.
    fn confirm_waited_for(&self) -> Result<(), Failure> {
        let Case { door, environment, keyring, now, .. } = self.case;
        let roles: BTreeSet<&str> = door.approvals.iter().map(|quorum| &*quorum.role).collect();
        if roles.contains(self.role.as_ref()) {
            return Ok(());
        }
        let message = format!("E_ROLE: an approval as `{}` counts for nothing there", self.role);
        let hint = if roles.is_empty() {
            format!("nobody has to approve anything for `{environment}`")
        } else {
            let waits = roles.iter().map(|role| format!("`{role}`")).collect::<Vec<_>>();
            let who = people(keyring, APPROVAL_TYPE, Some(environment), &roles, now);
            format!("the door of `{environment}` waits for {}; {who}", waits.join(", "))
        };
        Err(Failure::new(ExitCode::Refused, message).hint(hint))
    }

    /// That a key counts for an approval in this role; gives whose it is.
    fn confirm_key(&self, key: KeyId) -> Result<&'a str, Failure> {
        let Case { keyring, environment, now, .. } = self.case;
        let demand = Demand {
            now,
            predicate: APPROVAL_TYPE,
            environment: Some(environment.as_ref()),
            role: Some(self.role.as_ref()),
            identities: NonZeroUsize::MIN,
        };
        counted(keyring, key, &demand).map_err(|why| self.refused(&why))
    }

    /// That the door does not hold their own part in what was asked against those who are named so.
    fn confirm_no_part(&self, names: &BTreeSet<&str>) -> Result<(), Failure> {
        let found = objection(&self.case, self.reports, &self.asked, self.role, names);
        let Some((code, said)) = found else { return Ok(()) };
        let Some((void, why)) = lapsed(&self.case, &self.asked, self.role, names) else {
            let role = self.role;
            let message = format!("{code}: {said}: as `{role}` that counts for nothing there");
            return Err(self.refused(&message));
        };
        let message = format!(
            "{code}: {said}; that approval is void ({void}: {why}), and the request takes no second one"
        );
        let anew = format!("ask again, and they may approve anew: {}", self.ask_again());
        let others = welcome(&self.case, self.reports, &self.asked, self.role);
        let failure = Failure::new(ExitCode::Refused, message).hint(anew);
        if others.is_empty() {
            return Err(failure);
        }
        let others = format!("or let others approve as `{}`: {}", self.role, text::names(others));
        Err(failure.more_hint(&others))
    }

    /// The command that asks for the same again.
    fn ask_again(&self) -> String {
        let RequestDocument { model, version, environment, .. } = self.asked.document;
        format!("`driftgate request --model {model}@{version} --to {environment}`")
    }

    /// A refusal for who somebody is, with those whose word would count.
    fn refused(&self, message: &str) -> Failure {
        let role = self.role;
        let welcome = welcome(&self.case, self.reports, &self.asked, role);
        let hint = if welcome.is_empty() {
            format!(
                "nobody else in the keyring in force may approve as `{role}` here; where an approval \
                 is too old, ask again: {}",
                self.ask_again()
            )
        } else {
            format!("may approve as `{role}` here: {}", text::names(welcome))
        };
        Failure::new(ExitCode::Refused, message).hint(hint)
    }
}
