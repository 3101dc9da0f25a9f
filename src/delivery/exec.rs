//! A program with its arguments, without a shell.

use std::process::Command;
use std::time::Duration;

use super::decision::Decision;
use super::deliver::{Change, Delivered};
use super::error::DeliveryError;
use super::outside::Outside;
use super::running::{ProgramFault, run};
use super::texts::Texts;
use crate::verdict::text;

/// Runs the program; the first line that it prints is what the ledger keeps.
///
/// Its environment holds `PATH`, `HOME` and the decision alone (`DRIFTGATE_MODEL`, `_VERSION`,
/// `_ENVIRONMENT`, `_EVENT`, `_DECISION`, `_SNAPSHOT`): no token and no key of ours reaches it. The
/// whole decision is on its standard input. It may be run again for the same event.
pub(super) fn deliver(
    argv: &[String],
    timeout_seconds: u64,
    decision: &Decision,
    outside: &Outside,
) -> Result<Delivered, DeliveryError> {
    let texts = Texts(decision);
    let argv: Vec<String> = argv.iter().map(|text| texts.fill(text)).collect::<Result<_, _>>()?;
    let fault =
        |program: &str, fault| DeliveryError::Program { program: text::name(program), fault };
    let Some((program, arguments)) = argv.split_first() else {
        return Err(fault("", ProgramFault::Start { reason: "no program is named".to_owned() }));
    };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(&outside.folder).env_clear();
    command.envs(outside.path.iter().map(|path| ("PATH", path)));
    command.envs(outside.home.iter().map(|home| ("HOME", home)));
    command.envs(variables(decision));
    let document = format!("{}\n", decision.document()).into_bytes();
    let patience = Duration::from_secs(timeout_seconds);
    let said = run(&mut command, document, patience, OUTPUT_BYTES_MAX);
    let said = said.map_err(|reason| fault(program, reason))?;
    let said = String::from_utf8_lossy(&said);
    let line = said.lines().map(str::trim).find(|line| !line.is_empty());
    let shown = line.map_or_else(|| format!("`{program}` ended well"), str::to_owned);
    Ok(Delivered::new(&shown, Change::Made))
}

fn variables(decision: &Decision) -> Vec<(&'static str, String)> {
    let mut variables = vec![
        ("DRIFTGATE_DECISION", decision.kind.word().to_owned()),
        ("DRIFTGATE_ENVIRONMENT", decision.environment.to_string()),
        ("DRIFTGATE_EVENT", decision.event.to_string()),
        ("DRIFTGATE_MODEL", decision.model.to_string()),
        ("DRIFTGATE_VERSION", decision.version.to_string()),
    ];
    variables.extend(decision.snapshot.map(|id| ("DRIFTGATE_SNAPSHOT", id.to_string())));
    variables
}

/// Most bytes of each output that are kept; the rest is read and forgotten.
pub const OUTPUT_BYTES_MAX: usize = 64 << 10;
