//! The limits of a drift gate.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::selector::selector;
use crate::policy::{Adjustment, Decide, DriftRule, Threshold};
use crate::yaml::{Faults, Fields, Limit, Node, choice, count, number, share};

/// Bins of a numeric PSI unless the policy says otherwise: what the literature uses.
const BINS_DEFAULT: u64 = 10;
const BINS_MAX: u64 = 100;
/// Error rate of each bound unless the policy says otherwise; the pair is a 90 % interval.
const ALPHA_DEFAULT: f64 = 0.05;

const DECISIONS: [(&str, Decide); 2] = [("interval", Decide::Interval), ("point", Decide::Point)];
const ADJUSTMENTS: [(&str, Adjustment); 3] =
    [("holm", Adjustment::Holm), ("bh", Adjustment::BenjaminiHochberg), ("none", Adjustment::None)];

/// The keys of a drift gate.
pub(super) fn drift(fields: &mut Fields<'_>, faults: &mut Faults) -> Option<DriftRule> {
    let place = fields.place();
    let columns = fields.required("columns", faults, selector);
    let faults_before = faults.len();
    let psi = fields.optional("psi", faults, psi).unwrap_or_default();
    let ks = fields.optional("ks", faults, ks).unwrap_or_default();
    let missing = fields.optional("missing", faults, missing).unwrap_or_default();
    let (new_categories_max, vanished_categories_max) =
        fields.optional("categories", faults, categories).unwrap_or_default();
    let mut max_of = |key, limit| {
        fields.optional(key, faults, |node, faults| one_limit(node, key, "max", limit, faults))
    };
    let js_distance_max = max_of("js_distance", Limit::Unit);
    let hellinger_max = max_of("hellinger", Limit::Unit);
    let total_variation_max = max_of("total_variation", Limit::Unit);
    let l_infinity_max = max_of("l_infinity", Limit::Unit);
    let wasserstein_scaled_max = max_of("wasserstein_scaled", Limit::NonNegative);
    let cramers_v_max = max_of("cramers_v", Limit::Unit);
    let chi_square_p_min = fields.optional("chi_square", faults, |node, faults| {
        one_limit(node, "chi_square", "p_min", Limit::Unit, faults)
    });
    let rule = DriftRule {
        columns: columns?,
        bins: usize::try_from(psi.bins.unwrap_or(BINS_DEFAULT)).ok()?,
        alpha: psi.alpha.unwrap_or(ALPHA_DEFAULT),
        decide: psi.decide.unwrap_or(Decide::Interval),
        psi_max: psi.max,
        psi_warn: psi.warn,
        ks_d_max: ks.d_max,
        ks_p_min: ks.p_min,
        adjust: ks.adjust.unwrap_or(Adjustment::Holm),
        missing_psi_max: missing.psi,
        null_change_max: missing.null_change,
        nan_change_max: missing.nan_change,
        new_categories_max,
        vanished_categories_max,
        js_distance_max,
        hellinger_max,
        total_variation_max,
        l_infinity_max,
        wasserstein_scaled_max,
        cramers_v_max,
        chi_square_p_min,
    };
    // A limit that could not be read is no missing limit.
    if faults.len() == faults_before && rule.limits().all(|limit| limit.threshold.is_none()) {
        faults.add_with_hint(
            place,
            "a drift gate needs at least one limit",
            "write `psi: {max: 0.2}`, or another of the distances",
        );
    }
    Some(rule)
}

/// `{min: …, max: …}` of numbers from 0 up.
pub(super) fn between(
    node: &Node,
    what: &'static str,
    faults: &mut Faults,
) -> Option<(Option<Threshold>, Option<Threshold>)> {
    let mut fields = Fields::of(node, what, faults)?;
    let place = fields.place();
    let written = fields.node("min").is_some() || fields.node("max").is_some();
    let min = limit(&mut fields, "min", Limit::NonNegative, faults);
    let max = limit(&mut fields, "max", Limit::NonNegative, faults);
    fields.finish(faults);
    if !written {
        faults.add(place, format!("{what} needs `min` or `max`"));
    }
    if let (Some(min), Some(max)) = (min, max)
        && min.value > max.value
    {
        faults.add(place, format!("no number lies between `{}` and `{}`", min.value, max.value));
    }
    Some((min, max))
}

