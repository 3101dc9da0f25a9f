//! Column chunks read page by page, without Arrow arrays in between.
//!
//! Most columns of most files are flat, written in plain form or by dictionary, and compressed by
//! snappy or zstd. Their values lie behind each other in the decompressed page, nulls left out,
//! or are numbers of dictionary entries: [`Chunk`] hands over exactly that. It never says what is
//! wrong with a page. Whatever it does not know, and whatever looks damaged, is `None`, and the
//! general reader decides; a test reads the same columns both ways.
//!
//! Format: parquet-format 2.12, `README.md` and `Encodings.md`.

mod chunk;
mod header;
mod hybrid;
mod walk;

pub(super) use chunk::{Chunk, Codes, PageContent, count_present, ones};
pub(super) use header::{
    DATA_PAGE, DATA_PAGE_V2, DICTIONARY_PAGE, HeaderClaims, INDEX_PAGE, RowClaims,
};
pub(super) use hybrid::for_each_packed;
pub(super) use walk::PageBuffers;
