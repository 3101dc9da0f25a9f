//! The rules of the house that a program can check. Each failure names file, line and what to do.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// A module uses only those that stand above it in `src/lib.rs`.
#[test]
fn modules_import_one_way() {
    let library = Source::read("src/lib.rs");
    let order: Vec<&str> = library
        .code()
        .filter_map(|(_, line)| line.trim().strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    assert!(order.len() > 10, "`src/lib.rs` lists its modules: {order:?}");
    let mut faults = Faults::default();
    for source in sources() {
        let Some(module) = source.module() else {
            continue;
        };
        let Some(place) = order.iter().position(|&name| name == module) else {
            faults.add(&source, 1, "its module is not in src/lib.rs", module);
            continue;
        };
        let allowed: BTreeSet<&str> = order[..=place].iter().copied().collect();
        let climb = "super::".repeat(source.depth());
        for (number, line) in source.code() {
            for name in crate_paths(line) {
                let is_module = order.contains(&name);
                if is_module && !allowed.contains(name) {
                    let problem = format!("`{module}` stands above `{name}` and may not use it");
                    faults.add(&source, number, &problem, line);
                }
            }
            if line.ends_with("crate::{") {
                faults.add(&source, number, "write one `use crate::` per module", line);
            }
            if names(line, "super") && line.contains(&climb) {
                faults.add(&source, number, "leaves its module by `super`: write `crate::`", line);
            }
        }
    }
    faults.check();
}

/// Each dependency is named behind one door, so that it can be replaced there.
#[test]
fn dependencies_have_one_door() {
    let mut faults = Faults::default();
    for source in sources() {
        for (number, line) in source.code() {
            for (dependencies, doors) in DOORS {
                let named = dependencies.iter().find(|name| names(line, name));
                if let Some(name) = named.filter(|_| !source.is_behind(doors)) {
                    let problem = format!("`{name}` is named only in {}", doors.join(", "));
                    faults.add(&source, number, &problem, line);
                }
            }
            for outside in OUTSIDE_WORLD {
                if line.contains(outside) && !source.is_behind(&["main.rs", "cli/"]) {
                    let problem = format!("`{outside}` belongs to `cli`: take it as an argument");
                    faults.add(&source, number, &problem, line);
                }
            }
        }
    }
    faults.check();
}

/// A file that has grown past this holds a second noun.
#[test]
fn files_can_be_read_in_one_sitting() {
    let mut faults = Faults::default();
    for source in sources() {
        let lines = source.text[..source.tests_start()].lines().count();
        if lines > FILE_LINES_MAX && !source.is_all_tests() {
            let problem = format!("{lines} lines before its tests: look for the second noun in it");
            faults.add(&source, FILE_LINES_MAX + 1, &problem, "");
        }
    }
    faults.check();
}

/// A `mod.rs` says what the module is for and lists what is in it.
#[test]
fn module_roots_hold_no_logic() {
    let mut faults = Faults::default();
    let roots = sources().into_iter().filter(|source| source.path.ends_with("mod.rs"));
    for source in roots {
        if !source.text.starts_with("//! ") {
            faults.add(&source, 1, "begins without saying what the module is for", "");
        }
        for (number, line) in source.code() {
            let mut words = line.split_whitespace();
            if words.any(|word| word == "fn" || word == "impl") {
                faults.add(&source, number, "logic belongs into a file named for its noun", line);
            }
        }
    }
    faults.check();
}

/// Nothing is left half done, and nothing but `cli` speaks, through a writer that can fail.
#[test]
fn no_leftovers() {
    let mut faults = Faults::default();
    for source in sources() {
        for (number, line) in source.code() {
            for leftover in LEFTOVERS {
                if line.contains(leftover) && !line.contains(&format!("write{leftover}")) {
                    faults.add(&source, number, &format!("`{leftover}` is not for keeping"), line);
                }
            }
        }
    }
    faults.check();
}

/// What the compiler does not check is two calls in one file: all of it can be read in a minute.
#[test]
fn unsafe_code_has_one_place() {
    let mut faults = Faults::default();
    let mut found = 0;
    let mentions = |line: &str| {
        let mut words = line.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        words.any(|word| word == "unsafe" || word == "unsafe_code")
    };
    for source in sources() {
        if source.is_behind(&["stats/simd.rs"]) {
            found += source.code().filter(|(_, line)| line.contains("unsafe {")).count();
            continue;
        }
        for (number, line) in (1..).zip(source.text.lines()) {
            let is_code = !line.trim_start().starts_with("//");
            if is_code && mentions(line) {
                faults.add(&source, number, "`unsafe` stands only in src/stats/simd.rs", line);
            }
        }
    }
    faults.check();
    assert_eq!(found, UNSAFE_BLOCKS, "read src/stats/simd.rs again before changing the number");
}

/// Bytes that others wrote are read without an index or a sum that could end the program.
#[test]
fn readers_of_foreign_bytes_deny_what_can_panic() {
    let mut faults = Faults::default();
    let mut held = 0;
    let readers = |source: &&Source| source.is_behind(READERS) && !source.is_behind(SCHEMA_WRITER);
    for source in sources().iter().filter(readers) {
        held += 1;
        if !source.path.ends_with("mod.rs") && !source.text.contains(PANICS_DENIED) {
            faults.add(source, 1, "write at its top", PANICS_DENIED);
        }
    }
    faults.check();
    assert!(held >= READERS.len(), "{held} files of {READERS:?}: one was moved");
}

/// A lint is silenced where it fires, as long as it fires, and for a reason.
#[test]
fn silenced_lints_say_why() {
    let mut faults = Faults::default();
    let mut all = sources();
    all.extend(rust_files("tests"));
    all.extend(rust_files("benches"));
    for source in &all {
        for (start, _) in source.text.match_indices("[expect(") {
            let attribute = source.text[start..].split(")]").next().unwrap_or_default();
            if is_attribute(&source.text, start) && !attribute.contains("reason = \"") {
                faults.add(source, source.line_of(start), "an exception without reason", attribute);
            }
        }
        for (start, _) in source.text.match_indices("[allow(") {
            if is_attribute(&source.text, start) {
                let number = source.line_of(start);
                faults.add(source, number, "write `expect` with a reason, not `allow`", "");
            }
        }
    }
    faults.check();
}

/// What is in the repository works in any directory of any machine.
#[test]
fn no_file_names_a_place_on_one_machine() {
    let mut faults = Faults::default();
    for path in files_below(Path::new(""), &|_| true) {
        let Ok(text) = fs::read_to_string(root().join(&path)) else {
            continue;
        };
        let source = Source { path, text };
        for (number, line) in (1..).zip(source.text.lines()) {
            for home in HOMES {
                // In two parts, or this file would be the first to be found.
                let home = format!("/{home}/");
                let found = line.match_indices(&home).any(|(start, _)| {
                    let before = line[..start].chars().next_back();
                    !before
                        .is_some_and(|before| before.is_alphanumeric() || "._-*}".contains(before))
                });
                if found {
                    faults.add(&source, number, "names a place on one machine", line);
                }
            }
        }
    }
    faults.check();
}

/// The threat model names tests for each threat.
#[test]
fn the_threat_model_names_tests_that_exist() {
    let page = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let mut sources = rust_files("src");
    sources.extend(rust_files("tests/it"));
    let named: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| "))
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .filter(|name| name.matches('_').count() > 2)
        .collect();
    assert!(named.len() > 25, "{named:?}");
    for name in named {
        let test = format!("fn {name}(");
        let exists = sources.iter().any(|source| source.text.contains(&test));
        assert!(exists, "SECURITY.md: there is no test `{name}`");
    }
}

/// The checks above find what they look for.
#[test]
fn a_broken_rule_is_found() {
    assert!(names("use parquet::arrow::ArrowWriter;", "parquet"));
    assert!(names("    let x = Some(parquet::basic::Type);", "parquet"));
    assert!(!names("use crate::parquet::x;", "parquet"));
    assert!(!names("let my_parquet::x", "parquet"));
    assert!(!names("parquet.metadata()", "parquet"));
    let found: Vec<&str> = crate_paths("use crate::{a::b, c::{d, e}, f};").collect();
    assert_eq!(found, ["a", "c", "f"]);
    let found: Vec<&str> = crate_paths("fn x(a: crate::scan::A, b: crate::gate::B)").collect();
    assert_eq!(found, ["scan", "gate"]);
    let source = Source {
        path: "src/a/b.rs".into(),
        text: "use x;\n// crate::y\n#[cfg(test)]\nmod tests {\n    use z;\n}\n".to_owned(),
    };
    let code: Vec<(usize, &str)> = source.code().collect();
    assert_eq!(code, [(1, "use x;"), (3, "#[cfg(test)]")]);
    assert_eq!((source.module(), source.depth()), (Some("a"), 2));
}

/// Who may name which dependencies. What is missing here may be named anywhere.
const DOORS: &[(&[&str], &[&str])] = &[
    (&["statrs"], &["stats/p_value.rs"]),
    (&["rayon"], &["scan/"]),
    (&["parquet"], &["scan/", "simulate/", "snapshot/chunk_reader.rs"]),
    (
        &["arrow_array", "arrow_buffer", "arrow_cast", "arrow_schema", "arrow_select"],
        &["contract/arrow_types.rs", "scan/", "simulate/"],
    ),
    (&["half"], &["scan/", "simulate/"]),
    (&["quick_xml"], &["evidence/junit/read.rs"]),
    (&["cvss"], &["evidence/cvss.rs"]),
    (&["sha2", "blake3"], &["identity/", "snapshot/file_digest.rs"]),
    (&["p256", "ed25519_dalek", "pkcs8"], &["signing/"]),
    (&["getrandom"], &["signing/"]),
    (&["saphyr", "saphyr_parser"], &["yaml/"]),
    (&["ureq", "rustls"], &["http/"]),
    (&["toml"], &["evidence/tree/"]),
    (&["globset"], &["snapshot/", "policy/"]),
    (&["regex"], &["contract/", "policy/", "scan/"]),
    (&["rustix"], &["snapshot/", "durable/", "delivery/running.rs"]),
    (&["tempfile"], &["durable/", "simulate/staging.rs"]),
    (&["quick_junit", "comfy_table"], &["report/", "cli/"]),
    (&["clap", "clap_complete", "clap_mangen", "anstream", "indicatif", "signal_hook"], &["cli/"]),
];

/// One for each width of vectors, behind the question whether the machine has it.
const UNSAFE_BLOCKS: usize = 2;

/// What turns bytes of others into values; `scan::structure` and `scan::thrift` say it their way.
const READERS: &[&str] = &[
    "checklist/evaluation/read.rs",
    "checklist/fairness/read.rs",
    "checklist/imported.rs",
    "checklist/limits.rs",
    "checklist/performance/read.rs",
    "checklist/performance/time.rs",
    "checklist/predicted/columns.rs",
    "checklist/security/read.rs",
    "checklist/unit_tests/read.rs",
    "evidence/cargo_audit.rs",
    "evidence/cvss.rs",
    "evidence/grype.rs",
    "evidence/json.rs",
    "evidence/junit/facts.rs",
    "evidence/junit/read.rs",
    "evidence/junit/suite.rs",
    "evidence/latency/facts.rs",
    "evidence/latency/hdr.rs",
    "evidence/latency/k6.rs",
    "evidence/latency/wrk.rs",
    "evidence/metrics.rs",
    "evidence/pip_audit.rs",
    "evidence/sarif/",
    "evidence/trivy.rs",
    "identity/strict_json.rs",
    "policy/document/",
    "yaml/fields.rs",
    "yaml/reader.rs",
    "yaml/scalar.rs",
    "yaml/tree.rs",
    "profile/answer_codec.rs",
    "profile/budget.rs",
    "profile/codec.rs",
    "profile/cursor.rs",
    "profile/front_coded.rs",
    "profile/header.rs",
    "profile/packed.rs",
    "profile/pairs.rs",
    "profile/section.rs",
    "profile/stored.rs",
    "profile/varint.rs",
    "registry/event/statement.rs",
    "registry/event/words.rs",
    "registry/ledger/folder.rs",
    "registry/ledger/founding.rs",
    "registry/ledger/spelling.rs",
    "registry/objects.rs",
    "registry/pin.rs",
    "evidence/tree/json.rs",
    "evidence/tree/lines.rs",
    "evidence/tree/lock.rs",
    "evidence/tree/pattern.rs",
    "evidence/tree/read.rs",
    "evidence/tree/toml.rs",
    "evidence/tree/yaml.rs",
    "evidence/dashboards.rs",
    "evidence/prometheus.rs",
    "evidence/capture/read.rs",
    "delivery/answer.rs",
    "delivery/github.rs",
    "delivery/gitlab.rs",
    "delivery/mlflow/place.rs",
    "delivery/mlflow/server.rs",
    "delivery/mlflow/tags.rs",
    "delivery/texts.rs",
    "http/client.rs",
    "http/url.rs",
    "yaml/foreign.rs",
    "signing/envelope.rs",
    "signing/pem.rs",
    "snapshot/manifest.rs",
];

/// Stands among them and reads nothing.
const SCHEMA_WRITER: &[&str] = &["policy/document/shape/"];

const PANICS_DENIED: &str =
    "#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]";

/// The clock, the environment and the end of the process.
const OUTSIDE_WORLD: [&str; 6] =
    ["SystemTime", "Utc::now", "Local::now", "env::var", "env::args", "process::exit"];

const LEFTOVERS: [&str; 6] =
    ["todo!(", "unimplemented!(", "dbg!(", "println!(", "print!(", "FIXME"];

/// Where people and build machines keep their files.
const HOMES: [&str; 4] = ["home", "root", "Users", "work"];

const FILE_LINES_MAX: usize = 400;

/// A text file, its path below the repository's root.
struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    fn read(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let text = fs::read_to_string(root().join(&path)).unwrap();
        Self { path, text }
    }

    /// Lines that are not comments, with their numbers, up to the tests.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let code = if self.is_all_tests() { "" } else { &self.text[..self.tests_start()] };
        (1..)
            .zip(code.lines())
            .filter(|(_, line)| !line.trim_start().starts_with("//") && !line.is_empty())
    }

    fn tests_start(&self) -> usize {
        self.text.find("\nmod tests {").unwrap_or(self.text.len())
    }

    /// Whether a module above declares this one, or the one that it is part of, for tests alone.
    fn is_all_tests(&self) -> bool {
        self.path.ancestors().any(is_declared_for_tests)
    }

    /// The top-level module that it is part of; `lib.rs` and `main.rs` are of none.
    fn module(&self) -> Option<&str> {
        let below = self.path.strip_prefix("src").ok()?;
        let first = below.components().next()?.as_os_str().to_str()?;
        let module = first.strip_suffix(".rs").unwrap_or(first);
        (!["lib", "main"].contains(&module)).then_some(module)
    }

    /// How many modules deep it lies below the crate.
    fn depth(&self) -> usize {
        let parts = self.path.components().count() - 1;
        parts - usize::from(self.path.ends_with("mod.rs"))
    }

    fn is_behind(&self, doors: &[&str]) -> bool {
        let below = self.path.strip_prefix("src").unwrap_or(&self.path);
        let below = below.to_str().unwrap();
        // A file may grow into a directory of its own name.
        doors.iter().any(|door| {
            let folder = door.strip_suffix(".rs").map(|stem| format!("{stem}/"));
            below == *door
                || (door.ends_with('/') && below.starts_with(door))
                || folder.is_some_and(|folder| below.starts_with(&folder))
        })
    }

    fn line_of(&self, offset: usize) -> usize {
        self.text[..offset].lines().count().max(1)
    }
}

