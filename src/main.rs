//! The driftgate command.
fn main() {}
