//! `driftgate check`

use std::path::Path;

use crate::cli::args::{CheckArgs, Format};
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::judge::{Judged, LoadedPolicy, Question, judge};
use crate::cli::signing_key::SigningKey;
use crate::cli::timings::Timings;
use crate::cli::{input, output};
use crate::durable::{Member, replace_set};
use crate::gate::Verdict;
use crate::profile::Sampling;
use crate::report::render::{self, Charset};
use crate::report::{DETAILS_NAME, KeyOrigin, Purpose, Report, SUBJECT_NAME};
use crate::signing::sign;
use crate::signing::sign::{BUNDLE_NAME, ENVELOPE_NAME};

pub(in crate::cli) fn run(
    args: &CheckArgs,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let mut timings = Timings::start();
    let policy = LoadedPolicy::read(&args.policy)?;
    input::confirm_outside(&args.out, &[args.reference.clone(), args.candidate.clone()].concat())?;
    let (key, origin) = SigningKey::of(args, environment)?;
    let question = Question {
        reference: &args.reference,
        candidate: &args.candidate,
        sampling: Sampling { positions_max: args.samples, values: args.show_values },
        at: environment.now(),
        purpose: Purpose { environment: args.env.clone(), request: args.request.clone() },
        key: Some(origin),
        read: &args.read,
        memory_said: args.timings || environment.watched,
        watched: environment.watched,
    };
    let Judged { report, manifest, same_snapshot, samples_missing } =
        judge(&question, &policy, &mut timings)?;
    write_report(&args.out, &report, &manifest, &key)?;
    timings.end("write", |_| format!("{REPORT_FILES} documents"));
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
fn write_report(
    folder: &Path,
    report: &Report,
    manifest: &str,
    key: &SigningKey,
) -> Result<(), Failure> {
    let signed = sign(&report.statement(), std::slice::from_ref(key))
        .map_err(|error| Failure::new(ExitCode::Unreadable, error.to_string()))?;
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
