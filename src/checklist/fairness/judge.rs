//! Judges a fairness gate.

use super::rule::{Fairness, Limited, Measure, Rate, Smaller};
use crate::checklist::predicted::{Held, counts, side_problem};
use crate::checklist::{Answer, Demand, Given};
use crate::measure::predictions::{Estimate, GroupFacts, GroupingFacts};
use crate::quantity::Fraction;
use crate::stats::{Proportion, Spread, spread};
use crate::verdict::{Verdict, number, text};

/// One answer for each limit and grouping.
pub(super) fn judge(rule: &Fairness, given: &Given<'_>) -> Vec<Answer> {
    let facts = match side_problem(given) {
        Ok(facts) => facts,
        Err(problem) => {
            let demands = rule.limits.iter().map(|limit| limit.demand(rule.deciding));
            let untold = |demand: Demand| {
                Answer::untold(Verdict::Error, &demand.rule, demand.line, &problem)
            };
            return demands.map(untold).collect();
        }
    };
    let mut answers = Vec::new();
    for grouping in &facts.groupings {
        let judged = Judged::of(rule, grouping);
        for limit in &rule.limits {
            let mut answer =
                judged.answer(limit).about(text::phrase(&grouping.columns.join(" × ")));
            answer.counts = Some(counts(facts.used(), 0));
            answers.push(answer.metric(limit.spread.key));
        }
    }
    answers
}

/// A grouping with the groups that are looked at.
struct Judged<'a> {
    rule: &'a Fairness,
    groups: Vec<&'a GroupFacts>,
    /// Why too little is known, if so.
    doubt: Option<String>,
    /// What is said besides.
    note: String,
}

impl<'a> Judged<'a> {
    fn of(rule: &'a Fairness, grouping: &'a GroupingFacts) -> Self {
        let is_small = |group: &&GroupFacts| group.counts.rows() < rule.group_min;
        let small: Vec<&GroupFacts> = grouping.groups.iter().filter(is_small).collect();
        let groups = grouping.groups.iter().collect();
        let mut judged = Self { rule, groups, doubt: None, note: String::new() };
        if small.is_empty() {
            return judged;
        }
        let named: Vec<String> = small
            .iter()
            .take(NAMED_MAX)
            .map(|group| format!("{} ({})", name(group), number::exact(group.counts.rows())))
            .collect();
        let more = match small.len() - named.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let min = number::exact(rule.group_min);
        let few = format!("fewer than {min} rows in {}{more}", named.join(", "));
        match rule.smaller {
            Smaller::Inconclusive => judged.doubt = Some(few),
            Smaller::LeftOut => {
                judged.groups.retain(|group| !is_small(group));
                judged.note = format!("; left out: {few}");
            }
        }
        judged
    }

    fn answer(&self, limit: &Limited) -> Answer {
        let demand = limit.demand(self.rule.deciding);
        let key = limit.spread.key;
        let untold = |why: &str| {
            let sentence = format!("{key} cannot be told: {why}{}", self.note);
            Answer::untold(Verdict::Inconclusive, &demand.rule, demand.line, &sentence)
        };
        let (found, rate) = match self.spread(limit.spread.rate) {
            Ok(found) => found,
            Err(why) => return untold(&why),
        };
        let (value, bounds) = match limit.spread.measure {
            Measure::Difference => (Some(found.difference), found.difference_bounds),
            Measure::Ratio => (found.ratio, found.ratio_bounds),
        };
        let Some(value) = value else { return untold("the rate is 0 in every group") };
        let held = Held {
            what: key.to_owned(),
            estimate: Estimate { value, bounds: Some(bounds) },
            demand: &demand,
            deciding: self.rule.deciding,
            doubt: self.doubt.clone(),
        };
        let mut answer = held.answer();
        let extreme = |at: usize| {
            let group = self.groups.get(at)?;
            let Proportion { part, whole } = rate(group);
            let share = Fraction::of(part, whole)?.value();
            Some(format!("{} {}", name(group), number::percent(share)))
        };
        if let (Some(lowest), Some(highest)) = (extreme(found.lowest), extreme(found.highest)) {
            answer.sentence = format!("{}: {lowest}, {highest}{}", answer.sentence, self.note);
        }
        answer
    }

    /// The spread of a rate, and the rate whose groups are the extreme ones.
    fn spread(&self, rate: Rate) -> Result<(Spread, RateOf), String> {
        let of = |rate: RateOf, families: u32, what: &str| {
            let shares: Vec<Proportion> = self.groups.iter().map(|group| rate(group)).collect();
            if let Some(empty) = shares.iter().position(|share| share.whole == 0) {
                let group = self.groups.get(empty).map(|group| name(group)).unwrap_or_default();
                return Err(format!("{group} has no row with {what}"));
            }
            let found = spread(&shares, self.rule.deciding.alpha(), families);
            found.ok_or_else(|| "there are fewer than two groups to compare".to_owned())
        };
        match rate {
            Rate::Selection => Ok((of(selection, 1, "a decision")?, selection)),
            Rate::TruePositive => Ok((of(found, 1, "the positive label")?, found)),
            Rate::Precision => Ok((of(precise, 1, "a positive decision")?, precise)),
            Rate::Odds => {
                let first = of(found, 2, "the positive label")?;
                let second = of(alarmed, 2, "a negative label")?;
                let leading = if second.difference > first.difference { alarmed } else { found };
                Ok((first.worse(second), leading))
            }
        }
    }
}

type RateOf = fn(&GroupFacts) -> Proportion;

fn selection(group: &GroupFacts) -> Proportion {
    group.counts.selected()
}

fn found(group: &GroupFacts) -> Proportion {
    group.counts.found()
}

fn alarmed(group: &GroupFacts) -> Proportion {
    group.counts.alarmed()
}

fn precise(group: &GroupFacts) -> Proportion {
    group.counts.precise()
}

/// A group for people: the values of its columns.
fn name(group: &GroupFacts) -> String {
    let value = |value: &Option<String>| {
        value.as_deref().map_or_else(|| "(missing)".to_owned(), text::name)
    };
    group.values.iter().map(value).collect::<Vec<_>>().join(" × ")
}

/// Groups named in a sentence.
const NAMED_MAX: usize = 4;
