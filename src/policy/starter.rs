//! A starter policy inferred from data: commented YAML that passes on its own reference.

use std::fmt::{Display, Write};

use crate::contract::{KeyDomain, LogicalType};
use crate::profile::{ColumnProfile, Values};
use crate::quantity::{Fraction, Rows};
use crate::stats::{PsiLaw, TestDemand, smirnov_band};
use crate::yaml::{NAME_CHARS_MAX, PROSE_CHARS_MAX, steers};

/// What is known of one column of the reference.
#[derive(Debug)]
pub struct StarterColumn<'a> {
    /// The name.
    pub name: &'a str,
    /// The type.
    pub logical_type: &'a LogicalType,
    /// Its values, all of them.
    pub profile: &'a ColumnProfile,
    /// Distinct values, where they could be counted.
    pub distinct: Option<u64>,
    /// PSI against a later snapshot, when one was given.
    pub later_psi: Option<f64>,
}

/// Writes the policy.
#[must_use]
pub fn starter_policy(name: &str, rows: Rows, columns: &[StarterColumn<'_>]) -> String {
    let mut yaml = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        yaml,
        "# Inferred from {rows} rows. Every line is a suggestion: loosen what moves by nature,\n\
         # tighten what must not move.\n\
         version: 1\nname: {name}\nvalid_for: 7d      # how long a signed report may be used\n\n",
        rows = rows.0,
        name = quoted(name),
    );
    let (named, nameless): (Vec<_>, Vec<_>) =
        columns.iter().partition(|column| can_be_named(column.name));
    if !named.is_empty() {
        yaml.push_str("columns:\n");
    }
    let mut critical = 0;
    for column in &named {
        critical += usize::from(write_column(&mut yaml, rows, column));
    }
    for column in nameless {
        let shown = commented(column.name, SHOWN_CHARS_MAX);
        let _ = writeln!(yaml, "# Left out, as a policy cannot hold its name: {shown}");
    }
    write_gates(&mut yaml, rows, &named, critical);
    yaml
}

/// Whether the reader of policies takes the name.
fn can_be_named(name: &str) -> bool {
    !name.trim().is_empty() && !name.contains(steers) && name.chars().count() <= NAME_CHARS_MAX
}

/// Writes one column; says whether it is critical.
fn write_column(yaml: &mut String, rows: Rows, column: &StarterColumn<'_>) -> bool {
    let role = Role::of(rows, column);
    let name = quoted(column.name);
    let is_glob = column.name.contains(['*', '?', '[', ']', '{', '}', '!', '\\']);
    let subject = if is_glob { format!("{{names: [{name}]}}") } else { name };
    let logical_type = commented(column.logical_type, REASON_CHARS_MAX);
    let _ = writeln!(yaml, "  - match: {subject}      # {logical_type}");
    match &role {
        Role::Critical => yaml.push_str("    tags: [critical]\n"),
        Role::Identifier(why) => {
            let _ = writeln!(yaml, "    kind: identifier      # {why}: left out of drift");
        }
        Role::Watched(why) => {
            let why = commented(why, REASON_CHARS_MAX);
            let _ = writeln!(yaml, "    # {why}: left out of drift");
        }
    }
    let expectations = expectations(rows, column, &role);
    if !expectations.is_empty() {
        yaml.push_str("    expect:\n");
        for expectation in expectations {
            let _ = writeln!(yaml, "      - {expectation}");
        }
    }
    matches!(role, Role::Critical)
}

/// What a column is to the policy.
enum Role {
    Critical,
    Identifier(String),
    Watched(String),
}

impl Role {
    fn of(rows: Rows, column: &StarterColumn<'_>) -> Self {
        let values = column.profile.presence.values();
        let near_unique = column.distinct.is_some_and(|distinct| {
            distinct >= IDENTIFIER_VALUES_MIN && distinct * 10 >= values * 9
        });
        let is_float = matches!(column.logical_type, LogicalType::Float { .. });
        let temporal = KeyDomain::of(column.logical_type)
            .is_some_and(|domain| matches!(domain, KeyDomain::Date | KeyDomain::Timestamp { .. }));
        if temporal {
            return Self::Watched("time moves on".to_owned());
        }
        if matches!(column.profile.values, Values::TooManyCategories) {
            return Self::Identifier("too many distinct values".to_owned());
        }
        if near_unique && !is_float {
            return Self::Identifier("nearly every value is different".to_owned());
        }
        if let Some(reason) = &column.profile.unmeasurable {
            return Self::Watched(reason.clone());
        }
        if let Some(psi) = column.later_psi.filter(|&psi| psi >= PSI_MAX) {
            return Self::Watched(format!("PSI {psi:.2} between the snapshots given"));
        }
        if values < DRIFT_VALUES_MIN {
            return Self::Watched(format!("{values} values in {} rows", rows.0));
        }
        match sparse_share(&column.profile.values, values) {
            share if share > SPARSE_SHARE_MAX => {
                Self::Watched(format!("{:.0}% of rows are in rare categories", share * 100.0))
            }
            _ => Self::Critical,
        }
    }
}

