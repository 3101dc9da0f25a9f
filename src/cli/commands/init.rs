//! `driftgate init`

use crate::cli::args::{InitArgs, ReadArgs};
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::{input, output};
use crate::contract::WideningRule;
use crate::durable;
use crate::measure::{ColumnRequest, Drift, DriftRequest, MeasurementRequest, Subject, measure};
use crate::policy::{StarterColumn, starter_policy};
use crate::profile::{ColumnProfile, Values};
use crate::scan::{
    KeySource, Load, OpenSnapshot, Pool, ScanError, ScanRequest, ValuesWanted, scan_column,
};

pub(in crate::cli) fn run(args: &InitArgs, _: &Environment) -> Result<ExitCode, Failure> {
    let pool = input::pool(&args.read)?;
    let reference = open(&args.reference, &args.read, &pool)?;
    let named = Some(&args.candidate).filter(|paths| !paths.is_empty());
    let later = named.map(|paths| open(paths, &args.read, &pool)).transpose()?;
    let later_psi = match &later {
        Some(later) => psi_between(&reference, later, &pool)?,
        None => vec![None; reference.schema.columns().len()],
    };
    let scanned = pool.within_memory(
        reference.schema.columns(),
        |column| Load {
            memory: reference.rows().0.saturating_mul(16),
            work: reference.bytes_of_column(&column.name).0,
        },
        |column| describe(&reference, &column.name),
    )?;
    let columns: Vec<StarterColumn<'_>> = reference
        .schema
        .columns()
        .iter()
        .zip(&scanned)
        .zip(later_psi)
        .map(|((column, (profile, distinct)), later_psi)| StarterColumn {
            name: &column.name,
            logical_type: &column.logical_type,
            profile,
            distinct: *distinct,
            later_psi,
        })
        .collect();
    let yaml = starter_policy("starter", reference.rows(), &columns);
    match &args.out {
        Some(path) => durable::replace(path, yaml.as_bytes())?,
        None => output::print(|out| out.write_all(yaml.as_bytes()))?,
    }
    Ok(ExitCode::Passed)
}

fn open(paths: &[String], read: &ReadArgs, pool: &Pool) -> Result<OpenSnapshot, Failure> {
    input::open(input::list(paths, &[])?, WideningRule::Refused, read, pool)
}

/// The profile of a column, its values reduced to what a policy can say, and the number of
/// distinct ones.
fn describe(
    snapshot: &OpenSnapshot,
    column: &str,
) -> Result<(ColumnProfile, Option<u64>), ScanError> {
    let request = ScanRequest {
        column,
        expectations: Vec::new(),
        values: ValuesWanted::Held(None),
        samples_max: 0,
        show_values: false,
    };
    let mut profile = scan_column(snapshot, &request)?;
    let distinct = match &profile.values {
        Values::Counted(pairs) => Some(pairs.len() as u64),
        Values::Categories(categories) => Some(categories.len() as u64),
        Values::Held(parts) => Some(KeySource::Held(parts).sorted_pairs()?.len() as u64),
        _ => None,
    };
    if matches!(profile.values, Values::Held(_)) {
        profile.values = Values::NotWanted;
    }
    Ok((profile, distinct))
}

/// PSI of every reference column between two snapshots, where it can be measured.
fn psi_between(
    reference: &OpenSnapshot,
    later: &OpenSnapshot,
    pool: &Pool,
) -> Result<Vec<Option<f64>>, Failure> {
    let drift = Some(DriftRequest { bins: 10, alpha: 0.05, whole_multiset: false });
    let columns = reference.schema.columns().iter().map(|column| ColumnRequest {
        name: column.name.clone(),
        as_categories: false,
        drift,
        expectations: Vec::new(),
    });
    let request = MeasurementRequest { columns: columns.collect(), ..Default::default() };
    let (ours, theirs) = (Subject::Data(reference), Subject::Data(later));
    let measured = measure(&ours, &theirs, &request, pool)?;
    Ok(measured
        .columns()
        .iter()
        .map(|facts| match &facts.drift {
            Some(Drift::Measured(drift)) => drift.psi.as_ref().map(|psi| psi.value),
            _ => None,
        })
        .collect())
}
