//! The registry: its ledger, its state, its commands, and what happens to it when things go wrong.

mod form;
mod laws;
