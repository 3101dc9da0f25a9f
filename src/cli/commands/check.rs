//! `driftgate check`

use crate::cli::args::{CheckArgs, Format, FurtherPredicate};
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::judge::{Judged, LoadedPolicy, Question, judge};
use crate::cli::signing_key::SigningKey;
use crate::cli::stable::Stable;
use crate::cli::timings::Timings;
use crate::cli::{input, output};
use crate::durable::{Member, replace_set};
use crate::gate::Verdict;
use crate::profile::Sampling;
use crate::report::render::{self, Charset};
use crate::report::{
    ARTIFACT_SUBJECT_NAME, DETAILS_NAME, KeyOrigin, Purpose, Report, SUBJECT_NAME,
    TEST_RESULT_BUNDLE_NAME, TEST_RESULT_NAME,
};
use crate::signing::sign;
use crate::signing::sign::{BUNDLE_NAME, ENVELOPE_NAME};

pub(in crate::cli) fn run(
    args: &CheckArgs,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let mut timings = Timings::start();
    let policy = LoadedPolicy::read(&args.policy)?;
    let stable = Stable::of(args, &policy)?;
    let reference = match &stable {
        Some(stable) => vec![stable.path.clone()],
        None => args.reference.clone(),
    };
    let read = [&reference[..], &args.candidate, &args.artifact].concat();
    input::confirm_outside(&args.out, &read)?;
    let (key, origin) = SigningKey::of(&args.signer, environment)?;
    let question = Question {
        reference: &reference,
        candidate: &args.candidate,
        artifact: &args.artifact,
        model: args.model.as_deref(),
        evidence: &args.evidence,
        selected: &args.gates,
        sampling: Sampling { positions_max: args.samples, values: args.show_values },
        at: environment.now(),
        purpose: Purpose { environment: args.env.clone(), request: args.request.clone() },
        key: Some(origin),
        read: &args.read,
        memory_said: args.timings || environment.watched,
        watched: environment.watched,
    };
    let judged = judge(&question, &policy, &mut timings)?;
    if let Some(stable) = &stable {
        stable.confirm(&judged.report)?;
    }
    write_report(args, &judged, &key)?;
    let Judged { report, same_snapshot, samples_missing, .. } = judged;
    timings.end("write", |_| "a signed report".to_owned());
    print_report(&report, args, environment)?;
    if let Some(note) = samples_missing {
        output::say(&note);
    }
    if args.format == Format::Text {
        if same_snapshot {
            output::say("note        both sides are the same snapshot: nothing can differ");
        }
        said_where(args, origin);
    }
    if args.timings {
        output::say(&timings.text());
    }
    Ok(report.predicate.verdict.into())
}

/// Writes all files of the report or none; the signed envelope comes last.
fn write_report(args: &CheckArgs, judged: &Judged, key: &SigningKey) -> Result<(), Failure> {
    let report = &judged.report;
    let signed_by_key = |statement: &[u8]| {
        let signed = sign(statement, std::slice::from_ref(key));
        signed.map_err(|error| Failure::new(ExitCode::Unreadable, error.to_string()))
    };
    let signed = signed_by_key(&report.statement())?;
    let asked = args.predicate.map(|FurtherPredicate::TestResult| report.test_result_statement());
    let test_result = asked.map(|statement| signed_by_key(&statement)).transpose()?;
    let test_result = test_result.as_ref();
    let details = report.details_document();
    // A test result that an earlier check left would be about another report.
    let [test_bundle, test_envelope] =
        [test_result.map(|two| &*two.bundle), test_result.map(|two| &*two.envelope)];
    let members: [Member<'_>; REPORT_FILES] = [
        Member { name: SUBJECT_NAME, content: judged.manifest.as_deref().map(str::as_bytes) },
        Member {
            name: ARTIFACT_SUBJECT_NAME,
            content: judged.artifact_manifest.as_deref().map(str::as_bytes),
        },
        Member { name: DETAILS_NAME, content: Some(&details) },
        Member { name: TEST_RESULT_BUNDLE_NAME, content: test_bundle },
        Member { name: TEST_RESULT_NAME, content: test_envelope },
        Member { name: BUNDLE_NAME, content: Some(&signed.bundle) },
        Member { name: ENVELOPE_NAME, content: Some(&signed.envelope) },
    ];
    Ok(replace_set(&args.out, &members)?)
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
const REPORT_FILES: usize = 7;
/// Passed checks shown to a person, fewer beside checks that did not pass; the rest are counted.
fn passed_rows_max(verdict: Verdict) -> usize {
    if verdict == Verdict::Passed { 10 } else { 3 }
}
