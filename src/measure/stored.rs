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
