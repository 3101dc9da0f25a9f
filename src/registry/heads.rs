//! What runs where, as files: `heads/<model>/<environment>.json`.
//!
//! A cache for other programs to look at. It follows from the ledger, is written anew whenever it
//! differs, and nothing here ever reads a decision from it. What lies there may be anybody's: a link, a
//! FIFO or a device is neither read nor written through, but told and left alone.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::objects::read_regular;
use super::state::{Move, Place};
use super::{Registry, Replayed};
use crate::durable::{self, DurableError, Operation};
use crate::quantity::Bytes;

/// Writes the files that differ from what the ledger says; gives how many.
///
/// # Errors
/// [`DurableError`], the first file that cannot be written, or one in whose place lies something
/// else; all others are then written.
pub fn refresh(registry: &Registry, replayed: &Replayed) -> Result<u64, DurableError> {
    let mut written = 0;
    let (files, odd) = without_odd(registry, files(registry, replayed));
    for (path, content) in files {
        if read_regular(&path, HEAD_BYTES_MAX).is_ok_and(|found| found == content) {
            continue;
        }
        durable::replace(&path, &content)?;
        path.parent().into_iter().for_each(durable::sweep);
        written += 1;
    }
    odd.map_or(Ok(written), Err)
}

/// The files in whose place lies a file or nothing, and what lies in place of the first other.
fn without_odd(
    registry: &Registry,
    mut files: Vec<(PathBuf, Vec<u8>)>,
) -> (Vec<(PathBuf, Vec<u8>)>, Option<DurableError>) {
    let mut odd = None;
    files.retain(|(path, _)| match confirm_plain(registry.root(), path) {
        Ok(()) => true,
        Err(error) => {
            odd.get_or_insert(error);
            false
        }
    });
    (files, odd)
}

/// That a path leads through folders of the registry to a file or to nothing.
fn confirm_plain(root: &Path, path: &Path) -> Result<(), DurableError> {
    let folders = path.ancestors().skip(1).take_while(|folder| *folder != root);
    for folder in folders {
        match folder.symlink_metadata() {
            Ok(found) if found.is_dir() => {}
            Ok(_) => return Err(DurableError::NotADirectory { path: folder.to_owned() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => {
                let (operation, path) = (Operation::Inspect, folder.to_owned());
                return Err(DurableError::Io { operation, path, source });
            }
        }
    }
    durable::refuse_irregular(path)
}

fn files(registry: &Registry, replayed: &Replayed) -> Vec<(PathBuf, Vec<u8>)> {
    let root = registry.root().join("heads");
    let mut files = Vec::new();
    for (model, versions) in replayed.state().models() {
        for (environment, place) in &versions.environments {
            if let Some(last) = place.last() {
                let path = root.join(model.as_ref()).join(format!("{environment}.json"));
                let known = versions.versions.get(&last.version);
                let revoked = known.is_some_and(|known| known.revoked.is_some());
                let document = document(model.as_ref(), environment.as_ref(), place, last, revoked);
                files.push((path, format!("{document:#}\n").into_bytes()));
            }
        }
    }
    files
}

fn document(
    model: &str,
    environment: &str,
    place: &Place,
    last: &Move,
    revoked: bool,
) -> serde_json::Value {
    json!({
        "model": model,
        "environment": environment,
        "version": last.version,
        "seq": last.step.seq(),
        "digest": last.step.event.digest,
        "at": last.step.at.to_string(),
        "held": !place.holds.is_empty(),
        "revoked": revoked,
    })
}

/// Far more than such a file has.
const HEAD_BYTES_MAX: Bytes = Bytes(64 << 10);
