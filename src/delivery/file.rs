//! A JSON file in a folder.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use super::decision::Decision;
use super::deliver::{Change, Delivered};
use super::error::DeliveryError;
use super::outside::Outside;
use super::texts::Texts;
use crate::durable;

/// Writes the document into `00000042-<digest>.json`; a file that holds it already stays.
pub(super) fn deliver(
    folder: &str,
    decision: &Decision,
    outside: &Outside,
) -> Result<Delivered, DeliveryError> {
    let folder = Texts(decision).fill(folder)?;
    let name = format!("{:08}-{}.json", decision.event.seq.0, decision.event.digest);
    let path = outside.folder.join(&folder).join(&name);
    let content = format!("{:#}\n", decision.document());
    let shown = Path::new(&folder).join(&name).display().to_string();
    if holds(&path, content.as_bytes()) {
        durable::flush(&path)?;
        return Ok(Delivered::new(&shown, Change::Found));
    }
    durable::replace(&path, content.as_bytes())?;
    path.parent().into_iter().for_each(durable::sweep);
    Ok(Delivered::new(&shown, Change::Made))
}

/// Whether a regular file holds these bytes and no others.
fn holds(path: &Path, content: &[u8]) -> bool {
    if !path.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) {
        return false;
    }
    let mut found = Vec::new();
    let most = content.len() as u64 + 1;
    let read = fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut found));
    read.is_ok() && found == content
}
