//! Actions against servers on loopback, and against programs.

mod answers;
mod decisions;
mod issues;
mod mlflow;
mod mlflow_server;
mod programs;
mod server;

pub(in crate::delivery) use decisions::decision;
