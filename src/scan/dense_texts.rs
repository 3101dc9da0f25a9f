//! Text and bytes straight from the pages of a row group.

use parquet::basic::Type;

use super::column::ScanRequest;
use super::dense_keys::with_buffers;
use super::page::{Chunk, PageContent};
use super::source::Task;
use super::text_observer::TextObserver;
use crate::contract::LogicalType;
use crate::profile::ColumnProfile;

/// Scans a row group of a column of text or bytes. `None` where only the general reader can tell:
/// pages it alone knows, damage, text that is none, and broken expectations, whose rows must be
/// named.
pub(super) fn scan_pages(task: &Task<'_>, request: &ScanRequest<'_>) -> Option<ColumnProfile> {
    let leaf = task.file.leaf(request.column)?;
    let chunk = task.file.parquet().row_group(task.row_group).column(leaf);
    let utf8 = match (chunk.column_type(), &task.file.schema.column(request.column)?.logical_type) {
        (Type::BYTE_ARRAY, LogicalType::String) => true,
        (Type::BYTE_ARRAY, LogicalType::Binary) => false,
        _ => return None,
    };
    let texts = Texts { utf8, bytes_max: task.file.limits.text_bytes };
    let chunk = Chunk::open(task, leaf)?;
    let mut observer = TextObserver::new(*task, request);
    let mut dictionary = Dictionary::default();
    let rows = with_buffers(|buffers| {
        chunk.for_each_page(buffers, |page| match page {
            PageContent::Dictionary { bytes, values } => dictionary.fill(bytes, values, texts),
            PageContent::Codes(codes) => codes.count(&mut dictionary.counts),
            PageContent::Plain { bytes, values } => {
                let texts = texts.of_page(bytes);
                for_each_value(bytes, values, |value, _| {
                    texts.confirm(value)?;
                    observer.keeps_promises(value, 1).then_some(())
                })
            }
        })
    })?;
    for (place, &count) in dictionary.places.iter().zip(&dictionary.counts) {
        let value = dictionary.bytes.get(place.clone())?;
        (count == 0 || observer.keeps_promises(value, count.into())).then_some(())?;
    }
    Some(observer.finish_counted(rows.rows, rows.nulls))
}

/// The values of a dictionary page, and how often each occurs.
#[derive(Default)]
struct Dictionary {
    bytes: Vec<u8>,
    places: Vec<std::ops::Range<usize>>,
    counts: Vec<u32>,
}

impl Dictionary {
    fn fill(&mut self, bytes: &[u8], values: usize, texts: Texts) -> Option<()> {
        self.places.is_empty().then_some(())?;
        let texts = texts.of_page(bytes);
        for_each_value(bytes, values, |value, place| {
            texts.confirm(value)?;
            self.places.push(place);
            Some(())
        })?;
        self.bytes.extend_from_slice(bytes);
        self.counts.resize(self.places.len(), 0);
        Some(())
    }
}

/// What a value has to be.
#[derive(Clone, Copy)]
struct Texts {
    /// UTF-8, and not known to be so yet.
    utf8: bool,
    bytes_max: u64,
}

impl Texts {
    /// The same once the bytes of a page are known, which are seldom more than ASCII.
    fn of_page(self, bytes: &[u8]) -> Self {
        Self { utf8: self.utf8 && !bytes.is_ascii(), ..self }
    }

    fn confirm(self, value: &[u8]) -> Option<()> {
        let fits = value.len() as u64 <= self.bytes_max;
        (fits && (!self.utf8 || std::str::from_utf8(value).is_ok())).then_some(())
    }
}

/// Hands over each value of a plain page and where it stands: four bytes of length, lowest first,
/// and so many bytes.
fn for_each_value(
    bytes: &[u8],
    values: usize,
    mut visit: impl FnMut(&[u8], std::ops::Range<usize>) -> Option<()>,
) -> Option<()> {
    let mut at = 0usize;
    for _ in 0..values {
        let length = bytes.get(at..)?.first_chunk::<4>()?;
        let start = at + 4;
        let end = start.checked_add(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
        visit(bytes.get(start..end)?, start..end)?;
        at = end;
    }
    Some(())
}
