//! Stored profiles: merged from parts, the same however the work was cut, safe to read.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    reason = "random bits are cut to the width at hand"
)]

mod answers;
mod data;
mod format;
mod laws;
mod untrusted;
