//! A Python interpreter and the distributions that it finds.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use super::program::run;
use crate::evidence::capture::Python;
use crate::identity::strict_json;
use crate::quantity::Bytes;

/// Asks an interpreter, or that of a virtual environment, once: isolated from variables and the
/// user's own packages (`-I`), without writing bytecode (`-B`).
///
/// # Errors
/// The reason, naming the interpreter: it was asked for by name.
pub(in crate::cli) fn python(path: &Path) -> Result<Python, String> {
    let interpreter = if path.is_dir() { path.join("bin").join("python") } else { path.to_owned() };
    let name = interpreter.to_str().ok_or("the interpreter's path is not UTF-8")?;
    let said = run(name, &["-I", "-B", "-c", SCRIPT], PATIENCE)?;
    if !said.well {
        let last = String::from_utf8_lossy(&said.err);
        let last = last.lines().next_back().unwrap_or_default().trim();
        return Err(format!("`{name}` failed: {last}"));
    }
    let answer: Answer = strict_json::read(&said.out, Bytes(said.out.len() as u64))
        .map_err(|error| format!("`{name}` answered what is no list of packages: {error}"))?;
    let Answer { implementation, version, packages } = answer;
    Ok(Python { implementation, version, packages })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    implementation: String,
    version: String,
    packages: BTreeMap<String, String>,
}

/// Reads the metadata of each distribution in the order of the path, so that the first of a name is
/// the one that is imported. One without a name or version is told as damaged.
const SCRIPT: &str = r#"
import json, platform, re, sys
import importlib.metadata as metadata
packages = {}
for found in metadata.distributions():
    name = found.metadata["Name"] or "damaged: " + getattr(found, "_path", found).name
    name = re.sub(r"[-_.]+", "-", name).lower()
    packages.setdefault(name, found.version or "damaged")
json.dump({"implementation": platform.python_implementation(),
           "version": platform.python_version(), "packages": packages}, sys.stdout)
"#;

/// A cold start over a network disk takes seconds.
const PATIENCE: Duration = Duration::from_secs(60);
