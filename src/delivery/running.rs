//! A program that is run to its end, or ended.

use std::io::{Read, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::verdict::text;

/// Why a program did not do what it was run for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProgramFault {
    /// It cannot be run.
    #[error("cannot be run: {reason}")]
    Start {
        /// What is in the way.
        reason: String,
    },
    /// It did not end in time, and was ended with all that it had started.
    #[error("did not end within {seconds} s and was ended")]
    Late {
        /// How long it was given.
        seconds: u64,
    },
    /// It says that it failed.
    #[error("ended with {status}{}", if said.is_empty() { String::new() } else { format!(": {said}") })]
    Failed {
        /// How it ended.
        status: String,
        /// The last line of its standard error, cut.
        said: String,
    },
}

/// Runs a program with `input` on its standard input; gives the first bytes of its standard output.
///
/// It and what it starts are one process group, which is ended when it does not end by itself in
/// time. What it leaves running after it has ended well is its own affair.
pub(super) fn run(
    command: &mut Command,
    input: Vec<u8>,
    patience: Duration,
    bytes_max: usize,
) -> Result<Vec<u8>, ProgramFault> {
    let ends = Instant::now() + patience;
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let child = command.spawn();
    let child = child.map_err(|error| ProgramFault::Start { reason: error.to_string() })?;
    let mut running = Running { child, ended: false };
    let out = Pipe::of(running.child.stdout.take(), bytes_max, Keep::First);
    let err = Pipe::of(running.child.stderr.take(), bytes_max, Keep::Last);
    if let Some(mut pipe) = running.child.stdin.take() {
        // A program may read it late or not at all.
        thread::spawn(move || drop(pipe.write_all(&input)));
    }
    let status = loop {
        let status = running.child.try_wait();
        let status = status.map_err(|error| ProgramFault::Start { reason: error.to_string() })?;
        if let Some(status) = status {
            break status;
        }
        if Instant::now() >= ends {
            return Err(ProgramFault::Late { seconds: patience.as_secs() });
        }
        thread::sleep(LOOK_EVERY);
    };
    if status.success() {
        running.ended = true;
        return Ok(out.read());
    }
    Err(ProgramFault::Failed { status: status.to_string(), said: last_line(&err.read()) })
}

/// A process group that is ended when nobody waits for it any more.
struct Running {
    child: Child,
    ended: bool,
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let leader = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        // They may have ended already, which is as good.
        let _ = leader.map(|leader| kill_process_group(leader, Signal::KILL));
        let _ = (self.child.kill(), self.child.wait());
    }
}

/// Which bytes of an output are kept.
#[derive(Clone, Copy)]
enum Keep {
    First,
    Last,
}

/// An output that is read to its end beside everything else, so that the program never waits for
/// a reader; a bounded part of it is kept.
struct Pipe {
    kept: Arc<Mutex<Vec<u8>>>,
    ended: Receiver<()>,
}

impl Pipe {
    fn of(pipe: Option<impl Read + Send + 'static>, bytes_max: usize, keep: Keep) -> Self {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let (end, ended) = mpsc::channel();
        let shared = Arc::clone(&kept);
        thread::spawn(move || {
            let Some(mut pipe) = pipe else { return };
            let mut buffer = [0; 8 << 10];
            while let Ok(count @ 1..) = pipe.read(&mut buffer) {
                let mut kept = shared.lock().unwrap_or_else(PoisonError::into_inner);
                kept.extend_from_slice(&buffer[..count]);
                match keep {
                    Keep::First => kept.truncate(bytes_max),
                    Keep::Last => {
                        let surplus = kept.len().saturating_sub(bytes_max);
                        drop(kept.drain(..surplus));
                    }
                }
            }
            // Nobody may be waiting any more.
            let _ = end.send(());
        });
        Self { kept, ended }
    }

    /// What was kept; the end is worth a moment, not more: what the program left running may hold
    /// the pipe.
    fn read(&self) -> Vec<u8> {
        let _ = self.ended.recv_timeout(MOMENT);
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The last line that says something, cut: programs end with what went wrong.
fn last_line(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let line = said.lines().rev().map(str::trim).find(|line| !line.is_empty());
    text::phrase(line.unwrap_or_default())
}

const LOOK_EVERY: Duration = Duration::from_millis(10);
const MOMENT: Duration = Duration::from_secs(1);
