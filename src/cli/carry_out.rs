//! Does what is still to be done outside about promotions and rollbacks, and records what came of
//! it.

use super::decided::decision;
use super::environment::Environment;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::movers::refusal;
use super::output::say;
use super::promotion::{InForce, bar};
use super::registry_access::Access;
use super::web::Web;
use crate::delivery::{Change, Delivered, Outside, Tokens, deliver};
use crate::policy::{ActionRule, DoorRule};
use crate::registry::event::{ActionName, ActionOutcome, EventReference, Seq};
use crate::registry::{EventBody, Misdecision};
use crate::signing::Signer;

/// What came of what was due.
#[derive(Default)]
pub(in crate::cli) struct Carried {
    /// How much was done.
    pub(in crate::cli) done: usize,
    /// How much was given up.
    pub(in crate::cli) given_up: usize,
    /// How much is left to others.
    pub(in crate::cli) left: usize,
    /// How much is left since the policy in force does not know the environment.
    pub(in crate::cli) nobodys: usize,
    /// Why something is still to be done that the signer may do, or the ledger cannot be written.
    pub(in crate::cli) failure: Option<Failure>,
}

impl Carried {
    /// That all was done but what is left.
    ///
    /// # Errors
    /// [`Failure`] of what is not.
    pub(in crate::cli) fn confirm(self) -> Result<(), Failure> {
        self.failure.map_or(Ok(()), Err)
    }
}

/// Does all that is due about environments into which the signer may move versions, in the order of the
/// events; what is left is said. Whether they may is asked before each, by the ledger as it is then:
/// what is done outside may itself have changed it. What fails stays due, and so does what is due about
/// an event whose decision does not hold when it is decided again.
pub(in crate::cli) fn carry_out(
    access: &mut Access,
    signer: &impl Signer,
    environment: &Environment,
) -> Carried {
    let mut carried = Carried::default();
    carried.failure = each(access, signer, environment, &mut carried).err();
    carried
}

fn each(
    access: &mut Access,
    signer: &impl Signer,
    environment: &Environment,
    carried: &mut Carried,
) -> Result<(), Failure> {
    let open = access.replayed.state().open_actions();
    let due: Vec<(EventReference, ActionName)> =
        open.map(|(event, action)| (event, action.clone())).collect();
    let (mut failed, mut misdecided) = (Vec::new(), None);
    for (event, action) in due {
        access.registry.catch_up(&mut access.replayed)?;
        if !is_due(access, event, &action) {
            continue; // somebody else has done it since
        }
        if let Some(place) = access.replayed.state().moved_in(event.seq)
            && let Some(refusal) = refusal(access, place, signer.public().id(), environment.now())?
        {
            say(&format!("{action} about event {} is {refusal}", event.seq));
            *if refusal.nobody { &mut carried.nobodys } else { &mut carried.left } += 1;
            continue;
        }
        let objects = access.registry.objects();
        if let Some(why) = access.replayed.misdecided(objects, &[event.seq].into()).get(&event.seq)
        {
            misdecided = misdecided.or(Some(misdecision(event.seq, why)));
            continue;
        }
        match one(access, event, &action, &outside()?) {
            Ok(ended) => {
                let counted = match ended.outcome {
                    ActionOutcome::GivenUp => &mut carried.given_up,
                    _ => &mut carried.done,
                };
                record(access, event, &action, ended, signer, environment).map_err(|failure| {
                    failure.about(&format!(
                        "what came of `{action}` is not recorded, so it stays to be done"
                    ))
                })?;
                *counted += 1;
            }
            Err(reason) => {
                say(&format!("{action}: {reason}"));
                failed.push((event.seq, action));
            }
        }
    }
    if failed.is_empty() { misdecided.map_or(Ok(()), Err) } else { Err(still_due(&failed)) }
}

/// That actions failed, each of which was said.
fn still_due(failed: &[(Seq, ActionName)]) -> Failure {
    let named = |(seq, action): &(Seq, ActionName)| format!("`{action}` (event {seq})");
    let named = failed.iter().map(named).collect::<Vec<_>>().join(", ");
    let (stands, are) = match failed.len() {
        1 => ("the decision stands", "is"),
        _ => ("the decisions stand", "are"),
    };
    let message = format!("{stands}, but {named} {are} still to be done");
    Failure::new(ExitCode::Unreadable, message).hint("`driftgate reconcile` tries again")
}

/// That nothing is done about an event, since its decision does not hold.
pub(in crate::cli) fn misdecision(seq: Seq, why: &Misdecision) -> Failure {
    let code = if why.code() == "E_STORAGE" { ExitCode::Unreadable } else { ExitCode::Refused };
    let message = format!("{}: nothing is done about event {seq}: {why}", why.code());
    Failure::new(code, message).hint("`driftgate audit` tells all that is wrong with the registry")
}

