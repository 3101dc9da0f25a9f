//! A terminal: the verdict, what is worst, and what to do about it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::Charset;
use super::label::{Shown, found_and_limit, headline, tally, word, worst_first};
use crate::gate::number::{bytes, exact};
use crate::gate::{Verdict, text};
use crate::quantity::Bytes;
use crate::report::histogram::bars;
use crate::report::summary::is_psi_of_values;
use crate::report::{Report, SnapshotDocument, WaiverStateDocument};

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
    let drawn = Drawn::of(report, layout);
    table(&shown, &drawn, layout, out)?;
    sentences(&shown, &drawn, layout, out)?;
    not_applicable(report, layout, out)?;
    waivers(report, layout, out)
}

/// Rows and sentences of what did not pass; a policy that fails on thousands of columns is read
/// by a program.
const OPEN_ROWS_MAX: usize = 50;

/// From this width on the bars stand in the table, below it under the sentences.
const BARS_WIDTH_MIN: usize = 100;

/// Width of a log, for the table alone.
const LOG_WIDTH: usize = 120;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

fn style(verdict: Verdict) -> Style {
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
    snapshot("candidate", &predicate.candidate, out)?;
    snapshot("reference", &predicate.reference, out)?;
    writeln!(out)
}

fn snapshot(side: &str, snapshot: &SnapshotDocument, out: &mut dyn Write) -> io::Result<()> {
    let id: String = snapshot.snapshot_id.chars().take("sha256:".len() + 12).collect();
    write!(out, "{side}  {DIM}{id}{DIM:#}  {} rows", exact(snapshot.rows.0))?;
    if let Some(files) = snapshot.files {
        write!(out, "  {} {}", exact(files.0), if files.0 == 1 { "file" } else { "files" })?;
    }
    if let Some(size) = snapshot.bytes {
        write!(out, "  {}", bytes(Bytes(size.0)))?;
    }
    writeln!(out)
}

/// Bars of every column that has bins, by name; and of its missing values.
struct Drawn {
    values: BTreeMap<String, (String, String)>,
    missing: BTreeMap<String, (String, String)>,
}

impl Drawn {
    fn of(report: &Report, layout: &Layout) -> Self {
        let draw = |wanted: fn(&str) -> bool| {
            let columns = report.details.columns.iter();
            let drawn = columns.filter_map(|column| {
                let (_, metric) = column.metrics.iter().find(|(id, _)| wanted(id))?;
                let counts: Vec<(u64, u64)> = metric
                    .bins
                    .as_ref()?
                    .iter()
                    .map(|bin| (bin.reference.0, bin.candidate.0))
                    .collect();
                Some((column.name.clone(), bars(&counts, layout.charset)?))
            });
            drawn.collect()
        };
        Self { values: draw(is_psi_of_values), missing: draw(|id| id.starts_with("psi_missing")) }
    }

    /// The bars that show what a drift finding is about.
    fn bars(&self, shown: &Shown<'_>) -> Option<&(String, String)> {
        let metric = shown.finding.metric.as_ref().filter(|_| shown.gate.kind == "drift")?;
        let missing = metric.starts_with("psi_missing") || metric.ends_with("_rate_change");
        let drawn = if missing { &self.missing } else { &self.values };
        drawn.get(shown.finding.column.as_ref()?)
    }
}

