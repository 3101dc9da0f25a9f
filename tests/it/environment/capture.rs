//! `driftgate env capture` against what the machine's own programs say.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use driftgate::evidence::capture;
use serde_json::Value;

use crate::foreign;
use crate::workplace::Workplace;

fn said(program: &str, arguments: &[&str]) -> String {
    foreign::run_ok(Command::new(program).args(arguments)).trim().to_owned()
}

#[test]
fn a_capture_says_what_the_machine_says() {
    let place = Workplace::new();
    let ran = place.driftgate("env capture").run();
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let found = capture::read(ran.stdout.as_bytes()).unwrap();
    assert_eq!(found.captured_at, "2026-09-21T14:13:20Z");
    assert_eq!(found.system.kernel.as_deref(), Some(said("uname", &["-r"]).as_str()));
    assert_eq!(found.system.architecture, said("uname", &["-m"]));
    assert_eq!(found.cpu.processors, said("nproc", &[]).parse().ok());
    let soft = said("sh", &["-c", "ulimit -Sn"]);
    assert_eq!(found.limits["open_files"], soft);
    let libc = said("getconf", &["GNU_LIBC_VERSION"]);
    assert_eq!(found.system.libc.as_deref(), Some(libc.as_str()));
    let host = said("uname", &["-n"]);
    assert!(host.is_empty() || !ran.stdout.contains(&format!("\"{host}\"")), "no name of a host");
    assert!(found.variables.is_empty() && found.secrets.is_empty() && found.python.is_none());
    assert_eq!(ran.stderr.lines().count(), found.unknown.len(), "{ran:#?}");
}

#[test]
fn packages_are_those_that_pip_lists() {
    let place = Workplace::new();
    let python = foreign::python();
    let venv = python.parent().unwrap().parent().unwrap();
    let listed = foreign::run_ok(Command::new(&python).args([
        "-I",
        "-m",
        "pip",
        "list",
        "--format",
        "json",
        "--disable-pip-version-check",
    ]));
    let listed: Vec<BTreeMap<String, String>> = serde_json::from_str(&listed).unwrap();
    let normal = |name: &str| name.to_lowercase().replace(['_', '.'], "-");
    let listed: BTreeMap<String, String> = listed
        .into_iter()
        .map(|package| (normal(&package["name"]), package["version"].clone()))
        .collect();
    assert!(listed.len() > 3, "{listed:?}");
    for asked in [venv, python.as_path()] {
        let ran = place.driftgate("env capture --out capture.json --python").arg(asked).run();
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{ran:#?}");
        let found = capture::read(&fs::read(place.path("capture.json")).unwrap()).unwrap();
        let found = found.python.unwrap();
        assert_eq!(found.packages, listed);
        let version = said(python.to_str().unwrap(), &["-V"]);
        assert_eq!(format!("Python {}", found.version), version);
    }
    let ran = place.driftgate("env capture --python no/such").run();
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""), "{ran:#?}");
    assert!(ran.stderr.contains("`no/such` cannot be run"), "{ran:#?}");
}

#[test]
fn variables_are_written_down_only_when_asked_for_and_secrets_never() {
    let place = Workplace::new();
    place.write("env.key", "0123456789abcdef0123456789abcdef\n");
    let words = "env capture --var REGION --var UNSET --secret TOKEN --secret GONE \
                 --secret-key env.key";
    let environment = |driftgate: crate::command::Driftgate| {
        driftgate.env("REGION", "eu-1").env("TOKEN", "s3cret").env("OTHER", "unasked")
    };
    let ran = environment(place.driftgate(words)).run();
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert!(!ran.stdout.contains("s3cret") && !ran.stdout.contains("unasked"), "{ran:#?}");
    let found = capture::read(ran.stdout.as_bytes()).unwrap();
    assert_eq!(found.variables["REGION"].as_deref(), Some("eu-1"));
    assert_eq!((&found.variables["UNSET"], &found.secrets["GONE"]), (&None, &None));
    let script = "import hmac; print(hmac.new(b'0123456789abcdef0123456789abcdef', \
                  b'TOKEN\\0s3cret', 'sha256').hexdigest())";
    let oracle = format!("hmac-sha256:{}", said("python3", &["-c", script]));
    assert_eq!(found.secrets["TOKEN"].as_ref(), Some(&oracle));

    let refused = |words: &str| {
        let ran = place.driftgate(words).run();
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:#?}");
        ran.stderr
    };
    place.write("short.key", "0123456789abcde\n");
    assert!(refused("env capture --secret T --secret-key short.key").contains("at least 16"));
    refused("env capture --secret T");
    assert!(refused("env capture --var DB_PASSWORD").contains("looks like a secret"));
    refused("env capture --var A=B");
    assert!(refused("env capture --image app:latest").contains("sha256:"));
    assert!(refused("env capture --image-var IMAGE").contains("is not set"));
}

#[test]
fn lock_files_and_the_image_are_part_of_a_capture() {
    let place = Workplace::new();
    let lock = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).unwrap();
    place.write("app/Cargo.lock", &lock);
    place.write("requirements.txt", "numpy==1.26.4\n");
    let words = "env capture --lock app/Cargo.lock --lock ./requirements.txt --image-var IMAGE";
    let digest = format!("sha256:{}", "ab".repeat(32));
    let ran = place.driftgate(words).env("IMAGE", &format!("registry/app@{digest}")).run();
    let found = capture::read(ran.stdout.as_bytes()).unwrap();
    assert_eq!(found.image.as_ref(), Some(&digest));
    let path = place.path("app/Cargo.lock");
    let sum = said("sha256sum", &[path.to_str().unwrap()]);
    let cargo = &found.locks["app/Cargo.lock"];
    assert_eq!(Some(cargo.sha256.as_str()), sum.split(' ').next());
    let packages = cargo.packages.as_ref().unwrap();
    assert_eq!(packages["driftgate"], env!("CARGO_PKG_VERSION"));
    let text = String::from_utf8(lock).unwrap();
    let names: std::collections::BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("name = ")).collect();
    assert_eq!(packages.len(), names.len());
    assert_eq!(found.locks["requirements.txt"].packages.as_ref().unwrap()["numpy"], "1.26.4");
    place.write("broken/Cargo.lock", "[[package]]\nversion = '1'\n");
    let ran = place.driftgate("env capture --lock broken/Cargo.lock").run();
    assert_eq!(ran.code, Some(5), "{ran:#?}");
    assert!(ran.stderr.contains("a package has no `name`"), "{ran:#?}");
}

#[test]
fn the_published_schema_is_that_of_the_code_and_takes_a_capture() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/environment.schema.json");
    let generated = serde_json::to_string_pretty(&capture::json_schema()).unwrap() + "\n";
    if std::env::var_os("DRIFTGATE_UPDATE_SCHEMAS").is_some() {
        fs::write(&path, &generated).unwrap();
    }
    let published = fs::read_to_string(&path).unwrap();
    assert_eq!(published, generated, "write it anew with DRIFTGATE_UPDATE_SCHEMAS=1");
    let place = Workplace::new();
    let words = "env capture --python python3 --var REGION --lock key.pem";
    let ran = place.driftgate(words).run();
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let validator = jsonschema::validator_for(&capture::json_schema()).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    assert!(document["locks"]["key.pem"]["packages"].is_null(), "an unknown format is a digest");
}
