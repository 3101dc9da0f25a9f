//! YAML that was written for another program: read as that program reads it, under our limits.
//!
//! Several documents, anchors and aliases, merge keys (`<<`, YAML 1.1) and tags on scalars are
//! understood; an alias counts as all that it stands for, so that no document grows beyond
//! [`NODES_MAX`] or [`DEPTH_MAX`]. Refused are repeated keys, keys that are no scalars, aliases
//! within what they name, and tags on lists and maps other than YAML's own.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::{BTreeMap, BTreeSet};

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::fault::{Place, quoted};
use super::reader::{DEPTH_MAX, NODES_MAX};
use super::tree::{Content, Entry, Node, Scalar};

/// Why a document cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ForeignFault {
    /// The line, from 1.
    pub(crate) line: usize,
    /// What is wrong there.
    pub(crate) reason: String,
}

/// The documents of a text, each a tree; a text without any gives none.
pub(crate) fn foreign(bytes: &[u8]) -> Result<Vec<Node>, ForeignFault> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let (before, _) = bytes.split_at_checked(error.valid_up_to()).unwrap_or((bytes, &[]));
        let line = before.split(|&byte| byte == b'\n').count();
        ForeignFault { line, reason: "not UTF-8 text".to_owned() }
    })?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut builder = Builder::default();
    let mut parser = Parser::new_from_str(text);
    while let Some(step) = parser.next_event() {
        let (event, span) = step.map_err(|error| ForeignFault {
            line: error.marker().line(),
            reason: format!("not YAML: {}", error.info()),
        })?;
        if matches!(event, Event::StreamEnd) {
            break;
        }
        let (line, column) = (span.start.line(), span.start.col().saturating_add(1));
        let reason = |reason| ForeignFault { line, reason };
        builder.take(event, Place { line, column }).map_err(reason)?;
    }
    Ok(builder.documents)
}

/// What an anchor names, with what an alias to it costs.
struct Anchored {
    node: Node,
    nodes: usize,
    depth: usize,
}

#[derive(Default)]
struct Builder {
    open: Vec<Frame>,
    documents: Vec<Node>,
    anchors: BTreeMap<usize, Anchored>,
    nodes: usize,
}

struct Frame {
    place: Place,
    anchor: usize,
    kind: FrameKind,
}

enum FrameKind {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<Key>, seen: BTreeSet<String>, merged: Vec<Entry> },
}

/// A key that waits for its value.
enum Key {
    Named(String, Place),
    Merge,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, here: Place) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let quoted = style != ScalarStyle::Plain;
                let scalar = tagged(Scalar { text: text.into_owned(), quoted }, tag.as_deref());
                self.complete(Node { place: here, content: Content::Scalar(scalar) }, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                own_tag(tag.as_deref())?;
                self.push(here, anchor, FrameKind::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                own_tag(tag.as_deref())?;
                let (entries, seen, merged) = (Vec::new(), BTreeSet::new(), Vec::new());
                self.push(here, anchor, FrameKind::Map { entries, key: None, seen, merged })
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Frame { place, anchor, kind }) = self.open.pop() else { return Ok(()) };
                let content = match kind {
                    FrameKind::List(items) => Content::List(items),
                    FrameKind::Map { mut entries, mut seen, merged, .. } => {
                        entries.extend(merged.into_iter().filter(|e| seen.insert(e.key.clone())));
                        Content::Map(entries)
                    }
                };
                self.complete(Node { place, content }, anchor)
            }
            Event::Alias(anchor) => {
                let named = self.anchors.get(&anchor);
                let named = named.ok_or("an alias stands within what it names")?;
                if self.open.len().saturating_add(named.depth) > DEPTH_MAX {
                    return Err(too_deep());
                }
                self.nodes = self.nodes.saturating_add(named.nodes);
                let node = Node { place: here, content: named.node.content.clone() };
                self.complete(node, 0)
            }
            // Anchors hold for one document.
            Event::DocumentStart(_) => {
                self.anchors.clear();
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn push(&mut self, place: Place, anchor: usize, kind: FrameKind) -> Result<(), String> {
        if self.open.len() >= DEPTH_MAX {
            return Err(too_deep());
        }
        self.open.push(Frame { place, anchor, kind });
        Ok(())
    }

    /// Puts a finished node where it belongs.
    fn complete(&mut self, node: Node, anchor: usize) -> Result<(), String> {
        self.nodes = self.nodes.saturating_add(1);
        if self.nodes > NODES_MAX {
            return Err(format!("more than {NODES_MAX} values in one file"));
        }
        if anchor > 0 {
            let (nodes, depth) = size_of(&node);
            // What is kept for aliases counts as well.
            self.nodes = self.nodes.saturating_add(nodes);
            self.anchors.insert(anchor, Anchored { node: node.clone(), nodes, depth });
        }
        match self.open.last_mut().map(|frame| &mut frame.kind) {
            None => self.documents.push(node),
            Some(FrameKind::List(items)) => items.push(node),
            Some(FrameKind::Map { entries, key, seen, merged }) => match key.take() {
                None => *key = Some(key_of(&node, seen)?),
                Some(Key::Merge) => merge(node, merged)?,
                Some(Key::Named(text, place)) => {
                    entries.push(Entry { key: text, key_place: place, value: node });
                }
            },
        }
        Ok(())
    }
}

