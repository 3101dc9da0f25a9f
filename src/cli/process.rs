//! The process: arguments in, exit code out.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use clap::Parser;

use super::args::{Command, CommandLine};
use super::commands;
use super::environment::Environment;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::interrupt::tidy_up_when_interrupted;
use super::output::say;
use crate::registry::approval::Decision;

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    keep_panics_quiet();
    keep_freed_memory();
    tidy_up_when_interrupted();
    let arguments = match CommandLine::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { ExitCode::Usage } else { ExitCode::Passed };
            tell(&error);
            return code;
        }
    };
    let ended = catch_unwind(AssertUnwindSafe(|| run(arguments.command)));
    let outcome = ended.unwrap_or_else(|_| {
        let place = LAST_PANIC.lock().ok().and_then(|mut last| last.take());
        let message = format!("internal error: {}", place.unwrap_or_default());
        Err(Failure::new(ExitCode::Internal, message)
            .hint("this is a fault of driftgate; please report it with the command you ran"))
    });
    outcome.unwrap_or_else(|failure| {
        let mut stderr = anstream::stderr().lock();
        let (bold, reset) = (anstyle::AnsiColor::Red.on_default().bold(), anstyle::Reset);
        // As above: a closed standard error must not change the exit code.
        drop(writeln!(stderr, "{bold}error{reset}: {failure}"));
        failure.code()
    })
}

/// Prints help, or what is wrong with the arguments: those are repeated as far as one can read.
fn tell(error: &clap::Error) {
    let text = error.to_string();
    // Nobody is left to tell when it cannot be printed.
    if text.lines().all(|line| line.chars().count() <= LINE_CHARS_MAX) {
        drop(error.print());
        return;
    }
    text.lines().for_each(|line| say(&shortened(line)));
}

/// A long line without its middle: what is wrong with an argument stands behind it.
fn shortened(line: &str) -> String {
    let (count, end) = (line.chars().count(), LINE_CHARS_MAX / 2);
    if count <= LINE_CHARS_MAX {
        return line.to_owned();
    }
    let head: String = line.chars().take(end).collect();
    let tail: String = line.chars().skip(count - end).collect();
    format!("{head}… (+{}) …{tail}", count - 2 * end)
}

/// The longest line about wrong arguments.
const LINE_CHARS_MAX: usize = 400;

fn run(command: Command) -> Result<ExitCode, Failure> {
    let environment = Environment::of_process()?;
    match command {
        Command::Check(args) => commands::check::run(&args, &environment),
        Command::Verify(args) => commands::verify::run(&args, &environment),
        Command::Key(command) => commands::key::run(&command, &environment),
        Command::Keyring(command) => commands::keyring::run(&command, &environment),
        Command::Snapshot(args) => commands::snapshot::run(&args, &environment),
        Command::Profile(args) => commands::profile::run(&args, &environment),
        Command::Init(args) => commands::init::run(&args, &environment),
        Command::Simulate(args) => commands::simulate::run(&args, &environment),
        Command::Env(command) => commands::env::run(&command, &environment),
        Command::Policy(command) => commands::policy::run(&command, &environment),
        Command::Registry(command) => commands::registry::run(&command, &environment),
        Command::Status(args) => commands::status::run(&args, &environment),
        Command::History(args) => commands::history::run(&args),
        Command::Lineage(args) => commands::lineage::run(&args),
        Command::Hold(command) => commands::hold::run(&command, &environment),
        Command::Audit(args) => commands::audit::run(&args),
        Command::Ledger(command) => commands::ledger::run(&command),
        Command::Passport(command) => commands::passport::run(&command, &environment),
        Command::Door(args) => commands::door::run(&args, &environment),
        Command::Request(args) => commands::request::run(&args, &environment),
        Command::Approve(args) => commands::approve::run(&args, Decision::Approved, &environment),
        Command::Reject(args) => commands::approve::run(&args, Decision::Rejected, &environment),
        Command::Promote(args) => commands::promote::run(&args, &environment),
        Command::Rollback(args) => commands::rollback::run(&args, &environment),
        Command::Revoke(args) => commands::revoke::run(&args, &environment),
        Command::Reconcile(args) => commands::reconcile::run(&args, &environment),
        Command::Completions { shell } => commands::completions::run(shell),
        Command::Man { folder } => commands::man::run(&folder),
    }
}

/// Has glibc keep blocks of up to 32 MiB for the next column instead of giving them back to be
/// cleared again: its threshold for that grows to the largest block that was ever freed (`mallopt`,
/// `M_MMAP_THRESHOLD`). No byte of this one is touched. Elsewhere it does nothing.
fn keep_freed_memory() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity((32 << 20) - (64 << 10))));
}

/// Damaged files can make a decoder panic; that becomes an error naming the file, so the default
/// message with its backtrace would only confuse. What the program itself got wrong is kept for
/// the exit message.
fn keep_panics_quiet() {
    std::panic::set_hook(Box::new(|panic| {
        if let Ok(mut last) = LAST_PANIC.lock() {
            *last = Some(panic.to_string());
        }
    }));
}

static LAST_PANIC: Mutex<Option<String>> = Mutex::new(None);
