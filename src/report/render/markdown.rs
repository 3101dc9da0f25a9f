//! Markdown: a comment on a pull request, or a page beside a model.

use std::io::{self, Write};

use super::Charset;
use super::label::{Shown, drawn, found_and_limit, headline, spoken, tally, word, worst_first};
use crate::gate::number::{counted, exact};
use crate::gate::{Verdict, text};
use crate::report::{Report, SnapshotDocument, WaiverStateDocument};

/// Writes the verdict, a table of what did not pass, a sentence on each, and the waivers.
///
/// # Errors
/// Those of the writer.
pub fn render(report: &Report, policy_path: &str, out: &mut dyn Write) -> io::Result<()> {
    let predicate = &report.predicate;
    let shown = worst_first(report);
    let open: Vec<&Shown<'_>> =
        shown.iter().filter(|shown| shown.finding.verdict != Verdict::Passed).collect();
    writeln!(out, "## {}: {}\n", headline(predicate.verdict), escape(&predicate.policy.name))?;
    writeln!(out, "{}.\n", tally(&shown))?;
    for (side, document) in
        [("Candidate", &predicate.candidate), ("Reference", &predicate.reference)]
    {
        document.as_ref().map_or(Ok(()), |document| snapshot(side, document, out))?;
    }
    if let Some(artifact) = &predicate.artifact {
        let model = artifact.model.as_deref().unwrap_or_default();
        writeln!(out, "- Model: <code>{}</code> {}", escape(&artifact.artifact_id), escape(model))?;
    }
    writeln!(out, "- Evaluated: {}", predicate.evaluated_at)?;
    if !open.is_empty() {
        writeln!(out, "\n| | what | check | found | limit | reference → candidate |")?;
        writeln!(out, "|---|---|---|--:|--:|---|")?;
        for shown in open.iter().take(ROWS_MAX) {
            row(report, shown, out)?;
        }
        writeln!(out)?;
        for shown in open.iter().take(ROWS_MAX) {
            writeln!(out, "- {}", escape(&shown.sentence(policy_path)))?;
        }
        if open.len() > ROWS_MAX {
            let more = (open.len() - ROWS_MAX) as u64;
            writeln!(out, "- … and {} more, in the report's details", exact(more))?;
        }
        for (gate, words) in spoken(report) {
            writeln!(out, "- {}: {}", escape(&gate), escape(&words))?;
        }
    }
    waivers(report, out)
}

/// Rows and sentences in one comment, which GitHub cuts at 65,536 characters.
const ROWS_MAX: usize = 50;

fn snapshot(side: &str, snapshot: &SnapshotDocument, out: &mut dyn Write) -> io::Result<()> {
    let id = escape(&snapshot.snapshot_id);
    writeln!(out, "- {side}: <code>{id}</code>, {}", counted(snapshot.rows.0, "row"))
}

fn row(report: &Report, shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (found, limit) = found_and_limit(shown.finding);
    let bars = drawn(report, shown, Charset::Unicode)
        .map_or_else(String::new, |(reference, candidate)| {
            format!("<code>{reference} → {candidate}</code>")
        });
    writeln!(
        out,
        "| {} | <code>{}</code> | {} | {} | {} | {bars} |",
        word(shown.finding.verdict),
        escape(&shown.name()),
        escape(&text::cut(&text::printable(&shown.finding.rule), text::NAME_CHARS_MAX)),
        escape(&found),
        escape(&limit),
    )
}

fn waivers(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.predicate.waivers.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### Waivers\n")?;
    for waiver in &report.predicate.waivers {
        let state = match waiver.state {
            WaiverStateDocument::Applied => "applied",
            WaiverStateDocument::Expired => "**expired**",
            WaiverStateDocument::Unused => "unused",
        };
        let column = waiver.column.as_ref().map_or_else(String::new, |name| format!("/{name}"));
        let what = text::printable(&format!("{}{column}", waiver.gate));
        let (owner, reason) = (text::printable(&waiver.owner), text::printable(&waiver.reason));
        writeln!(
            out,
            "- <code>{}</code>: {state}; {} until {}: {}",
            escape(&what),
            escape(&owner),
            waiver.expires,
            escape(&reason),
        )?;
    }
    Ok(())
}

/// Text without meaning to Markdown or HTML: their signs become entities. A zero-width space,
/// written as an entity too, keeps `@name` and `#1` from calling people and issues.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text::printable(text).chars() {
        match character {
            '@' | '#' => {
                safe.push_str(if character == '@' { "@&#8203;" } else { "&#35;&#8203;" });
            }
            '&' | '<' | '>' | '"' | '\'' | '`' | '*' | '_' | '[' | ']' | '\\' | '|' | '~' | '!'
            | '{' | '}' | '$' => {
                safe.push_str("&#");
                safe.push_str(&u32::from(character).to_string());
                safe.push(';');
            }
            plain => safe.push(plain),
        }
    }
    safe.replace("://", "&#58;//").replace("www.", "www&#46;")
}
