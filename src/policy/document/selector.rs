//! Which columns are meant: a name, a list of names and globs, or a map of criteria.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use globset::Glob;

use crate::policy::Selector;
use crate::yaml::{Content, Faults, Fields, Node, list, name, nearest, quoted};

/// Families of types that a selector may name.
pub(super) const TYPE_FAMILIES: [&str; 7] =
    ["integer", "float", "decimal", "numeric", "string", "temporal", "boolean"];

/// Types without parameters, as `contract::LogicalType` writes them; `string` is a family too.
pub(super) const PLAIN_TYPES: [&str; 14] = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16",
    "float32", "float64", "binary", "date",
];

/// How types with parameters begin.
const PARAMETRIC_TYPES: [&str; 6] =
    ["decimal(", "binary(", "time[", "timestamp[", "duration[", "list<"];

/// Reads a selector: the columns of any of its parts, without those of `except`.
pub(super) fn selector(node: &Node, faults: &mut Faults) -> Option<Selector> {
    let mut selector = Selector { line: node.place.line, ..Selector::default() };
    match &node.content {
        Content::Refused => return None,
        Content::Map(_) => return from_map(node, faults),
        Content::Scalar(_) => add(&mut selector, name(node, faults)?, node, faults),
        Content::List(_) => {
            list(node, "names or globs of columns", faults, |item, faults| {
                let word = name(item, faults)?;
                add(&mut selector, word, item, faults);
                Some(())
            })?;
        }
    }
    Some(selector)
}

/// A glob over names, as written, when it is one.
pub(super) fn checked_glob(node: &Node, faults: &mut Faults) -> Option<String> {
    let glob = name(node, faults)?;
    match Glob::new(&glob) {
        Ok(_) => Some(glob),
        Err(error) => {
            faults.add(node.place, format!("{} is no glob: {}", quoted(&glob), error.kind()));
            None
        }
    }
}

fn from_map(node: &Node, faults: &mut Faults) -> Option<Selector> {
    let mut fields = Fields::of(node, "a selector", faults)?;
    let names = fields.optional("names", faults, |node, faults| one_or_more(node, faults, name));
    let globs =
        fields.optional("glob", faults, |node, faults| one_or_more(node, faults, checked_glob));
    let tags = fields.optional("tag", faults, |node, faults| one_or_more(node, faults, name));
    let types = fields.optional("type", faults, |node, faults| one_or_more(node, faults, a_type));
    let criteria = ["names", "glob", "tag", "type"];
    let empty = criteria.iter().all(|key| fields.node(key).is_none());
    let except = fields.optional("except", faults, selector);
    let place = fields.place();
    fields.finish(faults);
    if empty {
        faults.add_with_hint(
            place,
            "the selector means no column; expected `names`, `glob`, `tag` or `type`",
            "all columns are `\"*\"`, or `glob: \"*\"` beside `except`",
        );
        return None;
    }
    let globs = globs.unwrap_or_default();
    let everything = globs.iter().any(|glob| glob == "*");
    Some(Selector {
        everything,
        names: names.unwrap_or_default(),
        globs: globs.into_iter().filter(|glob| glob != "*").collect(),
        tags: tags.unwrap_or_default(),
        types: types.unwrap_or_default(),
        except: except.map(Box::new),
        line: node.place.line,
    })
}

/// Puts a word where it belongs: `*` is everything, `dep_*` a glob, anything else a name.
fn add(selector: &mut Selector, word: String, node: &Node, faults: &mut Faults) {
    if word == "*" {
        selector.everything = true;
    } else if word.contains(['*', '?', '[', '{']) {
        selector.globs.extend(checked_glob(node, faults));
    } else {
        selector.names.push(word);
    }
}

fn one_or_more<T>(
    node: &Node,
    faults: &mut Faults,
    mut read: impl FnMut(&Node, &mut Faults) -> Option<T>,
) -> Option<Vec<T>> {
    match node.content {
        Content::Scalar(_) => read(node, faults).map(|one| vec![one]),
        _ => list(node, "one or a list", faults, read),
    }
}

fn a_type(node: &Node, faults: &mut Faults) -> Option<String> {
    let word = name(node, faults)?;
    let known = TYPE_FAMILIES.iter().chain(&PLAIN_TYPES).copied();
    let parametric = PARAMETRIC_TYPES.iter().any(|start| word.starts_with(start));
    if parametric || known.clone().any(|name| name == word) {
        return Some(word);
    }
    let hint = nearest(&word, known).unwrap_or_else(|| {
        "types are families such as `numeric`, `temporal` and `string`, or exact such as `int64` \
         and `timestamp[us, UTC]`"
            .to_owned()
    });
    faults.add_with_hint(node.place, format!("{} is no type", quoted(&word)), hint);
    None
}