/// Whether the module above a file or folder declares it for tests alone.
fn is_declared_for_tests(path: &Path) -> bool {
    let (Some(stem), Some(folder)) = (path.file_stem(), path.parent()) else {
        return false;
    };
    let declared = format!("#[cfg(test)]\nmod {};", stem.display());
    let above = [folder.join("mod.rs"), folder.with_extension("rs")];
    above.iter().any(|path| {
        fs::read_to_string(root().join(path)).is_ok_and(|text| text.contains(&declared))
    })
}

/// Everything that breaks a rule, told at once.
#[derive(Default)]
struct Faults(String);

impl Faults {
    fn add(&mut self, source: &Source, number: usize, problem: &str, line: &str) {
        let (path, line) = (source.path.display(), line.trim());
        writeln!(self.0, "{path}:{number}: {problem}\n    {line}").unwrap();
    }

    fn check(self) {
        assert!(self.0.is_empty(), "\n{}", self.0);
    }
}

/// Whether code names a crate or module as the start of a path.
fn names(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let starts = before.is_none_or(|before| !is_word(before) && before != ':');
        starts && line[start + name.len()..].starts_with("::")
    })
}

/// The first parts of all paths that begin with `crate::`, groups included.
fn crate_paths(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("crate::").flat_map(|(start, found)| {
        let rest = &line[start + found.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            return vec![first_word(rest)];
        };
        let mut depth = 0;
        let parts = group.split(move |character| {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0 && character == ','
        });
        parts.map(|part| first_word(part.trim())).collect()
    })
}

