//! Values of a row group of which there are only a few, as their numbers, straight from the pages.

use super::dense_keys::with_buffers;
use super::dense_rows::leaf_in_file;
use super::key_form::Form;
use super::keys::is_nan;
use super::page::{Chunk, PageContent, for_each_packed};
use super::source::Task;

/// Hands over the rows of a row group block by block: of each the number of its value, and the
/// keys of all values, all different and none of them NaN. `None` where there are more values than
/// [`VALUES_MAX`] or only the general reader can tell, also after some blocks.
pub(super) fn for_each_block_of_codes(
    task: &Task<'_>,
    column: &str,
    mut visit: impl FnMut(&[u8], &[u64]),
) -> Option<()> {
    let leaf = leaf_in_file(task, column)?;
    let form = Form::of(task, column, leaf)?;
    let mut values: Vec<u64> = if form == Form::Bit { vec![0, 1] } else { Vec::new() };
    let mut codes: Vec<u8> = Vec::with_capacity(BLOCK_ROWS);
    let chunk = Chunk::open(task, leaf)?;
    let rows = with_buffers(|buffers| {
        chunk.for_each_page(buffers, |page| {
            match page {
                PageContent::Dictionary { bytes, values: count } => {
                    (values.is_empty() && count <= VALUES_MAX).then_some(())?;
                    form.keys(bytes.get(..count * form.width())?, &mut values)?;
                    let nan = form.is_float() && values.iter().any(|&key| is_nan(key));
                    let twice = (1..values.len()).any(|at| values[..at].contains(&values[at]));
                    (!nan && !twice).then_some(())?;
                }
                PageContent::Codes(numbers) if form != Form::Bit => {
                    let full = |codes: &mut Vec<u8>| {
                        visit(codes, &values);
                        codes.clear();
                    };
                    numbers.append(&NUMBERS[..values.len()], &mut codes, BLOCK_ROWS, full)?;
                }
                PageContent::Plain { bytes, values: count } if form == Form::Bit => {
                    for_each_packed(bytes, 1, count, |bits| {
                        codes.extend(bits.iter().map(|&bit| NUMBERS[usize::from(bit == 1)]));
                        if codes.len() >= BLOCK_ROWS {
                            visit(&codes, &values);
                            codes.clear();
                        }
                        Some(())
                    })?;
                }
                PageContent::Codes(_) | PageContent::Plain { .. } => return None,
            }
            visit(&codes, &values);
            codes.clear();
            Some(())
        })
    })?;
    (rows.nulls == 0).then_some(())
}

/// Values that are told apart: as many as the bits of a word.
pub(super) const VALUES_MAX: usize = 64;

/// Each number up to [`VALUES_MAX`], at its own place.
const NUMBERS: [u8; VALUES_MAX] = {
    let mut numbers = [0; VALUES_MAX];
    let mut place = 1;
    while place < VALUES_MAX {
        numbers[place] = numbers[place - 1] + 1;
        place += 1;
    }
    numbers
};

/// Rows handed over at a time: they stay in the first cache.
const BLOCK_ROWS: usize = 4096;
