//! Text from data, cut to a length that a report can carry.

use crate::verdict::text::cut;

/// Characters of a column name, category, value or file name kept in a report. What is left out
/// is said behind it, as in `abc… (+1048448)`.
pub const TEXT_CHARS_MAX: usize = 128;

/// Characters of a reason, an owner or a message of the policy kept in a report.
pub const WORDS_CHARS_MAX: usize = 1024;

/// Cuts texts and counts how many it had to cut.
#[derive(Debug, Default)]
pub(super) struct Cutter {
    cuts: u64,
}

impl Cutter {
    pub(super) fn cut(&mut self, text: &str) -> String {
        let kept = cut(text, TEXT_CHARS_MAX);
        self.cuts += u64::from(kept != text);
        kept
    }

    /// Words of the policy's author, who may need more of them.
    pub(super) fn words(&mut self, text: &str) -> String {
        let kept = cut(text, WORDS_CHARS_MAX);
        self.cuts += u64::from(kept != text);
        kept
    }

    pub(super) fn cut_if(&mut self, text: Option<&String>) -> Option<String> {
        text.map(|text| self.cut(text))
    }

    /// Texts cut so far.
    pub(super) fn cuts(&self) -> u64 {
        self.cuts
    }
}
