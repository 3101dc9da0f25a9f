//! A performance gate as people write it.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::sync::Arc;

use super::rule::{
    Format, LatencyColumn, LoadTest, Measured, Performance, QUANTILES, QuantileLimit,
    ThroughputColumn,
};
use super::shape;
use super::time::milliseconds;
use crate::checklist::imported::{Imported, threshold};
use crate::checklist::limits::{least, pattern};
use crate::checklist::predicted::{read_deciding, read_source};
use crate::checklist::{Criterion, Kind};
use crate::evidence::latency::TimeUnit;
use crate::measure::predictions::TimeStep;
use crate::verdict::Threshold;
use crate::yaml::{Faults, Fields, Limit, Node, choice, name, share};

/// The kind.
pub(in crate::checklist) const KIND: Kind =
    Kind { word: "performance", read, schema: shape::schema };

fn read(fields: &mut Fields<'_>, faults: &mut Faults) -> Option<Arc<dyn Criterion>> {
    let place = fields.place();
    let before = faults.len();
    let source = fields.optional("predictions", faults, |node, faults| {
        let mut fields = Fields::of(node, "`predictions`", faults)?;
        let source = read_source(&mut fields, faults);
        fields.finish(faults);
        Some(source)
    });
    let deciding = read_deciding(fields, faults);
    let rows_min = fields.optional("rows", faults, |node, faults| least(node, "`rows`", 1, faults));
    let latency = fields.optional("latency", faults, latency);
    let throughput = fields.optional("throughput", faults, throughput);
    let load_test = fields.optional("load_test", faults, load_test);
    let imported = fields.optional("metrics", faults, Imported::read);
    if faults.len() > before {
        return None;
    }
    let measured = latency.is_some() || throughput.is_some();
    if !measured && load_test.is_none() && imported.is_none() {
        faults.add_with_hint(
            place,
            "a performance gate needs at least one limit",
            "write `latency: {column: latency_ms, unit: ms, p95: {max: 150ms}}`, `load_test` or \
             `metrics`",
        );
        return None;
    }
    if !measured && (source.is_some() || rows_min.is_some()) {
        let message = "`predictions` and `rows` are about columns, on which there is no limit";
        faults.add_with_hint(place, message, "add `latency` or `throughput`");
        return None;
    }
    let measured = measured.then(|| Measured {
        source: source
            .unwrap_or_else(|| crate::checklist::predicted::Source::default_at(place.line)),
        latency,
        throughput,
        rows_min,
    });
    Some(Arc::new(Performance { deciding, measured, load_test, imported }))
}

const STEPS: [(&str, TimeStep); 4] = [
    ("s", TimeStep::Second),
    ("ms", TimeStep::Millisecond),
    ("us", TimeStep::Microsecond),
    ("ns", TimeStep::Nanosecond),
];

/// `{column: …, unit: ms, p95: {max: 150ms}}`.
fn latency(node: &Node, faults: &mut Faults) -> Option<LatencyColumn> {
    let mut fields = Fields::of(node, "`latency`", faults)?;
    let place = fields.place();
    let column = fields.required("column", faults, name);
    let unit = fields.required("unit", faults, |node, faults| choice(node, &STEPS, faults));
    let before = faults.len();
    let limits = quantiles(&mut fields, faults);
    if limits.is_empty() && faults.len() == before {
        faults.add_with_hint(place, "`latency` needs a limit", "write `p95: {max: 150ms}`");
    }
    fields.finish(faults);
    Some(LatencyColumn { column: column?, unit: unit?, limits })
}

fn quantiles(fields: &mut Fields<'_>, faults: &mut Faults) -> Vec<QuantileLimit> {
    let mut limits = Vec::new();
    for of in QUANTILES {
        let limit = fields.optional(of.key, faults, |node, faults| {
            let mut fields = Fields::of(node, "a quantile", faults)?;
            let limit = fields.required("max", faults, milliseconds);
            fields.finish(faults);
            limit
        });
        limits.extend(limit.map(|limit| QuantileLimit { of, limit }));
    }
    limits
}

/// `{column: …, per_second: {min: …}}`.
fn throughput(node: &Node, faults: &mut Faults) -> Option<ThroughputColumn> {
    let mut fields = Fields::of(node, "`throughput`", faults)?;
    let column = fields.required("column", faults, name);
    let min = fields.required("per_second", faults, at_least);
    fields.finish(faults);
    Some(ThroughputColumn { column: column?, min: min? })
}

/// `{min: …}`.
fn at_least(node: &Node, faults: &mut Faults) -> Option<Threshold> {
    let mut fields = Fields::of(node, "a rate", faults)?;
    let min =
        fields.required("min", faults, |node, faults| threshold(node, Limit::NonNegative, faults));
    fields.finish(faults);
    min
}

#[derive(Clone, Copy, PartialEq)]
enum Word {
    K6,
    Wrk,
    Hdr,
}

/// `{file: …, format: k6, p95: {max: 150ms}, per_second: {min: …}, failed: {max: 1%}}`.
fn load_test(node: &Node, faults: &mut Faults) -> Option<LoadTest> {
    const WORDS: [(&str, Word); 3] = [("k6", Word::K6), ("wrk", Word::Wrk), ("hdr", Word::Hdr)];
    const UNITS: [(&str, TimeUnit); 4] = [
        ("s", TimeUnit::Seconds),
        ("ms", TimeUnit::Milliseconds),
        ("us", TimeUnit::Microseconds),
        ("ns", TimeUnit::Nanoseconds),
    ];
    let mut fields = Fields::of(node, "`load_test`", faults)?;
    let place = fields.place();
    let file = fields.required("file", faults, pattern);
    let word = fields.required("format", faults, |node, faults| choice(node, &WORDS, faults));
    let unit = match word {
        Some(Word::Hdr) => {
            fields.required("unit", faults, |node, faults| choice(node, &UNITS, faults))
        }
        _ => None,
    };
    let before = faults.len();
    let limits = quantiles(&mut fields, faults);
    let throughput_min = fields.optional("per_second", faults, at_least);
    let failed_max = fields.optional("failed", faults, |node, faults| {
        let mut fields = Fields::of(node, "`failed`", faults)?;
        let max = fields.required("max", faults, |node, faults| {
            Some(Threshold { value: share(node, faults)?.value(), line: node.place.line })
        });
        fields.finish(faults);
        max
    });
    let unlimited = limits.is_empty() && throughput_min.is_none() && failed_max.is_none();
    if unlimited && faults.len() == before {
        faults.add_with_hint(place, "`load_test` needs a limit", "write `p95: {max: 150ms}`");
    }
    fields.finish(faults);
    let format = match word? {
        Word::K6 => Format::K6,
        Word::Wrk => Format::Wrk,
        Word::Hdr => Format::Hdr(unit?),
    };
    let (file, line) = (file?, node.place.line);
    Some(LoadTest { file, line, format, limits, throughput_min, failed_max })
}
