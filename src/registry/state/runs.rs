//! The part of the fold that says what runs where, and what is held.

use super::model::{Drill, Hold, Move, Place, Step};
use super::request::{Request, RequestState};
use super::{State, Transition};
use crate::identity::Sha256Digest;
use crate::registry::event::{ActionName, EnvironmentName, EventBody, ModelName, Seq, VersionName};
use crate::verdict::text;

impl State {
    pub(super) fn promote(
        &mut self,
        request: Sha256Digest,
        body: &EventBody,
        step: Step,
    ) -> Result<(), Transition> {
        let EventBody::Promoted { model, version, environment, from_version, .. } = body else {
            return Ok(());
        };
        let asked = self.open_request(request)?.clone();
        if (&asked.model, &asked.version, &asked.environment) != (model, version, environment) {
            let Request { model, version, environment, .. } = asked;
            return Err(Transition::OtherRequest { request, model, version, environment });
        }
        self.confirm_usable(model, version)?;
        let used = self.confirm_unused(&asked)?;
        let place = self.place(model, environment).cloned().unwrap_or_default();
        confirm_runs(&place, environment, from_version.as_ref())?;
        confirm_moves(&place, environment, version)?;
        if let Some(&(about, hold)) = place.holds_in_order().first() {
            return Err(held(environment, about, hold));
        }
        for report_id in used {
            let place = (model.clone(), environment.clone(), report_id);
            self.consumed.insert(place, step.seq());
        }
        self.open_request(request)?.state = RequestState::Promoted(step);
        let moved = Move {
            version: version.clone(),
            from: from_version.clone(),
            request: Some(request),
            reason: None,
            step,
        };
        self.place_mut(model, environment).moved(moved);
        Ok(())
    }

    pub(super) fn roll_back(&mut self, body: &EventBody, step: Step) -> Result<(), Transition> {
        let EventBody::RolledBack { model, environment, from_version, to_version, .. } = body
        else {
            return Ok(());
        };
        let EventBody::RolledBack { reason, hold, .. } = body else { return Ok(()) };
        self.confirm_way_back(model, environment, from_version, to_version)?;
        let place = self.place_mut(model, environment);
        place.moved(Move {
            version: to_version.clone(),
            from: Some(from_version.clone()),
            request: None,
            reason: Some(reason.clone()),
            step,
        });
        if *hold {
            let hold = Hold { role: None, comment: reason.clone(), step };
            place.holds.entry(Some(from_version.clone())).or_insert(hold);
        }
        Ok(())
    }

    /// That an event moved something, so that something may be done about it outside.
    pub(super) fn confirm_moved(&self, seq: Seq, action: &ActionName) -> Result<(), Transition> {
        let not_due = || Transition::NotDue { seq, action: action.clone() };
        self.moved_in(seq).map(|_| ()).ok_or_else(not_due)
    }

    pub(super) fn drill(&mut self, body: &EventBody, step: Step) -> Result<(), Transition> {
        let EventBody::Drilled { model, environment, from_version, to_version, .. } = body else {
            return Ok(());
        };
        let EventBody::Drilled { recovery_ms, verified, failure, .. } = body else {
            return Ok(());
        };
        if *verified {
            self.confirm_way_back(model, environment, from_version, to_version)?;
        } else {
            // That the version was revoked may be why.
            self.confirm_former(model, environment, from_version, to_version)?;
        }
        self.place_mut(model, environment).drills.push(Drill {
            from: from_version.clone(),
            to: to_version.clone(),
            recovery_ms: *recovery_ms,
            verified: *verified,
            failure: failure.clone(),
            step,
        });
        Ok(())
    }

    /// Whether a version may be rolled back to: it ran there, is another than the one that runs,
    /// and neither revoked nor held itself.
    fn confirm_way_back(
        &self,
        model: &ModelName,
        environment: &EnvironmentName,
        from: &VersionName,
        to: &VersionName,
    ) -> Result<(), Transition> {
        self.confirm_usable(model, to)?;
        self.confirm_former(model, environment, from, to)
    }

    fn confirm_former(
        &self,
        model: &ModelName,
        environment: &EnvironmentName,
        from: &VersionName,
        to: &VersionName,
    ) -> Result<(), Transition> {
        let place = self.place(model, environment).cloned().unwrap_or_default();
        confirm_runs(&place, environment, Some(from))?;
        confirm_moves(&place, environment, to)?;
        if !place.has_run(to) {
            let (environment, version) = (environment.clone(), to.clone());
            return Err(Transition::NeverRan { environment, version });
        }
        match place.holds.get(&Some(to.clone())) {
            Some(hold) => Err(held(environment, Some(to), hold)),
            None => Ok(()),
        }
    }

    pub(super) fn hold(
        &mut self,
        model: &ModelName,
        environment: &EnvironmentName,
        version: Option<&VersionName>,
        hold: Hold,
    ) -> Result<(), Transition> {
        let key = version.cloned();
        if let Some(known) = self.place(model, environment).and_then(|place| place.holds.get(&key))
        {
            let (environment, since) = (environment.clone(), known.step.seq());
            return Err(Transition::SameHold { environment, since });
        }
        self.place_mut(model, environment).holds.insert(key, hold);
        Ok(())
    }

    pub(super) fn release(
        &mut self,
        model: &ModelName,
        environment: &EnvironmentName,
        version: Option<&VersionName>,
    ) -> Result<(), Transition> {
        let key = version.cloned();
        let place =
            self.models.get_mut(model).and_then(|one| one.environments.get_mut(environment));
        match place.and_then(|place| place.holds.remove(&key)) {
            Some(_) => Ok(()),
            None => Err(Transition::NoHold { environment: environment.clone(), version: key }),
        }
    }

    fn place_mut(&mut self, model: &ModelName, environment: &EnvironmentName) -> &mut Place {
        let model = self.models.entry(model.clone()).or_default();
        model.environments.entry(environment.clone()).or_default()
    }
}

impl Place {
    fn moved(&mut self, made: Move) {
        self.current = Some(made.version.clone());
        self.history.push(made);
    }
}

fn confirm_runs(
    place: &Place,
    environment: &EnvironmentName,
    expected: Option<&VersionName>,
) -> Result<(), Transition> {
    if place.current.as_ref() == expected {
        return Ok(());
    }
    let (environment, found) = (environment.clone(), place.current.clone());
    Err(Transition::OtherVersion { environment, expected: expected.cloned(), found })
}

fn confirm_moves(
    place: &Place,
    environment: &EnvironmentName,
    to: &VersionName,
) -> Result<(), Transition> {
    if place.current.as_ref() == Some(to) {
        let (environment, version) = (environment.clone(), to.clone());
        return Err(Transition::SameVersion { environment, version });
    }
    Ok(())
}

fn held(environment: &EnvironmentName, about: Option<&VersionName>, hold: &Hold) -> Transition {
    let (environment, version) = (environment.clone(), about.cloned());
    let comment = text::phrase(hold.comment.as_ref());
    Transition::Held { environment, version, since: hold.step.seq(), comment }
}
