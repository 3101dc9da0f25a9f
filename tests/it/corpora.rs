//! Files of other writers, good and corrupt, against what other readers say of them.
//!
//! They are not part of this project, so these tests run when asked for, with the folders named:
//! `DRIFTGATE_CORPORA=… DRIFTGATE_CRAFTED=… cargo test --release -- --ignored corpora`. The first
//! holds Parquet files and `oracle.json`: by file `expect`, the `rows` that each reader found and
//! `columns` with nulls, min and max. The second holds small files that ask for much, and
//! `manifest.json` that names them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;

use crate::command::Ran;
use crate::workplace::Workplace;

/// What readers say of a file.
#[derive(Deserialize)]
struct Expected {
    expect: String,
    #[serde(default)]
    rows: BTreeMap<String, Option<u64>>,
    #[serde(default)]
    columns: Vec<Column>,
}

#[derive(Deserialize)]
struct Column {
    name: String,
    #[serde(default, rename = "type")]
    logical_type: String,
    nulls: Option<u64>,
    min: Option<Value>,
    max: Option<Value>,
    /// Where readers disagree.
    note: Option<String>,
}

#[test]
#[ignore = "needs Parquet files of other writers: DRIFTGATE_CORPORA"]
#[expect(clippy::print_stdout, reason = "what was compared is told with --nocapture")]
fn corpora_are_read_as_other_readers_read_them_or_refused_by_name() {
    let folder = folder("DRIFTGATE_CORPORA");
    let oracle: BTreeMap<String, Expected> =
        serde_json::from_slice(&fs::read(folder.join("oracle.json")).unwrap()).unwrap();
    let (mut faults, mut numbers) = (Vec::new(), 0);
    let mut seen = BTreeMap::new();
    for (file, expected) in &oracle {
        let ran = profile(&folder.join(file));
        *seen.entry((expected.expect.as_str(), ran.code)).or_insert(0) += 1;
        let name = file.rsplit('/').next().unwrap();
        let named = ran.stderr.contains(name);
        let fault = match (expected.expect.as_str(), ran.code) {
            ("accept", Some(0)) => compare(&ran.json(), expected, &mut numbers).err(),
            ("either", Some(0)) => None,
            ("refuse" | "either", Some(5)) if named => None,
            ("refuse_clear", Some(5)) if named && ran.stderr.contains("encrypted") => None,
            (expect, code) => Some(format!("{expect}, but ended with {code:?}: {}", ran.stderr)),
        };
        faults.extend(fault.map(|fault| format!("{file}: {fault}")));
    }
    println!("{} files, {numbers} numbers compared: {seen:?}", oracle.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(numbers > 1_000, "only {numbers} numbers were compared");
}

#[test]
#[ignore = "needs small files that ask for much: DRIFTGATE_CRAFTED"]
#[expect(clippy::print_stdout, reason = "what was compared is told with --nocapture")]
fn corpora_of_bombs_end_in_time_and_within_memory() {
    let folder = folder("DRIFTGATE_CRAFTED");
    let manifest: BTreeMap<String, Value> =
        serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    assert!(!manifest.is_empty());
    let mut faults = Vec::new();
    for (file, told) in &manifest {
        let started = Instant::now();
        let ran = profile(&folder.join(file));
        let took = started.elapsed();
        println!("{file}: {:?} in {:.1} s; {}", ran.code, took.as_secs_f64(), told["must"]);
        let clean =
            ran.code == Some(0) || (ran.code == Some(5) && ran.stderr.contains(file.as_str()));
        let must = told["must"].as_str().unwrap();
        let as_told = match must.split([' ', ',', ';']).next() {
            Some("accept") if !must.contains("or refuse") => ran.code == Some(0),
            Some("refuse") => ran.code == Some(5),
            _ => true,
        };
        if !clean || !as_told || took > Duration::from_secs(30) {
            faults.push(format!("{file}: {:?} after {took:?}: {}", ran.code, ran.stderr));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn folder(variable: &str) -> PathBuf {
    let set = std::env::var_os(variable);
    PathBuf::from(set.unwrap_or_else(|| panic!("{variable} must name a folder of Parquet files")))
}

/// Profiles a file within an address space that bombs would break.
fn profile(file: &Path) -> Ran {
    let place = Workplace::new();
    let profile = place.driftgate("profile --json").arg(file);
    profile.through("prlimit", &["--as=1610612736"]).run()
}

/// Rows, nulls, and the ends of integers, floats and texts.
fn compare(profile: &Value, expected: &Expected, numbers: &mut u64) -> Result<(), String> {
    let rows = profile["rows"].as_u64();
    if !expected.rows.values().any(|&told| told == rows) {
        return Err(format!("{rows:?} rows, others found {:?}", expected.rows));
    }
    *numbers += 1;
    let columns = profile["columns"].as_array().ok_or("no columns")?;
    for told in expected.columns.iter().filter(|told| told.note.is_none()) {
        let mut named = columns.iter().filter(|column| column["name"] == told.name.as_str());
        let (Some(column), None) = (named.next(), named.next()) else {
            continue;
        };
        let mut same = |what: &str, found: &Value, told: &Option<Value>| match told {
            Some(told) if !is_same(found, told) => {
                Err(format!("{what} of `{}` is {found}, others found {told}", column["name"]))
            }
            Some(_) => {
                *numbers += 1;
                Ok(())
            }
            None => Ok(()),
        };
        same("null count", &column["nulls"], &told.nulls.map(Value::from))?;
        if ["int", "uint", "float", "double", "string"]
            .iter()
            .any(|kind| told.logical_type.starts_with(kind))
        {
            same("minimum", &column["min"], &told.min)?;
            same("maximum", &column["max"], &told.max)?;
        }
    }
    Ok(())
}

/// Ends are told as texts, long ones by how they begin; numbers are compared as numbers, since `1`
/// and `1.0` are one.
fn is_same(found: &Value, told: &Value) -> bool {
    let text = |value: &Value| {
        let told = value.get("prefix").unwrap_or(value);
        told.as_str().map_or_else(|| told.to_string(), str::to_owned)
    };
    let (found, told) = (text(found), text(told));
    // Long texts are cut.
    let cut = found.strip_suffix('…').is_some_and(|shown| told.starts_with(shown));
    found == told
        || cut
        || matches!((found.parse::<f64>(), told.parse::<f64>()), (Ok(ours), Ok(theirs)) if ours.to_bits() == theirs.to_bits())
}