/// Share of values in categories with fewer than five of them.
#[expect(clippy::cast_precision_loss, reason = "a share")]
fn sparse_share(values: &Values, total: u64) -> f64 {
    let Values::Categories(categories) = values else {
        return 0.0;
    };
    let rare: u64 = categories.values().filter(|&&count| count < 5).sum();
    rare as f64 / total.max(1) as f64
}

fn expectations(rows: Rows, column: &StarterColumn<'_>, role: &Role) -> Vec<String> {
    let mut found = Vec::new();
    let presence = column.profile.presence;
    if matches!(role, Role::Critical) {
        found.extend(allowed_set(column).or_else(|| range(column)));
    }
    found.push(format!("nulls: {{max: {}}}", rate_with_room(presence.nulls, rows)));
    if matches!(column.logical_type, LogicalType::Float { .. }) {
        found.push(format!("nans: {{max: {}}}", rate_with_room(presence.nans, rows)));
    }
    found
}

/// The observed range and a tenth of its width on either side; numbers that are never negative
/// stay so.
fn range(column: &StarterColumn<'_>) -> Option<String> {
    let domain = KeyDomain::of(column.logical_type)?;
    let (low, high) = column.profile.keys?;
    let is_number = matches!(
        domain,
        KeyDomain::Signed | KeyDomain::Unsigned | KeyDomain::Float | KeyDomain::Decimal { .. }
    );
    let (low, high) = (domain.number(low), domain.number(high));
    if !is_number || !low.is_finite() || !high.is_finite() {
        return None;
    }
    let room = (high - low) * HEAD_ROOM;
    let min = if low >= 0.0 { (low - room).max(0.0) } else { low - room };
    let (mut min, mut max) =
        (rounded(min, f64::floor, room), rounded(high + room, f64::ceil, room));
    if matches!(domain, KeyDomain::Signed | KeyDomain::Unsigned) {
        (min, max) = (min.floor(), max.ceil());
    }
    Some(format!("range: {{min: {min}, max: {max}}}"))
}

/// Rounds outwards to the leading digit of the head-room, so that bounds are short to read.
fn rounded(value: f64, outwards: fn(f64) -> f64, room: f64) -> f64 {
    if room == 0.0 || !room.is_finite() {
        return value;
    }
    let step = 10f64.powf(room.log10().floor());
    let short = outwards(value / step) * step;
    if (short - value).abs() > room || !short.is_finite() { value } else { trimmed(short, step) }
}

/// Takes off the digits that multiplying by a power of ten left behind.
fn trimmed(value: f64, step: f64) -> f64 {
    let places = (0..20).find(|&places| 10f64.powi(-places) <= step * 1.5).unwrap_or(20);
    let places = usize::try_from(places).unwrap_or(0);
    format!("{value:.places$}").parse().unwrap_or(value)
}

fn allowed_set(column: &StarterColumn<'_>) -> Option<String> {
    let values: Vec<String> = match &column.profile.values {
        Values::Categories(categories) if *column.logical_type == LogicalType::String => {
            categories.keys().map(|value| String::from_utf8_lossy(value).into_owned()).collect()
        }
        Values::Counted(pairs) => {
            let domain = KeyDomain::of(column.logical_type)?;
            let is_code = matches!(domain, KeyDomain::Signed | KeyDomain::Unsigned);
            let values = pairs.iter().map(|pair| domain.text(pair.0));
            let values: Vec<String> = values.collect();
            return few_values(column, &values).filter(|_| is_code);
        }
        _ => return None,
    };
    if values.iter().any(|value| value.chars().count() > PROSE_CHARS_MAX) {
        return None;
    }
    let quoted: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    few_values(column, &quoted)
}

/// A set of values, when they are few and each is seen often enough to believe that all are.
fn few_values(column: &StarterColumn<'_>, values: &[String]) -> Option<String> {
    let few = (1..=SET_VALUES_MAX).contains(&values.len())
        && column.profile.presence.values() >= SET_ROWS_PER_VALUE * values.len() as u64;
    few.then(|| format!("one_of: [{}]", values.join(", ")))
}

