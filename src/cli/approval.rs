//! Whether an approval would count: what would count for nothing is not signed.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use super::environment::Environment;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::promotion::{Examined, InForce, bar, evidence, others, passport};
use super::promotion_args::{ApproveArgs, ModelVersion};
use super::registry_access::{Access, anchor};
use crate::clock::Timestamp;
use crate::policy::{DoorRule, SelfApproval};
use crate::registry::Anchor;
use crate::registry::approval::APPROVAL_TYPE;
use crate::registry::door::{Asked, Objection, Void, lapse, objection};
use crate::registry::event::RoleName;
use crate::registry::request::RequestDocument;
use crate::registry::state::Request;
use crate::signing::keyring::Demand;
use crate::signing::{KeyId, Signer};

/// That the version may still run anywhere, that what was asked still stands, and that the door waits
/// for an approval in this role and counts one by whoever has this key.
///
/// # Errors
/// [`Failure`] with the code that the door has for it, and who may approve instead.
pub(in crate::cli) fn confirm_counts(
    access: &Access,
    document: &RequestDocument,
    asked: &Request,
    args: &ApproveArgs,
    signer: &impl Signer,
    environment: &Environment,
) -> Result<(), Failure> {
    confirm_usable(access, asked)?;
    let in_force = InForce::of(access)?;
    let door = in_force.door(&asked.environment)?;
    let (role, now) = (&args.role, environment.now());
    let word = Word { access, in_force: &in_force, door, document, asked, role, now };
    word.confirm_waited_for()?;
    let key = signer.public().id();
    let Some(name) = access.replayed.keyring().owner_name(&key) else {
        return Ok(()); // a stranger, whose event nobody takes
    };
    word.confirm_key(key)?;
    let elsewhere = anchor(&args.registry)?;
    let elsewhere = match &elsewhere {
        Anchor::Keyring(keyring) => keyring.owner_name(&key),
        Anchor::Founding => None,
    };
    word.confirm_stands(&[name].into_iter().chain(elsewhere).collect())
}

/// That neither the version nor its files under another name were revoked since it was asked for.
fn confirm_usable(access: &Access, asked: &Request) -> Result<(), Failure> {
    let Request { model, version, .. } = asked;
    let Some(bar) = bar(access, model, version)? else { return Ok(()) };
    let message = format!("E_REVOKED: `{model}@{version}` {bar}");
    Err(Failure::new(ExitCode::Refused, message)
        .hint("nothing that was asked for it is granted: `driftgate reject` ends the request"))
}

/// An approval that somebody is about to give.
struct Word<'a> {
    access: &'a Access,
    in_force: &'a InForce,
    door: &'a DoorRule,
    document: &'a RequestDocument,
    asked: &'a Request,
    role: &'a RoleName,
    now: Timestamp,
}

impl Word<'_> {
    /// That the door waits for an approval in this role.
    fn confirm_waited_for(&self) -> Result<(), Failure> {
        if self.door.approvals.iter().any(|quorum| quorum.role == self.role.as_ref()) {
            return Ok(());
        }
        let message = format!("E_ROLE: an approval as `{}` counts for nothing there", self.role);
        Err(Failure::new(ExitCode::Refused, message).hint(self.waited_for()))
    }

    /// For whom the door waits.
    fn waited_for(&self) -> String {
        let environment = &self.asked.environment;
        let roles = self.door.approvals.iter().map(|quorum| format!("`{}`", quorum.role));
        match &roles.collect::<Vec<String>>()[..] {
            [] => format!("nobody has to approve anything for `{environment}`"),
            roles => format!("the door of `{environment}` waits for {}", roles.join(", ")),
        }
    }

    /// That a key counts for an approval in this role.
    fn confirm_key(&self, key: KeyId) -> Result<(), Failure> {
        let demand = Demand {
            now: self.now,
            predicate: APPROVAL_TYPE,
            environment: Some(self.asked.environment.as_ref()),
            role: Some(self.role.as_ref()),
            identities: NonZeroUsize::MIN,
        };
        let counted = self.access.replayed.keyring().count(&[key].into(), self.now, &demand);
        counted.map(drop).map_err(|shortfall| {
            let message = format!("{}: {shortfall}", shortfall.code());
            Failure::new(ExitCode::Refused, message).hint(self.waited_for())
        })
    }

    /// That nothing has changed since it was asked, and that the door does not hold their own part in
    /// it against those who are named so.
    fn confirm_stands(&self, names: &BTreeSet<&str>) -> Result<(), Failure> {
        let Self { access, in_force, door, document, asked, role, now } = *self;
        let Request { model, version, environment, .. } = asked;
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
        let asks = Asked { document, request: asked, void: &Void::new() };
        let case = examined.case(&access.replayed);
        if let Some((code, said)) = lapse(&case, &asks) {
            return Err(Failure::new(ExitCode::Refused, format!("{code}: {said}")));
        }
        let found = objection(&case, &reports, &asks, role, names);
        let Some(Objection { code, said, others }) = found else { return Ok(()) };
        let message = format!("{code}: {said}: as `{role}` that counts for nothing there");
        let hint = match &others[..] {
            [] => format!("nobody else in the keyring in force may approve as `{role}` here"),
            _ => format!("may approve as `{role}` here: {}", others.join(", ")),
        };
        Err(Failure::new(ExitCode::Refused, message).hint(hint))
    }
}
