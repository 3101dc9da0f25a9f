//! The freshness gate: how old the candidate's newest row is.

use super::number::duration;
use super::{Comparator, Finding, Quantity, Side, Subject, Verdict, text};
use crate::clock::Timestamp;
use crate::contract::{KeyDomain, LogicalType};
use crate::measure::Measurement;
use crate::policy::FreshnessRule;
use crate::stats::order_key;

/// Findings on the age, on a place in the future, and, where the rule wants it, on the advance
/// over the reference.
///
/// A date stands for its midnight in UTC, a timestamp without a zone for UTC; parts of a second
/// are cut towards the past. A column without values is inconclusive, a missing one fails, one
/// that is neither date nor timestamp is an error.
pub(super) fn findings(
    rule: &FreshnessRule,
    measurement: &Measurement,
    now: Timestamp,
) -> Vec<Finding> {
    let candidate = match newest(rule, measurement, Side::Candidate) {
        Ok(newest) => newest,
        Err((verdict, sentence)) => {
            let subject = Subject::column(&rule.column).on(Side::Candidate);
            return vec![Finding::new(verdict, subject, "max_age", sentence).at(rule.line)];
        }
    };
    let mut findings = vec![age(rule, &candidate, now), future(rule, &candidate, now)];
    if rule.must_advance {
        findings.push(match newest(rule, measurement, Side::Reference) {
            Ok(reference) => advance(rule, &reference, &candidate),
            Err((_, sentence)) => {
                let verdict = Verdict::Inconclusive;
                let subject = Subject::column(&rule.column);
                Finding::new(verdict, subject, "must_advance", sentence).at(rule.line)
            }
        });
    }
    findings
}

/// The largest value of the column on one side.
struct Newest {
    key: u64,
    domain: KeyDomain,
    /// Seconds since 1970; days and nanoseconds both fit.
    seconds: i64,
}

fn newest(
    rule: &FreshnessRule,
    measurement: &Measurement,
    side: Side,
) -> Result<Newest, (Verdict, String)> {
    let word = side.as_str();
    let snapshot = match side {
        Side::Reference => &measurement.reference,
        Side::Candidate => &measurement.candidate,
    };
    let Some(column) = snapshot.schema.column(&rule.column) else {
        return Err((Verdict::Failed, format!("the {word}'s schema has no such column")));
    };
    let domain = match (&column.logical_type, KeyDomain::of(&column.logical_type)) {
        (LogicalType::Date | LogicalType::Timestamp { .. }, Some(domain)) => domain,
        (other, _) => {
            let other = text::phrase(&other.to_string());
            return Err((Verdict::Error, format!("`{other}` is neither a date nor a timestamp")));
        }
    };
    let facts = measurement.column(&rule.column).and_then(|facts| match side {
        Side::Reference => facts.reference.as_ref(),
        Side::Candidate => facts.candidate.as_ref(),
    });
    let Some(facts) = facts else {
        return Err((Verdict::Error, format!("the {word}'s values were not measured")));
    };
    match facts.max_key {
        Some(key) => Ok(Newest { key, seconds: seconds(key, &domain), domain }),
        None if facts.present() == 0 => {
            Err((Verdict::Inconclusive, format!("the {word} has no values")))
        }
        None => Err((Verdict::Error, format!("the {word}'s largest value was not measured"))),
    }
}

fn seconds(key: u64, domain: &KeyDomain) -> i64 {
    const DAY: i64 = 86_400;
    let steps = order_key::to_i64(key);
    match domain {
        KeyDomain::Timestamp { unit, .. } => steps.div_euclid(unit.per_second()),
        _ => steps.saturating_mul(DAY),
    }
}

fn age(rule: &FreshnessRule, newest: &Newest, now: Timestamp) -> Finding {
    let age = now.unix_seconds().saturating_sub(newest.seconds).max(0).unsigned_abs();
    let comparator = Comparator::AtMost;
    let fresh = age <= rule.max_age_seconds;
    let sign = if fresh { comparator.met() } else { comparator.broken() };
    let sentence = format!(
        "newest row {} is {} old {sign} {}",
        newest.domain.text(newest.key),
        duration(age),
        duration(rule.max_age_seconds),
    );
    let verdict = if fresh { Verdict::Passed } else { Verdict::Failed };
    Finding::new(verdict, Subject::column(&rule.column).on(Side::Candidate), "max_age", sentence)
        .at(rule.line)
        .observed(Quantity::Count(age))
        .demanded(comparator, Quantity::Count(rule.max_age_seconds))
}

fn future(rule: &FreshnessRule, newest: &Newest, now: Timestamp) -> Finding {
    let ahead = newest.seconds.saturating_sub(now.unix_seconds()).max(0).unsigned_abs();
    let comparator = Comparator::AtMost;
    let plausible = ahead <= rule.max_future_seconds;
    let limit = duration(rule.max_future_seconds);
    let sentence = if ahead == 0 {
        "no row lies in the future".to_owned()
    } else {
        let sign = if plausible { comparator.met() } else { comparator.broken() };
        let at = newest.domain.text(newest.key);
        format!("newest row {at} lies {} in the future {sign} {limit}", duration(ahead))
    };
    let verdict = if plausible { Verdict::Passed } else { Verdict::Failed };
    let subject = Subject::column(&rule.column).on(Side::Candidate);
    Finding::new(verdict, subject, "max_future", sentence)
        .at(rule.line)
        .observed(Quantity::Count(ahead))
        .demanded(comparator, Quantity::Count(rule.max_future_seconds))
}

fn advance(rule: &FreshnessRule, reference: &Newest, candidate: &Newest) -> Finding {
    let subject = Subject::column(&rule.column);
    let (before, after) =
        (reference.domain.text(reference.key), candidate.domain.text(candidate.key));
    if reference.domain != candidate.domain {
        let sentence = "the sides have different types and cannot be compared".to_owned();
        return Finding::new(Verdict::Error, subject, "must_advance", sentence).at(rule.line);
    }
    let newer = candidate.key > reference.key;
    let (verdict, word) = if newer {
        (Verdict::Passed, "is newer than")
    } else {
        (Verdict::Failed, "is not newer than")
    };
    let sentence = format!("newest row {after} {word} the reference's {before}");
    Finding::new(verdict, subject, "must_advance", sentence)
        .at(rule.line)
        .observed(Quantity::Text(after))
        .demanded(Comparator::Above, Quantity::Text(before))
}
