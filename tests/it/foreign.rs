//! Programs by other people that tests run: a Python with pinned packages, and whatever else.
//!
//! A program that is missing fails the test that needs it, with what to install: a check that was
//! skipped is no check.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The interpreter of a virtual environment with `tests/foreign/requirements.txt` installed.
///
/// Made on first use under the target directory (which needs the package index once), kept
/// between runs, and made anew when the requirements change. Threads and processes that need it
/// at once wait for the one that makes it.
pub(crate) fn python() -> PathBuf {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(prepare_python).clone()
}

/// The path of a file in `tests/foreign`.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign").join(name)
}

/// Runs a program to its end.
///
/// # Panics
/// When it cannot be started.
pub(crate) fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| {
        panic!(
            "`{}` is needed by this test and cannot run: {error}",
            command.get_program().display()
        )
    })
}

/// Runs a program that must succeed; gives its stdout.
///
/// # Panics
/// When it cannot be started or fails, with what it said.
pub(crate) fn run_ok(command: &mut Command) -> String {
    let output = run(command);
    assert!(
        output.status.success(),
        "{command:?} failed ({}):\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    String::from_utf8(output.stdout).expect("tools speak UTF-8")
}

fn prepare_python() -> PathBuf {
    let requirements = script("requirements.txt");
    let wanted = fs::read(&requirements).expect("the requirements are in the repository");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let environment = folder.join("python");
    let installed = environment.join("installed-requirements.txt");
    let interpreter = environment.join("bin/python");

    fs::create_dir_all(folder).expect("the target directory is writable");
    let turn = File::create(folder.join("python.lock")).expect("the target directory is writable");
    turn.lock().expect("the target directory has locks");
    if fs::read(&installed).is_ok_and(|present| present == wanted) {
        return interpreter;
    }
    if environment.exists() {
        fs::remove_dir_all(&environment).expect("the earlier environment can be removed");
    }
    run_ok(Command::new("python3").args(["-c", VERSION_CHECK]));
    run_ok(Command::new("python3").args(["-m", "venv"]).arg(&environment));
    run_ok(
        Command::new(&interpreter)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(["--only-binary", ":all:", "--no-deps", "--requirement"])
            .arg(&requirements),
    );
    fs::write(&installed, wanted).expect("the environment is writable");
    interpreter
}

const VERSION_CHECK: &str = "import sys
if sys.version_info < (3, 11):
    sys.exit('these tests need Python 3.11 or newer as python3, found ' + sys.version)
try:
    import venv, ensurepip
except ImportError:
    sys.exit('these tests need python3 with venv and pip (Debian: apt install python3-venv)')
";
