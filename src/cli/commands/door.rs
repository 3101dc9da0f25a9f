//! `driftgate door`

use std::collections::BTreeSet;

use serde_json::json;

use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::held;
use crate::cli::output::{print, say};
use crate::cli::promotion::{Examined, InForce, evidence, object, others, passport, void};
use crate::cli::promotion_args::DoorArgs;
use crate::cli::registry_access::Access;
use crate::cli::registry_args::RegistryFormat;
use crate::registry::Replayed;
use crate::registry::door::{Asked, Case, Checklist, Item, Standing, Void, examine};
use crate::registry::request::RequestDocument;

pub(in crate::cli) fn run(args: &DoorArgs, environment: &Environment) -> Result<ExitCode, Failure> {
    let access = Access::of(&args.registry)?;
    let in_force = InForce::of(&access)?;
    let door = in_force.door(&access, &args.environment)?;
    let (passport, _) = passport(&access, &args.model.model, &args.model.version)?;
    let others = others(&access, &passport, &args.environment, door)?;
    // The newest request for this door, so that approvals show.
    let of_door = |request: &&_| -> bool {
        let crate::registry::state::Request { model, version, environment, .. } = *request;
        (model, version, environment) == (&args.model.model, &args.model.version, &args.environment)
    };
    let open = access.replayed.state().open_requests();
    let asked = open.filter(|(_, request)| of_door(request)).max_by_key(|(_, r)| r.step.seq());
    let document = match asked {
        Some((digest, _)) => RequestDocument::read(&object(&access, digest)?).ok(),
        None => None,
    };
    let examined = Examined {
        in_force: &in_force,
        door,
        environment: &args.environment,
        passport: &passport,
        others,
        nonce: document.as_ref().map(|document| document.nonce.as_str()),
        now: environment.now(),
    };
    let case = examined.case(&access.replayed);
    let reports = evidence(&access, &args.model)?;
    let void = match asked {
        Some((digest, request)) => void(&access, digest, request, environment.now())?,
        None => Void::new(),
    };
    let asked = document.as_ref().zip(asked);
    let asked = asked.map(|(document, (_, request))| Asked { document, request, void: &void });
    let (checklist, _) = examine(&case, &reports, asked.as_ref());
    show(&checklist, args)?;
    let codes: BTreeSet<&str> = checklist.missing().map(|(_, code)| code).collect();
    for hint in codes.iter().filter_map(|code| hint(&access.replayed, &case, code)) {
        say(&format!("hint: {hint}"));
    }
    Ok(if checklist.is_open() { ExitCode::Passed } else { ExitCode::Failed })
}

fn show(checklist: &Checklist, args: &DoorArgs) -> Result<(), Failure> {
    let state = if checklist.is_open() { "open" } else { "closed" };
    let (environment, model, version) = (&args.environment, &args.model.model, &args.model.version);
    match args.format {
        RegistryFormat::Json => {
            let document = json!({
                "environment": environment, "model": model, "version": version, "door": state,
                "items": checklist.items,
            });
            print(|out| writeln!(out, "{document:#}"))
        }
        RegistryFormat::Text => print(|out| {
            writeln!(out, "door {environment} for {model}@{version}: {state}\n")?;
            lines(checklist, out)
        }),
    }
}

/// Why a door is closed, as a refusal: the first demand that is not met, and what to do about it.
pub(super) fn closed(
    replayed: &Replayed,
    case: &Case<'_>,
    item: &Item,
    code: &'static str,
) -> Failure {
    let message = format!("{code}: {}: {}", item.demand, item.said);
    let failure = Failure::new(ExitCode::Refused, message);
    match hint(replayed, case, code) {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// What to do about a demand that is not met, where that is another command's.
fn hint(replayed: &Replayed, case: &Case<'_>, code: &str) -> Option<String> {
    match code {
        "E_REVOKED" => Some(format!(
            "a revocation is for good, so that nothing opens this door to {}: promote another version",
            case.passport.version
        )),
        // What else is missing would be brought in vain.
        _ if case.others.bar.is_some() => None,
        "E_POLICY" => Some(
            "another policy is in force since: `driftgate check` by it, `passport add`, and ask again"
                .to_owned(),
        ),
        "E_HOLD" => held::of_door(replayed, case),
        _ => None,
    }
}

/// A line for each demand: met or why not.
pub(super) fn lines(checklist: &Checklist, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    let width = checklist.items.iter().map(|item| item.demand.chars().count()).max().unwrap_or(0);
    for item in &checklist.items {
        let (mark, code) = match item.standing {
            Standing::Met => ("[x]", String::new()),
            Standing::Missing { code } => ("[ ]", format!("{code}: ")),
        };
        writeln!(out, "{mark} {:<width$}  {code}{}", item.demand, item.said)?;
    }
    Ok(())
}
