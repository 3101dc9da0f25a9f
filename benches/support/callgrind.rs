//! Instructions of a program, which no load of the machine changes.

use std::error::Error;
use std::process::Command;

pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// Runs a program under `valgrind --tool=callgrind`, which knows AVX2 but not AVX-512, and counts
/// what all its threads did. Exit statuses of the program itself are let pass.
///
/// # Errors
/// Without valgrind, and when it counted nothing.
pub(crate) fn instructions(program: &Command) -> Result<i64, Failure> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program.get_program())
        .args(program.get_args())
        .output()
        .map_err(|error| format!("valgrind is needed: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let counted = said.lines().find_map(|line| line.split("Collected :").nth(1));
    match counted {
        Some(number) => Ok(number.trim().parse()?),
        None => Err(format!("callgrind of {program:?} failed:\n{said}").into()),
    }
}
