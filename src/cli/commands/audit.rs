//! `driftgate audit`

use serde_json::json;

use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::print;
use crate::cli::registry_access::{anchor, keep_pin, pins};
use crate::cli::registry_args::{AuditArgs, RegistryArgs, RegistryFormat};
use crate::registry::{Audit, AuditFault, Pin, Registry, RegistryError, audit};
use crate::verdict::text;

pub(in crate::cli) fn run(args: &AuditArgs) -> Result<ExitCode, Failure> {
    let registry = Registry::open(&args.registry.registry)?;
    let anchor = anchor(&args.registry)?;
    let found = audit(&registry, &anchor, &pins(&args.registry)?).map_err(RegistryError::from)?;
    match args.format {
        RegistryFormat::Text => print_text(&found, &args.registry)?,
        RegistryFormat::Json => {
            let document = document(&found);
            print(|out| writeln!(out, "{document:#}"))?;
        }
    }
    if let (true, Some(head)) = (found.is_sound(), found.head) {
        keep_pin(&args.registry, &Pin { registry: found.registry, head })?;
        return Ok(ExitCode::Passed);
    }
    Err(failure(&found))
}

fn print_text(found: &Audit, args: &RegistryArgs) -> Result<(), Failure> {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "none".to_owned());
    let trusting = match &args.keyring {
        Some(path) => text::printable(&path.display().to_string()),
        None => "the keyring that the registry was founded with; `--keyring` names yours".into(),
    };
    print(|out| {
        writeln!(out, "registry   {}", or_none(found.registry.map(|id| id.to_string())))?;
        writeln!(out, "trusting   {trusting}")?;
        writeln!(out, "events     {}", found.events)?;
        writeln!(out, "head       {}", or_none(found.head.map(|head| head.to_string())))?;
        let harmless = if found.unused == 0 { "" } else { HARMLESS };
        writeln!(out, "objects    {}, of no event: {}{harmless}", found.objects, found.unused)?;
        writeln!(out, "leftovers  {}", found.leftovers)?;
        for fault in &found.faults {
            writeln!(out, "FAULT      {}", sentence(fault))?;
        }
        let listed = found.faults.len() as u64;
        if found.faults_found > listed {
            writeln!(out, "           and {} more", found.faults_found - listed)?;
        }
        match found.first_bad_event() {
            None if found.is_sound() => writeln!(out, "SOUND"),
            None => writeln!(out, "UNSOUND"),
            Some(seq) => writeln!(out, "UNSOUND    the first bad event is {seq}"),
        }
    })
}

fn sentence(fault: &AuditFault) -> String {
    let AuditFault { event, place, code, message } = fault;
    let event = event.map_or(String::new(), |seq| format!("event {seq}, "));
    format!("{event}{}: {code}: {}", text::printable(place), text::printable(message))
}

fn document(found: &Audit) -> serde_json::Value {
    let faults: Vec<_> = found
        .faults
        .iter()
        .map(|fault| {
            json!({
                "event": fault.event,
                "place": fault.place,
                "code": fault.code,
                "message": fault.message,
            })
        })
        .collect();
    json!({
        "sound": found.is_sound(),
        "registry": found.registry,
        "head": found.head,
        "events": found.events,
        "objects": found.objects,
        "unusedObjects": found.unused,
        "leftovers": found.leftovers,
        "firstBadEvent": found.first_bad_event(),
        "faults": faults,
        "faultsFound": found.faults_found,
    })
}

fn failure(found: &Audit) -> Failure {
    let storage = found.faults.iter().all(|fault| fault.code == "E_STORAGE");
    let code = if storage { ExitCode::Unreadable } else { ExitCode::Refused };
    let first = found.first_bad_event();
    let of_first = found.faults.iter().find(|fault| fault.event == first);
    let told = of_first.or(found.faults.first()).map(sentence).unwrap_or_default();
    Failure::new(code, format!("the registry is not sound: {told}"))
}

/// What objects of no event are: no fault.
const HARMLESS: &str = " (harmless: left by who did not come to write the event)";
