//! What runs where, as files: `heads/<model>/<environment>.json`.
//!
//! A cache for other programs to look at. It follows from the ledger, is written anew whenever it
//! differs, and nothing here ever reads a decision from it.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use super::state::{Move, Place};
use super::{Registry, Replayed};
use crate::durable::{self, DurableError};

/// Writes the files that differ from what the ledger says; gives how many.
///
/// # Errors
/// [`DurableError`], the first file that cannot be written.
pub fn refresh(registry: &Registry, replayed: &Replayed) -> Result<u64, DurableError> {
    let mut written = 0;
    for (path, content) in files(registry, replayed) {
        if fs::read(&path).is_ok_and(|found| found == content) {
            continue;
        }
        durable::replace(&path, &content)?;
        path.parent().into_iter().for_each(durable::sweep);
        written += 1;
    }
    Ok(written)
}

fn files(registry: &Registry, replayed: &Replayed) -> Vec<(PathBuf, Vec<u8>)> {
    let root = registry.root().join("heads");
    let mut files = Vec::new();
    for (model, versions) in replayed.state().models() {
        for (environment, place) in &versions.environments {
            if let Some(last) = place.last() {
                let path = root.join(model.as_ref()).join(format!("{environment}.json"));
                let document = document(model.as_ref(), environment.as_ref(), place, last);
                files.push((path, format!("{document:#}\n").into_bytes()));
            }
        }
    }
    files
}

fn document(model: &str, environment: &str, place: &Place, last: &Move) -> serde_json::Value {
    json!({
        "model": model,
        "environment": environment,
        "version": last.version,
        "seq": last.step.seq(),
        "digest": last.step.event.digest,
        "at": last.step.at.to_string(),
        "held": !place.holds.is_empty(),
    })
}