/// How an action ended.
struct Ended {
    outcome: ActionOutcome,
    said: String,
    incident: bool,
}

/// Does one action, unless something has happened since that makes it untrue.
fn one(
    access: &Access,
    event: EventReference,
    action: &ActionName,
    outside: &Outside,
) -> Result<Ended, String> {
    let made = access.replayed.event(event.seq).ok_or("the event is not there")?;
    let decision = decision(access, made).map_err(|failure| failure.to_string())?;
    let place = access.replayed.state().place(&decision.model, &decision.environment);
    let last = place.and_then(|place| place.last()).map(|moved| moved.step.seq());
    let in_force = InForce::of(access).map_err(|failure| failure.to_string())?;
    let door =
        in_force.door(access, &decision.environment).map_err(|failure| failure.to_string())?;
    let given_up = |said: String| Ended { outcome: ActionOutcome::GivenUp, said, incident: false };
    let Some((rule, incident)) = rule(door, action) else {
        return Ok(given_up("the policy in force knows no such action".to_owned()));
    };
    if last != Some(event.seq) && !incident {
        return Ok(given_up("another version has run there since".to_owned()));
    }
    let bar = bar(access, &decision.model, &decision.version);
    if let Some(bar) = bar.map_err(|failure| failure.to_string())?.filter(|_| !incident) {
        return Ok(given_up(format!("{} {bar}", decision.version)));
    }
    let Delivered { reference, change } = deliver(&rule.action, &decision, outside)
        .map_err(|error| Failure::from(error).to_string())?;
    let said = match change {
        Change::Made => reference.to_string(),
        Change::Found => format!("{reference} (it was done before)"),
    };
    Ok(Ended { outcome: ActionOutcome::Succeeded, said, incident })
}

fn rule<'a>(door: &'a DoorRule, name: &ActionName) -> Option<(&'a ActionRule, bool)> {
    let of = |rules: &'a [ActionRule]| rules.iter().find(|rule| rule.name == name.as_ref());
    of(&door.actions).map(|rule| (rule, false)).or_else(|| of(&door.incidents).map(|r| (r, true)))
}

/// Records how an action ended; that somebody else has done so meanwhile is as good.
fn record(
    access: &mut Access,
    event: EventReference,
    action: &ActionName,
    ended: Ended,
    signer: &impl Signer,
    environment: &Environment,
) -> Result<(), Failure> {
    let Ended { outcome, said, incident } = ended;
    say(&format!("{action}: {said}"));
    let comment = said.parse().ok();
    if let (true, Some(reference)) = (incident, comment.clone()) {
        let body = EventBody::Incident { event, action: action.clone(), reference };
        while is_due(access, event, action) && !has_incident(access, event, action) {
            access.append_once(signer, environment, body.clone(), &[])?;
        }
    }
    let body = EventBody::ActionDone { event, action: action.clone(), outcome, detail: comment };
    while is_due(access, event, action) {
        access.append_once(signer, environment, body.clone(), &[])?;
    }
    Ok(())
}

/// Whether an action is still to be done, by the ledger as far as it is known.
fn is_due(access: &Access, event: EventReference, action: &ActionName) -> bool {
    access.replayed.state().open_actions().any(|open| open == (event, action))
}

/// Whether an incident stands in the ledger: whoever wrote it may have ended before the action was
/// recorded as done.
fn has_incident(access: &Access, event: EventReference, action: &ActionName) -> bool {
    access.replayed.events().iter().any(|made| {
        matches!(&made.body, EventBody::Incident { event: of, action: named, .. }
            if *of == event && named == action)
    })
}

/// The world, by the environment of the process: `MLFLOW_TRACKING_TOKEN`, `GITHUB_TOKEN`,
/// `GITLAB_TOKEN`, `PATH`, `HOME`.
///
/// # Errors
/// [`Failure`] when the network is described wrongly, or there is no current folder.
pub(in crate::cli) fn outside() -> Result<Outside, Failure> {
    let variable = |name: &str| std::env::var(name).ok();
    let folder = std::env::current_dir()
        .map_err(|error| Failure::storage(std::path::Path::new("."), "find", &error))?;
    Ok(Outside {
        http: Web::of_process()?.into_client(),
        tokens: Tokens::of(
            variable("MLFLOW_TRACKING_TOKEN"),
            variable("GITHUB_TOKEN"),
            variable("GITLAB_TOKEN"),
        ),
        folder,
        path: std::env::var_os("PATH"),
        home: std::env::var_os("HOME"),
    })
}
