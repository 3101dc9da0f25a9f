//! `driftgate key`

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::print;
use crate::cli::trust_args::{KeyCommand, KeyGenerateArgs, KeyShowArgs};
use crate::signing::{
    KeyFileError, KeyTextError, PrivateKey, PublicKey, read_private_key, read_public_key,
    write_private_key, write_public_key,
};

pub(in crate::cli) fn run(command: &KeyCommand) -> Result<ExitCode, Failure> {
    match command {
        KeyCommand::Generate(args) => generate(args)?,
        KeyCommand::Show(args) => show(args)?,
    }
    Ok(ExitCode::Passed)
}

/// Writes a key pair; neither file may be there already.
fn generate(args: &KeyGenerateArgs) -> Result<(), Failure> {
    let private = &args.out;
    let public = public_path(private)?;
    if public.symlink_metadata().is_ok() {
        let message = format!("`{}` exists already", public.display());
        return Err(Failure::new(ExitCode::Unreadable, message).hint(KEPT));
    }
    let key = PrivateKey::generate(args.kind.into());
    write_private_key(private, &key).map_err(|error| Failure::from(error).hint(KEPT))?;
    write_public_key(&public, &key.public()).map_err(|error| {
        let hint = format!(
            "the private key is written; `driftgate key show {}` prints the public one",
            private.display()
        );
        Failure::from(error).hint(hint)
    })?;
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

fn show(args: &KeyShowArgs) -> Result<(), Failure> {
    let key = public_half(&args.key)?;
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
fn public_half(path: &Path) -> Result<PublicKey, Failure> {
    match read_public_key(path) {
        Err(KeyFileError::Text { source: KeyTextError::Label { found, .. }, .. })
            if found == "PRIVATE KEY" =>
        {
            Ok(read_private_key(path)?.public())
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
