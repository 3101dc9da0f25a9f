//! Runs a program once: no shell, no input, bounded output, bounded time.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// What a program wrote.
#[derive(Debug)]
pub(super) struct Said {
    /// To standard output.
    pub(super) out: Vec<u8>,
    /// To standard error.
    pub(super) err: Vec<u8>,
    /// Whether it ended with code 0.
    pub(super) well: bool,
}

/// Runs a program to its end.
///
/// # Errors
/// The reason, naming the program.
pub(super) fn run(program: &str, arguments: &[&str], patience: Duration) -> Result<Said, String> {
    let ends = Instant::now() + patience;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn();
    let mut child = Running(child.map_err(|error| format!("`{program}` cannot be run: {error}"))?);
    let out = reader(child.0.stdout.take());
    let err = reader(child.0.stderr.take());
    let late = || format!("`{program}` did not end within {} s", patience.as_secs());
    let left = || ends.saturating_duration_since(Instant::now());
    let out = out.recv_timeout(left()).map_err(|_| late())?;
    let err = err.recv_timeout(left()).map_err(|_| late())?;
    loop {
        let ended = child.0.try_wait();
        match ended.map_err(|error| format!("`{program}` cannot be waited for: {error}"))? {
            Some(status) => return Ok(Said { out, err, well: status.success() }),
            None if Instant::now() >= ends => return Err(late()),
            None => thread::sleep(Duration::from_millis(2)),
        }
    }
}

/// Reads a pipe beside everything else.
fn reader(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (give, take) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(pipe) = pipe {
            // A pipe that breaks ends what was written; nobody may be waiting any more.
            drop(pipe.take(OUTPUT_BYTES_MAX).read_to_end(&mut bytes));
        }
        drop(give.send(bytes));
    });
    take
}

/// Ended when nobody waits for it any more.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop((self.0.kill(), self.0.wait()));
    }
}

/// The list of ten thousand packages has half a megabyte.
const OUTPUT_BYTES_MAX: u64 = 4 << 20;
