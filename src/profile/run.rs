//! Order from row to row, kept across batches, row groups and files.

use super::Sample;
use crate::contract::Direction;

/// The first and last value of a stretch of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub(super) direction: Direction,
    pub(super) first: Option<(Sample, u64)>,
    pub(super) last: Option<u64>,
}

impl Run {
    /// A stretch without values yet.
    #[must_use]
    pub fn new(direction: Direction) -> Self {
        Self { direction, first: None, last: None }
    }

    /// Takes the next value of the stretch; says whether it may follow the one before. The
    /// sample is asked for once, for the first value.
    pub fn follow(&mut self, key: u64, sample: impl FnOnce() -> Sample) -> bool {
        let allowed = self.last.is_none_or(|last| self.direction.allows(last, key));
        self.first.get_or_insert_with(|| (sample(), key));
        self.last = Some(key);
        allowed
    }

    /// Joins the stretch that comes next; gives its first value when that may not follow.
    pub fn join(&mut self, next: Self) -> Option<Sample> {
        let broken = match (self.last, &next.first) {
            (Some(last), Some((sample, key))) if !self.direction.allows(last, *key) => {
                Some(sample.clone())
            }
            _ => None,
        };
        self.first = self.first.take().or(next.first);
        self.last = next.last.or(self.last);
        broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(keys: &[u64]) -> (Run, usize) {
        let sample = |row| Sample { file: String::new(), row_group: 0, row, value: None };
        let mut run = Run::new(Direction::StrictlyIncreasing);
        let broken = keys.iter().filter(|&&key| !run.follow(key, || sample(key))).count();
        (run, broken)
    }

    #[test]
    fn order_is_kept_across_parts_with_and_without_values() {
        let (mut whole, broken) = run(&[1, 2, 2, 5]);
        assert_eq!(broken, 1);
        assert_eq!(whole.join(run(&[]).0), None);
        let at_boundary = whole.join(run(&[5, 6]).0);
        assert_eq!(at_boundary.map(|sample| sample.row), Some(5));
        assert_eq!(whole.join(run(&[7]).0), None);
    }
}
