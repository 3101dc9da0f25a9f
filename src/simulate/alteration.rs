//! What is done to a snapshot, and how a person says it.

use std::fmt;

use super::Number;
use crate::quantity::Fraction;

/// One alteration of a snapshot.
///
/// Each is read from the text behind its command-line option by a function of this type. The
/// last `=` divides the column from what is done to it, so that column names may hold one.
#[derive(Debug, Clone, PartialEq)]
pub enum Alteration {
    /// Adds an amount to every value.
    Shift {
        /// The column: whole numbers, floats, decimals, dates, timestamps.
        column: String,
        /// What is added.
        by: Amount,
    },
    /// Multiplies every value.
    Scale {
        /// The column: whole numbers, floats, decimals.
        column: String,
        /// What it is multiplied by; results are rounded to the column's step.
        factor: Number,
    },
    /// Makes a share of the rows null, chosen by the seed.
    Null {
        /// The column, of any type.
        column: String,
        /// The share of all rows.
        share: Fraction,
    },
    /// Makes a share of the rows NaN, chosen by the seed; nulls stay null.
    Nan {
        /// The column: floats.
        column: String,
        /// The share of all rows.
        share: Fraction,
    },
    /// Removes all rows of one category, as a source does that no longer delivers.
    DropCategory {
        /// The column: text, whole numbers, booleans.
        column: String,
        /// The category as text.
        value: String,
    },
    /// Puts a share of the rows, chosen by the seed, into a category; nulls stay null.
    AddCategory {
        /// The column: text.
        column: String,
        /// The category.
        value: String,
        /// The share of all rows.
        share: Fraction,
    },
    /// Keeps a share of the rows, chosen by the seed.
    Sample {
        /// The share of all rows.
        share: Fraction,
    },
}

/// How far values are shifted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Amount {
    /// In the column's own numbers; of dates and timestamps, not allowed.
    Plain(Number),
    /// In standard deviations of the column (÷ n, over its finite values), rounded to the
    /// column's step.
    Deviations(Number),
    /// As a length of time, for dates and timestamps.
    Time {
        /// How many of the unit.
        count: Number,
        /// What is counted.
        unit: Period,
    },
}

/// A unit of time that shifts are given in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// 24 hours.
    Day,
    /// An hour.
    Hour,
    /// A minute.
    Minute,
    /// A second.
    Second,
    /// A thousandth of a second.
    Millisecond,
    /// A millionth of a second.
    Microsecond,
}

/// A text that is no alteration of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}, such as `{example}`")]
pub struct AlterationError {
    /// What was written.
    pub text: String,
    /// What is expected.
    pub expected: &'static str,
    /// An example of it.
    pub example: &'static str,
}

impl Alteration {
    /// Reads `--shift`: `price=+0.5sd`, `age=-3`, `day=2d`, `at=90s`. Units of time: `d`, `h`,
    /// `min`, `s`, `ms`, `us`.
    ///
    /// # Errors
    /// [`AlterationError`] naming the text and an example.
    pub fn shift(text: &str) -> Result<Self, AlterationError> {
        let read = || {
            let (column, amount) = column_and_rest(text)?;
            Some(Self::Shift { column, by: Amount::parse(amount)? })
        };
        read().ok_or_else(|| SHIFT.refuse(text))
    }

    /// Reads `--scale`: `price=1.2`.
    ///
    /// # Errors
    /// [`AlterationError`] naming the text and an example.
    pub fn scale(text: &str) -> Result<Self, AlterationError> {
        let read = || {
            let (column, factor) = column_and_rest(text)?;
            let factor = Number::parse(factor)?;
            Some(Self::Scale { column, factor })
        };
        read().ok_or_else(|| SCALE.refuse(text))
    }

    /// Reads `--null`: `income=5%`.
    ///
    /// # Errors
    /// [`AlterationError`] naming the text and an example.
    pub fn null(text: &str) -> Result<Self, AlterationError> {
        let read = || {
            let (column, share) = column_and_share(text)?;
            Some(Self::Null { column, share })
        };
        read().ok_or_else(|| NULL.refuse(text))
    }

    /// Reads `--nan`: `score=1%`.
    ///
    /// # Errors
    /// [`AlterationError`] naming the text and an example.
    pub fn nan(text: &str) -> Result<Self, AlterationError> {
        let read = || {
            let (column, share) = column_and_share(text)?;
            Some(Self::Nan { column, share })
        };
        read().ok_or_else(|| NAN.refuse(text))
    }

