//! Which reports a door believes.

use std::fs;

use driftgate::registry::EventBody;

use super::team::{BAD, DAY, GOOD, HOUR, POLICY, Team, promoting, word};

const STAGING: &str = "staging --model flights@v1";

#[test]
fn t1_a_report_of_other_data_is_refused_when_it_is_taken_up() {
    let team = Team::founded();
    let of_august = team.check_drift(0, "v2", "summer", "");
    let words = format!("passport add flights@v1 --report {of_august} --key ci.pem");
    team.refused(0, &words, "E_SUBJECT", "which is none of `flights@v1`");
    let of_v2 = team.check_tests(0, "v2", "--env staging");
    let words = format!("passport add flights@v1 --report {of_v2} --key ci.pem");
    team.refused(0, &words, "E_SUBJECT", "which is none of `flights@v1`");
}

#[test]
fn t1_a_report_of_other_data_opens_no_door_however_it_came_into_the_ledger() {
    let team = Team::founded();
    let of_v2 = team.check_tests(0, "v2", "--env staging");
    let envelope = fs::read(team.path(of_v2).join("report.dsse.json")).unwrap();
    let report = team.put(envelope);
    let body = EventBody::Reported {
        model: word("flights"),
        version: word("v1"),
        report,
        report_id: report.into(),
        gates: [word("unit-tests")].into(),
    };
    team.append(0, body, "ci");
    team.closed(0, STAGING, "gate unit-tests", "E_SUBJECT");
}

#[test]
fn t2_a_report_that_opened_a_door_opens_it_never_again() {
    let team = Team::staged();
    // v2 takes the place of v1, which is then to come back by the report that it came with.
    team.stage(HOUR, "v2", "summer");
    team.closed(HOUR, STAGING, "gate unit-tests", "E_REPLAY");
    team.refused(
        HOUR,
        "request --model flights@v1 --to staging --key owner.pem",
        "E_REPLAY",
        "the report has opened `staging` before, in event ",
    );
    team.drift(HOUR, "v1", "august", "");
    team.tests(HOUR, "v1", "staging");
    team.move_to(HOUR, "v1", "staging");
}

#[test]
fn t2_a_report_that_answers_one_request_opens_the_door_for_no_other() {
    let team = Team::staged();
    let other = team.check_tests(HOUR, "v1", "--env prod --request weekly-47");
    team.add(HOUR, "v1", &other);
    let asked = "request --model flights@v1 --to prod --key owner.pem --nonce";
    // The report that answers no request still counts; without it, none does.
    let team_without = Team::founded();
    team_without.stage(0, "v1", "summer");
    let report = team_without.check_tests(0, "v1", "--env prod --request weekly-47");
    team_without.add(0, "v1", &report);
    let said = "the report answers `weekly-47`, not `weekly-48`";
    team_without.refused(0, &format!("{asked} weekly-48"), "E_REPLAY", said);
    team_without.done(0, &format!("{asked} weekly-47"));
    team.done(HOUR, &format!("{asked} weekly-48"));
}

#[test]
fn t3_a_report_for_another_environment_or_for_none_opens_no_door() {
    let team = Team::founded();
    for environment in ["--env prod", ""] {
        let report = team.check_tests(0, "v1", environment);
        team.add(0, "v1", &report);
        team.closed(0, STAGING, "gate unit-tests", "E_SCOPE");
    }
    let asked = "request --model flights@v1 --to staging --key owner.pem";
    team.drift(0, "v1", "summer", "");
    team.refused(0, asked, "E_SCOPE", "gate unit-tests");
}

#[test]
fn t4_t5_a_report_made_under_another_or_a_weaker_policy_opens_no_door() {
    let team = Team::founded();
    let weaker = POLICY.replace("psi: {max: 0.25}", "psi: {max: 2.5}");
    let other = POLICY.replace("name: flights-promotion", "name: flights-promotion-2");
    for policy in [weaker, other] {
        team.write("policy.yaml", policy);
        team.drift(0, "v1", "august", "");
        team.closed(0, STAGING, "gate drift", "E_POLICY");
        team.refused(
            0,
            "request --model flights@v1 --to staging --key owner.pem",
            "E_POLICY",
            "gate drift",
        );
    }
}

