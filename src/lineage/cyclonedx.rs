//! A machine-learning bill of materials: CycloneDX 1.6
//! (<https://cyclonedx.org/docs/1.6/json/>).

use serde_json::{Map, Value, json};

use super::dossier::{Dossier, Report};
use super::graph::line;
use super::identifier::uuid;
use super::model_card;
use super::revoked::Revoked;
use super::same_files::SameFiles;
use crate::identity::Sha256Digest;
use crate::registry::passport::{DataIdentity, Passport};

/// The version as a bill of materials: the model with its card, data, code and approvals.
///
/// The serial number follows from the passport, the version of the bill from the last event that it
/// tells of, the time from the passport: the same ledger gives the same bytes. Hashes of data and of
/// the model are those of their manifests, which `sha256sum -c` reads.
#[must_use]
pub fn cyclonedx(dossier: &Dossier) -> Value {
    let passport = &dossier.passport;
    let tool =
        json!({"type": "application", "name": "driftgate", "version": env!("CARGO_PKG_VERSION")});
    let mut parts: Vec<Value> =
        passport.data.iter().map(|(name, data)| data_component(name, data)).collect();
    parts.extend(objects(passport));
    let refs: Vec<&Value> = parts.iter().filter_map(|part| part.get("bom-ref")).collect();
    let depends = json!([{"ref": MODEL, "dependsOn": refs}]);
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": format!("urn:uuid:{}", uuid(dossier.passport_digest)),
        "version": last_event(dossier),
        "metadata": {
            "timestamp": passport.made_at.to_string(),
            "tools": {"components": [tool]},
            "component": model(dossier),
            "properties": [
                property("driftgate:registry", &dossier.registry.to_string()),
                property("driftgate:passport", &dossier.passport_digest.to_string()),
            ],
        },
        "components": parts,
        "dependencies": depends,
        "annotations": annotations(dossier),
    })
}

/// The number of the last event that the bill tells of; events only become more.
fn last_event(dossier: &Dossier) -> u64 {
    let reports = dossier.reports.iter().map(|report| report.event);
    let grants = dossier.requests.iter().flat_map(|request| &request.grants);
    let files = dossier.files_revoked.iter().flatten().map(|same| &same.revoked);
    let revoked = dossier.revoked.iter().chain(files).map(|revoked| revoked.since.event);
    let all = reports.chain(grants.map(|grant| grant.given.event)).chain(revoked);
    let all = all.chain([dossier.registered.event]);
    all.map(|event| event.seq.0).max().unwrap_or(1)
}

fn model(dossier: &Dossier) -> Value {
    let passport = &dossier.passport;
    let mut model = json!({
        "type": "machine-learning-model",
        "bom-ref": MODEL,
        "name": passport.model,
        "version": passport.version,
        "hashes": [sha256(passport.artifact.id.digest())],
        "modelCard": model_card::of(dossier),
        "externalReferences": references(dossier),
        "properties": properties(dossier),
    });
    if let (Some(code), Value::Object(model)) = (&passport.code, &mut model) {
        let mut commit = Map::from_iter([("uid".to_owned(), line(&code.commit).into())]);
        let url = code.repository.as_deref().map(reference);
        commit.extend(url.map(|url| ("url".to_owned(), url.into())));
        model.insert("pedigree".to_owned(), json!({"commits": [commit]}));
    }
    model
}

/// The code, and the signed reports by where they lie in the registry.
fn references(dossier: &Dossier) -> Vec<Value> {
    let code = dossier.passport.code.as_ref();
    let vcs = code.and_then(|code| code.repository.as_deref().map(|at| (at, &code.commit)));
    let vcs = vcs.map(|(at, commit)| {
        json!({"type": "vcs", "url": reference(at), "comment": format!("commit {}", line(commit))})
    });
    let report = |report: &Report| {
        json!({
            "type": "attestation",
            "url": object_path(report.digest),
            "comment": format!("signed gate report, event {}", report.event.seq),
            "hashes": [sha256(report.digest)],
        })
    };
    vcs.into_iter().chain(dossier.reports.iter().map(report)).collect()
}

