//! Documents of other programs: what is read out of them, what is refused, and what gates make of it.
//!
//! `documents/pytest_*.xml` were written by pytest 9.2.0, `nextest.xml` by cargo-nextest,
//! `pip_audit*.json` by the formatter of pip-audit 2.10.1, `ruff.sarif` by ruff; the others follow the
//! schemas and published examples of their programs. What gates say of them stands in `messages`,
//! word by word; with `UPDATE_EXPECT=1` in the environment it is written anew.

mod hostile;
mod scans;
mod security_gate;
mod test_results;
mod tests_gate;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use driftgate::checklist::{Answer, Document, Given};
use driftgate::clock::Timestamp;
use driftgate::policy;
use driftgate::verdict::Verdict;

/// A file of `documents`.
fn document(name: &str) -> Vec<u8> {
    fs::read(folder().join("documents").join(name)).unwrap()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/evidence")
}

/// A gate with the documents it is given: which need each is for, its name, its bytes.
struct Asked<'a> {
    gate: &'a str,
    documents: Vec<(usize, &'a str, Result<Vec<u8>, &'a str>)>,
}

impl Asked<'_> {
    /// What the gate answers on the afternoon of 25 November 2026.
    fn answers(&self) -> Vec<Answer> {
        let text = format!("version: 1\nname: t\ngates:\n  - {}\n", self.gate);
        let policy =
            policy::parse("p.yaml", text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        let criterion = policy.gates[0].kind.criterion().unwrap();
        let document = |(need, name, content): &(usize, &str, Result<Vec<u8>, &str>)| Document {
            need: *need,
            name: (*name).to_owned(),
            content: content.clone().map_err(str::to_owned),
        };
        let documents: Vec<Document> = self.documents.iter().map(document).collect();
        let now = Timestamp::parse_rfc3339("2026-11-25T15:00:00Z").unwrap();
        let answers = criterion.judge(&Given { now, documents: &documents, predictions: None });
        for demand in criterion.demands() {
            let answered = answers.iter().any(|answer| answer.rule == demand.rule);
            assert!(answered, "nobody answers `{}`", demand.rule);
        }
        for answer in &answers {
            assert!(!answer.sentence.contains(char::is_control), "{:?}", answer.sentence);
        }
        answers
    }

    /// The worst of the answers, after holding what they say to a file of `messages`.
    fn verdict(&self, messages: &str) -> Verdict {
        let answers = self.answers();
        let mut said = String::new();
        for answer in &answers {
            let about =
                answer.about.as_ref().map_or_else(String::new, |about| format!(" [{about}]"));
            let (decision, rule) = (answer.decision, &answer.rule);
            writeln!(said, "{decision} {rule}{about}: {}", answer.sentence).unwrap();
        }
        let path = folder().join("messages").join(format!("{messages}.txt"));
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &said).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(said, expected, "{}", path.display());
        Verdict::overall(answers.iter().map(|answer| answer.decision))
    }
}
