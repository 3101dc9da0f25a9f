//! `driftgate passport show`

use std::io::{self, Write};

use serde_json::{Value, json};

use super::passport::believed;
use crate::cli::failure::Failure;
use crate::cli::output::print;
use crate::cli::promotion::{bar, evidence, names, passport};
use crate::cli::promotion_args::PassportShowArgs;
use crate::cli::registry_access::Access;
use crate::cli::registry_args::RegistryFormat;
use crate::cli::revoked;
use crate::identity::Sha256Digest;
use crate::lineage::{SameFiles, files_revoked_document};
use crate::registry::passport::ArtifactIdentity;
use crate::registry::state::{Request, Revocation};
use crate::registry::{Bar, Passport, State};
use crate::report::Count;
use crate::verdict::number::noun;
use crate::verdict::text;
use crate::verification::{Refusal, VerifiedReport};

/// What is known of a version.
struct Known<'a> {
    passport: Passport,
    digest: Sha256Digest,
    reports: Vec<(Sha256Digest, Result<VerifiedReport, Refusal>)>,
    requests: Vec<(Sha256Digest, &'a Request)>,
    state: &'a State,
    revocation: Option<&'a Revocation>,
    bar: Option<Bar<'a>>,
}

pub(super) fn show(args: &PassportShowArgs) -> Result<(), Failure> {
    let access = Access::of(&args.registry)?;
    let (model, version) = (&args.of.model, &args.of.version);
    let (passport, digest) = passport(&access, model, version)?;
    let reports = evidence(&access, &args.of)?.into_iter().map(|evidence| {
        let report = believed(&access, &evidence.envelope);
        (evidence.digest, report)
    });
    let state = access.replayed.state();
    let about = |request: &Request| request.model == *model && request.version == *version;
    let requests = state.requests().iter().filter(|(_, request)| about(request));
    let known = Known {
        passport,
        digest,
        reports: reports.collect(),
        requests: requests.map(|(&digest, request)| (digest, request)).collect(),
        state,
        revocation: state.revocation(model, version),
        bar: bar(&access, model, version)?,
    };
    match args.format {
        RegistryFormat::Json => print(|out| writeln!(out, "{:#}", known.document())),
        RegistryFormat::Text => print(|out| known.write(out)),
    }
}

impl Known<'_> {
    fn document(&self) -> Value {
        let reports: Vec<Value> = self
            .reports
            .iter()
            .map(|(digest, report)| match report {
                Ok(report) => json!({
                    "report": digest, "verdict": report.verdict(),
                    "gates": report.predicate().gates.iter().map(|gate| {
                        json!({ "name": gate.name, "verdict": gate.verdict, "message": gate.message })
                    }).collect::<Vec<_>>(),
                }),
                Err(refusal) => json!({ "report": digest, "refused": refusal.code() }),
            })
            .collect();
        let requests: Vec<Value> = self
            .requests
            .iter()
            .map(|(digest, request)| {
                json!({
                    "request": digest, "environment": request.environment,
                    "state": request.state.word(), "by": request.by,
                    "approvals": request.approvals.iter().map(|approval| {
                        json!({ "by": approval.by, "role": approval.role, "comment": approval.comment })
                    }).collect::<Vec<_>>(),
                })
            })
            .collect();
        let files = self.bar.and_then(|bar| SameFiles::of(self.state, bar));
        json!({
            "digest": self.digest, "passport": self.passport, "reports": reports,
            "requests": requests, "revocation": revoked::document(self.state, self.revocation),
            "filesRevokedAs": files_revoked_document(&Ok(files)),
        })
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self { passport, digest, .. } = self;
        writeln!(out, "passport  {}@{}  {digest}", passport.model, passport.version)?;
        match (self.revocation, self.bar) {
            (Some(revocation), _) => writeln!(out, "revoked   {}", revoked::line(revocation))?,
            (None, Some(bar)) => writeln!(out, "revoked   {bar}")?,
            (None, None) => {}
        }
        self.write_parts(out)?;
        for (digest, report) in &self.reports {
            match report {
                Ok(report) => {
                    writeln!(out, "report    {digest}  {}", report.verdict())?;
                    for gate in &report.predicate().gates {
                        let message = text::phrase(&gate.message);
                        writeln!(out, "  {:<14} {}: {message}", gate.name, gate.verdict)?;
                    }
                }
                Err(refusal) => writeln!(out, "report    {digest}  refused: {}", refusal.code())?,
            }
        }
        for (digest, request) in &self.requests {
            let (environment, state) = (&request.environment, request.state.word());
            writeln!(out, "request   {digest}  {environment}: {state}")?;
            for approval in &request.approvals {
                let comment = text::phrase(approval.comment.as_ref());
                writeln!(out, "  {} as {}: {comment}", names(&approval.by), approval.role)?;
            }
        }
        Ok(())
    }

    /// What the version is made of.
    fn write_parts(&self, out: &mut dyn Write) -> io::Result<()> {
        let passport = &self.passport;
        let ArtifactIdentity { id, files: Count(files), bytes: Count(bytes), .. } =
            passport.artifact;
        let (file, byte) = (noun(files, "file"), noun(bytes, "byte"));
        writeln!(out, "model     {id}  {files} {file}, {bytes} {byte}")?;
        if let Some(code) = &passport.code {
            writeln!(out, "code      {}", text::name(&code.commit))?;
        }
        for (name, data) in &passport.data {
            writeln!(out, "data      {name} {}", data.snapshot_id)?;
        }
        let parts = [
            ("features", passport.features),
            ("config", passport.config),
            ("capture", passport.environment),
        ];
        for (name, digest) in parts {
            if let Some(digest) = digest {
                writeln!(out, "{name:<9} {digest}")?;
            }
        }
        Ok(())
    }
}
