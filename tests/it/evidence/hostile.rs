//! Documents that nobody vouches for: refused by name, quickly, or read as what they say.

use std::time::{Duration, Instant};

use driftgate::evidence::latency::{TimeUnit, hdr, k6, wrk};
use driftgate::evidence::{cargo_audit, grype, junit, pip_audit, sarif, trivy};

use super::document;

#[test]
fn hostile_test_results_are_refused_quickly_by_name() {
    let bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE t [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\n\
                <testsuite name=\"&b;\"/>";
    let attributes: String = (0..5_000).map(|n| format!(" a{n}=\"\"")).collect();
    let case = |inside: &str| format!("<testsuite><testcase>{inside}</testcase></testsuite>");
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", Vec::new(), "expected `<testsuites>` or `<testsuite>`, found no element"),
        ("blank", b" \n ".to_vec(), "found no element"),
        ("html", b"<html><body/></html>".to_vec(), "found `<html>`"),
        ("json", b"{\"tests\": 1}".to_vec(), "outside of the outermost element"),
        ("entities", bomb.into(), "a document type at byte"),
        ("external", b"<!DOCTYPE t SYSTEM \"file:///etc/passwd\"><t/>".to_vec(), "a document type"),
        ("entity", case("&bomb;").into(), "the entity `&bomb;` at byte"),
        ("entity in a name", b"<testsuite name=\"&x;\"/>".to_vec(), "not XML at byte"),
        ("deep", "<testsuite>".repeat(100_000).into(), "deeper than the limit of 64 levels"),
        ("attributes", format!("<testsuite{attributes}/>").into(), "more than 64 attributes"),
        ("twice", b"<testsuite name=\"a\" name=\"b\"/>".to_vec(), "not XML at byte"),
        ("cut", b"<testsuite><testcase name=\"a\"/>".to_vec(), "ends inside of `<testsuite>`"),
        ("cut tag", b"<testsuite><testcase name=\"a".to_vec(), "not XML at byte"),
        ("crossed", b"<testsuite><testcase></testsuite></testcase>".to_vec(), "not XML at byte"),
        ("two roots", b"<testsuite/><testsuite/>".to_vec(), "outside of the outermost element"),
        ("hidden", case("<testcase><failure/></testcase>").into(), "stands inside of `<testcase>`"),
        ("hidden suite", case("<x><testsuite/></x>").into(), "`<testsuite>` at byte"),
        ("not UTF-8", b"<testsuite name=\"\xff\"/>".to_vec(), "not UTF-8 text from byte 17 on"),
        ("UTF-16", b"\xff\xfe<\0t\0".to_vec(), "not UTF-8 text from byte 0 on"),
        (
            "Latin-1",
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><testsuite name=\"é\"/>".into(),
            "the document says it is in `ISO-8859-1`; expected UTF-8",
        ),
        ("zeros", vec![0; 4_096], "outside of the outermost element"),
        ("angles", b"<".repeat(1_000_000), "not XML at byte"),
        ("ends", b"</testsuite>".repeat(1_000), "not XML at byte"),
    ];
    for (what, bytes, expected) in cases {
        let begun = Instant::now();
        let said = junit(&bytes).unwrap_err().to_string();
        assert!(said.contains(expected), "{what}: {said}");
        assert!(said.len() < 1_024, "{what}: {}", said.len());
        assert!(begun.elapsed() < Duration::from_secs(10), "{what}: {:?}", begun.elapsed());
    }
}

#[test]
fn many_cases_are_counted_and_few_names_kept() {
    let cases = "<testcase classname=\"c\" name=\"n\"><failure/></testcase>".repeat(20_000);
    let facts = junit(format!("<testsuite name=\"s\">{cases}</testsuite>").as_bytes()).unwrap();
    assert_eq!((facts.total.failed, facts.failures.len()), (20_000, 20));
    let suites = "<testsuite tests=\"9\"/>".repeat(1_000);
    let facts = junit(format!("<testsuites>{suites}</testsuites>").as_bytes()).unwrap();
    assert_eq!((facts.faults.len(), facts.faults_omitted), (20, 980));
}

#[test]
fn a_name_cannot_steer_a_terminal() {
    let text = "<testsuite name=\"s\"><testcase name=\"&#x1b;]0;x&#x7;\u{202e}\"><failure/></testcase>\
                </testsuite>";
    if let Ok(facts) = junit(text.as_bytes()) {
        assert!(!facts.failures[0].contains(['\u{1b}', '\u{7}', '\u{202e}']), "{facts:?}");
    }
}

