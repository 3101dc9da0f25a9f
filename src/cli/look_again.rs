//! Whether registered models outside still say what the ledger says, and puts them right.

use std::collections::BTreeSet;

use super::carry_out::{misdecision, outside};
use super::decided::decision;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::output::say;
use super::promotion::{InForce, bar};
use super::registry_access::Access;
use super::revoked::way_out;
use crate::delivery::{Decision, Difference, Outside, compare};
use crate::policy::{Action, ActionRule, DoorRule};
use crate::registry::event::{ActionOutcome, EnvironmentName, ModelName, Seq, VersionName};
use crate::registry::state::{Move, Place};
use crate::registry::{Bar, EventBody};

/// What looking came to.
#[derive(Default)]
pub(in crate::cli) struct Looked {
    /// What stands otherwise in an environment, a line each: what is expected by the ledger, and what
    /// was found.
    pub(in crate::cli) otherwise: Vec<(EnvironmentName, String)>,
    /// What stood otherwise and was put right, a line each.
    pub(in crate::cli) lines: Vec<String>,
    /// What was put right, as the ledger is told.
    pub(in crate::cli) mended: Vec<EventBody>,
    /// What is left as it stands, since what runs there was revoked.
    pub(in crate::cli) left_so: Vec<(EnvironmentName, Failure)>,
    /// What could not be looked at; all else was.
    pub(in crate::cli) failures: Vec<(EnvironmentName, Failure)>,
}

/// Of failures, the last; those before it are said.
///
/// # Errors
/// [`Failure`], where there is one.
pub(in crate::cli) fn confirm_none(mut failures: Vec<Failure>) -> Result<(), Failure> {
    let last = failures.pop();
    for before in failures {
        say(&before.to_string());
    }
    last.map_or(Ok(()), Err)
}

/// Looks where the policy in force says: at the model that each environment's `mlflow` actions
/// name, whether they were carried out or are new. What is still to be done about the last move is
/// left to those who do it. What stands otherwise is put right in the environments that `mends` says.
///
/// # Errors
/// [`Failure`] when the policy cannot be read.
pub(in crate::cli) fn look_again(
    access: &Access,
    mends: impl Fn(&EnvironmentName) -> bool,
) -> Result<Looked, Failure> {
    let mut looked = Looked::default();
    if access.replayed.state().policy().is_none() {
        return Ok(looked);
    }
    let in_force = InForce::of(access)?;
    let told = told(access, &in_force.policy.doors);
    if told.is_empty() {
        return Ok(looked);
    }
    let outside = outside()?;
    let rested = told.iter().flat_map(|one| rests_on(access, &told, one)).collect();
    let misdecided = access.replayed.misdecided(access.registry.objects(), &rested);
    for one in &told {
        let Some(last) = one.place.last().filter(|last| one.was_told(access, last)) else {
            continue;
        };
        let mut rests_on = rests_on(access, &told, one).into_iter();
        if let Some((seq, why)) = rests_on.find_map(|seq| Some((seq, misdecided.get(&seq)?))) {
            looked.failures.push((one.environment.clone(), misdecision(seq, why)));
            continue;
        }
        if let Err(failure) = look_at(access, &told, one, last, &mends, &outside, &mut looked) {
            let about = format!("{}: {} in {}", one.rule.name, one.model, one.environment);
            looked.failures.push((one.environment.clone(), failure.about(&about)));
        }
    }
    Ok(looked)
}

/// Looks at one environment, by its last move.
fn look_at(
    access: &Access,
    told: &[Told<'_>],
    one: &Told<'_>,
    last: &Move,
    mends: &impl Fn(&EnvironmentName) -> bool,
    outside: &Outside,
    looked: &mut Looked,
) -> Result<(), Failure> {
    let &Told { rule, model, environment, .. } = one;
    // Nothing is led back to a version that must not run any more.
    let bar = bar(access, model, &last.version)?;
    let may = mends(environment);
    let mend = may && bar.is_none();
    let found = found(access, told, one, last, mend, outside)?;
    let lines = found.iter().map(|it| format!("{}: {model} in {environment}: {it}", rule.name));
    let mut lines = lines.peekable();
    if let (Some(bar), Some(line)) = (bar, lines.peek()) {
        looked.left_so.push((environment.clone(), left(access, one, last, bar, line)?));
    }
    if mend {
        looked.mended.extend(found.iter().filter_map(|it| put_right(one, last, it)));
        looked.lines.extend(lines);
    } else if !may {
        looked.otherwise.extend(lines.map(|line| (environment.clone(), line)));
    }
    Ok(())
}

/// An environment of a model, and an action that keeps a registered model in step with it.
struct Told<'a> {
    model: &'a ModelName,
    environment: &'a EnvironmentName,
    place: &'a Place,
    rule: &'a ActionRule,
    url: &'a str,
    registered: &'a str,
}

