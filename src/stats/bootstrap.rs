//! Intervals by resampling, the same on every machine.
//!
//! What is resampled are **blocks** of rows, each with its sums; a statistic is a function of the
//! summed sums. Up to [`BLOCKS_MAX`] rows every row is a block of its own, which is the ordinary
//! bootstrap of rows. More rows go to blocks by a fixed scrambling of their numbers, so that
//! whatever order they lie in, blocks are alike; sums of [`BLOCKS_MAX`] blocks tell the variance
//! of a mean to 1.6 %, and the cost no longer depends on the rows.

use super::double_double::DoubleDouble;
use super::random::SplitMix;
use crate::quantity::Fraction;

/// Blocks of rows at most.
pub const BLOCKS_MAX: usize = 2048;

/// Resamples; with 0.05 either bound is a whole rank, the 100th and the 1,900th.
pub const RESAMPLES: usize = 1999;

/// The one seed: an interval is a function of the rows.
const SEED: u64 = 0x6472_6966_7467_6174;

/// Sums of rows: of all of them, in twice the precision of a double, and of blocks.
#[derive(Debug, Clone)]
pub struct BlockSums {
    rows: u64,
    width: usize,
    /// One after another the sums of each block.
    blocks: Vec<f64>,
    totals: Vec<DoubleDouble>,
}

/// The block of a row.
#[derive(Debug, Clone, Copy)]
pub struct Block(usize);

impl BlockSums {
    /// Nothing summed yet: `width` sums over `rows` rows.
    #[must_use]
    pub fn new(rows: u64, width: usize) -> Self {
        let blocks = usize::try_from(rows).map_or(BLOCKS_MAX, |rows| rows.min(BLOCKS_MAX));
        let totals = vec![DoubleDouble::default(); width];
        Self { rows, width, blocks: vec![0.0; blocks * width], totals }
    }

    /// The block that a row, counted from 0, belongs to.
    ///
    /// # Panics
    /// When there is no such row.
    #[must_use]
    pub fn block_of(&self, row: u64) -> Block {
        assert!(row < self.rows, "row {row} of {}", self.rows);
        let block = if self.rows <= BLOCKS_MAX as u64 {
            row
        } else {
            SplitMix::scrambled(row) % BLOCKS_MAX as u64
        };
        Block(usize::try_from(block).expect("fewer blocks than 2^11"))
    }

    /// Adds a row's part to a sum.
    ///
    /// # Panics
    /// When there is no such sum.
    pub fn add(&mut self, Block(block): Block, sum: usize, value: f64) {
        assert!(sum < self.width, "sum {sum} of {}", self.width);
        self.blocks[block * self.width + sum] += value;
        self.totals[sum] = self.totals[sum].plus(value.into());
    }

    /// The sums over all rows.
    #[must_use]
    pub fn totals(&self) -> Vec<f64> {
        self.totals.iter().map(|total| total.rounded()).collect()
    }

    /// Draws as many blocks as there are, [`RESAMPLES`] times: always the same ones, so that sums of
    /// two models over the same rows are resampled together.
    #[must_use]
    pub fn resample(&self) -> Resampled {
        let blocks = self.blocks.len().checked_div(self.width).unwrap_or(0);
        let mut random = SplitMix::seeded(SEED);
        let mut times = vec![0u32; blocks];
        let mut sums = vec![0.0; if blocks < 2 { 0 } else { RESAMPLES * self.width }];
        for totals in sums.chunks_exact_mut(self.width.max(1)) {
            times.fill(0);
            for _ in 0..blocks {
                times[random.below(blocks)] += 1;
            }
            for (&times, block) in times.iter().zip(self.blocks.chunks_exact(self.width)) {
                let times = f64::from(times);
                for (total, &sum) in totals.iter_mut().zip(block) {
                    *total += times * sum;
                }
            }
        }
        Resampled { width: self.width, totals: self.totals(), sums }
    }
}

/// Sums over resampled rows.
#[derive(Debug, Clone)]
pub struct Resampled {
    width: usize,
    totals: Vec<f64>,
    /// One after another the sums of each resample; none of fewer than two blocks.
    sums: Vec<f64>,
}

impl Resampled {
    /// The bounds between which `statistic` falls but for the share `alpha` on either side: the
    /// percentile interval (B. Efron, Ann. Statist. 7 (1979)), or its reflection.
    ///
    /// A resample in which the statistic is no number counts as the worst on both sides. `None`
    /// when a bound is one of those, when there are fewer than two blocks, or when `alpha` is so
    /// small that [`RESAMPLES`] cannot tell.
    #[must_use]
    pub fn bounds(
        &self,
        alpha: Fraction,
        kind: Kind,
        statistic: impl Fn(&[f64]) -> Option<f64>,
    ) -> Option<(f64, f64)> {
        let drawn = self.sums.chunks_exact(self.width.max(1)).map(&statistic);
        between(drawn, statistic(&self.totals), alpha, kind)
    }

    /// As [`Self::bounds`], of the statistic less that of another model on the same rows.
    #[must_use]
    pub fn bounds_less(
        &self,
        other: &Self,
        alpha: Fraction,
        statistic: impl Fn(&[f64]) -> Option<f64>,
    ) -> Option<(f64, f64)> {
        let less = |ours: &[f64], theirs: &[f64]| Some(statistic(ours)? - statistic(theirs)?);
        let pairs = self.sums.chunks_exact(self.width.max(1));
        let pairs = pairs.zip(other.sums.chunks_exact(other.width.max(1)));
        let drawn = pairs.map(|(ours, theirs)| less(ours, theirs));
        between(drawn, less(&self.totals, &other.totals), alpha, Kind::Percentile)
    }
}

