//! `driftgate lineage`

use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::lineage_args::{LineageArgs, LineageFormat};
use crate::cli::output::print;
use crate::cli::registry_access::Access;
use crate::cli::registry_failure::unregistered;
use crate::lineage::{Dossier, DossierError, dot, json, mermaid, openlineage, text};
use crate::registry::RegistryError;

pub(in crate::cli) fn run(args: &LineageArgs) -> Result<ExitCode, Failure> {
    let access = Access::of(&args.registry)?;
    let (model, version) = (&args.of.model, &args.of.version);
    let dossier = Dossier::gather(&access.registry, &access.replayed, model, version)?;
    print(|out| match args.format {
        LineageFormat::Text => write!(out, "{}", text(&dossier)),
        LineageFormat::Json => writeln!(out, "{:#}", json(&dossier)),
        LineageFormat::Mermaid => write!(out, "{}", mermaid(&dossier)),
        LineageFormat::Dot => write!(out, "{}", dot(&dossier)),
        LineageFormat::Openlineage => {
            openlineage(&dossier).iter().try_for_each(|event| writeln!(out, "{event}"))
        }
    })?;
    Ok(ExitCode::Passed)
}

impl From<DossierError> for Failure {
    fn from(error: DossierError) -> Self {
        match error {
            DossierError::Unknown { .. } => unregistered(&error),
            DossierError::Object(error) => RegistryError::from(error).into(),
            DossierError::Passport { .. } => {
                Self::new(ExitCode::Refused, format!("E_OBJECT: {error}"))
            }
        }
    }
}
