//! Short lengths of time as people write them.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use crate::verdict::Threshold;
use crate::yaml::{Content, Faults, Node};

/// A limit such as `150ms`, in milliseconds.
pub(super) fn milliseconds(node: &Node, faults: &mut Faults) -> Option<Threshold> {
    let found = match &node.content {
        Content::Scalar(scalar) => parse(&scalar.text),
        Content::Refused => return None,
        Content::List(_) | Content::Map(_) => None,
    };
    if let Some(value) = found {
        return Some(Threshold { value, line: node.place.line });
    }
    let message = format!(
        "expected a length of time such as `150ms`, `1.5s` or `800us`, found {}",
        node.found()
    );
    faults.add(node.place, message);
    None
}

/// Digits, perhaps with a point, and a unit.
fn parse(text: &str) -> Option<f64> {
    let units = [("ns", 1e6), ("us", 1e3), ("ms", 1.0), ("s", 0.0)];
    let (digits, per_millisecond) =
        units.iter().find_map(|&(unit, steps)| Some((text.strip_suffix(unit)?, steps)))?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.len() <= DIGITS_MAX;
    let number: f64 = digits.parse().ok().filter(|_| plain)?;
    let value = if per_millisecond == 0.0 { number * 1e3 } else { number / per_millisecond };
    value.is_finite().then_some(value)
}

const DIGITS_MAX: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_rounded_once() {
        for (text, expected) in
            [("150ms", 150.0), ("1.5s", 1500.0), ("800us", 0.8), ("700ns", 0.0007), ("0ms", 0.0)]
        {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
        for text in ["150", "ms", ".5s", "-1ms", "1e3ms", "1 ms", "5m", "infs", "1.2.3s"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
