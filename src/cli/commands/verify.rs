//! `driftgate verify`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::cli::args::VerifyArgs;
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::input;
use crate::cli::steps::{Steps, Stopped};
use crate::clock::Timestamp;
use crate::gate::number::{duration, exact};
use crate::gate::text;
use crate::identity::{DigestAlgorithm, Sha256Digest};
use crate::policy::{POLICY_BYTES_MAX, parse};
use crate::report::{DETAILS_NAME, SUBJECT_NAME};
use crate::scan::{Load, Pool, ScanError};
use crate::signing::envelope::ENVELOPE_BYTES_MAX;
use crate::signing::sign::{BUNDLE_NAME, ENVELOPE_NAME};
use crate::signing::{KeyId, TrustedKeys, read_public_key, verify};
use crate::snapshot::{Listing, Manifest, StableFile, hash_file};
use crate::verification::{Refusal, SignedReport, VerifiedReport};

pub(in crate::cli) fn run(
    args: &VerifyArgs,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let mut steps = Steps::default();
    match accept(args, environment, &mut steps) {
        Ok(report) => {
            steps.print_accepted(&report, args.format)?;
            Ok(report.verdict().into())
        }
        Err(Stopped::Refused(refusal)) => {
            steps.print_refused(&refusal, args.format)?;
            let message = format!("{}: {refusal}", refusal.code());
            let failure = Failure::new(ExitCode::Refused, message);
            Err(match hint(&refusal, args) {
                Some(hint) => failure.hint(hint),
                None => failure,
            })
        }
        Err(Stopped::Failed(failure)) => Err(failure),
    }
}

/// Every step in order: what lies in the report first, the data last, since hashing takes longest.
fn accept(
    args: &VerifyArgs,
    environment: &Environment,
    steps: &mut Steps,
) -> Result<VerifiedReport, Stopped> {
    let path = envelope_path(&args.report);
    let envelope = input::read_small(&path, ENVELOPE_BYTES_MAX.0, ExitCode::Unreadable)?;
    let keys = Keys::read(&args.keys)?;
    let verified = verify(&envelope, &keys.trusted, args.threshold);
    let payload = steps.take("signature", verified.map_err(Refusal::from))?;
    steps.passed(format!("by {}", keys.names(payload.signers())));

    let signed = steps.take("statement", SignedReport::read(&payload))?;
    steps.passed(format!("gate report on {}", signed.snapshot_id()));

    let report = steps.take("numbers", signed.redecide())?;
    steps.passed(redecided(&report));

    let expires =
        steps.take("validity", report.confirm_in_time(environment.now(), args.max_age))?;
    steps.passed(validity(&report, expires));

    let mut ignored = confirm_policy(args, &report, steps)?;
    ignored.extend_from_slice(&args.ignore);
    confirm_details(args, &path, &report, steps)?;
    confirm_snapshot(args, &path, &report, &ignored, steps)?;
    Ok(report)
}

/// The envelope itself, or the one in a folder that `check` wrote.
fn envelope_path(report: &Path) -> PathBuf {
    if report.is_dir() { report.join(ENVELOPE_NAME) } else { report.to_owned() }
}

/// Trusted keys, with the files they came from.
struct Keys {
    trusted: TrustedKeys,
    files: Vec<(KeyId, PathBuf)>,
}

impl Keys {
    fn read(paths: &[PathBuf]) -> Result<Self, Failure> {
        let mut keys = Vec::new();
        let mut files = Vec::new();
        for path in paths {
            let key = read_public_key(path).map_err(|error| {
                Failure::from(error).hint(
                    "a report is verified with public keys; `driftgate key show FILE` prints \
                     that of a private one",
                )
            })?;
            files.push((key.id(), path.clone()));
            keys.push(key);
        }
        Ok(Self { trusted: TrustedKeys::new(keys), files })
    }

    /// The files of the keys that signed.
    fn names(&self, signers: &BTreeSet<KeyId>) -> String {
        let signed = self.files.iter().filter(|(id, _)| signers.contains(id));
        let names: Vec<String> =
            signed.map(|(_, path)| text::printable(&path.display().to_string())).collect();
        names.join(", ")
    }
}

fn redecided(report: &VerifiedReport) -> String {
    let found = report.redecision();
    let (counts, numbers) = (exact(found.from_counts), exact(found.from_numbers));
    let told = exact(found.from_counts + found.from_numbers);
    let all = exact(found.checks);
    let mut said = format!(
        "{told} of {all} checks decided again ({counts} from counts, {numbers} from signed numbers)"
    );
    match found.from_words() {
        0 => {}
        1 => said += "; 1 has no number",
        more => said = format!("{said}; {} have no number", exact(more)),
    }
    said
}

fn validity(report: &VerifiedReport, expires: Option<Timestamp>) -> String {
    let made = Timestamp::parse_rfc3339(&report.predicate().evaluated_at);
    let Some((expires, made)) = expires.zip(made) else {
        return "the report names no end".to_owned();
    };
    let seconds = expires.unix_seconds().saturating_sub(made.unix_seconds());
    format!("used within {} of the check", duration(seconds.max(0).unsigned_abs()))
}

