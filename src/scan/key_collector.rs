//! Keeps the keys of one row group in the form that was asked for.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::profile::{COUNTED_VALUES_MAX, HELD_KEYS_MAX, HeldKeys, KeyPart, KeyShelf, Values};
use crate::stats::histogram::{BucketMap, BucketTally};
use crate::stats::joint::KeyCount;

/// How much of a column's values to keep. A few distinct values are counted in any case, unless
/// none are wanted.
#[derive(Debug, Clone, Copy)]
pub enum ValuesWanted<'a> {
    /// None: presence, extremes and expectations suffice.
    None,
    /// All of them, in memory from the shelf where there is one.
    Held(Option<&'a Arc<KeyShelf>>),
    /// All of them with their buckets, or how many fell into each.
    Bucketed(BucketsWanted<'a>),
}

/// By which buckets values are wanted.
#[derive(Debug, Clone, Copy)]
pub struct BucketsWanted<'a> {
    /// The buckets.
    pub map: &'a BucketMap,
    /// Where memory for values comes from; without one values are counted by bucket and not kept.
    pub shelf: Option<&'a Arc<KeyShelf>>,
    /// Whether the column is known to have more distinct values than are counted one by one.
    pub many: bool,
}

/// Takes keys, neither null nor NaN, and keeps them.
pub(super) struct KeyCollector<'a> {
    wanted: ValuesWanted<'a>,
    few: Option<HashMap<u64, u64>>,
    counted: Vec<KeyCount>,
    parts: Vec<KeyPart>,
    block: HeldKeys,
    tally: Option<BucketTally>,
}

impl<'a> KeyCollector<'a> {
    pub(super) fn new(wanted: ValuesWanted<'a>) -> Self {
        let many = matches!(wanted, ValuesWanted::Bucketed(BucketsWanted { many: true, .. }));
        Self {
            wanted,
            few: (!many).then(|| HashMap::with_capacity(COUNTED_VALUES_MAX)),
            counted: Vec::new(),
            parts: Vec::new(),
            block: HeldKeys::default(),
            tally: None,
        }
    }

    /// Takes some keys, each by itself.
    pub(super) fn take(&mut self, keys: &[u64]) {
        if matches!(self.wanted, ValuesWanted::None) {
            return;
        }
        let mut rest = keys;
        while let Some(few) = &mut self.few {
            let Some((&key, after)) = rest.split_first() else {
                return;
            };
            *few.entry(key).or_insert(0) += 1;
            rest = after;
            self.give_up_counting();
        }
        for keys in rest.chunks(TAKEN_KEYS) {
            self.keep(keys);
        }
    }

    /// Takes keys with their counts, as dictionaries give them.
    pub(super) fn take_pairs(&mut self, pairs: &[KeyCount]) {
        if matches!(self.wanted, ValuesWanted::None) {
            return;
        }
        match &mut self.few {
            Some(few) => {
                for &(key, count) in pairs {
                    *few.entry(key).or_insert(0) += count;
                }
                self.give_up_counting();
            }
            None => self.counted.extend_from_slice(pairs),
        }
    }

    /// What was kept.
    pub(super) fn finish(mut self) -> Values {
        if matches!(self.wanted, ValuesWanted::None) {
            return Values::NotWanted;
        }
        if let Some(few) = self.few {
            let mut pairs: Vec<KeyCount> = few.into_iter().collect();
            pairs.sort_unstable();
            return Values::Counted(pairs);
        }
        self.end_block();
        if !self.counted.is_empty() {
            self.parts.push(KeyPart::Counted(self.counted));
        }
        self.parts.extend(self.tally.map(|tally| KeyPart::Tallied(tally.finish())));
        Values::Held(self.parts)
    }

    /// Past the limit what was counted stays as it is, and later keys are kept plain.
    fn give_up_counting(&mut self) {
        if let Some(few) = self.few.take_if(|few| few.len() > COUNTED_VALUES_MAX) {
            self.counted.extend(few);
        }
    }

    fn keep(&mut self, keys: &[u64]) {
        let (map, memory) = match self.wanted {
            ValuesWanted::Bucketed(BucketsWanted { map, shelf: None, .. }) => {
                let tally = self.tally.get_or_insert_with(|| BucketTally::new(map));
                tally.take_keys(keys, map);
                return;
            }
            ValuesWanted::Bucketed(BucketsWanted { map, shelf: memory, .. }) => (Some(map), memory),
            ValuesWanted::Held(memory) => (None, memory),
            ValuesWanted::None => (None, None),
        };
        if self.block.keys().len() + keys.len() > HELD_KEYS_MAX {
            self.end_block();
        }
        if let Some(memory) = memory
            && self.block.keys().is_empty()
        {
            self.block = HeldKeys::from_shelf(memory);
        }
        self.block.keys_mut().extend_from_slice(keys);
        if let Some(map) = map {
            self.block.assign(map);
        }
    }

    fn end_block(&mut self) {
        let block = std::mem::take(&mut self.block);
        if !block.keys().is_empty() {
            self.parts.push(KeyPart::Plain(block));
        }
    }
}

/// Keys kept at a time: what is read, placed and put down stays in the first cache.
const TAKEN_KEYS: usize = 2048;
