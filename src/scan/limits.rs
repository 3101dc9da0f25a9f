//! How much a file may ask for before it is refused.

use std::collections::BTreeMap;
use std::fmt;

/// Bounds on what a Parquet file may claim. Each stops work before memory is taken for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the footer: 64 MiB holds the metadata of millions of column chunks.
    pub footer_bytes: u64,
    /// Leaf columns.
    pub columns: usize,
    /// Nested groups.
    pub depth: usize,
    /// Row groups of one file.
    pub row_groups: usize,
    /// Rows of one file.
    pub rows: u64,
    /// Bytes of one page once decompressed: writers make pages of about one MiB.
    pub page_bytes: u64,
    /// Bytes of one text or binary value: the smallest and largest of a column are kept whole.
    pub text_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            footer_bytes: 64 << 20,
            columns: 10_000,
            depth: 64,
            row_groups: 100_000,
            rows: 10_000_000_000,
            page_bytes: 256 << 20,
            text_bytes: 64 << 20,
        }
    }
}

impl Limits {
    /// Sets one limit.
    ///
    /// # Errors
    /// [`LimitError`] for a value that the decoder could not stand.
    pub fn set(&mut self, limit: LimitName, value: u64) -> Result<(), LimitError> {
        let most = limit.most();
        if value > most {
            return Err(LimitError { limit, value, most });
        }
        let count = usize::try_from(value).unwrap_or(usize::MAX);
        match limit {
            LimitName::Footer => self.footer_bytes = value,
            LimitName::Columns => self.columns = count,
            LimitName::Depth => self.depth = count,
            LimitName::RowGroups => self.row_groups = count,
            LimitName::Rows => self.rows = value,
            LimitName::Page => self.page_bytes = value,
            LimitName::Text => self.text_bytes = value,
        }
        Ok(())
    }

    /// What a limit stands at.
    #[must_use]
    pub fn value(&self, limit: LimitName) -> u64 {
        match limit {
            LimitName::Footer => self.footer_bytes,
            LimitName::Columns => self.columns as u64,
            LimitName::Depth => self.depth as u64,
            LimitName::RowGroups => self.row_groups as u64,
            LimitName::Rows => self.rows,
            LimitName::Page => self.page_bytes,
            LimitName::Text => self.text_bytes,
        }
    }

    /// The limits that do not stand at their default, for a report.
    #[must_use]
    pub fn changed(&self) -> BTreeMap<String, String> {
        let default = Self::default();
        let changed =
            LimitName::ALL.iter().filter(|&&limit| self.value(limit) != default.value(limit));
        changed.map(|&limit| (limit.to_string(), self.value(limit).to_string())).collect()
    }
}

/// The name of one of the [`Limits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LimitName {
    /// [`Limits::footer_bytes`]
    Footer,
    /// [`Limits::columns`]
    Columns,
    /// [`Limits::depth`]
    Depth,
    /// [`Limits::row_groups`]
    RowGroups,
    /// [`Limits::rows`]
    Rows,
    /// [`Limits::page_bytes`]
    Page,
    /// [`Limits::text_bytes`]
    Text,
}

impl LimitName {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Footer,
        Self::Columns,
        Self::Depth,
        Self::RowGroups,
        Self::Rows,
        Self::Page,
        Self::Text,
    ];

    /// As people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Footer => "footer",
            Self::Columns => "columns",
            Self::Depth => "depth",
            Self::RowGroups => "row-groups",
            Self::Rows => "rows",
            Self::Page => "page",
            Self::Text => "text",
        }
    }

    /// What it counts, for a message behind a number.
    #[must_use]
    pub fn what(self) -> &'static str {
        match self {
            Self::Footer => "bytes of footer",
            Self::Columns => "columns",
            Self::Depth => "levels of nesting",
            Self::RowGroups => "row groups",
            Self::Rows => "rows",
            Self::Page => "bytes of a page",
            Self::Text => "bytes of a value",
        }
    }

    /// Whether it counts bytes.
    #[must_use]
    pub fn is_bytes(self) -> bool {
        matches!(self, Self::Footer | Self::Page | Self::Text)
    }

    /// The largest value it may be set to.
    fn most(self) -> u64 {
        match self {
            // The decoder walks nested groups by recursion.
            Self::Depth => DEPTH_MAX,
            // The format counts these in 32 bits with a sign, the footer's bytes in 32 without.
            Self::Page | Self::Text | Self::Columns | Self::RowGroups => {
                i32::MAX.cast_unsigned().into()
            }
            Self::Footer => u32::MAX.into(),
            Self::Rows => i64::MAX.cast_unsigned(),
        }
    }
}

impl fmt::Display for LimitName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A limit that cannot be set so high.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the limit `{limit}` can be at most {most}, not {value}")]
pub struct LimitError {
    /// Which.
    pub limit: LimitName,
    /// What it was to be.
    pub value: u64,
    /// What it can be.
    pub most: u64,
}

/// Levels of nesting that the decoder stands on the stack of a thread.
const DEPTH_MAX: u64 = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_is_set_by_its_name_and_told_when_it_was_changed() {
        let mut limits = Limits::default();
        assert_eq!(limits.changed(), BTreeMap::new());
        for (place, limit) in LimitName::ALL.into_iter().enumerate() {
            limits.set(limit, 10 + place as u64).unwrap();
            assert_eq!(limits.value(limit), 10 + place as u64);
            assert_eq!(limits.changed()[limit.name()], (10 + place).to_string());
            assert_eq!(limits.changed().len(), place + 1);
        }
    }

    #[test]
    fn nothing_can_be_set_beyond_what_the_decoder_stands() {
        let mut limits = Limits::default();
        for (limit, most) in [
            (LimitName::Depth, 64),
            (LimitName::Page, (1 << 31) - 1),
            (LimitName::Footer, (1 << 32) - 1),
        ] {
            limits.set(limit, most).unwrap();
            let error = limits.set(limit, most + 1).unwrap_err();
            assert_eq!((error.limit, error.value, error.most), (limit, most + 1, most));
        }
    }
}
