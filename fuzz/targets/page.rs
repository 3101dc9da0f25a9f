//! Decodes files whose pages were changed below a footer that stays as it is.
#![no_main]

use driftgate_fuzz::parquet_file::Parts;
use driftgate_fuzz::snapshot;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(init: snapshot::contain_panics(), |file: &[u8]| snapshot::profile(file));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, _seed: u32| {
    let Some(parts) = Parts::of(&data[..size]) else {
        return fuzzer_mutate(data, size, max_size);
    };
    // Pages that grow or shrink would end elsewhere than the footer says: the length stays.
    let mut pages = data[parts.pages.clone()].to_vec();
    let length = pages.len();
    let changed = fuzzer_mutate(&mut pages, length, length);
    data[parts.pages][..changed].copy_from_slice(&pages[..changed]);
    size
});
