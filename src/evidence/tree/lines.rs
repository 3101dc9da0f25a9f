//! Formats of lines: `.env` files and requirements of `pip`.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::{BTreeMap, BTreeSet};

use super::error::TreeFault;
use super::leaf::Leaf;
use super::lock::{Package, put_packages};
use super::path::Path;
use super::read::Tree;
use crate::identity::Sha256Digest;

/// `NAME=value` lines, `export` before them, comments, values in quotes (double ones may hold
/// `\n`, `\"` and `\\`). Nothing is expanded, and a value is on one line.
pub(super) fn dot_env(text: &str, tree: &mut Tree) -> Result<(), TreeFault> {
    for (number, line) in (1..).zip(text.lines()) {
        let fault = |reason: &str| TreeFault::Line { line: number, reason: reason.to_owned() };
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
        let (name, value) = line.split_once('=').ok_or_else(|| fault("expected `NAME=value`"))?;
        let name = name.trim_end();
        let fits = name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
        if name.is_empty() || !fits {
            return Err(fault("the name is none; expected letters, digits, `_`, `.` and `-`"));
        }
        let path = Path::of_keys([name]);
        if tree.get(&path).is_some() {
            return Err(fault("the name stands there twice"));
        }
        let value = env_value(value.trim_start());
        tree.put(path, Leaf::Text(value.ok_or_else(|| fault("a quote is left open"))?))?;
    }
    Ok(())
}

fn env_value(written: &str) -> Option<String> {
    if let Some(rest) = written.strip_prefix('\'') {
        let (value, behind) = rest.split_once('\'')?;
        return only_comment(behind).then(|| value.to_owned());
    }
    let Some(rest) = written.strip_prefix('"') else {
        let value = written.split_once(" #").map_or(written, |(value, _)| value);
        return Some(value.trim_end().to_owned());
    };
    let mut value = String::new();
    let mut characters = rest.chars();
    loop {
        match characters.next()? {
            '"' => return only_comment(characters.as_str()).then_some(value),
            '\\' => match characters.next()? {
                'n' => value.push('\n'),
                plain @ ('"' | '\\' | '$') => value.push(plain),
                other => value.extend(['\\', other]),
            },
            plain => value.push(plain),
        }
    }
}

fn only_comment(behind: &str) -> bool {
    let behind = behind.trim_start();
    behind.is_empty() || behind.starts_with('#')
}

/// Packages below `packages`, options such as `--index-url` below `options`.
pub(super) fn requirements(text: &str, tree: &mut Tree) -> Result<(), TreeFault> {
    let (packages, options) = read_requirements(text)?;
    for (name, values) in options {
        let values: Vec<String> = values.into_iter().collect();
        tree.put(Path::of_keys(["options", &name]), Leaf::Text(values.join(", ")))?;
    }
    put_packages(packages, tree)
}

/// The options of a file with all values of each.
type Options = BTreeMap<String, BTreeSet<String>>;

/// The packages and options of a requirements file (pip's "Requirements File Format").
pub(super) fn read_requirements(text: &str) -> Result<(Vec<Package>, Options), TreeFault> {
    let (mut packages, mut options) = (Vec::new(), Options::new());
    for (number, line) in joined(text) {
        let line = line.split(" #").next().unwrap_or_default().trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line.starts_with('-') {
            let (name, value) = line.split_once(['=', ' ']).unwrap_or((line, ""));
            let values = options.entry(name.to_owned()).or_default();
            values.insert(value.trim().to_owned());
            continue;
        }
        let package = requirement(line);
        packages.push(package.ok_or_else(|| TreeFault::Line {
            line: number,
            reason: "expected a requirement such as `name==1.2.3`".to_owned(),
        })?);
    }
    Ok((packages, options))
}

/// `name[extra]==1.2.3; marker --hash=sha256:…`, or `name @ address`, or an address alone.
fn requirement(line: &str) -> Option<Package> {
    let mut parts = line.split(" --hash=");
    let what = parts.next()?.trim();
    let mut hashes: Vec<&str> = parts.map(str::trim).collect();
    hashes.sort_unstable();
    let digest = (!hashes.is_empty()).then(|| Sha256Digest::of(hashes.join(" ").as_bytes()));
    if what.contains("://") && !what.contains('@') || what.starts_with(['.', '/']) {
        let name = what.to_owned();
        return Some(Package { name, version: "as it is there".to_owned(), digest });
    }
    let end = what.find(|c: char| "=<>!~;@( ".contains(c)).unwrap_or(what.len());
    let (name, version) = what.split_at_checked(end)?;
    let name = normal_name(name);
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let version: String = version.chars().filter(|c| !c.is_whitespace()).collect();
    let exact = version.strip_prefix("==").filter(|v| !v.contains([',', ';', '*', '=']));
    let version = match exact {
        Some(exact) => exact.to_owned(),
        None if version.is_empty() => "any".to_owned(),
        None => version,
    };
    Some(Package { name, version, digest })
}

/// A name as package indexes compare them (PEP 503): lower case, `-` for each run of `-`, `_`, `.`.
pub(super) fn normal_name(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for character in name.trim().chars() {
        match character {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            other => normal.push(other.to_ascii_lowercase()),
        }
    }
    normal
}

/// Lines with those that a `\` at their end continues, each with the number of its first.
fn joined(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (number, line) in (1..).zip(text.lines()) {
        let (part, continues) = match line.strip_suffix('\\') {
            Some(part) => (part, true),
            None => (line, false),
        };
        match lines.last_mut().filter(|_| open) {
            Some((_, whole)) => whole.extend([" ", part.trim()]),
            None => lines.push((number, part.trim().to_owned())),
        }
        open = continues;
    }
    lines
}
