//! `driftgate passport`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::passport_show::show;
use crate::cli::artifact::{Artifact, manifest_of};
use crate::cli::environment::Environment;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::input::{self, read_small};
use crate::cli::output::{print, say};
use crate::cli::promotion::passport;
use crate::cli::promotion_args::{
    PassportAddArgs, PassportCommand, PassportExportArgs, PassportNewArgs,
};
use crate::cli::registry_access::{Access, signer};
use crate::durable;
use crate::identity::{DigestAlgorithm, Sha256Digest};
use crate::lineage::{Dossier, cyclonedx};
use crate::registry::passport::{
    ArtifactIdentity, CodeIdentity, DataIdentity, Passport, SCHEMA_VERSION,
};
use crate::registry::{Bars, EventBody, Replayed};
use crate::scan::Pool;
use crate::signing::envelope::ENVELOPE_BYTES_MAX;
use crate::signing::sign::ENVELOPE_NAME;
use crate::signing::verify;
use crate::verification::{Refusal, SignedReport, VerifiedReport};

pub(in crate::cli) fn run(
    command: &PassportCommand,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    match command {
        PassportCommand::New(args) => new(args, environment)?,
        PassportCommand::Add(args) => add(args, environment)?,
        PassportCommand::Show(args) => show(args)?,
        PassportCommand::Export(args) => export(args)?,
    }
    Ok(ExitCode::Passed)
}

fn new(args: &PassportNewArgs, environment: &Environment) -> Result<(), Failure> {
    let signer = signer(&args.signer, environment)?;
    let mut access = Access::of(&args.registry)?;
    let pool = Pool::new(0, 0)?;
    let artifact = Artifact::read(&args.artifact, None, &pool)?;
    let location = |paths: &[String]| match paths {
        [path] => Some(path.clone()),
        _ => None,
    };
    let mut data = BTreeMap::new();
    for named in &args.data {
        let listing = input::list(std::slice::from_ref(&named.path), &args.ignore)?;
        let manifest = manifest_of(&listing, DigestAlgorithm::Sha256, &pool)?;
        let location = Some(named.path.clone());
        let identity = DataIdentity { snapshot_id: manifest.id(), location };
        if data.insert(named.name.clone(), identity).is_some() {
            let message = format!("the data `{}` are named twice", named.name);
            return Err(Failure::new(ExitCode::Usage, message));
        }
    }
    let mut objects = Vec::new();
    let mut object = |path: &Option<PathBuf>| part(path.as_deref(), &mut objects);
    let passport = Passport {
        schema_version: SCHEMA_VERSION,
        model: args.of.model.clone(),
        version: args.of.version.clone(),
        made_at: environment.now(),
        artifact: ArtifactIdentity {
            id: artifact.manifest.id(),
            files: artifact.document.files,
            bytes: artifact.document.bytes,
            location: location(&args.artifact),
        },
        code: args.commit.as_ref().map(|commit| CodeIdentity {
            commit: commit.clone(),
            repository: args.repository.clone(),
        }),
        data,
        features: object(&args.features)?,
        config: object(&args.config)?,
        environment: object(&args.capture)?,
    };
    objects.push(passport.to_json());
    let digest = Sha256Digest::of(&passport.to_json());
    let body = EventBody::Registered {
        model: args.of.model.clone(),
        version: args.of.version.clone(),
        passport: digest,
    };
    let bars = Bars::of(access.registry.objects(), access.replayed.state())?;
    let bar = bars.against(&passport).map(|bar| bar.to_string());
    let event = access.append(&signer, environment, |replayed| {
        confirm_new(replayed, args)?;
        Ok((body.clone(), objects.clone()))
    })?;
    print(|out| {
        writeln!(out, "passport  {digest}")?;
        writeln!(out, "model     {}", passport.artifact.id)?;
        for (name, data) in &passport.data {
            writeln!(out, "data      {name} {}", data.snapshot_id)?;
        }
        writeln!(out, "event     {}", event.reference())
    })?;
    let of = &args.of;
    if let Some(bar) = bar {
        say(&format!("warning: {}@{} {bar}; no door opens for it", of.model, of.version));
    }
    Ok(())
}

