//! `driftgate verify`

use std::path::{Path, PathBuf};

use crate::cli::artifact::manifest_of;
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::input;
use crate::cli::judge::{LoadedPolicy, Question, judge};
use crate::cli::steps::{Steps, Stopped};
use crate::cli::timings::Timings;
use crate::cli::trust::{Trust, counted_names};
use crate::cli::trust_args::VerifyArgs;
use crate::clock::Timestamp;
use crate::gate::number::{counted, duration, exact};
use crate::identity::{DigestAlgorithm, Sha256Digest};
use crate::policy::parse;
use crate::profile::Sampling;
use crate::report::{ARTIFACT_SUBJECT_NAME, DETAILS_NAME, PREDICATE_TYPE, Purpose, SUBJECT_NAME};
use crate::scan::Pool;
use crate::signing::envelope::ENVELOPE_BYTES_MAX;
use crate::signing::keyring::Demand;
use crate::signing::sign::{BUNDLE_NAME, ENVELOPE_NAME};
use crate::snapshot::{Listing, ListingRules, Location};
use crate::verdict::text;
use crate::verification::{Refusal, SignedReport, VerifiedReport};
use crate::yaml::BYTES_MAX;

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
    let trust = Trust::read(args)?;
    let payload = steps.take("signature", trust.verify(&envelope, args.threshold))?;
    steps.passed(format!("by {}", trust.names(payload.signers())));

    let signed = steps.take("statement", SignedReport::read(&payload))?;
    steps.passed(format!("gate report on {}", signed.snapshot_id()));

    let report = steps.take("numbers", signed.redecide())?;
    steps.passed(redecided(&report));

    let expires =
        steps.take("validity", report.confirm_in_time(environment.now(), args.max_age))?;
    steps.passed(validity(&report, expires));
    confirm_purpose(args, &report, steps)?;
    if let Some(id) = args.reference_id {
        steps.take("reference", report.confirm_reference(id))?;
        steps.passed("the snapshot that was asked for".to_owned());
    }
    if let Trust::Keyring(keyring) = &trust {
        let demand = Demand {
            now: environment.now(),
            predicate: PREDICATE_TYPE,
            environment: args.env.as_deref(),
            role: args.role.as_deref(),
            identities: args.threshold,
        };
        let counted = steps.take("signers", report.confirm_signers(keyring, demand))?;
        steps.passed(counted_names(&counted));
    }

    let mut ignored = confirm_policy(args, &report, steps)?;
    ignored.extend_from_slice(&args.ignore);
    confirm_details(args, &path, &report, steps)?;
    confirm_snapshot(args, &path, &report, &ignored, steps)?;
    if args.recompute {
        confirm_recomputed(args, &report, steps)?;
    }
    Ok(report)
}

/// The envelope itself, or the one in a folder that `check` wrote.
fn envelope_path(report: &Path) -> PathBuf {
    if report.is_dir() { report.join(ENVELOPE_NAME) } else { report.to_owned() }
}

/// Holds the report to the environment and the request of whoever asks.
fn confirm_purpose(
    args: &VerifyArgs,
    report: &VerifiedReport,
    steps: &mut Steps,
) -> Result<(), Stopped> {
    let predicate = report.predicate();
    if let Some(environment) = &args.env {
        steps.take("for", report.confirm_environment(environment))?;
        steps.passed(format!("the environment `{environment}`"));
    } else if let Some(environment) = &predicate.environment {
        let environment = text::name(environment);
        steps.skipped("for", format!("the environment {environment}; `--env` compares it"));
    }
    if let Some(request) = &args.request {
        steps.take("answers", report.confirm_request(request))?;
        steps.passed(format!("the request `{request}`"));
    } else if let Some(request) = &predicate.request {
        let request = text::name(request);
        steps.skipped("answers", format!("the request {request}; `--request` compares it"));
    }
    Ok(())
}

