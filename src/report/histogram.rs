//! Two rows of bars: how the bins are filled on either side.

/// The characters that bars are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Charset {
    /// Unicode block elements.
    #[default]
    Unicode,
    /// ASCII, for terminals and logs without more.
    Ascii,
}

/// Bars of the reference and the candidate on one scale: the fullest bin of either side is full
/// height, a bin that holds anything is never drawn empty.
///
/// `counts` are (reference, candidate) by bin. More than [`BARS_MAX`] bins are joined with their
/// neighbours. `None` when a side is empty or there is only one bin, since that shows nothing.
#[must_use]
pub(super) fn bars(counts: &[(u64, u64)], charset: Charset) -> Option<(String, String)> {
    if counts.len() < 2 {
        return None;
    }
    let joined = counts.len().div_ceil(BARS_MAX);
    let (reference, candidate): (Vec<u128>, Vec<u128>) = counts
        .chunks(joined)
        .map(|bins| {
            let sum = |side: fn(&(u64, u64)) -> u64| {
                bins.iter().map(|bin| u128::from(side(bin))).sum::<u128>()
            };
            (sum(|bin| bin.0), sum(|bin| bin.1))
        })
        .collect();
    let (reference, candidate) = (shares(&reference)?, shares(&candidate)?);
    let fullest = reference.iter().chain(&candidate).copied().fold(0.0, f64::max);
    let draw = |shares: &[f64]| shares.iter().map(|share| bar(*share, fullest, charset)).collect();
    Some((draw(&reference), draw(&candidate)))
}

/// Bars in a row at most.
const BARS_MAX: usize = 12;

#[expect(clippy::cast_precision_loss, reason = "bars are drawn from floats")]
fn shares(counts: &[u128]) -> Option<Vec<f64>> {
    let all: u128 = counts.iter().sum();
    (all > 0).then(|| counts.iter().map(|&count| count as f64 / all as f64).collect())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a height between 1 and the number of levels"
)]
fn bar(share: f64, fullest: f64, charset: Charset) -> char {
    let levels: &[char] = match charset {
        Charset::Unicode => &['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
        Charset::Ascii => &['.', ':', '-', '=', '+', '*', '#', '@'],
    };
    if share <= 0.0 {
        return if charset == Charset::Unicode { '·' } else { '_' };
    }
    let height = (share / fullest * levels.len() as f64).ceil() as usize;
    levels[height.clamp(1, levels.len()) - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_are_drawn_on_one_scale() {
        let (reference, candidate) =
            bars(&[(10, 0), (10, 1), (10, 19), (10, 20)], Charset::Unicode).unwrap();
        assert_eq!((reference.as_str(), candidate.as_str()), ("▄▄▄▄", "·▁██"));
        let (reference, candidate) =
            bars(&[(10, 0), (10, 1), (10, 19), (10, 20)], Charset::Ascii).unwrap();
        assert_eq!((reference.as_str(), candidate.as_str()), ("====", "_.@@"));
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert_eq!(bars(&[], Charset::Unicode), None);
        assert_eq!(bars(&[(5, 5)], Charset::Unicode), None);
        assert_eq!(bars(&[(5, 0), (5, 0)], Charset::Unicode), None, "an empty candidate");
    }

    #[test]
    fn many_bins_are_joined() {
        let (reference, _) = bars(&[(u64::MAX, 1); 1000], Charset::Ascii).unwrap();
        assert!(reference.len() <= 12);
    }
}
