//! The command line: arguments, commands, output, and the process's exit code.
//!
//! This is the only module that knows the environment, the clock, standard output and the exit
//! code. Standard output carries the requested document alone; everything said besides goes to
//! standard error. A command returns an [`ExitCode`] or a [`Failure`]; nothing below it ends the
//! process.

mod approval;
mod args;
mod artifact;
mod carry_out;
mod commands;
mod decided;
mod differences;
mod env_args;
mod environment;
mod examples;
mod exit_code;
mod failure;
mod folders;
mod gather;
mod gone;
mod held;
mod in_force;
mod input;
mod interrupt;
mod judge;
mod lineage_args;
mod look_again;
mod machine;
mod movers;
mod output;
mod places;
mod predictions;
mod process;
mod progress;
mod promotion;
mod promotion_args;
mod registry_access;
mod registry_args;
mod registry_failure;
mod revoke_args;
mod revoked;
mod side;
mod signing_key;
mod stable;
mod steps;
mod timings;
mod trust;
mod trust_args;
mod waiting;
mod web;
mod who_may;
mod written;

pub use args::CommandLine;
pub use exit_code::ExitCode;
pub use failure::Failure;
pub use process::main;
