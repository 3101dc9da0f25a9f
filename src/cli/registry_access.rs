//! Opens the registry that the command line names, believing whom it says.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use super::commands::keyring;
use super::environment::Environment;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::in_force::InForce;
use super::input::read_small;
use super::movers::concerned;
use super::output::say;
use super::registry_args::{RegistryArgs, SignerArgs};
use super::signing_key::SigningKey;
use super::who_may::{counted, movers, people, refused};
use crate::clock::Timestamp;
use crate::durable;
use crate::registry::event::{EVENT_TYPE, EventBody};
use crate::registry::pin::PIN_BYTES_MAX;
use crate::registry::{Anchor, Appended, Pin, Registry, Replayed, VerifiedEvent, heads};
use crate::signing::Signer;
use crate::signing::keyring::Demand;

/// A registry replayed, and what was seen of it before.
pub(in crate::cli) struct Access {
    /// The folder.
    pub(in crate::cli) registry: Registry,
    /// Its ledger.
    pub(in crate::cli) replayed: Replayed,
}

impl Access {
    /// Opens, replays, and holds the ledger to `--require-head` and `--pin`, which is then brought
    /// up to date.
    ///
    /// # Errors
    /// [`Failure`]: no registry, a fault in it, storage.
    pub(in crate::cli) fn of(args: &RegistryArgs) -> Result<Self, Failure> {
        let registry = Registry::open(&args.registry)?;
        let replayed = registry.load(&anchor(args)?)?;
        for pin in pins(args)? {
            replayed.confirm_pin(&pin)?;
        }
        keep_pin(args, &replayed.pin())?;
        Ok(Self { registry, replayed })
    }

    /// Adds an event; tries again behind the events of others as long as `decide`, which is asked
    /// each time what the event is to be and which objects come with it, wants it. Nothing is written
    /// of what is refused; only objects of who was not first may be left.
    ///
    /// # Errors
    /// [`Failure`] of `decide`, or of the registry.
    pub(in crate::cli) fn append(
        &mut self,
        signer: &impl Signer,
        environment: &Environment,
        mut decide: impl FnMut(&Replayed) -> Result<(EventBody, Vec<Vec<u8>>), Failure>,
    ) -> Result<VerifiedEvent, Failure> {
        for _ in 0..ATTEMPTS_MAX {
            let (body, objects) = decide(&self.replayed)?;
            if let Some(event) = self.append_once(signer, environment, body, &objects)? {
                return Ok(event);
            }
        }
        let message = format!("others wrote {ATTEMPTS_MAX} events while this one was tried");
        Err(Failure::new(ExitCode::Refused, format!("E_CONFLICT: {message}")).hint("try again"))
    }

    /// Adds an event behind the head that is known; nothing when another event was written there
    /// first, which is then taken up.
    ///
    /// # Errors
    /// [`Failure`] of the registry.
    pub(in crate::cli) fn append_once(
        &mut self,
        signer: &impl Signer,
        environment: &Environment,
        body: EventBody,
        objects: &[Vec<u8>],
    ) -> Result<Option<VerifiedEvent>, Failure> {
        let moment = environment.moment();
        let tried = body.clone();
        let replayed = &mut self.replayed;
        let appended = self.registry.append_with(replayed, body, objects, &[], signer, moment);
        let key = signer.public().id();
        match appended.map_err(|error| refused(error, &tried, key, &self.replayed, moment.at))? {
            Appended::Done(event) => {
                self.refresh_heads();
                Ok(Some(event))
            }
            Appended::Conflict { .. } => Ok(None),
        }
    }

    /// That whoever has this key may write events: asked before anything is done outside that an event
    /// is to tell of.
    ///
    /// # Errors
    /// [`Failure`] with the code that the ledger has for it, and who may.
    pub(in crate::cli) fn confirm_writer(
        &self,
        signer: &impl Signer,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let keyring = self.replayed.keyring();
        let demand = Demand {
            now,
            predicate: EVENT_TYPE,
            environment: None,
            role: None,
            identities: NonZeroUsize::MIN,
        };
        let Err(why) = counted(keyring, signer.public().id(), &demand) else { return Ok(()) };
        let who = self.doers(now)?;
        Err(Failure::new(ExitCode::Refused, format!("{why}: nothing was done")).hint(who))
    }

