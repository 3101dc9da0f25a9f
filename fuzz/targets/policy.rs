//! Reads policies, and binds those that are accepted to a schema.
#![no_main]

use driftgate::clock::Timestamp;
use driftgate::contract::{Column, LogicalType, Schema};
use driftgate::policy::{compile, differences, lint, parse};
use driftgate::profile::Sampling;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let policy = match parse("policy.yaml", bytes) {
        Ok(policy) => policy,
        Err(error) => {
            assert!(!error.faults.is_empty(), "a refusal says why");
            assert!(error.to_string().len() <= MESSAGE_BYTES_MAX, "a message can be read");
            return;
        }
    };
    assert!(!policy.gates.is_empty(), "nothing asked is nothing passed");
    assert!(differences(&policy, &policy).is_empty(), "a policy is as strict as itself");
    let now = Timestamp::from_unix_seconds(1_790_000_000).expect("it is an instant");
    let remarks = lint(&policy, now);
    let schema = schema();
    let sampling = Sampling { positions_max: 5, values: false };
    let first = compile(&policy, &schema, &schema, sampling).map_err(|faults| faults.len());
    assert!(remarks == lint(&policy, now), "the same policy has the same remarks");
    if let Err(faults) = first {
        assert!(faults > 0, "a refusal says why");
    }
});

fn schema() -> Schema {
    let columns = [
        ("amount", LogicalType::Float { bits: 64 }),
        ("country", LogicalType::String),
        ("clicks", LogicalType::integer(32)),
        ("fraud", LogicalType::Boolean),
    ];
    let columns = columns.map(|(name, kind)| Column::new(name, kind, true));
    Schema::new(columns.to_vec()).expect("four names are distinct")
}

/// Far above any message that somebody would read.
const MESSAGE_BYTES_MAX: usize = 64 << 10;
