//! A program that signs with a key it does not give away: a cloud's key service, a token, a vault.
//!
//! The protocol: the message (the DSSE pre-authentication encoding) on standard input up to its
//! end, the raw signature on standard output, exit code 0. P-256 signatures are ASN.1 DER or the 64
//! bytes r‖s over the SHA-256 of the message, Ed25519 signatures the 64 bytes of the pure variant.
//! The program is run as it is named, without a shell, and what it gives is verified at once.

use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::keys::{KeyId, KeyKind, PublicKey};
use super::signer::Signer;

/// A program with its arguments, and the public half of the key it signs with.
#[derive(Debug, Clone)]
pub struct SignerProgram {
    program: String,
    arguments: Vec<String>,
    public: PublicKey,
    patience: Duration,
}

impl SignerProgram {
    /// Takes a command line apart at blanks: no quotes, no variables, no shell. `None` when it names
    /// no program.
    #[must_use]
    pub fn new(command_line: &str, public: PublicKey) -> Option<Self> {
        let mut words = command_line.split_whitespace().map(str::to_owned);
        let program = words.next()?;
        Some(Self { program, arguments: words.collect(), public, patience: SIGNER_TIME_MAX })
    }

    fn error(&self, fault: ProgramFault) -> ProgramError {
        ProgramError { program: self.program.clone(), fault }
    }

    /// Runs the program to its end: what it wrote, or why that is no use.
    fn run(&self, message: &[u8]) -> Result<Vec<u8>, ProgramFault> {
        let ends = Instant::now() + self.patience;
        let mut child = Running::start(&self.program, &self.arguments)?;
        let [out, err] = child.outputs();
        child.feed(message.to_vec());
        let late = ProgramFault::Late { seconds: self.patience.as_secs() };
        let left = || ends.saturating_duration_since(Instant::now());
        let signature = out.recv_timeout(left()).map_err(|_| late.clone())?;
        let status = child.wait(ends)?.ok_or(late)?;
        if !status.success() {
            // Its last words are worth a moment, not more: a grandchild may hold the pipe.
            let said = err.recv_timeout(left().min(Duration::from_secs(1))).unwrap_or_default();
            return Err(ProgramFault::Failed { status: status.to_string(), said: words(&said) });
        }
        Ok(signature)
    }
}

impl Signer for SignerProgram {
    fn public(&self) -> PublicKey {
        self.public.clone()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ProgramError> {
        let raw = self.run(message).map_err(|fault| self.error(fault))?;
        let signature = match self.public.kind() {
            KeyKind::P256 => der_of(&raw).unwrap_or(raw),
            KeyKind::Ed25519 => raw,
        };
        if self.public.verify(message, &signature) {
            return Ok(signature);
        }
        let (bytes, key) = (signature.len(), self.public.id());
        Err(self.error(ProgramFault::Wrong { bytes, key }))
    }
}

/// Why a program gave no signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the signer `{program}` {fault}")]
pub struct ProgramError {
    /// The program.
    pub program: String,
    /// What went wrong.
    pub fault: ProgramFault,
}

/// What can go wrong with a program that signs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProgramFault {
    /// It cannot be run.
    #[error("cannot be run: {reason}")]
    Start {
        /// What the operating system said.
        reason: String,
    },
    /// It did not end in time, and was ended.
    #[error("gave no signature within {seconds} s")]
    Late {
        /// How long it was given.
        seconds: u64,
    },
    /// It says that it failed.
    #[error("ended with {status}{}", if said.is_empty() { String::new() } else { format!(": {said}") })]
    Failed {
        /// How it ended.
        status: String,
        /// The beginning of its standard error, on one line.
        said: String,
    },
    /// What it gave is not the key's signature of the message.
    #[error("gave {bytes} bytes that are no signature by the key `{key}`")]
    Wrong {
        /// How many bytes.
        bytes: usize,
        /// The key that was to sign.
        key: KeyId,
    },
}

/// How long a program may take: key services answer within a second, people with a token slower.
pub const SIGNER_TIME_MAX: Duration = Duration::from_secs(60);

/// More than any signature has bytes, and enough of what goes wrong.
const OUTPUT_BYTES_MAX: u64 = 4 << 10;