/// The observed rate and half as much again, at least a tenth of a per cent where any was seen.
#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn rate_with_room(part: u64, rows: Rows) -> String {
    if part == 0 || rows.0 == 0 {
        return "0%".to_owned();
    }
    let percent = part as f64 * 100.0 / rows.0 as f64;
    let roomy = (percent * 1.5 + 0.1).min(100.0);
    format!("{}%", (roomy * 10.0).ceil() / 10.0)
}

fn write_gates(yaml: &mut String, rows: Rows, columns: &[&StarterColumn<'_>], critical: usize) {
    let half = rows.0 / 2;
    let _ = write!(
        yaml,
        "\ngates:\n  - name: schema\n    kind: schema\n    \
         message: The table changed shape. Ask its owner before retraining.\n\
         \n  - name: valid\n    kind: expectations\n    on: candidate\n\
         \n  - name: volume\n    kind: volume\n    rows: {{min: {half}}}\n    \
         ratio: {{min: 0.5, max: 2}}\n"
    );
    if critical == 0 {
        yaml.push_str("\n  # No column has enough values to measure drift.\n");
    } else {
        let law = PsiLaw { reference: rows.0, candidate: rows.0, bins: 10 };
        let demand = Fraction::new(0.05).zip(Fraction::new(0.9));
        let detectable =
            demand.and_then(|(alpha, power)| law.detectable(TestDemand { alpha, power }));
        let band = Fraction::new(0.05).and_then(|alpha| smirnov_band(alpha, [rows.0; 2]));
        let psi_max = detectable.map_or(PSI_MAX, |psi| roomy(psi, PSI_MAX));
        let d_max = band.map_or(KS_D_MAX, |band| roomy(band, KS_D_MAX));
        let _ = write!(
            yaml,
            "\n  # With {rows} rows on both sides a true PSI of {seen:.4} is seen with 90% power.\n  \
             - name: drift\n    kind: drift\n    columns: {{tag: critical}}\n    \
             psi: {{max: {psi_max}, warn: {warn}}}\n    ks: {{d_max: {d_max}}}\n    \
             missing: {{psi_max: 0.1}}\n    categories: {{new_max: 1%}}\n    \
             message: The new data no longer looks like the data the model was built on.\n",
            rows = rows.0,
            seen = detectable.unwrap_or(f64::NAN),
            warn = psi_max / 2.0,
        );
    }
    let time =
        columns.iter().find(|column| matches!(column.logical_type, LogicalType::Timestamp { .. }));
    if let Some(column) = time {
        let name = quoted(column.name);
        let _ = write!(
            yaml,
            "\n  # Uncomment to demand fresh data:\n  # - name: fresh\n  #   kind: freshness\n  \
             #   column: {name}\n  #   max_age: 8d\n"
        );
    }
}

/// The usual limit, or two and a half times what chance alone gives at this size.
fn roomy(chance: f64, usual: f64) -> f64 {
    if chance * 2.5 <= usual { usual } else { (chance * 25.0).ceil() / 10.0 }
}

/// A YAML double-quoted scalar.
fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text).replace('"', "\\\""))
}

/// Foreign text in a comment: it cannot end its line.
fn commented(text: impl Display, chars_max: usize) -> String {
    let text = text.to_string();
    match text.char_indices().nth(chars_max) {
        None => escaped(&text),
        Some((end, _)) => format!("{}…", escaped(&text[..end])),
    }
}

/// The text with whatever does not show written as a YAML escape (YAML 1.2.2, section 5.7).
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        let shows = matches!(character, ' '..='~') || character.escape_debug().count() == 1;
        match character {
            '\\' => safe.push_str("\\\\"),
            plain if shows => safe.push(plain),
            hidden => {
                let _ = write!(safe, "\\U{:08x}", u32::from(hidden));
            }
        }
    }
    safe
}

const PSI_MAX: f64 = 0.2;
const KS_D_MAX: f64 = 0.1;
const HEAD_ROOM: f64 = 0.1;
/// Ten bins that expect five values each.
const DRIFT_VALUES_MIN: u64 = 50;
/// Half of what the drift gate tolerates.
const SPARSE_SHARE_MAX: f64 = 0.005;
/// Fewer distinct values than this are few, not unique.
const IDENTIFIER_VALUES_MIN: u64 = 30;
const SET_VALUES_MAX: usize = 20;
const SET_ROWS_PER_VALUE: u64 = 100;
/// Characters of a type or a reason in a comment.
const REASON_CHARS_MAX: usize = 160;
/// Characters of a name in a comment.
const SHOWN_CHARS_MAX: usize = 64;
