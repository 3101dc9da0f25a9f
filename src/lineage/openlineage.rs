//! OpenLineage run events, version 2-0-2 (<https://openlineage.io/spec/2-0-2/OpenLineage.json>).

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::dossier::{Dossier, Ran, Report, ReportFacts, Request};
use super::graph::line;
use super::identifier::uuid_of;
use super::revoked::Revoked;
use super::same_files::SameFiles;
use crate::clock::Timestamp;
use crate::registry::event::EventReference;
use crate::registry::passport::DataIdentity;
use crate::registry::state::Dated;
use crate::verdict::Verdict;

/// What happened to the version as run events in the order of the ledger: the training that made
/// it, each report, each request until it was granted or rejected, each rollback to it, its revocation or
/// that of its files.
///
/// Only the end of a training is known, so it has no `START`. Times are those that are believed. Runs
/// have identifiers that follow from the events: a consumer that is told twice can tell.
#[must_use]
pub fn openlineage(dossier: &Dossier) -> Vec<Value> {
    let teller = Teller { dossier };
    let mut events = vec![(dossier.registered.event, teller.training())];
    events.extend(dossier.reports.iter().filter_map(|report| {
        let facts = report.facts.as_ref().ok()?;
        Some((report.event, teller.report(report, facts)))
    }));
    for request in &dossier.requests {
        events.push((request.asked.event, teller.request(request, "START", request.asked)));
        if let (word, Some(ended)) = request.state {
            let kind = if word == "promoted" { "COMPLETE" } else { "ABORT" };
            events.push((ended.event, teller.request(request, kind, ended)));
        }
    }
    let back = dossier.ran.iter().filter(|ran| ran.request.is_none());
    events.extend(back.map(|ran| (ran.since.event, teller.rollback(ran))));
    let revoked = dossier.revoked.iter();
    events.extend(revoked.map(|revoked| (revoked.since.event, teller.revocation(revoked))));
    let files = dossier.files_revoked.iter().flatten();
    events.extend(files.map(|same| teller.files_revocation(same)));
    events.sort_by_key(|(event, _)| *event);
    events.into_iter().map(|(_, value)| value).collect()
}

struct Teller<'d> {
    dossier: &'d Dossier,
}