#[test]
fn hostile_reports_are_refused_quickly_by_name() {
    type Reader = (&'static str, fn(&[u8]) -> Option<String>);
    let readers: [Reader; 5] = [
        ("trivy", |bytes| trivy(bytes).err().map(|error| error.to_string())),
        ("grype", |bytes| grype(bytes).err().map(|error| error.to_string())),
        ("cargo_audit", |bytes| cargo_audit(bytes).err().map(|error| error.to_string())),
        ("pip_audit", |bytes| pip_audit(bytes).err().map(|error| error.to_string())),
        ("sarif", |bytes| sarif(bytes).err().map(|error| error.to_string())),
    ];
    let objects = [b"[".to_vec(), b"{},".repeat(2_000_001), b"{}]".to_vec()].concat();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", Vec::new(), "not JSON"),
        ("empty object", b"{}".to_vec(), ""),
        ("list", b"[]".to_vec(), ""),
        ("text", b"\"no findings\"".to_vec(), "not the expected document"),
        ("deep", b"[".repeat(100_000), "nesting is deeper than the limit"),
        ("objects", objects, "2000003 objects and lists in one document; the limit is 2000000"),
        ("twice", b"{\"runs\": [], \"runs\": []}".to_vec(), "the key `runs` appears twice"),
        ("NaN", b"{\"a\": NaN}".to_vec(), "not JSON"),
        ("not UTF-8", b"{\"a\": \"\xff\"}".to_vec(), "not JSON"),
        ("large", vec![b' '; 64 * 1024 * 1024 + 1], "exceed the limit of 67108864 bytes"),
        ("xml", b"<testsuite/>".to_vec(), "not JSON"),
    ];
    for (what, bytes, expected) in &cases {
        for (name, read) in readers {
            let begun = Instant::now();
            let said = read(bytes).unwrap_or_else(|| panic!("{name} takes {what}"));
            assert!(said.contains(expected), "{name}, {what}: {said}");
            assert!(begun.elapsed() < Duration::from_secs(10), "{name}, {what}");
        }
    }
}

#[test]
fn no_report_passes_for_one_of_another_scanner() {
    type Reader = (&'static str, fn(&[u8]) -> bool);
    let readers: [Reader; 5] = [
        ("trivy.json", |bytes| trivy(bytes).is_ok()),
        ("grype.json", |bytes| grype(bytes).is_ok()),
        ("cargo_audit.json", |bytes| cargo_audit(bytes).is_ok()),
        ("pip_audit.json", |bytes| pip_audit(bytes).is_ok()),
        ("analysis.sarif", |bytes| sarif(bytes).is_ok()),
    ];
    for (own, _) in readers {
        for (name, read) in readers {
            assert_eq!(read(&document(own)), own == name, "{own} read as {name}");
        }
    }
    let said = sarif(br#"{"version": "2.0.0", "runs": []}"#).unwrap_err().to_string();
    assert_eq!(said, "expected a SARIF log of version 2.1.0, found the version `2.0.0`");
    let said = trivy(br#"{"SchemaVersion": 1, "Results": []}"#).unwrap_err().to_string();
    assert_eq!(said, "expected a Trivy report of version 2, found the schema version `1`");
}

#[test]
fn every_cut_of_a_real_document_is_refused() {
    for name in ["trivy.json", "grype.json", "cargo_audit.json", "pip_audit.json", "analysis.sarif"]
    {
        let bytes = document(name);
        let end = bytes.trim_ascii_end().len();
        for length in (0..end).step_by(13) {
            let cut = &bytes[..length];
            let read = trivy(cut).is_ok()
                || grype(cut).is_ok()
                || cargo_audit(cut).is_ok()
                || pip_audit(cut).is_ok()
                || sarif(cut).is_ok();
            assert!(!read, "{name} cut at {length}");
        }
    }
    for name in ["pytest_scores.xml", "nextest.xml", "surefire.xml", "jest.xml", "go.xml"] {
        let bytes = document(name);
        let end = bytes.trim_ascii_end().len();
        for length in (0..end).step_by(5) {
            assert!(junit(&bytes[..length]).is_err(), "{name} cut at {length}");
        }
    }
}

#[test]
fn a_changed_byte_ends_no_reader() {
    for name in ["trivy.json", "grype.json", "analysis.sarif", "surefire.xml", "nextest.xml"] {
        let original = document(name);
        for place in (0..original.len()).step_by(43) {
            for with in [0_u8, b'"', b'<', b'9'] {
                let mut bytes = original.clone();
                bytes[place] = with;
                let _ = (junit(&bytes), trivy(&bytes), grype(&bytes), sarif(&bytes));
                let _ = (cargo_audit(&bytes), pip_audit(&bytes), k6(&bytes), wrk(&bytes));
                let _ = hdr(&bytes, TimeUnit::Milliseconds);
            }
        }
    }
}
