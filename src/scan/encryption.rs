//! Whether a footer that anyone can read belongs to a file whose columns are encrypted.
//!
//! Such a footer names its algorithm in field 8 of the file metadata (Parquet format,
//! `parquet.thrift`, `FileMetaData.encryption_algorithm`). The decoder passes over that field and
//! then takes cipher text for pages, so it is looked for here: one walk over the Thrift compact
//! protocol (`thrift-compact-protocol.md`), without recursion, a step for each byte at most.

/// Whether the footer says that columns are encrypted. `false` for damaged footers: the decoder
/// tells what is wrong with those.
pub(super) fn names_an_algorithm(footer: &[u8]) -> bool {
    Walk { bytes: footer }.finds_top_level_field(ENCRYPTION_ALGORITHM).unwrap_or(false)
}

struct Walk<'a> {
    bytes: &'a [u8],
}

/// What is left to pass over.
enum Pending {
    Struct,
    Items { kind: u8, left: u64 },
}

impl Walk<'_> {
    fn finds_top_level_field(&mut self, wanted: i64) -> Option<bool> {
        let mut field = 0;
        loop {
            let header = self.byte()?;
            if header == STOP {
                return Some(false);
            }
            field = match header >> 4 {
                0 => self.zigzag()?,
                delta => field + i64::from(delta),
            };
            if field == wanted {
                return Some(true);
            }
            self.pass(header & 0x0f)?;
        }
    }

    /// Passes over one value of a field.
    fn pass(&mut self, kind: u8) -> Option<()> {
        if matches!(kind, TRUE | FALSE) {
            return Some(());
        }
        let mut pending = vec![Pending::Items { kind, left: 1 }];
        while let Some(next) = pending.pop() {
            match next {
                Pending::Items { left: 0, .. } => {}
                Pending::Items { kind, left } => {
                    pending.push(Pending::Items { kind, left: left - 1 });
                    self.enter(kind, &mut pending)?;
                }
                Pending::Struct => {
                    let header = self.byte()?;
                    if header != STOP {
                        if header >> 4 == 0 {
                            self.zigzag()?;
                        }
                        pending.push(Pending::Struct);
                        if !matches!(header & 0x0f, TRUE | FALSE) {
                            self.enter(header & 0x0f, &mut pending)?;
                        }
                    }
                }
            }
            if pending.len() > DEPTH_MAX {
                return None;
            }
        }
        Some(())
    }

    /// Passes over a plain value, or notes what a nested one holds.
    fn enter(&mut self, kind: u8, pending: &mut Vec<Pending>) -> Option<()> {
        match kind {
            TRUE | FALSE | BYTE => self.skip(1),
            INTEGER_16 | INTEGER_32 | INTEGER_64 => self.varint().map(|_| ()),
            DOUBLE => self.skip(8),
            BINARY => {
                let length = self.varint()?;
                self.skip(usize::try_from(length).ok()?)
            }
            LIST | SET => {
                let header = self.byte()?;
                let left = match header >> 4 {
                    15 => self.varint()?,
                    short => u64::from(short),
                };
                pending.push(Pending::Items { kind: header & 0x0f, left });
                Some(())
            }
            STRUCT => {
                pending.push(Pending::Struct);
                Some(())
            }
            // File metadata hold no maps, and nothing else exists.
            _ => None,
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(first)
    }

    fn skip(&mut self, length: usize) -> Option<()> {
        self.bytes = self.bytes.get(length..)?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn zigzag(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }
}

const ENCRYPTION_ALGORITHM: i64 = 8;
const DEPTH_MAX: usize = 64;
const STOP: u8 = 0;
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const INTEGER_16: u8 = 4;
const INTEGER_32: u8 = 5;
const INTEGER_64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const STRUCT: u8 = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_algorithm_is_found_behind_whatever_stands_before_it() {
        // Fields 1 (integer), 2 (list of two structs of one integer each), 8 (struct).
        let footer = [0x15, 0x04, 0x19, 0x2c, 0x15, 0x02, 0x00, 0x15, 0x04, 0x00, 0x6c, 0x00];
        assert!(names_an_algorithm(&footer));
    }

    #[test]
    fn a_plain_or_damaged_footer_names_none() {
        assert!(!names_an_algorithm(&[0x15, 0x04, 0x26, 0x08, 0x00]));
        assert!(!names_an_algorithm(&[0x15]));
        assert!(!names_an_algorithm(&[0x19, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
        assert!(!names_an_algorithm(&[0x1c; 4096]), "nested deeper than any file");
    }
}
