//! Targets that must be up, and scraped of late.

use super::dashboards::plural;
use super::found::{each, error};
use super::rule::TargetsRule;
use crate::checklist::{Answer, Doubt, Given};
use crate::clock::Timestamp;
use crate::evidence::prometheus::{Target, targets_answer};
use crate::verdict::number::{duration, exact};
use crate::verdict::text;

/// How many targets of the job are up and were scraped within the time allowed.
pub(super) fn judge(rule: &TargetsRule, given: &Given<'_>, need: usize) -> Answer {
    let demand = rule.demand();
    let job = text::name(&rule.job);
    let read = |_: &str, bytes| targets_answer(bytes).map_err(|error| error.to_string());
    let answers = match each(given, need, read) {
        Ok(answers) => answers,
        Err(reason) => {
            return error(&demand, &job, &format!("the targets cannot be read: {reason}"));
        }
    };
    let targets: Vec<&Target> = answers
        .iter()
        .flat_map(|(_, targets)| targets)
        .filter(|target| target.job == rule.job)
        .collect();
    let up: Vec<&&Target> = targets.iter().filter(|target| target.health == "up").collect();
    let fresh = up.iter().filter(|target| is_fresh(target, given.now, rule.max_age)).count() as u64;
    let mut sentence = match targets.len() as u64 {
        0 => format!("no target of the job `{job}`"),
        all => format!(
            "{} of {} of the job `{job}` up and scraped of late; at least {} must be",
            exact(fresh),
            plural(all, "target", "targets"),
            exact(rule.up_min.0)
        ),
    };
    let stale = (up.len() as u64).saturating_sub(fresh);
    if stale > 0 {
        let age = duration(rule.max_age);
        sentence = format!("{sentence}; {} up but not scraped within {age}", exact(stale));
    }
    let down = targets.iter().find(|target| target.health != "up" && !target.last_error.is_empty());
    if let Some(target) = down {
        let [instance, why] = [text::name(&target.instance), text::phrase(&target.last_error)];
        sentence = format!("{sentence}; `{instance}`: {why}");
    }
    Answer::count(fresh, &demand, Doubt::None, sentence).about(job)
}

/// Whether it was scraped within the time allowed; a clock may be a little ahead, not more.
fn is_fresh(target: &Target, now: Timestamp, max_age: u64) -> bool {
    target.last_scrape.is_some_and(|scraped| {
        let age = now.unix_seconds().saturating_sub(scraped.unix_seconds());
        age >= -FUTURE_SECONDS_MAX && u64::try_from(age).unwrap_or(0) <= max_age
    })
}

const FUTURE_SECONDS_MAX: i64 = 300;