    /// Reads `--drop-category`: `carrier=UA`. The category may be empty.
    ///
    /// # Errors
    /// [`AlterationError`] naming the text and an example.
    pub fn drop_category(text: &str) -> Result<Self, AlterationError> {
        let read = || {
            let (column, value) = column_and_rest(text)?;
            let value = value.to_owned();
            Some(Self::DropCategory { column, value })
        };
        read().ok_or_else(|| DROP_CATEGORY.refuse(text))
    }

    /// Reads `--add-category`: `carrier=ZZ:3%`. The last `:` divides category from share.
    ///
    /// # Errors
    /// [`AlterationError`] naming the text and an example.
    pub fn add_category(text: &str) -> Result<Self, AlterationError> {
        let read = || {
            let (column, rest) = column_and_rest(text)?;
            let (value, share) = rest.rsplit_once(':')?;
            Some(Self::AddCategory { column, value: value.to_owned(), share: parse_share(share)? })
        };
        read().ok_or_else(|| ADD_CATEGORY.refuse(text))
    }

    /// Reads `--sample`: `10%`.
    ///
    /// # Errors
    /// [`AlterationError`] naming the text and an example.
    pub fn sample(text: &str) -> Result<Self, AlterationError> {
        let share = parse_share(text).ok_or_else(|| SAMPLE.refuse(text))?;
        Ok(Self::Sample { share })
    }

    /// The column that it alters; a sample alters none.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::Shift { column, .. }
            | Self::Scale { column, .. }
            | Self::Null { column, .. }
            | Self::Nan { column, .. }
            | Self::DropCategory { column, .. }
            | Self::AddCategory { column, .. } => Some(column),
            Self::Sample { .. } => None,
        }
    }
}

impl Amount {
    fn parse(text: &str) -> Option<Self> {
        if let Some(number) = text.strip_suffix("sd") {
            return Some(Self::Deviations(Number::parse(number)?));
        }
        for (suffix, unit) in PERIODS {
            // `s` ends `ms` too: a suffix counts only behind a number.
            if let Some(count) = text.strip_suffix(suffix).and_then(Number::parse) {
                return Some(Self::Time { count, unit });
            }
        }
        Number::parse(text).map(Self::Plain)
    }
}

impl Period {
    /// Its length in nanoseconds.
    pub(super) fn nanoseconds(self) -> i64 {
        match self {
            Self::Day => 86_400_000_000_000,
            Self::Hour => 3_600_000_000_000,
            Self::Minute => 60_000_000_000,
            Self::Second => 1_000_000_000,
            Self::Millisecond => 1_000_000,
            Self::Microsecond => 1_000,
        }
    }
}

impl fmt::Display for Alteration {
    /// As it is written on the command line, e.g. `shift price=0.5sd`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shift { column, by } => write!(formatter, "shift {column}={by}"),
            Self::Scale { column, factor } => write!(formatter, "scale {column}={factor}"),
            Self::Null { column, share } => {
                write!(formatter, "null {column}={}", Percent(*share))
            }
            Self::Nan { column, share } => write!(formatter, "nan {column}={}", Percent(*share)),
            Self::DropCategory { column, value } => {
                write!(formatter, "drop-category {column}={value}")
            }
            Self::AddCategory { column, value, share } => {
                let share = Percent(*share);
                write!(formatter, "add-category {column}={value}:{share}")
            }
            Self::Sample { share } => write!(formatter, "sample {}", Percent(*share)),
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(number) => write!(formatter, "{number}"),
            Self::Deviations(number) => write!(formatter, "{number}sd"),
            Self::Time { count, unit } => {
                let suffix = PERIODS.iter().find(|(_, period)| period == unit);
                write!(formatter, "{count}{}", suffix.map_or("", |found| found.0))
            }
        }
    }
}

struct Percent(Fraction);

impl fmt::Display for Percent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Two digits fewer than an f64 has: 0.07 × 100 is to read 7, not 7.000000000000001.
        let percent = format!("{:.13}", self.0.value() * 100.0);
        let percent = percent.trim_end_matches('0').trim_end_matches('.');
        write!(formatter, "{percent}%")
    }
}

fn column_and_rest(text: &str) -> Option<(String, &str)> {
    let (column, rest) = text.rsplit_once('=')?;
    (!column.is_empty()).then(|| (column.to_owned(), rest))
}

