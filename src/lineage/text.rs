//! A dossier for people.

use std::fmt::Write as _;

use super::dossier::{Dossier, Report, Request};
use super::graph::line;
use super::revoked::Revoked;
use super::same_files::SameFiles;
use crate::verdict::number::noun;

/// The version's history, a thing on each line.
#[must_use]
pub fn text(dossier: &Dossier) -> String {
    let passport = &dossier.passport;
    let registered = dossier.registered;
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{}@{}, registered {registered} (event {})",
        passport.model, passport.version, registered.event.seq
    );
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(out, "  {name:<12} {value}");
    };
    row("passport", &dossier.passport_digest.to_string());
    let artifact = &passport.artifact;
    let place =
        |at: &Option<String>| at.as_ref().map_or(String::new(), |at| format!(", {}", line(at)));
    let (files, bytes) = (artifact.files.0, artifact.bytes.0);
    let size = format!("{files} {}, {bytes} {}", noun(files, "file"), noun(bytes, "byte"));
    row("artifact", &format!("{} ({size}{})", artifact.id, place(&artifact.location)));
    for (name, data) in &passport.data {
        row("data", &format!("{name}: {}{}", data.snapshot_id, place(&data.location)));
    }
    if let Some(code) = &passport.code {
        row("code", &format!("{}{}", line(&code.commit), place(&code.repository)));
    }
    let objects = [
        ("features", passport.features),
        ("config", passport.config),
        ("environment", passport.environment),
    ];
    for (name, digest) in objects {
        if let Some(digest) = digest {
            row(name, &digest.to_string());
        }
    }
    dossier.reports.iter().for_each(|report| row("report", &of_report(report)));
    for request in &dossier.requests {
        row("request", &of_request(request));
        for grant in &request.grants {
            let by: Vec<String> = grant.by.iter().map(|name| line(name)).collect();
            let (given, seq) = (grant.given, grant.given.event.seq);
            let said = line(grant.comment.as_ref());
            let who = format!("{} as {}", by.join(", "), grant.role);
            row("approval", &format!("{who}, {given} (event {seq}): {said}"));
        }
    }
    for ran in &dossier.ran {
        let (since, seq) = (ran.since, ran.since.event.seq);
        let until = ran
            .until
            .map_or("now".to_owned(), |until| format!("{until} (event {})", until.event.seq));
        let way = if ran.request.is_some() { "" } else { ", rolled back to" };
        let what = format!("{} from {since} (event {seq}{way}) to {until}", ran.environment);
        row("ran in", &what);
    }
    if let Some(revoked) = &dossier.revoked {
        row("revoked", &of_revocation(revoked));
    }
    match &dossier.files_revoked {
        Ok(None) => {}
        Ok(Some(SameFiles { model, version, revoked })) => {
            row("revoked", &format!("its files, as {model}@{version}, {}", of_revocation(revoked)));
        }
        Err(reason) => row("unknown", &line(reason)),
    }
    out
}

fn of_report(report: &Report) -> String {
    let seq = report.event.seq;
    match &report.facts {
        Ok(facts) => {
            let gates =
                facts.gates.iter().map(|gate| format!("{} {}", line(&gate.name), gate.verdict));
            let gates: Vec<String> = gates.collect();
            format!("{}, {} (event {seq}): {}", facts.verdict, facts.made, gates.join(", "))
        }
        Err(reason) => format!("cannot be believed (event {seq}): {}", line(reason)),
    }
}

fn of_revocation(revoked: &Revoked) -> String {
    let Revoked { since, by, role, reason } = revoked;
    let by: Vec<String> = by.iter().map(|name| line(name)).collect();
    let reason = line(reason.as_ref());
    format!("by {} as {role}, {since} (event {}): {reason}", by.join(", "), since.event.seq)
}

fn of_request(request: &Request) -> String {
    let by: Vec<String> = request.by.iter().map(|name| line(name)).collect();
    let (asked, seq) = (request.asked, request.asked.event.seq);
    let (word, ended) = request.state;
    let ended =
        ended.map_or(String::new(), |ended| format!(" {ended} (event {})", ended.event.seq));
    let (place, by) = (&request.environment, by.join(", "));
    format!("to {place} by {by}, {asked} (event {seq}): {word}{ended}")
}
