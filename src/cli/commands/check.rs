//! `driftgate check`

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use indicatif::HumanBytes;

use crate::cli::args::{CheckArgs, Format};
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::progress::Progress;
use crate::cli::side::Side;
use crate::cli::timings::{self, Timings};
use crate::cli::{input, output};
use crate::contract::Schema;
use crate::durable::{Member, replace_set};
use crate::gate::{Verdict, evaluate};
use crate::identity::{DigestAlgorithm, Sha256Digest};
use crate::measure::{Measurement, column_memory, measure};
use crate::policy::{CompiledPolicy, POLICY_BYTES_MAX, Policy, PolicyError, compile, parse};
use crate::profile::Sampling;
use crate::quantity::{Bytes, Rows};
use crate::report::render::{self, Charset};
use crate::report::{DETAILS_NAME, KeyOrigin, PolicySource, Report, ReportInputs, SUBJECT_NAME};
use crate::scan::Pool;
use crate::signing::sign::{BUNDLE_NAME, ENVELOPE_NAME};
use crate::signing::{PrivateKey, development_key, read_private_key, sign};

pub(in crate::cli) fn run(
    args: &CheckArgs,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let mut timings = Timings::start();
    let policy = LoadedPolicy::read(&args.policy)?;
    input::confirm_outside(&args.out, &[args.reference.clone(), args.candidate.clone()].concat())?;
    let (key, origin) = signing_key(args, environment)?;
    let pool = input::pool(&args.read)?;
    let reference = Side::open(&args.reference, &policy.policy, &pool)?;
    let candidate = Side::open_data(&args.candidate, &policy.policy, &pool)?;
    let sampling = Sampling { positions_max: args.samples, values: args.show_values };
    let compiled = policy.compile(reference.schema(), candidate.schema(), sampling)?;
    let rows = timings::count(reference.rows().0.saturating_add(candidate.rows().0));
    timings.end("open", |_| format!("{rows} rows"));
    let checked = Checked::of((&reference, &candidate), &compiled, environment, &pool, args)?;
    checked.time(&mut timings);
    let evaluation = evaluate(&checked.measurement, &policy.policy, &compiled, environment.now());
    let inputs = ReportInputs {
        measurement: &checked.measurement,
        evaluation: &evaluation,
        reference: reference.source(),
        candidate: candidate.source(),
        policy: PolicySource { name: policy.policy.name.clone(), digest: policy.digest, uri: None },
        evaluated_at: environment.now(),
        expires_at: policy.expires_at(environment),
        key: Some(origin),
        limits: BTreeMap::new(),
    };
    let report =
        Report::of(&inputs).map_err(|error| Failure::new(ExitCode::Internal, error.to_string()))?;
    timings.end("decide", |_| format!("{} columns", checked.measurement.columns.len()));
    write_report(&args.out, &report, &checked.manifest, &key)?;
    timings.end("write", |_| format!("{REPORT_FILES} documents"));
    print_report(&report, args, environment)?;
    if let Some(note) = reference.missing_samples(&checked.measurement, sampling) {
        output::say(&note);
    }
    let Measurement { reference: ours, candidate: theirs, .. } = &checked.measurement;
    if args.format == Format::Text && ours.snapshot_id == theirs.snapshot_id {
        output::say("note        both sides are the same snapshot: nothing can differ");
    }
    if args.format == Format::Text {
        said_where(args, origin);
    }
    if args.timings {
        output::say(&timings.text());
    }
    Ok(evaluation.verdict.into())
}

/// A policy with its bytes.
pub(in crate::cli) struct LoadedPolicy {
    pub(in crate::cli) policy: Policy,
    file: String,
    bytes: Vec<u8>,
    digest: Sha256Digest,
}

impl LoadedPolicy {
    /// Reads a policy.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be read, or every fault it has.
    pub(in crate::cli) fn read(path: &Path) -> Result<Self, Failure> {
        let file = path.display().to_string();
        let bytes = input::read_small(path, POLICY_BYTES_MAX as u64, ExitCode::Usage)?;
        let policy = parse(&file, &bytes)?;
        let digest = Sha256Digest::of(&bytes);
        Ok(Self { policy, file, bytes, digest })
    }

    /// Binds it to the columns of a reference and a candidate.
    ///
    /// # Errors
    /// [`Failure`] with every fault that shows against them.
    pub(in crate::cli) fn compile(
        &self,
        reference: &Schema,
        candidate: &Schema,
        sampling: Sampling,
    ) -> Result<CompiledPolicy, Failure> {
        compile(&self.policy, reference, candidate, sampling)
            .map_err(|faults| PolicyError::new(&self.file, &self.bytes, faults).into())
    }

    fn expires_at(&self, environment: &Environment) -> Option<crate::clock::Timestamp> {
        let seconds = i64::try_from(self.policy.valid_for_seconds?).ok()?;
        let at = environment.now().unix_seconds().checked_add(seconds)?;
        crate::clock::Timestamp::from_unix_seconds(at)
    }
}

/// What the data said, and the manifest of the candidate.
struct Checked {
    measurement: Measurement,
    manifest: String,
    algorithm: DigestAlgorithm,
    /// How long measuring and hashing took, and how many bytes each has read.
    measuring: Duration,
    hashing: Duration,
    hashed: u64,
    decoded: u64,
}

