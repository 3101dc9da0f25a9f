//! Whether the objects that an event rests on say what the event says.

use std::num::NonZeroUsize;

use super::fault::EventFault;
use crate::identity::Sha256Digest;
use crate::registry::event::{EnvironmentName, Event, EventBody, ModelName, VersionName};
use crate::registry::objects::Objects;
use crate::registry::request::RequestDocument;
use crate::registry::state::State;
use crate::registry::summary::Summarised;
use crate::signing::{TrustedKeys, verify};

/// By what the objects of an event are judged.
pub(super) struct Papers<'a> {
    pub(super) objects: &'a Objects,
    /// The state before the event; none where that cannot be told.
    pub(super) state: Option<&'a State>,
    /// The keys that signed the event.
    pub(super) keys: &'a TrustedKeys,
}

impl Papers<'_> {
    /// # Errors
    /// [`EventFault::Object`], [`EventFault::NoDocument`], [`EventFault::Differs`]
    pub(super) fn confirm(&self, event: &Event) -> Result<(), EventFault> {
        match &event.body {
            EventBody::Requested { request, .. } => self.request(event, *request),
            EventBody::Promoted { vsa, model, version, environment, .. } => {
                self.summary(*vsa, model, version, environment)
            }
            EventBody::RolledBack { vsa, model, to_version, environment, .. } => {
                self.summary(*vsa, model, to_version, environment)
            }
            _ => Ok(()),
        }
    }

    /// That the request which people read is the one that the ledger acts upon.
    fn request(&self, event: &Event, digest: Sha256Digest) -> Result<(), EventFault> {
        const WHAT: &str = "request";
        let EventBody::Requested { model, version, environment, reports, .. } = &event.body else {
            return Ok(());
        };
        let document = RequestDocument::read(&self.read(WHAT, digest)?)
            .map_err(|error| no_document(WHAT, digest, &error.to_string()))?;
        let head = document.head;
        let known = self.state.is_none_or(|state| state.event(head.seq) == Some(head));
        let differs = (document.registry != event.registry)
            .then_some("the registry")
            .or_else(|| document.difference(model, version, environment, reports))
            .or_else(|| (!known).then_some("the events before it"));
        differs.map_or(Ok(()), |differs| Err(EventFault::Differs { what: WHAT, digest, differs }))
    }

    /// That those who signed the event have signed a summary of it, under the policy in force.
    fn summary(
        &self,
        digest: Sha256Digest,
        model: &ModelName,
        version: &VersionName,
        environment: &EnvironmentName,
    ) -> Result<(), EventFault> {
        const WHAT: &str = "verification summary";
        let Some(state) = self.state else { return Ok(()) };
        let payload = verify(&self.read(WHAT, digest)?, self.keys, NonZeroUsize::MIN)
            .map_err(|refusal| no_document(WHAT, digest, &refusal.to_string()))?;
        let summary = Summarised::read(&payload)
            .map_err(|error| no_document(WHAT, digest, &error.to_string()))?;
        let differs = summary.difference(model, version, environment, state.policy());
        differs.map_or(Ok(()), |differs| Err(EventFault::Differs { what: WHAT, digest, differs }))
    }

    fn read(&self, what: &str, digest: Sha256Digest) -> Result<Vec<u8>, EventFault> {
        read(self.objects, what, digest)
    }
}

/// The bytes of an object.
pub(super) fn read(
    objects: &Objects,
    what: &str,
    digest: Sha256Digest,
) -> Result<Vec<u8>, EventFault> {
    let what = || format!("the {what}");
    objects.get(digest).map_err(|error| EventFault::Object { what: what(), error })
}

/// That an object is not what the event names it as, by the first line of why.
pub(super) fn no_document(what: &'static str, digest: Sha256Digest, reason: &str) -> EventFault {
    let reason = reason.lines().next().unwrap_or_default().to_owned();
    EventFault::NoDocument { what, digest, reason }
}
