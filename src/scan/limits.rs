//! How much a file may ask for before it is refused.

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
        }
    }
}
