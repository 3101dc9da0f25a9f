//! A version's history as nodes and edges.

use serde::Serialize;

use super::dossier::{Dossier, Report, Request};
use super::same_files::SameFiles;
use crate::registry::passport::Passport;
use crate::verdict::text;

/// Nodes and edges in the order of the passport and the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Graph {
    /// What there is.
    pub nodes: Vec<Node>,
    /// How one led to another.
    pub edges: Vec<Edge>,
}

/// One thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Node {
    /// Unique in the graph: `data:training`, `report:5`.
    pub id: String,
    /// What it is.
    pub kind: NodeKind,
    /// For people: one line or two.
    pub label: String,
    /// Its whole identity, such as a digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeKind {
    /// A snapshot.
    Data,
    /// A commit.
    Code,
    /// Definitions of features.
    Features,
    /// A configuration.
    Config,
    /// A captured environment.
    Capture,
    /// The version itself.
    Version,
    /// A report.
    Report,
    /// A request.
    Request,
    /// An approval.
    Approval,
    /// An environment that it ran in.
    Environment,
}

/// One led to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edge {
    /// From the earlier.
    pub from: String,
    /// To the later.
    pub to: String,
    /// How, in a word or two.
    pub relation: &'static str,
}

impl Graph {
    /// The graph of a dossier.
    #[must_use]
    pub fn of(dossier: &Dossier) -> Self {
        let mut graph = Self { nodes: Vec::new(), edges: Vec::new() };
        let Passport { model, version, artifact, .. } = &dossier.passport;
        graph.sources(&dossier.passport);
        let label = format!("{model}@{version}{}", revoked(dossier));
        graph.node(VERSION, NodeKind::Version, label, Some(artifact.id.to_string()));
        dossier.reports.iter().for_each(|report| graph.report(report));
        for request in &dossier.requests {
            graph.request(request, &dossier.reports);
        }
        for ran in &dossier.ran {
            let id = format!("environment:{}:{}", ran.environment, ran.since.event.seq);
            let until = ran.until.map_or("now".to_owned(), |until| until.to_string());
            let label = format!("{}\n{} to {until}", ran.environment, ran.since);
            graph.node(&id, NodeKind::Environment, label, Some(ran.since.event.to_string()));
            let asked = dossier.requests.iter().find(|request| Some(request.digest) == ran.request);
            match asked {
                Some(request) => graph.edge(&id_of(request), &id, "promoted"),
                None => graph.edge(VERSION, &id, "rolled back to"),
            }
        }
        graph
    }

    fn sources(&mut self, passport: &Passport) {
        for (name, data) in &passport.data {
            let id = format!("data:{name}");
            let at = data.location.as_ref().map_or(String::new(), |at| format!("\n{}", line(at)));
            let identity = Some(data.snapshot_id.to_string());
            self.node(&id, NodeKind::Data, format!("{name} data{at}"), identity);
            self.edge(&id, VERSION, if name == "training" { "trained" } else { "used by" });
        }
        if let Some(code) = &passport.code {
            let at = code.repository.as_ref();
            let at = at.map_or(String::new(), |at| format!("\n{}", line(at)));
            let label = format!("code {}{at}", short(&code.commit));
            self.node("code", NodeKind::Code, label, Some(line(&code.commit)));
            self.edge("code", VERSION, "built");
        }
        let objects = [
            ("features", NodeKind::Features, passport.features),
            ("config", NodeKind::Config, passport.config),
            ("capture", NodeKind::Capture, passport.environment),
        ];
        for (id, kind, digest) in objects {
            let Some(digest) = digest.map(|digest| digest.to_string()) else { continue };
            let word = if id == "capture" { "environment" } else { id };
            self.node(id, kind, format!("{word} {}", short(&digest)), Some(digest));
            self.edge(id, VERSION, "shaped");
        }
    }

    fn report(&mut self, report: &Report) {
        let id = format!("report:{}", report.event.seq);
        let gates: Vec<&str> = report.gates.iter().map(AsRef::as_ref).collect();
        let said = match &report.facts {
            Ok(facts) => facts.verdict.to_string(),
            Err(_) => "cannot be believed".to_owned(),
        };
        let label = format!("report {said}\n{}", gates.join(", "));
        self.node(&id, NodeKind::Report, label, Some(report.digest.to_string()));
        self.edge(VERSION, &id, "checked");
    }

    fn request(&mut self, request: &Request, reports: &[Report]) {
        let id = id_of(request);
        let by: Vec<String> = request.by.iter().map(|name| line(name)).collect();
        let (environment, state) = (&request.environment, request.state.0);
        let label = format!("request to {environment}, {state}\nby {}", by.join(", "));
        self.node(&id, NodeKind::Request, label, Some(request.digest.to_string()));
        if request.reports.is_empty() {
            self.edge(VERSION, &id, "asked for");
        }
        for report in reports.iter().filter(|report| request.reports.contains(&report.digest)) {
            self.edge(&format!("report:{}", report.event.seq), &id, "opens");
        }
        for grant in &request.grants {
            let grant_id = format!("approval:{}", grant.given.event.seq);
            let by: Vec<String> = grant.by.iter().map(|name| line(name)).collect();
            let label = format!("approved as {}\nby {}", grant.role, by.join(", "));
            self.node(&grant_id, NodeKind::Approval, label, Some(grant.digest.to_string()));
            self.edge(&grant_id, &id, "approves");
        }
    }

    fn node(&mut self, id: &str, kind: NodeKind, label: String, identity: Option<String>) {
        self.nodes.push(Node { id: id.to_owned(), kind, label, identity });
    }

    fn edge(&mut self, from: &str, to: &str, relation: &'static str) {
        self.edges.push(Edge { from: from.to_owned(), to: to.to_owned(), relation });
    }
}

/// A line of its own about a version that was revoked, or whose files were.
fn revoked(dossier: &Dossier) -> String {
    match (&dossier.revoked, &dossier.files_revoked) {
        (Some(revoked), _) => format!("\nrevoked {}", revoked.since),
        (None, Ok(Some(SameFiles { model, version, revoked }))) => {
            format!("\nits files revoked as {model}@{version} {}", revoked.since)
        }
        (None, Ok(None)) => String::new(),
        (None, Err(_)) => "\nwhether its files were revoked is unknown".to_owned(),
    }
}

fn id_of(request: &Request) -> String {
    format!("request:{}", request.asked.event.seq)
}

/// Foreign text on one line.
pub(super) fn line(text: &str) -> String {
    text::phrase(text)
}

/// The first digits of a digest or commit.
pub(super) fn short(digest: &str) -> String {
    text::printable(&digest.chars().take(12).collect::<String>())
}

const VERSION: &str = "version";
