//! What an MLflow server is told, and what is put right there.

use std::collections::BTreeMap;

use super::decisions::{decision, outside, rollback};
use super::mlflow_server::{Mlflow, mlflow};
use super::programs::exec;
use crate::delivery::{Answered, Change, Decision, compare, deliver};
use crate::verdict::Verdict;

#[test]
fn an_alias_moves_behind_the_tags_and_moves_once() {
    let folder = tempfile::tempdir().unwrap();
    let (server, state) = Mlflow::of(&[("7", Some("v12+b")), ("12", None)]).served();
    let (action, decision, outside) = (mlflow(&server), decision(), outside(folder.path()));
    let done = deliver(&action, &decision, &outside).unwrap();
    assert_eq!(done.change, Change::Made);
    let shown = format!("{}/mlf/#/models/fraud/versions/7 as @prod", server.address);
    assert_eq!(done.reference.as_ref(), shown);
    {
        let state = state.lock().unwrap();
        assert_eq!(state.aliases, BTreeMap::from([("prod".to_owned(), "7".to_owned())]));
        let tags = &state.versions["7"];
        assert_eq!(tags["driftgate.snapshot_id"], decision.snapshot.unwrap().to_string());
        let digests: Vec<String> = decision.reports.iter().map(ToString::to_string).collect();
        assert_eq!(tags["driftgate.report_digest"], digests.join(","));
        assert_eq!(tags["driftgate.ledger_head"], decision.ledger_head.to_string());
        assert_eq!(tags["driftgate.verdict"], "warned");
        assert_eq!(tags["driftgate.decision"], "promoted");
        assert_eq!(tags["driftgate.environment"], "prod");
        assert!(state.versions["12"].is_empty());
    }
    assert_eq!(server.sent().last().unwrap(), "POST /mlf/api/2.0/mlflow/registered-models/alias");
    assert!(
        server.asked().iter().all(|asked| asked.head.contains("authorization: bearer m-s3cret"))
    );

    let before = server.sent().len();
    let again = deliver(&action, &decision, &outside).unwrap();
    assert_eq!((again.change, again.reference), (Change::Found, done.reference));
    assert_eq!(server.sent().len(), before, "nothing is written twice");

    state.lock().unwrap().aliases.insert("prod".to_owned(), "12".to_owned());
    assert_eq!(deliver(&action, &decision, &outside).unwrap().change, Change::Made);
    assert_eq!(state.lock().unwrap().aliases["prod"], "7");
}

#[test]
fn the_verdict_of_a_version_is_what_its_gates_said() {
    let folder = tempfile::tempdir().unwrap();
    let (server, state) = Mlflow::of(&[("1", Some("v12+b"))]).served();
    let gates = |verdict| Answered::Gates(verdict);
    let words = [
        (gates(Verdict::Passed), "passed"),
        (gates(Verdict::Warned), "warned"),
        (Answered::NoGates, "no-gates"),
        (Answered::Unverifiable, "unverifiable"),
    ];
    for (answered, word) in words {
        let decision = Decision { answered, ..decision() };
        deliver(&mlflow(&server), &decision, &outside(folder.path())).unwrap();
        assert_eq!(state.lock().unwrap().versions["1"]["driftgate.verdict"], word);
        assert_eq!(decision.document()["verdict"], word);
    }
}

#[test]
fn a_rollback_is_told_of_both_versions() {
    let folder = tempfile::tempdir().unwrap();
    let (server, state) = Mlflow::of(&[("11", None), ("12", None)]).served();
    let (action, outside) = (mlflow(&server), outside(folder.path()));
    let promoted = Decision { version: "v12".parse().unwrap(), ..decision() };
    deliver(&action, &promoted, &outside).unwrap();
    deliver(&action, &rollback(), &outside).unwrap();
    let mut state = state.lock().unwrap();
    assert_eq!(state.aliases["prod"], "11");
    let tag =
        |number: &str, name: &str| state.versions[number][&format!("driftgate.{name}")].clone();
    assert_eq!(tag("11", "decision"), "rolled-back-to");
    assert_eq!(tag("11", "verdict"), "warned", "what its own promotion rested on");
    assert_eq!(tag("12", "decision"), "rolled-back-from");
    assert_eq!(tag("12", "version"), "v12");
    // Nobody needs the version that does not run any more.
    state.versions.remove("12");
    drop(state);
    assert_eq!(deliver(&action, &rollback(), &outside).unwrap().change, Change::Found);
}