fn between(
    drawn: impl Iterator<Item = Option<f64>>,
    value: Option<f64>,
    alpha: Fraction,
    kind: Kind,
) -> Option<(f64, f64)> {
    let rank = rank_of(alpha)?;
    let value = value.filter(|value| value.is_finite())?;
    let drawn: Vec<Option<f64>> =
        drawn.map(|drawn| drawn.filter(|value| value.is_finite())).collect();
    let sorted = |worst: f64| {
        let mut values: Vec<f64> = drawn.iter().map(|value| value.unwrap_or(worst)).collect();
        values.sort_unstable_by(f64::total_cmp);
        values
    };
    let lower = sorted(f64::NEG_INFINITY).get(rank - 1).copied()?;
    let upper = sorted(f64::INFINITY).get(RESAMPLES - rank).copied()?;
    let (lower, upper) = match kind {
        Kind::Percentile => (lower, upper),
        Kind::Reflected => (2.0 * value - upper, 2.0 * value - lower),
    };
    (lower.is_finite() && upper.is_finite()).then(|| (lower.min(value), upper.max(value)))
}

/// How bounds come of resampled values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Their quantiles.
    Percentile,
    /// Their quantiles on the other side of the value: for statistics that resampling pushes
    /// upwards, as a sum of absolute differences.
    Reflected,
}

/// The rank, from either end, that leaves `alpha` outside.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at most a thousand"
)]
fn rank_of(alpha: Fraction) -> Option<usize> {
    let rank = (alpha.value() * (RESAMPLES + 1) as f64 + 1e-9).floor() as usize;
    (1..=RESAMPLES / 2).contains(&rank).then_some(rank)
}

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
mod tests {
    use super::*;

    fn alpha() -> Fraction {
        Fraction::new(0.05).expect("a share")
    }

    fn mean(sums: &[f64]) -> Option<f64> {
        (sums[0] > 0.0).then(|| sums[1] / sums[0])
    }

    fn blocks(values: impl ExactSizeIterator<Item = f64>) -> BlockSums {
        let mut blocks = BlockSums::new(values.len() as u64, 2);
        for (row, value) in (0..).zip(values) {
            let block = blocks.block_of(row);
            blocks.add(block, 0, 1.0);
            blocks.add(block, 1, value);
        }
        blocks
    }

    #[test]
    fn bounds_of_a_mean_are_those_of_the_normal_law_whatever_the_order() {
        // A saw of 1,000 steps has the mean ½ and the deviation 1/√12; sorted or not.
        for rows in [1_000usize, 2_048, 50_000] {
            for sorted in [false, true] {
                let step = |row: usize| {
                    let place = if sorted { row * 1_000 / rows } else { row * 617 % 1_000 };
                    (place as f64 + 0.5) / 1_000.0
                };
                let found =
                    blocks((0..rows).map(step)).resample().bounds(alpha(), Kind::Percentile, mean);
                let (lower, upper) = found.expect("bounds");
                let reach = 1.645 * (1.0 / 12.0f64).sqrt() / (rows as f64).sqrt();
                assert!(
                    ((upper - lower) / (2.0 * reach) - 1.0).abs() < 0.08,
                    "{rows} {sorted} {lower} {upper}"
                );
            }
        }
    }

    #[test]
    fn the_same_rows_have_the_same_bounds() {
        let once =
            || blocks((0..100).map(f64::from)).resample().bounds(alpha(), Kind::Percentile, mean);
        assert_eq!(once(), once());
        assert!(once().is_some());
    }

    #[test]
    fn what_cannot_be_told_has_no_bounds() {
        let some = blocks((0..100).map(f64::from));
        let tiny = Fraction::new(1e-4).expect("a share");
        assert_eq!(some.resample().bounds(tiny, Kind::Percentile, mean), None);
        assert_eq!(
            blocks([1.0].into_iter()).resample().bounds(alpha(), Kind::Percentile, mean),
            None
        );
        assert_eq!(blocks([].into_iter()).resample().bounds(alpha(), Kind::Percentile, mean), None);
        // In a third of the resamples of one in a hundred rows there is no such row.
        let rare = blocks((0..100).map(|row| f64::from(u8::from(row == 7))));
        let share = |sums: &[f64]| (sums[1] > 0.0).then(|| 1.0 / sums[1]);
        assert_eq!(rare.resample().bounds(alpha(), Kind::Percentile, share), None);
    }

    #[test]
    fn a_model_compared_with_itself_differs_by_nothing() {
        let once = blocks((0..3_000).map(f64::from)).resample();
        let better = blocks((0..3_000).map(|row| f64::from(row) + 1.0)).resample();
        assert_eq!(once.bounds_less(&once, alpha(), mean), Some((0.0, 0.0)));
        let (lower, upper) = better.bounds_less(&once, alpha(), mean).expect("bounds");
        assert!((lower - 1.0).abs() < 1e-9 && (upper - 1.0).abs() < 1e-9, "{lower} {upper}");
    }

    #[test]
    fn a_reflected_interval_holds_the_value() {
        let value = |sums: &[f64]| Some((sums[1] / sums[0] - 49.5).abs());
        let found =
            blocks((0..100).map(f64::from)).resample().bounds(alpha(), Kind::Reflected, value);
        let (lower, upper) = found.expect("bounds");
        assert!(lower <= 0.0 && upper >= 0.0, "{lower} {upper}");
    }
}
