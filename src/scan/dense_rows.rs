//! Keys in the order of their rows, straight from the pages of a row group.

use super::dense_keys::with_buffers;
use super::key_form::Form;
use super::keys::KeyRows;
use super::page::{Chunk, Codes, PageContent};
use super::source::Task;

/// Hands over the keys of a row group block by block, NaN among them. `None` where only the
/// general reader can tell, also after some blocks: where values are null, too.
pub(super) fn for_each_block(
    task: &Task<'_>,
    column: &str,
    mut visit: impl FnMut(&KeyRows),
) -> Option<()> {
    let leaf = leaf_in_file(task, column)?;
    let form = Form::of(task, column, leaf)?;
    let block = KeyRows { floats: form.is_float(), ..KeyRows::default() };
    let mut pages = Pages { form, dictionary: Vec::new(), block };
    let chunk = Chunk::open(task, leaf)?;
    let read = |buffers: &mut _| chunk.for_each_page(buffers, |page| pages.take(page, &mut visit));
    let rows = with_buffers(read)?;
    (rows.nulls == 0).then_some(())
}

/// The leaf of a column; a folder's name goes before a column of the file.
pub(super) fn leaf_in_file(task: &Task<'_>, column: &str) -> Option<usize> {
    let in_file = task.file.listed.partitions.iter().all(|partition| partition.name != column);
    task.file.leaf(column).filter(|_| in_file)
}

/// Pages of one chunk, none of whose values is null.
struct Pages {
    form: Form,
    dictionary: Vec<u64>,
    block: KeyRows,
}

impl Pages {
    fn take(&mut self, page: PageContent<'_>, visit: &mut impl FnMut(&KeyRows)) -> Option<()> {
        match page {
            PageContent::Dictionary { bytes, values } => {
                (self.dictionary.is_empty() && self.form != Form::Bit).then_some(())?;
                let bytes = bytes.get(..values.checked_mul(self.form.width())?)?;
                self.form.keys(bytes, &mut self.dictionary)
            }
            PageContent::Codes(codes) => self.take_codes(codes, visit),
            PageContent::Plain { bytes, values } if self.form == Form::Bit => {
                let bytes = bytes.get(..values.div_ceil(8))?;
                for (nth, bytes) in bytes.chunks(BLOCK_VALUES / 8).enumerate() {
                    let here = (values - nth * BLOCK_VALUES).min(BLOCK_VALUES);
                    let bits = bytes.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1));
                    self.block.keys.clear();
                    self.block.keys.extend(bits.take(here).map(u64::from));
                    visit(&self.block);
                }
                Some(())
            }
            PageContent::Plain { bytes, values } => {
                let bytes = bytes.get(..values.checked_mul(self.form.width())?)?;
                for bytes in bytes.chunks(BLOCK_VALUES * self.form.width()) {
                    self.block.keys.clear();
                    self.form.keys(bytes, &mut self.block.keys)?;
                    visit(&self.block);
                }
                Some(())
            }
        }
    }

    fn take_codes(&mut self, codes: Codes<'_>, visit: &mut impl FnMut(&KeyRows)) -> Option<()> {
        let Self { dictionary, block, .. } = self;
        let mut keys = std::mem::take(&mut block.keys);
        keys.clear();
        codes.append(dictionary, &mut keys, BLOCK_VALUES, |keys| {
            std::mem::swap(keys, &mut block.keys);
            visit(block);
            keys.clear();
        })?;
        block.keys = keys;
        visit(block);
        Some(())
    }
}

/// Values made into keys at a time: they stay in the first cache.
const BLOCK_VALUES: usize = 2048;
