//! Names and values that try to command a terminal, end a tag, or start a workflow command.

use driftgate::policy::DriftRule;
use driftgate::report::Report;
use driftgate::report::render::{Charset, github, junit, markdown, terminal};

use super::builder::*;
use super::documents::json_of;

const NAMES: [&str; 12] = [
    "\u{1b}[2J\u{1b}[31mred\u{1b}]0;title\u{7}",
    "\u{9b}31mC1",
    "a|b||c",
    "]]><script>alert(1)</script>",
    "\"quoted\" 'single' `tick` \\",
    "two\nlines\r\n::error file=x::injected",
    "%0A::warning::injected",
    "abc\u{202e}gnp.exe\u{2066}",
    "@everyone #1 **bold** [link](https://evil.example) <img src=x>",
    "zero\u{200b}width\u{feff}\u{0}nul",
    "&lt;already&gt; &amp;",
    "\u{ffff}\u{fffe}",
];

/// A report on a drifted column of that name, moved in a bin of that label.
fn hostile(name: &str) -> Report {
    let mut column = quiet_text(name);
    let drift = distances(&mut column);
    drift.psi.as_mut().unwrap().bins = bins(&[name, "x"], &[(300, 600), (600, 300)]);
    let facts = driftgate::measure::PsiFacts {
        bins: drift.psi.as_ref().unwrap().bins.clone(),
        ..psi("psi_categories_jeffreys", 0.4, 0.35, 0.45)
    };
    drift.psi = Some(facts);
    let facts = measurement(vec![column]);
    let rule = DriftRule { psi_max: limit(0.2), ks_d_max: limit(0.1), ..no_drift_rule() };
    let mut waiver = waiver("drift", Some(name), "2026-12-01T00:00:00Z");
    name.clone_into(&mut waiver.reason);
    name.clone_into(&mut waiver.owner);
    report(&facts, &decide_with(&facts, vec![drift_gate(rule, &[name])], vec![waiver]))
}

fn text_of(render: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut bytes = Vec::new();
    render(&mut bytes);
    String::from_utf8(bytes).unwrap()
}

fn on_terminal(report: &Report) -> String {
    let layout = terminal::Layout {
        width: Some(100),
        charset: Charset::Unicode,
        policy_path: "policy.yaml".to_owned(),
        passed_rows_max: 6,
    };
    text_of(|out| terminal::render(report, &layout, out).unwrap())
}

fn invisible(character: char) -> bool {
    character != '\n' && driftgate::gate::text::deceives(character)
}

#[test]
fn nothing_in_a_name_reaches_the_terminal_as_a_command() {
    for name in NAMES {
        let bare = anstream::adapter::strip_str(&on_terminal(&hostile(name))).to_string();
        assert!(!bare.contains(invisible), "{name:?}: {bare:?}");
        assert!(!bare.contains("\n::"), "{bare}");
        let styled = on_terminal(&hostile(name));
        assert!(!styled.contains("\u{1b}[2J") && !styled.contains("\u{1b}]0"), "{styled:?}");
    }
}

#[test]
fn an_annotation_is_one_line_whatever_the_name() {
    for name in NAMES {
        let text = text_of(|out| github::render(&hostile(name), "p:o,l%.yaml", out).unwrap());
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.starts_with("::warning file=p%3Ao%2Cl%25.yaml,line=14,title="), "{text}");
        let properties = text["::warning ".len()..].split("::").next().unwrap();
        assert_eq!(properties.split(',').count(), 3, "{properties}");
        assert!(!text.contains(invisible), "{text:?}");
    }
}

#[test]
fn xml_stays_well_formed_and_keeps_the_counts() {
    for name in NAMES {
        let text = text_of(|out| junit::render(&hostile(name), "policy.yaml", out).unwrap());
        let read = quick_junit::Report::deserialize_from_str(&text).unwrap();
        assert_eq!((read.tests, read.failures), (1, 0), "a waived failure: {text}");
        assert!(!text.contains("<script>"), "{text}");
        assert!(!text.contains(invisible), "{text:?}");
    }
}

#[test]
fn markdown_has_no_markup_from_data() {
    for name in NAMES {
        let text = text_of(|out| markdown::render(&hostile(name), "policy.yaml", out).unwrap());
        for markup in ["<script", "<img", "**bold**", "](http", "@everyone", "://", " #1"] {
            assert!(!text.contains(markup), "{markup} in {text}");
        }
        assert!(!text.contains(invisible), "{text:?}");
        let row = text.lines().find(|line| line.starts_with("| WARN")).unwrap();
        assert_eq!(row.matches('|').count(), 7, "{row}");
    }
}

#[test]
fn json_means_the_name_exactly_and_shows_nothing_invisible() {
    for name in NAMES {
        let bytes = json_of(&hostile(name));
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(!text.contains(invisible), "{text:?}");
        let document: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(document["columns"][0]["name"], name);
        assert_eq!(
            document["columns"][0]["metrics"]["psi_categories_jeffreys"]["bins"][0]["label"],
            name
        );
    }
}

#[test]
fn a_name_of_a_mebibyte_is_cut_everywhere_and_counted() {
    let name = "x".repeat(1 << 20);
    let report = hostile(&name);
    assert!(report.statement().len() < 64 * 1024, "the waiver's words are cut too");
    assert!(report.predicate.texts_cut.0 > 0);
    let policy = "policy.yaml";
    for text in [
        on_terminal(&report),
        text_of(|out| markdown::render(&report, policy, out).unwrap()),
        text_of(|out| junit::render(&report, policy, out).unwrap()),
        text_of(|out| github::render(&report, policy, out).unwrap()),
        String::from_utf8(json_of(&report)).unwrap(),
    ] {
        assert!(text.len() < 64 * 1024, "{}", text.len());
        assert!(text.contains("… (+10"), "what is left out is counted");
    }
}
