//! What is signed with: a key in a file, the development key, or a program.

use std::path::Path;

use super::args::KeyArgs;
use super::environment::Environment;
use super::exit_code::ExitCode;
use super::failure::Failure;
use crate::report::KeyOrigin;
use crate::signing::{
    KeyFileError, KeyTextError, Password, PrivateKey, ProgramError, PublicKey, Signer,
    SignerProgram, development_key, read_password, read_public_key, unlock_private_key,
};

/// A key that is held, or a program that holds one.
pub(in crate::cli) enum SigningKey {
    /// From a file.
    Held(Box<PrivateKey>),
    /// By a program.
    Program(Box<SignerProgram>),
}

impl SigningKey {
    /// The key that the arguments name, and where it comes from.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be read, opened or made.
    pub(in crate::cli) fn of(
        args: &KeyArgs,
        environment: &Environment,
    ) -> Result<(Self, KeyOrigin), Failure> {
        let Some(path) = &args.key else {
            let key = development_key(&environment.state_folder()?)?;
            return Ok((Self::Held(Box::new(key)), KeyOrigin::LocalDevelopment));
        };
        let (password, public) = (args.password_file.as_deref(), args.public_key.as_deref());
        Ok((Self::named(path, password, public, environment)?, KeyOrigin::Given))
    }

    /// The key in a file, or `exec:` and a program that holds one.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be read or opened.
    pub(in crate::cli) fn named(
        path: &Path,
        password_file: Option<&Path>,
        public_key: Option<&Path>,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        if let Some(command_line) = path.to_str().and_then(|text| text.strip_prefix(PROGRAM)) {
            return Ok(Self::Program(Box::new(program(command_line, public_key)?)));
        }
        let password = password(password_file, environment)?;
        let key = unlock_private_key(path, password.as_ref()).map_err(locked)?;
        Ok(Self::Held(Box::new(key)))
    }
}

impl Signer for SigningKey {
    fn public(&self) -> PublicKey {
        match self {
            Self::Held(key) => key.public(),
            Self::Program(program) => program.public(),
        }
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ProgramError> {
        match self {
            Self::Held(key) => Ok(key.sign(message)),
            Self::Program(program) => program.sign(message),
        }
    }
}

fn program(command_line: &str, public_key: Option<&Path>) -> Result<SignerProgram, Failure> {
    let Some(public_key) = public_key else {
        let message = format!("`--key {PROGRAM}…` needs the public key, to check what it gives");
        return Err(Failure::new(ExitCode::Usage, message).hint("add `--public-key FILE`"));
    };
    let public = read_public_key(public_key)?;
    SignerProgram::new(command_line, public).ok_or_else(|| {
        let message = format!("`{PROGRAM}` names no program");
        Failure::new(ExitCode::Usage, message).hint("write `--key 'exec:/path/to/signer ARG…'`")
    })
}

/// The password of encrypted keys: of the file, or else of the environment.
///
/// # Errors
/// [`Failure`] when the file cannot be read, or is open to others.
pub(in crate::cli) fn password(
    file: Option<&Path>,
    environment: &Environment,
) -> Result<Option<Password>, Failure> {
    match file {
        Some(path) => Ok(Some(read_password(path)?)),
        None => Ok(environment.key_password().and_then(Password::new)),
    }
}

/// Says how to give a password where one is missing.
pub(in crate::cli) fn locked(error: KeyFileError) -> Failure {
    let missing = matches!(error, KeyFileError::Text { source: KeyTextError::Encrypted, .. });
    let failure = Failure::from(error);
    if missing {
        return failure.hint("give it by `--password-file FILE` or DRIFTGATE_KEY_PASSWORD");
    }
    failure
}

/// How `--key` names a program.
const PROGRAM: &str = "exec:";
