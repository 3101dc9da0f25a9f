//! Answers as bytes: one line of JSON that says what was asked, then the answers.
//!
//! ```text
//! {"positions":5,"values":false,"queries":[…]}\n
//! for each query in order, for each file in order (once for `unique`): answer
//! ```
//!
//! | part of an answer | bytes |
//! |---|---|
//! | rows that break the promise | varint |
//! | each sample: file (of `unique` alone), row group, row | varints, each the gap to the sample before |
//! | its value, if values are kept | length as varint, UTF-8 |
//! | of a promise about order: whether there are values | `0` or `1` |
//! | if so, the first value: row group, row, value; its key, the last key | as above; 8 bytes each |
//!
//! There are as many samples as rows that break the promise, up to `positions`. Gaps cannot say
//! anything but an ascending order.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::budget::Budget;
use super::cursor::Cursor;
use super::error::{AnswersFault, SectionFault};
use super::{Answer, Answers, Profiled, Query, Run, Sample, Sampling, Violations, varint};
use crate::identity::strict_json;
use crate::quantity::Bytes;

/// Writes answers to at least one query.
pub(super) fn write(answers: &Answers, of: &Profiled, into: &mut Vec<u8>) {
    into.extend_from_slice(line(answers).as_bytes());
    into.push(b'\n');
    let files: Vec<&str> = of.manifest.files().map(|(name, _)| name).collect();
    for answer in answers.by_query.values() {
        match answer {
            Answer::Whole(violations) => write_violations(violations, &files, into),
            Answer::ByFile(of_files) => {
                for (violations, name) in of_files.iter().zip(&files) {
                    write_violations(violations, &[name], into);
                }
            }
        }
    }
}

/// Reads answers from all bytes of `cursor`; whether they fit the profile is not checked here.
pub(super) fn read(
    cursor: &mut Cursor<'_>,
    of: &Profiled,
    budget: &mut Budget,
) -> Result<Answers, AnswersFault> {
    let text = cursor.line().map_err(SectionFault::from)?;
    let asked: Asked = strict_json::read(text, Bytes(text.len() as u64))?;
    let sampling = Sampling { positions_max: asked.positions, values: asked.values };
    let files: Vec<&str> = of.manifest.files().map(|(name, _)| name).collect();
    let mut by_query = BTreeMap::new();
    for query in asked.queries {
        let direction = query.direction();
        let mut reader = Reader { cursor: &mut *cursor, budget: &mut *budget, sampling };
        let answer = if query.joins() {
            let mut of_files = Vec::new();
            for name in &files {
                let mut violations = reader.violations(&[name])?;
                if let Some(direction) = direction {
                    violations.run = Some(reader.run(name, Run::new(direction))?);
                }
                of_files.push(violations);
            }
            Answer::ByFile(of_files)
        } else {
            Answer::Whole(reader.violations(&files)?)
        };
        by_query.insert(query, answer);
    }
    let answers = Answers { sampling, by_query };
    if answers.is_empty() || line(&answers).as_bytes() != text {
        return Err(AnswersFault::Spelling);
    }
    match cursor.left() {
        0 => Ok(answers),
        bytes => Err(SectionFault::Trailing { bytes }.into()),
    }
}

/// What was asked, as one line of JSON.
fn line(answers: &Answers) -> String {
    let Sampling { positions_max, values } = answers.sampling;
    let queries = answers.by_query.keys().cloned().collect();
    let asked = Asked { positions: positions_max, values, queries };
    serde_json::to_string(&asked).expect("texts, numbers and lists are JSON")
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    positions: usize,
    values: bool,
    queries: Vec<Query>,
}

fn write_violations(violations: &Violations, files: &[&str], into: &mut Vec<u8>) {
    varint::write(violations.count, into);
    let mut before = None;
    for sample in &violations.samples {
        let file = files.binary_search(&sample.file.as_str()).expect("checked when it was made");
        let place = [file as u64, sample.row_group as u64, sample.row];
        let gaps = gaps(before, place);
        // One file needs no number.
        for gap in gaps.into_iter().skip(usize::from(files.len() == 1)) {
            varint::write(gap, into);
        }
        write_value(sample, into);
        before = Some(place);
    }
    if let Some(run) = &violations.run {
        let (Some((sample, first)), Some(last)) = (&run.first, run.last) else {
            return into.push(0);
        };
        into.push(1);
        varint::write(sample.row_group as u64, into);
        varint::write(sample.row, into);
        write_value(sample, into);
        into.extend_from_slice(&first.to_le_bytes());
        into.extend_from_slice(&last.to_le_bytes());
    }
}

