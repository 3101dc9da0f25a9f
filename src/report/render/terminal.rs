//! A terminal: the verdict, what is worst, and what to do about it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::label::{Shown, drawn, headline, spoken, tally, word, worst_first};
use super::{Charset, table};
use crate::gate::number::{bytes, counted};
use crate::gate::{Verdict, text};
use crate::quantity::Bytes;
use crate::report::{ArtifactDocument, Report, SnapshotDocument, WaiverStateDocument};

/// How a report is laid out.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Columns of the terminal; `None` for a log, where each sentence stays on one line.
    pub width: Option<usize>,
    /// What bars are made of.
    pub charset: Charset,
    /// Where the policy's lines are found, as the person wrote it.
    pub policy_path: String,
    /// Passed checks shown in the table; the rest are counted.
    pub passed_rows_max: usize,
}

/// Writes the verdict line, a table worst first with small histograms, one sentence for each
/// finding that did not pass, and the waivers.
///
/// Styles are ANSI sequences around our own words only; a writer such as `anstream` takes them
/// out where they are not wanted, and nothing is said by colour alone.
///
/// # Errors
/// Those of the writer.
pub fn render(report: &Report, layout: &Layout, out: &mut dyn Write) -> io::Result<()> {
    let shown = worst_first(report);
    head(report, &shown, out)?;
    table::write(report, &shown, layout, out)?;
    sentences(report, &shown, layout, out)?;
    not_applicable(report, layout, out)?;
    waivers(report, layout, out)
}

/// Rows and sentences of what did not pass; a policy that fails on thousands of columns is read
/// by a program.
pub(super) const OPEN_ROWS_MAX: usize = 50;

/// From this width on the bars stand in the table, below it under the sentences.
pub(super) const BARS_WIDTH_MIN: usize = 100;

const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();

pub(super) fn style(verdict: Verdict) -> Style {
    let color = match verdict {
        Verdict::Passed => AnsiColor::Green,
        Verdict::Warned | Verdict::Inconclusive => AnsiColor::Yellow,
        Verdict::Failed => AnsiColor::Red,
        Verdict::Error => AnsiColor::Magenta,
    };
    BOLD.fg_color(Some(color.into()))
}

