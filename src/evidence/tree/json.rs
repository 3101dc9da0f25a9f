//! JSON into a tree. Numbers keep their digits: two that differ only beyond a float's precision
//! differ.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::error::TreeFault;
use super::leaf::Leaf;
use super::path::{Path, Step};
use super::read::{BYTES_MAX, Tree};
use crate::identity::strict_json;
use crate::identity::strict_json::{StrictJsonError, StrictJsonFault};
use crate::quantity::Bytes;

pub(super) fn read(bytes: &[u8], tree: &mut Tree) -> Result<(), TreeFault> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(());
    }
    strict_json::check(bytes, Bytes(BYTES_MAX as u64)).map_err(TreeFault::Json)?;
    let whole: &RawValue = parse(std::str::from_utf8(bytes).map_err(|_| TreeFault::NotText)?)?;
    put(whole, Path::default(), tree)
}

/// The depth is bounded by the strict reader; each level reads its text once more.
fn put(value: &RawValue, path: Path, tree: &mut Tree) -> Result<(), TreeFault> {
    let text = value.get();
    let leaf = match text.as_bytes().first() {
        Some(b'{') => {
            let members: BTreeMap<String, &RawValue> = parse(text)?;
            if !members.is_empty() {
                return members
                    .into_iter()
                    .try_for_each(|(key, value)| put(value, path.join(Step::Key(key)), tree));
            }
            Leaf::EmptyMap
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = parse(text)?;
            if !items.is_empty() {
                return items.into_iter().enumerate().try_for_each(|(position, item)| {
                    put(item, path.join(Step::Item(position)), tree)
                });
            }
            Leaf::EmptyList
        }
        Some(b'"') => Leaf::Text(parse(text)?),
        Some(b'n') => Leaf::Null,
        Some(b't') => Leaf::Boolean(true),
        Some(b'f') => Leaf::Boolean(false),
        _ => Leaf::Number(text.to_owned()),
    };
    tree.put(path, leaf)
}

fn parse<'text, T: Deserialize<'text>>(text: &'text str) -> Result<T, TreeFault> {
    serde_json::from_str(text).map_err(|error| {
        let fault = StrictJsonFault::Syntax { reason: error.to_string() };
        TreeFault::Json(StrictJsonError { fault, path: String::new(), offset: 0 })
    })
}
