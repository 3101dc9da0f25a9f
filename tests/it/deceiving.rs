//! Names, values and paths that would command a terminal, end a tag or break a table, through the
//! whole program: each command and format shows them escaped and cut, and stays what it is.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, StructArray};
use arrow_schema::{DataType, Field};
use driftgate::gate::text::deceives;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

use crate::command::Ran;
use crate::foreign;
use crate::workplace::Workplace;

const TEXTS: [&str; 14] = [
    "\u{1b}[2J\u{1b}[31mred\u{1b}]0;title\u{7}",
    "\u{9b}31mC1",
    "a|b||c",
    "]]><script>alert(1)</script>",
    "\"quoted\" 'single' `tick` \\",
    "two\nlines\r\n::error file=x::injected",
    "%0A::warning::injected",
    "abc\u{202e}gnp.exe\u{2066}",
    "@everyone #1 **bold** [link](https://evil.example) <img src=x onerror=alert(1)>",
    "zero\u{200b}width\u{feff}\u{0}nul",
    "&lt;already&gt; &amp; <!-- <![CDATA[",
    "${{ github.token }} $(id) `id`",
    "- {a: &b *c} # yes: ~",
    "\u{ffff}\u{fffe}\u{e0041}",
];

#[test]
fn names_and_values_of_the_data_command_nothing_in_any_format() {
    let place = place();
    for format in ["text", "json", "markdown", "junit", "github"] {
        let ran = place.check(&format!("{SIDES} --policy policy.yaml --format {format} --out out"));
        assert_eq!(ran.code, Some(1), "{format}: {ran:?}");
        assert_harmless(&ran, format);
        match format {
            "markdown" => {
                for markup in ["<script", "<img", "**bold**", "](http", "@everyone"] {
                    assert!(!ran.stdout.contains(markup), "{markup} in {}", ran.stdout);
                }
            }
            "json" => {
                let report = ran.json();
                for (index, text) in TEXTS.iter().enumerate() {
                    assert_eq!(report["columns"][index]["name"], *text);
                }
            }
            "junit" => {
                let expected = format!("{} 0", TEXTS.len() + 1);
                assert_eq!(read_by_another_xml_reader(&place, &ran.stdout), expected);
            }
            "github" => {
                let commands = ran.stdout.lines();
                assert!(commands.clone().all(|line| line.starts_with("::error file=policy.yaml,")));
                assert_eq!(commands.count(), TEXTS.len());
            }
            _ => {}
        }
    }
    let verified = place.driftgate("verify out --key key.pub.pem").run();
    assert_harmless(&verified, "verify");
}

#[test]
fn a_first_policy_for_hostile_names_is_a_policy_on_those_names() {
    let place = place();
    let ran = place.driftgate("init --reference reference.parquet --out first.yaml").run();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_harmless(&ran, "init");
    let written = std::fs::read_to_string(place.path("first.yaml")).unwrap();
    assert!(!written.contains(|c| c != '\n' && deceives(c)), "{written:?}");
    let linted = place.driftgate("policy lint first.yaml").run();
    assert_eq!(linted.code, Some(0), "{linted:?}\n{written}");
    let checked = place.check(
        "--reference reference.parquet --candidate reference.parquet --policy first.yaml --out out",
    );
    assert_eq!(checked.code, Some(0), "{checked:?}\n{written}");
}

#[test]
fn names_of_a_mebibyte_are_cut_in_every_format() {
    let place = Workplace::new();
    let long = "x|".repeat(512 << 10);
    for (side, value) in [("reference", "y".repeat(1 << 20)), ("candidate", "z".repeat(1 << 20))] {
        write(&place.path(format!("{side}.parquet")), &[long.as_str()], |_| value.clone());
    }
    place.write("policy.yaml", POLICY);
    for format in ["text", "markdown", "junit", "github", "json"] {
        let ran = place.check(&format!("{SIDES} --policy policy.yaml --format {format} --out out"));
        assert_eq!(ran.code, Some(1), "{format}: {}", ran.stderr);
        assert!(ran.stdout.len() + ran.stderr.len() < OUTPUT_BYTES_MAX, "{format}");
    }
    for words in ["init --reference reference.parquet", "snapshot reference.parquet"] {
        let ran = place.driftgate(words).run();
        assert!(ran.stdout.len() + ran.stderr.len() < OUTPUT_BYTES_MAX, "{words}");
    }
}

#[test]
fn an_error_about_hostile_names_is_one_harmless_line() {
    let place = Workplace::new();
    for (index, text) in TEXTS.iter().enumerate() {
        let folder = format!("disagree-{index}");
        write(&place.path(format!("{folder}/one.parquet")), &[text], |_| "NO".to_owned());
        write(&place.path(format!("{folder}/two.parquet")), &["other"], |_| "NO".to_owned());
        one_line(&place.driftgate(&format!("snapshot {folder}")).run(), 5);
        let Some(name) = file_name(text) else { continue };
        let run = place.driftgate("snapshot").arg(format!("absent-{name}"));
        one_line(&run.run(), 5);
        let file = place.write(&format!("broken-{index}/{name}.parquet"), "PAR1PAR1");
        one_line(&place.driftgate("snapshot").arg(&file).run(), 5);
        one_line(&place.driftgate("policy lint").arg(&file).run(), 2);
        one_line(&place.driftgate("init --reference").arg(&file).run(), 5);
        one_line(&place.driftgate("simulate --shift a=1 --out new").arg(&file).run(), 5);
        let policy = place.write(&format!("{index}/{name}.yaml"), POLICY);
        let ran = place.driftgate("policy lint").arg(policy).run();
        assert_eq!((ran.code, ran.stdout.lines().count()), (Some(0), 2), "{ran:?}");
        assert_harmless(&ran, "policy lint");
    }
}

