//! Lock files: which packages are pinned to what.
//!
//! In the tree of a lock file a package is one leaf below `packages`: its version, and the start of
//! a digest of all else that the file says of it (source, checksums, what it needs), so that a
//! package that was locked anew under the same version differs.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::{BTreeMap, BTreeSet};

use super::error::TreeFault;
use super::leaf::Leaf;
use super::lines::{normal_name, read_requirements};
use super::path::{Path, Step};
use super::read::{Format, Tree, text_of};
use super::{json, toml};
use crate::identity::Sha256Digest;

/// Which lock file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockKind {
    /// `Cargo.lock`.
    Cargo,
    /// `poetry.lock` and `uv.lock`: packages of Python, whose names have many spellings.
    Python,
    /// `package-lock.json` and `npm-shrinkwrap.json`.
    Npm,
}

/// Names of files that pin packages, as they are looked for beside a project.
pub const LOCK_NAMES: [&str; 6] = [
    "Cargo.lock",
    "poetry.lock",
    "uv.lock",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "requirements.txt",
];

impl LockKind {
    /// By the name of the file, in lower case.
    pub(super) fn of_name(file: &str) -> Option<Self> {
        match file {
            "cargo.lock" => Some(Self::Cargo),
            "poetry.lock" | "uv.lock" => Some(Self::Python),
            "package-lock.json" | "npm-shrinkwrap.json" => Some(Self::Npm),
            _ => None,
        }
    }
}

/// A package as a file pins it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version, or what the file asks for where it pins none: `>=1,<2`.
    pub version: String,
    /// Digest of whatever else the file says of it, where it says something.
    pub digest: Option<Sha256Digest>,
}

/// The packages that a lock or requirements file pins: versions by name.
///
/// # Errors
/// [`TreeFault`] when the file is damaged. `None` for files that pin nothing.
pub fn packages(
    name: &str,
    bytes: &[u8],
) -> Result<Option<BTreeMap<String, BTreeSet<String>>>, TreeFault> {
    let packages = match Format::of_name(name) {
        Format::Lock(kind) => read_lock(kind, bytes)?.0,
        Format::Requirements => read_requirements(text_of(bytes)?)?.0,
        _ => return Ok(None),
    };
    let mut pinned: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in packages {
        pinned.entry(package.name).or_default().insert(package.version);
    }
    Ok(Some(pinned))
}

/// Packages, and what else stands in the file.
pub(super) fn read(kind: LockKind, bytes: &[u8], tree: &mut Tree) -> Result<(), TreeFault> {
    let (packages, rest) = read_lock(kind, bytes)?;
    for (path, leaf) in rest.leaves() {
        tree.put(path.clone(), leaf.clone())?;
    }
    put_packages(packages, tree)
}

fn read_lock(kind: LockKind, bytes: &[u8]) -> Result<(Vec<Package>, Tree), TreeFault> {
    match kind {
        LockKind::Cargo => read_toml(bytes, str::to_owned),
        LockKind::Python => read_toml(bytes, normal_name),
        LockKind::Npm => read_npm(bytes),
    }
}

/// `[[package]]` tables with `name` and `version`.
fn read_toml(
    bytes: &[u8],
    named: impl Fn(&str) -> String,
) -> Result<(Vec<Package>, Tree), TreeFault> {
    let mut rest = Tree::default();
    let mut packages = Vec::new();
    let table = toml::table(bytes)?;
    let lock = |reason| TreeFault::Lock { reason };
    if table.is_empty() {
        return Err(lock("it is empty"));
    }
    for (key, value) in &table {
        let Some(items) = value.as_array().filter(|_| key == "package") else {
            toml::put(value, Path(vec![Step::Key(key.clone())]), &mut rest)?;
            continue;
        };
        for item in items {
            let text = |key| item.get(key).and_then(|value| value.as_str());
            let name = text("name").ok_or_else(|| lock("a package has no `name`"))?;
            // A workspace's own members may have none.
            let version = text("version").unwrap_or("none").to_owned();
            let mut entry = Tree::default();
            toml::put(item, Path::default(), &mut entry)?;
            packages.push(Package { name: named(name), version, digest: digest_of(&entry) });
        }
    }
    Ok((packages, rest))
}

/// `packages` by place (versions 2 and 3) or `dependencies` by name (version 1).
fn read_npm(bytes: &[u8]) -> Result<(Vec<Package>, Tree), TreeFault> {
    let mut whole = Tree::default();
    json::read(bytes, &mut whole)?;
    let places = |key: &str| whole.leaves().any(|(path, _)| starts(path, key));
    let list = ["packages", "dependencies"].into_iter().find(|key| places(key));
    let list =
        list.ok_or(TreeFault::Lock { reason: "it has neither `packages` nor `dependencies`" })?;
    let mut rest = Tree::default();
    let mut entries: BTreeMap<String, Tree> = BTreeMap::new();
    for (path, leaf) in whole.leaves() {
        match path.0.as_slice() {
            [Step::Key(first), Step::Key(place), below @ ..] if first == list => {
                let entry = entries.entry(place.clone()).or_default();
                entry.put(Path(below.to_vec()), leaf.clone())?;
            }
            // Version 2 says all once more for old readers.
            [Step::Key(first), ..] if first == "dependencies" && list == "packages" => {}
            _ => rest.put(path.clone(), leaf.clone())?,
        }
    }
    let package = |(place, entry): (String, Tree)| {
        let version = entry.get(&Path::of_keys(["version"])).and_then(Leaf::text);
        let name = place.strip_prefix("node_modules/").unwrap_or(&place);
        let name = if name.is_empty() { "(the project itself)" } else { name }.to_owned();
        Package {
            name,
            version: version.unwrap_or_else(|| "none".to_owned()),
            digest: digest_of(&entry),
        }
    };
    Ok((entries.into_iter().map(package).collect(), rest))
}

fn starts(path: &Path, key: &str) -> bool {
    matches!(path.0.first(), Some(Step::Key(first)) if first == key)
}

/// One digest over everything said of a package beside name and version.
fn digest_of(entry: &Tree) -> Option<Sha256Digest> {
    let mut text = String::new();
    let own = [Path::of_keys(["name"]), Path::of_keys(["version"])];
    for (path, leaf) in entry.leaves().filter(|(path, _)| !own.contains(path)) {
        text.extend([&path.to_string(), "=", leaf.kind(), " ", &leaf.to_string(), "\n"]);
    }
    (!text.is_empty()).then(|| Sha256Digest::of(text.as_bytes()))
}

/// One leaf for each name, with all its versions.
pub(super) fn put_packages(packages: Vec<Package>, tree: &mut Tree) -> Result<(), TreeFault> {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for Package { name, version, digest } in packages {
        let digest = digest.map(|digest| digest.to_string());
        let digest = digest.as_deref().and_then(|hex| hex.get(..DIGEST_CHARS));
        let said = digest.map_or(version.clone(), |digest| format!("{version} #{digest}"));
        versions.entry(name).or_default().insert(said);
    }
    for (name, versions) in versions {
        let versions: Vec<String> = versions.into_iter().collect();
        tree.put(Path::of_keys(["packages", &name]), Leaf::Text(versions.join(", ")))?;
    }
    Ok(())
}

/// 128 bits: nobody finds two packages that share them.
const DIGEST_CHARS: usize = 32;
