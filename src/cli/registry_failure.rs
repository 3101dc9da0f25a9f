//! What a registry refuses, for people: the code, the message, and what to do next.

use super::exit_code::ExitCode;
use super::failure::Failure;
use crate::durable::{DurableError, Operation};
use crate::registry::event::GOVERNANCE_TYPE;
use crate::registry::ledger::EventFault;
use crate::registry::state::Transition;
use crate::registry::{PinFault, RegistryError};
use crate::signing::keyring::Shortfall;

impl From<RegistryError> for Failure {
    fn from(error: RegistryError) -> Self {
        let mut message = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            let text = error.to_string();
            if !message.contains(&text) {
                message = format!("{message}: {text}");
            }
            cause = error.source();
        }
        let failure = match error.code() {
            Some(code) => Self::new(ExitCode::Refused, format!("{code}: {message}")),
            None => Self::new(code_of(&error), message),
        };
        match people_hint(&error).or_else(|| hint(&error).map(str::to_owned)) {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl From<PinFault> for Failure {
    fn from(fault: PinFault) -> Self {
        Self::new(ExitCode::Refused, format!("E_LEDGER: {fault}")).hint(
            "compare with a copy of the registry from the time of the pin; without one, do not act \
             upon what this one says",
        )
    }
}

/// That a version, or any of a model, was never registered, whichever command is asked about it.
pub(in crate::cli) fn unregistered(said: &impl std::fmt::Display) -> Failure {
    Failure::new(ExitCode::Refused, format!("E_STATE: {said}")).hint(UNREGISTERED)
}

/// How a keyring says who may change keyring and policy, and approve such changes.
pub(in crate::cli) fn governors() -> String {
    format!("the keyring in force lists \"{GOVERNANCE_TYPE}\" in the `predicates` of who may")
}

fn code_of(error: &RegistryError) -> ExitCode {
    match error {
        RegistryError::NotFounded { .. } | RegistryError::Exists { .. } => ExitCode::Usage,
        _ => ExitCode::Unreadable,
    }
}

/// What to do about what people have to look at: clocks that differ, of which only they know which
/// is right, and consent that is missing.
fn people_hint(error: &RegistryError) -> Option<String> {
    let RegistryError::Refused { fault } = error else { return None };
    Some(match &**fault {
        EventFault::Governance(fault) => fault.hint().to_owned(),
        EventFault::Signer(Shortfall::Predicate { predicate, .. })
            if predicate == GOVERNANCE_TYPE =>
        {
            governors()
        }
        EventFault::Clock { by, .. } => format!(
            "set this machine's clock right (or SOURCE_DATE_EPOCH); if it is right and that of event \
             {by} was ahead: `driftgate registry clock {by} --comment WHY`"
        ),
        EventFault::Ahead { .. } => "this machine's clock was set back: try again".to_owned(),
        EventFault::Transition(Transition::Revoked { model, .. }) => format!(
            "a revocation is for good; `driftgate history --model {model}` tells who revoked it, and \
             why"
        ),
        EventFault::Transition(Transition::NoHold { .. }) => {
            "`driftgate status` lists the holds that stand: one about a version is released with \
             `--version`, one about all without"
                .to_owned()
        }
        EventFault::Transition(Transition::Unregistered { .. }) => UNREGISTERED.to_owned(),
        _ => return None,
    })
}

fn hint(error: &RegistryError) -> Option<&'static str> {
    Some(match error {
        RegistryError::NotFounded { .. } => {
            "found one with `driftgate registry init`, or name its folder with `--registry`"
        }
        RegistryError::Unrecorded { .. } => {
            "record it with `driftgate registry keyring KEYRING`, after a look at what that key \
             has signed (`driftgate history`)"
        }
        RegistryError::Refused { fault } if fault.code() == "E_KEY" => {
            "sign with a key that the keyring in force knows"
        }
        RegistryError::Write(DurableError::Io { operation: Operation::Flush, .. }) => {
            "the event may stand all the same: try again, and the answer tells"
        }
        RegistryError::Folder { .. } | RegistryError::Event { .. } => {
            "`driftgate audit` tells all that is wrong with the registry"
        }
        _ => return None,
    })
}

/// What to do about a version that there is not.
const UNREGISTERED: &str = "the lines `registered` of `driftgate history` tell which versions there \
                            are; `driftgate passport new` registers another";
