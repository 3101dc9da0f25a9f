//! `driftgate env`

use std::collections::BTreeMap;
use std::path::{Component, Path};

use crate::cli::differences::{Differences, print_differences};
use crate::cli::env_args::{EnvCaptureArgs, EnvCommand, EnvDiffArgs, image_digest};
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::folders::{folder_trees, tree_at};
use crate::cli::input::read_small;
use crate::cli::machine::{Noted, Root, accelerator, limits, processor, python, system};
use crate::cli::output::{print, say};
use crate::durable;
use crate::evidence::capture::{
    self, BYTES_MAX, Capture, FORMAT, Lock, SECRET_KEY_BYTES_MIN, is_capture, key_id, secret_hash,
};
use crate::evidence::tree::{Rules, compare, compare_folders, packages, text_looks_secret};
use crate::identity::Sha256Digest;
use crate::verdict::number::counted;

pub(in crate::cli) fn run(
    command: &EnvCommand,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    match command {
        EnvCommand::Capture(args) => capture_environment(args, environment),
        EnvCommand::Diff(args) => diff(args),
    }
}

fn capture_environment(
    args: &EnvCaptureArgs,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let (root, mut noted) = (Root::at("/"), Noted::default());
    let mut capture = Capture {
        format: FORMAT.to_owned(),
        captured_at: environment.now().to_string(),
        system: system(&root, &mut noted),
        cpu: processor(&root, &mut noted),
        gpu: accelerator(&root, &mut noted),
        limits: limits(&root, &mut noted),
        image: image(args)?,
        ..Capture::default()
    };
    if let Some(path) = &args.python {
        let found = python(path).map_err(|reason| Failure::new(ExitCode::Unreadable, reason))?;
        capture.python = Some(found);
    }
    for path in &args.locks {
        let name = lock_name(path);
        if capture.locks.insert(name.clone(), lock(path)?).is_some() {
            let message = format!("two lock files would be called `{name}`");
            return Err(Failure::new(ExitCode::Usage, message)
                .hint("name them by relative paths from one folder"));
        }
    }
    for name in &args.variables {
        let value = variable(name)?;
        if text_looks_secret(name, value.as_deref().unwrap_or_default()) {
            let message = format!("the variable `{name}` looks like a secret");
            return Err(Failure::new(ExitCode::Usage, message)
                .hint("name it with --secret and --secret-key: then its keyed hash is written"));
        }
        capture.variables.insert(name.clone(), value);
    }
    if let Some(path) = &args.secret_key {
        let key = secret_key(path)?;
        for name in &args.secrets {
            let value = std::env::var_os(name);
            let hash = value.map(|value| secret_hash(&key, name, value.as_encoded_bytes()));
            capture.secrets.insert(name.clone(), hash);
        }
        capture.secrets_key = Some(key_id(&key));
    }
    capture.unknown = noted.into_map();
    write(&capture, args.out.as_deref())
}

fn write(capture: &Capture, out: Option<&Path>) -> Result<ExitCode, Failure> {
    let text = serde_json::to_string_pretty(capture).map_err(|error| {
        Failure::new(ExitCode::Internal, format!("the capture cannot be written: {error}"))
    })? + "\n";
    match out {
        Some(path) => durable::replace(path, text.as_bytes())?,
        None => print(|out| out.write_all(text.as_bytes()))?,
    }
    for (path, reason) in &capture.unknown {
        say(&format!("not known: `{path}`: {reason}"));
    }
    Ok(ExitCode::Passed)
}

fn variable(name: &str) -> Result<Option<String>, Failure> {
    let value = std::env::var_os(name).map(|value| {
        value.into_string().map_err(|_| {
            Failure::new(ExitCode::Usage, format!("the variable `{name}` is not UTF-8 text"))
        })
    });
    value.transpose()
}

fn image(args: &EnvCaptureArgs) -> Result<Option<String>, Failure> {
    let Some(name) = &args.image_var else {
        return Ok(args.image.clone());
    };
    let value = variable(name)?.ok_or_else(|| {
        Failure::new(ExitCode::Usage, format!("the variable `{name}` for the image is not set"))
    })?;
    let digest = image_digest(&value).map_err(|expected| {
        Failure::new(ExitCode::Usage, format!("the variable `{name}` is no digest: {expected}"))
    })?;
    Ok(Some(digest))
}

