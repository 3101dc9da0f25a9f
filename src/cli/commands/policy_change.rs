//! `driftgate registry policy` and `registry approve-policy`

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use super::registry::{policy_document, say_head};
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::input::read_small;
use crate::cli::output::{print, say};
use crate::cli::promotion::InForce;
use crate::cli::registry_access::{Access, signer};
use crate::cli::registry_args::{RegistryApprovePolicyArgs, RegistryPolicyArgs};
use crate::durable;
use crate::identity::Sha256Digest;
use crate::policy::{ChangeDirection, differences, parse};
use crate::registry::approval::{APPROVAL_TYPE, Approval, Decision, SCHEMA_VERSION};
use crate::registry::{EventBody, RegistryError};
use crate::signing::envelope::ENVELOPE_BYTES_MAX;
use crate::signing::keyring::Demand;
use crate::signing::{Signer, sign, verify};

/// Signs somebody's word on a policy.
pub(super) fn approve(
    args: &RegistryApprovePolicyArgs,
    environment: &Environment,
) -> Result<(), Failure> {
    let signer = signer(&args.signer, environment)?;
    let access = Access::of(&args.registry)?;
    let policy = Sha256Digest::of(&policy_document(&args.policy)?);
    let approval = Approval {
        schema_version: SCHEMA_VERSION,
        registry: access.replayed.registry(),
        request: policy,
        decision: Decision::Approved,
        role: args.role.clone(),
        comment: args.comment.clone(),
        at: environment.now(),
    };
    let envelopes = sign(&approval.statement(), std::slice::from_ref(&signer))
        .map_err(|error| Failure::new(ExitCode::Unreadable, error.to_string()))?;
    durable::create(&args.out, &envelopes.envelope, durable::Access::Shared)?;
    print(|out| writeln!(out, "approved  {policy} in {}", args.out.display()))
}

/// Puts a policy in force. One that is looser anywhere takes the approval of somebody else.
pub(super) fn change(args: &RegistryPolicyArgs, environment: &Environment) -> Result<(), Failure> {
    let signer = signer(&args.signer, environment)?;
    let mut access = Access::of(&args.registry)?;
    let bytes = policy_document(&args.policy)?;
    let next = parse(&args.policy.display().to_string(), &bytes)?;
    let previous = access.replayed.state().policy();
    let mut looser = false;
    if previous.is_some() {
        let in_force = InForce::of(&access)?;
        for change in differences(&in_force.policy, &next) {
            looser |= change.direction == ChangeDirection::Looser;
            say(&change.to_string());
        }
    }
    let policy = access.registry.objects().put(&bytes).map_err(RegistryError::from)?;
    let (approvals, people) = approvals(args, &access, policy, environment)?;
    let owner = access.replayed.keyring().owner_name(&signer.public().id()).map(str::to_owned);
    let others = people.iter().filter(|person| Some(person.as_str()) != owner.as_deref()).count();
    if looser && others == 0 {
        let message = "E_APPROVAL: the policy is looser than the one in force, and nobody else has \
                       approved it";
        return Err(Failure::new(ExitCode::Refused, message)
            .hint("have it approved with `driftgate registry approve-policy`"));
    }
    let body = EventBody::PolicyChanged { policy, previous, approvals };
    access.append(&signer, environment, |replayed| {
        if replayed.state().policy() == previous {
            return Ok((body.clone(), Vec::new()));
        }
        let message = "E_CONFLICT: another policy was put in force meanwhile";
        Err(Failure::new(ExitCode::Refused, message))
    })?;
    say_head(&access.replayed)
}

/// The approvals that were handed in, kept as objects, and whose they are.
fn approvals(
    args: &RegistryPolicyArgs,
    access: &Access,
    policy: Sha256Digest,
    environment: &Environment,
) -> Result<(BTreeSet<Sha256Digest>, BTreeSet<String>), Failure> {
    let keyring = access.replayed.keyring();
    let (mut digests, mut people) = (BTreeSet::new(), BTreeSet::new());
    for path in &args.approvals {
        let refused = |code: &str, why: String| {
            let message = format!("{code}: `{}`: {why}", path.display());
            Failure::new(ExitCode::Refused, message)
        };
        let envelope = read_small(path, ENVELOPE_BYTES_MAX.0, ExitCode::Unreadable)?;
        let payload = verify(&envelope, &keyring.keys(), NonZeroUsize::MIN)
            .map_err(|refusal| refused(refusal.code(), refusal.to_string()))?;
        let approval =
            Approval::read(&payload).map_err(|error| refused("E_STATEMENT", error.to_string()))?;
        let same = approval.request == policy
            && approval.registry == access.replayed.registry()
            && approval.decision == Decision::Approved;
        if !same {
            return Err(refused("E_APPROVAL", "it approves something else".to_owned()));
        }
        let demand = Demand {
            now: environment.now(),
            predicate: APPROVAL_TYPE,
            environment: None,
            role: Some(approval.role.as_ref()),
            identities: NonZeroUsize::MIN,
        };
        let counted = keyring
            .count(payload.signers(), approval.at, &demand)
            .map_err(|shortfall| refused(shortfall.code(), shortfall.to_string()))?;
        people.extend(counted.keys().map(|&name| name.to_owned()));
        digests.insert(access.registry.objects().put(&envelope).map_err(RegistryError::from)?);
    }
    Ok((digests, people))
}
