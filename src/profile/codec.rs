//! A stored profile as bytes, and back from bytes that nobody vouches for.
//!
//! ```text
//! driftgate profile 1\n
//! {"snapshotId":"sha256:…","rows":…,"bytes":…,"digest":"sha256","manifest":"…","columns":[…]}\n
//! for each column in order: length of its section (varint), section
//! of version 2: length of the answers (varint), answers
//! SHA-256 of everything before (32 bytes)
//! ```
//!
//! A profile has one spelling: equal profiles have equal bytes, and bytes that are read are the
//! bytes that would be written. Nothing in them depends on a compression library's version, on
//! threads, or, answers aside, on how the data was cut into row groups.
//!
//! Version 2 is version 1 with the answers to what a policy asked; a profile that was asked nothing
//! is written in version 1.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::budget::Budget;
use super::cursor::Cursor;
use super::error::{AnswersFault, DecodeError, SectionFault};
use super::{Answers, StoredProfile, answer_codec, header, section, varint};
use crate::identity::Sha256Digest;
use crate::quantity::Bytes;

/// The newest format version that this program writes; it reads all before it.
pub const FORMAT_VERSION: u32 = 2;

/// Memory that a profile's values may take when nothing else is said: 4 GiB hold 32 columns of
/// eight million distinct numbers.
pub const DECODED_BYTES_MAX: Bytes = Bytes(4 << 30);

impl StoredProfile {
    /// The bytes of the profile.
    ///
    /// Measured per row of a million: normal doubles 4.8 bytes, uniform 40-bit integers 2.9,
    /// eight integers 0.0004.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let header = header::write(&self.of);
        let version = if self.answers.is_empty() { PLAIN_VERSION } else { FORMAT_VERSION };
        let mut bytes = format!("{NAME}{version}\n{header}\n").into_bytes();
        let mut section = Vec::new();
        for column in &self.columns {
            section.clear();
            section::write(column, &mut section);
            varint::write(section.len() as u64, &mut bytes);
            bytes.extend_from_slice(&section);
        }
        if !self.answers.is_empty() {
            section.clear();
            answer_codec::write(&self.answers, &self.of, &mut section);
            varint::write(section.len() as u64, &mut bytes);
            bytes.extend_from_slice(&section);
        }
        let digest = Sha256Digest::of(&bytes);
        bytes.extend_from_slice(digest.as_bytes());
        bytes
    }

    /// Reads the bytes of a profile; its values may take `memory_max` bytes (about:
    /// [`DECODED_BYTES_MAX`] where nothing else is known).
    ///
    /// No length in the bytes is trusted: room is made only after it was checked against the
    /// bytes left and against the bound. The digest at the end tells damage from design; it is
    /// no signature.
    ///
    /// # Errors
    /// [`DecodeError`] for anything but what [`StoredProfile::encode`] writes, with the column
    /// and the byte; a format of a newer version is told as such.
    pub fn decode(bytes: &[u8], memory_max: Bytes) -> Result<Self, DecodeError> {
        let (version, mut cursor) = check_frame(bytes)?;
        let truncated = |_| DecodeError::Truncated { bytes: Bytes(bytes.len() as u64) };
        let of = header::read(cursor.line_within(header::HEADER_BYTES_MAX).map_err(truncated)?)?;
        let mut budget = Budget::new(memory_max);
        let mut columns = Vec::with_capacity(of.schema.columns().len());
        for column in of.schema.columns() {
            let fail =
                |offset, fault| DecodeError::Section { column: column.name.clone(), offset, fault };
            let start = cursor.offset();
            let section = cursor.prefixed().map_err(|fault| fail(start, fault.into()))?;
            let mut inside = cursor.behind(section);
            let read = section::read(&mut inside, column, of.rows, &mut budget);
            columns.push(read.map_err(|fault: SectionFault| fail(inside.offset(), fault))?);
        }
        let mut profile = Self { of, columns, answers: Answers::default() };
        if version > PLAIN_VERSION {
            profile.answers = profile.read_answers(&mut cursor, &mut budget)?;
        }
        match cursor.left() as u64 {
            0 => Ok(profile),
            left => Err(DecodeError::Trailing { bytes: Bytes(left) }),
        }
    }

    /// Reads and checks the answers that follow the columns.
    fn read_answers(
        &self,
        cursor: &mut Cursor<'_>,
        budget: &mut Budget,
    ) -> Result<Answers, DecodeError> {
        let fail = |offset, fault| DecodeError::Answers { offset, fault };
        let start = cursor.offset();
        let section = cursor.prefixed().map_err(SectionFault::from);
        let section = section.map_err(|fault| fail(start, fault.into()))?;
        let mut inside = cursor.behind(section);
        let read = answer_codec::read(&mut inside, &self.of, budget).and_then(|answers| {
            let checked = self.check_answers(&answers).map(|()| answers);
            checked.map_err(|(query, fault)| {
                let query = query.to_string();
                AnswersFault::Answer { query, fault }
            })
        });
        read.map_err(|fault| fail(inside.offset(), fault))
    }

    /// Whether bytes begin as a stored profile of any version does: to tell one from Parquet.
    #[must_use]
    pub fn is_stored(start: &[u8]) -> bool {
        start.starts_with(NAME.as_bytes())
    }
}

/// Checks the first line and the digest; gives the version and what lies between them.
fn check_frame(bytes: &[u8]) -> Result<(u32, Cursor<'_>), DecodeError> {
    let rest = bytes.strip_prefix(NAME.as_bytes()).ok_or(DecodeError::NotAProfile)?;
    let digits = rest.iter().take(VERSION_DIGITS_MAX).take_while(|byte| byte.is_ascii_digit());
    let (digits, rest) = rest.split_at(digits.count());
    let version = std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok());
    let spelled = !digits.starts_with(b"0") && rest.first() == Some(&b'\n');
    let version: u32 = version.filter(|_| spelled).ok_or(DecodeError::NotAProfile)?;
    if version > FORMAT_VERSION {
        return Err(DecodeError::Version { found: version, known: FORMAT_VERSION });
    }
    let truncated = || DecodeError::Truncated { bytes: Bytes(bytes.len() as u64) };
    let (body, stated) = bytes.split_last_chunk::<DIGEST_BYTES>().ok_or_else(truncated)?;
    let mut cursor = Cursor::at(0, body);
    cursor.line_within(bytes.len()).map_err(|_| truncated())?;
    let found = Sha256Digest::of(body);
    if found.as_bytes() != stated {
        return Err(DecodeError::Digest { found });
    }
    Ok((version, cursor))
}

/// The version without answers.
const PLAIN_VERSION: u32 = 1;
const NAME: &str = "driftgate profile ";
const VERSION_DIGITS_MAX: usize = 9;
const DIGEST_BYTES: usize = 32;