#[test]
fn t6_a_report_by_a_stranger_is_not_taken_up_and_one_in_another_role_opens_no_door() {
    let team = Team::founded();
    let by_stranger = team.check_tests(0, "v1", "--env staging --key stranger.pem");
    let words = format!("passport add flights@v1 --report {by_stranger} --key ci.pem");
    team.refused(0, &words, "E_KEY", "report.dsse.json");
    let by_ann = team.check_tests(0, "v1", "--env staging --key ann.pem");
    let words = format!("passport add flights@v1 --report {by_ann} --key stranger.pem");
    team.refused(0, &words, "E_KEY", "");
    team.add(0, "v1", &by_ann);
    team.closed(0, STAGING, "gate unit-tests", "E_ROLE");
}

#[test]
fn t14_a_report_opens_no_door_from_its_age_on() {
    let team = Team::founded();
    team.drift(0, "v1", "summer", "");
    team.tests(0, "v1", "staging");
    team.met(3 * DAY - 1, STAGING, "gate unit-tests");
    team.closed(3 * DAY, STAGING, "gate unit-tests", "E_EXPIRED");
    let request = team.request(2 * DAY, "v1", "staging");
    team.refused(3 * DAY, &promoting(&request), "E_EXPIRED", "gate drift");
}

#[test]
fn t15_a_reference_that_is_not_what_runs_makes_no_drift_look_small() {
    let team = Team::staged();
    let words = "request --model flights@v3 --to staging --key owner.pem";
    team.tests(HOUR, "v3", "staging");
    // August lies nearer to autumn than summer does, on which the version in staging was trained.
    team.drift(HOUR, "v3", "august", "");
    team.closed(HOUR, "staging --model flights@v3", "gate drift", "E_REFERENCE");
    team.refused(HOUR, words, "E_REFERENCE", "gate drift");
    team.drift(HOUR + 1, "v3", "summer", "");
    let request = team.request(HOUR + 1, "v3", "staging");
    // What runs changes before the promotion, and with it what had to be compared with.
    team.stage(HOUR + 1, "v2", "summer");
    team.refused(HOUR + 2, &promoting(&request), "E_REFERENCE", "gate drift");
}

#[test]
fn t15_what_runs_without_training_data_is_no_reference_at_all() {
    let team = Team::under(&POLICY.replace("    reports_by: gate-runner", "    identity: [code]"));
    team.move_to(0, "v1", "dev");
    team.write("model/v0/weights", "of unknown data");
    team.done(0, "passport new flights@v0 --artifact model/v0 --commit abc123 --key ci.pem");
    // By hand, since the door would ask for reports about data that it does not name.
    let asked = team.asking("v0", "staging", |_| ());
    team.append(0, asked.clone(), "owner");
    let vsa = team.summary("v0", "staging", "owner");
    team.append(0, team.granting(&asked, vsa), "owner");
    team.drift(HOUR, "v1", "august", "");
    team.closed(HOUR, STAGING, "gate drift", "E_REFERENCE");
}

#[test]
fn t21_a_gate_that_was_never_run_closes_the_door() {
    let team = Team::founded();
    team.drift(0, "v1", "summer", "");
    team.met(0, STAGING, "gate drift");
    team.closed(0, STAGING, "gate unit-tests", "E_MISSING_GATE");
    let words = "request --model flights@v1 --to staging --key owner.pem";
    team.refused(0, words, "E_MISSING_GATE", "gate unit-tests: it was never run");
}

