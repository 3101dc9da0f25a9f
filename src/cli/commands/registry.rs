//! `driftgate registry`

use std::path::Path;

use super::{clock, governance, keyring, policy_change};
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::print;
use crate::cli::promotion::names;
use crate::cli::registry_access::{document, signer};
use crate::cli::registry_args::{RegistryCommand, RegistryInitArgs, RegistryKeyringArgs};
use crate::cli::who_may::refused;
use crate::identity::Sha256Digest;
use crate::policy;
use crate::registry::governance::Governed;
use crate::registry::ledger::EventFault;
use crate::registry::{
    Anchor, Appended, EventBody, Registry, RegistryError, Replayed, VerifiedEvent,
};
use crate::signing::keyring::Shortfall;
use crate::signing::{Keyring, Signer as _};

pub(in crate::cli) fn run(
    command: &RegistryCommand,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    match command {
        RegistryCommand::Init(args) => init(args, environment)?,
        RegistryCommand::Keyring(args) => change_keyring(args, environment)?,
        RegistryCommand::Policy(args) => policy_change::change(args, environment)?,
        RegistryCommand::ApprovePolicy(args) => {
            governance::approve(args, Governed::Policy, environment)?;
        }
        RegistryCommand::ApproveKeyring(args) => {
            governance::approve(args, Governed::Keyring, environment)?;
        }
        RegistryCommand::Clock(args) => clock::correct(args, environment)?,
    }
    Ok(ExitCode::Passed)
}

fn init(args: &RegistryInitArgs, environment: &Environment) -> Result<(), Failure> {
    let keyring = keyring_document(&args.keyring)?;
    let policy = args.policy.as_deref().map(policy_document).transpose()?;
    let signer = signer(&args.signer, environment)?;
    let (_, replayed) = Registry::found(
        &args.registry,
        &keyring,
        policy.as_deref(),
        &signer,
        environment.moment(),
    )?;
    say_head(&replayed)
}

fn change_keyring(args: &RegistryKeyringArgs, environment: &Environment) -> Result<(), Failure> {
    let bytes = keyring_document(&args.keyring)?;
    let next = keyring::read(&args.keyring)?;
    let signer = signer(&args.signer, environment)?;
    let registry = Registry::open(&args.registry)?;
    // Both keyrings have a say: what the next one revokes is looked at before it is in force.
    let mut replayed = registry.load_to_change_keyring(&Anchor::Founding)?;
    registry
        .load_to_change_keyring(&Anchor::keyring(&next))
        .map_err(|error| disowned(error, &next, &replayed))?;
    let previous = replayed.state().keyring();
    let previous =
        previous.ok_or_else(|| RegistryError::NotFounded { root: args.registry.clone() })?;
    let (envelopes, approvals) = governance::given(&args.approvals)?;
    let keyring = Sha256Digest::of(&bytes);
    let body = EventBody::KeyringChanged { keyring, previous, approvals };
    let (objects, moment) = ([envelopes, vec![bytes]].concat(), environment.moment());
    let tried = body.clone();
    let appended = registry.append_with(&mut replayed, body, &objects, &[], &signer, moment);
    let key = signer.public().id();
    match appended.map_err(|error| refused(error, &tried, key, &replayed, moment.at))? {
        Appended::Done(_) => say_head(&replayed),
        Appended::Conflict { winner } => {
            let message = format!("E_CONFLICT: event {} was written meanwhile", winner.seq);
            Err(Failure::new(ExitCode::Refused, message)
                .hint("look at it with `driftgate history`, then try again"))
        }
    }
}

/// That a keyring does not stand by an event that the one in force stands by: what it lacks.
fn disowned(error: RegistryError, next: &Keyring, replayed: &Replayed) -> Failure {
    let (seq, shortfall) = match &error {
        RegistryError::Event { seq, fault } => match &**fault {
            EventFault::Signer(shortfall) => (*seq, shortfall),
            _ => return error.into(),
        },
        _ => return error.into(),
    };
    let event = replayed.event(seq);
    let unknown = event.into_iter().flat_map(VerifiedEvent::keys);
    let unknown = unknown.copied().find(|key| next.owner_name(key).is_none());
    let (why, hint) = match (shortfall, unknown) {
        (Shortfall::TooFew { .. }, Some(key)) => {
            let by = event.map(|event| names(&event.in_force().by)).unwrap_or_default();
            (format!("it was signed by {by} with the key {key}, which the keyring lacks"), KEEP_KEY)
        }
        (Shortfall::Revoked { .. }, _) => (shortfall.to_string(), REVOKE_LATER),
        _ => (shortfall.to_string(), KEEP_REACH),
    };
    let code = shortfall.code();
    let message = format!("{code}: by the new keyring event {seq} would not count: {why}");
    Failure::new(ExitCode::Refused, message).hint(hint)
}

/// What to do with a key that signed something and is to sign nothing more.
const KEEP_KEY: &str = "whoever signed earlier events stays in the keyring, with that key: where it is \
                        to count no more, with `revoked_at` beside it";

/// What to do where a key is taken back from before what it signed.
const REVOKE_LATER: &str = "let `revoked_at` lie behind the last event that the key signed: \
                            `driftgate history` tells when that was";

/// What to do where somebody is to have less than their earlier events took.
const KEEP_REACH: &str = "what earlier events took stays as it is: the times, `environments` and \
                          `predicates` of who signed them; for less, take the key back with \
                          `revoked_at`, and give a new key under another identity";

/// The bytes of a keyring that is one.
pub(super) fn keyring_document(path: &Path) -> Result<Vec<u8>, Failure> {
    keyring::read(path)?;
    document(path)
}

/// The bytes of a policy that is one.
pub(super) fn policy_document(path: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = document(path)?;
    policy::parse(&path.display().to_string(), &bytes)?;
    Ok(bytes)
}

pub(super) fn say_head(replayed: &Replayed) -> Result<(), Failure> {
    print(|out| {
        writeln!(out, "registry  {}", replayed.registry())?;
        writeln!(out, "head      {}", replayed.head())
    })
}
