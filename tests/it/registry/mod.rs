//! The registry: its ledger, its state, its commands, and what happens to it when things go wrong.

mod clocks;
mod commands;
mod court;
mod faults;
mod forged;
mod form;
mod keys;
mod laws;
mod twins;