#[test]
fn t21_the_newest_report_decides_so_that_no_older_pass_hides_a_failure() {
    let team = Team::staged();
    let request = team.request(0, "v1", "prod");
    team.approve(0, &request, "ml-lead", "ann");
    team.approve(0, &request, "compliance", "ben");
    team.write("reports/unit.xml", BAD);
    team.tests(HOUR, "v1", "prod");
    team.closed(HOUR, "prod --model flights@v1", "gate unit-tests", "E_GATE");
    // Also where people approved by the older one.
    team.refused(HOUR, &promoting(&request), "E_GATE", "gate unit-tests: failed");
    // A newer pass does not take the place of what they saw, and does not hinder it either.
    team.write("reports/unit.xml", GOOD);
    team.tests(2 * HOUR, "v1", "prod");
    team.done(2 * HOUR, &promoting(&request));
}

#[test]
fn t21_no_tests_and_skipped_tests_are_no_pass() {
    let team = Team::staged();
    let nothing = r#"<testsuite name="unit" tests="0"></testsuite>"#;
    let skipped = r#"<testsuite name="unit" tests="1"><testcase name="a"><skipped/></testcase>
        </testsuite>"#;
    for (hours, results) in [(1, nothing), (2, skipped)] {
        team.write("reports/unit.xml", results);
        team.tests(hours * HOUR, "v1", "prod");
        team.closed(hours * HOUR, "prod --model flights@v1", "gate unit-tests", "E_GATE");
    }
}

#[test]
fn t21_a_failure_counts_whatever_was_asked_and_is_not_hidden_by_asking_again() {
    let door = "prod --model flights@v1";
    let team = Team::staged();
    team.write("reports/unit.xml", BAD);
    let failing = team.check_tests(HOUR, "v1", "--env prod --request aaaa");
    team.add(HOUR, "v1", &failing);
    team.closed(HOUR, door, "gate unit-tests", "E_GATE");
    for nonce in ["", " --nonce aaaa", " --nonce bbbb"] {
        let asked = format!("request --model flights@v1 --to prod --key owner.pem{nonce}");
        team.refused(HOUR, &asked, "E_GATE", "gate unit-tests: failed");
    }
    // A pass for another request takes nothing away from it either, nor does it count itself.
    team.write("reports/unit.xml", GOOD);
    let passing = team.check_tests(2 * HOUR, "v1", "--env prod --request cccc");
    team.add(2 * HOUR, "v1", &passing);
    let said = team.met(2 * HOUR, door, "gate unit-tests");
    assert!(said.ends_with("(for the request `cccc` alone)"), "{said}");
    let asked = "request --model flights@v1 --to prod --key owner.pem --nonce";
    team.refused(2 * HOUR, &format!("{asked} dddd"), "E_GATE", "gate unit-tests: failed");
    team.done(2 * HOUR, &format!("{asked} cccc"));
}

#[test]
fn t21_a_failure_that_answers_another_request_closes_the_door_for_one_that_was_approved() {
    let team = Team::staged();
    let request = team.request(0, "v1", "prod");
    team.approve(0, &request, "ml-lead", "ann");
    team.approve(0, &request, "compliance", "ben");
    team.write("reports/unit.xml", BAD);
    let failing = team.check_tests(HOUR, "v1", "--env prod --request aaaa");
    team.add(HOUR, "v1", &failing);
    team.closed(HOUR, "prod --model flights@v1", "gate unit-tests", "E_GATE");
    team.refused(HOUR, &promoting(&request), "E_GATE", "gate unit-tests: failed");
}

#[test]
fn a_promotion_that_another_policy_has_overtaken_says_what_to_do() {
    let team = Team::staged();
    let request = team.request(0, "v1", "prod");
    team.write("next.yaml", POLICY.replace("psi: {max: 0.25}", "psi: {max: 0.2}"));
    team.done(0, "registry policy next.yaml --key owner.pem");
    team.refused(0, &promoting(&request), "E_POLICY", "hint: another policy is in force since");
}
