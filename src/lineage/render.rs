//! A graph as JSON, as Mermaid and as DOT.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::dossier::Dossier;
use super::graph::{Graph, Node, NodeKind};
use super::revoked::Revoked;
use super::same_files::files_revoked_document;

/// The graph for programs.
#[must_use]
pub fn json(dossier: &Dossier) -> Value {
    let graph = Graph::of(dossier);
    json!({
        "registry": dossier.registry,
        "head": dossier.head,
        "model": dossier.passport.model,
        "version": dossier.passport.version,
        "passport": dossier.passport_digest,
        "revocation": dossier.revoked.as_ref().map(Revoked::document),
        "filesRevokedAs": files_revoked_document(&dossier.files_revoked),
        "nodes": graph.nodes,
        "edges": graph.edges,
    })
}

/// The graph as a Mermaid flowchart (<https://mermaid.js.org/syntax/flowchart.html>), as GitHub and
/// GitLab draw it.
#[must_use]
pub fn mermaid(dossier: &Dossier) -> String {
    let graph = Graph::of(dossier);
    let mut out = "flowchart LR\n".to_owned();
    for (number, node) in graph.nodes.iter().enumerate() {
        let (open, close) = brackets(node.kind);
        let label: Vec<String> = node.label.lines().map(mermaid_text).collect();
        let _ = writeln!(out, "  n{number}{open}\"{}\"{close}", label.join("<br/>"));
    }
    for edge in &graph.edges {
        let [from, to] = [&edge.from, &edge.to].map(|id| number_of(&graph, id));
        let _ = writeln!(out, "  n{from} -->|{}| n{to}", edge.relation);
    }
    out
}

/// The graph in the DOT language (<https://graphviz.org/doc/info/lang.html>).
#[must_use]
pub fn dot(dossier: &Dossier) -> String {
    let graph = Graph::of(dossier);
    let mut out =
        "digraph lineage {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n".to_owned();
    for node in &graph.nodes {
        let label: Vec<String> = node.label.lines().map(dot_text).collect();
        let (id, shape) = (dot_text(&node.id), shape(node.kind));
        let _ = writeln!(out, "  \"{id}\" [shape={shape}, label=\"{}\"];", label.join("\\n"));
    }
    for edge in &graph.edges {
        let [from, to] = [&edge.from, &edge.to].map(|id| dot_text(id));
        let _ = writeln!(out, "  \"{from}\" -> \"{to}\" [label=\"{}\"];", edge.relation);
    }
    out.push_str("}\n");
    out
}

fn number_of(graph: &Graph, id: &str) -> usize {
    let found = graph.nodes.iter().position(|node: &Node| node.id == id);
    found.unwrap_or(graph.nodes.len())
}

fn brackets(kind: NodeKind) -> (&'static str, &'static str) {
    match kind {
        NodeKind::Data => ("[(", ")]"),
        NodeKind::Version => ("([", "])"),
        NodeKind::Environment => ("[[", "]]"),
        _ => ("[", "]"),
    }
}

fn shape(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Data => "cylinder",
        NodeKind::Version => "ellipse",
        NodeKind::Environment => "box3d",
        NodeKind::Report | NodeKind::Approval => "note",
        _ => "box",
    }
}

/// Whatever could mean something to Mermaid or to HTML as its code point.
fn mermaid_text(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() || " .,:-_@/+".contains(c) {
            out.push(c);
        } else {
            let _ = write!(out, "#{};", u32::from(c));
        }
    }
    out
}

fn dot_text(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
