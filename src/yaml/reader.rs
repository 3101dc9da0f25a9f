//! Bytes → tree: the only place that knows the YAML crate.
//!
//! The crate's parser is pulled event by event, so nothing recurses on what a file says and
//! every limit holds before memory is spent. What YAML can do and such a document has no need of is
//! refused by name: aliases and anchors (whose expansion can be exponential), tags, merge keys,
//! keys that are no plain text, a second document.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

use super::fault::{Faults, Place, quoted};
use super::tree::{Content, Entry, Node, Scalar};

/// Largest document in bytes: the largest one known is a thousandth of it.
pub const BYTES_MAX: usize = 1024 * 1024;
/// Deepest nesting; a policy needs 8 levels.
pub const DEPTH_MAX: usize = 64;
/// Most scalars, lists and maps in a document.
pub const NODES_MAX: usize = 200_000;

/// What to say of an empty document.
#[derive(Clone, Copy)]
pub(crate) struct WhenEmpty {
    /// What was expected.
    pub(crate) expected: &'static str,
    /// Where to get one.
    pub(crate) hint: &'static str,
}

/// The tree of a document, as far as it could be read; what is wrong goes to `faults`.
pub(crate) fn tree(bytes: &[u8], empty: WhenEmpty, faults: &mut Faults) -> Option<Node> {
    let start = Place { line: 1, column: 1 };
    if bytes.len() > BYTES_MAX {
        let found = bytes.len();
        faults.add(
            start,
            format!("the document is {found} bytes long; the limit is {BYTES_MAX} bytes"),
        );
        return None;
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{FEFF}').unwrap_or(text),
        Err(error) => {
            let place = place_of_byte(bytes, error.valid_up_to());
            faults.add(place, "the document is not UTF-8 text; expected a YAML document");
            return None;
        }
    };
    let mut builder = Builder { open: Vec::new(), root: None, nodes: 0 };
    let mut began = false;
    let mut parser = Parser::new_from_str(text);
    while let Some(step) = parser.next_event() {
        let (event, span) = match step {
            Ok((Event::StreamEnd, _)) => break,
            Ok(step) => step,
            Err(error) => {
                // The scanner reads ahead inside brackets and has a limit of its own there.
                let message = match error.info() {
                    "recursion limit exceeded" => too_deep(),
                    info => format!("not YAML: {info}"),
                };
                faults.add(place(*error.marker()), message);
                return None;
            }
        };
        let here = place(span.start);
        if matches!(event, Event::DocumentStart(_)) && std::mem::replace(&mut began, true) {
            faults.add(here, "a second document begins here; expected one alone");
            return None;
        }
        if let Err(LimitHit) = builder.take(event, here, faults) {
            return None;
        }
    }
    if builder.root.is_none() && faults.is_empty() {
        faults.add_with_hint(
            start,
            format!("the document is empty; expected {}", empty.expected),
            empty.hint,
        );
    }
    builder.root
}

/// A limit was hit and told; nothing more is read.
struct LimitHit;

/// Events → nodes, with the open lists and maps on a stack of its own.
struct Builder {
    open: Vec<Frame>,
    root: Option<Node>,
    nodes: usize,
}

struct Frame {
    place: Place,
    kind: FrameKind,
}

enum FrameKind {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<Key>, lines: BTreeMap<String, usize> },
}

