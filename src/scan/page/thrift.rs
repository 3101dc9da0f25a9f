//! The compact protocol of Thrift, as far as page headers need it.
//!
//! Source: Thrift, `doc/specs/thrift-compact-protocol.md`. Anything unknown, too deep or cut off
//! is `None`.

/// Reads fields from the front of some bytes.
pub(super) struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
    last_id: i16,
}

/// A field's value; those that page headers have no use for are skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// 8, 16, 32 or 64 bits.
    Integer(i64),
    /// A structure, to be entered or skipped by the caller.
    Struct,
    /// Something else, already skipped.
    Skipped,
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
        mut visit: impl FnMut(&mut Self, i16, Value) -> Option<()>,
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

    fn field(&mut self, head: u8) -> Option<(i16, Value)> {
        let id = match head >> 4 {
            0 => i16::try_from(self.integer()?).ok()?,
            step => self.last_id.checked_add(i16::from(step))?,
        };
        self.last_id = id;
        let value = match head & 0x0f {
            TRUE => Value::Bool(true),
            FALSE => Value::Bool(false),
            BYTE => Value::Integer(i64::from(self.byte()?.cast_signed())),
            I16 | I32 | I64 => Value::Integer(self.integer()?),
            STRUCT => Value::Struct,
            kind => {
                self.skip(kind, DEPTH_MAX)?;
                Value::Skipped
            }
        };
        Some((id, value))
    }

    /// Reads the fields of a nested structure, which follows, and goes on behind it.
    pub(super) fn enter(&mut self, mut visit: impl FnMut(i16, Value)) -> Option<()> {
        let mut nested = Fields::new(self.bytes, self.at);
        nested.for_each(|nested, id, value| {
            if value == Value::Struct {
                nested.skip_struct()?;
            }
            visit(id, value);
            Some(())
        })?;
        self.at = nested.at;
        Some(())
    }

    /// Goes on behind a nested structure.
    pub(super) fn skip_struct(&mut self) -> Option<()> {
        self.skip(STRUCT, DEPTH_MAX)
    }

    fn skip(&mut self, kind: u8, depth: u32) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            TRUE | FALSE => {}
            BYTE => self.advance(1)?,
            I16 | I32 | I64 => drop(self.integer()?),
            DOUBLE => self.advance(8)?,
            BINARY => {
                let length = self.length()?;
                self.advance(length)?;
            }
            LIST | SET => {
                let head = self.byte()?;
                let count = if head >> 4 == 15 { self.length()? } else { usize::from(head >> 4) };
                for _ in 0..count {
                    self.skip_element(head & 0x0f, depth)?;
                }
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

    /// Elements of lists spell truth values as a byte.
    fn skip_element(&mut self, kind: u8, depth: u32) -> Option<()> {
        if matches!(kind, TRUE | FALSE) { self.advance(1) } else { self.skip(kind, depth) }
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.varint()?).ok()
    }

    /// A signed number: zigzag, then seven bits a byte.
    fn integer(&mut self) -> Option<i64> {
        let folded = self.varint()?;
        Some((folded >> 1).cast_signed() ^ -(folded & 1).cast_signed())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
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
const DEPTH_MAX: u32 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Option<Vec<(i16, Value)>> {
        let mut fields = Fields::new(bytes, 0);
        let mut found = Vec::new();
        fields.for_each(|fields, id, value| {
            if value == Value::Struct {
                fields.skip_struct()?;
            }
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
    fn texts_lists_and_structures_are_skipped() {
        // 1: "ab"; 2: list of two bytes as i32; 3: { 1: double, 2: [true] }; stop.
        let mut bytes = vec![0x18, 2, b'a', b'b', 0x19, 0x25, 0x02, 0x04, 0x1c, 0x17];
        bytes.extend([0; 8]);
        bytes.extend([0x19, 0x11, 0x01, 0x00, 0x00]);
        let expected = vec![(1, Value::Skipped), (2, Value::Skipped), (3, Value::Struct)];
        assert_eq!(all(&bytes), Some(expected));
    }

    #[test]
    fn what_is_cut_off_or_nested_without_end_is_nothing() {
        assert_eq!(all(&[0x15]), None);
        assert_eq!(all(&[0x18, 0x05, b'a', 0x00]), None);
        assert_eq!(all(&[0x1c; 64]), None);
        assert_eq!(all(&[0x19, 0xf9, 0xff, 0xff, 0xff, 0xff, 0x0f]), None);
    }
}
