//! Predictions that gates of the checklist rest on.

use std::path::Path;

use super::args::ReadArgs;
use super::gather::lies_inside;
use super::{failure::Failure, input};
use crate::checklist::{Document, PredictionsNeed};
use crate::identity::DigestAlgorithm;
use crate::measure::predictions::{PredictionsFacts, measure_predictions};
use crate::policy::Policy;
use crate::scan::{OpenSnapshot, Pool, manifest_of};

/// What was found of a gate's predictions.
pub(in crate::cli) struct Measured {
    /// The manifest of each file or folder, so that the report's digest of it is the snapshot's ID;
    /// or why it could not be had.
    pub(in crate::cli) documents: Vec<Document>,
    /// Facts, where all could be read.
    pub(in crate::cli) facts: Option<PredictionsFacts>,
}

/// Measures the predictions that a gate needs, below the folder of evidence.
pub(in crate::cli) fn predictions(
    need: usize,
    wanted: &PredictionsNeed,
    folder: &Path,
    policy: &Policy,
    read: &ReadArgs,
    pool: &Pool,
) -> Measured {
    let document = |name: &str, content| Document { need, name: name.to_owned(), content };
    let refused = |name: &str, failure: &Failure| Measured {
        documents: vec![document(name, Err(failure.to_string()))],
        facts: None,
    };
    let candidate = match Opened::open(&wanted.file, folder, policy, read, pool) {
        Ok(opened) => opened,
        Err(failure) => return refused(&wanted.file, &failure),
    };
    let champion = wanted.champion.as_ref();
    let champion = champion.map(|file| (file, Opened::open(file, folder, policy, read, pool)));
    let champion = match champion {
        Some((file, Err(failure))) => return refused(file, &failure),
        Some((file, Ok(opened))) => Some((file, opened)),
        None => None,
    };
    let theirs = champion.as_ref().map(|(_, opened)| &opened.snapshot);
    let facts = measure_predictions(&candidate.snapshot, theirs, &wanted.request, pool);
    let facts = match facts {
        Ok(facts) => facts,
        Err(error) => return refused(&wanted.file, &error.into()),
    };
    let mut documents = Vec::new();
    for (file, opened) in std::iter::once((&wanted.file, candidate)).chain(champion) {
        if let Err(error) = opened.snapshot.verify_unchanged() {
            return refused(file, &error.into());
        }
        documents.push(document(file, Ok(opened.manifest.into_bytes())));
    }
    Measured { documents, facts: Some(facts) }
}

/// Predictions with their manifest.
struct Opened {
    snapshot: OpenSnapshot,
    manifest: String,
}

impl Opened {
    fn open(
        file: &str,
        folder: &Path,
        policy: &Policy,
        read: &ReadArgs,
        pool: &Pool,
    ) -> Result<Self, Failure> {
        if !lies_inside(file) {
            let message = format!("`{file}` leads out of the folder of evidence");
            return Err(Failure::new(super::exit_code::ExitCode::Unreadable, message));
        }
        let path = folder.join(file).display().to_string();
        let listing = input::list(&[path], &policy.ignored_files)?;
        let snapshot = input::open(listing, policy.widening, read, pool)?;
        let manifest = pool.run(|| manifest_of(&snapshot, DigestAlgorithm::Sha256))?;
        Ok(Self { snapshot, manifest: manifest.to_string() })
    }
}
