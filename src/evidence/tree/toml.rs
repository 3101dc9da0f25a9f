//! TOML into a tree: the only file that knows the TOML crate, which refuses repeated keys and bounds
//! its own depth.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use toml::{Table, Value};

use super::error::TreeFault;
use super::leaf::Leaf;
use super::path::{Path, Step};
use super::read::{Tree, text_of};

pub(super) fn read(bytes: &[u8], tree: &mut Tree) -> Result<(), TreeFault> {
    for (key, value) in &table(bytes)? {
        put(value, Path(vec![Step::Key(key.clone())]), tree)?;
    }
    Ok(())
}

/// The whole document.
pub(super) fn table(bytes: &[u8]) -> Result<Table, TreeFault> {
    let text = text_of(bytes)?;
    text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |text| text.split('\n').count());
        TreeFault::Line { line, reason: error.message().to_owned() }
    })
}

/// Puts a value and all that is in it.
pub(super) fn put(value: &Value, path: Path, tree: &mut Tree) -> Result<(), TreeFault> {
    let leaf = match value {
        Value::Table(table) if !table.is_empty() => {
            return table
                .iter()
                .try_for_each(|(key, value)| put(value, path.join(Step::Key(key.clone())), tree));
        }
        Value::Array(items) if !items.is_empty() => {
            return items
                .iter()
                .enumerate()
                .try_for_each(|(position, item)| put(item, path.join(Step::Item(position)), tree));
        }
        Value::Table(_) => Leaf::EmptyMap,
        Value::Array(_) => Leaf::EmptyList,
        Value::String(text) => Leaf::Text(text.clone()),
        Value::Boolean(truth) => Leaf::Boolean(*truth),
        Value::Integer(number) => Leaf::Number(number.to_string()),
        // `{:?}` writes the shortest digits that read back as the same number, and `1.0` as that.
        Value::Float(number) => Leaf::Number(format!("{number:?}")),
        Value::Datetime(instant) => Leaf::Number(instant.to_string()),
    };
    tree.put(path, leaf)
}
