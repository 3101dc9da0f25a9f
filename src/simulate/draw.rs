//! Which rows are picked out: decided for each row by itself.

/// Picks a share of rows, each by the hash of a seed, a purpose and the row's number.
///
/// No state passes from row to row, so neither batches, row groups, files nor threads matter.
/// The same seed and purpose pick nested sets: what 5 % picks, 10 % picks too. The hash is the
/// output step of `SplitMix64` (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
/// generators", figure 17), applied to each part in turn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draw {
    state: u64,
    /// Rows whose 53-bit draw lies below are picked; 2⁵³ picks all.
    below: u64,
}

impl Draw {
    /// A draw of `share` of the rows. `purpose` keeps draws apart: what is done, to which column.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of at most 1 times 2^53 is a whole number from 0 to 2^53"
    )]
    pub(super) fn new(seed: u64, purpose: &[&str], share: crate::quantity::Fraction) -> Self {
        let mut state = mix(seed);
        for part in purpose {
            state = mix(state ^ part.len() as u64);
            for byte in part.bytes() {
                state = mix(state ^ u64::from(byte));
            }
        }
        Self { state, below: (share.value() * DRAWS).round() as u64 }
    }

    /// Whether the row with this number in the snapshot, from 0, is picked.
    #[inline]
    pub(super) fn picks(self, row: u64) -> bool {
        mix(self.state ^ mix(row)) >> (u64::BITS - DRAW_BITS) < self.below
    }
}

#[inline]
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// A draw is as fine as the fraction of an `f64`.
const DRAW_BITS: u32 = 53;
const DRAWS: f64 = 9_007_199_254_740_992.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Fraction;

    fn picked(seed: u64, purpose: &[&str], share: f64) -> Vec<u64> {
        let draw = Draw::new(seed, purpose, Fraction::new(share).unwrap());
        (0..100_000).filter(|&row| draw.picks(row)).collect()
    }

    #[test]
    fn the_hash_is_splitmix64() {
        // First outputs of SplitMix64 seeded with 1234567, as published for the generator
        // (https://rosettacode.org/wiki/Pseudo-random_numbers/Splitmix64).
        let step = 0x9e37_79b9_7f4a_7c15u64;
        let outputs = [0, 1, 2].map(|n: u64| mix(1_234_567u64.wrapping_add(step.wrapping_mul(n))));
        let published =
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(outputs, published);
    }

    #[test]
    fn a_share_is_met_within_five_standard_deviations() {
        for (share, count) in [(0.0, 0.0), (0.01, 1e3), (0.5, 5e4), (1.0, 1e5)] {
            let found = picked(7, &["null", "x"], share).len();
            let found = f64::from(u32::try_from(found).unwrap());
            let deviation = (1e5f64 * share * (1.0 - share)).sqrt();
            assert!((found - count).abs() <= 5.0 * deviation, "{share}: {found}");
        }
    }

    #[test]
    fn a_larger_share_picks_the_smaller_ones_rows_too() {
        let (few, many) = (picked(7, &["null", "x"], 0.05), picked(7, &["null", "x"], 0.1));
        assert!(few.iter().all(|row| many.binary_search(row).is_ok()));
    }

    #[test]
    fn seed_purpose_and_column_make_independent_draws() {
        let base = picked(7, &["null", "x"], 0.5);
        for other in [
            picked(8, &["null", "x"], 0.5),
            picked(7, &["nan", "x"], 0.5),
            picked(7, &["null", "y"], 0.5),
            picked(7, &["nullx"], 0.5),
            picked(7, &["nul", "lx"], 0.5),
        ] {
            let both = other.iter().filter(|row| base.binary_search(row).is_ok());
            let shared = both.count();
            // 25,000 expected, standard deviation 137.
            assert!((24_315..=25_685).contains(&shared), "{shared}");
        }
    }
}
