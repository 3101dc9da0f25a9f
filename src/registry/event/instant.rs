//! An instant as events write it: RFC 3339 in UTC, to the second.

use serde::{Deserialize, Deserializer, Serializer, de};

use crate::clock::Timestamp;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
pub(in crate::registry) fn serialize<S: Serializer>(
    at: &Timestamp,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

pub(in crate::registry) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    let wrong = || de::Error::custom("expected an instant such as `2026-11-23T03:00:00Z`");
    Timestamp::parse_rfc3339(&text).ok_or_else(wrong)
}
