//! Gates on what others found: tests, metrics, scans, environments.
//!
//! A policy holds gates of two families. Some are about the columns of two snapshots; what they
//! demand is measured by the engine, and [`gate`](crate::gate) judges it. The others stand here, one
//! file for each kind, over one trait: a [`Criterion`] is read from the policy's YAML, says what it
//! must be given ([`Need`]), and [`judges`](Criterion::judge) what it was [`Given`]. Each answer is
//! one number or word held against one limit, so that a signed report can be decided again by
//! whoever reads it, without the documents.
//!
//! To add a kind: write its file (rule, reader, schema, judgement), name it in [`KINDS`], describe it
//! in the policy reference. Nothing else knows the kinds apart.
//!
//! No file is read here, no address asked, no clock looked at: documents come in as bytes. A document
//! that is missing, empty or unreadable is an answer too, and never a pass.

mod criterion;
mod evaluation;
mod fairness;
mod imported;
mod kinds;
mod limits;
mod observability;
mod parity;
mod performance;
mod predicted;
mod security;
pub(crate) mod shape;
mod source;
mod unit_tests;

pub use criterion::{Answer, Criterion, Demand, Document, Doubt, Given, Need, PredictionsNeed};
pub use kinds::{KINDS, Kind};
