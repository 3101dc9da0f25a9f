//! The files of a revoked version under another name: they are what was revoked, whoever registers
//! them anew, and whenever.

use std::fs;

use driftgate::registry::EventBody;
use serde_json::{Value, json};

use super::team::{HOUR, POLICY, Team, approving, promoting, word};

const DEV: &str = "rollback --model flights --env dev --reason WHY --key owner.pem";

impl Team {
    fn revoke(&self, seconds: i64, of: &str) -> String {
        let words = format!("revoke {of} --role release --comment poisoned --key owner.pem");
        self.done(seconds, &words).stdout
    }

    /// Registers the files of a version as another; gives what was said.
    fn register_again(&self, seconds: i64, version: &str, of: &str) -> String {
        self.write(format!("model/{of}/weights"), format!("weights of {version}"));
        let words = format!("passport new flights@{of} --artifact model/{of} --commit abc123");
        self.done(seconds, &format!("{words} --key ci.pem")).stderr
    }

    fn lose_passport(&self, of: &str) {
        let replayed = self.replayed();
        let passport = replayed.state().version(&word("flights"), &word(of)).unwrap().passport;
        fs::remove_file(self.registry().objects().path(passport)).unwrap();
    }
}

/// Who revoked v1 when and why, as it is told of what has its files.
fn told(event: u64) -> String {
    format!(
        "has the files of `flights@v1`, which was revoked by event {event} by owner as release, \
         2026-09-21T15:13:20Z: poisoned"
    )
}

#[test]
fn what_was_revoked_is_registered_anew_with_a_warning_and_goes_nowhere() {
    let team = Team::founded();
    team.revoke(HOUR, "flights@v1");
    let told = told(team.events());
    let warned = team.register_again(HOUR, "v1", "v4");
    let warning = format!("warning: flights@v4 {told}; no door opens for it\n");
    assert!(warned.contains(&warning), "{warned}");
    let shown = team.done(HOUR, "passport show flights@v4").stdout;
    assert!(shown.contains(&format!("revoked   {told}\n")), "{shown}");
    let status = team.done(HOUR, "status").stdout;
    assert!(status.contains(&format!("revoked   flights@v4 {told}\n")), "{status}");
    team.closed(HOUR, "dev --model flights@v4", "passport of flights@v4", "E_REVOKED");
    let (events, objects) = (team.events(), team.objects());
    let ask = "request --model flights@v4 --to dev --key owner.pem";
    team.refused(HOUR, ask, "E_REVOKED", &format!("passport of flights@v4: it {told}"));
    assert_eq!((team.events(), team.objects()), (events, objects), "nothing is written");
    // A request that somebody wrote by hand leads no further.
    let asked = team.asking("v4", "dev", |_| ());
    team.append(HOUR, asked.clone(), "owner");
    let EventBody::Requested { request, .. } = asked else { panic!("{asked:?}") };
    let request = request.to_string();
    team.refused(HOUR, &promoting(&request), "E_REVOKED", &told);
    let approval = approving(&request, "ml-lead", "ann");
    team.refused(HOUR, &approval, "E_REVOKED", &format!("`flights@v4` {told}"));
    team.done(HOUR, "audit");
    // Other files are another model.
    assert_eq!(team.register_again(HOUR, "v5", "v5"), "");
    team.move_to(HOUR, "v5", "dev");
}

#[test]
fn files_that_are_revoked_under_one_name_are_not_promoted_under_another_that_was_approved_before() {
    let policy = POLICY.replace("    from: staging\n", "    from: dev\n    identity: [code]\n");
    let team = Team::under(&policy);
    team.register_again(0, "v1", "v4");
    team.move_to(0, "v2", "dev");
    team.move_to(0, "v4", "dev");
    team.tests(0, "v4", "prod");
    let request = team.request(0, "v4", "prod");
    team.approve(0, &request, "ml-lead", "ann");
    let said = team.revoke(HOUR, "flights@v1");
    let same = "the same  flights@v4 has its files: no door opens for that one either\n\
                runs      flights@v4 in dev still: driftgate rollback --model flights --env dev";
    assert!(said.contains(same), "{said}");
    let told = told(team.events());
    team.refused(HOUR, &approving(&request, "compliance", "ben"), "E_REVOKED", &told);
    team.closed(HOUR, "prod --model flights@v4", "passport of flights@v4", "E_REVOKED");
    let promote = promoting(&request);
    team.refused(HOUR, &promote, "E_REVOKED", &format!("passport of flights@v4: it {told}"));
    // What was decided before stands.
    team.done(HOUR, "audit");
}

