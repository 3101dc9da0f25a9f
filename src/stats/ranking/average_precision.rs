//! Average precision of rows that all weigh the same.

use super::area::Area;
use super::stretch::{Stretch, Tie};
use crate::stats::double_double::DoubleDouble;

/// Average precision, Σ (Rₖ − Rₖ₋₁)·Pₖ over distinct scores from the highest down, of stretches
/// from the lowest up; `None` without positive rows.
///
/// No interpolation and no ends added, as scikit-learn's `average_precision_score`. The variance
/// is that of the infinitesimal jackknife (see [`Influenced`](super::Influenced)).
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
pub fn average_precision(stretches: &[Stretch]) -> Option<Area> {
    let rows = stretches.iter().map(Stretch::rows);
    let all = rows.fold(Tie { positives: 0, negatives: 0 }, |all, rows| Tie {
        positives: all.positives + rows.positives,
        negatives: all.negatives + rows.negatives,
    });
    if all.positives == 0 {
        return None;
    }
    let positives = all.positives as f64;
    let mut sum = DoubleDouble::default();
    for_each_cut(stretches, all, |tie, found, selected| {
        if tie.positives > 0 {
            sum = sum.plus((tie.positives as f64 * (found as f64 / selected as f64)).into());
        }
    });
    let value = sum.over(positives.into()).rounded();
    let (mut from_positive, mut from_negative, mut variance) = (0.0, 0.0, 0.0);
    for_each_cut(stretches, all, |tie, found, selected| {
        let (tied, found, selected) = (tie.positives as f64, found as f64, selected as f64);
        from_positive += tied * (selected - found) / (selected * selected);
        from_negative -= tied * found / (selected * selected);
        let of_positive = (found / selected + from_positive - value) / positives;
        let of_negative = from_negative / positives;
        variance += tied * of_positive * of_positive;
        variance += tie.negatives as f64 * of_negative * of_negative;
    });
    Some(Area { value, variance })
}

/// Visits every distinct score from the lowest up: its rows, the positive rows at it and above,
/// and all rows at it and above.
fn for_each_cut(stretches: &[Stretch], all: Tie, mut visit: impl FnMut(Tie, u64, u64)) {
    let (mut found, mut selected) = (all.positives, all.positives + all.negatives);
    for stretch in stretches {
        stretch.for_each_tie(|tie| {
            visit(tie, found, selected);
            found -= tie.positives;
            selected -= tie.positives + tie.negatives;
        });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::histogram::BucketMap;
    use crate::stats::ranking::{Classes, Ranked};

    proptest! {
        #[test]
        fn rows_and_counts_say_the_same(
            rows in prop::collection::vec((0u64..25, any::<bool>()), 1..80), cut in 0u64..25,
        ) {
            let (keys, positive): (Vec<u64>, Vec<bool>) = rows.iter().copied().unzip();
            let map = BucketMap::splitters(&[cut]);
            let ranked = Ranked::of(&keys);
            let cut = [Classes::of(&keys, &positive, &map)];
            let each = (0..map.len()).map(|bucket| Stretch::gather(&cut, bucket..bucket + 1));
            let found = average_precision(&each.collect::<Vec<_>>());
            let weights = vec![1.0; rows.len()];
            let expected = ranked.average_precision(&positive, &weights);
            let expected = expected.map(|found| found.area());
            prop_assert_eq!(found.is_some(), expected.is_some());
            if let (Some(found), Some(expected)) = (found, expected) {
                prop_assert!((found.value - expected.value).abs() < 1e-14);
                prop_assert!((found.variance - expected.variance).abs() < 1e-14);
            }
        }
    }
}
