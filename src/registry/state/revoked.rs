//! What follows from it that versions were revoked.

use super::State;
use super::model::{Place, Revocation};
use crate::registry::event::{EnvironmentName, ModelName, VersionName};

impl State {
    /// The revocation of a version, when it was revoked.
    #[must_use]
    pub fn revocation(&self, model: &ModelName, version: &VersionName) -> Option<&Revocation> {
        self.version(model, version)?.revoked.as_ref()
    }

    /// The versions that one can go back to in an environment: those of [`Place::ways_back`] that
    /// were not revoked, the latest first.
    #[must_use]
    pub fn ways_back(&self, model: &ModelName, environment: &EnvironmentName) -> Vec<&VersionName> {
        let mut found = self.place(model, environment).map(Place::ways_back).unwrap_or_default();
        found.retain(|&version| self.revocation(model, version).is_none());
        found
    }

    /// The environments that a version runs in. A revocation moves nothing: people do.
    pub fn runs_in<'s>(
        &'s self,
        model: &ModelName,
        version: &'s VersionName,
    ) -> impl Iterator<Item = &'s EnvironmentName> {
        let places = self.models().get(model).into_iter().flat_map(|model| &model.environments);
        let runs = places.filter(move |(_, place)| place.current.as_ref() == Some(version));
        runs.map(|(environment, _)| environment)
    }
}
