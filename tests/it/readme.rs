//! The README and the tour of promotion tell the truth: their commands run, and print what it says
//! there that they print.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One command of a console block with the output below it.
struct Example {
    line: usize,
    command: String,
    output: String,
}

#[test]
fn every_command_of_the_readme_prints_what_it_says() {
    follow("README.md", 10);
}

#[test]
fn every_command_of_the_tour_of_promotion_prints_what_it_says() {
    follow("docs/promotion.md", 20);
}

/// Runs the commands of a page one after the other beside a copy of `data`; what they export holds
/// for those after them.
fn follow(page: &str, fewest: usize) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join(page)).unwrap();
    let place = tempfile::tempdir().unwrap();
    copy(&root.join("data"), &place.path().join("data"));
    let examples = examples(&text);
    assert!(examples.len() >= fewest, "{} commands are few", examples.len());
    let (mut wrong, mut exported) = (String::new(), String::new());
    for example in examples {
        let printed = run(&format!("{exported}{}", example.command), place.path());
        if example.command.starts_with("export ") {
            write!(exported, "{}; ", example.command).unwrap();
        }
        if printed.trim_end() != example.output.trim_end() {
            let Example { line, command, output } = example;
            writeln!(wrong, "{page}:{line}: {command}\n--- said\n{output}--- printed\n{printed}")
                .unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// The first of the two commands for a fresh machine, with the binary that is there already.
#[test]
fn the_first_command_of_the_readme_finds_real_drift() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let command = readme.lines().find_map(|line| line.strip_prefix("cargo run --release -- "));
    let place = tempfile::tempdir().unwrap();
    copy(&root.join("data"), &place.path().join("data"));
    let printed = run(&format!("driftgate {}; echo $?", command.unwrap()), place.path());
    assert!(printed.starts_with("FAILED  flights"), "{printed}");
    assert!(printed.ends_with("\n1\n"), "{printed}");
}

/// Runs a line in a shell whose `driftgate` is the one under test; both outputs as a person sees
/// them.
fn run(command: &str, place: &Path) -> String {
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_driftgate"));
    let path = std::env::var("PATH").unwrap();
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1; {command}")])
        .current_dir(place)
        .env_clear()
        .env("PATH", format!("{}:{path}", binary.parent().unwrap().display()))
        .env("HOME", place)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn examples(page: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut inside = false;
    for (index, line) in page.lines().enumerate() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if inside && let Some(command) = line.strip_prefix("$ ") {
            let (command, output) = (command.to_owned(), String::new());
            examples.push(Example { line: index + 1, command, output });
        } else if inside && let Some(example) = examples.last_mut() {
            writeln!(example.output, "{line}").unwrap();
        }
    }
    examples
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
