//! `driftgate snapshot`

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::cli::args::SnapshotArgs;
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::print;
use crate::cli::{input, output};
use crate::contract::WideningRule;
use crate::durable;
use crate::scan::{OpenSnapshot, manifest_of};
use crate::snapshot::Manifest;

pub(in crate::cli) fn run(args: &SnapshotArgs, _: &Environment) -> Result<ExitCode, Failure> {
    let pool = input::pool(&args.read)?;
    let listing = input::list_part(args.root.as_deref(), &args.paths, &args.ignore)?;
    let ignored: Vec<String> =
        listing.ignored.iter().map(|ignored| ignored.name.display().to_string()).collect();
    let snapshot = input::open(listing, WideningRule::Refused, &args.read, &pool)?;
    let manifest = pool.run(|| manifest_of(&snapshot, args.read.digest.into()))?;
    snapshot.verify_unchanged()?;
    if let Some(path) = &args.manifest {
        durable::replace(path, manifest.to_string().as_bytes())?;
    }
    let contents = Contents::of(&snapshot);
    if args.json {
        let document = contents.to_json(&snapshot, &manifest, &ignored);
        print(|out| writeln!(out, "{document:#}"))?;
    } else {
        print(|out| out.write_all(contents.to_text(&snapshot, &manifest).as_bytes()))?;
        for name in &ignored {
            output::say(&format!("ignored `{}`", name.escape_debug()));
        }
    }
    Ok(ExitCode::Passed)
}

/// What the footers say of a snapshot.
struct Contents {
    row_groups: usize,
    codecs: BTreeMap<String, usize>,
    writers: BTreeSet<String>,
}

impl Contents {
    fn of(snapshot: &OpenSnapshot) -> Self {
        let mut contents =
            Self { row_groups: 0, codecs: BTreeMap::new(), writers: BTreeSet::new() };
        for file in &snapshot.files {
            contents.row_groups += file.parquet().num_row_groups();
            let writer = file.writer().unwrap_or("unknown");
            contents.writers.insert(writer.chars().take(WRITER_CHARACTERS_MAX).collect());
            for (codec, chunks) in file.codecs() {
                *contents.codecs.entry(codec).or_insert(0) += chunks;
            }
        }
        contents
    }

    fn to_text(&self, snapshot: &OpenSnapshot, manifest: &Manifest) -> String {
        let codecs: Vec<String> =
            self.codecs.iter().map(|(codec, chunks)| format!("{codec} ({chunks})")).collect();
        let writers: Vec<String> =
            self.writers.iter().map(|writer| writer.escape_debug().to_string()).collect();
        format!(
            "{id}\nfiles       {files}\nrows        {rows}\ncolumns     {columns}\n\
             bytes       {bytes}\nrow groups  {groups}\ncodecs      {codecs}\nwriters     {writers}\n",
            id = manifest.id(),
            files = snapshot.files.len(),
            rows = snapshot.rows().0,
            columns = snapshot.schema.columns().len(),
            bytes = snapshot.bytes().0,
            groups = self.row_groups,
            codecs = codecs.join(", "),
            writers = writers.join(", "),
        )
    }

    fn to_json(
        &self,
        snapshot: &OpenSnapshot,
        manifest: &Manifest,
        ignored: &[String],
    ) -> serde_json::Value {
        let columns: Vec<_> = snapshot
            .schema
            .columns()
            .iter()
            .map(|column| {
                json!({
                    "name": column.name,
                    "type": column.logical_type.to_string(),
                    "nullable": column.nullable,
                })
            })
            .collect();
        json!({
            "snapshotId": manifest.id().to_string(),
            "files": snapshot.files.len(),
            "rows": snapshot.rows().0,
            "bytes": snapshot.bytes().0,
            "rowGroups": self.row_groups,
            "codecs": self.codecs,
            "writers": self.writers,
            "columns": columns,
            "ignored": ignored,
        })
    }
}

/// A writer's name is foreign text.
const WRITER_CHARACTERS_MAX: usize = 100;
