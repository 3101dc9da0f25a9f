//! That a version was revoked, as commands say it.

use serde_json::Value;

use super::failure::Failure;
use super::gone::before_moving;
use super::promotion::names;
use super::registry_access::Access;
use crate::lineage::Revoked;
use crate::registry::event::{EnvironmentName, ModelName};
use crate::registry::state::Revocation;
use crate::registry::{Bars, State, hearing};
use crate::verdict::text;

/// Since when, by whom and why, in a line.
pub(in crate::cli) fn line(revoked: &Revocation) -> String {
    let Revocation { by, role, reason, step } = revoked;
    let (since, reason) = (step.seq(), text::phrase(reason.as_ref()));
    format!("since event {since} by {} as {role}: {reason}", names(by))
}

/// The same for programs; null for a version that was not revoked. `known` is the state that knows
/// which times are believed.
pub(in crate::cli) fn document(known: &State, revoked: Option<&Revocation>) -> Value {
    revoked.map_or(Value::Null, |revoked| Revoked::of(known, revoked).document())
}

/// A line for each version that has the files of a revoked one under another name.
pub(in crate::cli) fn same_files(access: &Access, model: Option<&ModelName>) -> Vec<String> {
    let (objects, state) = (access.registry.objects(), access.replayed.state());
    let bars = match Bars::of(objects, state) {
        Ok(bars) => bars,
        Err(error) => return vec![format!("unknown   {error}")],
    };
    let models = state.models().iter().filter(|(name, _)| model.is_none_or(|one| one == *name));
    let all = models.flat_map(|(name, known)| {
        let versions = known.versions.iter().filter(|(_, known)| known.revoked.is_none());
        versions.map(move |(version, _)| (name, version))
    });
    let line = |(name, version)| match hearing::passport(objects, state, name, version) {
        Ok((passport, _)) => {
            Some(format!("revoked   {name}@{version} {}", bars.against(&passport)?))
        }
        Err(error) => Some(format!("unknown   whose files {name}@{version} has: {error}")),
    };
    if state.revocations().next().is_none() { Vec::new() } else { all.filter_map(line).collect() }
}

/// What takes a revoked version away from where it runs.
///
/// # Errors
/// [`Failure`] when the passport of a revoked version cannot be read.
pub(in crate::cli) fn way_out(
    access: &Access,
    model: &ModelName,
    environment: &EnvironmentName,
) -> Result<String, Failure> {
    let (objects, state) = (access.registry.objects(), access.replayed.state());
    let bars = Bars::of(objects, state).map_err(Failure::from)?;
    let before = before_moving(access, environment);
    let before = before.map_or(String::new(), |before| format!("{before}; then "));
    let out = match bars.ways_back(objects, model, environment).first() {
        Some(_) => format!("driftgate rollback --model {model} --env {environment} --reason WHY"),
        None => {
            "promote another version; `rollback` goes to none that ran there before unless it is \
                 named by `--to`"
                .to_owned()
        }
    };
    Ok(before + &out)
}
