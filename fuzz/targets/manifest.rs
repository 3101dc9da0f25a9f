//! Reads manifests: what is accepted has one spelling.
#![no_main]

use driftgate::identity::DigestAlgorithm;
use driftgate::snapshot::Manifest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for algorithm in [DigestAlgorithm::Sha256, DigestAlgorithm::Blake3] {
        let Ok(manifest) = Manifest::parse(text, algorithm) else { continue };
        assert!(manifest.to_string() == text, "a manifest has one spelling");
        assert!(manifest.files().len() == text.lines().count(), "a line names a file");
        let files = manifest.files().map(|(name, digest)| (name.to_owned(), digest));
        assert!(Manifest::new(algorithm, files).as_ref() == Ok(&manifest), "read is as made");
    }
});