fn table(
    shown: &[Shown<'_>],
    drawn: &Drawn,
    layout: &Layout,
    out: &mut dyn Write,
) -> io::Result<()> {
    let passed = |shown: &&Shown<'_>| shown.finding.verdict == Verdict::Passed;
    let open: Vec<&Shown<'_>> = shown.iter().filter(|shown| !passed(shown)).collect();
    let good: Vec<&Shown<'_>> = shown.iter().filter(passed).collect();
    let rows: Vec<&Shown<'_>> = open
        .iter()
        .take(OPEN_ROWS_MAX)
        .chain(good.iter().take(layout.passed_rows_max))
        .copied()
        .collect();
    let width = layout.width.unwrap_or(LOG_WIDTH);
    let with_bars = width >= BARS_WIDTH_MIN && rows.iter().any(|row| drawn.bars(row).is_some());
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    let mut header = vec!["", "what", "check", "found", "limit"];
    if with_bars {
        header.extend(["reference", "candidate"]);
    }
    table.set_header(header);
    for cells in fitted(&rows, drawn, with_bars, width) {
        table.add_row(cells);
    }
    for index in [3, 4] {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    write_table(&table, &rows, out)?;
    let left_out = [
        (open.len().saturating_sub(OPEN_ROWS_MAX), "more did not pass"),
        (good.len().saturating_sub(layout.passed_rows_max), "more passed"),
    ];
    for (count, words) in left_out.into_iter().filter(|&(count, _)| count > 0) {
        writeln!(out, "{DIM}… {} {words}{DIM:#}", exact(count as u64))?;
    }
    Ok(())
}

/// The cells of each row, names and checks cut so that the table fits the width.
fn fitted(
    rows: &[&Shown<'_>],
    drawn: &Drawn,
    with_bars: bool,
    width: usize,
) -> Vec<Vec<String>> {
    const GAP: usize = 2;
    const SHORTEST: usize = 12;
    let mut cells: Vec<Vec<String>> = rows.iter().map(|row| row_cells(row, drawn, with_bars)).collect();
    for row in &mut cells {
        for limit in &mut row[3..5] {
            *limit = shortened(limit, SHORTEST);
        }
    }
    let longest = |cells: &[Vec<String>], index: usize| {
        cells.iter().map(|row| row[index].chars().count()).max().unwrap_or(0)
    };
    let columns = if with_bars { 7 } else { 5 };
    let fixed: usize = (0..columns)
        .filter(|&index| index != 1 && index != 2)
        .map(|index| longest(&cells, index).max(if index > 4 { 9 } else { 5 }) + GAP)
        .sum();
    let room = width.saturating_sub(fixed + 2 * GAP).max(2 * SHORTEST);
    let check = longest(&cells, 2).min((room / 2).max(room.saturating_sub(longest(&cells, 1))));
    let name = room - check;
    for row in &mut cells {
        row[1] = shortened(&row[1], name);
        row[2] = shortened(&row[2], check);
    }
    cells
}

fn row_cells(shown: &Shown<'_>, drawn: &Drawn, with_bars: bool) -> Vec<String> {
    let finding = shown.finding;
    let (found, limit) = found_and_limit(finding);
    let mut cells = vec![
        word(finding.verdict).to_owned(),
        shown.name(),
        text::printable(&finding.rule),
        found,
        limit,
    ];
    if with_bars {
        let bars = drawn.bars(shown).cloned().unwrap_or_default();
        cells.extend([bars.0, bars.1]);
    }
    cells
}

/// At most `chars_max` characters, the last an ellipsis where something is left out.
fn shortened(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(chars_max.saturating_sub(1)).collect();
    format!("{kept}…")
}

/// The lines of the table, each verdict in its colour.
fn write_table(table: &Table, rows: &[&Shown<'_>], out: &mut dyn Write) -> io::Result<()> {
    for (index, line) in table.lines().enumerate() {
        let line = line.trim_end();
        match index.checked_sub(1).and_then(|row| rows.get(row)) {
            None => writeln!(out, "{DIM}{line}{DIM:#}")?,
            Some(shown) => {
                let verdict = shown.finding.verdict;
                let style = style(verdict);
                let rest = line.strip_prefix(word(verdict)).unwrap_or(line);
                writeln!(out, "{style}{}{style:#}{rest}", word(verdict))?;
            }
        }
    }
    Ok(())
}

fn sentences(
    shown: &[Shown<'_>],
    drawn: &Drawn,
    layout: &Layout,
    out: &mut dyn Write,
) -> io::Result<()> {
    let open = shown.iter().filter(|shown| shown.finding.verdict != Verdict::Passed);
    let mut first = true;
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
        let under = layout.width.is_some_and(|width| width < BARS_WIDTH_MIN);
        if let Some((reference, candidate)) = drawn.bars(shown).filter(|_| under) {
            writeln!(out, "     {DIM}reference{DIM:#} {reference}  {DIM}candidate{DIM:#} {candidate}")?;
        }
    }
    Ok(())
}

/// The text broken between words, further lines indented.
fn wrapped(text: &str, width: Option<usize>) -> String {
    const INDENT: &str = "     ";
    let Some(width) = width else { return text.to_owned() };
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