#[test]
fn no_way_leads_back_to_the_files_of_a_revoked_version_and_no_drill_is_asked_for() {
    let team = Team::founded();
    team.register_again(0, "v1", "v4");
    team.move_to(0, "v4", "dev");
    team.move_to(0, "v3", "dev");
    let said = team.revoke(HOUR, "flights@v1");
    assert!(!said.contains("runs "), "{said}");
    let told = told(team.events());
    team.refused(HOUR, &format!("{DEV} --to v4"), "E_REVOKED", &format!("`flights@v4` {told}"));
    let ran = team.done(HOUR, DEV);
    assert!(ran.stdout.contains("in dev from v3 to v2"), "{ran:#?}");
    assert!(ran.stderr.contains(&format!("v4 is passed over: it {told}")), "{ran:#?}");
    team.done(HOUR, "audit");

    let team = Team::released();
    let (door, drill) = ("prod --model flights@v3", "rollback drill");
    team.closed(HOUR, door, drill, "E_DRILL");
    team.register_again(HOUR, "v1", "v4");
    team.revoke(HOUR, "flights@v4");
    let none = "no earlier version ran there but those that were taken back or revoked";
    assert_eq!(team.met(HOUR, door, drill), none);
    let back = DEV.replace("--env dev", "--env prod");
    let said = "that could run again: v1 has the files of `flights@v4`, which was revoked by";
    team.refused(HOUR, &back, "E_STATE", said);
    team.done(HOUR, "audit");
}

#[test]
fn from_the_files_of_a_revoked_version_one_goes_further_back_without_naming_the_version() {
    let team = Team::founded();
    team.done(HOUR, DEV);
    team.register_again(HOUR, "v2", "v4");
    let said = team.revoke(HOUR, "flights@v4");
    let next = "runs      flights@v2 in dev still: driftgate rollback --model flights --env dev";
    assert!(said.contains(next), "{said}");
    team.done(HOUR, DEV);
    assert!(team.done(HOUR, "status").stdout.contains("flights in dev: v1"));
    team.done(HOUR, "audit");
}

#[test]
fn the_name_of_another_model_makes_no_other_files_of_them() {
    let team = Team::founded();
    team.revoke(HOUR, "flights@v1");
    let told = told(team.events());
    let words = "passport new delays@v1 --artifact model/v1 --commit abc123 --key ci.pem";
    let warned = team.done(HOUR, words).stderr;
    assert!(warned.contains(&format!("warning: delays@v1 {told}")), "{warned}");
    let ask = "request --model delays@v1 --to dev --key owner.pem";
    team.refused(HOUR, ask, "E_REVOKED", &told);
}

#[test]
fn what_somebody_writes_by_hand_about_the_files_of_a_revoked_version_is_named_by_the_audit() {
    let team = Team::founded();
    team.register_again(0, "v1", "v4");
    team.move_to(0, "v4", "dev");
    team.move_to(0, "v3", "dev");
    team.revoke(HOUR, "flights@v1");
    let told = told(team.events());
    team.done(HOUR, "audit");
    let asked = team.asking("v4", "lab", |_| ());
    team.append(HOUR, asked.clone(), "owner");
    let vsa = team.summary("v4", "lab", "owner");
    team.append(HOUR, team.granting(&asked, vsa), "owner");
    let audit = team.run(HOUR, "audit");
    assert_eq!(audit.code, Some(4), "{audit:#?}");
    let open = format!("E_REVOKED: passport of flights@v4: it {told}");
    assert!(audit.stdout.contains("E_DOOR") && audit.stdout.contains(&open), "{audit:#?}");
    team.cut_last();
    let back = EventBody::RolledBack {
        model: word("flights"),
        environment: word("dev"),
        from_version: word("v3"),
        to_version: word("v4"),
        reason: word("slow"),
        hold: true,
        vsa: team.summary("v4", "dev", "owner"),
        actions: [].into(),
    };
    team.append(HOUR, back, "owner");
    let audit = team.run(HOUR, "audit");
    assert_eq!(audit.code, Some(4), "{audit:#?}");
    let barred = format!("E_REVOKED: `v4` {told}");
    assert!(audit.stdout.contains("E_DOOR") && audit.stdout.contains(&barred), "{audit:#?}");
}

