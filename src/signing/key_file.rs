//! Keys in files: private ones readable by their owner alone, none ever overwritten.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use p256::pkcs8::der::zeroize::Zeroizing;

use super::encrypted::Password;
use super::keys::{KeyKind, PrivateKey, PublicKey};
use super::pem::KeyTextError;
use crate::durable::{self, Access, DurableError};

/// Reads a private key from a PEM file that nobody but its owner can read or write.
///
/// A pipe (`<(…)` of a shell) is as good as a file.
///
/// # Errors
/// [`KeyFileError`], naming the file.
pub fn read_private_key(path: &Path) -> Result<PrivateKey, KeyFileError> {
    unlock_private_key(path, None)
}

/// Reads a private key as [`read_private_key`] does, with `password` if it is encrypted.
///
/// # Errors
/// [`KeyFileError`], naming the file.
pub fn unlock_private_key(
    path: &Path,
    password: Option<&Password>,
) -> Result<PrivateKey, KeyFileError> {
    PrivateKey::from_pem_with(&read_secret(path)?, password).map_err(not_a_key(path))
}

/// Reads a private key as [`unlock_private_key`] does, also in the older SEC 1 form.
///
/// # Errors
/// [`KeyFileError`], naming the file.
pub fn import_private_key(
    path: &Path,
    password: Option<&Password>,
) -> Result<PrivateKey, KeyFileError> {
    let text = read_secret(path)?;
    match PrivateKey::from_pem_with(&text, password) {
        Err(KeyTextError::OlderForm) => PrivateKey::from_sec1_pem(&text),
        read => read,
    }
    .map_err(not_a_key(path))
}

/// Reads a password: the first line of a file that nobody but its owner can read or write.
///
/// # Errors
/// [`KeyFileError`], naming the file; [`KeyFileError::NoPassword`] when the line is empty.
pub fn read_password(path: &Path) -> Result<Password, KeyFileError> {
    let text = read_secret(path)?;
    let line = text.lines().next().unwrap_or_default();
    Password::new(line.as_bytes()).ok_or_else(|| KeyFileError::NoPassword { path: path.to_owned() })
}

/// Reads a public key from a PEM file.
///
/// # Errors
/// [`KeyFileError`], naming the file.
pub fn read_public_key(path: &Path) -> Result<PublicKey, KeyFileError> {
    let text = read_text(File::open(path).map_err(unreadable(path))?, path)?;
    PublicKey::from_pem(&text).map_err(not_a_key(path))
}

/// Writes a private key to a new file of mode 0600.
///
/// # Errors
/// [`KeyFileError::Write`], also when the file exists.
pub fn write_private_key(path: &Path, key: &PrivateKey) -> Result<(), KeyFileError> {
    lock_private_key(path, key, None)
}

/// Writes a private key as [`write_private_key`] does, encrypted if there is a password.
///
/// # Errors
/// [`KeyFileError::Write`], also when the file exists.
pub fn lock_private_key(
    path: &Path,
    key: &PrivateKey,
    password: Option<&Password>,
) -> Result<(), KeyFileError> {
    let text = match password {
        Some(password) => key.to_encrypted_pem(password),
        None => key.to_pem(),
    };
    Ok(durable::create(path, text.as_bytes(), Access::Private)?)
}

/// Writes a public key to a new file.
///
/// # Errors
/// [`KeyFileError::Write`], also when the file exists.
pub fn write_public_key(path: &Path, key: &PublicKey) -> Result<(), KeyFileError> {
    Ok(durable::create(path, key.to_pem().as_bytes(), Access::Shared)?)
}

/// The local development key kept in `state_directory`, made on first use (P-256).
///
/// It lets a first run sign without ceremony; no keyring trusts it unless told to. Processes that
/// make it at once all end with the same key. Its file is [`DEVELOPMENT_KEY_FILE`].
///
/// # Errors
/// [`KeyFileError`] when it can be neither read nor made.
pub fn development_key(state_directory: &Path) -> Result<PrivateKey, KeyFileError> {
    let path = state_directory.join(DEVELOPMENT_KEY_FILE);
    if path.symlink_metadata().is_err() {
        match write_private_key(&path, &PrivateKey::generate(KeyKind::P256)) {
            Ok(()) | Err(KeyFileError::Write(DurableError::Exists { .. })) => {}
            Err(error) => return Err(error),
        }
    }
    read_private_key(&path)
}

