//! What follows from it that versions were revoked.

use super::State;
use super::model::Revocation;
use crate::registry::event::{EnvironmentName, ModelName, VersionName};

impl State {
    /// The revocation of a version, when it was revoked.
    #[must_use]
    pub fn revocation(&self, model: &ModelName, version: &VersionName) -> Option<&Revocation> {
        self.version(model, version)?.revoked.as_ref()
    }

    /// All versions that were revoked, whatever their model.
    pub fn revocations(&self) -> impl Iterator<Item = (&ModelName, &VersionName, &Revocation)> {
        self.models().iter().flat_map(|(model, known)| {
            let versions = known.versions.iter();
            versions
                .filter_map(move |(version, known)| Some((model, version, known.revoked.as_ref()?)))
        })
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
