//! The bins of a PSI with the counts of both sides.

use std::collections::BTreeMap;

use super::CategoryChange;
use crate::contract::KeyDomain;
use crate::profile::text_of;
use crate::stats::joint::{JointDistribution, KeyCount, Side};

/// Counts per bin, and how the bins were made.
#[derive(Debug, Clone)]
pub(super) struct Bins {
    pub(super) metric_id: String,
    pub(super) labels: Vec<String>,
    pub(super) reference: Vec<u64>,
    pub(super) candidate: Vec<u64>,
    pub(super) categories: Option<CategoryChange>,
}

/// Ranks of the inverted-CDF quantiles k/`parts`, k = 1 … parts − 1, of `values` values: the
/// smallest rank with at least that share at or below it (Hyndman and Fan 1996, type 1).
pub(super) fn quantile_ranks(values: u64, parts: usize) -> Vec<u64> {
    let (values, parts) = (u128::from(values), parts as u128);
    let rank = |k: u128| u64::try_from((k * values).div_ceil(parts)).unwrap_or(u64::MAX);
    if values == 0 { Vec::new() } else { (1..parts).map(rank).collect() }
}

impl Bins {
    /// Bins cut at reference quantiles: right-closed, ends open, equal edges merged.
    pub(super) fn at_quantiles(joint: &JointDistribution, domain: &KeyDomain, bins: usize) -> Self {
        let ranks = quantile_ranks(joint.total(Side::Reference), bins);
        let mut edges: Vec<u64> =
            ranks.iter().filter_map(|&rank| joint.key_of_rank(Side::Reference, rank)).collect();
        edges.dedup();
        let counts = |side| {
            let mut before = 0;
            let mut counts: Vec<u64> = edges
                .iter()
                .map(|&edge| {
                    let at_most = joint.count_at_most(side, edge);
                    std::mem::replace(&mut before, at_most).abs_diff(at_most)
                })
                .collect();
            counts.push(joint.total(side) - before);
            counts
        };
        let texts: Vec<String> = edges.iter().map(|&edge| domain.text(edge)).collect();
        let label = |index: usize| match (index.checked_sub(1), texts.get(index)) {
            (None, Some(upper)) => format!("(-∞, {upper}]"),
            (Some(below), Some(upper)) => format!("({}, {upper}]", texts[below]),
            (Some(below), None) => format!("({}, ∞)", texts[below]),
            (None, None) => "(-∞, ∞)".to_owned(),
        };
        Self {
            metric_id: format!("psi_quantile{bins}_jeffreys"),
            labels: (0..=edges.len()).map(label).collect(),
            reference: counts(Side::Reference),
            candidate: counts(Side::Candidate),
            categories: None,
        }
    }

    /// One bin per reference value, and one for values the reference has not, when there are any.
    /// Those are counted and named when all values of the candidate are known; their share is
    /// exact in any case.
    pub(super) fn of_values(
        reference: &[KeyCount],
        candidate: Option<&[KeyCount]>,
        joint: &JointDistribution,
        domain: &KeyDomain,
    ) -> Self {
        let mut labels: Vec<String> = reference.iter().map(|pair| domain.text(pair.0)).collect();
        let mut ours: Vec<u64> = reference.iter().map(|pair| pair.1).collect();
        let mut theirs: Vec<u64> =
            reference.iter().map(|pair| joint.count_of(Side::Candidate, pair.0)).collect();
        let unseen = joint.total(Side::Candidate) - theirs.iter().sum::<u64>();
        let mut union: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
        for (&(key, ours), &theirs) in reference.iter().zip(&theirs) {
            union.insert(key, (ours, theirs));
        }
        for &(key, theirs) in candidate.unwrap_or_default() {
            union.entry(key).or_default().1 = theirs;
        }
        let named = union.iter().map(|(&key, &(ours, theirs))| (domain.text(key), ours, theirs));
        let mut change = category_change(&named.collect::<Vec<_>>());
        if candidate.is_none() && unseen > 0 {
            change.new_count = None;
            change.new_share = share(unseen, joint.total(Side::Candidate));
        }
        if unseen > 0 {
            labels.push("other values".to_owned());
            ours.push(0);
            theirs.push(unseen);
        }
        let metric_id = "psi_values_jeffreys".to_owned();
        let categories = Some(change);
        Self { metric_id, labels, reference: ours, candidate: theirs, categories }
    }

    /// Bins of which the counts alone are known.
    pub(super) fn of_counts(reference: Vec<u64>, candidate: Vec<u64>) -> Self {
        let pairs = reference.iter().zip(&candidate);
        let unnamed: Vec<(String, u64, u64)> =
            pairs.map(|(&ours, &theirs)| (String::new(), ours, theirs)).collect();
        Self {
            metric_id: String::new(),
            labels: vec![String::new(); unnamed.len()],
            categories: Some(category_change(&unnamed)),
            reference,
            candidate,
        }
    }

