//! Documents that gates of the checklist must be given.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use super::args::ReadArgs;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::folders::files_below;
use super::input::read_small;
use super::predictions::predictions;
use super::web::Web;
use crate::checklist::{Document, Need};
use crate::http::Url;
use crate::measure::predictions::PredictionsFacts;
use crate::policy::Policy;
use crate::scan::Pool;
use crate::snapshot::Location;

/// What gates of the checklist are given, by their names.
pub(in crate::cli) struct Gathered {
    /// Their documents; what cannot be had is a document too, and its gate says so.
    pub(in crate::cli) documents: BTreeMap<String, Vec<Document>>,
    /// What was measured of predictions.
    pub(in crate::cli) predictions: BTreeMap<String, PredictionsFacts>,
}

/// Gives every gate of the checklist what it needs.
///
/// # Errors
/// [`Failure`] when there are more than [`DOCUMENTS_MAX`] in all, or the settings of the network
/// cannot be read.
pub(in crate::cli) fn gather(
    policy: &Policy,
    folder: &Path,
    read: &ReadArgs,
    pool: &Pool,
) -> Result<Gathered, Failure> {
    let mut gathered = Gathered { documents: BTreeMap::new(), predictions: BTreeMap::new() };
    let mut left = DOCUMENTS_MAX;
    let mut web: Option<Web> = None;
    for gate in &policy.gates {
        let Some(criterion) = gate.kind.criterion() else { continue };
        let mut documents = Vec::new();
        for (need, what) in criterion.needs().into_iter().enumerate() {
            match what {
                Need::Files { pattern, .. } => documents.extend(files(need, &pattern, folder)),
                Need::Predictions(wanted) => {
                    let measured = predictions(need, &wanted, folder, policy, read, pool);
                    documents.extend(measured.documents);
                    let facts = measured.facts.map(|facts| (gate.name.clone(), facts));
                    gathered.predictions.extend(facts);
                }
                Need::Below { path, .. } => documents.extend(below(need, &path, folder)),
                Need::Fetch { url, .. } => {
                    if web.is_none() {
                        web = Some(Web::of_process()?);
                    }
                    documents.extend(web.as_ref().map(|web| fetched(need, &url, web)));
                }
            }
        }
        left = left.checked_sub(documents.len()).ok_or_else(|| {
            let message = format!("the gates ask for more than {DOCUMENTS_MAX} documents");
            Failure::new(ExitCode::Usage, message)
        })?;
        gathered.documents.insert(gate.name.clone(), documents);
    }
    Ok(gathered)
}

/// Whether a path leads nowhere but down.
pub(in crate::cli) fn lies_inside(path: &str) -> bool {
    let inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    Path::new(path).components().all(inside)
}

/// The files that a pattern fits, sorted by name.
fn files(need: usize, pattern: &str, folder: &Path) -> Vec<Document> {
    let refused =
        |reason: String| vec![Document { need, name: pattern.to_owned(), content: Err(reason) }];
    if !lies_inside(pattern) {
        return refused("it leads out of the folder of evidence".to_owned());
    }
    let paths = match Location::find(&[folder.join(pattern)]) {
        Ok(Location::File(path)) => vec![path],
        Ok(Location::Several(paths)) => paths,
        Ok(Location::Directory(_) | Location::Part { .. }) => {
            return refused("it is a folder, not a file".to_owned());
        }
        Err(error) => return refused(error.to_string()),
    };
    let document = |path: std::path::PathBuf| {
        let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        let content = read_small(&path, DOCUMENT_BYTES_MAX, ExitCode::Unreadable);
        Document { need, name, content: content.map_err(|failure| failure.to_string()) }
    };
    paths.into_iter().map(document).collect()
}

/// A file, or all files below a folder, named by their paths from the folder of evidence.
fn below(need: usize, path: &str, folder: &Path) -> Vec<Document> {
    let place = folder.join(path);
    if !place.is_dir() {
        return files(need, path, folder);
    }
    let path = path.trim_start_matches("./").trim_end_matches('/');
    match files_below(&place) {
        Ok(files) => files
            .into_iter()
            .map(|(name, bytes)| Document {
                need,
                name: format!("{path}/{name}"),
                content: Ok(bytes),
            })
            .collect(),
        Err(failure) => {
            vec![Document { need, name: path.to_owned(), content: Err(failure.to_string()) }]
        }
    }
}

/// What a server answers, or why it did not.
fn fetched(need: usize, url: &Url, web: &Web) -> Document {
    let content = web.get(url).map_err(|error| error.to_string());
    Document { need, name: url.to_string(), content }
}

/// Most documents of one check: each stands in the signed report with its digest.
pub(in crate::cli) const DOCUMENTS_MAX: usize = 256;

/// Most bytes of one document: scans of large images have some ten.
const DOCUMENT_BYTES_MAX: u64 = 64 << 20;
