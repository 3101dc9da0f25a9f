//! Profiles files in which anything was changed.
#![no_main]

use driftgate_fuzz::snapshot;
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: snapshot::contain_panics(), |file: &[u8]| snapshot::profile(file));
