//! What the programs beside it share.

pub(crate) mod random;
pub(crate) mod standard_pair;
