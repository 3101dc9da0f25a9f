//! The compact protocol of Thrift, as far as footers and page headers need it.
//!
//! Source: Thrift, `doc/specs/thrift-compact-protocol.md`. Anything unknown, too deep or cut off
//! is `None`, and so are fields that come twice or out of order: readers would understand them
//! differently. Nothing is allocated.

#![deny(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use super::varint;

/// Reads fields from the front of some bytes.
pub(super) struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
    last_id: i16,
}

/// A field's value. Structures and lists follow it, to be read or passed over by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// `true` or `false`.
    Bool(bool),
    /// 16, 32 or 64 bits.
    Integer(i64),
    /// Bytes or text.
    Binary(&'a [u8]),
    /// A list or set.
    List(List),
    /// A structure.
    Struct,
    /// Something else, already passed over.
    Other,
}

/// What a known field has to be: readers that look at its number alone take any bytes for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Integer,
    Binary,
    Struct,
}

impl Value<'_> {
    /// Nothing for a value of a known field that is of another kind; `known` are the kinds of the
    /// fields from number 1 on.
    pub(super) fn fits(&self, id: i16, known: &[Kind]) -> Option<()> {
        let place = id.checked_sub(1).and_then(|place| usize::try_from(place).ok());
        let Some(kind) = place.and_then(|place| known.get(place)) else {
            return Some(());
        };
        let kinds = match self {
            Self::Bool(_) => Kind::Bool,
            Self::Integer(_) => Kind::Integer,
            Self::Binary(_) => Kind::Binary,
            Self::Struct => Kind::Struct,
            Self::List(_) | Self::Other => return None,
        };
        (kinds == *kind).then_some(())
    }
}

/// What a list says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct List {
    kind: u8,
    /// Elements it claims to have: each takes a byte at least.
    pub(super) count: usize,
}

impl<'a> Fields<'a> {
    /// Reads the structure that begins at `at`.
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, last_id: 0 }
    }

    /// Where the next byte is read.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Hands over the number and value of each field up to the end of the structure.
    pub(super) fn for_each(
        &mut self,
        mut visit: impl FnMut(&mut Self, i16, Value<'a>) -> Option<()>,
    ) -> Option<()> {
        loop {
            let head = self.byte()?;
            if head == STOP {
                return Some(());
            }
            let (id, value) = self.field(head)?;
            visit(self, id, value)?;
        }
    }

    fn field(&mut self, head: u8) -> Option<(i16, Value<'a>)> {
        let id = match head >> 4 {
            0 => i16::try_from(self.integer()?).ok().filter(|&id| id > self.last_id)?,
            step => self.last_id.checked_add(i16::from(step))?,
        };
        self.last_id = id;
        let value = match head & 0x0f {
            TRUE => Value::Bool(true),
            FALSE => Value::Bool(false),
            I16 | I32 | I64 => Value::Integer(self.integer()?),
            BINARY => Value::Binary(self.binary()?),
            LIST | SET => Value::List(self.list()?),
            STRUCT => Value::Struct,
            kind => {
                self.skip(kind, DEPTH_MAX)?;
                Value::Other
            }
        };
        Some((id, value))
    }

    /// Reads the structure that follows, and goes on behind it.
    pub(super) fn structure(
        &mut self,
        visit: impl FnMut(&mut Self, i16, Value<'a>) -> Option<()>,
    ) -> Option<()> {
        let mut nested = Fields::new(self.bytes, self.at);
        nested.for_each(visit)?;
        self.at = nested.at;
        Some(())
    }

    /// Reads the structures of a list that follows.
    pub(super) fn structures(
        &mut self,
        list: List,
        mut visit: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        (list.kind == STRUCT || list.count == 0).then_some(())?;
        (0..list.count).try_for_each(|_| visit(self))
    }

    /// Reads the texts of a list that follows.
    pub(super) fn binaries(
        &mut self,
        list: List,
        mut visit: impl FnMut(&'a [u8]) -> Option<()>,
    ) -> Option<()> {
        (list.kind == BINARY || list.count == 0).then_some(())?;
        (0..list.count).try_for_each(|_| visit(self.binary()?))
    }

    /// Goes on behind a value that nobody has read.
    pub(super) fn pass(&mut self, value: Value<'_>) -> Option<()> {
        match value {
            Value::Struct => self.skip(STRUCT, DEPTH_MAX),
            Value::List(list) => self.skip_elements(list, DEPTH_MAX),
            Value::Bool(_) | Value::Integer(_) | Value::Binary(_) | Value::Other => Some(()),
        }
    }

    fn skip(&mut self, kind: u8, depth: u32) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            TRUE | FALSE => {}
            BYTE => self.advance(1)?,
            I16 | I32 | I64 => drop(self.integer()?),
            DOUBLE => self.advance(8)?,
            BINARY => drop(self.binary()?),
            LIST | SET => {
                let list = self.list()?;
                self.skip_elements(list, depth)?;
            }
            STRUCT => {
                let mut nested = Fields::new(self.bytes, self.at);
                loop {
                    let head = nested.byte()?;
                    if head == STOP {
                        break;
                    }
                    if head >> 4 == 0 {
                        nested.integer()?;
                    }
                    nested.skip(head & 0x0f, depth)?;
                }
                self.at = nested.at;
            }
            _ => return None,
        }
        Some(())
    }

    fn skip_elements(&mut self, list: List, depth: u32) -> Option<()> {
        (0..list.count).try_for_each(|_| match list.kind {
            // By the protocol each takes a byte; the Parquet crate takes them for nothing. No
            // footer or page header has a list of them.
            TRUE | FALSE => None,
            kind => self.skip(kind, depth),
        })
    }

    fn list(&mut self) -> Option<List> {
        let head = self.byte()?;
        let count = if head >> 4 == 15 { self.length()? } else { usize::from(head >> 4) };
        let left = self.bytes.len().checked_sub(self.at)?;
        (count <= left).then_some(List { kind: head & 0x0f, count })
    }

    fn binary(&mut self) -> Option<&'a [u8]> {
        let length = self.length()?;
        let start = self.at;
        self.advance(length)?;
        self.bytes.get(start..self.at)
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.varint()?).ok()
    }

    /// A signed number: zigzag, then seven bits a byte.
    fn integer(&mut self) -> Option<i64> {
        self.varint().map(varint::signed)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut rest = self.bytes.get(self.at..)?;
        let value = varint::read(&mut rest)?;
        self.at = self.bytes.len().checked_sub(rest.len())?;
        Some(value)
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.advance(1)?;
        Some(byte)
    }

    fn advance(&mut self, count: usize) -> Option<()> {
        self.at = self.at.checked_add(count).filter(|&at| at <= self.bytes.len())?;
        Some(())
    }
}