/// The key without the line break that editors put at its end.
fn secret_key(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut key = read_small(path, SECRET_KEY_BYTES_MAX, ExitCode::Usage)?;
    while key.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
        key.pop();
    }
    if key.len() < SECRET_KEY_BYTES_MIN {
        let (path, size) = (path.display(), counted(key.len() as u64, "byte"));
        let message = format!("`{path}` holds {size}; a key needs at least {SECRET_KEY_BYTES_MIN}");
        return Err(
            Failure::new(ExitCode::Usage, message).hint("make one with `openssl rand -hex 32`")
        );
    }
    Ok(key)
}

/// A lock file's name in the capture: its path where that says nothing of the machine, else the
/// last part of it.
fn lock_name(path: &Path) -> String {
    let plain =
        path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    let parts: Vec<String> = parts.collect();
    if plain { parts.join("/") } else { parts.last().cloned().unwrap_or_default() }
}

fn lock(path: &Path) -> Result<Lock, Failure> {
    let bytes = read_small(path, BYTES_MAX, ExitCode::Unreadable)?;
    let pinned = packages(&lock_name(path), &bytes).map_err(|fault| {
        Failure::new(ExitCode::Unreadable, format!("`{}` {fault}", path.display()))
    })?;
    let packages = pinned.map(|pinned| {
        let joined = |versions: std::collections::BTreeSet<String>| {
            versions.into_iter().collect::<Vec<_>>().join(", ")
        };
        pinned.into_iter().map(|(name, versions)| (name, joined(versions))).collect()
    });
    Ok(Lock { sha256: Sha256Digest::of(&bytes).to_string(), packages })
}

/// Two of a kind: captures, files or folders.
fn diff(args: &EnvDiffArgs) -> Result<ExitCode, Failure> {
    let rules = Rules { ignore: args.ignore.clone(), secret: args.hide.clone() };
    let sides = [args.reference.as_path(), args.candidate.as_path()];
    let found = match sides.map(Path::is_dir) {
        [true, true] => {
            let [reference, candidate]: [Result<BTreeMap<_, _>, _>; 2] = sides.map(folder_trees);
            Differences::of(compare_folders(&reference?, &candidate?, &rules))
        }
        [false, false] => {
            let [reference, candidate] =
                sides.map(|path| read_small(path, BYTES_MAX, ExitCode::Unreadable));
            let (reference, candidate) = (reference?, candidate?);
            match [is_capture(&reference), is_capture(&candidate)] {
                [true, true] => captures([&reference, &candidate], sides, &rules)?,
                [false, false] => {
                    let [reference, candidate] = [(sides[0], &reference), (sides[1], &candidate)]
                        .map(|(path, bytes)| tree_at(path, bytes));
                    Differences::of(compare(&reference?, &candidate?, &rules))
                }
                _ => return Err(of_two_kinds("a capture", "a configuration file")),
            }
        }
        _ => return Err(of_two_kinds("a folder", "a file")),
    };
    print_differences(&found, sides, args.format)
}

fn captures(
    documents: [&[u8]; 2],
    sides: [&Path; 2],
    rules: &Rules,
) -> Result<Differences, Failure> {
    let read = |side: usize| {
        capture::read(documents[side]).map_err(|error| {
            let message = format!("`{}` {error}", sides[side].display());
            Failure::new(ExitCode::Unreadable, message)
        })
    };
    let compared = capture::compare(&read(0)?, &read(1)?, rules);
    let compared = compared
        .map_err(|fault| Failure::new(ExitCode::Unreadable, format!("a capture {fault}")))?;
    Ok(Differences { unknown: compared.unknown, ..Differences::of(compared.found) })
}

fn of_two_kinds(one: &str, other: &str) -> Failure {
    let message = format!("one side is {one} and the other {other}; they cannot be compared");
    Failure::new(ExitCode::Usage, message)
        .hint("give two captures, two configuration files, or two folders")
}

const SECRET_KEY_BYTES_MAX: u64 = 4 << 10;
