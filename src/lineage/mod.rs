//! Where a version of a model comes from and what became of it, told to people and to programs.
//!
//! A [`Dossier`] gathers what a registry knows of one version: its passport, the reports on it, what
//! was asked and approved, where it ran. [`Dossier::gather`] takes it from a replayed ledger and the
//! objects; a report counts there only if its signature is that of a key of the keyring in force and
//! its decisions follow from its numbers, and is told as unreadable otherwise, never as passed.
//!
//! From a dossier come [`text`] for people, a [`Graph`] for [`json`], [`mermaid`] and [`dot`],
//! [`openlineage`] events, and a CycloneDX machine-learning bill of materials ([`cyclonedx`]). All
//! are pure: the same ledger gives the same bytes, and times are those of the ledger, with a remark
//! where it does not believe them.

mod cyclonedx;
mod dossier;
mod gather;
mod graph;
mod identifier;
mod model_card;
mod openlineage;
mod render;
mod revoked;
mod same_files;
#[cfg(test)]
mod tests;
mod text;

pub use cyclonedx::cyclonedx;
pub use dossier::{Dossier, Gate, Grant, Metric, Ran, Report, ReportFacts, Request};
pub use gather::DossierError;
pub use graph::{Edge, Graph, Node, NodeKind};
pub use openlineage::openlineage;
pub use render::{dot, json, mermaid};
pub use revoked::Revoked;
pub use same_files::{FilesRevoked, SameFiles, files_revoked_document};
pub use text::text;
