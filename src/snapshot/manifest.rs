//! The text that says which bytes a snapshot is made of.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeMap;
use std::fmt;

use thiserror::Error;

use super::id::SnapshotId;
use crate::identity::{Digest, DigestAlgorithm, Sha256Digest};

/// Every file of a snapshot by relative name, with the digest of its bytes.
///
/// Its text has one line for each file, `<64 hex digits><two spaces><relative name>\n`, sorted
/// by the bytes of the name: what `sha256sum -c` (or, for BLAKE3, `b3sum -c`) reads, run in the
/// directory that the names start from. The text has one spelling only, and the snapshot's ID is
/// the SHA-256 of it.
///
/// The text does not say which algorithm its digests are of (both have 64 digits); whoever
/// carries the text elsewhere carries [`Manifest::algorithm`] beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    algorithm: DigestAlgorithm,
    digests: BTreeMap<String, Digest>,
}

impl Manifest {
    /// The manifest of these files, in any order.
    ///
    /// # Errors
    /// [`ManifestError`] when there is no file, a name stands twice, is not relative or is one
    /// that `sha256sum` would have to escape, or a digest was made by another algorithm.
    pub fn new(
        algorithm: DigestAlgorithm,
        files: impl IntoIterator<Item = (String, Digest)>,
    ) -> Result<Self, ManifestError> {
        let mut digests = BTreeMap::new();
        for (name, digest) in files {
            check_name(&name)?;
            if digest.algorithm() != algorithm {
                return Err(ManifestError::Algorithm {
                    name,
                    found: digest.algorithm(),
                    expected: algorithm,
                });
            }
            if digests.insert(name.clone(), digest).is_some() {
                return Err(ManifestError::Duplicate { name });
            }
        }
        if digests.is_empty() {
            return Err(ManifestError::Empty);
        }
        Ok(Self { algorithm, digests })
    }

    /// Reads a manifest's text, accepting only what [`Manifest`] itself would have written:
    /// lowercase digits, two spaces, sorted names, a final newline, no comment, no blank line.
    ///
    /// # Errors
    /// [`ManifestError`] naming the line at fault, counted from 1.
    pub fn parse(text: &str, algorithm: DigestAlgorithm) -> Result<Self, ManifestError> {
        if text.is_empty() {
            return Err(ManifestError::Empty);
        }
        let mut digests = BTreeMap::new();
        for (number, line) in (1..).zip(text.split_inclusive('\n')) {
            let at = |fault| ManifestError::Line { line: number, fault };
            let line = line.strip_suffix('\n').ok_or(at(LineFault::NoNewline))?;
            let (digits, rest) = line.split_at_checked(64).ok_or(at(LineFault::Digest))?;
            let digest = Digest::from_hex(algorithm, digits).map_err(|_| at(LineFault::Digest))?;
            let name = rest.strip_prefix("  ").ok_or(at(LineFault::Separator))?;
            check_name(name)?;
            if digests.last_key_value().is_some_and(|(last, _): (&String, _)| &**last >= name) {
                return Err(at(LineFault::Order));
            }
            digests.insert(name.to_owned(), digest);
        }
        Ok(Self { algorithm, digests })
    }

    /// The algorithm of the digests in the lines; the ID is of the SHA-256 always.
    #[must_use]
    pub fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// Names and digests, sorted by the bytes of the name.
    #[must_use]
    pub fn files(&self) -> impl ExactSizeIterator<Item = (&str, Digest)> {
        self.digests.iter().map(|(name, digest)| (name.as_str(), *digest))
    }

    /// The digest of the file of this relative name.
    #[must_use]
    pub fn digest_of(&self, name: &str) -> Option<Digest> {
        self.digests.get(name).copied()
    }

    /// The ID of the snapshot: the SHA-256 of the text that `Display` writes.
    #[must_use]
    pub fn id(&self) -> SnapshotId {
        SnapshotId::new(Sha256Digest::of(self.to_string().as_bytes()))
    }
}