/// A program that runs; it is ended when nobody waits for it any more.
struct Running(Child);

impl Running {
    fn start(program: &str, arguments: &[String]) -> Result<Self, ProgramFault> {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn();
        child.map(Self).map_err(|error| ProgramFault::Start { reason: error.to_string() })
    }

    /// Standard output and standard error, each read to its end or limit beside everything else.
    fn outputs(&mut self) -> [Receiver<Vec<u8>>; 2] {
        let out = self.0.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>);
        let err = self.0.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>);
        [out, err].map(|pipe| {
            let (give, take) = mpsc::channel();
            thread::spawn(move || {
                let mut bytes = Vec::new();
                let read = pipe.map(|pipe| pipe.take(OUTPUT_BYTES_MAX).read_to_end(&mut bytes));
                // A pipe that breaks ends what was written, and nobody may be waiting any more.
                drop((read, give.send(bytes)));
            });
            take
        })
    }

    /// Writes the message beside everything else: a program may read it late or not at all.
    fn feed(&mut self, message: Vec<u8>) {
        let Some(mut pipe) = self.0.stdin.take() else { return };
        thread::spawn(move || drop(pipe.write_all(&message)));
    }

    /// How it ended; `None` when it has not in time.
    fn wait(&mut self, ends: Instant) -> Result<Option<ExitStatus>, ProgramFault> {
        loop {
            let status = self.0.try_wait();
            let status =
                status.map_err(|error| ProgramFault::Start { reason: error.to_string() })?;
            if status.is_some() || Instant::now() >= ends {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already, which is as good.
        drop((self.0.kill(), self.0.wait()));
    }
}

/// The DER form of a signature that is given as r‖s.
fn der_of(raw: &[u8]) -> Option<Vec<u8>> {
    let signature = p256::ecdsa::Signature::from_slice(raw).ok()?;
    Some(signature.to_der().as_bytes().to_vec())
}

/// The first line that says something, cut.
fn words(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    line.chars().filter(|c| !c.is_control()).take(SAID_CHARS_MAX).collect()
}

const SAID_CHARS_MAX: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::PrivateKey;

    /// A shell stands in for the program, since it can do everything that one can do wrong.
    fn shell(script: &str, patience: Duration) -> SignerProgram {
        let public = PrivateKey::generate(KeyKind::P256).public();
        let arguments = vec!["-c".to_owned(), script.to_owned()];
        SignerProgram { program: "sh".to_owned(), arguments, public, patience }
    }

    fn fault(script: &str) -> ProgramFault {
        let signer = shell(script, Duration::from_secs(20));
        signer.sign(&vec![b'x'; 1 << 20]).unwrap_err().fault
    }

    #[test]
    fn what_a_program_does_wrong_is_told() {
        assert!(matches!(fault("cat; exit 0"), ProgramFault::Wrong { bytes: 4096, .. }));
        assert!(matches!(fault("exit 0"), ProgramFault::Wrong { bytes: 0, .. }));
        let failed = fault("cat >/dev/null; echo; echo 'no such key\u{1b}[31m' >&2; exit 7");
        assert_eq!(failed.to_string(), "ended with exit status: 7: no such key[31m");
        assert!(matches!(fault("kill -9 $$"), ProgramFault::Failed { .. }));
        assert!(matches!(fault("yes; exit 0"), ProgramFault::Wrong { bytes: 4096, .. }));
        let public = PrivateKey::generate(KeyKind::P256).public();
        let absent = SignerProgram::new("/no/such/signer", public.clone()).unwrap();
        let error = absent.sign(b"x").unwrap_err();
        assert!(error.to_string().starts_with("the signer `/no/such/signer` cannot be run: "));
        assert!(SignerProgram::new("  ", public).is_none());
    }

    #[test]
    fn a_program_that_hangs_is_ended_also_with_its_outputs_closed() {
        for script in ["sleep 60", "exec >&- 2>&-; exec sleep 60", "sleep 2 & exit 0"] {
            let started = Instant::now();
            let error = shell(script, Duration::from_millis(300)).sign(b"x").unwrap_err();
            assert_eq!(error.fault, ProgramFault::Late { seconds: 0 }, "{script}");
            assert!(started.elapsed() < Duration::from_secs(10), "{script}");
        }
    }
}
