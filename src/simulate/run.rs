//! Writes the altered copy of a snapshot.

use std::io;
use std::path::Path;
use std::sync::Arc;

use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, KeyValue};
use parquet::file::properties::WriterProperties;

use super::alteration::Amount;
use super::deviation::standard_deviation;
use super::plan::{Place, Plan};
use super::read::SourceFile;
use super::staging::StagedDirectory;
use super::{Alteration, SimulateError};
use crate::contract::WideningRule;
use crate::quantity::Rows;
use crate::scan::{Limits, OpenSnapshot};
use crate::snapshot::Listing;

/// What a simulation did.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulationSummary {
    /// Files written.
    pub files: usize,
    /// Rows of the snapshot.
    pub rows_read: Rows,
    /// Rows of the copy.
    pub rows_written: Rows,
    /// What each alteration did, in the order given.
    pub effects: Vec<Effect>,
}

/// What one alteration did.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// The alteration.
    pub alteration: Alteration,
    /// Rows of the copy whose value is another than before; of a sample or a dropped category,
    /// rows of the snapshot that it took out.
    pub rows: Rows,
}

/// Writes a copy of a snapshot with alterations into a new directory.
///
/// Files keep their names and partition folders, row groups, codecs and key-value metadata;
/// columns keep names, types and order, and those not altered keep their values. A file's
/// metadata says what was done, under `driftgate.simulation`. Rows are removed first (samples,
/// dropped categories, both by the values as they came), then columns are altered in the order
/// given. The same rows and seed give the same values whatever the row groups and files.
///
/// `out` must not exist, or be an empty directory; it appears whole, or not at all.
///
/// # Errors
/// [`SimulateError`]: an alteration does not fit the columns, a result does not fit its type,
/// the snapshot cannot be read or changes meanwhile, `out` is occupied or cannot be written.
pub fn simulate(
    listing: &Listing,
    alterations: &[Alteration],
    seed: u64,
    out: &Path,
) -> Result<SimulationSummary, SimulateError> {
    let mut staged = StagedDirectory::new(out)?;
    let snapshot = OpenSnapshot::open(listing.clone(), &Limits::default(), WideningRule::Allowed)?;
    refuse_unknown_columns(&snapshot, alterations)?;
    let sources = snapshot.files.iter().map(SourceFile::new).collect::<Result<Vec<_>, _>>()?;
    let deviations = alterations
        .iter()
        .map(|alteration| deviation_for(alteration, &sources))
        .collect::<Result<Vec<_>, _>>()?;
    let mut copy = Copy {
        note: note(alterations, seed),
        rows_read: 0,
        rows_written: 0,
        touched: vec![0; alterations.len()],
    };
    for source in &sources {
        let plan = Plan::new(alterations, &deviations, seed, source)?;
        copy.write(source, &plan, &mut staged)?;
    }
    snapshot.verify_unchanged()?;
    refuse_absent_categories(alterations, &copy.touched)?;
    staged.publish()?;
    Ok(SimulationSummary {
        files: sources.len(),
        rows_read: Rows(copy.rows_read),
        rows_written: Rows(copy.rows_written),
        effects: alterations
            .iter()
            .zip(copy.touched)
            .map(|(alteration, rows)| Effect { alteration: alteration.clone(), rows: Rows(rows) })
            .collect(),
    })
}

/// The copy so far.
struct Copy {
    note: String,
    rows_read: u64,
    rows_written: u64,
    /// Rows that each alteration touched.
    touched: Vec<u64>,
}

impl Copy {
    /// Writes the copy of one file.
    fn write(
        &mut self,
        source: &SourceFile<'_>,
        plan: &Plan<'_>,
        staged: &mut StagedDirectory,
    ) -> Result<(), SimulateError> {
        let name = source.file.listed.relative.as_str();
        let file = staged.create(name)?;
        let encode = |error| write_error(error, name, staged);
        let properties = properties_like(source, &self.note);
        let mut writer = ArrowWriter::try_new(file, Arc::clone(&plan.schema), Some(properties))
            .map_err(encode)?;
        let first_in_snapshot = self.rows_read;
        for row_group in 0..source.file.parquet().num_row_groups() {
            source.for_each_batch(row_group, None, |batch| {
                let place = Place {
                    first_in_snapshot: self.rows_read,
                    first_in_file: self.rows_read - first_in_snapshot,
                };
                let altered = plan.apply(&batch, &place, &mut self.touched)?;
                self.rows_read += batch.num_rows() as u64;
                self.rows_written += altered.num_rows() as u64;
                writer.write(&altered).map_err(encode)
            })?;
            writer.flush().map_err(encode)?;
        }
        let file = writer.into_inner().map_err(encode)?;
        staged.finish(&file, name)?;
        Ok(())
    }
}

