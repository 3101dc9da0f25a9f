//! The table of a terminal report.

use std::io::{self, Write};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::Charset;
use super::label::{Shown, drawn, found_and_limit, word};
use super::terminal::{BARS_WIDTH_MIN, DIM, Layout, OPEN_ROWS_MAX, style};
use crate::gate::number::exact;
use crate::gate::{Verdict, text};
use crate::report::Report;

/// Writes the rows, worst first, and how many are left out.
pub(super) fn write(
    report: &Report,
    shown: &[Shown<'_>],
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
    let with_bars = width >= BARS_WIDTH_MIN && drift(&rows);
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(HEADER[..if with_bars { 7 } else { 5 }].to_vec());
    let mut cells: Vec<Vec<String>> =
        rows.iter().map(|row| row_cells(report, row, layout.charset, with_bars)).collect();
    fit(&mut cells, with_bars, width);
    for cells in cells {
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

/// Whether any row is about a distribution.
fn drift(rows: &[&Shown<'_>]) -> bool {
    rows.iter().any(|row| row.gate.kind == "drift")
}

fn row_cells(report: &Report, shown: &Shown<'_>, charset: Charset, with_bars: bool) -> Vec<String> {
    let (found, limit) = found_and_limit(shown.finding);
    let mut cells = vec![
        word(shown.finding.verdict).to_owned(),
        shown.name(),
        text::printable(&shown.finding.rule),
        shortened(&found, SHORTEST),
        shortened(&limit, SHORTEST),
    ];
    if with_bars {
        let (reference, candidate) = drawn(report, shown, charset).unwrap_or_default();
        cells.extend([reference, candidate]);
    }
    cells
}

/// Cuts names and checks so that the table fits the width; the longer of both gives way.
fn fit(cells: &mut [Vec<String>], with_bars: bool, width: usize) {
    let longest = |index: usize| {
        let lengths = cells.iter().map(|row| row[index].chars().count());
        lengths.chain([HEADER[index].len()]).max().unwrap_or(0)
    };
    let columns = if with_bars { 7 } else { 5 };
    let others = (0..columns).filter(|&index| index != NAME && index != CHECK);
    let fixed: usize = others.map(|index| longest(index) + GAP).sum();
    let room = width.saturating_sub(fixed + 2 * GAP).max(2 * SHORTEST);
    let check = longest(CHECK).min((room / 2).max(room.saturating_sub(longest(NAME))));
    for row in cells {
        row[NAME] = shortened(&row[NAME], room - check);
        row[CHECK] = shortened(&row[CHECK], check);
    }
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

/// What the columns are called; the last two stand only where there is room.
const HEADER: [&str; 7] = ["", "what", "check", "found", "limit", "reference", "candidate"];

const NAME: usize = 1;
const CHECK: usize = 2;

/// Spaces between columns.
const GAP: usize = 2;

/// Characters every cell is given.
const SHORTEST: usize = 12;

/// Width of a table in a log.
const LOG_WIDTH: usize = 120;
