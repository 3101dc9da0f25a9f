//! `driftgate profile`

use std::path::Path;

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};
use serde_json::{Value, json};

use crate::cli::args::{ProfileArgs, ProfileCommand};
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::judge::LoadedPolicy;
use crate::cli::{input, output};
use crate::contract::{Column, KeyDomain, WideningRule};
use crate::durable;
use crate::profile::{ColumnProfile, Sampling, StoredProfile, Values, text_of};
use crate::scan::{manifest_of, profile_snapshot};
use crate::verdict::number::noun;
use crate::verdict::text;

pub(in crate::cli) fn run(args: &ProfileArgs, _: &Environment) -> Result<ExitCode, Failure> {
    if let Some(ProfileCommand::Merge { parts, out }) = &args.command {
        let parts = parts.iter().map(|part| input::read_profile(part).map(|read| read.profile));
        let whole = StoredProfile::merge(parts.collect::<Result<_, _>>()?)?;
        return write(out, &whole);
    }
    let profile = profile(args)?;
    match &args.out {
        Some(path) => return write(path, &profile),
        None if args.json => output::print(|out| writeln!(out, "{:#}", summary(&profile)))?,
        None => output::print(|out| out.write_all(table(&profile).as_bytes()))?,
    }
    Ok(ExitCode::Passed)
}

/// Profiles the data, and answers what the policy asks of it as a reference.
fn profile(args: &ProfileArgs) -> Result<StoredProfile, Failure> {
    let policy = args.policy.as_deref().map(LoadedPolicy::read).transpose()?;
    let mut ignored = args.ignore.clone();
    let mut widening = WideningRule::Refused;
    if let Some(LoadedPolicy { policy, .. }) = &policy {
        ignored.extend_from_slice(&policy.ignored_files);
        widening = policy.widening;
    }
    let pool = input::pool(&args.read)?;
    let listing = input::list_part(args.root.as_deref(), &args.paths, &ignored)?;
    let snapshot = input::open(listing, widening, &args.read, &pool)?;
    let sampling = Sampling { positions_max: args.samples, values: args.show_values };
    let compile =
        |policy: LoadedPolicy| policy.compile(&snapshot.schema, &snapshot.schema, sampling);
    let compiled = policy.map(compile).transpose()?;
    let asked = compiled.as_ref().map(|compiled| compiled.request.asked_of_reference());
    let manifest = pool.run(|| manifest_of(&snapshot, args.read.digest.into()))?;
    Ok(profile_snapshot(&pool, &snapshot, manifest, &asked.unwrap_or_default())?)
}

fn write(path: &Path, profile: &StoredProfile) -> Result<ExitCode, Failure> {
    let bytes = profile.encode();
    durable::replace(path, &bytes)?;
    let (rows, columns) = (profile.rows().0, profile.columns().len());
    let (row, column) = (noun(rows, "row"), noun(columns as u64, "column"));
    output::print(|out| {
        writeln!(out, "{}", profile.snapshot_id())?;
        writeln!(out, "profile of {rows} {row} × {columns} {column} in {} bytes", bytes.len())
    })?;
    Ok(ExitCode::Passed)
}

/// What is known of a column, as texts.
struct Facts {
    min: Option<String>,
    max: Option<String>,
    distinct: Option<u64>,
}

impl Facts {
    fn of(column: &Column, profile: &ColumnProfile) -> Self {
        let domain = KeyDomain::of(&column.logical_type);
        let key = |key: u64| domain.as_ref().map(|domain| domain.text(key));
        let (min, max) = match (&profile.keys, &profile.texts) {
            (Some((low, high)), _) => (key(*low), key(*high)),
            (None, Some((low, high))) => (Some(text_of(low)), Some(text_of(high))),
            (None, None) => (None, None),
        };
        let distinct = match &profile.values {
            Values::Counted(pairs) => Some(pairs.len() as u64),
            Values::Categories(categories) => Some(categories.len() as u64),
            _ => None,
        };
        Self { min, max, distinct }
    }
}

fn table(profile: &StoredProfile) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(["column", "type", "nulls", "NaN", "distinct", "min", "max"]);
    for (column, found) in profile.schema().columns().iter().zip(profile.columns()) {
        let facts = Facts::of(column, found);
        let shown = |text: Option<String>| text.map_or("–".to_owned(), |text| text::name(&text));
        table.add_row([
            text::name(&column.name),
            text::phrase(&column.logical_type.to_string()),
            found.presence.nulls.to_string(),
            found.presence.nans.to_string(),
            shown(facts.distinct.map(|distinct| distinct.to_string())),
            shown(facts.min),
            shown(facts.max),
        ]);
    }
    for index in 2..5 {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    let rows = profile.rows().0;
    let (id, row) = (profile.snapshot_id(), noun(rows, "row"));
    format!("{id}\n{rows} {row}\n\n{}\n", lines.join("\n"))
}

fn summary(profile: &StoredProfile) -> Value {
    let columns =
        profile.schema().columns().iter().zip(profile.columns()).map(|(column, found)| {
            let facts = Facts::of(column, found);
            json!({
                "name": column.name,
                "type": column.logical_type.to_string(),
                "rows": found.presence.rows,
                "nulls": found.presence.nulls,
                "nans": found.presence.nans,
                "min": facts.min,
                "max": facts.max,
                "distinct": facts.distinct,
                "unmeasurable": found.unmeasurable,
            })
        });
    json!({
        "snapshotId": profile.snapshot_id().to_string(),
        "rows": profile.rows().0,
        "bytes": profile.bytes().0,
        "columns": columns.collect::<Vec<_>>(),
    })
}
