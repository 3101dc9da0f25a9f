//! One number against one limit: the decision, and the sentence that tells it.

use crate::gate::number::{against, interval, pair, percent};
use crate::gate::{Comparator, Finding, Holding, Interval, Pair, Quantity, Subject, Verdict, text};
use crate::measure::PsiBin;
use crate::policy::{Decide, Threshold};

/// A statistic and what is demanded of it.
pub(super) struct Demand<'a> {
    /// The rule's name.
    pub(super) rule: &'static str,
    /// The exact statistic.
    pub(super) metric: &'a str,
    /// What people call it.
    pub(super) label: &'static str,
    pub(super) value: f64,
    pub(super) interval: Option<Interval>,
    pub(super) comparator: Comparator,
    pub(super) limit: Threshold,
    /// Values or rows it rests on.
    pub(super) counts: Pair,
    /// The value as people read it, where three decimals would not do.
    pub(super) shown: Option<String>,
    /// Why the evidence is too thin to decide.
    pub(super) doubt: Option<String>,
    /// The bins, for naming those that moved.
    pub(super) bins: &'a [PsiBin],
    /// Further facts for the sentence.
    pub(super) remarks: Vec<String>,
}

impl Demand<'_> {
    /// The finding on a column.
    pub(super) fn judge(self, column: &str, decide: Decide) -> Finding {
        let verdict = self.decide(decide);
        let moved = if verdict == Verdict::Passed { Vec::new() } else { most_moved(self.bins) };
        let sentence = self.sentence(verdict, &moved);
        let mut finding = Finding::new(verdict, Subject::column(column), self.rule, sentence)
            .limited(self.comparator, self.limit)
            .observed(Quantity::Real(self.value))
            .counted(self.counts.reference, self.counts.candidate);
        finding.metric = Some(self.metric.to_owned());
        finding.interval = self.interval;
        finding.decided_by = Some(if self.interval.is_some() { decide } else { Decide::Point });
        finding.moved = moved;
        finding
    }

    fn decide(&self, decide: Decide) -> Verdict {
        let holding = Holding {
            value: self.value,
            interval: self.interval,
            comparator: self.comparator,
            limit: self.limit.value,
            decide,
            doubtful: self.doubt.is_some(),
        };
        holding.decide()
    }

    fn sentence(&self, verdict: Verdict, moved: &[PsiBin]) -> String {
        let (value, limit) = match &self.shown {
            Some(shown) => (shown.clone(), self.limit.value.to_string()),
            None => against(self.value, self.limit.value),
        };
        let known =
            self.interval.filter(|known| known.lower.is_finite() && known.upper.is_finite());
        let spread = known
            .map(|known| format!(" ({})", interval(known, self.limit.value)))
            .unwrap_or_default();
        let head = match (verdict, &self.doubt) {
            (Verdict::Error, _) => {
                format!("{} {value} cannot be held against {limit}", self.label)
            }
            (_, Some(doubt)) => {
                format!("{} {value} not judged against {limit}: {doubt}", self.label)
            }
            (Verdict::Passed, None) => {
                format!("{} {value}{spread} {} {limit}", self.label, self.comparator.met())
            }
            (Verdict::Inconclusive, None) => {
                format!("{} {value}{spread} cannot be told from {limit}", self.label)
            }
            _ => format!("{} {value}{spread} {} {limit}", self.label, self.comparator.broken()),
        };
        let mut parts = vec![head, format!("n {}", pair(self.counts))];
        parts.extend(moved.first().map(|bin| self.movement(bin)));
        parts.extend(self.remarks.iter().cloned());
        parts.join("; ")
    }

    /// `bin (65, 80] 4.1% → 11.9%`
    fn movement(&self, bin: &PsiBin) -> String {
        let share = |count: u64, of: u64| {
            #[expect(clippy::cast_precision_loss, reason = "a share is a float by nature")]
            let share = count as f64 / of.max(1) as f64;
            percent(share)
        };
        let total = |count: fn(&PsiBin) -> u64| self.bins.iter().map(count).sum::<u64>();
        format!(
            "bin {} {} → {}",
            text::name(&bin.label),
            share(bin.reference, total(|bin| bin.reference)),
            share(bin.candidate, total(|bin| bin.candidate)),
        )
    }
}

/// The bins that add most, largest first; ties in bin order.
fn most_moved(bins: &[PsiBin]) -> Vec<PsiBin> {
    let mut order: Vec<&PsiBin> = bins.iter().filter(|bin| bin.contribution > 0.0).collect();
    order.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
    order.into_iter().take(MOVED_MAX).cloned().collect()
}

