//! The environment that a program runs in, as one JSON document: what was installed, on what.
//!
//! A [`Capture`] holds the operating system, the processor, an accelerator, the packages of a
//! Python interpreter, what lock files pin, the container image, chosen environment variables and
//! resource limits. Secrets stand in it as keyed hashes ([`secret_hash`]), never as values. What
//! was asked for and could not be found out is named in `unknown`, so that it is never mistaken for
//! something that is not there.
//!
//! [`read`] reads a capture strictly; [`compare`] holds two against each other, path by path
//! (`cpu.model`, `python.packages.numpy`, `variables.REGION`), under the rules of
//! [`super::tree`]. Collecting one is the business of `cli`, which alone knows the machine.

mod compare;
mod document;
mod json_schema;
mod read;
mod secret;
#[cfg(test)]
mod tests;

pub use compare::{CaptureComparison, Unknown, compare};
pub use document::{Capture, Cpu, FORMAT, Gpu, Lock, Python, System};
pub use json_schema::json_schema;
pub use read::{BYTES_MAX, CaptureError, is_capture, read};
pub use secret::{SECRET_KEY_BYTES_MIN, key_id, secret_hash};