#[derive(Default)]
struct Psi {
    max: Option<Threshold>,
    warn: Option<Threshold>,
    decide: Option<Decide>,
    alpha: Option<f64>,
    bins: Option<u64>,
}

/// Limits of the PSI, and `decide`, `alpha` and `bins`, which hold for every distance of the
/// gate that has bins or bounds.
fn psi(node: &Node, faults: &mut Faults) -> Option<Psi> {
    let mut fields = Fields::of(node, "`psi`", faults)?;
    let psi = Psi {
        max: limit(&mut fields, "max", Limit::NonNegative, faults),
        warn: limit(&mut fields, "warn", Limit::NonNegative, faults),
        decide: fields.optional("decide", faults, |node, faults| choice(node, &DECISIONS, faults)),
        alpha: fields.optional("alpha", faults, |node, faults| number(node, Limit::Rate, faults)),
        bins: fields.optional("bins", faults, |node, faults| count(node, 2, BINS_MAX, faults)),
    };
    fields.finish(faults);
    if let (Some(max), Some(warn)) = (psi.max, psi.warn)
        && warn.value >= max.value
    {
        let (warn, max) = (warn.value, max.value);
        faults.add(node.place, format!("`warn` must lie below `max`, found `{warn}` and `{max}`"));
    }
    Some(psi)
}

#[derive(Default)]
struct Ks {
    d_max: Option<Threshold>,
    p_min: Option<Threshold>,
    adjust: Option<Adjustment>,
}

fn ks(node: &Node, faults: &mut Faults) -> Option<Ks> {
    let mut fields = Fields::of(node, "`ks`", faults)?;
    let ks = Ks {
        d_max: limit(&mut fields, "d_max", Limit::Unit, faults),
        p_min: limit(&mut fields, "p_min", Limit::Unit, faults),
        adjust: fields
            .optional("adjust", faults, |node, faults| choice(node, &ADJUSTMENTS, faults)),
    };
    fields.finish(faults);
    Some(ks)
}

#[derive(Default)]
struct Missing {
    psi: Option<Threshold>,
    null_change: Option<Threshold>,
    nan_change: Option<Threshold>,
}

fn missing(node: &Node, faults: &mut Faults) -> Option<Missing> {
    let mut fields = Fields::of(node, "`missing`", faults)?;
    let psi = limit(&mut fields, "psi_max", Limit::NonNegative, faults);
    let null_change = fields.optional("null_change", faults, absolute_change);
    let nan_change = fields.optional("nan_change", faults, absolute_change);
    fields.finish(faults);
    Some(Missing { psi, null_change, nan_change })
}

/// `{abs: 2%}`: so many points of share, up or down.
fn absolute_change(node: &Node, faults: &mut Faults) -> Option<Threshold> {
    let mut fields = Fields::of(node, "a change", faults)?;
    let change = fields.required("abs", faults, share_limit);
    fields.finish(faults);
    change
}

fn categories(node: &Node, faults: &mut Faults) -> Option<(Option<Threshold>, Option<Threshold>)> {
    let mut fields = Fields::of(node, "`categories`", faults)?;
    let new = fields.optional("new_max", faults, share_limit);
    let vanished = fields.optional("vanished_max", faults, share_limit);
    fields.finish(faults);
    Some((new, vanished))
}

/// A map that holds one limit and nothing else.
fn one_limit(
    node: &Node,
    what: &'static str,
    key: &'static str,
    range: Limit,
    faults: &mut Faults,
) -> Option<Threshold> {
    let mut fields = Fields::of(node, what, faults)?;
    let threshold = fields.required(key, faults, |node, faults| {
        Some(Threshold { value: number(node, range, faults)?, line: node.place.line })
    });
    fields.finish(faults);
    threshold
}

fn limit(
    fields: &mut Fields<'_>,
    key: &'static str,
    range: Limit,
    faults: &mut Faults,
) -> Option<Threshold> {
    fields.optional(key, faults, |node, faults| {
        Some(Threshold { value: number(node, range, faults)?, line: node.place.line })
    })
}

fn share_limit(node: &Node, faults: &mut Faults) -> Option<Threshold> {
    Some(Threshold { value: share(node, faults)?.value(), line: node.place.line })
}
