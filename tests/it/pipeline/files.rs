//! The files for CI products: their shell is run with stand-ins for the programs of others, and
//! every command line of ours in it is read by the program's own parser.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser as _;
use driftgate::cli::CommandLine;

use crate::foreign;

#[test]
fn the_file_for_github_actions_is_sound_shell_and_calls_us_rightly() {
    let told = command_lines("github-actions.yml");
    let expected =
        ["check staging", "check prod", "passport", "promote", "request prod", "request staging"];
    assert_eq!(told, expected.map(str::to_owned).into());
}

#[test]
fn the_file_for_gitlab_is_sound_shell_and_calls_us_rightly() {
    let told = command_lines("gitlab-ci.yml");
    let expected =
        ["check staging", "check prod", "passport", "promote", "request prod", "request staging"];
    assert_eq!(told, expected.map(str::to_owned).into());
}

#[test]
fn a_command_line_with_a_renamed_option_is_found_out() {
    let place = tempfile::tempdir().unwrap();
    let shell = "driftgate promote \"$REQUEST\" --keys release.pem";
    let called = Stage::of(place.path()).run("renamed", shell);
    let error = CommandLine::try_parse_from(&called[0]).unwrap_err().to_string();
    assert!(error.contains("--keys"), "{error}");
}

#[test]
fn the_pipeline_for_the_shell_is_sound() {
    for script in ["run", "people"] {
        confirm_sound(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/pipeline").join(script));
    }
}

fn python() -> PathBuf {
    foreign::interpreter("ci", &foreign::script("requirements-ci.txt"))
}

/// That shellcheck warns of nothing.
fn confirm_sound(script: &Path) {
    let mut shellcheck = Command::new(python().with_file_name("shellcheck"));
    foreign::run_ok(shellcheck.args(["--norc", "--severity=warning"]).arg(script));
}

/// What we are asked for by a file, in which environment, once all of it was found good.
fn command_lines(file: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/pipeline").join(file);
    let mut read = Command::new(python());
    read.arg(foreign::script("steps.py")).arg(path);
    let steps: Vec<(String, String)> = serde_json::from_str(&foreign::run_ok(&mut read)).unwrap();
    assert!(steps.len() >= 4, "{steps:#?}");
    let place = tempfile::tempdir().unwrap();
    let stage = Stage::of(place.path());
    let mut told = BTreeSet::new();
    for (name, shell) in steps {
        let script = place.path().join("step.sh");
        fs::write(&script, format!("#!/bin/bash\nset -eo pipefail\n{shell}")).unwrap();
        confirm_sound(&script);
        for line in stage.run(&name, &shell) {
            if let Err(error) = CommandLine::try_parse_from(&line) {
                panic!("{file}, {name}: {line:?}\n{error}");
            }
            let after = |option: &str| {
                let place = line.iter().position(|word| word == option)?;
                line.get(place + 1)
            };
            let environment = after("--env").or_else(|| after("--to"));
            let words: Vec<&str> =
                [Some(&line[1]), environment].into_iter().flatten().map(String::as_str).collect();
            told.insert(words.join(" "));
        }
    }
    told
}

/// A checkout with a registry in it, and a folder of programs that only note how they were called.
struct Stage {
    checkout: PathBuf,
    programs: PathBuf,
    noted: PathBuf,
}

impl Stage {
    fn of(place: &Path) -> Self {
        let (checkout, programs) = (place.join("checkout"), place.join("programs"));
        fs::create_dir_all(&programs).unwrap();
        for program in ["bandit", "driftgate", "git", "pip", "pip-audit", "python"] {
            let path = programs.join(program);
            fs::write(&path, if program == "driftgate" { NOTING } else { "#!/bin/sh\n" }).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self { checkout, programs, noted: place.join("noted") }
    }

    /// Runs a step as a CI product does; gives how we were called.
    fn run(&self, name: &str, shell: &str) -> Vec<Vec<String>> {
        for folder in ["registry", "evidence/env", "data/pipeline"] {
            fs::create_dir_all(self.checkout.join(folder)).unwrap();
        }
        for file in ["registry/champion.parquet", "ci-key", "release-key", "noted"] {
            fs::write(self.checkout.join(file), "").unwrap();
        }
        fs::write(&self.noted, "").unwrap();
        let path = format!("{}:{}", self.programs.display(), std::env::var("PATH").unwrap());
        let mut step = Command::new("bash");
        step.args(["-euo", "pipefail", "-c", shell]).current_dir(&self.checkout).env_clear();
        step.env("PATH", path).env("NOTED", &self.noted).envs(VARIABLES.iter().copied());
        let output = foreign::run(&mut step);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {}: {said}\n{shell}", output.status);
        let noted = fs::read_to_string(&self.noted).unwrap();
        let words = |line: &str| line.split_terminator('\t').map(str::to_owned).collect();
        noted.lines().map(words).collect()
    }
}

/// What both products set, and the secrets that the files ask for.
const VARIABLES: &[(&str, &str)] = &[
    ("CI_COMMIT_SHA", "4f2a9c1e7b5d3a608f1c2e4d6b8a0c9e7f5d3b1a"),
    ("CI_JOB_NAME", "gate"),
    ("CI_KEY", "ci-key"),
    ("CI_PROJECT_DIR", "."),
    ("GITHUB_RUN_NUMBER", "7"),
    ("GITHUB_SHA", "4f2a9c1e7b5d3a608f1c2e4d6b8a0c9e7f5d3b1a"),
    ("GITHUB_STEP_SUMMARY", "summary.md"),
    ("GITHUB_WORKSPACE", "."),
    ("REGISTRY_URL", "https://git.example/registry"),
    ("RELEASE_KEY", "release-key"),
    ("REQUEST", "4f2a9c1e"),
    ("VERSION", "v7"),
];

/// Notes its words on one line, and answers as `request` would.
const NOTING: &str = r#"#!/bin/sh
{ printf 'driftgate\t'; printf '%s\t' "$@"; echo; } >>"$NOTED"
if [ "$1" = request ]; then echo 'request  4f2a9c1e'; fi
"#;
