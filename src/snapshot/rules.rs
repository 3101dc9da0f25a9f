//! What of a directory counts, and how much of it.

use std::path::Path;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use super::error::SnapshotError;

/// What a listing leaves out, and where it stops.
///
/// Left out always, as Spark does: names that begin with `.`, and names that begin with `_`
/// unless they hold a `=` (a hive partition may be called `_part=1`).
#[derive(Debug, Clone)]
pub struct ListingRules {
    /// The most files and directories that are looked at, ignored ones included.
    pub entries_max: usize,
    /// The most directories that may lie within each other below the root.
    pub depth_max: usize,
    /// What a file may be.
    pub content: Content,
    names: GlobSet,
    paths: GlobSet,
}

/// What the files of a listing are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Data: Parquet alone; hidden names are left out, names with `=` are partitions.
    Parquet,
    /// A model: files of any kind and name, hidden ones too, since whoever loads it may read them.
    Anything,
}

impl ListingRules {
    /// Files of any kind, none left out.
    #[must_use]
    pub fn anything() -> Self {
        Self { content: Content::Anything, ..Self::default() }
    }

    /// Default [`ListingRules::entries_max`]: an order of magnitude above the largest tables
    /// people keep as plain files, and their names still fit in some hundred MB.
    pub const ENTRIES_MAX: usize = 1_000_000;

    /// Default [`ListingRules::depth_max`]: hive trees have three or four levels; more than 64
    /// is a mount that holds itself.
    pub const DEPTH_MAX: usize = 64;

    /// The default limits, and patterns of what else to leave out.
    ///
    /// A pattern without `/` is held against the name of each file and directory (`*.txt`), one
    /// with `/` against the path below the root (`archive/**`); there `*` stays within a name
    /// and `**` does not. A directory that fits is left out with all that it holds.
    ///
    /// # Errors
    /// [`SnapshotError::InvalidPattern`].
    pub fn ignoring<S: AsRef<str>>(
        patterns: impl IntoIterator<Item = S>,
    ) -> Result<Self, SnapshotError> {
        let (mut names, mut paths) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        let mut all = String::new();
        for pattern in patterns {
            let pattern = pattern.as_ref();
            let set = if pattern.contains('/') { &mut paths } else { &mut names };
            set.add(glob(pattern)?);
            all.push_str(pattern);
        }
        let together = |source| SnapshotError::InvalidPattern { pattern: all.clone(), source };
        Ok(Self {
            entries_max: Self::ENTRIES_MAX,
            depth_max: Self::DEPTH_MAX,
            content: Content::Parquet,
            names: names.build().map_err(together)?,
            paths: paths.build().map_err(together)?,
        })
    }

    /// Whether a pattern of the caller leaves this out; `relative` is its path below the root.
    pub(super) fn excludes(&self, relative: &Path) -> bool {
        relative.file_name().is_some_and(|name| self.names.is_match(name))
            || self.paths.is_match(relative)
    }
}

impl Default for ListingRules {
    /// The default limits, and nothing left out but what always is.
    fn default() -> Self {
        Self {
            entries_max: Self::ENTRIES_MAX,
            depth_max: Self::DEPTH_MAX,
            content: Content::Parquet,
            names: GlobSet::empty(),
            paths: GlobSet::empty(),
        }
    }
}

/// Whether a file or folder of this name is left out of snapshots: one that Spark does not read.
/// `_year=2026` names a partition.
#[must_use]
pub fn is_hidden(name: &[u8]) -> bool {
    name.starts_with(b".") || (name.starts_with(b"_") && !name.contains(&b'='))
}

/// A pattern whose `*`, `?` and `[…]` do not reach over a `/`.
pub(super) fn glob(pattern: &str) -> Result<Glob, SnapshotError> {
    GlobBuilder::new(pattern)
        .literal_separator(true)
        .build()
        .map_err(|source| SnapshotError::InvalidPattern { pattern: pattern.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spark_hides_underscores_and_dots_but_not_partitions() {
        for name in ["_SUCCESS", "_temporary", "_delta_log", ".part-0.parquet.crc", ".x=1", "."] {
            assert!(is_hidden(name.as_bytes()), "{name}");
        }
        for name in ["_part=1", "part-0", "a_b", "a.parquet", "x=_1", ""] {
            assert!(!is_hidden(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn a_pattern_with_a_slash_is_held_against_the_whole_path() {
        let rules = ListingRules::ignoring(["*.txt", "archive/**", "*/x"]).unwrap();
        for path in ["a.txt", "d/e/a.txt", "archive/a", "archive/b/c", "d/x"] {
            assert!(rules.excludes(Path::new(path)), "{path}");
        }
        for path in ["a.txt/b", "archive", "d/archive/a", "x", "d/e/x"] {
            assert!(!rules.excludes(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn a_pattern_that_makes_no_sense_is_named() {
        let error = ListingRules::ignoring(["ok", "a[b"]).unwrap_err();
        assert_eq!(error.to_string(), "pattern `a[b` is not valid");
    }
}