/// A key that waits for its value.
enum Key {
    /// Its value becomes an entry.
    Usable { text: String, place: Place },
    /// Its value is dropped.
    Refused,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, here: Place, faults: &mut Faults) -> Result<(), LimitHit> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                refuse_extras(here, anchor, tag.is_some(), faults);
                let scalar =
                    Scalar { text: text.into_owned(), quoted: style != ScalarStyle::Plain };
                self.complete(Node { place: here, content: Content::Scalar(scalar) }, faults)
            }
            Event::SequenceStart(anchor, tag) => {
                refuse_extras(here, anchor, tag.is_some(), faults);
                self.push(here, FrameKind::List(Vec::new()), faults)
            }
            Event::MappingStart(anchor, tag) => {
                refuse_extras(here, anchor, tag.is_some(), faults);
                let (entries, lines) = (Vec::new(), BTreeMap::new());
                self.push(here, FrameKind::Map { entries, key: None, lines }, faults)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Frame { place, kind }) = self.open.pop() else { return Ok(()) };
                let content = match kind {
                    FrameKind::List(items) => Content::List(items),
                    FrameKind::Map { entries, .. } => Content::Map(entries),
                };
                self.complete(Node { place, content }, faults)
            }
            Event::Alias(_) => {
                faults.add_with_hint(here, "aliases are refused", "write the value out");
                self.complete(Node { place: here, content: Content::Refused }, faults)
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    fn push(&mut self, place: Place, kind: FrameKind, faults: &mut Faults) -> Result<(), LimitHit> {
        if self.open.len() == DEPTH_MAX {
            faults.add(place, too_deep());
            return Err(LimitHit);
        }
        self.open.push(Frame { place, kind });
        Ok(())
    }

    /// Puts a finished node where it belongs: the root, a list, or a map as key or value.
    fn complete(&mut self, node: Node, faults: &mut Faults) -> Result<(), LimitHit> {
        self.nodes = self.nodes.saturating_add(1);
        if self.nodes > NODES_MAX {
            faults.add(node.place, format!("more than {NODES_MAX} values in one document"));
            return Err(LimitHit);
        }
        match self.open.last_mut().map(|frame| &mut frame.kind) {
            None => self.root = Some(node),
            Some(FrameKind::List(items)) => items.push(node),
            Some(FrameKind::Map { entries, key, lines }) => match key.take() {
                None => *key = Some(key_of(node, lines, faults)),
                Some(Key::Refused) => {}
                Some(Key::Usable { text, place }) => {
                    entries.push(Entry { key: text, key_place: place, value: at_key(node, place) });
                }
            },
        }
        Ok(())
    }
}

/// Checks a key: plain text, no merge key, not there before.
fn key_of(node: Node, lines: &mut BTreeMap<String, usize>, faults: &mut Faults) -> Key {
    let place = node.place;
    let Content::Scalar(Scalar { text, quoted: in_quotes }) = node.content else {
        if !matches!(node.content, Content::Refused) {
            faults.add(place, "a key must be a word; found a list or a map");
        }
        return Key::Refused;
    };
    if text == "<<" && !in_quotes {
        faults.add_with_hint(place, "merge keys are refused", "write the values out");
        return Key::Refused;
    }
    if let Some(first) = lines.get(&text) {
        faults.add(place, format!("key {} is already on line {first}", quoted(&text)));
        return Key::Refused;
    }
    lines.insert(text.clone(), place.line);
    Key::Usable { text, place }
}

/// A value that is not there stands where its key stands, not where the parser noticed.
fn at_key(node: Node, key: Place) -> Node {
    match &node.content {
        Content::Scalar(scalar) if scalar.text.is_empty() && !scalar.quoted => {
            Node { place: key, ..node }
        }
        _ => node,
    }
}

fn refuse_extras(place: Place, anchor: usize, tagged: bool, faults: &mut Faults) {
    // The crate numbers anchors from 1.
    if anchor > 0 {
        faults.add_with_hint(place, "anchors are refused", "remove the `&…`");
    }
    if tagged {
        faults.add_with_hint(place, "tags are refused", "remove the `!…`, or quote the text");
    }
}

fn too_deep() -> String {
    format!("nested deeper than {DEPTH_MAX} levels")
}

fn place(marker: Marker) -> Place {
    Place { line: marker.line(), column: marker.col().saturating_add(1) }
}

fn place_of_byte(bytes: &[u8], offset: usize) -> Place {
    let (before, _) = bytes.split_at_checked(offset).unwrap_or((bytes, &[]));
    let mut lines = before.split(|&byte| byte == b'\n');
    let last = String::from_utf8_lossy(lines.next_back().unwrap_or_default());
    Place { line: lines.count().saturating_add(1), column: last.chars().count().saturating_add(1) }
}
