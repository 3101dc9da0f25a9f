//! What a performance gate demands.

use std::collections::BTreeSet;

use crate::checklist::imported::Imported;
use crate::checklist::predicted::{Deciding, Source};
use crate::checklist::{Answer, Criterion, Demand, Given, Need};
use crate::evidence::latency::TimeUnit;
use crate::measure::predictions::{
    DecidedBy, LatencyRequest, PredictionColumns, PredictionsRequest, TimeStep,
};
use crate::quantity::Fraction;
use crate::verdict::{Comparator, Threshold};

/// Limits on how long answers take and how many there are.
#[derive(Debug)]
pub(super) struct Performance {
    pub(super) deciding: Deciding,
    pub(super) measured: Option<Measured>,
    pub(super) load_test: Option<LoadTest>,
    pub(super) imported: Option<Imported>,
}

/// Columns beside the predictions.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) source: Source,
    pub(super) latency: Option<LatencyColumn>,
    pub(super) throughput: Option<ThroughputColumn>,
    /// Fewer rows are too few to tell.
    pub(super) rows_min: Option<(u64, usize)>,
}

/// A column of latencies with limits on its quantiles.
#[derive(Debug)]
pub(super) struct LatencyColumn {
    pub(super) column: String,
    pub(super) unit: TimeStep,
    pub(super) limits: Vec<QuantileLimit>,
}

/// A column of timestamps with a limit on the rows per second.
#[derive(Debug)]
pub(super) struct ThroughputColumn {
    pub(super) column: String,
    pub(super) min: Threshold,
}

/// What a load generator wrote.
#[derive(Debug)]
pub(super) struct LoadTest {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) format: Format,
    pub(super) limits: Vec<QuantileLimit>,
    pub(super) throughput_min: Option<Threshold>,
    pub(super) failed_max: Option<Threshold>,
}

/// How a load generator writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// The JSON summary of k6.
    K6,
    /// The text of wrk and wrk2.
    Wrk,
    /// The percentile text of `HdrHistogram`, whose numbers count this.
    Hdr(TimeUnit),
}

/// The longest that a share of the answers may take, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct QuantileLimit {
    pub(super) of: QuantileOf,
    pub(super) limit: Threshold,
}

/// A quantile as the policy names it; the last one is the largest value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct QuantileOf {
    pub(super) key: &'static str,
    pub(super) p: f64,
}

/// Quantiles that can be limited.
pub(super) const QUANTILES: [QuantileOf; 7] = [
    QuantileOf { key: "p50", p: 0.5 },
    QuantileOf { key: "p75", p: 0.75 },
    QuantileOf { key: "p90", p: 0.9 },
    QuantileOf { key: "p95", p: 0.95 },
    QuantileOf { key: "p99", p: 0.99 },
    QuantileOf { key: "p999", p: 0.999 },
    QuantileOf { key: "longest", p: 1.0 },
];

impl QuantileLimit {
    /// The limit as a demand; `prefix` tells documents from columns.
    pub(super) fn demand(&self, prefix: &str) -> Demand {
        let rule = format!("{prefix}{}_max", self.of.key);
        Demand::real(&rule, Comparator::AtMost, self.limit)
    }
}

impl ThroughputColumn {
    pub(super) fn demand(&self) -> Demand {
        Demand::real("throughput_min", Comparator::AtLeast, self.min)
    }
}

impl Measured {
    fn request(&self, deciding: Deciding) -> PredictionsRequest {
        let latency = self.latency.as_ref().map(|latency| LatencyRequest {
            column: latency.column.clone(),
            unit: latency.unit,
            quantiles: latency
                .limits
                .iter()
                .filter_map(|limit| Fraction::new(limit.of.p))
                .collect(),
        });
        PredictionsRequest {
            columns: PredictionColumns::default(),
            statistics: BTreeSet::new(),
            groupings: Vec::new(),
            grouped_by: DecidedBy::Stored,
            latency,
            timestamps: self.throughput.as_ref().map(|throughput| throughput.column.clone()),
            alpha: deciding.alpha(),
            calibration_bins: 1,
            missing_tolerated: self.source.missing_max,
            champion: false,
        }
    }

    /// Its limits as demands.
    pub(super) fn demands(&self, deciding: Deciding) -> Vec<Demand> {
        let rows = self.rows_min.map(|(min, line)| rows_demand(min, line));
        let latency = self.latency.iter().flat_map(|latency| &latency.limits).map(|limit| {
            let demand = limit.demand("");
            // The largest value of a sample says nothing of larger ones.
            if limit.of.p < 1.0 { demand.decided(deciding.decide, deciding.alpha) } else { demand }
        });
        let throughput = self.throughput.iter().map(ThroughputColumn::demand);
        rows.into_iter().chain(latency).chain(throughput).collect()
    }
}

/// So many rows at least.
pub(super) fn rows_demand(min: u64, line: usize) -> Demand {
    Demand::count("rows_min", Comparator::AtLeast, min, line)
}

impl LoadTest {
    /// Its limits as demands.
    pub(super) fn demands(&self) -> Vec<Demand> {
        let limits = self.limits.iter().map(|limit| limit.demand("load_test_"));
        let throughput = self
            .throughput_min
            .map(|min| Demand::real("load_test_throughput_min", Comparator::AtLeast, min));
        let failed = self
            .failed_max
            .map(|max| Demand::real("load_test_failed_max", Comparator::AtMost, max));
        limits.chain(throughput).chain(failed).collect()
    }
}

impl Performance {
    /// Which need the load test is.
    pub(super) fn load_test_need(&self) -> usize {
        usize::from(self.measured.is_some())
    }

    /// Which need the imported document is.
    pub(super) fn imported_need(&self) -> usize {
        self.load_test_need() + usize::from(self.load_test.is_some())
    }
}

impl Criterion for Performance {
    fn needs(&self) -> Vec<Need> {
        let measured = self.measured.iter();
        let load_test = self.load_test.iter();
        measured
            .map(|measured| measured.source.need(measured.request(self.deciding)))
            .chain(
                load_test.map(|test| Need::Files { pattern: test.file.clone(), line: test.line }),
            )
            .chain(self.imported.iter().map(Imported::need))
            .collect()
    }

    fn demands(&self) -> Vec<Demand> {
        let measured = self.measured.iter().flat_map(|measured| measured.demands(self.deciding));
        let load_test = self.load_test.iter().flat_map(LoadTest::demands);
        measured.chain(load_test).chain(self.imported.iter().flat_map(Imported::demands)).collect()
    }

    fn terms(&self) -> Vec<(String, String)> {
        let mut terms = Vec::new();
        if let Some(measured) = &self.measured {
            terms.extend(measured.source.terms());
            terms.extend(self.deciding.terms());
            if let Some(latency) = &measured.latency {
                terms.push(("latency.column".to_owned(), latency.column.clone()));
                terms.push(("latency.unit".to_owned(), latency.unit.as_str().to_owned()));
            }
            if let Some(throughput) = &measured.throughput {
                terms.push(("throughput.column".to_owned(), throughput.column.clone()));
            }
        }
        if let Some(test) = &self.load_test {
            terms.push(("load_test.file".to_owned(), test.file.clone()));
            terms.push(("load_test.format".to_owned(), format!("{:?}", test.format)));
        }
        terms.extend(self.imported.iter().map(Imported::term));
        terms
    }

    fn judge(&self, given: &Given<'_>) -> Vec<Answer> {
        super::judge::judge(self, given)
    }
}
