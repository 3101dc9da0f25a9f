//! Opens files whose footers were changed; pages stay as they are.
#![no_main]

use driftgate_fuzz::parquet_file::{Parts, with_footer};
use driftgate_fuzz::snapshot;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(init: snapshot::contain_panics(), |file: &[u8]| {
    if let Some(opened) = snapshot::open(file) {
        assert!(opened.bytes().0 == file.len() as u64, "the file is the whole snapshot");
        assert!(opened.schema.columns().len() <= file.len(), "a column takes bytes");
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, _seed: u32| {
    let Some(parts) = Parts::of(&data[..size]) else {
        return fuzzer_mutate(data, size, max_size);
    };
    let mut footer = data[parts.footer.clone()].to_vec();
    let length = footer.len();
    let room = length + (max_size - size).min(length + 64);
    footer.resize(room, 0);
    let length = fuzzer_mutate(&mut footer, length, room);
    let changed = with_footer(&data[..size], &parts, &footer[..length]);
    data[..changed.len()].copy_from_slice(&changed);
    changed.len()
});