impl fmt::Display for Manifest {
    /// Writes the text of the manifest, byte for byte as it is hashed.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.digests
            .iter()
            .try_for_each(|(name, digest)| writeln!(formatter, "{}  {name}", digest.to_hex()))
    }
}

/// Why a manifest could not be made or read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ManifestError {
    /// No file.
    #[error("a manifest names at least one file")]
    Empty,
    /// A name stands twice.
    #[error("the manifest names `{}` twice", name.escape_debug())]
    Duplicate {
        /// The name.
        name: String,
    },
    /// A name is empty, absolute, not in its shortest form, or holds a newline, a carriage
    /// return, a backslash or a NUL.
    #[error("`{}` is not a plain relative path", name.escape_debug())]
    Name {
        /// The name.
        name: String,
    },
    /// A digest was not made by the manifest's algorithm.
    #[error("`{}` has a {found} digest in a manifest of {expected} digests", name.escape_debug())]
    Algorithm {
        /// The file.
        name: String,
        /// What made its digest.
        found: DigestAlgorithm,
        /// What the manifest's digests are made by.
        expected: DigestAlgorithm,
    },
    /// A line is not of the one form allowed.
    #[error("manifest line {line}: {fault}")]
    Line {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        fault: LineFault,
    },
}

/// What is wrong with a line of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LineFault {
    /// It does not begin with a digest.
    #[error("expected 64 lowercase hexadecimal digits")]
    Digest,
    /// After the digest something else than two spaces.
    #[error("expected two spaces between digest and name")]
    Separator,
    /// Its name does not come after the name of the line before it.
    #[error("names are not in ascending order of their bytes, each once")]
    Order,
    /// The last line does not end.
    #[error("expected a newline at the end")]
    NoNewline,
}

