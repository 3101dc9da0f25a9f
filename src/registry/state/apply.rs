//! The fold: one event after the other. Everything is asked before anything is changed.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Hold, Report, Revocation, Step, Version};
use super::request::{Approval, Request, RequestState};
use super::state_now::{Actions, Founding};
use super::{Entry, State, Transition};
use crate::identity::{Digest, Sha256Digest};
use crate::registry::event::{
    ActionName, ActionOutcome, EventBody, EventReference, ModelName, Seq, VersionName,
};
use crate::verdict::text;

impl State {
    /// The state after some first events, which were allowed.
    ///
    /// # Errors
    /// As [`Self::apply`].
    pub fn after<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Result<Self, Transition> {
        let mut state = Self::default();
        entries.into_iter().try_for_each(|entry| state.apply(entry))?;
        Ok(state)
    }

    /// Takes the next event.
    ///
    /// # Errors
    /// [`Transition`], why it is not allowed; the state is then as it was.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), Transition> {
        let expected = self.head().map_or(Seq::FIRST, |head| head.seq.next());
        if entry.seq != expected {
            return Err(Transition::Order { expected });
        }
        match &entry.body {
            EventBody::Founded { keyring, policy, .. } => self.found(entry, *keyring, *policy),
            _ if self.founded.is_none() => Err(Transition::NotFounded),
            _ => self.apply_later(entry),
        }?;
        self.digests.push(entry.digest);
        match &entry.body {
            EventBody::ClockCorrected { event, .. } => {
                self.times.correct(event.seq, entry.seq, entry.at);
            }
            _ => self.times.note(entry.seq, entry.at),
        }
        Ok(())
    }

    fn found(
        &mut self,
        entry: &Entry,
        keyring: Sha256Digest,
        policy: Option<Sha256Digest>,
    ) -> Result<(), Transition> {
        if self.founded.is_some() {
            return Err(Transition::FoundedTwice);
        }
        self.founded = Some(Founding { registry: entry.registry, keyring, policy });
        Ok(())
    }

    fn apply_later(&mut self, entry: &Entry) -> Result<(), Transition> {
        let step = entry.step();
        match &entry.body {
            EventBody::Founded { .. } => Err(Transition::FoundedTwice),
            EventBody::Registered { model, version, passport } => {
                self.register(model, version, *passport, step)
            }
            EventBody::Reported { model, version, report, report_id, gates } => {
                let (report, report_id, gates) = (*report, *report_id, gates.clone());
                let report = Report { report, report_id, gates, step };
                self.report(model, version, report)
            }
            EventBody::Requested { request, model, version, environment, reports } => {
                let asked = Request {
                    model: model.clone(),
                    version: version.clone(),
                    environment: environment.clone(),
                    reports: reports.clone(),
                    by: entry.by.clone(),
                    step,
                    approvals: Vec::new(),
                    state: RequestState::Open,
                };
                self.ask(*request, asked)
            }
            EventBody::Approved { request, role, comment, approval } => {
                let (role, comment, by) = (role.clone(), comment.clone(), entry.by.clone());
                let approval = Approval { role, comment, approval: *approval, by, step };
                self.approve(*request, approval)
            }
            EventBody::Rejected { request, .. } => {
                self.open_request(*request)?.state = RequestState::Rejected(step);
                Ok(())
            }
            EventBody::Promoted { request, actions, .. } => {
                self.promote(*request, &entry.body, step)?;
                self.note(step.event, actions);
                Ok(())
            }
            EventBody::RolledBack { actions, .. } => {
                self.roll_back(&entry.body, step)?;
                self.note(step.event, actions);
                Ok(())
            }
            EventBody::Drilled { .. } => self.drill(&entry.body, step),
            EventBody::HoldPlaced { model, environment, version, role, comment } => {
                let hold = Hold { role: Some(role.clone()), comment: comment.clone(), step };
                self.hold(model, environment, version.as_ref(), hold)
            }
            EventBody::HoldReleased { model, environment, version, .. } => {
                self.release(model, environment, version.as_ref())
            }
            EventBody::PolicyChanged { policy, previous, .. } => {
                self.change("policy", *policy, *previous)
            }
            EventBody::KeyringChanged { keyring, previous, .. } => {
                self.change("keyring", *keyring, Some(*previous))
            }
            EventBody::Revoked { model, version, role, reason } => {
                let (by, role, reason) = (entry.by.clone(), role.clone(), reason.clone());
                self.usable(model, version)?.revoked = Some(Revocation { by, role, reason, step });
                Ok(())
            }
            EventBody::ClockCorrected { event, .. } => self.known(*event),
            EventBody::Incident { event, action, .. }
            | EventBody::ActionDone { event, action, outcome: ActionOutcome::PutRight, .. } => {
                self.known(*event)?;
                self.confirm_moved(event.seq, action)
            }
            EventBody::ActionDone { event, action, outcome, .. } => {
                self.known(*event)?;
                let not_due = || Transition::NotDue { seq: event.seq, action: action.clone() };
                let actions = self.actions.get_mut(&event.seq).ok_or_else(not_due)?;
                if !actions.due.remove(action) {
                    return Err(not_due());
                }
                actions.done.insert(action.clone(), (*outcome, step));
                Ok(())
            }
        }
    }

    fn register(
        &mut self,
        model: &ModelName,
        version: &VersionName,
        passport: Sha256Digest,
        step: Step,
    ) -> Result<(), Transition> {
        if let Some(known) = self.version(model, version) {
            let (model, version, since) = (model.clone(), version.clone(), known.registered.seq());
            return Err(Transition::Registered { model, version, since });
        }
        let new = Version { registered: step, passport, reports: Vec::new(), revoked: None };
        self.models.entry(model.clone()).or_default().versions.insert(version.clone(), new);
        Ok(())
    }

    fn report(
        &mut self,
        model: &ModelName,
        version: &VersionName,
        report: Report,
    ) -> Result<(), Transition> {
        let names = [Digest::from(report.report), report.report_id];
        for name in names {
            if let Some(&since) = self.reports.get(&name) {
                return Err(Transition::SameReport { report: name, since });
            }
        }
        let seq = report.step.seq();
        self.usable(model, version)?.reports.push(report);
        self.reports.extend(names.map(|name| (name, seq)));
        Ok(())
    }

    fn ask(&mut self, request: Sha256Digest, asked: Request) -> Result<(), Transition> {
        if let Some(known) = self.requests.get(&request) {
            return Err(Transition::SameRequest { request, since: known.step.seq() });
        }
        self.usable(&asked.model, &asked.version)?;
        self.confirm_unused(&asked)?;
        self.requests.insert(request, asked);
        Ok(())
    }

    fn approve(&mut self, request: Sha256Digest, approval: Approval) -> Result<(), Transition> {
        let open = self.open_request(request)?;
        let again = |known: &&Approval| known.role == approval.role && known.by == approval.by;
        if let Some(known) = open.approvals.iter().find(again) {
            let by: Vec<&str> = approval.by.iter().map(String::as_str).collect();
            let (by, since) = (text::name(&by.join(", ")), known.step.seq());
            return Err(Transition::SameApproval { by, since });
        }
        open.approvals.push(approval);
        Ok(())
    }

    fn change(
        &mut self,
        what: &'static str,
        digest: Sha256Digest,
        expected: Option<Sha256Digest>,
    ) -> Result<(), Transition> {
        let founded = self.founded.as_mut().ok_or(Transition::NotFounded)?;
        let found = if what == "policy" { founded.policy } else { Some(founded.keyring) };
        if found != expected {
            return Err(Transition::NotInForce { what, expected, found });
        }
        if found == Some(digest) {
            return Err(Transition::InForce { what, digest });
        }
        if what == "policy" {
            founded.policy = Some(digest);
        } else {
            founded.keyring = digest;
        }
        Ok(())
    }

    /// A version that is registered and not revoked.
    pub(super) fn confirm_usable(
        &self,
        model: &ModelName,
        version: &VersionName,
    ) -> Result<&Version, Transition> {
        let known = self.version(model, version);
        let (model, version) = (model.clone(), version.clone());
        match known {
            None => Err(Transition::Unregistered { model, version }),
            Some(Version { revoked: Some(revoked), .. }) => {
                Err(Transition::Revoked { model, version, since: revoked.step.seq() })
            }
            Some(known) => Ok(known),
        }
    }

    /// The same, to be changed.
    fn usable(
        &mut self,
        model: &ModelName,
        version: &VersionName,
    ) -> Result<&mut Version, Transition> {
        self.confirm_usable(model, version)?;
        let known = self.models.get_mut(model).and_then(|one| one.versions.get_mut(version));
        let (model, version) = (model.clone(), version.clone());
        known.ok_or(Transition::Unregistered { model, version })
    }

    pub(super) fn open_request(
        &mut self,
        request: Sha256Digest,
    ) -> Result<&mut Request, Transition> {
        let unknown = Transition::UnknownRequest { request };
        let known = self.requests.get_mut(&request).ok_or(unknown)?;
        let word = known.state.word();
        match known.state {
            RequestState::Open => Ok(known),
            RequestState::Rejected(step) | RequestState::Promoted(step) => {
                Err(Transition::RequestOver { request, word, since: step.seq() })
            }
        }
    }

    /// The ids of the reports that a request rests on, none of which has opened its environment.
    pub(super) fn confirm_unused(&self, asked: &Request) -> Result<Vec<Digest>, Transition> {
        let Request { model, version, environment, .. } = asked;
        let known = self.version(model, version).map(|version| version.reports.as_slice());
        let mut ids = Vec::new();
        for &report in &asked.reports {
            let found = known.unwrap_or_default().iter().find(|known| known.report == report);
            let Some(found) = found else {
                let (model, version) = (model.clone(), version.clone());
                return Err(Transition::UnknownReport { report, model, version });
            };
            let report_id = found.report_id;
            if let Some(since) = self.consumed(model, environment, report_id) {
                let environment = environment.clone();
                return Err(Transition::ReportConsumed { report_id, environment, since });
            }
            ids.push(report_id);
        }
        Ok(ids)
    }

    fn known(&self, event: EventReference) -> Result<(), Transition> {
        let known = self.event(event.seq) == Some(event);
        if known { Ok(()) } else { Err(Transition::UnknownEvent { event }) }
    }

    /// Notes what is to be done about an event.
    fn note(&mut self, event: EventReference, due: &BTreeSet<ActionName>) {
        if !due.is_empty() {
            let actions = Actions { event, due: due.clone(), done: BTreeMap::new() };
            self.actions.insert(event.seq, actions);
        }
    }
}
