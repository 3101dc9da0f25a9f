//! Programs by other people that tests run: a Python and a Node with pinned packages, and whatever
//! else.
//!
//! A program that is missing fails the test that needs it, with what to install: a check that was
//! skipped is no check.

pub(crate) mod mlflow;

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
    PYTHON.get_or_init(|| interpreter("python", &script("requirements.txt"))).clone()
}

/// A folder of Node packages: those of `tests/foreign/npm/package-lock.json`, for `NODE_PATH`.
///
/// Made and kept like [`python`]'s environment.
pub(crate) fn node_modules() -> PathBuf {
    static MODULES: OnceLock<PathBuf> = OnceLock::new();
    MODULES.get_or_init(prepare_node_modules).clone()
}

/// The program `tests/foreign/verifier`: verifiers that are Rust crates.
///
/// Built on first use, with its own lock file, below the target directory.
pub(crate) fn verifier() -> PathBuf {
    static VERIFIER: OnceLock<PathBuf> = OnceLock::new();
    VERIFIER.get_or_init(build_verifier).clone()
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

/// The interpreter of a virtual environment of this name below the target directory, with these
/// requirements installed; made and kept like [`python`]'s.
pub(crate) fn interpreter(name: &str, requirements: &Path) -> PathBuf {
    let environment = prepare(name, requirements, |environment| {
        run_ok(Command::new("python3").args(["-c", VERSION_CHECK]));
        run_ok(Command::new("python3").args(["-m", "venv"]).arg(environment));
        run_ok(
            Command::new(environment.join("bin/python"))
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
                .args(["--only-binary", ":all:", "--no-deps", "--requirement"])
                .arg(requirements),
        );
    });
    environment.join("bin/python")
}

fn prepare_node_modules() -> PathBuf {
    let lock = script("npm/package-lock.json");
    let environment = prepare("npm", &lock, |environment| {
        run_ok(Command::new("node").args(["-e", NODE_VERSION_CHECK]));
        fs::create_dir(environment).expect("the target directory is writable");
        for name in ["package.json", "package-lock.json"] {
            fs::copy(script("npm").join(name), environment.join(name)).expect("it can be copied");
        }
        let mut install = Command::new("npm");
        install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
        run_ok(install.current_dir(environment));
    });
    environment.join("node_modules")
}

fn build_verifier() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("verifier");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--release", "--locked", "--manifest-path"]);
    build.arg(script("verifier/Cargo.toml")).arg("--target-dir").arg(&folder);
    // Waits for whoever builds it already, and does nothing when it is built.
    run_ok(build.env_remove("RUSTC_WRAPPER").env_remove("RUSTFLAGS"));
    folder.join("release/foreign-verifier")
}

/// The folder `name` below the target directory, made by `make` when it was not made yet from what
/// `wanted` says now. Whoever needs it meanwhile waits.
fn prepare(name: &str, wanted: &Path, make: impl FnOnce(&Path)) -> PathBuf {
    let wanted = fs::read(wanted).expect("it is in the repository");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let environment = folder.join(name);
    let installed = environment.join("installed-requirements.txt");

    fs::create_dir_all(folder).expect("the target directory is writable");
    let lock = folder.join(format!("{name}.lock"));
    let turn = File::create(lock).expect("the target directory is writable");
    turn.lock().expect("the target directory has locks");
    if fs::read(&installed).is_ok_and(|present| present == wanted) {
        return environment;
    }
    if environment.exists() {
        fs::remove_dir_all(&environment).expect("the earlier environment can be removed");
    }
    make(&environment);
    fs::write(&installed, wanted).expect("the environment is writable");
    environment
}

const VERSION_CHECK: &str = "import sys
if sys.version_info < (3, 11):
    sys.exit('these tests need Python 3.11 or newer as python3, found ' + sys.version)
try:
    import venv, ensurepip
except ImportError:
    sys.exit('these tests need python3 with venv and pip (Debian: apt install python3-venv)')
";

const NODE_VERSION_CHECK: &str = "const [major, minor] = process.versions.node.split('.');
if (major < 18 || (major == 18 && minor < 17)) {
    console.error('these tests need Node 18.17 or newer with npm, found ' + process.version);
    process.exit(1);
}
";
