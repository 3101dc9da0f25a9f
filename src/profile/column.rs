//! What is known of one column, or of a part of it, and how parts join.

use super::{Values, Violations};

/// Rows of a column by what they hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Presence {
    /// All rows.
    pub rows: u64,
    /// Rows without a value.
    pub nulls: u64,
    /// Rows with NaN.
    pub nans: u64,
    /// Values −∞.
    pub negative_infinities: u64,
    /// Values +∞.
    pub positive_infinities: u64,
}

impl Presence {
    fn join(&mut self, next: Self) {
        self.rows += next.rows;
        self.nulls += next.nulls;
        self.nans += next.nans;
        self.negative_infinities += next.negative_infinities;
        self.positive_infinities += next.positive_infinities;
    }

    /// Rows with a value that is neither null nor NaN.
    #[must_use]
    pub fn values(&self) -> u64 {
        self.rows - self.nulls - self.nans
    }
}

/// What is known of a column, or of a part of it. Parts join in file order; joining is
/// associative, and for everything but samples, runs and held values commutative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnProfile {
    /// Rows by what they hold.
    pub presence: Presence,
    /// Smallest and largest order key, NaN left out.
    pub keys: Option<(u64, u64)>,
    /// Smallest and largest text or bytes.
    pub texts: Option<(Vec<u8>, Vec<u8>)>,
    /// Broken expectations, as requested.
    pub violations: Vec<Violations>,
    /// The values, as wanted.
    pub values: Values,
    /// Why expectations and values could not be measured; rows and nulls still are. Of several
    /// reasons the first by its text.
    pub unmeasurable: Option<String>,
}

impl ColumnProfile {
    /// A column without rows whose expectations are counted from `violations` on.
    #[must_use]
    pub fn empty(violations: Vec<Violations>) -> Self {
        Self {
            presence: Presence::default(),
            keys: None,
            texts: None,
            violations,
            values: Values::NotWanted,
            unmeasurable: None,
        }
    }

    /// Takes in the smallest and largest key of some values.
    pub fn extend_keys(&mut self, low: u64, high: u64) {
        let (min, max) = self.keys.unwrap_or((low, high));
        self.keys = Some((min.min(low), max.max(high)));
    }

    /// Takes in the smallest and largest of some texts.
    pub fn extend_texts(&mut self, low: &[u8], high: &[u8]) {
        match &mut self.texts {
            None => self.texts = Some((low.to_vec(), high.to_vec())),
            Some((min, max)) => {
                if low < min.as_slice() {
                    *min = low.to_vec();
                }
                if high > max.as_slice() {
                    *max = high.to_vec();
                }
            }
        }
    }

    /// Joins what the rows right behind these say; expectations must be the same.
    #[must_use]
    pub fn join(mut self, next: Self, samples_max: usize) -> Self {
        self.presence.join(next.presence);
        if let Some((low, high)) = next.keys {
            self.extend_keys(low, high);
        }
        if let Some((low, high)) = &next.texts {
            self.extend_texts(low, high);
        }
        for (violations, later) in self.violations.iter_mut().zip(next.violations) {
            violations.join(later, samples_max);
        }
        self.values = self.values.join(next.values);
        self.unmeasurable = match (self.unmeasurable, next.unmeasurable) {
            (Some(ours), Some(theirs)) => Some(ours.min(theirs)),
            (ours, theirs) => ours.or(theirs),
        };
        self
    }

    /// Settles what only the whole column can tell.
    #[must_use]
    pub fn settle(mut self) -> Self {
        if self.unmeasurable.is_some() {
            (self.keys, self.texts, self.values) = (None, None, Values::NotWanted);
            self.presence = Presence {
                rows: self.presence.rows,
                nulls: self.presence.nulls,
                ..Presence::default()
            };
        }
        self.values = self.values.settle();
        self
    }
}

/// Text or bytes as a person reads them, cut to a bearable length.
#[must_use]
pub fn text_of(value: &[u8]) -> String {
    match std::str::from_utf8(value) {
        Ok(text) => cut(text),
        Err(_) => {
            let hex: String = value.iter().take(40).map(|byte| format!("{byte:02x}")).collect();
            format!("0x{hex}{}", if value.len() > 40 { "…" } else { "" })
        }
    }
}

/// A text short enough for a report.
#[must_use]
pub fn cut(text: &str) -> String {
    match text.char_indices().nth(VALUE_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Longest value kept in a report, in characters.
pub const VALUE_CHARACTERS_MAX: usize = 120;
