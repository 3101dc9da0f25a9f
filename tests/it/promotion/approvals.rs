//! Whose approvals count, for what and how long.

use std::fs;

use driftgate::registry::EventBody;
use serde_json::Value;

use super::team::{DAY, HOUR, POLICY, Team, approving, promoting, word};

const PROD: &str = "prod --model flights@v1";
const LEAD: &str = "approval by ml-lead";
const COMPLIANCE: &str = "approval by compliance";

#[test]
fn two_people_of_two_roles_open_the_door_and_the_record_names_them() {
    let team = Team::staged();
    let request = team.request(0, "v1", "prod");
    team.refused(0, &promoting(&request), "E_APPROVAL", "approval by ml-lead: nobody of 1");
    team.approve(0, &request, "ml-lead", "ann");
    team.refused(0, &promoting(&request), "E_APPROVAL", "approval by compliance: nobody of 1");
    team.approve(0, &request, "compliance", "ben");
    assert_eq!(team.met(0, PROD, LEAD), "ann");
    assert_eq!(team.met(0, PROD, COMPLIANCE), "ben");
    let ran = team.done(0, &promoting(&request));
    assert!(ran.stdout.starts_with("promoted  flights@v1 to prod by owner\n"), "{ran:#?}");
    let again = team.run(0, &promoting(&request));
    assert_eq!(again.code, Some(4), "{again:#?}");
    assert!(again.stderr.contains("E_CONFLICT: the request was promoted by owner"), "{again:#?}");
    team.done(0, "audit");
}

#[test]
fn t6_a_stranger_and_whoever_has_not_the_role_neither_approve_nor_promote() {
    let team = Team::staged();
    let request = team.request(0, "v1", "prod");
    let stranger = approving(&request, "ml-lead", "stranger");
    team.refused(0, &stranger, "E_KEY", "");
    team.refused(0, &approving(&request, "compliance", "ann"), "E_ROLE", "`ann`");
    team.approve(0, &request, "ml-lead", "ann");
    team.approve(0, &request, "compliance", "ben");
    let who = "by the keyring in force may: owner as `release`";
    for said in ["`ci` does not have the role `release`", who] {
        team.refused(0, &format!("promote {request} --key ci.pem"), "E_ROLE", said);
    }
    for said in ["the keyring in force knows no key", who] {
        team.refused(0, &format!("promote {request} --key stranger.pem"), "E_KEY: ", said);
    }
    team.done(0, &promoting(&request));
}

#[test]
fn t11_one_person_with_two_keys_counts_once() {
    let policy = POLICY.replace("{role: ml-lead}", "{role: ml-lead, min: 2}");
    let team = Team::under(&policy);
    team.move_to(0, "v1", "dev");
    team.stage(0, "v1", "summer");
    team.tests(0, "v1", "prod");
    let request = team.request(0, "v1", "prod");
    team.approve(0, &request, "compliance", "ben");
    team.approve(0, &request, "ml-lead", "ann");
    let objects = team.objects();
    let again = approving(&request, "ml-lead", "ann2");
    for said in
        ["`ann` approved the request already", "hint: may approve as `ml-lead` here: cat, dan"]
    {
        team.refused(0, &again, "E_STATE", said);
    }
    assert_eq!(team.objects(), objects, "nothing is written");
    team.refused(0, &promoting(&request), "E_APPROVAL", "approval by ml-lead: ann of 2");
    team.approve(0, &request, "ml-lead", "dan");
    team.done(0, &promoting(&request));
}

#[test]
fn whose_approval_fell_with_its_key_is_told_to_ask_again_before_approving_with_another() {
    let team = Team::staged();
    let request = team.request(0, "v1", "prod");
    team.approve(0, &request, "ml-lead", "ann");
    let seq = team.events();
    team.write("next.yaml", team.keyring_without("ann"));
    team.done(HOUR, "registry keyring next.yaml --key owner.pem");
    let again = approving(&request, "ml-lead", "ann2");
    let said = format!("`ann` approved the request already, by event {seq}; that approval is void");
    for said in [
        said.as_str(),
        "void (E_KEY_REVOKED: ann: the key of `ann` was revoked at",
        "hint: ask again, and they may approve anew: `driftgate request --model flights@v1 --to prod`; \
         or let others approve as `ml-lead`: cat, dan\n",
    ] {
        team.refused(HOUR, &again, "E_STATE", said);
    }
    let anew = team.request(HOUR, "v1", "prod");
    team.approve(HOUR, &anew, "ml-lead", "ann2");
}

