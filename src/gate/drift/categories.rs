//! Categories that came or went.

use super::columns::{Outcome, Scope};
use super::demand::Demand;
use crate::gate::number::exact;
use crate::gate::{Comparator, text};
use crate::policy::{Decide, Threshold};

/// `new_categories_max`
pub(super) fn new(scope: &Scope<'_>) -> Option<Outcome> {
    let limit = scope.rule.new_categories_max?;
    let found = scope.drift.categories.as_ref().map(|change| Found {
        share: change.new_share,
        count: change.new_count,
        largest: &change.new_largest,
    });
    let names = Names { rule: "new_categories_max", label: "share of new categories" };
    Some(judge(scope, &names, limit, found))
}

/// `vanished_categories_max`
pub(super) fn vanished(scope: &Scope<'_>) -> Option<Outcome> {
    let limit = scope.rule.vanished_categories_max?;
    let found = scope.drift.categories.as_ref().map(|change| Found {
        share: change.vanished_share,
        count: Some(change.vanished_count),
        largest: &change.vanished_largest,
    });
    let names = Names { rule: "vanished_categories_max", label: "share of vanished categories" };
    Some(judge(scope, &names, limit, found))
}

struct Names {
    rule: &'static str,
    label: &'static str,
}

/// Categories of one side only.
struct Found<'a> {
    share: f64,
    /// How many; unknown where they are too many to be told apart.
    count: Option<u64>,
    largest: &'a [(String, u64)],
}

impl Found<'_> {
    /// The largest by name, the others by number.
    fn words(&self, count: u64) -> String {
        let shown = self.largest.iter().take(SHOWN_MAX);
        let shown: Vec<String> =
            shown.map(|(label, _)| format!("`{}`", text::name(label))).collect();
        let more = count.saturating_sub(shown.len() as u64);
        let more = if more > 0 { format!(" and {} more", exact(more)) } else { String::new() };
        format!("{}{more}", shown.join(", "))
    }
}

fn judge(scope: &Scope<'_>, names: &Names, limit: Threshold, found: Option<Found<'_>>) -> Outcome {
    let Some(found) = found else {
        use crate::measure::DistributionKind::{Numeric, Temporal};
        let binned = matches!(scope.facts.kind, Numeric | Temporal);
        let reason = binned.then_some("its values are no categories");
        return scope.absent(names.rule, limit, reason);
    };
    let mut remarks = Vec::new();
    match found.count {
        Some(0) => {}
        Some(count) => remarks.push(found.words(count)),
        None => remarks.push("too many distinct values to name them".to_owned()),
    }
    let demand = Demand {
        rule: names.rule,
        metric: "category_change",
        label: names.label,
        value: found.share,
        interval: None,
        comparator: Comparator::AtMost,
        limit,
        counts: scope.values(),
        shown: None,
        doubt: scope.doubt(names.rule),
        bins: &[],
        remarks,
    };
    Outcome::Judged(Box::new(demand.judge(scope.name, Decide::Point)))
}

/// Categories named in a sentence.
const SHOWN_MAX: usize = 3;
