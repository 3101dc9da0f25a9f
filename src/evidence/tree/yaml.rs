//! YAML into a tree. Documents of one file are numbered when there are several.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::error::TreeFault;
use super::leaf::Leaf;
use super::path::{Path, Step};
use super::read::Tree;
use crate::yaml::{Content, Node, Resolved, foreign};

pub(super) fn read(bytes: &[u8], tree: &mut Tree) -> Result<(), TreeFault> {
    let documents = foreign(bytes)
        .map_err(|fault| TreeFault::Line { line: fault.line, reason: fault.reason })?;
    match documents.as_slice() {
        [] => Ok(()),
        // A file of comments alone says nothing.
        [Node { content: Content::Scalar(scalar), .. }] if scalar.resolved() == Resolved::Null => {
            Ok(())
        }
        [one] => put(one, Path::default(), tree),
        several => several
            .iter()
            .enumerate()
            .try_for_each(|(number, document)| put(document, Path(vec![Step::Item(number)]), tree)),
    }
}

/// Depth is bounded by the reader.
fn put(node: &Node, path: Path, tree: &mut Tree) -> Result<(), TreeFault> {
    let leaf = match &node.content {
        Content::List(items) if !items.is_empty() => {
            return items
                .iter()
                .enumerate()
                .try_for_each(|(position, item)| put(item, path.join(Step::Item(position)), tree));
        }
        Content::Map(entries) if !entries.is_empty() => {
            return entries.iter().try_for_each(|entry| {
                put(&entry.value, path.join(Step::Key(entry.key.clone())), tree)
            });
        }
        Content::List(_) => Leaf::EmptyList,
        Content::Map(_) => Leaf::EmptyMap,
        Content::Refused => Leaf::Null,
        Content::Scalar(scalar) => match scalar.resolved() {
            Resolved::Null => Leaf::Null,
            Resolved::Boolean(truth) => Leaf::Boolean(truth),
            Resolved::Text => Leaf::Text(scalar.text.clone()),
            Resolved::Integer | Resolved::Float | Resolved::NotFinite | Resolved::OtherBase => {
                Leaf::Number(scalar.text.clone())
            }
        },
    };
    tree.put(path, leaf)
}