const STOP: u8 = 0;
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const STRUCT: u8 = 12;
/// Structures within structures that are followed.
const DEPTH_MAX: u32 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Option<Vec<(i16, Value<'_>)>> {
        let mut fields = Fields::new(bytes, 0);
        let mut found = Vec::new();
        fields.for_each(|fields, id, value| {
            fields.pass(value)?;
            found.push((id, value));
            Some(())
        })?;
        (fields.position() == bytes.len()).then_some(found)
    }

    #[test]
    fn fields_are_numbered_by_steps_or_in_full() {
        // 1: i32 = -1; 2: true; 20 (in full): i64 = 300; stop.
        let bytes = [0x15, 0x01, 0x11, 0x06, 0x28, 0xd8, 0x04, 0x00];
        let expected =
            vec![(1, Value::Integer(-1)), (2, Value::Bool(true)), (20, Value::Integer(300))];
        assert_eq!(all(&bytes), Some(expected));
    }

    #[test]
    fn texts_lists_and_structures_are_passed_over() {
        // 1: "ab"; 2: list of two i32; 3: { 1: double, 2: list of one byte }; stop.
        let mut bytes = vec![0x18, 2, b'a', b'b', 0x19, 0x25, 0x02, 0x04, 0x1c, 0x17];
        bytes.extend([0; 8]);
        bytes.extend([0x19, 0x13, 0x01, 0x00, 0x00]);
        let list = List { kind: I32, count: 2 };
        let expected = vec![(1, Value::Binary(b"ab")), (2, Value::List(list)), (3, Value::Struct)];
        assert_eq!(all(&bytes), Some(expected));
    }

    #[test]
    fn lists_of_truth_values_are_nothing_since_readers_differ_on_their_length() {
        assert_eq!(all(&[0x19, 0x11, 0x01, 0x00]), None);
        assert_eq!(all(&[0x19, 0x21, 0x01, 0x02, 0x00]), None);
    }

    #[test]
    fn a_known_field_of_another_kind_is_nothing() {
        let known = [Kind::Integer, Kind::Bool, Kind::Struct];
        let fits = |id, value: Value<'_>| value.fits(id, &known).is_some();
        assert!(fits(1, Value::Integer(7)) && fits(2, Value::Bool(true)));
        assert!(fits(3, Value::Struct) && fits(4, Value::Other) && fits(0, Value::Other));
        assert!(!fits(1, Value::Other) && !fits(2, Value::Struct) && !fits(3, Value::Bool(true)));
    }

    #[test]
    fn fields_that_come_twice_or_out_of_order_are_nothing() {
        assert_eq!(all(&[0x05, 0x02, 0x02, 0x05, 0x02, 0x02, 0x00]), None);
        assert_eq!(all(&[0x05, 0x04, 0x02, 0x05, 0x02, 0x02, 0x00]), None);
        assert!(all(&[0x05, 0x02, 0x02, 0x05, 0x04, 0x02, 0x00]).is_some());
    }

    #[test]
    fn what_is_cut_off_or_nested_without_end_is_nothing() {
        assert_eq!(all(&[0x15]), None);
        assert_eq!(all(&[0x18, 0x05, b'a', 0x00]), None);
        assert_eq!(all(&[0x1c; 64]), None);
        assert_eq!(all(&[0x19, 0xf9, 0xff, 0xff, 0xff, 0xff, 0x0f]), None);
    }
}