fn key_of(node: &Node, seen: &mut BTreeSet<String>) -> Result<Key, String> {
    let Content::Scalar(scalar) = &node.content else {
        return Err("a key is a list or a map".to_owned());
    };
    if scalar.text == "<<" && !scalar.quoted {
        return Ok(Key::Merge);
    }
    if !seen.insert(scalar.text.clone()) {
        return Err(format!("the key {} stands there twice", quoted(&scalar.text)));
    }
    Ok(Key::Named(scalar.text.clone(), node.place))
}

/// Takes the entries of a map, or of each map of a list, behind those that are there.
fn merge(node: Node, merged: &mut Vec<Entry>) -> Result<(), String> {
    match node.content {
        Content::Map(entries) => merged.extend(entries),
        Content::List(items) => {
            for item in items {
                let Content::Map(entries) = item.content else {
                    return Err("`<<` merges what is no map".to_owned());
                };
                merged.extend(entries);
            }
        }
        _ => return Err("`<<` merges what is no map".to_owned()),
    }
    Ok(())
}

/// A scalar under its tag: YAML's own say what it is, others become a part of the text.
fn tagged(scalar: Scalar, tag: Option<&Tag>) -> Scalar {
    let Some(tag) = tag else { return scalar };
    if tag.is_yaml_core_schema() {
        let quoted = scalar.quoted || tag.suffix == "str";
        return Scalar { quoted, ..scalar };
    }
    Scalar { text: format!("{}{} {}", tag.handle, tag.suffix, scalar.text), quoted: true }
}

fn own_tag(tag: Option<&Tag>) -> Result<(), String> {
    match tag {
        Some(tag) if !(tag.is_yaml_core_schema() && matches!(&*tag.suffix, "map" | "seq")) => {
            let name = format!("{}{}", tag.handle, tag.suffix);
            Err(format!("the tag {} stands before a list or a map", quoted(&name)))
        }
        _ => Ok(()),
    }
}

/// How many nodes a tree has, and how many levels. Its depth is bounded already.
fn size_of(node: &Node) -> (usize, usize) {
    let add = |(nodes, depth): (usize, usize), child: &Node| {
        let (more, below) = size_of(child);
        (nodes.saturating_add(more), depth.max(below.saturating_add(1)))
    };
    match &node.content {
        Content::List(items) => items.iter().fold((1, 1), add),
        Content::Map(entries) => entries.iter().map(|entry| &entry.value).fold((1, 1), add),
        Content::Scalar(_) | Content::Refused => (1, 0),
    }
}

fn too_deep() -> String {
    format!("nested deeper than {DEPTH_MAX} levels")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(node: &Node) -> String {
        match &node.content {
            Content::Scalar(scalar) => scalar.text.clone(),
            Content::Refused => "refused".to_owned(),
            Content::List(items) => {
                format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(" "))
            }
            Content::Map(entries) => {
                let entry = |entry: &Entry| format!("{}={}", entry.key, shown(&entry.value));
                format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(" "))
            }
        }
    }

    fn read(text: &str) -> Vec<String> {
        foreign(text.as_bytes()).unwrap().iter().map(shown).collect()
    }

    fn fault(text: &str) -> String {
        let fault = foreign(text.as_bytes()).unwrap_err();
        format!("{}: {}", fault.line, fault.reason)
    }

    #[test]
    fn several_documents_with_aliases_and_merge_keys_are_read_as_others_read_them() {
        let text = "base: &b {x: 1, y: 2}\nmore: *b\none: {<<: *b, y: 3}\n---\n- a\n---\n";
        assert_eq!(read(text)[..2], ["{base={x=1 y=2} more={x=1 y=2} one={y=3 x=1}}", "[a]"]);
        let list = "a: &a {x: 1}\nb: &b {x: 2, z: 3}\nc: {<<: [*a, *b]}\n";
        assert_eq!(read(list), ["{a={x=1} b={x=2 z=3} c={x=1 z=3}}"]);
        assert_eq!(read(""), Vec::<String>::new());
        assert_eq!(read("a: !Ref b\nc: !!str 1\n"), ["{a=!Ref b c=1}"]);
    }

    #[test]
    fn what_two_readers_could_read_in_two_ways_is_refused() {
        assert_eq!(fault("a: 1\nb: 2\na: 3\n"), "3: the key `a` stands there twice");
        assert!(fault("? [a]\n: 1\n").contains("a key is a list"));
        assert!(fault("a: &a [*a]\n").contains("within what it names"));
        assert!(fault("<<: 1\n").contains("no map"));
        assert!(fault("a: !Sub {b: 1}\n").contains("`!Sub`"));
        assert!(fault("a: [1\n").contains("not YAML"));
        assert_eq!(foreign(b"a: 1\nb: \xff\n").unwrap_err().line, 2);
    }

    #[test]
    fn aliases_cannot_grow_a_document_beyond_its_limits() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let alias = format!("*a{}", level - 1);
            bomb = format!("{bomb}a{level}: &a{level} [{}]\n", [alias.as_str(); 10].join(", "));
        }
        assert!(fault(&bomb).contains("more than 200000 values"));
        let mut tower = "a0: &a0 [x]\n".to_owned();
        for level in 1..100 {
            tower = format!("{tower}a{level}: &a{level} [*a{}]\n", level - 1);
        }
        assert!(fault(&tower).contains("nested deeper than 64"));
        assert!(
            fault(&"[".repeat(10_000)).contains("recursion limit")
                || fault(&"- ".repeat(9_999)).contains("nested")
        );
    }
}