/// The system's refusal is told apart from the encoder's, which wraps it.
fn write_error(error: ParquetError, name: &str, staged: &StagedDirectory) -> SimulateError {
    let source = match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(refused) => return SimulateError::Write(staged.write_error(name, *refused)),
            Err(inner) => ParquetError::External(inner),
        },
        other => other,
    };
    SimulateError::Encode { file: name.to_owned(), source }
}

/// Row groups end where the source's end; codecs and dictionaries as in its first row group.
fn properties_like(source: &SourceFile<'_>, note: &str) -> WriterProperties {
    let parquet = source.file.parquet();
    let kept = parquet.file_metadata().key_value_metadata();
    let mut metadata: Vec<KeyValue> = kept.cloned().unwrap_or_default();
    metadata.retain(|pair| pair.key != parquet::arrow::ARROW_SCHEMA_META_KEY);
    metadata.push(KeyValue::new(NOTE_KEY.to_owned(), note.to_owned()));
    let mut builder = WriterProperties::builder()
        .set_max_row_group_row_count(None)
        .set_key_value_metadata(Some(metadata));
    let columns = parquet.row_groups().first().map_or(&[][..], |group| group.columns());
    let codec = columns.first().map_or(Compression::SNAPPY, ColumnChunkMetaData::compression);
    builder = builder.set_compression(codec);
    for chunk in columns {
        let path = chunk.column_path();
        let dictionary = chunk.dictionary_page_offset().is_some();
        builder = builder
            .set_column_compression(path.clone(), chunk.compression())
            .set_column_dictionary_enabled(path.clone(), dictionary);
    }
    builder.build()
}

/// What was done, for the metadata of the files: a simulated snapshot is not to pass for a
/// real one.
fn note(alterations: &[Alteration], seed: u64) -> String {
    let mut note = format!("seed {seed}");
    for alteration in alterations {
        note.push_str("; ");
        note.push_str(&alteration.to_string());
    }
    note
}

fn deviation_for(
    alteration: &Alteration,
    sources: &[SourceFile<'_>],
) -> Result<Option<f64>, SimulateError> {
    match alteration {
        Alteration::Shift { column, by: Amount::Deviations(_) } => {
            // A type that has no deviation is refused before it is read.
            for source in sources {
                super::resolve::resolve(alteration, Some(1.0), 0, source)?;
            }
            standard_deviation(sources, column, &alteration.to_string())
        }
        _ => Ok(None),
    }
}

fn refuse_unknown_columns(
    snapshot: &OpenSnapshot,
    alterations: &[Alteration],
) -> Result<(), SimulateError> {
    let first = snapshot.files.first();
    for column in alterations.iter().filter_map(Alteration::column) {
        let is_partition = first.is_some_and(|file| {
            let mut partitions = file.listed.partitions.iter();
            partitions.any(|partition| partition.name == column)
        });
        if is_partition {
            return Err(SimulateError::OutOfReach {
                column: column.to_owned(),
                place: "stands in the names of folders",
            });
        }
        let is_column = |name: &str| {
            let below = name.strip_prefix(column).is_some_and(|rest| rest.starts_with('.'));
            name == column || below
        };
        let names = || snapshot.schema.columns().iter().map(|found| found.name.as_str());
        if !names().any(is_column) {
            let likeness = |name| strsim::normalized_damerau_levenshtein(name, column);
            let nearest = names()
                .map(|name| (likeness(name), name))
                .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
                .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)));
            return Err(SimulateError::UnknownColumn {
                column: column.to_owned(),
                nearest: nearest.map(|(_, name)| name.to_owned()),
            });
        }
    }
    Ok(())
}

fn refuse_absent_categories(
    alterations: &[Alteration],
    touched: &[u64],
) -> Result<(), SimulateError> {
    for (alteration, rows) in alterations.iter().zip(touched) {
        if let (Alteration::DropCategory { column, value }, 0) = (alteration, rows) {
            return Err(SimulateError::NoSuchCategory {
                alteration: alteration.to_string(),
                column: column.clone(),
                value: value.clone(),
            });
        }
    }
    Ok(())
}

/// The key of the note in a file's metadata.
const NOTE_KEY: &str = "driftgate.simulation";

/// Share of characters that agree before a name is offered: one letter of three may differ.
const LIKENESS_MIN: f64 = 0.6;