#[test]
fn t11_one_person_in_two_roles_counts_in_one_of_them() {
    let team = Team::staged();
    let request = team.request(0, "v1", "prod");
    team.approve(0, &request, "ml-lead", "cat");
    team.approve(0, &request, "compliance", "cat");
    team.refused(0, &promoting(&request), "E_APPROVAL", "approval by compliance: nobody of 1");
    // In that where cat is needed: once ann leads, cat complies.
    team.approve(0, &request, "ml-lead", "ann");
    assert_eq!(team.met(0, PROD, LEAD), "ann");
    assert_eq!(team.met(0, PROD, COMPLIANCE), "cat");
    team.done(0, &promoting(&request));
}

#[test]
fn an_approval_that_changes_nothing_for_now_is_taken_and_said_to_be_spare() {
    let team = Team::staged();
    let request = team.request(0, "v1", "prod");
    let first = team.done(0, &approving(&request, "ml-lead", "ann")).stdout;
    assert!(!first.contains("spare"), "{first}");
    let second = team.done(HOUR, &approving(&request, "ml-lead", "dan")).stdout;
    let spare = "\nspare     the door has all that it wants by `ml-lead` (ann): this counts if one of \
                 those lapses\n";
    assert!(second.ends_with(spare), "{second}");
    assert_eq!(team.met(HOUR, PROD, LEAD), "ann");
    team.approve(HOUR, &request, "compliance", "ben");
    // Then it is what keeps the door open.
    team.done(DAY, &promoting(&request));

    let team = Team::staged();
    let request = team.request(0, "v1", "prod");
    team.approve(0, &request, "ml-lead", "cat");
    let twice = team.done(0, &approving(&request, "compliance", "cat")).stdout;
    let spare = "spare     cat counts in another role, and nobody in two: this does once somebody";
    assert!(twice.contains(spare), "{twice}");
    // With ann as the lead, cat counts there.
    let lead = team.done(0, &approving(&request, "ml-lead", "ann")).stdout;
    assert!(!lead.contains("spare"), "{lead}");
    team.done(0, &promoting(&request));
}

#[test]
fn of_more_approvals_than_a_door_wants_the_earlier_count_whoever_gave_them() {
    let team = Team::staged();
    let request = team.request(0, "v1", "prod");
    team.approve(0, &request, "ml-lead", "dan");
    let second = team.done(0, &approving(&request, "ml-lead", "ann")).stdout;
    assert!(
        second.contains("spare     the door has all that it wants by `ml-lead` (dan)"),
        "{second}"
    );
    assert_eq!(team.met(0, PROD, LEAD), "dan");
    team.approve(0, &request, "compliance", "cat");
    let lead = team.done(0, &approving(&request, "ml-lead", "cat")).stdout;
    assert!(lead.contains("\nspare "), "{lead}");
    assert_eq!(
        (team.met(0, PROD, LEAD), team.met(0, PROD, COMPLIANCE)),
        ("dan".into(), "cat".into())
    );
}

#[test]
fn t13_an_approval_of_one_request_is_none_of_another() {
    let team = Team::staged();
    let first = team.request(0, "v1", "prod");
    let second = team.request(0, "v1", "prod");
    assert_ne!(first, second);
    team.approve(0, &first, "ml-lead", "ann");
    team.approve(0, &first, "compliance", "ben");
    team.refused(0, &promoting(&second), "E_APPROVAL", "approval by ml-lead: nobody of 1");
    // Also where a signer of events writes her word on the first beside the second.
    let replayed = team.replayed();
    let known = replayed.state().request(word(&first)).unwrap();
    for approval in known.approvals.clone() {
        let key = if approval.by.contains("ann") { "ann" } else { "ben" };
        let body = EventBody::Approved {
            request: word(&second),
            role: approval.role,
            comment: approval.comment,
            approval: approval.approval,
        };
        team.append(0, body, key);
    }
    let said = "ann: it says something else than the ledger";
    team.refused(0, &promoting(&second), "E_APPROVAL", said);
    team.done(0, &promoting(&first));
}

#[test]
fn t14_an_approval_counts_no_longer_than_the_door_says() {
    let team = Team::staged();
    let request = team.request(0, "v1", "prod");
    team.approve(0, &request, "ml-lead", "ann");
    team.approve(HOUR, &request, "compliance", "ben");
    team.met(DAY - 1, PROD, LEAD);
    team.closed(DAY, PROD, LEAD, "E_EXPIRED");
    team.met(DAY, PROD, COMPLIANCE);
    team.refused(DAY, &promoting(&request), "E_EXPIRED", "ann approved too long ago");
    team.approve(DAY, &request, "ml-lead", "dan");
    team.done(DAY, &promoting(&request));
}

