//! The end-of-test summary of k6, as JSON.
//!
//! Two forms of it are in use: what `handleSummary` is given, where the numbers of a metric stand
//! under `values`, and what `--summary-export` writes, where they stand in the metric itself.
//! <https://grafana.com/docs/k6/latest/results-output/end-of-test/custom-summary/>
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use serde_json::{Map, Value};

use super::LatencyError;
use super::facts::{LatencyFacts, Quantile};
use crate::evidence::limits::METRICS_BYTES_MAX;
use crate::evidence::metrics::described;
use crate::identity::strict_json;

/// Reads a summary of k6: the trend `http_req_duration`, `http_reqs` and `http_req_failed`.
///
/// # Errors
/// [`LatencyError`]: no strict JSON, no HTTP request measured, a number that is none or is negative,
/// quantiles that fall.
pub fn k6(document: &[u8]) -> Result<LatencyFacts, LatencyError> {
    let root: Value = strict_json::read(document, METRICS_BYTES_MAX)?;
    let metrics = root.get("metrics").and_then(Value::as_object);
    let metrics =
        metrics.ok_or(LatencyError::Absent { expected: "the object `metrics` of a k6 summary" })?;
    let duration = Metric::of(metrics, "http_req_duration")
        .ok_or(LatencyError::Absent { expected: "the metric `http_req_duration`" })?;
    let requests = Metric::of(metrics, "http_reqs")
        .ok_or(LatencyError::Absent { expected: "the metric `http_reqs`" })?;
    let failed = Metric::of(metrics, "http_req_failed");

    let mut facts = LatencyFacts {
        mean_ms: duration.number("avg", MILLISECONDS)?,
        max_ms: duration.number("max", MILLISECONDS)?,
        requests: requests.count("count")?,
        throughput_per_second: requests.number("rate", "a rate")?,
        ..LatencyFacts::default()
    };
    if facts.requests.is_none() {
        return Err(LatencyError::Absent { expected: "the count of the metric `http_reqs`" });
    }
    for key in duration.values.keys() {
        let Some(share) = share_of(key) else { continue };
        if let Some(ms) = duration.number(key, MILLISECONDS)? {
            facts.listed.push(Quantile { share, ms });
        }
    }
    if let Some(failed) = failed {
        // The flat form calls the rate `value`.
        let share = match failed.number("rate", SHARE)? {
            Some(share) => Some(share),
            None => failed.number("value", SHARE)?,
        };
        if let Some(share) = share.filter(|&share| share > 1.0) {
            return Err(failed.fault("rate", SHARE, format!("the number {share}")));
        }
        facts.failed_share = share;
    }
    facts.checked()
}

const MILLISECONDS: &str = "milliseconds";
const SHARE: &str = "a share from 0 to 1";

/// The quantile that a key of a trend stands for.
fn share_of(key: &str) -> Option<f64> {
    if key == "med" {
        return Some(0.5);
    }
    if key == "max" {
        return Some(1.0);
    }
    let percent: f64 = key.strip_prefix("p(")?.strip_suffix(')')?.parse().ok()?;
    (0.0..=100.0).contains(&percent).then_some(percent / 100.0)
}

/// The numbers of one metric.
struct Metric<'a> {
    name: &'static str,
    values: &'a Map<String, Value>,
}

impl<'a> Metric<'a> {
    fn of(metrics: &'a Map<String, Value>, name: &'static str) -> Option<Self> {
        let metric = metrics.get(name)?.as_object()?;
        let values = metric.get("values").and_then(Value::as_object).unwrap_or(metric);
        Some(Self { name, values })
    }

    /// A number from 0 up, where there is one.
    fn number(&self, key: &str, expected: &'static str) -> Result<Option<f64>, LatencyError> {
        let Some(value) = self.values.get(key) else { return Ok(None) };
        match value.as_f64().filter(|number| number.is_finite() && *number >= 0.0) {
            Some(number) => Ok(Some(number)),
            None => Err(self.fault(key, expected, described(value))),
        }
    }

    fn count(&self, key: &str) -> Result<Option<u64>, LatencyError> {
        let Some(value) = self.values.get(key) else { return Ok(None) };
        match value.as_u64() {
            Some(count) => Ok(Some(count)),
            None => Err(self.fault(key, "a count", described(value))),
        }
    }

    fn fault(&self, key: &str, expected: &'static str, found: String) -> LatencyError {
        let path = format!("metrics.{}.{}", self.name, crate::verdict::text::name(key));
        LatencyError::Member { path, expected, found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_the_summary_are_read() {
        let nested = br#"{"metrics": {
            "http_req_duration": {"type": "trend", "contains": "time", "values": {"avg": 12.5,
                "min": 3.0, "med": 10.0, "max": 80.0, "p(90)": 20.0, "p(95)": 31.25, "p(99.9)": 77}},
            "http_reqs": {"type": "counter", "values": {"count": 6000, "rate": 99.5}},
            "http_req_failed": {"type": "rate", "values": {"rate": 0.01, "passes": 60, "fails": 5940}}}}"#;
        let flat = br#"{"metrics": {
            "http_req_duration": {"avg": 12.5, "min": 3.0, "med": 10.0, "max": 80.0, "p(90)": 20.0,
                "p(95)": 31.25, "p(99.9)": 77},
            "http_reqs": {"count": 6000, "rate": 99.5},
            "http_req_failed": {"value": 0.01, "passes": 60, "fails": 5940}}}"#;
        let facts = k6(nested).unwrap();
        assert_eq!(facts, k6(flat).unwrap());
        assert_eq!(facts.quantile_ms(0.95), Some(31.25));
        assert_eq!(facts.quantile_ms(0.999), Some(77.0));
        assert_eq!(facts.quantile_ms(0.99), None);
        assert_eq!((facts.requests, facts.throughput_per_second), (Some(6000), Some(99.5)));
        assert_eq!((facts.mean_ms, facts.max_ms), (Some(12.5), Some(80.0)));
        assert_eq!(facts.failed_share, Some(0.01));
    }

    #[test]
    fn a_summary_that_measured_nothing_or_lies_is_refused() {
        let said = |text: &str| k6(text.as_bytes()).unwrap_err().to_string();
        let with = |duration: &str, requests: &str| {
            said(&format!(
                r#"{{"metrics": {{"http_req_duration": {duration}, "http_reqs": {requests}}}}}"#
            ))
        };
        assert_eq!(said("{}"), "expected the object `metrics` of a k6 summary, which is not there");
        assert_eq!(
            said(r#"{"metrics": {"vus": {"value": 1}}}"#),
            "expected the metric `http_req_duration`, which is not there"
        );
        assert_eq!(with("{\"p(95)\": 0}", "{\"count\": 0}"), "the run made no request");
        assert_eq!(
            with("{\"p(95)\": 1}", "{\"rate\": 1.0}"),
            "expected the count of the metric `http_reqs`, which is not there"
        );
        assert_eq!(
            with("{\"p(95)\": -1}", "{\"count\": 1}"),
            "expected milliseconds at `metrics.http_req_duration.p(95)`, found the number -1"
        );
        assert_eq!(
            with("{\"p(95)\": \"9ms\"}", "{\"count\": 1}"),
            "expected milliseconds at `metrics.http_req_duration.p(95)`, found the text `9ms`"
        );
        assert!(with("{\"p(95)\": 9, \"p(99)\": 8}", "{\"count\": 1}").contains("falls from 9 ms"));
    }
}
