//! Judges an evaluation gate.

use super::rule::Evaluation;
use crate::checklist::predicted::{Held, counts, side_problem};
use crate::checklist::{Answer, Demand, Doubt, Given};
use crate::measure::predictions::{ComparisonFacts, SideFacts, Statistic};
use crate::verdict::{Comparator, Verdict, number, text};

/// One answer for each demand.
pub(super) fn judge(rule: &Evaluation, given: &Given<'_>) -> Vec<Answer> {
    let mut answers = Vec::new();
    if rule.predictions.is_some() {
        match side_problem(given) {
            Ok(facts) => answers.extend(of_predictions(rule, facts, given)),
            Err(problem) => {
                let demands = rule.own_demands();
                answers.extend(demands.iter().map(|demand| untold(demand, &problem)));
            }
        }
    }
    if let Some(imported) = &rule.imported {
        answers.extend(imported.judge(given, rule.imported_need()));
    }
    answers
}

impl Evaluation {
    /// Demands on predictions.
    fn own_demands(&self) -> Vec<Demand> {
        let rows = self.rows_min.map(|(min, line)| rows_demand(min, line));
        let limits = self.limits.iter().flat_map(|limit| limit.demands(self.deciding));
        let margins = self.margins.iter().map(|margin| margin.demand(self.deciding));
        rows.into_iter().chain(limits).chain(margins).collect()
    }
}

fn rows_demand(min: u64, line: usize) -> Demand {
    Demand::count("rows_min", Comparator::AtLeast, min, line)
}

fn untold(demand: &Demand, why: &str) -> Answer {
    Answer::untold(Verdict::Error, &demand.rule, demand.line, why)
}

fn of_predictions(rule: &Evaluation, facts: &SideFacts, given: &Given<'_>) -> Vec<Answer> {
    let used = facts.used();
    let mut answers = Vec::new();
    let mut too_few = None;
    if let Some((min, line)) = rule.rows_min {
        let few = used < min;
        let said = format!("{} rows", number::exact(used));
        let sentence = if few {
            format!("{said} are too few to tell: at least {} are asked for", number::exact(min))
        } else {
            format!("{said} ≥ {}", number::exact(min))
        };
        too_few = few.then(|| format!("{said} are fewer than {}", number::exact(min)));
        let mut answer = Answer::count(used, &rows_demand(min, line), Doubt::None, sentence);
        if few {
            answer.decision = Verdict::Inconclusive;
        }
        answers.push(answer);
    }
    let small = |statistic| too_few.clone().or_else(|| small_class(statistic, facts));
    for limit in &rule.limits {
        for demand in limit.demands(rule.deciding) {
            let found = facts.estimates.get(&limit.statistic).cloned();
            let answer = match found.unwrap_or_else(|| Err("it was not computed".to_owned())) {
                Ok(estimate) => Held {
                    what: limit.statistic.to_string(),
                    estimate,
                    demand: &demand,
                    deciding: rule.deciding,
                    doubt: small(limit.statistic),
                }
                .answer(),
                Err(why) => undefined(limit.statistic, &demand, &why),
            };
            answers.push(about_rows(answer, limit.statistic, used, 0));
        }
    }
    let champion = given.predictions.and_then(|facts| facts.champion.as_ref());
    let comparison = given.predictions.and_then(|facts| facts.comparison.as_ref());
    for margin in &rule.margins {
        let demand = margin.demand(rule.deciding);
        let statistic = margin.statistic;
        let answer = match (champion, comparison) {
            (Some(Err(why)), _) => untold(&demand, &format!("the champion's predictions: {why}")),
            (Some(Ok(theirs)), Some(comparison)) => {
                let doubt = small(statistic).or_else(|| small_class(statistic, theirs));
                let answer = against(rule, comparison, statistic, &demand, doubt);
                about_rows(answer, statistic, used, theirs.used())
            }
            _ => untold(&demand, "no predictions of the champion were given to compare with"),
        };
        answers.push(answer);
    }
    answers
}

fn against(
    rule: &Evaluation,
    comparison: &ComparisonFacts,
    statistic: Statistic,
    demand: &Demand,
    doubt: Option<String>,
) -> Answer {
    let found = comparison.differences.get(&statistic).cloned();
    match found.unwrap_or_else(|| Err("it was not computed".to_owned())) {
        Ok(estimate) => {
            let what = format!("{statistic} less the champion's");
            let held = Held { what, estimate, demand, deciding: rule.deciding, doubt };
            let mut answer = held.answer();
            if let Some(why) = &comparison.unpaired {
                answer.sentence = format!("{}; not compared row by row: {why}", answer.sentence);
            }
            answer
        }
        Err(why) => undefined(statistic, demand, &why),
    }
}

/// A statistic that these rows do not have: for want of a class or a decision that is too little
/// evidence; a score that is no probability, or a target that nothing is relative to, is evidence
/// of another kind than the gate asks for.
fn undefined(statistic: Statistic, demand: &Demand, why: &str) -> Answer {
    let unfit = statistic.of_probabilities() || statistic.of_numbers();
    let verdict = if unfit { Verdict::Error } else { Verdict::Inconclusive };
    let sentence = format!("{statistic} cannot be told: {}", text::phrase(why));
    Answer::untold(verdict, &demand.rule, demand.line, &sentence)
}

/// The normal law of an area needs some rows of either class.
fn small_class(statistic: Statistic, facts: &SideFacts) -> Option<String> {
    if !matches!(statistic, Statistic::Auc | Statistic::AveragePrecision) {
        return None;
    }
    let positives = facts.positives?;
    let smaller = positives.min(facts.used().saturating_sub(positives));
    (smaller < CLASS_ROWS_MIN)
        .then(|| format!("the smaller class has {smaller} rows, fewer than {CLASS_ROWS_MIN}"))
}

fn about_rows(mut answer: Answer, statistic: Statistic, candidate: u64, champion: u64) -> Answer {
    answer.counts = Some(counts(candidate, champion));
    answer.metric(statistic.as_str())
}

/// Rows of the smaller class below which a normal interval of an area is a guess.
const CLASS_ROWS_MIN: u64 = 10;