/// The name of the development key's file in the state directory.
pub const DEVELOPMENT_KEY_FILE: &str = "development.key.pem";

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be opened or read.
    #[error("cannot read the key file `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A private key file can be read or written by others than its owner.
    #[error(
        "the private file `{path}` is open to others (mode {mode:04o}): \
         run `chmod 600 {path}`, and consider what is in it known",
        path = path.display()
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file is longer than any key.
    #[error("the key file `{}` is longer than the limit of {limit} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit.
        limit: u64,
    },
    /// The file does not hold a key we can use.
    #[error("cannot use the key file `{}`", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// What is wrong with its text.
        source: KeyTextError,
    },
    /// A password file begins with an empty line.
    #[error("the first line of the password file `{}` is empty", path.display())]
    NoPassword {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be written.
    #[error(transparent)]
    Write(#[from] DurableError),
}

/// The text of a file that nobody but its owner can read or write.
fn read_secret(path: &Path) -> Result<Zeroizing<String>, KeyFileError> {
    let file = File::open(path).map_err(unreadable(path))?;
    let mode = file.metadata().map_err(unreadable(path))?.permissions().mode() & 0o777;
    if mode & OTHERS != 0 {
        return Err(KeyFileError::Exposed { path: path.to_owned(), mode });
    }
    read_text(file, path)
}

fn read_text(file: File, path: &Path) -> Result<Zeroizing<String>, KeyFileError> {
    let mut text = Zeroizing::new(String::new());
    file.take(KEY_FILE_BYTES_MAX + 1).read_to_string(&mut text).map_err(unreadable(path))?;
    if text.len() as u64 > KEY_FILE_BYTES_MAX {
        return Err(KeyFileError::TooLarge { path: path.to_owned(), limit: KEY_FILE_BYTES_MAX });
    }
    Ok(text)
}

fn unreadable(path: &Path) -> impl Fn(io::Error) -> KeyFileError {
    move |source| KeyFileError::Read { path: path.to_owned(), source }
}

fn not_a_key(path: &Path) -> impl Fn(KeyTextError) -> KeyFileError {
    move |source| KeyFileError::Text { path: path.to_owned(), source }
}

/// Permission bits of group and others.
const OTHERS: u32 = 0o077;

/// A PEM key of ours has about 250 bytes; a large RSA key in a file with remarks has 10 KiB.
const KEY_FILE_BYTES_MAX: u64 = 64 << 10;

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};

    use super::*;

    #[test]
    fn a_key_pair_survives_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let (private, public) = (folder.path().join("k.pem"), folder.path().join("k.pub.pem"));
        let key = PrivateKey::generate(KeyKind::P256);
        write_private_key(&private, &key).unwrap();
        write_public_key(&public, &key.public()).unwrap();
        assert_eq!(private.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read_private_key(&private).unwrap().public(), key.public());
        assert_eq!(read_public_key(&public).unwrap(), key.public());
    }

    #[test]
    fn a_key_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k.pem");
        let key = PrivateKey::generate(KeyKind::P256);
        write_private_key(&path, &key).unwrap();
        let error = write_private_key(&path, &PrivateKey::generate(KeyKind::P256)).unwrap_err();
        assert!(error.to_string().contains("k.pem` exists already"), "{error}");
        assert_eq!(read_private_key(&path).unwrap().public(), key.public());
    }

    #[test]
    fn a_private_key_open_to_others_is_refused_with_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k.pem");
        write_private_key(&path, &PrivateKey::generate(KeyKind::P256)).unwrap();
        for mode in [0o640, 0o604, 0o620, 0o644, 0o666] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let message = read_private_key(&path).unwrap_err().to_string();
            assert!(message.contains(&format!("mode {mode:04o}")), "{message}");
            assert!(message.contains(&format!("chmod 600 {}", path.display())), "{message}");
        }
        fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
        read_private_key(&path).unwrap();
    }

    #[test]
    fn a_file_that_is_no_key_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k.pem");
        assert!(matches!(read_public_key(&path), Err(KeyFileError::Read { .. })));
        assert!(matches!(read_public_key(folder.path()), Err(KeyFileError::Read { .. })));
        fs::write(&path, "hello").unwrap();
        assert!(matches!(read_public_key(&path), Err(KeyFileError::Text { .. })));
        fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(matches!(read_public_key(&path), Err(KeyFileError::Read { .. })));
        fs::write(&path, " ".repeat(1 << 20)).unwrap();
        assert!(matches!(read_public_key(&path), Err(KeyFileError::TooLarge { .. })));
    }

    #[test]
    fn all_who_make_the_development_key_at_once_end_with_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state/driftgate");
        let keys: Vec<_> = std::thread::scope(|scope| {
            let makers: Vec<_> =
                (0..8).map(|_| scope.spawn(|| development_key(&state).unwrap().public())).collect();
            makers.into_iter().map(|maker| maker.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
        assert_eq!(development_key(&state).unwrap().public(), keys[0]);
        assert_eq!(fs::read_dir(&state).unwrap().count(), 1);
    }
}
