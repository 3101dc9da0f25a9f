//! Where evidence of the running world comes from: a file below the folder of evidence, or an
//! address.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::Need;
use super::limits::pattern;
use crate::http::Url;
use crate::yaml::{Content, Faults, Node, name};

/// A file or an address, with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    /// What it is.
    place: Place,
    /// The policy's line.
    pub(super) line: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Files(String),
    Address(Url),
}

impl Source {
    /// A pattern of files.
    pub(super) fn file(node: &Node, faults: &mut Faults) -> Option<Self> {
        let place = Place::Files(pattern(node, faults)?);
        Some(Self { place, line: node.place.line })
    }

    /// An address.
    pub(super) fn url(node: &Node, faults: &mut Faults) -> Option<Self> {
        let text = name(node, faults)?;
        match text.parse() {
            Ok(url) => Some(Self { place: Place::Address(url), line: node.place.line }),
            Err(error) => {
                faults.add_with_hint(
                    node.place,
                    error.to_string(),
                    "write one such as `https://prometheus.example/api/v1/targets`",
                );
                None
            }
        }
    }

    /// A pattern of files, or an address where it begins as one.
    pub(super) fn either(node: &Node, faults: &mut Faults) -> Option<Self> {
        let is_address = match &node.content {
            Content::Scalar(scalar) => scalar.text.contains("://"),
            _ => false,
        };
        if is_address { Self::url(node, faults) } else { Self::file(node, faults) }
    }

    /// Whether the documents are answers of a server.
    pub(super) fn is_address(&self) -> bool {
        matches!(self.place, Place::Address(_))
    }

    /// What the gate must be given.
    pub(super) fn need(&self) -> Need {
        let line = self.line;
        match &self.place {
            Place::Files(pattern) => Need::Files { pattern: pattern.clone(), line },
            Place::Address(url) => Need::Fetch { url: url.clone(), line },
        }
    }

    /// The source as people read it; an address without its query.
    pub(super) fn said(&self) -> String {
        match &self.place {
            Place::Files(pattern) => pattern.clone(),
            Place::Address(url) => url.to_string(),
        }
    }
}