    /// One bin per category of either side, in byte order.
    pub(super) fn of_categories(
        reference: &BTreeMap<Box<[u8]>, u64>,
        candidate: &BTreeMap<Box<[u8]>, u64>,
    ) -> Self {
        let mut union: BTreeMap<&[u8], (u64, u64)> = BTreeMap::new();
        for (value, &count) in reference {
            union.entry(value).or_default().0 = count;
        }
        for (value, &count) in candidate {
            union.entry(value).or_default().1 = count;
        }
        let changed: Vec<(String, u64, u64)> =
            union.iter().map(|(value, &(r, c))| (text_of(value), r, c)).collect();
        Self {
            metric_id: "psi_categories_jeffreys".to_owned(),
            labels: changed.iter().map(|(label, ..)| label.clone()).collect(),
            reference: changed.iter().map(|&(_, count, _)| count).collect(),
            candidate: changed.iter().map(|&(.., count)| count).collect(),
            categories: Some(category_change(&changed)),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "shares are floats")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn category_change(categories: &[(String, u64, u64)]) -> CategoryChange {
    let only = |mine: fn(&(String, u64, u64)) -> u64, other: fn(&(String, u64, u64)) -> u64| {
        let mut found: Vec<(String, u64)> = categories
            .iter()
            .filter(|category| mine(category) > 0 && other(category) == 0)
            .map(|category| (category.0.clone(), mine(category)))
            .collect();
        let (count, rows) = (found.len() as u64, found.iter().map(|pair| pair.1).sum::<u64>());
        let whole: u64 = categories.iter().map(mine).sum();
        found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        found.truncate(CATEGORIES_SHOWN);
        (count, share(rows, whole), found)
    };
    let (new_count, new_share, new_largest) = only(|c| c.2, |c| c.1);
    let (vanished_count, vanished_share, vanished_largest) = only(|c| c.1, |c| c.2);
    CategoryChange {
        new_count: Some(new_count),
        new_share,
        new_largest,
        vanished_count,
        vanished_share,
        vanished_largest,
    }
}

/// New and vanished categories that are named; the others are counted.
const CATEGORIES_SHOWN: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::order_key::from_i64;

    fn pairs(values: &[(i64, u64)]) -> Vec<KeyCount> {
        values.iter().map(|&(value, count)| (from_i64(value), count)).collect()
    }

    #[test]
    fn quantile_bins_are_right_closed_with_equal_edges_merged() {
        let reference = pairs(&[(1, 50), (2, 10), (3, 10), (4, 10), (5, 20)]);
        let candidate = pairs(&[(0, 5), (3, 5), (9, 5)]);
        let joint = JointDistribution::whole(reference, candidate);
        let bins = Bins::at_quantiles(&joint, &KeyDomain::Signed, 10);
        assert_eq!(bins.labels, ["(-∞, 1]", "(1, 2]", "(2, 3]", "(3, 4]", "(4, 5]", "(5, ∞)"]);
        assert_eq!(bins.reference, [50, 10, 10, 10, 20, 0]);
        assert_eq!(bins.candidate, [5, 0, 5, 0, 0, 5]);
    }

    #[test]
    fn values_the_reference_has_not_share_one_bin() {
        let reference = pairs(&[(0, 3), (1, 7)]);
        let candidate = pairs(&[(1, 4), (2, 1), (3, 2)]);
        let joint = JointDistribution::whole(reference.clone(), candidate);
        let known = [(from_i64(1), 4), (from_i64(2), 1), (from_i64(3), 2)];
        let bins = Bins::of_values(&reference, Some(&known), &joint, &KeyDomain::Signed);
        assert_eq!(bins.categories.map(|change| change.new_count), Some(Some(2)));
        assert_eq!(bins.labels, ["0", "1", "other values"]);
        assert_eq!((bins.reference, bins.candidate), (vec![3, 7, 0], vec![0, 4, 3]));
    }

    #[test]
    fn the_share_of_new_values_is_exact_where_they_are_too_many_to_be_told_apart() {
        let reference = pairs(&[(0, 3), (1, 7), (9, 2)]);
        let candidate = pairs(&[(1, 4), (2, 1), (3, 2), (4, 1)]);
        let joint = JointDistribution::whole(reference.clone(), candidate);
        let bins = Bins::of_values(&reference, None, &joint, &KeyDomain::Signed);
        let change = bins.categories.unwrap();
        assert_eq!((change.new_count, change.new_share), (None, 0.5));
        assert_eq!((change.vanished_count, change.vanished_share), (2, 5.0 / 12.0));
        assert_eq!(change.new_largest, []);
        let none_new = JointDistribution::whole(reference.clone(), pairs(&[(1, 4)]));
        let bins = Bins::of_values(&reference, None, &none_new, &KeyDomain::Signed);
        let change = bins.categories.unwrap();
        assert_eq!((change.new_count, change.new_share), (Some(0), 0.0));
    }

    #[test]
    fn new_and_vanished_categories_are_counted_and_the_largest_named() {
        let side = |pairs: &[(&str, u64)]| {
            pairs.iter().map(|&(value, count)| (value.as_bytes().into(), count)).collect()
        };
        let bins = Bins::of_categories(&side(&[("a", 6), ("b", 2)]), &side(&[("a", 3), ("c", 1)]));
        assert_eq!(bins.labels, ["a", "b", "c"]);
        let change = bins.categories.unwrap();
        assert_eq!((change.new_count, change.new_share), (Some(1), 0.25));
        assert_eq!((change.vanished_count, change.vanished_share), (1, 0.25));
        assert_eq!(change.new_largest, [("c".to_owned(), 1)]);
    }

    #[test]
    fn ranks_are_those_of_the_inverted_distribution_function() {
        assert_eq!(quantile_ranks(10, 10), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(quantile_ranks(3, 10), [1, 1, 1, 2, 2, 2, 3, 3, 3]);
        assert_eq!(quantile_ranks(0, 10), [] as [u64; 0]);
    }
}
