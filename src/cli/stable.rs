//! `@stable`: the data that the version in service was trained on, by the ledger.

use super::args::CheckArgs;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::judge::LoadedPolicy;
use super::output::say;
use super::promotion::{bar, passport};
use super::registry_access::Access;
use super::registry_args::RegistryArgs;
use crate::registry::event::{EnvironmentName, ModelName};
use crate::report::Report;
use crate::snapshot::SnapshotId;

/// What the word stands for.
pub(in crate::cli) struct Stable {
    /// Where the data lie.
    pub(in crate::cli) path: String,
    /// What they must hash to.
    id: SnapshotId,
    /// Whose data they are, for messages.
    whose: String,
}

impl Stable {
    /// Looks the word up, when it stands for the reference: the training data of the version that
    /// runs where the policy's door of `--env` says.
    ///
    /// # Errors
    /// [`Failure`] when environment or model are not named, nothing runs there, or its passport
    /// does not say where its training data lie.
    pub(in crate::cli) fn of(
        args: &CheckArgs,
        policy: &LoadedPolicy,
    ) -> Result<Option<Self>, Failure> {
        if !matches!(&args.reference[..], [only] if only == WORD) {
            return Ok(None);
        }
        let usage = |message: String| Failure::new(ExitCode::Usage, message);
        let (Some(environment), Some(model)) = (&args.env, &args.model) else {
            return Err(usage(format!("`{WORD}` needs `--env` and `--model`"))
                .hint("write `--env staging --model fraud`"));
        };
        let door = policy.policy.doors.iter().find(|door| door.environment == *environment);
        let door =
            door.ok_or_else(|| usage(format!("the policy knows no environment `{environment}`")))?;
        let name = model.split_once('@').map_or(model.as_str(), |(name, _)| name);
        let name: ModelName = name.parse().map_err(|error| usage(format!("{error}")))?;
        let place: EnvironmentName =
            door.reference.parse().map_err(|error| usage(format!("{error}")))?;
        let access = Access::of(&RegistryArgs {
            registry: args.registry.clone(),
            keyring: args.keyring.clone(),
            require_head: None,
            pin: None,
        })?;
        let Some(version) = access.replayed.state().current(&name, &place) else {
            return Err(usage(format!("no version of `{name}` runs in `{place}` yet"))
                .hint("name the data of the first version by `--reference PATH`"));
        };
        let (passport, _) = passport(&access, &name, version)?;
        let whose = format!("{name}@{version} in {place}");
        if let Some(bar) = bar(&access, &name, version)? {
            say(&format!("warning: the reference is that of {whose}, which {bar}"));
        }
        let data = passport.data.get(crate::registry::passport::TRAINING);
        let (Some(id), Some(path)) =
            (passport.training(), data.and_then(|data| data.location.clone()))
        else {
            let message = format!("the passport of {whose} does not say where its data lie");
            return Err(usage(message).hint("name them by `--reference PATH`"));
        };
        Ok(Some(Self { path, id, whose }))
    }

    /// That a report compared with these very data.
    ///
    /// # Errors
    /// [`Failure`] with both identities.
    pub(in crate::cli) fn confirm(&self, report: &Report) -> Result<(), Failure> {
        let found = report.predicate.reference.as_ref().map(|side| side.snapshot_id.as_str());
        if found == Some(self.id.to_string().as_str()) {
            return Ok(());
        }
        let found = found.unwrap_or("nothing");
        let Self { path, id, whose } = self;
        let message =
            format!("E_REFERENCE: `{path}` holds `{found}`, but {whose} was trained on `{id}`");
        Err(Failure::new(ExitCode::Refused, message)
            .hint("name by `--reference PATH` where the data lie now"))
    }
}

const WORD: &str = "@stable";