fn head(report: &Report, shown: &[Shown<'_>], out: &mut dyn Write) -> io::Result<()> {
    let predicate = &report.predicate;
    let style = style(predicate.verdict);
    let name = text::name(&predicate.policy.name);
    let verdict = headline(predicate.verdict);
    writeln!(out, "{style}{verdict}{style:#}  {BOLD}{name}{BOLD:#}  {}\n", tally(shown))?;
    for (side, document) in
        [("candidate", &predicate.candidate), ("reference", &predicate.reference)]
    {
        document.as_ref().map_or(Ok(()), |document| snapshot(side, document, out))?;
    }
    predicate.artifact.as_ref().map_or(Ok(()), |document| artifact(document, out))?;
    writeln!(out)
}

fn artifact(artifact: &ArtifactDocument, out: &mut dyn Write) -> io::Result<()> {
    let id: String = artifact.artifact_id.chars().take("sha256:".len() + 12).collect();
    write!(out, "model      {DIM}{id}{DIM:#}")?;
    if let Some(model) = &artifact.model {
        write!(out, "  {}", text::name(model))?;
    }
    let (files, size) = (artifact.files.0, bytes(Bytes(artifact.bytes.0)));
    writeln!(out, "  {}  {size}", counted(files, "file"))
}

fn snapshot(side: &str, snapshot: &SnapshotDocument, out: &mut dyn Write) -> io::Result<()> {
    let id: String = snapshot.snapshot_id.chars().take("sha256:".len() + 12).collect();
    write!(out, "{side}  {DIM}{id}{DIM:#}  {}", counted(snapshot.rows.0, "row"))?;
    if let Some(files) = snapshot.files {
        write!(out, "  {}", counted(files.0, "file"))?;
    }
    if let Some(size) = snapshot.bytes {
        write!(out, "  {}", bytes(Bytes(size.0)))?;
    }
    writeln!(out)
}

fn sentences(
    report: &Report,
    shown: &[Shown<'_>],
    layout: &Layout,
    out: &mut dyn Write,
) -> io::Result<()> {
    let open = shown.iter().filter(|shown| shown.finding.verdict != Verdict::Passed);
    let under = layout.width.is_some_and(|width| width < BARS_WIDTH_MIN);
    let (mut first, mut column) = (true, None);
    for shown in open.take(OPEN_ROWS_MAX) {
        if first {
            writeln!(out)?;
            first = false;
        }
        let verdict = shown.finding.verdict;
        let style = style(verdict);
        let sentence = wrapped(&shown.sentence(&layout.policy_path), layout.width);
        let rest = sentence.strip_prefix(word(verdict)).unwrap_or(&sentence);
        writeln!(out, "{style}{}{style:#}{rest}", word(verdict))?;
        let again = column.replace(&shown.finding.column) == Some(&shown.finding.column);
        let bars = drawn(report, shown, layout.charset).filter(|_| under && !again);
        if let Some((reference, candidate)) = bars {
            writeln!(
                out,
                "     {DIM}reference{DIM:#} {reference}  {DIM}candidate{DIM:#} {candidate}"
            )?;
        }
    }
    words(report, layout, out)
}

/// What the policy has to say about gates that did not pass.
fn words(report: &Report, layout: &Layout, out: &mut dyn Write) -> io::Result<()> {
    for (gate, words) in spoken(report) {
        writeln!(out, "{}", wrapped(&format!("{gate}: {words}"), layout.width))?;
    }
    Ok(())
}

/// The text broken between words, further lines indented.
fn wrapped(text: &str, width: Option<usize>) -> String {
    const INDENT: &str = "     ";
    let Some(width) = width else {
        return text.to_owned();
    };
    let mut lines = String::with_capacity(text.len());
    let mut used = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            lines.push('\n');
            lines.push_str(INDENT);
            used = INDENT.len();
        } else if used > 0 {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(word);
        used += length;
    }
    lines
}

/// Demands that have no meaning for some columns, together by demand and reason.
fn not_applicable(report: &Report, layout: &Layout, out: &mut dyn Write) -> io::Result<()> {
    let mut together: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for gate in &report.details.gates {
        for skip in &gate.not_applicable {
            let key = (format!("{}/{}", text::name(&gate.name), skip.rule), skip.reason.clone());
            together.entry(key).or_default().push(text::name(&skip.column));
        }
    }
    if !together.is_empty() {
        writeln!(out)?;
    }
    for ((rule, reason), columns) in together {
        let named = columns.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
        let more = columns.len().saturating_sub(5);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let note = format!("not applicable: {rule} to {named}{more}: {reason}");
        writeln!(out, "{DIM}{}{DIM:#}", wrapped(&note, layout.width))?;
    }
    Ok(())
}

fn waivers(report: &Report, layout: &Layout, out: &mut dyn Write) -> io::Result<()> {
    if !report.predicate.waivers.is_empty() {
        writeln!(out)?;
    }
    for waiver in &report.predicate.waivers {
        let state = match waiver.state {
            WaiverStateDocument::Applied => "waiver applied",
            WaiverStateDocument::Expired => "waiver expired",
            WaiverStateDocument::Unused => "waiver unused",
        };
        let column = waiver.column.as_ref().map_or_else(String::new, |name| format!("/{name}"));
        let note = format!(
            "{state}: {} by {} until {}: {}; {}:{}",
            text::printable(&format!("{}{column}", waiver.gate)),
            text::printable(&waiver.owner),
            waiver.expires,
            text::printable(&waiver.reason),
            text::printable(&layout.policy_path),
            waiver.line,
        );
        writeln!(out, "{}", wrapped(&note, layout.width))?;
    }
    Ok(())
}