fn first_word(text: &str) -> &str {
    let end = text.find(|character| !is_word(character));
    &text[..end.unwrap_or(text.len())]
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Whether the bracket at `start` opens an attribute that stands on its own line.
fn is_attribute(text: &str, start: usize) -> bool {
    let line = text[..start].rsplit('\n').next().unwrap_or_default().trim();
    line == "#" || line == "#!"
}

fn sources() -> Vec<Source> {
    let found = rust_files("src");
    assert!(found.len() > 10, "`src` holds the crate");
    found
}

fn rust_files(folder: &str) -> Vec<Source> {
    let is_rust = |path: &Path| path.extension().is_some_and(|extension| extension == "rs");
    let paths = files_below(Path::new(folder), &is_rust);
    paths.into_iter().map(Source::read).collect()
}

/// Files below a folder of the repository, sorted; build results and hidden folders left out,
/// but for those that hold the checks.
fn files_below(folder: &Path, wanted: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(root().join(folder)) else {
        return Vec::new();
    };
    let mut files = Vec::new();
    for entry in entries {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let path = folder.join(&name);
        let checks = [".ci", ".github", ".gitignore"].contains(&name.as_str());
        if name == "target" || (name.starts_with('.') && !checks) {
            continue;
        }
        if root().join(&path).is_dir() {
            files.extend(files_below(&path, wanted));
        } else if wanted(&path) {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