/// What each gate came to by the newest report that answers it, and what became of the version.
fn properties(dossier: &Dossier) -> Vec<Value> {
    let artifact = &dossier.passport.artifact;
    let mut properties = vec![
        property("driftgate:artifact", &artifact.id.to_string()),
        property("driftgate:artifact:files", &artifact.files.0.to_string()),
        property("driftgate:artifact:bytes", &artifact.bytes.0.to_string()),
    ];
    for (name, (gate, report)) in model_card::newest_gates(dossier) {
        let value = format!("{}, report {}", gate.verdict, report.digest);
        properties.push(property(&format!("driftgate:gate:{}", line(name)), &value));
    }
    for report in &dossier.reports {
        if let Err(reason) = &report.facts {
            let value = format!("{}: {}", report.digest, line(reason));
            properties.push(property("driftgate:report-not-believed", &value));
        }
    }
    for ran in &dossier.ran {
        let until = ran.until.map_or("now".to_owned(), |until| until.to_string());
        let value = format!("{} to {until}", ran.since);
        properties.push(property(&format!("driftgate:ran:{}", ran.environment), &value));
    }
    if let Some(Revoked { since, reason, .. }) = &dossier.revoked {
        properties.push(property("driftgate:revoked", &since.to_string()));
        properties.push(property("driftgate:revoked:reason", &line(reason.as_ref())));
    }
    match &dossier.files_revoked {
        Ok(None) => {}
        Ok(Some(SameFiles { model, version, revoked: Revoked { since, reason, .. } })) => {
            let value = format!("as {model}@{version}, {since}: {}", line(reason.as_ref()));
            properties.push(property("driftgate:files-revoked", &value));
        }
        Err(reason) => properties.push(property("driftgate:files-revoked:unknown", &line(reason))),
    }
    properties
}

fn data_component(name: &str, data: &DataIdentity) -> Value {
    let mut set = json!({"type": "dataset", "name": name});
    if let Some(location) = &data.location {
        set["contents"] = json!({"url": reference(location)});
    }
    json!({
        "type": "data",
        "bom-ref": data_ref(name),
        "name": format!("{name} data"),
        "version": data.snapshot_id.to_string(),
        "hashes": [sha256(data.snapshot_id.digest())],
        "data": [set],
    })
}

/// Features, configuration and captured environment: objects of the registry.
fn objects(passport: &Passport) -> Vec<Value> {
    let all = [
        ("features", "definition", passport.features),
        ("configuration", "configuration", passport.config),
        ("environment", "other", passport.environment),
    ];
    let component = |(name, kind, digest): (&str, &str, Option<Sha256Digest>)| {
        let digest = digest?;
        Some(json!({
            "type": "data",
            "bom-ref": format!("object:{name}"),
            "name": name,
            "hashes": [sha256(digest)],
            "data": [{"type": kind, "name": name, "contents": {"url": object_path(digest)}}],
        }))
    };
    all.into_iter().filter_map(component).collect()
}

/// Approvals, each in the name of whoever gave it.
fn annotations(dossier: &Dossier) -> Vec<Value> {
    let mut annotations = Vec::new();
    for request in &dossier.requests {
        for grant in &request.grants {
            let by: Vec<&str> = grant.by.iter().map(String::as_str).collect();
            let (environment, role) = (&request.environment, &grant.role);
            annotations.push(json!({
                "bom-ref": format!("approval:{}", grant.given.event.seq),
                "subjects": [MODEL],
                "annotator": {"individual": {"name": by.join(", ")}},
                "timestamp": grant.given.believed().to_string(),
                "text": format!("approved for {environment} as {role}: {}", grant.comment),
            }));
        }
    }
    annotations
}

fn property(name: &str, value: &str) -> Value {
    json!({"name": name, "value": value})
}

fn sha256(digest: Sha256Digest) -> Value {
    json!({"alg": "SHA-256", "content": digest.to_string()})
}

/// Where an object lies in the registry's folder.
fn object_path(digest: Sha256Digest) -> String {
    let hex = digest.to_string();
    format!("objects/sha256/{}/{hex}", hex.get(..2).unwrap_or_default())
}

/// A place as an IRI reference: an address as it is, a path with what is not allowed escaped.
fn reference(place: &str) -> String {
    let is_address = place.split_once("://").is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
            && rest
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-._~:/?#@!$&'()*+,;=%".contains(c))
    });
    if is_address {
        return place.to_owned();
    }
    let parts: Vec<String> = place.split('/').map(crate::delivery::texts::escaped).collect();
    parts.join("/")
}

pub(super) fn data_ref(name: &str) -> String {
    format!("data:{name}")
}

const MODEL: &str = "model";