#[test]
fn what_a_file_says_of_its_types_and_writer_commands_nothing() {
    let place = Workplace::new();
    for (index, text) in TEXTS.iter().enumerate() {
        let zoned = Int64Array::from_iter_values(0..100);
        let zoned = zoned.reinterpret_cast::<TimestampMicrosecondType>().with_timezone(*text);
        let inner: ArrayRef = Arc::new(Int64Array::from_iter_values(0..100));
        let field = Arc::new(Field::new(*text, DataType::Int64, false));
        let nested: ArrayRef = Arc::new(StructArray::from(vec![(field, inner)]));
        let batch =
            RecordBatch::try_from_iter([("zoned", Arc::new(zoned) as _), ("nested", nested)]);
        let batch = batch.unwrap();
        let properties = WriterProperties::builder().set_created_by((*text).to_owned()).build();
        let file = File::create(place.path("typed.parquet")).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        for words in ["snapshot typed.parquet", "init --reference typed.parquet --out init.yaml"] {
            std::fs::remove_file(place.path("init.yaml")).ok();
            let ran = place.driftgate(words).run();
            assert_eq!(ran.code, Some(0), "{ran:?}");
            assert_harmless(&ran, words);
        }
        let linted = place.driftgate("policy lint init.yaml").run();
        assert_eq!(linted.code, Some(0), "{index}: {linted:?}");
        let ran = place.driftgate("profile typed.parquet -o typed.profile").run();
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_harmless(&ran, "profile");
        std::fs::remove_file(place.path("typed.profile")).unwrap();
    }
}

#[test]
fn a_mebibyte_in_an_error_is_cut() {
    let place = Workplace::new();
    let long = "x".repeat(1 << 20);
    write(&place.path("two/one.parquet"), &[long.as_str()], |_| "NO".to_owned());
    write(&place.path("two/two.parquet"), &["other"], |_| "NO".to_owned());
    for words in ["snapshot two", "init --reference two"] {
        let ran = place.driftgate(words).run();
        assert_eq!(ran.code, Some(5), "{words}");
        assert!(ran.stderr.len() < ERROR_BYTES_MAX, "{words}: {} bytes", ran.stderr.len());
    }
}

/// Two sides with a column called by each text, whose values are the texts too, in other shares.
fn place() -> Workplace {
    let place = Workplace::new();
    write(&place.path("reference.parquet"), &TEXTS, |row| TEXTS[row % TEXTS.len()].to_owned());
    write(&place.path("candidate.parquet"), &TEXTS, |row| TEXTS[row % 3].to_owned());
    place.write("policy.yaml", POLICY);
    place
}

fn write(path: &Path, names: &[&str], value: impl Fn(usize) -> String) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let rows = if names.len() == 1 { 30 } else { 600 };
    let values: ArrayRef = Arc::new(StringArray::from_iter_values((0..rows).map(value)));
    let columns = names.iter().map(|name| (*name, Arc::clone(&values)));
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer =
        ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// A text as a part of a file's name, where it can be one.
fn file_name(text: &str) -> Option<&str> {
    (!text.contains(['/', '\0'])).then_some(text)
}

/// Nothing but line ends and styles of our own reaches the reader unseen.
fn assert_harmless(ran: &Ran, what: &str) {
    for text in [&ran.stdout, &ran.stderr] {
        let found = text.chars().find(|&c| c != '\n' && deceives(c));
        assert_eq!(found, None, "{what}: {text:?}");
        assert!(!text.lines().any(|line| line.starts_with("::error file=x")), "{what}: {text}");
        assert!(!text.contains("\n::warning::injected"), "{what}: {text}");
    }
}

/// An error and perhaps a hint, each on its line.
fn one_line(ran: &Ran, code: i32) {
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(code), ""), "{ran:?}");
    assert_harmless(ran, "an error");
    let mut lines = ran.stderr.lines();
    assert!(lines.next().is_some_and(|line| line.starts_with("error: ")), "{}", ran.stderr);
    assert!(lines.all(|line| line.starts_with("  ")), "{}", ran.stderr);
}

/// Counts test cases and `script` elements by Python's reader.
fn read_by_another_xml_reader(place: &Workplace, document: &str) -> String {
    let path = place.write("junit.xml", document);
    let script = "import sys, xml.etree.ElementTree as tree\n\
                  root = tree.parse(sys.argv[1]).getroot()\n\
                  count = lambda name: sum(1 for _ in root.iter(name))\n\
                  print(count('testcase'), count('script'))";
    let mut command = Command::new(foreign::python());
    foreign::run_ok(command.args(["-c", script]).arg(path)).trim().to_owned()
}

const SIDES: &str = "--reference reference.parquet --candidate candidate.parquet";
const POLICY: &str = "\
version: 1
name: hostile
gates:
  - {name: schema, kind: schema}
  - name: drift
    kind: drift
    columns: \"*\"
    psi: {max: 0.2}
";
/// A report on one column, with room to spare.
const OUTPUT_BYTES_MAX: usize = 64 << 10;
const ERROR_BYTES_MAX: usize = 8 << 10;