#[test]
fn where_nobody_can_tell_which_files_were_revoked_no_door_opens() {
    let team = Team::founded();
    team.revoke(HOUR, "flights@v1");
    team.lose_passport("v1");
    let ask = "request --model flights@v2 --to dev --key owner.pem";
    let said = "whether it has the files of `flights@v1`, which was revoked, cannot be told: ";
    team.refused(HOUR, ask, "E_OBJECT", said);
    let (events, objects) = (team.events(), team.objects());
    let new = "passport new flights@v9 --artifact model/v2 --commit abc123 --key ci.pem";
    team.refused(HOUR, new, "E_OBJECT", said);
    assert_eq!((team.events(), team.objects()), (events, objects), "nothing is written");
    assert!(team.done(HOUR, "status").stdout.contains(said));
}

#[test]
fn a_version_whose_passport_is_gone_is_revoked_all_the_same() {
    let team = Team::founded();
    team.lose_passport("v3");
    let events = team.events();
    let words = "revoke flights@v3 --role release --comment poisoned --key owner.pem";
    let ran = team.done(HOUR, words);
    assert!(ran.stdout.contains("no door opens for it"), "{ran:#?}");
    assert!(ran.stdout.contains("\nruns      in dev still\n"), "{ran:#?}");
    let moved = "warning: nothing can be moved in dev now: E_OBJECT: whether it has the files of \
                 `flights@v3`, which was revoked, cannot be told: ";
    let same = "warning: who else has the files of flights@v3 is not told: ";
    assert!(ran.stderr.contains(moved) && ran.stderr.contains(same), "{ran:#?}");
    assert_eq!(team.events(), events + 1);
}

#[test]
fn whoever_looks_is_told_that_the_files_of_a_version_were_revoked_under_another_name() {
    let team = Team::founded();
    let words = "passport new delays@v1 --artifact model/v1 --commit abc123 --key ci.pem";
    team.done(0, words);
    team.register_again(0, "v1", "v4");
    team.move_to(0, "v4", "dev");
    let before = team.done(HOUR, "status --format json").json();
    team.revoke(HOUR, "delays@v1");
    let event = team.events();
    let by = format!("revoked by event {event}");
    let status = team.done(HOUR, "status").stdout;
    assert!(status.contains(&format!(", has the files of delays@v1, {by}\n")), "{status}");
    let dated = "2026-09-21T15:13:20Z";
    let history = format!("history --model flights --at {dated}");
    assert!(team.done(HOUR, &history).stdout.contains("\nrevoked   flights@v4 has the files"));
    for of in ["flights", "delays"] {
        let history = team.done(HOUR, &format!("history --model {of}")).stdout;
        let line =
            "delays@v1 as release: poisoned; the same files: flights@v1, flights@v4  by owner\n";
        assert!(history.contains(line), "{history}");
    }
    let told = team.done(HOUR, "history --model flights --format json").json();
    let last = told["events"].as_array().unwrap().last().unwrap();
    assert_eq!(last["sameFiles"][1], json!({"model": "flights", "version": "v4"}), "{last:#}");

    let known = |status: &Value, model: usize, version: usize| {
        status["models"][model]["versions"][version]["filesRevokedAs"].clone()
    };
    assert_eq!(known(&before, 1, 3), Value::Null);
    let after = team.done(HOUR, "status --format json").json();
    assert_eq!((known(&after, 0, 0), known(&after, 1, 1)), (Value::Null, Value::Null));
    let files = known(&after, 1, 3);
    assert_eq!((&files["model"], &files["version"]), (&json!("delays"), &json!("v1")), "{files}");
    assert_eq!(files["revocation"]["reason"], "poisoned");
    for words in ["passport show flights@v4", "lineage flights@v4"] {
        let shown = team.done(HOUR, &format!("{words} --format json")).json();
        assert_eq!(shown["filesRevokedAs"], files, "{words}");
    }
    let lineage = team.done(HOUR, "lineage flights@v4").stdout;
    let row = format!(
        "  revoked      its files, as delays@v1, by owner as release, {dated} (event {event}): poisoned\n"
    );
    assert!(lineage.contains(&row), "{lineage}");
    team.lose_passport("v2");
    let after = team.done(HOUR, "status --format json").json();
    assert!(known(&after, 1, 1)["unknown"].as_str().unwrap().contains("flights@v2"), "{after:#}");
}

