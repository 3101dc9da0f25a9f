//! Which files of a snapshot are not those of its manifest.

use std::collections::BTreeMap;
use std::fmt;

use crate::identity::Digest;
use crate::snapshot::Manifest;
use crate::verdict::text;

/// A file that differs from the manifest written beside a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileDifference {
    /// Its bytes are others.
    Changed(String),
    /// It is not there.
    Missing(String),
    /// The manifest has no such file.
    Added(String),
}

impl fmt::Display for FileDifference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, word) = match self {
            Self::Changed(name) => (name, "changed"),
            Self::Missing(name) => (name, "is missing"),
            Self::Added(name) => (name, "was added"),
        };
        write!(formatter, "`{}` {word}", text::name(name))
    }
}

/// The differences to the closest of the manifests that were found; none when the recorded text
/// is no manifest.
pub(super) fn differences(recorded: &[u8], found: &[Manifest]) -> Vec<FileDifference> {
    let text = String::from_utf8_lossy(recorded);
    let of = |manifest: &Manifest| {
        let recorded = Manifest::parse(&text, manifest.algorithm()).ok()?;
        Some(between(&recorded, manifest))
    };
    found.iter().filter_map(of).min_by_key(Vec::len).unwrap_or_default()
}

fn between(recorded: &Manifest, found: &Manifest) -> Vec<FileDifference> {
    debug_assert_eq!(recorded.algorithm(), found.algorithm());
    let before: BTreeMap<&str, Digest> = recorded.files().collect();
    let after: BTreeMap<&str, Digest> = found.files().collect();
    let gone_or_changed = before.iter().filter_map(|(&name, digest)| match after.get(name) {
        None => Some(FileDifference::Missing(name.to_owned())),
        Some(now) if now != digest => Some(FileDifference::Changed(name.to_owned())),
        Some(_) => None,
    });
    let added = after.keys().filter(|name| !before.contains_key(*name));
    gone_or_changed.chain(added.map(|&name| FileDifference::Added(name.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::DigestAlgorithm;

    fn manifest(algorithm: DigestAlgorithm, files: &[(&str, &str)]) -> Manifest {
        let digest = |content: &str| Digest::of(algorithm, content.as_bytes());
        let files = files.iter().map(|&(name, content)| (name.to_owned(), digest(content)));
        Manifest::new(algorithm, files).unwrap()
    }

    #[test]
    fn each_file_that_differs_is_named_with_how() {
        let recorded = manifest(DigestAlgorithm::Sha256, &[("a", "1"), ("b", "1"), ("c", "1")]);
        let found = manifest(DigestAlgorithm::Sha256, &[("a", "1"), ("c", "2"), ("d", "1")]);
        let said: Vec<String> = differences(recorded.to_string().as_bytes(), &[found])
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(said, ["`b` is missing", "`c` changed", "`d` was added"]);
    }

    #[test]
    fn a_manifest_is_compared_with_the_digests_it_has() {
        let both = [DigestAlgorithm::Sha256, DigestAlgorithm::Blake3];
        let recorded = manifest(both[1], &[("a", "1"), ("b", "1")]);
        let found = both.map(|algorithm| manifest(algorithm, &[("a", "1"), ("b", "2")]));
        let differing = differences(recorded.to_string().as_bytes(), &found);
        assert_eq!(differing, [FileDifference::Changed("b".to_owned())]);
        assert_eq!(differences(b"no manifest", &found), []);
    }
}