#[test]
fn an_approval_falls_with_its_key_and_with_its_role() {
    let team = Team::staged();
    let request = team.request(0, "v1", "prod");
    team.approve(0, &request, "ml-lead", "ann");
    team.approve(0, &request, "compliance", "ben");
    team.write("next.yaml", team.keyring_without("ann"));
    team.done(HOUR, "registry keyring next.yaml --key owner.pem");
    team.closed(HOUR, PROD, LEAD, "E_KEY_REVOKED");
    team.refused(HOUR, &promoting(&request), "E_KEY_REVOKED", "the key of `ann` was revoked");
    let demoted = fs::read_to_string(team.path("next.yaml")).unwrap();
    team.write("next.yaml", demoted.replacen("[compliance]", "[reader]", 1));
    team.done(HOUR, "registry keyring next.yaml --key owner.pem");
    team.closed(HOUR, PROD, COMPLIANCE, "E_ROLE");
    // Others take their place; what does not count does not hinder.
    team.approve(HOUR, &request, "ml-lead", "dan");
    team.approve(HOUR, &request, "compliance", "cat");
    team.done(HOUR, &promoting(&request));
}

#[test]
fn the_status_says_which_approvals_of_what_is_asked_count_no_more_and_why() {
    let team = Team::staged();
    let request = team.request(0, "v1", "prod");
    team.approve(0, &request, "ml-lead", "ann");
    team.approve(0, &request, "compliance", "ben");
    let told = |seconds: i64| {
        let text = team.done(seconds, "status").stdout;
        let line = text.lines().find(|line| line.starts_with("asked")).unwrap().to_owned();
        let json = team.done(seconds, "status --format json").json();
        let open = &json["openRequests"][0];
        assert_eq!(open["void"], Value::Null, "others may take their place");
        let codes = [0, 1].map(|number| open["approvals"][number]["void"]["code"].clone());
        (line, codes)
    };
    let (line, codes) = told(HOUR);
    assert!(line.contains("approved by ann as ml-lead, ben as compliance, request"), "{line}");
    assert_eq!(codes, [Value::Null, Value::Null]);

    team.write("next.yaml", team.keyring_without("ann"));
    team.done(HOUR, "registry keyring next.yaml --key owner.pem");
    let (line, codes) = told(HOUR);
    let revoked = "ann as ml-lead [void (E_KEY_REVOKED): ann: the key of `ann` was revoked";
    assert!(line.contains(revoked) && line.contains("], ben as compliance, request"), "{line}");
    assert_eq!(codes, ["E_KEY_REVOKED".into(), Value::Null]);

    let demoted = fs::read_to_string(team.path("next.yaml")).unwrap();
    team.write("next.yaml", demoted.replacen("[compliance]", "[reader]", 1));
    team.done(HOUR, "registry keyring next.yaml --key owner.pem");
    let (line, codes) = told(HOUR);
    assert!(line.contains("ben as compliance [void (E_ROLE): ben"), "{line}");
    assert_eq!(codes[1], "E_ROLE");

    team.approve(HOUR, &request, "compliance", "cat");
    let (line, _) = told(DAY);
    assert!(line.contains("], cat as compliance, request"), "{line}");
    let (line, _) = told(DAY + HOUR);
    let late = "cat as compliance [void (E_EXPIRED): cat approved too long ago], request";
    assert!(line.contains(late), "{line}");
}

#[test]
fn who_may_speak_for_other_environments_approves_nothing_here() {
    let team = Team::staged();
    let request = team.request(0, "v1", "prod");
    team.approve(0, &request, "ml-lead", "ann");
    team.approve(0, &request, "compliance", "ben");
    let roles = "    roles: [compliance]\n";
    let narrow = team.keyring().replacen(roles, &format!("{roles}    environments: [dev]\n"), 1);
    team.write("next.yaml", narrow);
    team.done(0, "registry keyring next.yaml --key owner.pem");
    team.refused(0, &promoting(&request), "E_SCOPE", "`ben` may not sign for `prod`");
}

#[test]
fn an_approval_needs_a_comment_that_says_something() {
    let team = Team::staged();
    let request = team.request(0, "v1", "prod");
    let none = team.run(0, &format!("approve {request} --role ml-lead --key ann.pem"));
    assert_eq!(none.code, Some(2), "{none:#?}");
    let words = format!("approve {request} --role ml-lead --key ann.pem --comment");
    let blank = team.command(0, &words).arg("  ").run();
    assert_eq!(blank.code, Some(2), "{blank:#?}");
}

#[test]
fn nobody_approves_what_was_asked_for_a_version_that_was_revoked_since() {
    let team = Team::staged();
    let request = team.request(0, "v1", "prod");
    team.done(0, "revoke flights@v1 --role release --comment poisoned --key owner.pem");
    let said = "`flights@v1` was revoked by event";
    team.refused(0, &approving(&request, "ml-lead", "ann"), "E_REVOKED", said);
}
