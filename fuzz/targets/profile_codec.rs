//! Reads stored profiles: what is accepted has one spelling, and merges into itself.
#![no_main]

use driftgate::profile::StoredProfile;
use driftgate::quantity::Bytes;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(profile) = StoredProfile::decode(bytes, DECODED_BYTES_MAX) else { return };
    assert!(profile.encode() == bytes, "a profile has one spelling");
    let rows = profile.rows();
    if let Ok(merged) = StoredProfile::merge(vec![profile]) {
        assert!(merged.rows() == rows, "merging one part loses no row");
    }
});

/// Less than the target may take as a whole.
const DECODED_BYTES_MAX: Bytes = Bytes(64 << 20);