fn column_and_share(text: &str) -> Option<(String, Fraction)> {
    let (column, share) = column_and_rest(text)?;
    Some((column, parse_share(share)?))
}

/// `5%`, from 0 to 100. The sign is needed: whether `0.5` is a half or half a percent is
/// guesswork.
fn parse_share(text: &str) -> Option<Fraction> {
    let percent = Number::parse(text.strip_suffix('%')?)?;
    Fraction::new(percent.value() / 100.0)
}

/// What an option expects.
struct Form {
    expected: &'static str,
    example: &'static str,
}

impl Form {
    fn refuse(&self, text: &str) -> AlterationError {
        AlterationError { text: text.to_owned(), expected: self.expected, example: self.example }
    }
}

const SHIFT: Form = Form {
    expected: "a column and an amount (a number, standard deviations, or days to microseconds)",
    example: "price=+0.5sd",
};
const SCALE: Form = Form { expected: "a column and a factor", example: "price=1.2" };
const NULL: Form =
    Form { expected: "a column and a share of rows from 0% to 100%", example: "income=5%" };
const NAN: Form =
    Form { expected: "a column and a share of rows from 0% to 100%", example: "score=1%" };
const DROP_CATEGORY: Form = Form { expected: "a column and a category", example: "carrier=UA" };
const ADD_CATEGORY: Form = Form {
    expected: "a column, a category and a share of rows from 0% to 100%",
    example: "carrier=ZZ:3%",
};
const SAMPLE: Form = Form { expected: "a share of rows from 0% to 100%", example: "10%" };

const PERIODS: [(&str, Period); 6] = [
    ("d", Period::Day),
    ("h", Period::Hour),
    ("min", Period::Minute),
    ("ms", Period::Millisecond),
    ("us", Period::Microsecond),
    ("s", Period::Second),
];

#[cfg(test)]
mod tests {
    use super::*;

    type Read = fn(&str) -> Result<Alteration, AlterationError>;

    #[test]
    fn what_is_written_is_what_is_read() {
        let cases: [(Read, &str, &str); 14] = [
            (Alteration::shift, "price=+0.5sd", "shift price=0.5sd"),
            (Alteration::shift, "age=-3", "shift age=-3"),
            (Alteration::shift, "day=3d", "shift day=3d"),
            (Alteration::shift, "at=-2h", "shift at=-2h"),
            (Alteration::shift, "at=5min", "shift at=5min"),
            (Alteration::shift, "at=90s", "shift at=90s"),
            (Alteration::shift, "at=250ms", "shift at=250ms"),
            (Alteration::scale, "a=b=1.2", "scale a=b=1.2"),
            (Alteration::null, "income=5%", "null income=5%"),
            (Alteration::nan, "x=7%", "nan x=7%"),
            (Alteration::null, "x=0.1%", "null x=0.1%"),
            (Alteration::drop_category, "c=", "drop-category c="),
            (Alteration::add_category, "c=a:b:3%", "add-category c=a:b:3%"),
            (Alteration::sample, "10%", "sample 10%"),
        ];
        for (read, text, written) in cases {
            assert_eq!(read(text).unwrap().to_string(), written);
        }
    }

    #[test]
    fn the_last_equals_sign_ends_the_column_name() {
        let alteration = Alteration::shift("a=b=3").unwrap();
        assert_eq!(alteration.column(), Some("a=b"));
    }

    #[test]
    fn what_is_not_understood_is_shown_with_an_example() {
        let cases: [(Read, &[&str]); 6] = [
            (Alteration::shift, &["", "x", "x=", "=3", "x=sd", "x=3x", "x=3 d", "x=NaN", "x=m"]),
            (Alteration::scale, &["x", "x=inf", "x=5%"]),
            (Alteration::null, &["x=0.05", "x=101%", "x=-1%", "x=%"]),
            (Alteration::nan, &["x=NaN%"]),
            (Alteration::add_category, &["c=ZZ", "c=ZZ:3", "=ZZ:3%"]),
            (Alteration::sample, &["10", "x=10%", "1e3%"]),
        ];
        for (read, texts) in cases {
            for text in texts {
                let error = read(text).unwrap_err();
                assert_eq!(error.text, **text);
                assert!(read(error.example).is_ok(), "{}", error.example);
            }
        }
        let error = Alteration::null("x=0.05").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`x=0.05` is not a column and a share of rows from 0% to 100%, such as `income=5%`"
        );
    }
}