    /// Those who may do something outside where something may have to be done; where there is nothing of
    /// the kind, all who may write events.
    fn doers(&self, now: Timestamp) -> Result<String, Failure> {
        let keyring = self.replayed.keyring();
        let all = || people(keyring, EVENT_TYPE, None, &BTreeSet::new(), now);
        if self.replayed.state().policy().is_none() {
            return Ok(all());
        }
        let in_force = InForce::of(self)?;
        let concerned = concerned(self, &in_force);
        Ok(movers(keyring, &in_force, concerned, now).unwrap_or_else(all))
    }

    /// Brings the files up to date that say what runs where. They are a cache: the event stands
    /// whether this succeeds or not.
    pub(in crate::cli) fn refresh_heads(&self) {
        if let Err(error) = heads::refresh(&self.registry, &self.replayed) {
            let failure = Failure::from(error);
            say(&format!("warning: the cache `heads` is out of date: {failure}"));
        }
    }
}

/// Whom to believe.
///
/// # Errors
/// [`Failure`] when the keyring cannot be read.
pub(in crate::cli) fn anchor(args: &RegistryArgs) -> Result<Anchor, Failure> {
    match &args.keyring {
        Some(path) => Ok(Anchor::keyring(&keyring::read(path)?)),
        None => Ok(Anchor::Founding),
    }
}

/// What was seen before: by `--require-head`, and in the file of `--pin`. Where nothing was pinned
/// yet that is said: what was never seen cannot be missed.
///
/// # Errors
/// [`Failure`] when the file holds no pin, or the folder of a file that is named is not there.
pub(in crate::cli) fn pins(args: &RegistryArgs) -> Result<Vec<Pin>, Failure> {
    let mut pins: Vec<Pin> =
        args.require_head.map(|head| Pin { registry: None, head }).into_iter().collect();
    let Some(path) = pin_path(args) else {
        return Ok(pins);
    };
    if path.symlink_metadata().is_err() {
        confirm_folder(args, &path)?;
        say(&format!("note: nothing was pinned in `{}` before: first use", path.display()));
    } else {
        let bytes = read_small(&path, PIN_BYTES_MAX.0, ExitCode::Unreadable)?;
        let pin = Pin::read(&bytes).map_err(|error| {
            Failure::new(ExitCode::Unreadable, format!("`{}`: {error}", path.display()))
        })?;
        pins.push(pin);
    }
    Ok(pins)
}

/// Writes what was seen now into the file of `--pin`.
///
/// # Errors
/// [`Failure`] when it cannot be written.
pub(in crate::cli) fn keep_pin(args: &RegistryArgs, pin: &Pin) -> Result<(), Failure> {
    match pin_path(args) {
        Some(path) => Ok(durable::replace(&path, &pin.to_json())?),
        None => Ok(()),
    }
}

/// That the folder is there in which a pin is named; the registry's own is made when needed.
fn confirm_folder(args: &RegistryArgs, path: &Path) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.starts_with(&args.registry) && !folder.is_dir() => {
            let message = format!("`{}` for --pin is not there", folder.display());
            Err(Failure::new(ExitCode::Usage, message)
                .hint("make the folder, or name the pin's file as it was named before"))
        }
        _ => Ok(()),
    }
}

fn pin_path(args: &RegistryArgs) -> Option<PathBuf> {
    let path = args.pin.as_deref()?;
    let bare = path.components().count() == 1 && path.extension().is_none();
    if !bare {
        return Some(path.to_owned());
    }
    Some(args.registry.join("pins").join(path).with_extension("json"))
}

/// The key that the arguments name.
///
/// # Errors
/// [`Failure`] when it cannot be read or opened.
pub(in crate::cli) fn signer(
    args: &SignerArgs,
    environment: &Environment,
) -> Result<SigningKey, Failure> {
    let (password, public) = (args.password_file.as_deref(), args.public_key.as_deref());
    SigningKey::named(&args.key, password, public, environment)
}

/// A file that is put into the registry.
///
/// # Errors
/// [`Failure`] when it cannot be read.
pub(in crate::cli) fn document(path: &Path) -> Result<Vec<u8>, Failure> {
    read_small(path, crate::yaml::BYTES_MAX as u64, ExitCode::Usage)
}

/// More writers than meet at once; each attempt that fails means that another has succeeded.
const ATTEMPTS_MAX: usize = 256;
