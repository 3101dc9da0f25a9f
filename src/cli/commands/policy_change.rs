//! `driftgate registry policy`

use std::collections::BTreeSet;

use super::governance::given;
use super::registry::{policy_document, say_head};
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::say;
use crate::cli::promotion::InForce;
use crate::cli::registry_access::{Access, signer};
use crate::cli::registry_args::RegistryPolicyArgs;
use crate::identity::Sha256Digest;
use crate::policy::{differences, parse};
use crate::registry::EventBody;
use crate::registry::governance::{Change, confirm_policy_change};
use crate::signing::Signer;

/// Puts a policy in force. One that is not plainly stricter takes the approval of somebody else.
pub(super) fn change(args: &RegistryPolicyArgs, environment: &Environment) -> Result<(), Failure> {
    let signer = signer(&args.signer, environment)?;
    let mut access = Access::of(&args.registry)?;
    let bytes = policy_document(&args.policy)?;
    let next = parse(&args.policy.display().to_string(), &bytes)?;
    let policy = Sha256Digest::of(&bytes);
    let (envelopes, approvals) = given(&args.approvals)?;
    let previous = access.replayed.state().policy();
    if let Some(previous) = previous {
        let in_force = InForce::of(&access)?;
        for change in differences(&in_force.policy, &next) {
            say(&change.to_string());
        }
        let keyring = access.replayed.keyring();
        let owner = keyring.owner_name(&signer.public().id()).map(str::to_owned);
        let by: BTreeSet<String> = owner.into_iter().collect();
        let (registry, at) = (access.replayed.registry(), environment.now());
        let change = Change { registry, previous, next: policy, by: &by, at };
        confirm_policy_change(&change, &in_force.policy, &next, &envelopes, keyring)?;
    }
    let body = EventBody::PolicyChanged { policy, previous, approvals };
    let objects = [envelopes, vec![bytes]].concat();
    access.append(&signer, environment, |replayed| {
        if replayed.state().policy() == previous {
            return Ok((body.clone(), objects.clone()));
        }
        let message = "E_CONFLICT: another policy was put in force meanwhile";
        Err(Failure::new(ExitCode::Refused, message))
    })?;
    say_head(&access.replayed)
}
