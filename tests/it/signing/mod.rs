//! Signatures: published values reproduced, every tampering refused, foreign verifiers content.

mod foreign_packages;
mod foreign_verifiers;
mod tampering;
mod vectors;
