//! The form of a performance gate for editors.
#![expect(dead_code, reason = "the types exist for their JSON Schema alone")]

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::checklist::imported::ImportedNumbers;
use crate::checklist::limits::LeastOne;
use crate::checklist::predicted::shape::{Alpha, Deciding, Source};
use crate::checklist::shape::Common;
use crate::yaml::shape::{Name, NonNegative, Share};

pub(super) fn schema(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<PerformanceGate>()
}

/// How fast the model answers.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
struct PerformanceGate {
    #[schemars(flatten)]
    common: Common,
    kind: PerformanceWord,
    /// Where the columns lie.
    predictions: Option<PerformanceSource>,
    /// Whether intervals decide (`interval`, the default) or values alone (`point`).
    decide: Option<Deciding>,
    /// Error rate of each bound (0.05).
    alpha: Option<Alpha>,
    /// Fewer rows are too few to tell.
    rows: Option<LeastOne>,
    /// A column of latencies.
    latency: Option<LatencyColumn>,
    /// A column of timestamps.
    throughput: Option<ThroughputColumn>,
    /// What a load generator wrote.
    load_test: Option<LoadTest>,
    /// Numbers that somebody wrote as JSON.
    metrics: Option<ImportedNumbers>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum PerformanceWord {
    Performance,
}

#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
struct PerformanceSource {
    #[schemars(flatten)]
    source: Source,
}

#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
struct LatencyColumn {
    /// The column: numbers, or lengths of time.
    column: Name,
    /// What a number counts; lengths of time say so themselves.
    unit: Unit,
    #[schemars(flatten)]
    limits: Quantiles,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum Unit {
    S,
    Ms,
    Us,
    Ns,
}

#[derive(JsonSchema)]
struct Quantiles {
    /// What half of the answers take at most.
    p50: Option<LongestMax>,
    /// What 75 of 100 answers take at most.
    p75: Option<LongestMax>,
    /// What 90 of 100 answers take at most.
    p90: Option<LongestMax>,
    /// What 95 of 100 answers take at most.
    p95: Option<LongestMax>,
    /// What 99 of 100 answers take at most.
    p99: Option<LongestMax>,
    /// What 999 of 1,000 answers take at most.
    p999: Option<LongestMax>,
    /// What every answer seen took at most.
    longest: Option<LongestMax>,
}

/// So long at most.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
struct LongestMax {
    max: ShortTime,
}

/// A length of time: `150ms`, `1.5s`, `800us` or `700ns`.
#[derive(JsonSchema)]
#[schemars(extend("pattern" = r"^[0-9][0-9.]{0,19}(ns|us|ms|s)$"))]
struct ShortTime(String);

#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
struct ThroughputColumn {
    /// The column.
    column: Name,
    /// Rows per second.
    per_second: RateMin,
}

/// So many at least.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
struct RateMin {
    min: NonNegative,
}

#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
struct LoadTest {
    /// The file, below the folder of evidence; a pattern means several.
    file: Name,
    /// Who wrote it.
    format: LoadTestFormat,
    /// What the numbers of `hdr` count.
    unit: Option<Unit>,
    #[schemars(flatten)]
    limits: Quantiles,
    /// Requests per second.
    per_second: Option<RateMin>,
    /// The share of requests that may fail.
    failed: Option<FailedMax>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum LoadTestFormat {
    K6,
    Wrk,
    Hdr,
}

#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
struct FailedMax {
    max: Share,
}
