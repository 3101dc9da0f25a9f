//! Expectations on a reference of which only a stored profile is at hand.

use crate::contract::{ColumnExpectation, RowExpectation};
use crate::profile::{ColumnProfile, Query, Sampling, StoredProfile, Values, Violations};

/// Asks a stored profile for the rows that break promises.
///
/// What it was [asked](StoredProfile::answers) when it was made it answers as the data would. Of
/// other promises it knows only what follows from the values: how many rows break them, not where.
pub(super) struct Asker<'a> {
    pub(super) stored: &'a StoredProfile,
    pub(super) sampling: Sampling,
}

/// The rows that break a promise, or why they are not known.
type Answered = Result<Violations, String>;

impl Asker<'_> {
    /// A promise about a column that the profile has and could measure.
    pub(super) fn column(&self, name: &str, expectation: &ColumnExpectation) -> Answered {
        let Some(profile) = self.stored.column(name) else {
            return Err(format!("`{name}` is not in the stored profile"));
        };
        let query = Query::of_column(name, expectation);
        if matches!(expectation, ColumnExpectation::Monotonic(_)) {
            return self.answer(&query).ok_or_else(|| not_asked("the order of rows"));
        }
        self.agreed(&query, broken_values(profile, expectation))
    }

    /// A promise about rows of columns that the profile has.
    pub(super) fn rows(&self, expectation: &RowExpectation) -> Answered {
        let query = Query::of_rows(expectation);
        if let RowExpectation::Unique { columns } = expectation
            && let [column] = &columns[..]
            && let Some(profile) = self.stored.column(column)
        {
            return self.agreed(&query, repeated_values(profile));
        }
        self.answer(&query).ok_or_else(|| not_asked("two columns of one row"))
    }

    fn answer(&self, query: &Query) -> Option<Violations> {
        self.stored.answers().get(query, self.sampling)
    }

    /// The answer where there is one, else the count alone. They must not contradict each other.
    fn agreed(&self, query: &Query, count: Result<u64, String>) -> Answered {
        match (self.answer(query), count) {
            (Some(answer), Ok(count)) if answer.count != count => Err(format!(
                "the stored profile contradicts itself: {} rows by its answer, {count} by its values",
                answer.count
            )),
            (Some(answer), _) => Ok(answer),
            (None, count) => Ok(Violations { count: count?, ..Violations::default() }),
        }
    }
}

fn not_asked(about: &str) -> String {
    format!(
        "the stored profile was not asked about {about}: make it with `driftgate profile --policy`"
    )
}

/// Rows whose value breaks a promise about values; NaN breaks all that keys can break.
fn broken_values(profile: &ColumnProfile, expectation: &ColumnExpectation) -> Result<u64, String> {
    match &profile.values {
        Values::Counted(pairs) => {
            let broken = pairs.iter().filter(|pair| !expectation.holds_for_key(pair.0));
            Ok(broken.map(|pair| pair.1).sum::<u64>() + profile.presence.nans)
        }
        Values::Categories(categories) => {
            let broken = categories.iter().filter(|(value, _)| !expectation.holds_for_text(value));
            Ok(broken.map(|(_, count)| count).sum())
        }
        values => Err(not_held(values)),
    }
}

/// Rows whose value occurs more than once; nulls are left out, NaN equals NaN.
fn repeated_values(profile: &ColumnProfile) -> Result<u64, String> {
    let repeated = |count: &u64| *count > 1;
    match &profile.values {
        Values::Counted(pairs) => {
            let counts = pairs.iter().map(|pair| pair.1);
            Ok(counts.chain([profile.presence.nans]).filter(repeated).sum())
        }
        Values::Categories(categories) => Ok(categories.values().copied().filter(repeated).sum()),
        values => Err(not_held(values)),
    }
}

fn not_held(values: &Values) -> String {
    match values {
        Values::TooManyCategories => not_asked("this, and does not hold so many distinct values"),
        _ => not_asked("this, and does not hold the values"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::contract::{Column, KeyRange, LogicalType, Schema};
    use crate::identity::{DigestAlgorithm, Sha256Digest};
    use crate::profile::{Answer, Answers, Presence, Profiled, Sample};
    use crate::quantity::{Bytes, Rows};
    use crate::snapshot::Manifest;
    use crate::stats::order_key::from_f64;

    /// 1, 2, 2, NaN, NaN and a null in one file.
    fn floats() -> StoredProfile {
        let file = ("a".to_owned(), Sha256Digest::of(b"").into());
        let of = Profiled {
            schema: Schema::new(vec![Column::new("x", LogicalType::Float { bits: 64 }, true)])
                .unwrap(),
            manifest: Manifest::new(DigestAlgorithm::Sha256, [file]).unwrap(),
            rows: Rows(6),
            bytes: Bytes(1),
        };
        let mut column = ColumnProfile::empty(Vec::new());
        column.presence = Presence { rows: 6, nulls: 1, nans: 2, ..Presence::default() };
        column.extend_keys(from_f64(1.0), from_f64(2.0));
        column.values = Values::Counted(vec![(from_f64(1.0), 1), (from_f64(2.0), 2)]);
        StoredProfile::new(of, vec![column]).unwrap()
    }

    fn counted(answered: Answered) -> Result<u64, String> {
        answered.map(|violations| violations.count)
    }

    #[test]
    fn what_follows_from_values_needs_no_answer() {
        let asker = Asker { stored: &floats(), sampling: Sampling::default() };
        let most = KeyRange { low: 0, high: from_f64(1.5) };
        assert_eq!(counted(asker.column("x", &ColumnExpectation::KeyRange(most))), Ok(4));
        let unique = |columns: &[&str]| {
            let columns = columns.iter().map(|&name| name.to_owned()).collect();
            counted(asker.rows(&RowExpectation::Unique { columns }))
        };
        assert_eq!(unique(&["x"]), Ok(4), "2 equals 2, NaN equals NaN, null equals nothing");
        let unknown = unique(&["x", "x"]).unwrap_err();
        assert!(unknown.contains("`driftgate profile --policy`"), "{unknown}");
    }

    #[test]
    fn an_answer_that_the_values_contradict_is_not_believed() {
        let promise = ColumnExpectation::KeyRange(KeyRange { low: 0, high: from_f64(1.5) });
        let sample = Sample { file: "a".to_owned(), row_group: 0, row: 1, value: None };
        let ask = |count| {
            let violations = Violations { count, samples: vec![sample.clone()], run: None };
            let sampling = Sampling { positions_max: 1, values: false };
            let answer = Answer::ByFile(vec![violations]);
            let answers = BTreeMap::from([(Query::of_column("x", &promise), answer)]);
            let stored = floats().with_answers(Answers::new(sampling, answers)).unwrap();
            Asker { stored: &stored, sampling }.column("x", &promise)
        };
        assert_eq!(ask(4).map(|found| found.samples), Ok(vec![sample.clone()]));
        let refused = ask(3).unwrap_err();
        assert!(refused.contains("3 rows by its answer, 4 by its values"), "{refused}");
    }
}