impl Told<'_> {
    /// Whether nothing is to be done any more about a move.
    fn was_told(&self, access: &Access, made: &Move) -> bool {
        let mut open = access.replayed.state().open_actions();
        !open.any(|(event, name)| event == made.step.event && name.as_ref() == self.rule.name)
    }

    /// Whether both are about the versions of one registered model.
    fn shares(&self, other: &Self) -> bool {
        let same =
            (self.model, self.url, self.registered) == (other.model, other.url, other.registered);
        let fixed = ![self.url, self.registered].iter().any(|text| text.contains("{environment}"));
        same && (fixed || self.environment == other.environment)
    }
}

fn told<'a>(access: &'a Access, doors: &'a [DoorRule]) -> Vec<Told<'a>> {
    let mut told = Vec::new();
    for (model, known) in access.replayed.state().models() {
        for (environment, place) in &known.environments {
            let door = doors.iter().find(|door| door.environment == environment.as_ref());
            for rule in door.into_iter().flat_map(|door| &door.actions) {
                if let Action::Mlflow { url, model: registered, .. } = &rule.action {
                    told.push(Told { model, environment, place, rule, url, registered });
                }
            }
        }
    }
    told
}

/// The environments that a registered model is kept in step with.
pub(in crate::cli) fn kept_outside<'a>(
    access: &'a Access,
    doors: &'a [DoorRule],
) -> impl Iterator<Item = &'a EnvironmentName> {
    told(access, doors)
        .into_iter()
        .filter(|one| one.place.last().is_some())
        .map(|one| one.environment)
}

/// That something stands again as an environment's last move says.
fn put_right(one: &Told<'_>, last: &Move, found: &Difference) -> Option<EventBody> {
    Some(EventBody::ActionDone {
        event: last.step.event,
        action: one.rule.name.parse().ok()?,
        outcome: ActionOutcome::PutRight,
        detail: found.to_string().parse().ok(),
    })
}

/// That what stands otherwise is left so, since the version that the ledger says runs was revoked.
fn left(
    access: &Access,
    one: &Told<'_>,
    last: &Move,
    bar: Bar<'_>,
    line: &str,
) -> Result<Failure, Failure> {
    let message = format!("E_REVOKED: {line}; left so: {} {bar}", last.version);
    let out = way_out(access, one.model, one.environment)?;
    Ok(Failure::new(ExitCode::Refused, message).hint(format!("run another version: {out}")))
}

/// What stands otherwise than one environment's last move says.
fn found(
    access: &Access,
    told: &[Told<'_>],
    one: &Told<'_>,
    last: &Move,
    mend: bool,
    outside: &Outside,
) -> Result<Vec<Difference>, Failure> {
    let current = decided(access, last)?;
    let about: Vec<(&VersionName, Decision)> = current
        .subjects()
        .map(|version| {
            Ok((version, decided(access, last_about(access, told, one, version, last))?))
        })
        .collect::<Result<_, Failure>>()?;
    let about: Vec<(&VersionName, &Decision)> =
        about.iter().map(|(version, decision)| (*version, decision)).collect();
    compare(&one.rule.action, &current, &about, mend, outside)
        .map_err(|error| Failure::new(ExitCode::Unreadable, error.to_string()))
}

/// The events by which it is known how things have to stand outside: an environment's last move, and
/// what was last said of the versions that it names.
fn rests_on(access: &Access, told: &[Told<'_>], one: &Told<'_>) -> BTreeSet<Seq> {
    let Some(last) = one.place.last() else { return BTreeSet::new() };
    let versions = last.from.iter().chain([&last.version]);
    let about = versions.map(|version| last_about(access, told, one, version, last));
    about.chain([last]).map(|made| made.step.seq()).collect()
}

/// The last move that named a version, in any environment that tags the same registered model.
fn last_about<'a>(
    access: &Access,
    told: &[Told<'a>],
    one: &Told<'a>,
    version: &VersionName,
    known: &'a Move,
) -> &'a Move {
    let names = |made: &&Move| {
        let from = made.from.as_ref().filter(|_| made.request.is_none());
        made.version == *version || from == Some(version)
    };
    let others = told.iter().filter(|other| other.shares(one));
    let moves = others.flat_map(|other| {
        let history: &'a [Move] = &other.place.history;
        history.iter().filter(|made| other.was_told(access, made))
    });
    moves.filter(names).max_by_key(|made| made.step.event).unwrap_or(known)
}

fn decided(access: &Access, made: &Move) -> Result<Decision, Failure> {
    let event = access.replayed.event(made.step.seq());
    let event = event.ok_or_else(|| Failure::new(ExitCode::Internal, "the event is not there"))?;
    decision(access, event)
}
