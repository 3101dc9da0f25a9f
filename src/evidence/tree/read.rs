//! Bytes → tree: formats by name, and the limits that hold for all of them.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeMap;

use super::error::{TreeError, TreeFault};
use super::leaf::Leaf;
use super::lock::LockKind;
use super::path::Path;
use super::{json, lines, lock, toml, yaml};
use crate::identity::Sha256Digest;

/// A document as paths and values, in the order of the paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    leaves: BTreeMap<Path, Leaf>,
}

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// YAML, one or several documents.
    Yaml,
    /// One JSON document.
    Json,
    /// TOML 1.0.
    Toml,
    /// Lines of `NAME=value`.
    DotEnv,
    /// What `pip` installs: requirements or constraints.
    Requirements,
    /// A lock file, which pins packages.
    Lock(LockKind),
    /// Something else: compared by its digest.
    Opaque,
}

impl Format {
    /// The format of a file, by its name. `None` never comes back: what is unknown is
    /// [`Format::Opaque`].
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        let file = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
        if let Some(kind) = LockKind::of_name(&file) {
            return Self::Lock(kind);
        }
        let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
        let pip = file.starts_with("requirements") || file.starts_with("constraints");
        match extension {
            "yaml" | "yml" => Self::Yaml,
            "json" => Self::Json,
            "toml" => Self::Toml,
            "txt" | "in" if pip => Self::Requirements,
            "env" => Self::DotEnv,
            _ if file.starts_with(".env.") => Self::DotEnv,
            _ => Self::Opaque,
        }
    }
}

impl Tree {
    /// Reads a document, in the format that its name tells.
    ///
    /// # Errors
    /// [`TreeError`] with the name and what is wrong. An empty document is an empty tree.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, TreeError> {
        Self::read_as(Format::of_name(name), bytes)
            .map_err(|fault| TreeError { file: name.to_owned(), fault })
    }

    /// Reads a document of a known format.
    ///
    /// # Errors
    /// [`TreeFault`] for what is wrong.
    pub fn read_as(format: Format, bytes: &[u8]) -> Result<Self, TreeFault> {
        let mut tree = Self::default();
        if format == Format::Opaque {
            let digest = Leaf::Text(format!("sha256:{}", Sha256Digest::of(bytes)));
            tree.put(Path::of_keys(["content"]), digest)?;
            return Ok(tree);
        }
        if bytes.len() > BYTES_MAX {
            return Err(TreeFault::TooLarge { found: bytes.len(), limit: BYTES_MAX });
        }
        match format {
            Format::Yaml => yaml::read(bytes, &mut tree)?,
            Format::Json => json::read(bytes, &mut tree)?,
            Format::Toml => toml::read(bytes, &mut tree)?,
            Format::DotEnv => lines::dot_env(text_of(bytes)?, &mut tree)?,
            Format::Requirements => lines::requirements(text_of(bytes)?, &mut tree)?,
            Format::Lock(kind) => lock::read(kind, bytes, &mut tree)?,
            Format::Opaque => {}
        }
        Ok(tree)
    }

    /// Puts a value at a path.
    pub(super) fn put(&mut self, path: Path, leaf: Leaf) -> Result<(), TreeFault> {
        if path.0.len() > DEPTH_MAX {
            return Err(TreeFault::TooDeep { limit: DEPTH_MAX });
        }
        if self.leaves.len() >= LEAVES_MAX {
            return Err(TreeFault::TooMany { limit: LEAVES_MAX });
        }
        self.leaves.insert(path, leaf);
        Ok(())
    }

    /// A tree of the values given.
    ///
    /// # Errors
    /// [`TreeFault`] for too many of them, or one too deep.
    pub fn of(leaves: impl IntoIterator<Item = (Path, Leaf)>) -> Result<Self, TreeFault> {
        let mut tree = Self::default();
        leaves.into_iter().try_for_each(|(path, leaf)| tree.put(path, leaf))?;
        Ok(tree)
    }

    /// What of the tree is left when only some paths count.
    #[must_use]
    pub fn only(self, keep: impl Fn(&Path) -> bool) -> Self {
        Self { leaves: self.leaves.into_iter().filter(|(path, _)| keep(path)).collect() }
    }

    /// Paths and values, in order.
    pub fn leaves(&self) -> impl Iterator<Item = (&Path, &Leaf)> {
        self.leaves.iter()
    }

    /// The value at a path.
    #[must_use]
    pub fn get(&self, path: &Path) -> Option<&Leaf> {
        self.leaves.get(path)
    }

    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.leaves.len()
    }

    /// Whether there is no value at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.leaves.is_empty()
    }
}

pub(super) fn text_of(bytes: &[u8]) -> Result<&str, TreeFault> {
    let text = std::str::from_utf8(bytes).map_err(|_| TreeFault::NotText)?;
    Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text))
}

/// Largest document: lock files of large front ends have a few million bytes.
pub const BYTES_MAX: usize = 16 << 20;
/// Longest path.
pub const DEPTH_MAX: usize = 64;
/// Most values of a document.
pub const LEAVES_MAX: usize = 200_000;
