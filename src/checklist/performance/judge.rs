//! Judges a performance gate.

use super::rule::{Format, LoadTest, Measured, Performance, QuantileLimit, rows_demand};
use crate::checklist::predicted::{Held, counts, side_problem};
use crate::checklist::{Answer, Demand, Document, Doubt, Given};
use crate::evidence::latency::{self, LatencyFacts};
use crate::measure::predictions::{Estimate, SideFacts};
use crate::verdict::{Decide, Verdict, number, text};

/// One answer for each limit, of documents one for each document.
pub(super) fn judge(rule: &Performance, given: &Given<'_>) -> Vec<Answer> {
    let mut answers = Vec::new();
    if let Some(measured) = &rule.measured {
        match side_problem(given) {
            Ok(facts) => answers.extend(of_columns(rule, measured, facts)),
            Err(problem) => answers.extend(
                measured.demands(rule.deciding).iter().map(|demand| untold(demand, &problem)),
            ),
        }
    }
    if let Some(test) = &rule.load_test {
        let documents: Vec<&Document> = given.of(rule.load_test_need()).collect();
        if documents.is_empty() {
            let untold = |demand: &Demand| untold(demand, "no file fits the pattern");
            answers.extend(test.demands().iter().map(untold));
        }
        for document in documents {
            let of_one = of_load_test(test, document);
            answers
                .extend(of_one.into_iter().map(|answer| answer.about(text::name(&document.name))));
        }
    }
    if let Some(imported) = &rule.imported {
        answers.extend(imported.judge(given, rule.imported_need()));
    }
    answers
}

fn untold(demand: &Demand, why: &str) -> Answer {
    Answer::untold(Verdict::Error, &demand.rule, demand.line, why)
}

fn of_columns(rule: &Performance, measured: &Measured, facts: &SideFacts) -> Vec<Answer> {
    let mut answers = Vec::new();
    let latencies = facts.latency.as_ref().map_or(0, |latency| latency.count);
    let timestamps = facts.throughput.as_ref().map_or(0, |throughput| throughput.count);
    let rows = if measured.latency.is_some() { latencies } else { timestamps };
    let mut doubt = None;
    if let Some((min, line)) = measured.rows_min {
        let (said, least) = (number::exact(rows), number::exact(min));
        let few = rows < min;
        let sentence = if few {
            format!("{said} rows are too few to tell: at least {least} are asked for")
        } else {
            format!("{said} rows ≥ {least}")
        };
        let mut answer = Answer::count(rows, &rows_demand(min, line), Doubt::None, sentence);
        if few {
            answer.decision = Verdict::Inconclusive;
            doubt = Some(format!("{said} rows are fewer than {least}"));
        }
        answers.push(answer);
    }
    for limit in measured.latency.iter().flat_map(|latency| &latency.limits) {
        let mut answer = quantile(rule, limit, facts, doubt.clone());
        answer.counts = Some(counts(latencies, 0));
        answers.push(answer.metric("latency_inverted_cdf"));
    }
    if let Some(throughput) = &measured.throughput {
        let demand = throughput.demand();
        let per_second = facts.throughput.and_then(|facts| facts.per_second);
        let mut answer = match per_second {
            Some(value) => point("rows per second", value, &demand, doubt),
            None => Answer::untold(
                Verdict::Inconclusive,
                &demand.rule,
                demand.line,
                "no time passed between the first and the last row",
            ),
        };
        answer.counts = Some(counts(timestamps, 0));
        answers.push(answer.metric("rows_per_second"));
    }
    answers
}

fn quantile(
    rule: &Performance,
    limit: &QuantileLimit,
    facts: &SideFacts,
    doubt: Option<String>,
) -> Answer {
    let what = format!("{} in ms", limit.of.key);
    let Some(latency) = &facts.latency else {
        return untold(&limit.demand(""), "the latencies were not measured");
    };
    if limit.of.p >= 1.0 {
        return point(&what, latency.max, &limit.demand(""), doubt);
    }
    let demand = limit.demand("").decided(rule.deciding.decide, rule.deciding.alpha);
    match latency.quantiles.iter().find(|quantile| quantile.p == limit.of.p) {
        Some(found) => {
            let (estimate, deciding) = (found.estimate, rule.deciding);
            Held { what, estimate, demand: &demand, deciding, doubt }.answer()
        }
        None => untold(&demand, "the quantile was not measured"),
    }
}

/// A number that has no interval.
fn point(what: &str, value: f64, demand: &Demand, doubt: Option<String>) -> Answer {
    let estimate = Estimate { value, bounds: None };
    let deciding = crate::checklist::predicted::Deciding { decide: Decide::Point, alpha: 0.05 };
    Held { what: what.to_owned(), estimate, demand, deciding, doubt }.answer()
}

/// The answers on one document.
fn of_load_test(test: &LoadTest, document: &Document) -> Vec<Answer> {
    let read = document.content.as_ref().map_err(Clone::clone).and_then(|bytes| {
        let facts = match test.format {
            Format::K6 => latency::k6(bytes),
            Format::Wrk => latency::wrk(bytes),
            Format::Hdr(unit) => latency::hdr(bytes, unit),
        };
        facts.map_err(|error| error.to_string())
    });
    let facts = match read {
        Ok(facts) => facts,
        Err(why) => return test.demands().iter().map(|demand| untold(demand, &why)).collect(),
    };
    let mut answers: Vec<Answer> =
        test.limits.iter().map(|limit| of_quantile(limit, &facts)).collect();
    let others = [
        ("requests per second", "load_test_throughput_min", facts.throughput_per_second),
        ("the share of failed requests", "load_test_failed_max", facts.failed_share),
    ];
    let demands = test.demands();
    for (what, rule, found) in others {
        let Some(demand) = demands.iter().find(|demand| demand.rule == rule) else { continue };
        answers.push(match found {
            Some(value) => point(what, value, demand, None),
            None => untold(demand, &format!("the document does not say {what}")),
        });
    }
    answers
}

fn of_quantile(limit: &QuantileLimit, facts: &LatencyFacts) -> Answer {
    let demand = limit.demand("load_test_");
    let found = if limit.of.p >= 1.0 { facts.max_ms } else { facts.quantile_ms(limit.of.p) };
    if let Some(value) = found {
        return point(&format!("{} in ms", limit.of.key), value, &demand, None);
    }
    let listed: Vec<String> =
        facts.listed_shares().iter().map(|share| number::percent(*share)).collect();
    let key = limit.of.key;
    let holds = listed.join(", ");
    untold(&demand, &format!("the document does not say {key}; it holds the quantiles {holds}"))
}
