//! The policy in force in a registry, and its doors.

use super::exit_code::ExitCode;
use super::failure::Failure;
use super::promotion::object;
use super::registry_access::Access;
use crate::clock::Timestamp;
use crate::identity::Sha256Digest;
use crate::policy::{self, DoorRule, Policy};
use crate::registry::door::Ground;
use crate::registry::event::EnvironmentName;
use crate::registry::state::Request;
use crate::registry::{EventBody, Objects, Replayed, hearing};

/// A policy that a registry holds.
pub(in crate::cli) struct InForce {
    /// The policy.
    pub(in crate::cli) policy: Policy,
    /// The digest of its bytes.
    pub(in crate::cli) digest: Sha256Digest,
}

impl InForce {
    /// The policy in force.
    ///
    /// # Errors
    /// [`Failure`] when there is none.
    pub(in crate::cli) fn of(access: &Access) -> Result<Self, Failure> {
        let digest = access.replayed.state().policy().ok_or_else(|| {
            Failure::new(ExitCode::Usage, "no policy is in force in the registry")
                .hint("give one with `driftgate registry init --policy` or `registry policy`")
        })?;
        let bytes = object(access, digest)?;
        Ok(Self { policy: policy::parse("the policy in force", &bytes)?, digest })
    }

    /// The door of an environment, where the policy has one.
    pub(in crate::cli) fn known_door(&self, name: &EnvironmentName) -> Option<&DoorRule> {
        self.policy.doors.iter().find(|door| door.environment == name.as_ref())
    }

    /// The door of an environment.
    ///
    /// # Errors
    /// [`Failure`] of the usage, with the environments that there are, where neither a policy nor the
    /// ledger ever knew such an environment; `E_STATE` where one did.
    pub(in crate::cli) fn door(
        &self,
        access: &Access,
        name: &EnvironmentName,
    ) -> Result<&DoorRule, Failure> {
        self.known_door(name).ok_or_else(|| {
            let message = format!("the policy in force knows no environment `{name}`");
            if access.replayed.state().knows(name) || was_known(access, name) {
                let failure =
                    Failure::new(ExitCode::Refused, format!("E_STATE: {message} any more"));
                return failure.hint(format!("{}; then try again", put_back(name)));
            }
            let known: Vec<&str> =
                self.policy.doors.iter().map(|door| &*door.environment).collect();
            Failure::new(ExitCode::Usage, message).hint(format!("it has {}", known.join(", ")))
        })
    }

    /// By what it is judged whether a request still stands.
    ///
    /// # Errors
    /// [`Failure`] when the passport of its version or of a revoked one cannot be read.
    pub(in crate::cli) fn ground<'a>(
        &'a self,
        (objects, replayed): (&Objects, &'a Replayed),
        asked: &Request,
        now: Timestamp,
    ) -> Result<Ground<'a>, Failure> {
        let door = self.known_door(&asked.environment);
        let state = replayed.state();
        let bar = hearing::bar(objects, state, &asked.model, &asked.version)?;
        // Another may have been put in force since this one was read.
        let policy = state.policy();
        Ok(Ground { state, policy, door, bar, now })
    }
}

/// Whether a policy that was in force before knew an environment, as far as policies can be read.
fn was_known(access: &Access, name: &EnvironmentName) -> bool {
    let former = access.replayed.events().iter().filter_map(|event| match event.body {
        EventBody::PolicyChanged { previous, .. } => previous,
        _ => None,
    });
    let former = former.filter_map(|digest| object(access, digest).ok());
    let mut former = former.filter_map(|bytes| policy::parse("a former policy", &bytes).ok());
    former.any(|policy| policy.doors.iter().any(|door| door.environment == name.as_ref()))
}

/// What has to be done before anything is moved where the policy has no door.
pub(in crate::cli) fn put_back(environment: &EnvironmentName) -> String {
    format!("put a policy in force that has `{environment}`: `driftgate registry policy POLICY`")
}
