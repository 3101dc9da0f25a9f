//! Walking a map of known keys: each key is asked for once, and what was not asked for is a
//! fault.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::fault::{Faults, Place, nearest, quoted};
use super::tree::{Content, Entry, Node, Resolved};

/// A map whose keys are asked for by name.
pub(crate) struct Fields<'n> {
    /// What the map is, for messages: `a gate`.
    what: &'static str,
    place: Place,
    entries: &'n [Entry],
    known: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    /// The fields of a node that must be a map.
    pub(crate) fn of(node: &'n Node, what: &'static str, faults: &mut Faults) -> Option<Self> {
        match &node.content {
            Content::Map(entries) => {
                Some(Self { what, place: node.place, entries, known: Vec::new() })
            }
            Content::Refused => None,
            Content::Scalar(scalar)
                if matches!(scalar.resolved(), Resolved::Integer | Resolved::Float) =>
            {
                faults.add_with_hint(
                    node.place,
                    format!("expected {what} as a map, found {}", node.found()),
                    format!("write which limit it is, as in `{{max: {}}}`", scalar.text),
                );
                None
            }
            _ => {
                faults.add(node.place, format!("expected {what} as a map, found {}", node.found()));
                None
            }
        }
    }

    /// Where the map stands.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// The value of a key, read, or nothing when the key is absent or its value is refused.
    pub(crate) fn optional<T>(
        &mut self,
        key: &'static str,
        faults: &mut Faults,
        read: impl FnOnce(&'n Node, &mut Faults) -> Option<T>,
    ) -> Option<T> {
        self.node(key).and_then(|node| read(node, faults))
    }

    /// As [`Self::optional`]; an absent key is a fault.
    pub(crate) fn required<T>(
        &mut self,
        key: &'static str,
        faults: &mut Faults,
        read: impl FnOnce(&'n Node, &mut Faults) -> Option<T>,
    ) -> Option<T> {
        let node = self.node(key);
        if node.is_none() {
            faults.add(self.place, format!("{} needs the key `{key}`", self.what));
        }
        node.and_then(|node| read(node, faults))
    }

    /// The value of a key as it stands.
    pub(crate) fn node(&mut self, key: &'static str) -> Option<&'n Node> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// Ends the walk: keys that were not asked for are faults.
    pub(crate) fn finish(self, faults: &mut Faults) {
        for entry in self.entries {
            if self.known.contains(&entry.key.as_str()) {
                continue;
            }
            let message = format!("unknown key {} in {}", quoted(&entry.key), self.what);
            let hint = nearest(&entry.key, self.known.iter().copied())
                .unwrap_or_else(|| format!("known keys are {}", listed(&self.known)));
            faults.add_with_hint(entry.key_place, message, hint);
        }
    }
}

/// Names for people: `` `a`, `b` and `c` ``.
pub(crate) fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}
