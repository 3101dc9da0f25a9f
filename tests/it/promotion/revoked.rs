//! A version that is taken back for good: who may, what it means, and what it does not undo.

use std::fs;

use super::team::{DAY, HOUR, POLICY, Team, approving, flights, promoting};

const BACK: &str = "rollback --model flights --env prod --reason WHY --key owner.pem";
const LATER: i64 = 2 * HOUR;

fn revoking(version: &str) -> String {
    format!("revoke flights@{version} --role release --comment poisoned --key owner.pem")
}

#[test]
fn a_revoked_version_goes_nowhere_whatever_was_approved_before() {
    let team = Team::staged();
    let request = team.request(0, "v1", "prod");
    team.approve(0, &request, "ml-lead", "ann");
    team.approve(0, &request, "compliance", "ben");
    let report = team.check_tests(HOUR, "v1", "--env prod");
    let ran = team.done(HOUR, &revoking("v1"));
    assert!(
        ran.stdout.starts_with("revoked   flights@v1 by owner as release\nevent     "),
        "{ran:#?}"
    );
    let means = "from now  no door opens for it, and no rollback leads to it\n";
    assert!(ran.stdout.contains(means), "{ran:#?}");
    let door = "prod --model flights@v1";
    team.closed(HOUR, door, "passport of flights@v1", "E_REVOKED");
    let said = "passport of flights@v1: it was revoked by event";
    team.refused(HOUR, &promoting(&request), "E_REVOKED", said);
    let ask = "request --model flights@v1 --to prod --key owner.pem";
    team.refused(HOUR, ask, "E_REVOKED", said);
    let add = format!("passport add flights@v1 --report {report} --key ci.pem");
    team.refused(HOUR, &add, "E_REVOKED", "`flights@v1` was revoked by event");
    // Whoever asked takes the request back, so that it is asked for no more.
    team.done(HOUR, &format!("reject {request} --role release --comment no --key owner.pem"));
    team.done(HOUR, "audit");
}

#[test]
fn nobody_is_told_to_release_a_hold_for_a_version_that_was_revoked() {
    let team = Team::released();
    team.done(HOUR, BACK);
    let door = "door prod --model flights@v2";
    let before = team.run(LATER, door).stderr;
    assert!(before.contains("driftgate hold release"), "{before}");
    team.done(LATER, &revoking("v2"));
    let another = "hint: a revocation is for good, so that nothing opens this door to v2: promote \
                   another version";
    let ran = team.run(LATER, door);
    assert!(ran.stdout.contains("E_HOLD: held since event"), "{ran:#?}");
    assert_eq!((ran.code, ran.stderr), (Some(1), format!("{another}\n")));
    let ask = "request --model flights@v2 --to prod --key owner.pem";
    team.refused(LATER, ask, "E_REVOKED", another);
}

#[test]
fn who_may_not_revoke_is_refused_before_anything_is_written() {
    let team = Team::released();
    let dan = "  - identity: dan\n    roles: [ml-lead]\n";
    let narrow = team.keyring().replace(dan, &format!("{dan}    environments: [dev]\n"));
    team.write("next.yaml", narrow);
    team.done(LATER, "registry keyring next.yaml --key owner.pem");
    let events = team.events();
    let revoke = |of: &str, role: &str, key: &str| {
        format!("revoke flights@{of} --role {role} --comment no --key {key}.pem")
    };
    let say = "wants the role `compliance` or `ml-lead` or `release`";
    team.refused(LATER, &revoke("v1", "gate-runner", "ci"), "E_ROLE", say);
    let boast = "`ann` does not have the role `release`";
    team.refused(LATER, &revoke("v1", "release", "ann"), "E_ROLE", boast);
    team.refused(LATER, &revoke("v1", "release", "stranger"), "E_KEY", "");
    let unknown = "`flights@v9` was never registered";
    team.refused(LATER, &revoke("v9", "release", "owner"), "E_STATE", unknown);
    let nomodel = revoke("v1", "release", "owner").replace("flights", "delays");
    let said = "no version of `delays` was ever registered\n  hint: the models are: flights;";
    team.refused(LATER, &nomodel, "E_STATE", said);
    let words = "revoke flights@v1 --role release --key owner.pem";
    assert_eq!(team.run(LATER, words).code, Some(2), "no comment");
    let blank = team.command(LATER, &format!("{words} --comment")).arg("  ").run();
    assert_eq!(blank.code, Some(2), "{blank:#?}");
    assert_eq!(team.events(), events);
    // It is about no environment, so that a key for some alone does.
    team.done(LATER, &revoke("v1", "ml-lead", "dan"));
    let again = revoke("v1", "release", "owner");
    let said = format!("`flights@v1` was revoked by event {}", events + 1);
    team.refused(LATER, &again, "E_REVOKED", &said);
    team.refused(LATER, &again, "E_REVOKED", "hint: a revocation is for good; `driftgate history");
    assert_eq!(team.events(), events + 1);
}