/// Bins named on a finding.
const MOVED_MAX: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    fn demand(value: f64, lower: f64, upper: f64) -> Demand<'static> {
        Demand {
            rule: "psi_max",
            metric: "psi_quantile10_jeffreys",
            label: "PSI",
            value,
            interval: Some(Interval { lower, upper, alpha: 0.05 }),
            comparator: Comparator::Below,
            limit: Threshold { value: 0.2, line: 14 },
            counts: Pair { reference: 1_200_000, candidate: 900_000 },
            shown: None,
            doubt: None,
            bins: &[],
            remarks: Vec::new(),
        }
    }

    fn by_interval(value: f64, lower: f64, upper: f64) -> Verdict {
        demand(value, lower, upper).decide(Decide::Interval)
    }

    #[test]
    fn an_interval_decides_only_where_the_limit_lies_outside_of_it() {
        assert_eq!(by_interval(0.15, 0.10, 0.199), Verdict::Passed);
        assert_eq!(by_interval(0.15, 0.10, 0.2), Verdict::Inconclusive, "upper touches");
        assert_eq!(by_interval(0.25, 0.2, 0.3), Verdict::Inconclusive, "lower touches");
        assert_eq!(by_interval(0.25, 0.201, 0.3), Verdict::Failed);
        assert_eq!(by_interval(0.19, 0.15, 0.24), Verdict::Inconclusive);
    }

    #[test]
    fn a_value_that_reaches_the_limit_never_passes() {
        assert_eq!(by_interval(0.2, 0.1, 0.19), Verdict::Inconclusive, "value outside its bounds");
        assert_eq!(demand(0.2, 0.1, 0.3).decide(Decide::Point), Verdict::Failed);
        assert_eq!(demand(0.199, 0.1, 0.3).decide(Decide::Point), Verdict::Passed);
    }

    #[test]
    fn a_number_that_is_none_is_an_error_and_comes_before_doubt() {
        for (value, lower, upper) in [
            (f64::NAN, 0.0, 0.1),
            (0.1, f64::NAN, 0.15),
            (0.1, 0.0, f64::INFINITY),
            (0.1, 0.15, 0.05),
        ] {
            let mut broken = demand(value, lower, upper);
            assert_eq!(broken.decide(Decide::Interval), Verdict::Error);
            broken.doubt = Some("the candidate has 3 values".to_owned());
            assert_eq!(broken.decide(Decide::Interval), Verdict::Error);
        }
        assert_eq!(demand(f64::NAN, 0.0, 0.1).decide(Decide::Point), Verdict::Error);
        let mut limitless = demand(0.1, 0.0, 0.1);
        limitless.limit.value = f64::NAN;
        assert_eq!(limitless.decide(Decide::Point), Verdict::Error);
    }

    #[test]
    fn doubt_is_inconclusive_whatever_the_number_says() {
        for value in [0.01, 0.9] {
            let mut thin = demand(value, value, value);
            thin.doubt = Some("the candidate has 6 values, 30 are needed".to_owned());
            assert_eq!(thin.decide(Decide::Point), Verdict::Inconclusive);
            assert_eq!(thin.decide(Decide::Interval), Verdict::Inconclusive);
        }
    }

    #[test]
    fn a_failure_is_told_in_one_sentence_a_person_can_act_on() {
        let bins = [("(50, 65]", 96_000, 90_000), ("(65, 80]", 49_200, 107_100)].map(
            |(label, reference, candidate)| PsiBin {
                label: label.to_owned(),
                reference,
                candidate,
                contribution: 0.083,
            },
        );
        let rest = PsiBin {
            label: "(-inf, 50]".to_owned(),
            reference: 1_054_800,
            candidate: 702_900,
            contribution: 0.0,
        };
        let bins = [rest, bins[1].clone(), bins[0].clone()];
        let mut failed = demand(0.3141, 0.302, 0.328);
        failed.bins = &bins;
        let finding = failed.judge("age", Decide::Interval);
        assert_eq!(
            finding.sentence,
            "PSI 0.314 (90% 0.30–0.33) ≥ 0.200; n 1.2M vs 0.9M; bin (65, 80] 4.1% → 11.9%"
        );
        assert_eq!((finding.verdict, finding.line), (Verdict::Failed, 14));
    }
}