impl Teller<'_> {
    fn training(&self) -> Value {
        let passport = &self.dossier.passport;
        let run = uuid_of(&["training", &self.dossier.passport_digest.to_string()]);
        let inputs: Vec<Value> =
            passport.data.iter().map(|(name, data)| self.data(name, data)).collect();
        let mut event = self.event("COMPLETE", passport.made_at, &run, "train", &inputs);
        event["outputs"] = json!([self.model()]);
        if let Some(code) = &passport.code
            && let Some(repository) = &code.repository
            && let Some(url) = address(repository)
        {
            let facet = facet("1-1-0/SourceCodeLocationJobFacet");
            let location = json!({
                "type": "git",
                "url": url,
                "repoUrl": line(repository),
                "version": line(&code.commit),
            });
            event["job"]["facets"] = json!({"sourceCodeLocation": joined(facet, location)});
        }
        event
    }

    fn report(&self, report: &Report, facts: &ReportFacts) -> Value {
        let run = uuid_of(&["report", &report.digest.to_string()]);
        let passport = &self.dossier.passport;
        let mut data = passport.data.iter();
        let judged = data.find(|(_, data)| {
            facts.candidate.as_deref() == Some(data.snapshot_id.to_string().as_str())
        });
        let mut input = judged.map_or_else(|| self.model(), |(name, data)| self.data(name, data));
        let assertions: Vec<Value> = facts
            .gates
            .iter()
            .map(|gate| {
                let mut assertion = json!({
                    "assertion": line(&gate.kind),
                    "name": line(&gate.name),
                    "description": line(&gate.message),
                    "success": gate.verdict == Verdict::Passed,
                });
                if gate.verdict != Verdict::Passed {
                    let severity = if gate.verdict.opens_door() { "warn" } else { "error" };
                    assertion["severity"] = severity.into();
                }
                assertion
            })
            .collect();
        let facet = facet("1-1-0/DataQualityAssertionsDatasetFacet");
        let facet = joined(facet, json!({"assertions": assertions}));
        input["inputFacets"] = json!({"dataQualityAssertions": facet});
        // A check that says no has done its work; what it said is in the facet.
        self.event("COMPLETE", facts.made, &run, "check", &[input])
    }

    fn request(&self, request: &Request, kind: &str, at: Dated) -> Value {
        let run = uuid_of(&["request", &request.digest.to_string()]);
        let job = format!("promote.{}", request.environment);
        let mut event = self.event(kind, at.believed(), &run, &job, &[self.model()]);
        if kind == "COMPLETE" {
            event["outputs"] = json!([self.place(request.environment.as_ref())]);
        }
        event
    }

    fn rollback(&self, ran: &Ran) -> Value {
        let (event, at) = (ran.since.event, ran.since.believed());
        let run = uuid_of(&["rollback", &event_name(event)]);
        let job = format!("rollback.{}", ran.environment);
        let mut event = self.event("COMPLETE", at, &run, &job, &[self.model()]);
        event["outputs"] = json!([self.place(ran.environment.as_ref())]);
        event
    }

    /// A run like the others, so that whoever follows the model's runs sees it. The specification has
    /// no facet for what it says, so it is one of our own, under our name.
    fn revocation(&self, revoked: &Revoked) -> Value {
        let run = uuid_of(&["revocation", &event_name(revoked.since.event)]);
        self.revoke(&run, revoked.since.believed(), revoked.document())
    }

    /// The same about the files under another name, no earlier than the version was registered.
    fn files_revocation(&self, same: &SameFiles) -> (EventReference, Value) {
        let SameFiles { model, version, revoked } = same;
        let (registered, since) = (self.dossier.registered, revoked.since);
        let begins = if registered.event > since.event { registered } else { since };
        let passport = self.dossier.passport_digest.to_string();
        let run = uuid_of(&["revocation of files", &event_name(since.event), &passport]);
        let mut said = revoked.document();
        said["revokedAs"] = format!("{model}@{version}").into();
        (begins.event, self.revoke(&run, begins.believed(), said))
    }

    fn revoke(&self, run: &str, at: Timestamp, mut said: Value) -> Value {
        let mut event = self.event("COMPLETE", at, run, "revoke", &[self.model()]);
        if let Value::Object(said) = &mut said {
            said.retain(|_, value| !value.is_null());
        }
        let facet = json!({"_producer": PRODUCER, "_schemaURL": RUN_FACET});
        event["run"]["facets"] = json!({"driftgate_revocation": joined(facet, said)});
        event
    }

    fn event(&self, kind: &str, at: Timestamp, run: &str, job: &str, inputs: &[Value]) -> Value {
        json!({
            "eventType": kind,
            "eventTime": at.to_string(),
            "run": {"runId": run},
            "job": {
                "namespace": self.namespace(),
                "name": format!("{}.{job}", self.dossier.passport.model),
            },
            "inputs": inputs,
            "outputs": [],
            "producer": PRODUCER,
            "schemaURL": RUN_EVENT,
        })
    }

    fn namespace(&self) -> String {
        format!("driftgate:{}", self.dossier.registry)
    }

    /// A snapshot: by where it lies, as other tools would name it, or by its name here.
    fn data(&self, name: &str, data: &DataIdentity) -> Value {
        let place = data.location.as_deref().map(|location| match location.split_once("://") {
            Some((scheme, rest)) => {
                let (host, path) = rest.split_once('/').unwrap_or((rest, "/"));
                (format!("{scheme}://{}", line(host)), line(path))
            }
            None => ("file".to_owned(), line(location)),
        });
        let model = &self.dossier.passport.model;
        let (namespace, name) =
            place.unwrap_or_else(|| (self.namespace(), format!("data/{model}/{name}")));
        dataset(&namespace, &name, &data.snapshot_id.to_string())
    }

    fn model(&self) -> Value {
        let passport = &self.dossier.passport;
        let name = format!("models/{}", passport.model);
        dataset(&self.namespace(), &name, passport.version.as_ref())
    }

    fn place(&self, environment: &str) -> Value {
        let passport = &self.dossier.passport;
        let name = format!("environments/{environment}/{}", passport.model);
        dataset(&self.namespace(), &name, passport.version.as_ref())
    }
}

fn dataset(namespace: &str, name: &str, version: &str) -> Value {
    let version =
        joined(facet("1-0-1/DatasetVersionDatasetFacet"), json!({"datasetVersion": version}));
    json!({"namespace": namespace, "name": name, "facets": {"version": version}})
}

/// A repository as a URI, which the schema wants; none for what is no address, such as a path. What
/// `git` writes as `git@host:path` is `ssh://git@host/path`.
fn address(repository: &str) -> Option<String> {
    if repository.contains("://") {
        let begins = repository.starts_with(|c: char| c.is_ascii_alphabetic());
        return begins.then(|| uri(repository));
    }
    let (host, path) = repository.split_once(':')?;
    let is_host = host.contains('@') && !host.contains('/');
    is_host.then(|| uri(&format!("ssh://{host}/{}", path.trim_start_matches('/'))))
}

/// The text with every character that no URI holds (RFC 3986) escaped.
fn uri(text: &str) -> String {
    let mut uri = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

fn event_name(event: EventReference) -> String {
    event.to_string()
}

/// What every facet says of itself.
fn facet(name: &str) -> Value {
    let (_, class) = name.split_once('/').unwrap_or(("", name));
    let url = format!("https://openlineage.io/spec/facets/{name}.json#/$defs/{class}");
    json!({"_producer": PRODUCER, "_schemaURL": url})
}

fn joined(mut facet: Value, more: Value) -> Value {
    if let (Value::Object(facet), Value::Object(more)) = (&mut facet, more) {
        facet.extend(more);
    }
    facet
}

const PRODUCER: &str = "https://driftgate.dev";
/// Facets of one's own are held to this schema, which lets every field in.
const RUN_FACET: &str = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunFacet";
const RUN_EVENT: &str = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";
