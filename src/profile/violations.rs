//! Broken expectations: how many rows, and where the first of them stand.

use super::Run;

/// What is kept of rows that break a promise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sampling {
    /// Most positions kept per expectation and side.
    pub positions_max: usize,
    /// Whether the values are kept beside the positions.
    pub values: bool,
}

/// How often one expectation was broken, and where first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Violations {
    /// Rows that break it.
    pub count: u64,
    /// The first of them in file order, at most as many as were asked for.
    pub samples: Vec<Sample>,
    /// First and last value of the stretch, for expectations about order.
    pub run: Option<Run>,
}

/// One row that breaks an expectation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// File, relative to the snapshot.
    pub file: String,
    /// Row group in the file, from 0.
    pub row_group: usize,
    /// Row in the row group, from 0.
    pub row: u64,
    /// The value as text, when values may be shown.
    pub value: Option<String>,
}

impl Violations {
    /// Counts one more broken row; the sample is asked for only while fewer than `samples_max`
    /// are kept.
    pub fn add(&mut self, samples_max: usize, sample: impl FnOnce() -> Sample) {
        self.count += 1;
        if self.samples.len() < samples_max {
            self.samples.push(sample());
        }
    }

    /// Joins what a later part of the snapshot found; order may break where the parts meet.
    ///
    /// Samples stay the first of all: where these lack some, none are taken from behind the gap.
    pub fn join(&mut self, later: Self, samples_max: usize) {
        let samples_max = if self.lacks_samples() { self.samples.len() } else { samples_max };
        let broken = match (&mut self.run, later.run) {
            (Some(run), Some(next)) => run.join(next),
            (ours, theirs) => {
                *ours = ours.take().or(theirs);
                None
            }
        };
        self.count += later.count + u64::from(broken.is_some());
        let room = samples_max.saturating_sub(self.samples.len());
        self.samples.extend(broken.into_iter().chain(later.samples).take(room));
    }

    /// Whether rows are counted that no sample shows.
    fn lacks_samples(&self) -> bool {
        (self.samples.len() as u64) < self.count
    }
}
