//! One column chunk as pages of values, nulls already left out.

use super::header::{Encoding, PageHeader, PageKind};
use super::hybrid::{Stretch, for_each_packed, for_each_stretch};
use super::walk::{PageBuffers, PageWalk, StoredPage};
use crate::scan::source::Task;

/// What a page of a chunk holds.
#[derive(Debug, Clone, Copy)]
pub(in crate::scan) enum PageContent<'a> {
    /// The dictionary: so many values in plain form.
    Dictionary { bytes: &'a [u8], values: usize },
    /// Values in plain form.
    Plain { bytes: &'a [u8], values: usize },
    /// Numbers of dictionary entries.
    Codes(Codes<'a>),
}

/// Numbers of dictionary entries, one per value.
#[derive(Debug, Clone, Copy)]
pub(in crate::scan) struct Codes<'a> {
    bytes: &'a [u8],
    width: u32,
    values: usize,
}

/// Rows of a chunk, and those of them without a value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::scan) struct ChunkRows {
    pub(in crate::scan) rows: u64,
    pub(in crate::scan) nulls: u64,
}

/// A column chunk that this reader knows how to read.
pub(in crate::scan) struct Chunk<'a> {
    walk: PageWalk<'a>,
    definition_max: u32,
    rows: u64,
}

impl<'a> Chunk<'a> {
    /// The chunk of a leaf in a row group; `None` for lists and codecs that are left to the
    /// general reader.
    pub(in crate::scan) fn open(task: &Task<'a>, leaf: usize) -> Option<Self> {
        let chunk = task.file.parquet().row_group(task.row_group).column(leaf);
        let described = chunk.column_descr();
        (described.max_rep_level() == 0).then_some(())?;
        let (start, length) = chunk.byte_range();
        let end = start.checked_add(length)?;
        Some(Self {
            walk: PageWalk::new(task.file, start, end, chunk.compression())?,
            definition_max: u32::try_from(described.max_def_level()).ok()?,
            rows: task.rows(),
        })
    }

    /// Hands over every page. `None` when a page is damaged or written in a way that only the
    /// general reader knows, when rows are missing, and when `visit` gives up.
    pub(in crate::scan) fn for_each_page(
        mut self,
        buffers: &mut PageBuffers,
        mut visit: impl FnMut(PageContent<'_>) -> Option<()>,
    ) -> Option<ChunkRows> {
        buffers.restart();
        self.walk.read_ahead();
        let mut found = ChunkRows::default();
        while found.rows < self.rows {
            let page = self.walk.next(buffers)?;
            if page.header.kind == PageKind::Dictionary {
                let values = page.header.entries;
                visit(PageContent::Dictionary { bytes: page.body, values })?;
                continue;
            }
            let (values, body) = present(&page, self.definition_max)?;
            let rows = page.header.entries;
            found.rows += rows as u64;
            found.nulls += rows.checked_sub(values)? as u64;
            visit(content(&page.header, body, values)?)?;
        }
        (found.rows == self.rows && self.walk.is_done()).then_some(found)
    }

    /// Hands over the dictionary, if there is one, and the `nth` page of values, or the last.
    pub(in crate::scan) fn one_page(
        mut self,
        nth: usize,
        buffers: &mut PageBuffers,
        mut visit: impl FnMut(PageContent<'_>) -> Option<()>,
    ) -> Option<()> {
        buffers.restart();
        let mut rows = 0;
        for index in 0.. {
            let (header, _) = self.walk.peek(buffers)?;
            let is_dictionary = header.kind == PageKind::Dictionary;
            rows += if is_dictionary { 0 } else { header.entries as u64 };
            if !is_dictionary && index < nth && rows < self.rows {
                self.walk.skip(buffers)?;
                continue;
            }
            let page = self.walk.next(buffers)?;
            if is_dictionary {
                let values = page.header.entries;
                visit(PageContent::Dictionary { bytes: page.body, values })?;
                continue;
            }
            let (values, body) = present(&page, self.definition_max)?;
            return visit(content(&page.header, body, values)?);
        }
        None
    }
}

impl Codes<'_> {
    /// Appends what the codes stand for, in their order, and calls `full` whenever so many or more
    /// are there. `None` for a code beyond the dictionary.
    pub(in crate::scan) fn append<T: Copy>(
        self,
        dictionary: &[T],
        values: &mut Vec<T>,
        values_max: usize,
        mut full: impl FnMut(&mut Vec<T>),
    ) -> Option<()> {
        for_each_stretch(self.bytes, self.width, self.values, |stretch| match stretch {
            Stretch::Run { number, mut count } => {
                let value = *dictionary.get(number as usize)?;
                while count > 0 {
                    let here = count.min(values_max);
                    values.extend(std::iter::repeat_n(value, here));
                    count -= here;
                    if values.len() >= values_max {
                        full(values);
                    }
                }
                Some(())
            }
            // Short stretches of two values are common, as of labels: no room is cleared for each.
            Stretch::Packed { bytes, count } if self.width == 1 && dictionary.len() > 1 => {
                let (zero, one) = (dictionary[0], dictionary[1]);
                for (nth, byte) in bytes.get(..count.div_ceil(8))?.iter().enumerate() {
                    let eight: [T; 8] =
                        std::array::from_fn(|bit| if byte >> bit & 1 == 1 { one } else { zero });
                    values.extend_from_slice(&eight[..(count - 8 * nth).min(8)]);
                    if values.len() >= values_max {
                        full(values);
                    }
                }
                Some(())
            }
            Stretch::Packed { bytes, count } => {
                for_each_packed(bytes, self.width, count, |codes| {
                    let last = codes.iter().fold(0, |last, &code| code.max(last));
                    let known = dictionary.get(..=last as usize)?;
                    values.extend(codes.iter().map(|&code| known[code as usize]));
                    if values.len() >= values_max {
                        full(values);
                    }
                    Some(())
                })
            }
        })
    }

    /// Counts each code; `counts` has one entry for each value of the dictionary. `None` for a
    /// code beyond it and for a count beyond 32 bits.
    pub(in crate::scan) fn count(self, counts: &mut [u32]) -> Option<()> {
        for_each_stretch(self.bytes, self.width, self.values, |stretch| match stretch {
            Stretch::Run { number, count } => {
                let place = counts.get_mut(number as usize)?;
                *place = place.checked_add(u32::try_from(count).ok()?)?;
                Some(())
            }
            Stretch::Packed { bytes, count } => {
                for_each_packed(bytes, self.width, count, |numbers| {
                    for &number in numbers {
                        let place = counts.get_mut(number as usize)?;
                        *place = place.checked_add(1)?;
                    }
                    Some(())
                })
            }
        })
    }
}

/// How many values a page holds, and its bytes behind the levels.
fn present<'a>(page: &StoredPage<'a>, definition_max: u32) -> Option<(usize, &'a [u8])> {
    let rows = page.header.entries;
    match page.header.kind {
        PageKind::Dictionary => None,
        PageKind::Data if definition_max == 0 => Some((rows, page.body)),
        PageKind::Data => {
            let (length, rest) = page.body.split_first_chunk::<4>()?;
            let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
            let (levels, values) = rest.split_at_checked(length)?;
            Some((count_present(levels, definition_max, rows)?, values))
        }
        PageKind::DataV2 { nulls, rows: stated, repetition, definition, .. } => {
            (repetition == 0 && stated == rows).then_some(())?;
            let values = if definition_max == 0 {
                (definition == 0).then_some(rows)?
            } else {
                count_present(page.levels, definition_max, rows)?
            };
            (values.checked_add(nulls)? == rows).then_some((values, page.body))
        }
    }
}

