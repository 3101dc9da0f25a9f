//! Standard output: the requested document, and nothing else.

use std::io::{self, Write};

use super::exit_code::ExitCode;
use super::failure::Failure;

/// Writes a document to standard output. A reader that went away (`| head`) is no fault: the
/// verdict's exit code stands.
///
/// # Errors
/// [`Failure`] when the system cannot write, a full disk for one.
pub(in crate::cli) fn print(
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    match write(&mut stdout).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let message = format!("cannot write to standard output: {error}");
            Err(Failure::new(ExitCode::Unreadable, message))
        }
        _ => Ok(()),
    }
}

/// Says something beside the document.
pub(in crate::cli) fn say(text: &str) {
    // Nobody is left to tell when standard error is closed.
    drop(writeln!(anstream::stderr().lock(), "{text}"));
}
