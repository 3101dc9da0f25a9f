//! `driftgate key`

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::print;
use crate::cli::signing_key::{locked, password};
use crate::cli::trust_args::{
    KeyCommand, KeyGenerateArgs, KeyImportArgs, KeyRotateArgs, KeyShowArgs,
};
use crate::clock::Timestamp;
use crate::signing::{
    KeyFileError, KeyTextError, Password, PrivateKey, PublicKey, import_private_key,
    lock_private_key, read_public_key, unlock_private_key, write_public_key,
};

pub(in crate::cli) fn run(
    command: &KeyCommand,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    match command {
        KeyCommand::Generate(args) => generate(args, environment)?,
        KeyCommand::Show(args) => show(args, environment)?,
        KeyCommand::Import(args) => import(args, environment)?,
        KeyCommand::Rotate(args) => rotate(args, environment)?,
    }
    Ok(ExitCode::Passed)
}

fn generate(args: &KeyGenerateArgs, environment: &Environment) -> Result<(), Failure> {
    let password = password(args.password_file.as_deref(), environment)?;
    let key = PrivateKey::generate(args.kind.into());
    write_pair(&args.out, &key, password.as_ref())?;
    say_pair(&args.out, &key)
}

fn import(args: &KeyImportArgs, environment: &Environment) -> Result<(), Failure> {
    let password = password(args.password_file.as_deref(), environment)?;
    let key = import_private_key(&args.key, password.as_ref()).map_err(locked)?;
    write_pair(&args.out, &key, password.as_ref())?;
    say_pair(&args.out, &key)
}

/// Prints the entries of a keyring and nothing else, so that they can be put there as they are.
fn rotate(args: &KeyRotateArgs, environment: &Environment) -> Result<(), Failure> {
    let old = read_public_key(&args.key)?;
    let password = password(args.password_file.as_deref(), environment)?;
    let now = environment.now();
    let [old_ends, new_ends] = [args.overlap, args.valid_for].map(|seconds| {
        let end =
            i64::try_from(seconds).ok().and_then(|length| now.unix_seconds().checked_add(length));
        end.and_then(Timestamp::from_unix_seconds)
    });
    let (Some(old_ends), Some(new_ends)) = (old_ends, new_ends) else {
        return Err(Failure::new(ExitCode::Usage, "a key cannot count beyond the year 9999"));
    };
    let key = PrivateKey::generate(old.kind());
    write_pair(&args.out, &key, password.as_ref())?;
    print(|out| {
        writeln!(out, "      # Until now: {}", old.id())?;
        write!(out, "{}", entry(&old))?;
        writeln!(out, "        valid_until: {old_ends}")?;
        writeln!(out, "      # From now on: {}", key.public().id())?;
        write!(out, "{}", entry(&key.public()))?;
        writeln!(out, "        valid_from: {now}\n        valid_until: {new_ends}")
    })
}

/// A key as it stands in a keyring.
fn entry(key: &PublicKey) -> String {
    let pem = key.to_pem();
    let lines: Vec<&str> = pem.lines().collect();
    format!("      - public_key: |\n          {}\n", lines.join("\n          "))
}

/// Writes a key pair; neither file may be there already.
fn write_pair(
    private: &Path,
    key: &PrivateKey,
    password: Option<&Password>,
) -> Result<(), Failure> {
    let public = public_path(private)?;
    if public.symlink_metadata().is_ok() {
        let message = format!("`{}` exists already", public.display());
        return Err(Failure::new(ExitCode::Unreadable, message).hint(KEPT));
    }
    lock_private_key(private, key, password).map_err(|error| Failure::from(error).hint(KEPT))?;
    write_public_key(&public, &key.public()).map_err(|error| {
        let hint = format!(
            "the private key is written; `driftgate key show {}` prints the public one",
            private.display()
        );
        Failure::from(error).hint(hint)
    })
}

fn say_pair(private: &Path, key: &PrivateKey) -> Result<(), Failure> {
    let public = public_path(private)?;
    print(|out| {
        writeln!(out, "key ID   {}", key.public().id())?;
        writeln!(out, "private  {} (keep it secret)", private.display())?;
        writeln!(out, "public   {} (for those who verify)", public.display())
    })
}

/// `driftgate.pem` → `driftgate.pub.pem`; any other name gets the ending.
fn public_path(private: &Path) -> Result<PathBuf, Failure> {
    let name = private.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    if name.is_empty() || name.ends_with(PUBLIC_ENDING) {
        let message = format!("`{}` is no name for a private key", private.display());
        return Err(Failure::new(ExitCode::Usage, message)
            .hint("name it `NAME.pem`; the public key is written to `NAME.pub.pem` beside it"));
    }
    let stem = name.strip_suffix(".pem").unwrap_or(&name);
    Ok(private.with_file_name(format!("{stem}{PUBLIC_ENDING}")))
}

fn show(args: &KeyShowArgs, environment: &Environment) -> Result<(), Failure> {
    let password = password(args.password_file.as_deref(), environment)?;
    let key = public_half(&args.key, password.as_ref())?;
    let (kind, id, pem) = (key.kind(), key.id(), key.to_pem());
    print(|out| {
        if args.json {
            let document =
                json!({ "kind": kind.name(), "keyId": id.to_string(), "publicKeyPem": pem });
            return writeln!(out, "{document:#}");
        }
        write!(out, "kind    {kind}\nkey ID  {id}\n{pem}")
    })
}

/// The public key of a file that holds either half.
fn public_half(path: &Path, password: Option<&Password>) -> Result<PublicKey, Failure> {
    let private = |source: &KeyTextError| match source {
        KeyTextError::Label { found, .. } => found == "PRIVATE KEY",
        other => *other == KeyTextError::Encrypted,
    };
    match read_public_key(path) {
        Err(KeyFileError::Text { source, .. }) if private(&source) => {
            Ok(unlock_private_key(path, password).map_err(locked)?.public())
        }
        read => Ok(read?),
    }
}

const PUBLIC_ENDING: &str = ".pub.pem";
const KEPT: &str = "keys are never overwritten: give another name, or move the file away";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_key_is_named_after_the_private_one() {
        let named = |name: &str| public_path(Path::new(name)).ok();
        assert_eq!(named("driftgate.pem"), Some("driftgate.pub.pem".into()));
        assert_eq!(named("keys/ci"), Some("keys/ci.pub.pem".into()));
        assert_eq!(named("a.b.key"), Some("a.b.key.pub.pem".into()));
        assert_eq!(named("driftgate.pub.pem"), None);
        assert_eq!(named(".."), None);
    }
}
