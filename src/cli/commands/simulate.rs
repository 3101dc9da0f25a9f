//! `driftgate simulate`

use comfy_table::Table;
use comfy_table::presets::NOTHING;

use crate::cli::args::SimulateArgs;
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::{input, output};
use crate::simulate::{Alteration, AlterationError, SimulationSummary, simulate};
use crate::verdict::number::noun;

pub(in crate::cli) fn run(args: &SimulateArgs, _: &Environment) -> Result<ExitCode, Failure> {
    let alterations = alterations(args)?;
    if alterations.is_empty() {
        return Err(Failure::new(ExitCode::Usage, "nothing to alter")
            .hint("say what, for example `--shift age=+0.5sd` or `--null income=5%`"));
    }
    let listing = input::list(&args.paths, &[])?;
    let summary = simulate(&listing, &alterations, args.seed, &args.out)?;
    output::print(|out| out.write_all(describe(&summary).as_bytes()))?;
    Ok(ExitCode::Passed)
}

/// One way of reading an alteration.
type Read = fn(&str) -> Result<Alteration, AlterationError>;

/// The alterations in the order of the options' kinds, as the library applies them.
fn alterations(args: &SimulateArgs) -> Result<Vec<Alteration>, Failure> {
    let kinds: [(&[String], Read); 7] = [
        (args.sample.as_slice(), Alteration::sample),
        (&args.drop_category, Alteration::drop_category),
        (&args.shift, Alteration::shift),
        (&args.scale, Alteration::scale),
        (&args.add_category, Alteration::add_category),
        (&args.nan, Alteration::nan),
        (&args.null, Alteration::null),
    ];
    let read = kinds.iter().flat_map(|(texts, read)| texts.iter().map(|text| read(text)));
    Ok(read.collect::<Result<Vec<_>, _>>()?)
}

fn describe(summary: &SimulationSummary) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING);
    for effect in &summary.effects {
        let rows = effect.rows.0;
        table.add_row([effect.alteration.to_string(), format!("{rows} {}", noun(rows, "row"))]);
    }
    let (files, rows, read) = (summary.files, summary.rows_written.0, summary.rows_read.0);
    let row = noun(read, "row");
    let lines: Vec<String> =
        table.lines().map(|line| line.trim_end().trim_start().to_owned()).collect();
    format!("{}\nwrote {rows} of {read} {row}; files: {files}\n", lines.join("\n"))
}
