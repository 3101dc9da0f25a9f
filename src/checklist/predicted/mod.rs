//! What the kinds that judge predictions share: which columns of which files, and how an estimate
//! becomes an answer.

mod answers;
mod columns;
pub(super) mod shape;

pub(super) use answers::{Deciding, Held, counts, read_deciding, side_problem};
pub(super) use columns::{Groups, Predicted, Source, read_predicted, read_source};