fn write_value(sample: &Sample, into: &mut Vec<u8>) {
    if let Some(value) = &sample.value {
        varint::write(value.len() as u64, into);
        into.extend_from_slice(value.as_bytes());
    }
}

/// File, row group, row.
type Place = [u64; 3];

/// What `place` adds to the smallest place that may follow `before`.
fn gaps(before: Option<Place>, place: Place) -> Place {
    debug_assert!(before.is_none_or(|before| before < place), "places are sorted");
    let [file, group, row] = place;
    match before {
        None => place,
        Some([other, ..]) if other != file => [file.saturating_sub(other), group, row],
        Some([_, other, _]) if other != group => [0, group.saturating_sub(other), row],
        Some([.., other]) => [0, 0, row.saturating_sub(other).saturating_sub(1)],
    }
}

/// The place that has these gaps.
fn place(before: Option<Place>, gaps: Place) -> Option<Place> {
    let [file, group, row] = gaps;
    match before {
        None => Some(gaps),
        Some([other, ..]) if file > 0 => Some([other.checked_add(file)?, group, row]),
        Some([same, other, _]) if group > 0 => Some([same, other.checked_add(group)?, row]),
        Some([same, also, other]) => Some([same, also, other.checked_add(row)?.checked_add(1)?]),
    }
}

/// Takes answers from bytes that nobody vouches for.
struct Reader<'a, 'bytes> {
    cursor: &'a mut Cursor<'bytes>,
    budget: &'a mut Budget,
    sampling: Sampling,
}

impl Reader<'_, '_> {
    fn violations(&mut self, files: &[&str]) -> Result<Violations, SectionFault> {
        self.budget.take(size_of::<Violations>() as u64)?;
        let count = self.cursor.varint()?;
        let kept = count.min(self.sampling.positions_max as u64);
        let mut violations = Violations { count, ..Violations::default() };
        let mut before = None;
        for _ in 0..kept {
            let file = if files.len() == 1 { 0 } else { self.cursor.varint()? };
            let gaps = [file, self.cursor.varint()?, self.cursor.varint()?];
            let at = place(before, gaps).ok_or(SectionFault::Keys)?;
            let [file, ..] = at;
            let name = usize::try_from(file).ok().and_then(|file| files.get(file));
            let sample = self.sample(name.ok_or(SectionFault::Keys)?, at)?;
            violations.samples.push(sample);
            before = Some(at);
        }
        Ok(violations)
    }

    fn run(&mut self, file: &str, mut run: Run) -> Result<Run, SectionFault> {
        match self.cursor.byte()? {
            0 => {}
            1 => {
                let at = [0, self.cursor.varint()?, self.cursor.varint()?];
                let sample = self.sample(file, at)?;
                run.first = Some((sample, self.cursor.fixed()?));
                run.last = Some(self.cursor.fixed()?);
            }
            found => return Err(SectionFault::Kind { found }),
        }
        Ok(run)
    }

    fn sample(&mut self, file: &str, [_, row_group, row]: Place) -> Result<Sample, SectionFault> {
        let row_group = usize::try_from(row_group).map_err(|_| SectionFault::Keys)?;
        let value = if self.sampling.values { Some(self.cursor.prefixed()?) } else { None };
        for bytes in [size_of::<Sample>(), file.len(), value.map_or(0, <[u8]>::len)] {
            self.budget.take(bytes as u64)?;
        }
        let value = value.map(|value| std::str::from_utf8(value).map(str::to_owned));
        let value = value.transpose().map_err(|_| SectionFault::Reason)?;
        Ok(Sample { file: file.to_owned(), row_group, row, value })
    }
}