/// Holds the report to a policy; gives the files that it ignores in snapshots.
fn confirm_policy(
    args: &VerifyArgs,
    report: &VerifiedReport,
    steps: &mut Steps,
) -> Result<Vec<String>, Stopped> {
    let Some(path) = &args.policy else {
        steps.skipped("policy", "not compared; `--policy FILE` does".to_owned());
        return Ok(Vec::new());
    };
    let bytes = input::read_small(path, POLICY_BYTES_MAX as u64, ExitCode::Usage)?;
    steps.take("policy", report.confirm_policy_digest(Sha256Digest::of(&bytes)))?;
    let policy = parse(&path.display().to_string(), &bytes).map_err(Failure::from)?;
    let limits = steps.take("policy", report.confirm_policy_rules(&policy))?;
    let name = text::name(&policy.name);
    steps.passed(format!("{name}: same bytes, same gates and waivers, {} limits", exact(limits)));
    Ok(policy.ignored_files)
}

fn confirm_details(
    args: &VerifyArgs,
    envelope: &Path,
    report: &VerifiedReport,
    steps: &mut Steps,
) -> Result<(), Stopped> {
    let beside = envelope.with_file_name(DETAILS_NAME);
    let path = match &args.details {
        Some(path) => path,
        None if beside.is_file() => &beside,
        None => {
            steps.skipped("details", format!("no {DETAILS_NAME} beside the report"));
            return Ok(());
        }
    };
    let bytes = input::read_small(path, DETAILS_BYTES_MAX, ExitCode::Unreadable)?;
    steps.take("details", report.confirm_details(&bytes))?;
    steps.passed("those that the report names".to_owned());
    Ok(())
}

fn confirm_snapshot(
    args: &VerifyArgs,
    envelope: &Path,
    report: &VerifiedReport,
    ignored: &[String],
    steps: &mut Steps,
) -> Result<(), Stopped> {
    if args.snapshot.is_empty() {
        steps.skipped("snapshot", "not compared; `--snapshot PATH` does".to_owned());
        return Ok(());
    }
    let listing = input::list(&args.snapshot, ignored)?;
    let pool = Pool::new(0, 0).map_err(Failure::from)?;
    let mut found = vec![manifest_of(&listing, DigestAlgorithm::Sha256, &pool)?];
    if found[0].id() != report.snapshot_id() {
        found.push(manifest_of(&listing, DigestAlgorithm::Blake3, &pool)?);
    }
    let recorded = envelope.with_file_name(SUBJECT_NAME);
    let recorded = input::read_small(&recorded, MANIFEST_BYTES_MAX, ExitCode::Unreadable).ok();
    steps.take("snapshot", report.confirm_snapshot(&found, recorded.as_deref()))?;
    let files = listing.files.len() as u64;
    let noun = if files == 1 { "file hashes" } else { "files hash" };
    steps.passed(format!("{} {noun} to the subject", exact(files)));
    Ok(())
}

/// The manifest of files as they are now; that they are sound Parquet is no question here.
fn manifest_of(
    listing: &Listing,
    algorithm: DigestAlgorithm,
    pool: &Pool,
) -> Result<Manifest, Failure> {
    let digests = pool.within_memory(
        &listing.files,
        |file| Load { memory: 0, work: file.bytes.0 },
        |file| {
            let opened = StableFile::open(&file.path)?;
            let digest = hash_file(&opened, algorithm)?;
            opened.verify_unchanged()?;
            Ok::<_, ScanError>((file.relative.clone(), digest))
        },
    )?;
    Ok(Manifest::new(algorithm, digests).map_err(ScanError::from)?)
}

/// What to do about a refusal.
fn hint(refusal: &Refusal, args: &VerifyArgs) -> Option<String> {
    let bundle = args.report.file_name().is_some_and(|name| name == BUNDLE_NAME);
    Some(match refusal.code() {
        "E_JSON" if bundle => format!(
            "{BUNDLE_NAME} is for cosign; verify {ENVELOPE_NAME}, which is written beside it"
        ),
        "E_KEY" => "give the public key of whoever ran the check; `driftgate key show` names \
                    keys by their ID"
            .to_owned(),
        "E_SIGNATURE" => {
            "the report was changed after it was signed, or another key signed it".to_owned()
        }
        "E_NUMBER" | "E_VERDICT" => {
            "whoever holds the key signed a report that driftgate does not make: do not trust the \
             key until you know why"
                .to_owned()
        }
        "E_EXPIRED" => "run the check again".to_owned(),
        "E_FUTURE" => {
            "set the clock of this machine right, or that of the one that ran the check".to_owned()
        }
        "E_SNAPSHOT" if matches!(refusal, Refusal::Snapshot { files, .. } if files.is_empty()) => {
            format!("with {SUBJECT_NAME} beside the report, the files that differ are named")
        }
        "E_STATEMENT" => "verify with the version of driftgate that made it".to_owned(),
        _ => return None,
    })
}

/// Details of thousands of columns with a hundred thousand categories each stay below.
const DETAILS_BYTES_MAX: u64 = 1 << 30;

/// A line for each of ten million files.
const MANIFEST_BYTES_MAX: u64 = 1 << 30;
