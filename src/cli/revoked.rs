//! That a version was revoked, as commands say it.

use serde_json::Value;

use super::failure::Failure;
use super::gone::before_moving;
use super::promotion::names;
use super::registry_access::Access;
use crate::lineage::Revoked;
use crate::registry::event::{EnvironmentName, ModelName, VersionName};
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
    let goes = |version: &VersionName| {
        let known = hearing::passport(objects, state, model, version);
        known.is_ok_and(|(passport, _)| bars.against(&passport).is_none())
    };
    let back = format!("driftgate rollback --model {model} --env {environment}");
    if bars.ways_back(objects, model, environment).first().is_some_and(|to| goes(to)) {
        return Ok(format!("{before}{back} --reason WHY"));
    }
    let place = state.place(model, environment).cloned().unwrap_or_default();
    let mut former = place.former();
    former.retain(|to| goes(to));
    let is_held = |to: &VersionName| place.holds.contains_key(&Some(to.clone()));
    Ok(match (former.iter().find(|to| !is_held(to)), former.first()) {
        (Some(to), _) => format!("{before}{back} --to {to} --reason WHY"),
        (None, Some(held)) => format!(
            "{before}promote another version, or end the hold on {held} (`driftgate hold release \
             --model {model} --env {environment} --version {held}`) and go back to it by `--to {held}`"
        ),
        (None, None) => {
            format!("{before}promote another version: none that ran there before can run again")
        }
    })
}
