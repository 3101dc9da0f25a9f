//! What a policy asked of a snapshot when it was profiled, with the answers.

use std::collections::BTreeMap;

use super::violations::Sampling;
use super::{Profiled, Query, Sample, VALUE_CHARACTERS_MAX, Violations};

/// Answers to what was asked of a snapshot beside its values; none where nothing was asked.
///
/// Answers are kept per file, because files of parts may lie between each other in the whole;
/// they join in file order when they are looked up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    pub(super) sampling: Sampling,
    pub(super) by_query: BTreeMap<Query, Answer>,
}

/// The rows that break a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Of each file, in the manifest's order.
    ByFile(Vec<Violations>),
    /// Of the whole, where it does not follow from the files: [`Query::Unique`].
    Whole(Violations),
}

impl Answer {
    /// The answer of the whole with the first positions, at most so many.
    #[must_use]
    pub fn joined(&self, positions_max: usize) -> Violations {
        let files = match self {
            Self::Whole(violations) => std::slice::from_ref(violations),
            Self::ByFile(files) => files,
        };
        let mut joined = Violations::default();
        for file in files {
            joined.join(file.clone(), positions_max);
        }
        joined
    }
}

impl Answers {
    /// These answers, each with as many positions as `sampling` says.
    #[must_use]
    pub fn new(sampling: Sampling, by_query: BTreeMap<Query, Answer>) -> Self {
        let sampling = if by_query.is_empty() { Sampling::default() } else { sampling };
        Self { sampling, by_query }
    }

    /// Whether nothing was asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_query.is_empty()
    }

    /// What is kept of the rows that break a promise.
    #[must_use]
    pub fn sampling(&self) -> Sampling {
        self.sampling
    }

    /// What was asked, in order.
    pub fn queries(&self) -> impl Iterator<Item = &Query> {
        self.by_query.keys()
    }

    /// The rows that break a promise, as a scan of the data with this `sampling` gives them;
    /// `None` where it was not asked for. Positions and values that were not kept are missing:
    /// those given are the first in file order.
    #[must_use]
    pub fn get(&self, query: &Query, sampling: Sampling) -> Option<Violations> {
        let mut found = self.by_query.get(query)?.joined(sampling.positions_max);
        if !sampling.values {
            found.samples.iter_mut().for_each(|sample| sample.value = None);
        }
        Some(found)
    }

    /// Checks answers that are to stand beside the profile of this snapshot; `nulls` are those
    /// of a column.
    pub(super) fn check(
        &self,
        of: &Profiled,
        nulls: impl Fn(&str) -> u64,
    ) -> Result<(), (Query, AnswerFault)> {
        let files: Vec<&str> = of.manifest.files().map(|(name, _)| name).collect();
        for (query, answer) in &self.by_query {
            let nulls = query.column().map_or(0, &nulls);
            let check = Check { of, query, files: &files, sampling: self.sampling, nulls };
            check.answer(answer).map_err(|fault| (query.clone(), fault))?;
        }
        Ok(())
    }
}

/// One answer held against what is known of the snapshot.
struct Check<'a> {
    of: &'a Profiled,
    query: &'a Query,
    files: &'a [&'a str],
    sampling: Sampling,
    nulls: u64,
}

impl Check<'_> {
    fn answer(&self, answer: &Answer) -> Result<(), AnswerFault> {
        if !self.query.fits(&self.of.schema) {
            return Err(AnswerFault::Query);
        }
        let count = match answer {
            Answer::ByFile(files) if self.query.joins() => {
                if files.len() != self.files.len() {
                    return Err(AnswerFault::Kind);
                }
                let mut count = 0u64;
                for (violations, name) in files.iter().zip(self.files) {
                    self.violations(violations, &[name])?;
                    count = count.checked_add(violations.count).ok_or(AnswerFault::Count)?;
                }
                count
            }
            // A row that repeats never stands alone.
            Answer::Whole(violations) if !self.query.joins() && violations.count != 1 => {
                self.violations(violations, self.files)?;
                violations.count
            }
            _ => return Err(AnswerFault::Kind),
        };
        let rows = self.of.rows.0.saturating_sub(self.nulls);
        if count <= rows { Ok(()) } else { Err(AnswerFault::Count) }
    }

    fn violations(&self, found: &Violations, files: &[&str]) -> Result<(), AnswerFault> {
        let kept = usize::try_from(found.count).unwrap_or(usize::MAX);
        if found.samples.len() != kept.min(self.sampling.positions_max) {
            return Err(AnswerFault::Samples);
        }
        let place = |sample: &Sample| {
            let file = files.binary_search(&sample.file.as_str()).ok()?;
            Some((file, sample.row_group, sample.row))
        };
        let ascending = found.samples.iter().map(place).is_sorted_by(|one, next| one < next);
        let known = found.samples.iter().all(|sample| place(sample).is_some());
        let first = found.run.as_ref().and_then(|run| run.first.as_ref()).map(|first| &first.0);
        let told = found.samples.iter().chain(first).all(|sample| self.is_told(sample));
        if !(ascending && known && told && first.is_none_or(|sample| place(sample).is_some())) {
            return Err(AnswerFault::Samples);
        }
        let ordered = match (&found.run, self.query.direction()) {
            (None, None) => true,
            (Some(run), Some(direction)) if run.direction == direction => {
                match (&run.first, run.last) {
                    (None, None) => found.count == 0,
                    (Some((_, first)), Some(last)) => {
                        found.count > 0 || *first == last || direction.allows(*first, last)
                    }
                    _ => false,
                }
            }
            _ => false,
        };
        if ordered { Ok(()) } else { Err(AnswerFault::Order) }
    }

    /// Whether a sample tells what was to be kept.
    fn is_told(&self, sample: &Sample) -> bool {
        let short = |value: &String| value.chars().nth(VALUE_CHARACTERS_MAX + 1).is_none();
        sample.row < self.of.rows.0
            && sample.value.is_some() == self.sampling.values
            && sample.value.as_ref().is_none_or(short)
    }
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerFault {
    /// The snapshot has no such columns, or not of these types.
    #[error("it cannot be asked of the snapshot's columns")]
    Query,
    /// It is not one answer for each file, or for the whole where that is needed.
    #[error("it is no answer of this kind")]
    Kind,
    /// More broken rows than rows that can be broken.
    #[error("more rows break it than there are")]
    Count,
    /// Samples are missing, too many, out of order, or of rows that are not there.
    #[error("its samples are not the first rows that break it")]
    Samples,
    /// What is said of the order of rows contradicts itself.
    #[error("what it says of the order of rows contradicts itself")]
    Order,
}
