//! `kind: evaluation` — how good the model is (G3).
//!
//! Statistics come from a file of predictions, computed by our own scan with intervals, or from a
//! JSON document that an evaluation wrote, taken as numbers without. Limits are on either; margins
//! say how much worse than the champion the candidate may be.

mod judge;
mod read;
mod rule;
mod shape;

pub(super) use read::KIND;