#[test]
fn whoever_revokes_is_told_by_name_of_which_versions_nobody_can_tell_whether_they_have_the_files() {
    let team = Team::founded();
    team.register_again(0, "v1", "v4");
    team.lose_passport("v2");
    team.lose_passport("v4");
    let words = "revoke flights@v1 --role release --comment poisoned --key owner.pem";
    let ran = team.done(HOUR, words);
    let said = "warning: whether its files are those of flights@v2, flights@v4 cannot be told: ";
    assert!(ran.stderr.contains(said), "{ran:#?}");
}

#[test]
fn whoever_revokes_is_led_to_no_version_that_cannot_run_again() {
    let team = Team::founded();
    team.register_again(0, "v1", "v4");
    team.revoke(HOUR, "flights@v4");
    // What else ran there has the files of v4, or nobody can tell what it has.
    team.lose_passport("v2");
    let none = "runs      in dev still: promote another version: none that ran there before can run \
                again\n";
    let said = team.revoke(HOUR, "flights@v3");
    assert!(said.contains(none), "{said}");

    let team = Team::founded();
    team.lose_passport("v2");
    let said = team.revoke(HOUR, "flights@v3");
    let to = "driftgate rollback --model flights --env dev --to v1 --reason WHY\n";
    assert!(said.contains(&format!("runs      in dev still: {to}")), "{said}");
    team.done(HOUR, &DEV.replace("--reason", "--to v1 --reason"));

    let team = Team::founded();
    for version in ["v2", "v1"] {
        team.done(HOUR, &format!("{DEV} --to {version}"));
    }
    let said = team.revoke(HOUR, "flights@v1");
    let release = "hold release --model flights --env dev --version v2 --role ROLE --comment WHY";
    let held = format!(
        "promote another version, or end the hold on v2 (`driftgate {release} --key KEY`) and go back \
         to it (`driftgate rollback --model flights --env dev --to v2 --reason WHY`)\n"
    );
    assert!(said.contains(&held), "{said}");
    team.done(HOUR, &format!("{} --key owner.pem", release.replace("ROLE", "release")));
    team.done(HOUR, &format!("{DEV} --to v2"));
}

#[test]
fn nothing_is_done_outside_for_who_may_write_no_events() {
    let dev = "dev: {identity: [code], actions: [{name: deploy, file: deployed}]}";
    let team = Team::under(&POLICY.replace("dev: {identity: [code]}", dev));
    team.write("deployed", "in the way");
    let request = team.request(0, "v1", "dev");
    assert_eq!(team.run(0, &promoting(&request)).code, Some(5));
    fs::remove_file(team.path("deployed")).unwrap();
    team.refused(HOUR, "reconcile --key stranger.pem", "E_KEY", "nothing was done");
    assert!(!team.path("deployed").exists());
    team.done(HOUR, "reconcile --key owner.pem");
    assert!(team.path("deployed").exists());
}

#[test]
fn what_is_still_to_be_done_for_the_files_of_a_revoked_version_is_given_up() {
    let dev = "dev: {identity: [code], actions: [{name: deploy, file: deployed}]}";
    let team = Team::under(&POLICY.replace("dev: {identity: [code]}", dev));
    team.write("deployed", "in the way");
    let request = team.request(0, "v1", "dev");
    assert_eq!(team.run(0, &promoting(&request)).code, Some(5));
    team.register_again(HOUR, "v1", "v4");
    team.revoke(HOUR, "flights@v4");
    fs::remove_file(team.path("deployed")).unwrap();
    let ran = team.done(HOUR, "reconcile --key owner.pem");
    assert!(ran.stderr.contains("deploy: v1 has the files of `flights@v4`"), "{ran:#?}");
    assert!(!team.path("deployed").exists());
    team.done(HOUR, "audit");
}