fn redecided(report: &VerifiedReport) -> String {
    let found = report.redecision();
    let (counts, numbers) = (exact(found.from_counts), exact(found.from_numbers));
    let told = exact(found.from_counts + found.from_numbers);
    let all = counted(found.checks, "check");
    let mut said = format!(
        "{told} of {all} decided again ({counts} from counts, {numbers} from signed numbers)"
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
        let mut said = "not compared; `--policy FILE` does".to_owned();
        if !report.predicate().selected.is_empty() {
            let names = report.predicate().selected.iter().map(|name| text::name(name));
            let names = names.collect::<Vec<_>>().join(", ");
            said = format!("{said}; of its gates, the report is about {names} alone");
        }
        steps.skipped("policy", said);
        return Ok(Vec::new());
    };
    let bytes = input::read_small(path, BYTES_MAX as u64, ExitCode::Usage)?;
    steps.take("policy", report.confirm_policy_digest(Sha256Digest::of(&bytes)))?;
    let policy = parse(&path.display().to_string(), &bytes).map_err(Failure::from)?;
    let limits = steps.take("policy", report.confirm_policy_rules(&policy))?;
    steps.take("policy", report.confirm_selection(&args.gates))?;
    let (name, limits) = (text::name(&policy.name), counted(limits, "limit"));
    let selected = match &report.predicate().selected[..] {
        [] => "same gates".to_owned(),
        some => format!("{} of {}", some.len(), counted(policy.gates.len() as u64, "gate")),
    };
    steps.passed(format!("{name}: same bytes, {selected} and waivers, {limits}"));
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
    let listing = if report.predicate().candidate.is_some() {
        input::list(&args.snapshot, ignored)?
    } else {
        Listing::of(
            &Location::find(&args.snapshot).map_err(Failure::from)?,
            &ListingRules::anything(),
        )
        .map_err(Failure::from)?
    };
    let pool = Pool::new(0, 0).map_err(Failure::from)?;
    let mut found = vec![manifest_of(&listing, DigestAlgorithm::Sha256, &pool)?];
    if found[0].id() != report.snapshot_id() {
        found.push(manifest_of(&listing, DigestAlgorithm::Blake3, &pool)?);
    }
    let subject = match report.predicate().candidate {
        Some(_) => SUBJECT_NAME,
        None => ARTIFACT_SUBJECT_NAME,
    };
    let recorded = envelope.with_file_name(subject);
    let recorded = input::read_small(&recorded, MANIFEST_BYTES_MAX, ExitCode::Unreadable).ok();
    steps.take("snapshot", report.confirm_snapshot(&found, recorded.as_deref()))?;
    let files = listing.files.len() as u64;
    let noun = if files == 1 { "file hashes" } else { "files hash" };
    steps.passed(format!("{} {noun} to the subject", exact(files)));
    Ok(())
}

/// Runs the check again as the report says it was run.
fn confirm_recomputed(
    args: &VerifyArgs,
    report: &VerifiedReport,
    steps: &mut Steps,
) -> Result<(), Stopped> {
    let Some(policy) = &args.policy else { return Ok(()) };
    let predicate = report.predicate();
    let made = steps.take("again", report.made())?;
    let question = Question {
        reference: &args.reference,
        candidate: &args.candidate,
        artifact: &args.artifact,
        model: predicate.artifact.as_ref().and_then(|artifact| artifact.model.as_deref()),
        evidence: &args.evidence,
        selected: &predicate.selected,
        sampling: Sampling { positions_max: args.samples, values: args.show_values },
        at: made,
        purpose: Purpose {
            environment: predicate.environment.clone(),
            request: predicate.request.clone(),
        },
        key: predicate.key.map(|key| key.kind),
        read: &args.read,
        memory_said: false,
        watched: false,
    };
    let again = judge(&question, &LoadedPolicy::read(policy)?, &mut Timings::start())?;
    steps.take("again", report.confirm_recomputed(&again.report.predicate))?;
    steps.passed("the data give the same report, to the bit".to_owned());
    Ok(())
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
        "E_RECOMPUTE" => {
            "give the data, the policy, `--samples`, `--show-values`, `--limit` and `--digest` of the check, \
             and the version of driftgate that made the report"
                .to_owned()
        }
        "E_EXPIRED" => "run the check again".to_owned(),
        "E_SCOPE" if matches!(refusal, Refusal::Environment { found: None, .. }) => {
            "run the check with `--env`: a report for no environment opens no door".to_owned()
        }
        "E_REPLAY" => "run the check with `--request` and the nonce of this request".to_owned(),
        "E_KEY_REVOKED" | "E_KEY_TIME" => "run the check again with a key that counts".to_owned(),
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
