//! The state, and what it is asked.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Model, Place, Step, Version};
use super::request::{Request, RequestState};
use super::times::Times;
use crate::clock::Timestamp;
use crate::identity::{Digest, Sha256Digest};
use crate::registry::event::{
    ActionName, ActionOutcome, EnvironmentName, EventBody, EventReference, ModelName, Seq,
    VersionName,
};

/// What follows from the events so far. The default is that of a registry not begun.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    pub(super) founded: Option<Founding>,
    pub(super) digests: Vec<Sha256Digest>,
    pub(super) models: BTreeMap<ModelName, Model>,
    pub(super) requests: BTreeMap<Sha256Digest, Request>,
    /// Reports and their ids, by the event that took them up.
    pub(super) reports: BTreeMap<Digest, Seq>,
    pub(super) consumed: BTreeMap<(ModelName, EnvironmentName, Digest), Seq>,
    pub(super) actions: BTreeMap<Seq, Actions>,
    pub(super) times: Times,
}

/// What the founding event has begun, as it stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Founding {
    pub(super) registry: Sha256Digest,
    pub(super) keyring: Sha256Digest,
    pub(super) policy: Option<Sha256Digest>,
}

/// What is to be done outside about a promotion or a rollback, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actions {
    /// The event.
    pub event: EventReference,
    /// What is still to be done.
    pub due: BTreeSet<ActionName>,
    /// What has come to its end.
    pub done: BTreeMap<ActionName, (ActionOutcome, Step)>,
}

impl State {
    /// The registry's id; none before it is founded.
    #[must_use]
    pub fn registry(&self) -> Option<Sha256Digest> {
        self.founded.map(|founded| founded.registry)
    }

    /// The keyring in force.
    #[must_use]
    pub fn keyring(&self) -> Option<Sha256Digest> {
        self.founded.map(|founded| founded.keyring)
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> Option<Sha256Digest> {
        self.founded.and_then(|founded| founded.policy)
    }

    /// All models.
    #[must_use]
    pub fn models(&self) -> &BTreeMap<ModelName, Model> {
        &self.models
    }

    /// A version that was registered.
    #[must_use]
    pub fn version(&self, model: &ModelName, version: &VersionName) -> Option<&Version> {
        self.models.get(model)?.versions.get(version)
    }

    /// What runs, ran and is held in an environment.
    #[must_use]
    pub fn place(&self, model: &ModelName, environment: &EnvironmentName) -> Option<&Place> {
        self.models.get(model)?.environments.get(environment)
    }

    /// The environment in which an event moved something; none when it moved nothing.
    #[must_use]
    pub fn moved_in(&self, seq: Seq) -> Option<&EnvironmentName> {
        let mut places = self.models.values().flat_map(|model| &model.environments);
        let moved = |place: &Place| {
            place.history.binary_search_by_key(&seq, |made| made.step.seq()).is_ok()
        };
        places.find(|(_, place)| moved(place)).map(|(environment, _)| environment)
    }

    /// The environment that an event is about: the one that it names, that of its request, or that in
    /// which the event that it names moved something.
    #[must_use]
    pub fn environment_of<'s>(&'s self, body: &'s EventBody) -> Option<&'s EnvironmentName> {
        match body {
            EventBody::Approved { request, .. } | EventBody::Rejected { request, .. } => {
                Some(&self.request(*request)?.environment)
            }
            EventBody::ActionDone { event, .. } | EventBody::Incident { event, .. } => {
                self.moved_in(event.seq)
            }
            _ => body.environment(),
        }
    }

    /// Whether anything ever ran, was held or was asked for in an environment.
    #[must_use]
    pub fn knows(&self, environment: &EnvironmentName) -> bool {
        self.models.values().any(|model| model.environments.contains_key(environment))
            || self.requests.values().any(|request| request.environment == *environment)
    }

    /// The version that runs in an environment.
    #[must_use]
    pub fn current(
        &self,
        model: &ModelName,
        environment: &EnvironmentName,
    ) -> Option<&VersionName> {
        self.place(model, environment)?.current.as_ref()
    }

    /// All requests by their digest.
    #[must_use]
    pub fn requests(&self) -> &BTreeMap<Sha256Digest, Request> {
        &self.requests
    }

    /// A request.
    #[must_use]
    pub fn request(&self, request: Sha256Digest) -> Option<&Request> {
        self.requests.get(&request)
    }

    /// Requests that wait for an answer.
    pub fn open_requests(&self) -> impl Iterator<Item = (Sha256Digest, &Request)> {
        let open = |(_, request): &(_, &Request)| request.state == RequestState::Open;
        self.requests.iter().map(|(&digest, request)| (digest, request)).filter(open)
    }

    /// The promotion that used a report up for an environment of a model.
    #[must_use]
    pub fn consumed(
        &self,
        model: &ModelName,
        environment: &EnvironmentName,
        report_id: Digest,
    ) -> Option<Seq> {
        self.consumed.get(&(model.clone(), environment.clone(), report_id)).copied()
    }

    /// Promotions and rollbacks about which something was to be done.
    #[must_use]
    pub fn actions(&self) -> &BTreeMap<Seq, Actions> {
        &self.actions
    }

    /// What is still to be done, in the order of the events.
    pub fn open_actions(&self) -> impl Iterator<Item = (EventReference, &ActionName)> {
        let due = |actions: &'_ Actions| actions.event;
        self.actions
            .values()
            .flat_map(move |actions| actions.due.iter().map(move |name| (due(actions), name)))
    }

    /// Whether all that an event asks for outside is done.
    #[must_use]
    pub fn is_finished(&self, seq: Seq) -> bool {
        self.actions.get(&seq).is_none_or(|actions| actions.due.is_empty())
    }

    /// The last event.
    #[must_use]
    pub fn head(&self) -> Option<EventReference> {
        let digest = *self.digests.last()?;
        Some(EventReference { seq: Seq(self.digests.len() as u64), digest })
    }

    /// When something happened, as far as is believed: the time of its event, or where that was
    /// corrected the time of the last event before.
    #[must_use]
    pub fn believed_time(&self, step: Step) -> Timestamp {
        self.times.believed(step.seq(), step.at)
    }

    /// An event by its number.
    #[must_use]
    pub fn event(&self, seq: Seq) -> Option<EventReference> {
        let index = usize::try_from(seq.0.checked_sub(1)?).ok()?;
        Some(EventReference { seq, digest: *self.digests.get(index)? })
    }
}
