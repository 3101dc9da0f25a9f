//! Environments: captured from this machine, compared on the command line, held by a gate.

mod capture;
mod diff;
mod gate;
