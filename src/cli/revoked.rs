//! That a version was revoked, as commands say it.

use serde_json::Value;

use super::failure::Failure;
use super::gone::before_moving;
use super::held;
use super::promotion::names;
use super::registry_access::Access;
use crate::lineage::{Revoked, SameFiles, files_revoked_document};
use crate::registry::event::{EnvironmentName, ModelName, VersionName};
use crate::registry::state::Revocation;
use crate::registry::{Bar, Bars, Objects, State, hearing};
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

/// Whose files the versions of a state have, as far as any of them was revoked.
pub(in crate::cli) struct Files<'s> {
    objects: &'s Objects,
    state: &'s State,
    bars: Result<Bars<'s>, String>,
}

impl<'s> Files<'s> {
    /// Reads what the revoked versions are made of.
    pub(in crate::cli) fn of(access: &'s Access, state: &'s State) -> Self {
        let objects = access.registry.objects();
        let bars = Bars::of(objects, state).map_err(|error| error.to_string());
        Self { objects, state, bars }
    }

    /// The revocation of the files of a version that was not revoked itself, or why nobody can tell.
    fn bar(&self, model: &ModelName, version: &VersionName) -> Result<Option<Bar<'s>>, String> {
        let is_revoked = self.state.revocation(model, version).is_some();
        if is_revoked || self.state.revocations().next().is_none() {
            return Ok(None);
        }
        let bars = self.bars.as_ref().map_err(Clone::clone)?;
        let (passport, _) = hearing::passport(self.objects, self.state, model, version)
            .map_err(|error| format!("whose files {model}@{version} has: {error}"))?;
        Ok(bars.against(&passport))
    }

    /// A line for each version of a model that has the files of a revoked one under another name.
    pub(in crate::cli) fn lines(&self, model: &ModelName) -> Vec<String> {
        let line = |version: &VersionName| match self.bar(model, version) {
            Ok(bar) => Some(format!("revoked   {model}@{version} {}", bar?)),
            // Told once, of no version alone.
            Err(_) if self.bars.is_err() => None,
            Err(reason) => Some(format!("unknown   {reason}")),
        };
        let known = self.state.models().get(model);
        known.into_iter().flat_map(|known| known.versions.keys()).filter_map(line).collect()
    }

    /// Why nobody can tell which files were revoked.
    pub(in crate::cli) fn unknown(&self) -> Option<String> {
        self.bars.as_ref().err().map(|reason| format!("unknown   {reason}"))
    }

    /// By which version the files of one were revoked, behind that it runs.
    pub(in crate::cli) fn mark(&self, model: &ModelName, version: &VersionName) -> Option<String> {
        let bar = self.bar(model, version).ok()??;
        let ((model, version), since) = (bar.other()?, bar.revocation().step.seq());
        Some(format!(", has the files of {model}@{version}, revoked by event {since}"))
    }

    /// The same for programs. `known` is the state that knows which times are believed.
    pub(in crate::cli) fn document(
        &self,
        known: &State,
        model: &ModelName,
        version: &VersionName,
    ) -> Value {
        let files = self.bar(model, version);
        files_revoked_document(&files.map(|bar| bar.and_then(|bar| SameFiles::of(known, bar))))
    }
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
            "{before}promote another version, or end the hold on {held} (`{}`) and go back to it \
             (`{back} --to {held} --reason WHY`)",
            held::command(&access.replayed, model, environment, Some(held))
        ),
        (None, None) => {
            format!("{before}promote another version: none that ran there before can run again")
        }
    })
}
