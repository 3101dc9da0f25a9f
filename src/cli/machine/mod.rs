//! Collects an environment capture from the machine: files that the kernel shows, and two programs.
//!
//! Everything that is read is bounded, everything that is run is named as it is (no shell), without
//! standard input, and ended when it takes too long. What cannot be found out is noted with its
//! path and reason, never left out in silence. Paths of the system are read below a root folder, so
//! that tests can show the collector another machine.

mod accelerator;
mod limits;
mod noted;
mod processor;
mod program;
mod python;
mod root;
mod system;
#[cfg(test)]
mod tests;

pub(super) use accelerator::accelerator;
pub(super) use limits::limits;
pub(super) use noted::Noted;
pub(super) use processor::processor;
pub(super) use python::python;
pub(super) use root::Root;
pub(super) use system::system;