/// A relative name in its one spelling: components joined by single slashes, none of them `.` or
/// `..`, without the characters that `sha256sum` escapes.
fn check_name(name: &str) -> Result<(), ManifestError> {
    let plain_part = |part: &str| !matches!(part, "" | "." | "..");
    if name.contains(['\n', '\r', '\\', '\0']) || !name.split('/').all(plain_part) {
        return Err(ManifestError::Name { name: name.to_owned() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two files, `PAR1demo-aPAR1` and `PAR1demo-bPAR1`; computed with Python's hashlib and
    /// accepted by `sha256sum -c` of coreutils.
    const TWO_FILES: &str = "\
        ce51af32a3b464ca96f8ab4ccb2c7f68f936dfdf4742674b4eb32468eb0aa1b0  part-00000.parquet\n\
        9030c54ced31a061576eed612442c199f9aab04633d4c081344c35578367f9ed  part-00001.parquet\n";
    const TWO_FILES_ID: &str =
        "sha256:88a0f4b82ca8211124a20d95b6ab9b33d2163579bb2e6a67cad8199b3f224e52";

    fn digest(byte: u8) -> Digest {
        Sha256Digest::of(&[byte]).into()
    }

    fn parse(text: &str) -> Result<Manifest, ManifestError> {
        Manifest::parse(text, DigestAlgorithm::Sha256)
    }

    fn named(name: &str) -> Result<Manifest, ManifestError> {
        Manifest::new(DigestAlgorithm::Sha256, [(name.to_owned(), digest(1))])
    }

    #[test]
    fn the_id_is_the_sha256_of_the_text() {
        let manifest = parse(TWO_FILES).unwrap();
        assert_eq!(manifest.to_string(), TWO_FILES);
        assert_eq!(manifest.id().to_string(), TWO_FILES_ID);
        assert_eq!(manifest.files().len(), 2);
        let first = Sha256Digest::of(b"PAR1demo-aPAR1").into();
        assert_eq!(manifest.digest_of("part-00000.parquet"), Some(first));
        assert_eq!(manifest.digest_of("part-00002.parquet"), None);
    }

    #[test]
    fn lines_are_sorted_by_the_bytes_of_the_name_and_not_by_its_parts() {
        // `-` (0x2d) < `/` (0x2f) < `0` (0x30) < `_` (0x5f) < `é` (0xc3 0xa9)
        let names = ["a-b", "a/b", "a0b", "a_b", "aéb"];
        let files = names
            .iter()
            .rev()
            .map(|name| ((*name).to_owned(), Digest::of(DigestAlgorithm::Blake3, &[7])));
        let manifest = Manifest::new(DigestAlgorithm::Blake3, files).unwrap();
        assert_eq!(manifest.files().map(|(name, _)| name).collect::<Vec<_>>(), names);
        assert_eq!(Manifest::parse(&manifest.to_string(), DigestAlgorithm::Blake3), Ok(manifest));
    }

    #[test]
    fn the_order_in_which_files_are_given_does_not_matter() {
        let files = [("b".to_owned(), digest(1)), ("a".to_owned(), digest(2))];
        let forth = Manifest::new(DigestAlgorithm::Sha256, files.clone()).unwrap();
        let back = Manifest::new(DigestAlgorithm::Sha256, files.into_iter().rev()).unwrap();
        assert_eq!(forth.id(), back.id());
    }

    #[test]
    fn names_that_sha256sum_would_escape_or_that_lead_elsewhere_are_refused() {
        let names =
            ["", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a\nb", "a\rb", "a\\b", "a\0b"];
        for name in names {
            assert_eq!(named(name), Err(ManifestError::Name { name: name.to_owned() }));
        }
        for name in ["a", "..a", "a b", "é/ü=1/*.parquet", "a..b/..."] {
            assert!(named(name).is_ok(), "`{name}` was refused");
        }
    }

    #[test]
    fn a_manifest_without_files_or_with_a_name_twice_is_refused() {
        assert_eq!(Manifest::new(DigestAlgorithm::Sha256, []), Err(ManifestError::Empty));
        assert_eq!(parse(""), Err(ManifestError::Empty));
        let twice = [("a".to_owned(), digest(1)), ("a".to_owned(), digest(2))];
        let error = Manifest::new(DigestAlgorithm::Sha256, twice).unwrap_err();
        assert_eq!(error.to_string(), "the manifest names `a` twice");
    }

    #[test]
    fn digests_of_two_algorithms_do_not_share_a_manifest() {
        let error = Manifest::new(DigestAlgorithm::Blake3, [("a".to_owned(), digest(1))]);
        assert_eq!(
            error.unwrap_err().to_string(),
            "`a` has a sha256 digest in a manifest of blake3 digests"
        );
    }

    #[test]
    fn a_text_of_any_other_form_is_refused_with_its_line() {
        let (first, second) = TWO_FILES.split_at(TWO_FILES.find('\n').unwrap() + 1);
        let fault = |line, fault| Err(ManifestError::Line { line, fault });
        let cases = [
            (format!("{second}{first}"), fault(2, LineFault::Order)),
            (format!("{first}{first}"), fault(2, LineFault::Order)),
            (TWO_FILES.trim_end().to_owned(), fault(2, LineFault::NoNewline)),
            (format!("{TWO_FILES}\n"), fault(3, LineFault::Digest)),
            (format!("# comment\n{TWO_FILES}"), fault(1, LineFault::Digest)),
            (first.to_uppercase(), fault(1, LineFault::Digest)),
            (first.replacen("ce", "é", 1), fault(1, LineFault::Digest)),
            (first.replace("  ", " *"), fault(1, LineFault::Separator)),
            (first.replace("  ", " "), fault(1, LineFault::Separator)),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(&text), expected, "for {text:?}");
        }
        let crlf = first.replace('\n', "\r\n");
        assert!(matches!(parse(&crlf), Err(ManifestError::Name { .. })));
    }
}