impl Checked {
    /// Measures and hashes from the same openings, then makes sure that no file changed
    /// meanwhile.
    fn of(
        (reference, candidate): (&Side, &Side),
        compiled: &CompiledPolicy,
        environment: &Environment,
        pool: &Pool,
        args: &CheckArgs,
    ) -> Result<Self, Failure> {
        let algorithm = args.read.digest.into();
        let files = [reference.files(), candidate.files()].concat();
        let whole = reference.bytes().0 + candidate.bytes().0;
        let progress = if environment.watched {
            let columns = compiled.request.columns.iter().map(|column| column.name.as_str());
            let columns = columns.collect();
            let decoded = reference.bytes_of(&columns).0 + candidate.bytes_of(&columns).0;
            let twice = if algorithm == DigestAlgorithm::Blake3 { 0 } else { decoded };
            let rows = Rows(reference.rows().0 + candidate.rows().0);
            Progress::shown(Bytes(whole + twice), rows, files.clone())
        } else {
            Progress::hidden()
        };
        let (ours, theirs) = (reference.subject(), candidate.subject());
        if args.timings || environment.watched {
            let (needed, kept) = column_memory(&ours, &theirs, pool);
            let how = if kept { "kept" } else { "more than `--memory`: columns are read twice" };
            output::say(&format!(
                "memory      {} for the values of a column, {how}",
                HumanBytes(needed.0)
            ));
        }
        let read = || files.iter().map(|file| file.bytes_read().0).sum::<u64>();
        let measure = || timings::timed(|| measure(&ours, &theirs, &compiled.request, pool));
        let hash =
            || timings::timed(|| (reference.manifest(algorithm), candidate.manifest(algorithm)));
        let ((measured, measuring), (manifests, hashing), hashed) = match algorithm {
            // What measuring reads is hashed on the way, the rest afterwards.
            DigestAlgorithm::Blake3 => {
                for file in &files {
                    let _ = file.hash_as_read();
                }
                let measured = pool.run(measure);
                let before = read();
                (measured, pool.run(hash), read() - before)
            }
            DigestAlgorithm::Sha256 => {
                let (measured, manifests) = pool.both(measure, hash);
                (measured, manifests, whole)
            }
        };
        drop(progress);
        let (measured, reference_manifest, manifest) = (measured?, manifests.0?, manifests.1?);
        reference.verify_unchanged()?;
        candidate.verify_unchanged()?;
        let measurement =
            measured.of(ours.facts(reference_manifest.id()), theirs.facts(manifest.id()));
        let (manifest, decoded) = (manifest.to_string(), read().saturating_sub(hashed));
        Ok(Self { measurement, manifest, algorithm, measuring, hashing, hashed, decoded })
    }

    fn time(&self, timings: &mut Timings) {
        let rate = timings::rate;
        let measured = rate(self.decoded, self.measuring);
        let hashed = rate(self.hashed, self.hashing);
        let (measured, hashed) = match self.algorithm {
            DigestAlgorithm::Blake3 => {
                (format!("{measured}, hashed on the way"), format!("{hashed}, the rest"))
            }
            DigestAlgorithm::Sha256 => {
                (format!("{measured}, side by side"), format!("{hashed}, side by side"))
            }
        };
        timings
            .of_parts(&[("measure", self.measuring, measured), ("identity", self.hashing, hashed)]);
    }
}

fn signing_key(
    args: &CheckArgs,
    environment: &Environment,
) -> Result<(PrivateKey, KeyOrigin), Failure> {
    match &args.key {
        Some(path) => Ok((read_private_key(path)?, KeyOrigin::Given)),
        None => Ok((development_key(&environment.state_folder()?)?, KeyOrigin::LocalDevelopment)),
    }
}

/// Writes all files of the report or none; the signed envelope comes last.
fn write_report(
    folder: &Path,
    report: &Report,
    manifest: &str,
    key: &PrivateKey,
) -> Result<(), Failure> {
    let signed = sign(&report.statement(), std::slice::from_ref(key))
        .map_err(|error| Failure::new(ExitCode::Internal, error.to_string()))?;
    let details = report.details_document();
    let members: [Member<'_>; REPORT_FILES] = [
        Member { name: SUBJECT_NAME, content: Some(manifest.as_bytes()) },
        Member { name: DETAILS_NAME, content: Some(&details) },
        Member { name: BUNDLE_NAME, content: Some(&signed.bundle) },
        Member { name: ENVELOPE_NAME, content: Some(&signed.envelope) },
    ];
    Ok(replace_set(folder, &members)?)
}

fn print_report(
    report: &Report,
    args: &CheckArgs,
    environment: &Environment,
) -> Result<(), Failure> {
    let policy = args.policy.display().to_string();
    output::print(|out| match args.format {
        Format::Text => {
            let layout = render::terminal::Layout {
                width: Some(environment.width),
                charset: Charset::Unicode,
                policy_path: policy,
                passed_rows_max: passed_rows_max(report.predicate.verdict),
            };
            render::terminal::render(report, &layout, out)
        }
        Format::Json => render::json::render(report, out),
        Format::Markdown => render::markdown::render(report, &policy, out),
        Format::Junit => render::junit::render(report, &policy, out),
        Format::Github => render::github::render(report, &policy, out),
    })
}

fn said_where(args: &CheckArgs, origin: KeyOrigin) {
    output::say(&format!("report      {}", args.out.join(ENVELOPE_NAME).display()));
    if origin == KeyOrigin::LocalDevelopment {
        output::say("key         local-development (no keyring trusts it; give one with `--key`)");
    }
}

/// Documents of one report.
const REPORT_FILES: usize = 4;
/// Passed checks shown to a person, fewer beside checks that did not pass; the rest are counted.
fn passed_rows_max(verdict: Verdict) -> usize {
    if verdict == Verdict::Passed { 10 } else { 3 }
}
