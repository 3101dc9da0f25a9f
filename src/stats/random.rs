//! Seeded random numbers that are the same everywhere.

/// `SplitMix64` (G. L. Steele, D. Lea and C. H. Flood, OOPSLA 2014).
#[derive(Debug, Clone)]
pub(super) struct SplitMix {
    state: u64,
}

impl SplitMix {
    pub(super) fn seeded(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A number below `end`, each as likely but for 2⁻³² of itself.
    #[expect(clippy::cast_possible_truncation, reason = "below `end`, which is a usize")]
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.state = self.state.wrapping_add(GOLDEN);
        ((u128::from(mixed(self.state)) * end as u128) >> 64) as usize
    }

    /// A number that scrambles another: equal ones equally, neighbours far apart.
    pub(super) fn scrambled(number: u64) -> u64 {
        mixed(number.wrapping_add(GOLDEN))
    }
}

fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_published_one() {
        // The reference implementation by S. Vigna, seed 0: the first number.
        assert_eq!(mixed(GOLDEN), 0xe220_a839_7b1d_cdaf);
        let mut random = SplitMix::seeded(7);
        let mut counts = [0u32; 5];
        (0..50_000).for_each(|_| counts[random.below(5)] += 1);
        assert!(counts.iter().all(|count| (9_700..10_300).contains(count)), "{counts:?}");
    }
}
