//! Objects, envelopes and ledgers that somebody has laid hands on.

use std::fs;
use std::path::PathBuf;

use driftgate::identity::Sha256Digest;
use driftgate::registry::EventBody;

use super::team::{Team, promoting, word};

impl Team {
    fn object(&self, digest: Sha256Digest) -> PathBuf {
        let name = digest.to_string();
        self.path(format!(".driftgate/objects/sha256/{}/{name}", &name[..2]))
    }

    /// Everything that a request to promote v1 to `prod` rests on, and the request.
    fn rests(&self) -> (Vec<(&'static str, Sha256Digest)>, String) {
        let request = self.request(0, "v1", "prod");
        self.approve(0, &request, "ml-lead", "ann");
        self.approve(0, &request, "compliance", "ben");
        let replayed = self.replayed();
        let asked = replayed.state().request(word(&request)).unwrap();
        let version = replayed.state().version(&word("flights"), &word("v1")).unwrap();
        let rests = vec![
            ("passport", version.passport),
            ("policy", replayed.state().policy().unwrap()),
            ("request", word(&request)),
            ("report", *asked.reports.first().unwrap()),
            ("approval", asked.approvals[1].approval),
        ];
        (rests, request)
    }
}

#[test]
fn t7_whatever_a_promotion_rests_on_is_refused_when_a_byte_of_it_has_changed() {
    let team = Team::staged();
    let (rests, request) = team.rests();
    for (what, digest) in rests {
        let path = team.object(digest);
        let whole = fs::read(&path).unwrap();
        let mut altered = whole.clone();
        let middle = altered.len() / 2;
        altered[middle] ^= 1;
        team.write(&path, altered);
        team.refused(0, &promoting(&request), "E_OBJECT", "");
        fs::remove_file(&path).unwrap();
        let gone = team.run(0, &promoting(&request));
        assert!(matches!(gone.code, Some(4 | 5)), "{what}: {gone:#?}");
        team.write(&path, whole);
    }
    team.done(0, &promoting(&request));
}

#[test]
fn t7_an_envelope_in_the_place_of_another_is_refused() {
    let team = Team::staged();
    let (rests, request) = team.rests();
    let path =
        |wanted| rests.iter().find(|(what, _)| *what == wanted).map(|(_, d)| team.object(*d));
    let (report, approval) = (path("report").unwrap(), path("approval").unwrap());
    let (of_report, of_approval) = (fs::read(&report).unwrap(), fs::read(&approval).unwrap());
    team.write(&report, &of_approval);
    team.refused(0, &promoting(&request), "E_OBJECT", "");
    team.write(&report, &of_report);
    team.write(&approval, &of_report);
    team.refused(0, &promoting(&request), "E_OBJECT", "");
    team.write(&approval, &of_approval);
    team.done(0, &promoting(&request));
}

#[test]
fn t7_a_signed_statement_of_another_kind_is_no_approval_and_no_report() {
    let team = Team::staged();
    let (rests, _) = team.rests();
    let of = |wanted: &str| rests.iter().find(|(what, _)| *what == wanted).unwrap().1;
    let second = team.request(0, "v1", "prod");
    // A report, signed by somebody who may also approve, is named as an approval.
    let body = EventBody::Approved {
        request: word(&second),
        role: word("compliance"),
        comment: word("fine"),
        approval: of("report"),
    };
    team.append(0, body, "ci");
    team.refused(0, &promoting(&second), "E_APPROVAL", "");
    team.closed(0, "prod --model flights@v1", "approval by compliance", "E_APPROVAL");
    // An approval is named as a report.
    let body = EventBody::Reported {
        model: word("flights"),
        version: word("v2"),
        report: of("approval"),
        report_id: of("approval").into(),
        gates: [word("unit-tests")].into(),
    };
    team.append(0, body, "ci");
    team.closed(0, "staging --model flights@v2", "gate unit-tests", "E_PREDICATE_TYPE");
}

#[test]
fn t10_a_signature_that_was_stripped_or_added_makes_another_object() {
    let team = Team::staged();
    let report = team.check_tests(1, "v1", "--env prod");
    let path = team.path(&report).join("report.dsse.json");
    let whole = fs::read_to_string(&path).unwrap();
    let mut envelope: serde_json::Value = serde_json::from_str(&whole).unwrap();
    let signature = envelope["signatures"][0].clone();
    envelope["signatures"] = serde_json::json!([]);
    team.write(&path, envelope.to_string());
    let words = format!("passport add flights@v1 --report {report} --key ci.pem");
    let ran = team.run(1, &words);
    assert_eq!(ran.code, Some(4), "{ran:#?}");
    assert!(ran.stderr.contains("E_"), "{ran:#?}");
    // One signature written twice is one: the same report, taken up once.
    team.write(&path, &whole);
    team.done(1, &words);
    envelope["signatures"] = serde_json::json!([signature, signature]);
    team.write(&path, envelope.to_string());
    team.refused(1, &words, "E_", "");
}

#[test]
fn t20_a_promotion_that_was_cut_away_or_rewritten_is_found() {
    let team = Team::released();
    team.done(0, "audit --pin outside.json");
    let events = team.replayed().events().len();
    let last = team.path(format!(".driftgate/ledger/{events:08}.dsse.json"));
    let whole = fs::read(&last).unwrap();
    fs::remove_file(&last).unwrap();
    team.refused(0, "status --pin outside.json", "E_LEDGER", "it was cut");
    let mut rewritten = whole.clone();
    let middle = rewritten.len() / 2;
    rewritten[middle] ^= 1;
    team.write(&last, rewritten);
    let audit = team.run(0, "audit");
    assert_eq!(audit.code, Some(4), "{audit:#?}");
    assert!(audit.stdout.contains(&format!("the first bad event is {events}")), "{audit:#?}");
    fs::remove_file(&last).unwrap();
    team.write(&last, whole);
    team.done(0, "audit --pin outside.json");
}