/// Levels that say a value is there; `None` for levels that are damaged or too few.
pub(in crate::scan) fn count_present(
    levels: &[u8],
    definition_max: u32,
    rows: usize,
) -> Option<usize> {
    let width = u32::BITS - definition_max.leading_zeros();
    let mut present = 0;
    for_each_stretch(levels, width, rows, |stretch| {
        match stretch {
            Stretch::Run { number, count } => {
                (number <= definition_max).then_some(())?;
                present += if number == definition_max { count } else { 0 };
            }
            Stretch::Packed { bytes, count } if width == 1 => present += ones(bytes, count)?,
            Stretch::Packed { bytes, count } => {
                for_each_packed(bytes, width, count, |numbers| {
                    numbers.iter().all(|&number| number <= definition_max).then_some(())?;
                    present += numbers.iter().filter(|&&number| number == definition_max).count();
                    Some(())
                })?;
            }
        }
        Some(())
    })?;
    Some(present)
}

/// Bits set among the first `count`, lowest bit of each byte first.
pub(in crate::scan) fn ones(bytes: &[u8], count: usize) -> Option<usize> {
    let (whole, rest) = (bytes.get(..count / 8)?, count % 8);
    let (words, tail) = whole.as_chunks::<8>();
    let mut ones: u32 = words.iter().map(|word| u64::from_le_bytes(*word).count_ones()).sum();
    ones += tail.iter().map(|byte| byte.count_ones()).sum::<u32>();
    if rest > 0 {
        ones += (bytes.get(count / 8)? & ((1 << rest) - 1)).count_ones();
    }
    usize::try_from(ones).ok()
}

fn content<'a>(header: &PageHeader, body: &'a [u8], values: usize) -> Option<PageContent<'a>> {
    match header.encoding {
        Encoding::Plain => Some(PageContent::Plain { bytes: body, values }),
        // A page without values may leave the width of the codes out.
        Encoding::Dictionary => {
            let (width, bytes) = match body.split_first() {
                Some((&width, bytes)) => (u32::from(width), bytes),
                None if values == 0 => (0, body),
                None => return None,
            };
            Some(PageContent::Codes(Codes { bytes, width, values }))
        }
    }
}