/// A version is registered once: other files are another version.
fn confirm_new(replayed: &Replayed, args: &PassportNewArgs) -> Result<(), Failure> {
    let (model, version) = (&args.of.model, &args.of.version);
    let Some(known) = replayed.state().version(model, version) else { return Ok(()) };
    let since = known.registered.seq();
    let message = format!("`{model}@{version}` was registered in event {since}");
    Err(Failure::new(ExitCode::Refused, format!("E_STATE: {message}"))
        .hint("what is made of other parts is another version"))
}

/// A file that is to be an object.
fn part(path: Option<&Path>, objects: &mut Vec<Vec<u8>>) -> Result<Option<Sha256Digest>, Failure> {
    let Some(path) = path else { return Ok(None) };
    let bytes = read_small(path, PART_BYTES_MAX, ExitCode::Unreadable)?;
    let digest = Sha256Digest::of(&bytes);
    objects.push(bytes);
    Ok(Some(digest))
}

fn add(args: &PassportAddArgs, environment: &Environment) -> Result<(), Failure> {
    let signer = signer(&args.signer, environment)?;
    let mut access = Access::of(&args.registry)?;
    let (passport, _) = passport(&access, &args.of.model, &args.of.version)?;
    for path in &args.reports {
        let path = if path.is_dir() { path.join(ENVELOPE_NAME) } else { path.clone() };
        let envelope = read_small(&path, ENVELOPE_BYTES_MAX.0, ExitCode::Unreadable)?;
        let report = believed(&access, &envelope).map_err(|refusal| refused(&path, &refusal))?;
        if !passport.is_subject_of(report.predicate()) {
            let (id, of) = (report.snapshot_id(), &args.of);
            let message = format!(
                "E_SUBJECT: `{}`: the report is about `{id}`, which is none of `{}@{}`",
                path.display(),
                of.model,
                of.version
            );
            return Err(Failure::new(ExitCode::Refused, message).hint(
                "name the data with `passport new --data`, or check the version's own files",
            ));
        }
        let digest = Sha256Digest::of(&envelope);
        let gates = &report.predicate().gates;
        let gates = gates.iter().filter_map(|gate| gate.name.parse().ok()).collect();
        let body = EventBody::Reported {
            model: args.of.model.clone(),
            version: args.of.version.clone(),
            report: digest,
            report_id: report.predicate().report_id.parse().map_err(|_| {
                Failure::new(ExitCode::Refused, "E_REPORT_ID: the report's id is no digest")
            })?,
            gates,
        };
        let event =
            access.append(&signer, environment, |_| Ok((body.clone(), vec![envelope.clone()])))?;
        print(|out| {
            writeln!(out, "report    {digest}  {}", report.verdict())?;
            writeln!(out, "event     {}", event.reference())
        })?;
    }
    Ok(())
}

/// A report by its signature and its own numbers; whether it opens a door is for the door.
pub(super) fn believed(access: &Access, envelope: &[u8]) -> Result<VerifiedReport, Refusal> {
    let keys = access.replayed.keyring().keys();
    let payload = verify(envelope, &keys, std::num::NonZeroUsize::MIN)?;
    SignedReport::read(&payload)?.redecide()
}

fn refused(path: &Path, refusal: &Refusal) -> Failure {
    let message = format!("{}: `{}`: {refusal}", refusal.code(), path.display());
    let failure = Failure::new(ExitCode::Refused, message);
    match refusal.code() {
        "E_KEY" => failure.hint("sign reports with a key that the keyring in force knows"),
        _ => failure,
    }
}

fn export(args: &PassportExportArgs) -> Result<(), Failure> {
    let access = Access::of(&args.registry)?;
    let (model, version) = (&args.of.model, &args.of.version);
    let dossier = Dossier::gather(&access.registry, &access.replayed, model, version)?;
    let document = format!("{:#}\n", cyclonedx(&dossier));
    match &args.out {
        Some(path) => Ok(durable::replace(path, document.as_bytes())?),
        None => print(|out| write!(out, "{document}")),
    }
}

/// Most bytes of a file that a passport keeps: definitions, configurations, captures.
const PART_BYTES_MAX: u64 = 16 << 20;