#[test]
fn what_somebody_changed_by_hand_is_told_and_put_right() {
    let folder = tempfile::tempdir().unwrap();
    let (server, state) = Mlflow::of(&[("7", Some("v12+b")), ("12", None)]).served();
    let (action, decision, outside) = (mlflow(&server), decision(), outside(folder.path()));
    deliver(&action, &decision, &outside).unwrap();
    let about = [(&decision.version, &decision)];
    let found = |mend| {
        let found = compare(&action, &decision, &about, mend, &outside).unwrap();
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert!(found(false).is_empty());
    {
        let mut state = state.lock().unwrap();
        state.aliases.insert("prod".to_owned(), "12".to_owned());
        let tags = state.versions.get_mut("7").unwrap();
        tags.insert("driftgate.verdict".to_owned(), "passed\u{1b}[2J".to_owned());
        tags.remove("driftgate.event");
    }
    let expected = [
        format!(
            "the tag `driftgate.event` of fraud version 7: expected {}, found nothing",
            decision.event
        ),
        "the tag `driftgate.verdict` of fraud version 7: expected warned, found passed\\u{1b}[2J"
            .to_owned(),
        "the alias `prod` of fraud: expected version 7, found version 12".to_owned(),
    ];
    let before = server.sent().len();
    assert_eq!(found(false), expected);
    assert_eq!(server.sent().len(), before, "looking changes nothing");
    assert_eq!(found(true), expected);
    assert!(found(true).is_empty(), "and once is enough");
    state.lock().unwrap().aliases.clear();
    let gone = ["the alias `prod` of fraud: expected version 7, found nothing"];
    assert_eq!(found(true), gone);
    assert_eq!(state.lock().unwrap().aliases["prod"], "7");
    let program = exec(&["true"], 20);
    assert!(compare(&program, &decision, &about, true, &outside).unwrap().is_empty());
}

#[test]
fn a_version_that_cannot_be_told_is_not_guessed() {
    let folder = tempfile::tempdir().unwrap();
    let deliver_to = |versions: &[(&str, Option<&str>)], version: &str| {
        let (server, state) = Mlflow::of(versions).served();
        let decision = Decision { version: version.parse().unwrap(), ..decision() };
        let done = deliver(&mlflow(&server), &decision, &outside(folder.path()));
        let state = state.lock().unwrap();
        done.map(|_| state.aliases["prod"].clone()).map_err(|error| {
            assert!(server.sent().is_empty() && !error.may_pass());
            error.to_string()
        })
    };
    assert_eq!(deliver_to(&[("12", None)], "v12").unwrap(), "12");
    assert_eq!(deliver_to(&[("12", None), ("3", None)], "3").unwrap(), "3");
    let error = deliver_to(&[("12", None)], "v13").unwrap_err();
    let expected = "MLflow's model `fraud` has no version for `v13`: none is tagged \
                    `driftgate.version` = `v13`, and there is no 13";
    assert_eq!(error, expected);
    let error = deliver_to(&[("12", None)], "winter").unwrap_err();
    assert!(error.ends_with("`winter`, and the name is no number"), "{error}");
    let error = deliver_to(&[("12", Some("v13"))], "v12").unwrap_err();
    assert!(error.ends_with(": 12 is tagged as `v13`"), "{error}");
    let error = deliver_to(&[("1", Some("v9")), ("2", Some("v9"))], "v9").unwrap_err();
    assert!(error.ends_with("names it on both 1 and 2"), "{error}");
}

#[test]
fn a_server_that_says_yes_and_does_nothing_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let deaf = Mlflow { deaf: true, ..Mlflow::of(&[("1", Some("v12+b"))]) };
    let (server, _) = deaf.served();
    let error = deliver(&mlflow(&server), &decision(), &outside(folder.path())).unwrap_err();
    assert!(error.to_string().contains("expected the alias just set on 1, found nothing"));
}