#[test]
fn a_revocation_moves_nothing_but_says_where_the_version_runs_and_what_to_do() {
    let team = Team::released();
    let ran = team.done(LATER, &revoking("v2"));
    for place in ["prod", "staging"] {
        let next = format!("driftgate rollback --model flights --env {place} --reason WHY");
        let line = format!("runs      in {place} still: {next}\n");
        assert!(ran.stdout.contains(&line), "{line}: {ran:#?}");
    }
    assert!(!ran.stdout.contains("runs      in dev"), "{ran:#?}");
    assert!(team.done(LATER, "status").stdout.contains("flights in prod: v2"));
    let back = team.done(LATER, BACK).stdout;
    assert!(back.starts_with("rolled back  flights in prod from v2 to v1 by owner\n"), "{back}");
    let none = team.done(LATER, &revoking("v1")).stdout;
    let line = "runs      in prod still: promote another version: none that ran there before can run \
                again\n";
    assert!(none.contains(line), "{none}");
    team.done(LATER, "audit");
}

#[test]
fn whoever_looks_is_told_that_a_version_was_revoked_by_whom_and_why() {
    let team = Team::released();
    let asked = team.request(LATER, "v2", "dev");
    team.done(LATER, &revoking("v2"));
    let event = team.events();
    let by = format!("since event {event} by owner as release: poisoned");
    let status = team.done(LATER, "status").stdout;
    let told = [
        format!(
            "runs      flights in prod: v2 since 2026-09-21T15:13:20Z (event {}), revoked by \
                 event {event}\n",
            event - 2
        ),
        format!("revoked   flights@v2 {by}\n"),
        format!(
            "request {asked}, void (E_REVOKED): `flights@v2` was revoked by event {event}: poisoned\n"
        ),
    ];
    for line in told {
        assert!(status.contains(&line), "{line}: {status}");
    }
    let shown = team.done(LATER, "passport show flights@v2").stdout;
    assert!(shown.contains(&format!("\nrevoked   {by}\n")), "{shown}");
    let history = team.done(LATER, "history --model flights").stdout;
    assert!(history.contains("flights@v2 as release: poisoned  by owner"), "{history}");
    let door = team.run(LATER, "door dev --model flights@v2").stdout;
    let item = format!("E_REVOKED: it was revoked by event {event}: poisoned\n");
    assert!(door.contains(&item), "{door}");
    let lineage = team.done(LATER, "lineage flights@v2").stdout;
    assert!(lineage.contains("\n  revoked      by owner as release, 2026-"), "{lineage}");

    let status = team.run(LATER, "status --format json").json();
    let versions = status["models"][0]["versions"].as_array().unwrap();
    let known = |name: &str| versions.iter().find(|one| one["version"] == name).unwrap();
    assert_eq!(known("v1")["revocation"], serde_json::Value::Null);
    assert_eq!((&known("v2")["revoked"], &known("v1")["revoked"]), (&true.into(), &false.into()));
    for words in ["passport show flights@v2", "lineage flights@v2"] {
        let shown = team.run(LATER, &format!("{words} --format json")).json();
        assert_eq!(shown["revocation"], known("v2")["revocation"], "{words}: {shown:#}");
        assert_eq!(shown["revocation"]["reason"], "poisoned");
    }
    let head = fs::read_to_string(team.path(".driftgate/heads/flights/prod.json")).unwrap();
    assert!(head.contains(r#""revoked": true"#), "{head}");
    let before = team.run(LATER, "history --at 2026-09-21T15:30:00Z").stdout;
    assert!(before.contains("flights in prod: v2") && !before.contains("revoked"), "{before}");
}

#[test]
fn a_rollback_passes_over_what_was_revoked_and_leads_to_it_by_name_neither() {
    let team = Team::founded();
    let back = BACK.replace("--env prod", "--env dev");
    team.done(HOUR, &revoking("v2"));
    team.refused(
        HOUR,
        &format!("{back} --to v2"),
        "E_REVOKED",
        "`flights@v2` was revoked by event",
    );
    for words in [format!("{back} --drill"), back] {
        let ran = team.done(HOUR, &words);
        assert!(ran.stdout.contains("from v3 to v1"), "{ran:#?}");
        assert!(ran.stderr.contains("v2 is passed over: it was revoked by event"), "{ran:#?}");
    }
    team.done(HOUR, "audit");
}

#[test]
fn where_all_that_ran_before_was_revoked_nothing_is_rolled_back_and_no_drill_fails() {
    let team = Team::released();
    team.done(LATER, &revoking("v1"));
    let events = team.events();
    for words in [format!("{BACK} --drill"), BACK.to_owned()] {
        let said = format!("that could run again: v1 was revoked by event {events}: poisoned\n");
        team.refused(LATER, &words, "E_STATE", &said);
        assert!(!team.run(LATER, &words).stderr.contains("hint"));
    }
    assert_eq!(team.events(), events);
}

#[test]
fn from_what_was_revoked_one_goes_further_back_without_naming_the_version() {
    let team = Team::founded();
    let back = BACK.replace("--env prod", "--env dev");
    team.done(HOUR, &back);
    team.refused(HOUR, &back, "E_CONFLICT", "`dev` was rolled back from v3 to v2");
    let told = team.done(HOUR, &revoking("v2")).stdout;
    assert!(told.contains("in dev still: driftgate rollback --model flights --env dev"), "{told}");
    team.done(HOUR, &back);
    assert!(team.done(HOUR, "status").stdout.contains("flights in dev: v1"));
    team.refused(HOUR, &back, "E_CONFLICT", "`dev` was rolled back from v2 to v1");
}

#[test]
fn no_drill_is_asked_for_where_every_earlier_version_was_revoked() {
    let team = Team::released();
    let (door, drill) = ("prod --model flights@v3", "rollback drill");
    team.closed(LATER, door, drill, "E_DRILL");
    team.done(LATER, &revoking("v1"));
    let none = "no earlier version ran there but those that were taken back or revoked";
    assert_eq!(team.met(LATER, door, drill), none);
    team.drift(LATER, "v3", "august", "");
    team.tests(LATER, "v3", "staging");
    team.move_to(LATER, "v3", "staging");
    team.tests(LATER, "v3", "prod");
    team.release(LATER, "v3");
    // Now there is one again.
    team.closed(LATER, "prod --model flights@v1", drill, "E_DRILL");
    team.done(LATER, &format!("{BACK} --drill"));
    team.done(DAY, "audit");
}

#[test]
fn what_was_still_to_be_done_for_a_revoked_version_is_given_up() {
    let dev = "dev: {identity: [code], actions: [{name: deploy, file: deployed}]}";
    let team = Team::under(&POLICY.replace("dev: {identity: [code]}", dev));
    // Where the document belongs a file is in the way.
    team.write("deployed", "in the way");
    let request = team.request(0, "v1", "dev");
    assert_eq!(team.run(0, &promoting(&request)).code, Some(5));
    team.done(HOUR, &revoking("v1"));
    let event = team.events();
    fs::remove_file(team.path("deployed")).unwrap();
    let ran = team.done(HOUR, "reconcile --key owner.pem");
    assert!(ran.stderr.contains(&format!("deploy: v1 was revoked by event {event}")), "{ran:#?}");
    assert_eq!(ran.stdout, "0 done, 1 given up, 0 put right, nothing is left to do\n");
    assert!(!team.path("deployed").exists());
    let history = team.done(HOUR, "history").stdout;
    assert!(history.contains("deploy given up"), "{history}");
    team.done(HOUR, "audit");
    team.refused(HOUR, &approving(&request, "ml-lead", "ann"), "E_CONFLICT", "was promoted by");
}

#[test]
fn who_compares_with_the_data_of_a_revoked_version_is_warned() {
    let team = Team::staged();
    team.done(HOUR, &revoking("v1"));
    let ran = team.done(
        HOUR,
        &format!(
            "check --policy policy.yaml --gate drift --env staging --model flights@v2 --reference \
             @stable --candidate {} --out compared --key ci.pem",
            flights("august")
        ),
    );
    let said =
        "warning: the reference is that of flights@v1 in staging, which was revoked by event";
    assert!(ran.stderr.contains(said), "{ran:#?}");
}
