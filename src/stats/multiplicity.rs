//! p-values adjusted for having asked many questions.

use crate::quantity::PValue;

/// Holm's step-down adjustment (Holm 1979, *A simple sequentially rejective multiple test
/// procedure*, Scand. J. Statist. 6): the k-th smallest of m becomes the running maximum of
/// (m − k + 1)·p, at most 1. Controls the probability of any false alarm under any dependence.
///
/// The answer stands in the order of the question; none for none.
#[must_use]
pub fn holm(p_values: &[PValue]) -> Vec<PValue> {
    let order = ascending(p_values);
    let mut adjusted = p_values.to_vec();
    let mut largest = f64::NEG_INFINITY;
    for (rank, &index) in order.iter().enumerate() {
        largest = largest.max(p_values[index].ln() + ln(order.len() - rank));
        adjusted[index] = PValue::from_ln(largest);
    }
    adjusted
}

/// Benjamini and Hochberg's step-up adjustment (1995, *Controlling the false discovery rate*,
/// J. R. Statist. Soc. B 57): the k-th smallest of m becomes the running minimum, from the
/// largest down, of p·m/k. Controls the share of false alarms among alarms when the questions
/// are independent or positively dependent.
///
/// The answer stands in the order of the question; none for none.
#[must_use]
pub fn benjamini_hochberg(p_values: &[PValue]) -> Vec<PValue> {
    let order = ascending(p_values);
    let mut adjusted = p_values.to_vec();
    let mut smallest = f64::INFINITY;
    for (rank, &index) in order.iter().enumerate().rev() {
        smallest = smallest.min(p_values[index].ln() + ln(order.len()) - ln(rank + 1));
        adjusted[index] = PValue::from_ln(smallest);
    }
    adjusted
}

fn ascending(p_values: &[PValue]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].ln().total_cmp(&p_values[b].ln()));
    order
}

#[expect(clippy::cast_precision_loss, reason = "a number of columns")]
fn ln(count: usize) -> f64 {
    (count as f64).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adjusted(method: fn(&[PValue]) -> Vec<PValue>, p_values: &[f64]) -> Vec<f64> {
        let p_values: Vec<PValue> =
            p_values.iter().map(|p| PValue::from_ln(p.ln())).collect();
        method(&p_values).into_iter().map(PValue::value).collect()
    }

    fn assert_close(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
        }
    }

    #[test]
    fn adjusted_values_are_those_worked_out_by_hand() {
        // m = 4, sorted 0.005, 0.01, 0.03, 0.04: Holm 4·0.005, 3·0.01, 2·0.03, max(0.04, 0.06).
        let p_values = [0.01, 0.04, 0.03, 0.005];
        assert_close(&adjusted(holm, &p_values), &[0.03, 0.06, 0.06, 0.02]);
        assert_close(&adjusted(benjamini_hochberg, &p_values), &[0.02, 0.04, 0.04, 0.02]);
    }

    #[test]
    fn one_question_needs_no_adjustment_and_no_value_exceeds_one() {
        assert_close(&adjusted(holm, &[0.3]), &[0.3]);
        assert_close(&adjusted(holm, &[0.9, 0.8]), &[1.0, 1.0]);
        assert!(holm(&[]).is_empty() && benjamini_hochberg(&[]).is_empty());
    }
}
