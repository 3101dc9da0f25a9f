//! The observability gate (`kind: observability`): that somebody would see it go wrong.
//!
//! Dashboards that exist and query something, alerts that are defined and evaluated, targets that
//! are scraped, settings of logs that are made. Evidence comes from files (what will be deployed) or
//! from the servers themselves (what is). What is not there is a failure, what cannot be read an
//! error.

mod alerts;
mod dashboards;
mod found;
mod logs;
mod read;
mod rule;
mod shape;
mod targets;
#[cfg(test)]
mod tests;

pub(super) use read::KIND;
