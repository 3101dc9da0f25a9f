//! What somebody writes into the ledger by hand, with a key that counts but without the role that
//! the door wants: no command would have done it, and every reader refuses it.

use driftgate::registry::EventBody;

use super::team::{HOUR, POLICY, Team, after, approving, promoting, word};

const READERS: [&str; 6] = [
    "audit",
    "status",
    "history",
    "door prod --model flights@v1",
    "ledger export",
    "audit --keyring keyring.yaml",
];

impl Team {
    /// That every reader refuses the ledger for its last event, with a sentence.
    pub(super) fn unsound(&self, seconds: i64, code: &str, said: &str) {
        let seq = self.events();
        for words in READERS {
            let ran = self.run(seconds, words);
            assert_eq!(ran.code, Some(4), "{words}: {ran:#?}");
            for told in [code, said, &format!("event {seq}")] {
                assert!(ran.stderr.contains(told), "`{told}`, {words}: {ran:#?}");
            }
        }
    }

    /// The key of somebody, as messages name it.
    pub(super) fn key_name(&self, name: &str) -> String {
        self.key(name).public().id().to_string()
    }

    /// v1 is asked for in prod, and approved.
    fn approved_v1(&self) -> String {
        let request = self.request(0, "v1", "prod");
        self.approve(0, &request, "ml-lead", "ann");
        self.approve(0, &request, "compliance", "ben");
        request
    }
}

fn promotion(team: &Team, request: &str, environment: &str, key: &str) -> EventBody {
    EventBody::Promoted {
        request: word(request),
        model: word("flights"),
        version: word("v1"),
        environment: word(environment),
        from_version: None,
        vsa: team.summary("v1", environment, key),
        actions: [].into(),
    }
}

#[test]
fn a_promotion_by_hand_without_the_role_is_refused_by_every_reader() {
    let team = Team::staged();
    let request = team.approved_v1();
    team.slip_in(0, &promotion(&team, &request, "prod", "ci"), "ci");
    let said = format!(
        "`ci` (key {}) may not promote to `prod`: the policy in force wants the role `release`",
        team.key_name("ci")
    );
    team.unsound(0, "E_ROLE", &said);
    team.refused(0, &promoting(&request), "E_ROLE", &said);
    let audit = team.run(0, "audit --format json").json();
    assert_eq!(audit["firstBadEvent"], team.events());
    team.cut_last();
    // Whoever has the role may write it by hand, where the door is open.
    team.slip_in(0, &promotion(&team, &request, "prod", "owner"), "owner");
    for words in READERS {
        assert!(team.run(0, words).code < Some(4), "{words}");
    }
    assert!(team.done(0, "status").stdout.contains("flights in prod: v1"));
}

#[test]
fn a_rollback_and_a_drill_by_hand_take_the_role_too() {
    let team = Team::released();
    let rollback = EventBody::RolledBack {
        model: word("flights"),
        environment: word("prod"),
        from_version: word("v2"),
        to_version: word("v1"),
        reason: word("slow"),
        hold: false,
        vsa: team.summary("v1", "prod", "ann"),
        actions: [].into(),
    };
    let drill = EventBody::Drilled {
        model: word("flights"),
        environment: word("prod"),
        from_version: word("v2"),
        to_version: word("v1"),
        recovery_ms: 1,
        verified: true,
        failure: None,
    };
    for (body, deed) in [(rollback, "roll back in `prod`"), (drill, "drill in `prod`")] {
        team.slip_in(HOUR, &body, "ann");
        let wanted = "the policy in force wants the role `release`";
        let said = format!("`ann` (key {}) may not {deed}: {wanted}", team.key_name("ann"));
        team.unsound(HOUR, "E_ROLE", &said);
        team.cut_last();
    }
    team.done(HOUR, "audit");
}

#[test]
fn a_hold_that_is_released_by_hand_takes_a_role_that_has_a_say() {
    let team = Team::released();
    let place = "hold place --model flights --env prod --role gate-runner --comment wait";
    let unknown = [("--env prod", "--env nope", 2), ("--model flights", "--model nope", 4)];
    for (known, unknown, code) in unknown {
        let ran = team.run(HOUR, &format!("{} --key ci.pem", place.replace(known, unknown)));
        assert_eq!(ran.code, Some(code), "{unknown}: {ran:#?}");
        assert!(ran.stderr.contains("`nope`"), "{unknown}: {ran:#?}");
    }
    team.done(HOUR, &format!("{place} --key ci.pem"));
    let release = |role: &str| EventBody::HoldReleased {
        model: word("flights"),
        environment: word("prod"),
        version: None,
        role: word(role),
        comment: word("go"),
    };
    team.slip_in(HOUR, &release("gate-runner"), "ci");
    let said = format!(
        "`ci` (key {}) may not release a hold in `prod` as `gate-runner`: the policy in force \
         wants the role `compliance` or `ml-lead` or `release`",
        team.key_name("ci")
    );
    team.unsound(HOUR, "E_ROLE", &said);
    team.cut_last();
    team.slip_in(HOUR, &release("ml-lead"), "ci");
    team.unsound(HOUR, "E_ROLE", "`ci` does not have the role `ml-lead`");
    team.cut_last();
    team.slip_in(HOUR, &release("compliance"), "ci");
    team.done(HOUR, "audit");
}

#[test]
fn a_request_is_rejected_by_those_who_have_a_say_or_who_asked() {
    let team = Team::staged();
    let request = team.request_by(0, "v1", "prod", "--key ci.pem");
    let reject = |role: &str, key: &str| {
        format!("reject {request} --role {role} --comment no --key {key}.pem")
    };
    // In a role without a say, for others.
    let narrow = team.keyring().replacen("[ml-lead]\n", "[ml-lead, reader]\n", 1);
    let dan = "  - identity: dan\n    roles: [ml-lead]\n";
    let narrow = narrow.replace(dan, &format!("{dan}    environments: [dev]\n"));
    team.write("next.yaml", narrow);
    team.done(0, "registry keyring next.yaml --key owner.pem");
    let said = "may not reject a request for `prod` as `reader`: the policy in force wants the role \
                `compliance` or `ml-lead` or `release`";
    team.refused(0, &reject("reader", "ann"), "E_ROLE", said);
    let said = "`dan` may not sign for `prod`";
    team.refused(0, &reject("ml-lead", "dan"), "E_SCOPE", said);
    // By hand neither.
    let by_hand = EventBody::Rejected {
        request: word(&request),
        role: word("reader"),
        comment: word("no"),
        rejection: team.put("a rejection"),
    };
    team.slip_in(0, &by_hand, "ann");
    team.unsound(0, "E_ROLE", "may not reject a request for `prod` as `reader`");
    team.cut_last();
    let open = team.done(0, "status").stdout;
    assert!(open.contains(&request), "{open}");
    // Whoever asked takes it back in any role; of others, those who have a say reject.
    team.done(0, &reject("gate-runner", "ci"));
    let other = team.request_by(0, "v1", "prod", "--key ci.pem");
    team.done(0, &format!("reject {other} --role ml-lead --comment no --key ann.pem"));
    team.done(0, "audit");
}

#[test]
fn an_approval_that_would_count_for_nothing_is_not_signed() {
    let team = Team::staged();
    let dan = "  - identity: dan\n    roles: [ml-lead]\n";
    let narrow = team.keyring().replace(dan, &format!("{dan}    environments: [dev]\n"));
    team.write("next.yaml", narrow);
    team.done(0, "registry keyring next.yaml --key owner.pem");
    let request = team.request(0, "v1", "prod");
    let (events, objects) = (team.events(), team.objects());
    let waits = "the door of `prod` waits for `compliance`, `ml-lead`; by the keyring in force may: \
                 ben, cat, ci as `compliance`; ann, cat as `ml-lead`\n";
    for said in ["an approval as `gate-runner` counts for nothing there", waits] {
        team.refused(0, &approving(&request, "gate-runner", "ci"), "E_ROLE", said);
    }
    let leads = "hint: may approve as `ml-lead` here: ann, cat\n";
    for said in ["`dan` may not sign for `prod`", leads] {
        team.refused(0, &approving(&request, "ml-lead", "dan"), "E_SCOPE", said);
    }
    for said in ["`ben` does not have the role `ml-lead` in the keyring", leads] {
        team.refused(0, &approving(&request, "ml-lead", "ben"), "E_ROLE", said);
    }
    let stranger = format!("the keyring in force knows no key {}", team.key_name("stranger"));
    for said in [stranger.as_str(), leads] {
        team.refused(0, &approving(&request, "ml-lead", "stranger"), "E_KEY", said);
    }
    assert_eq!(team.events(), events);
    assert_eq!(team.objects(), objects);
    let request = team.request(0, "v1", "dev");
    let nobody = "nobody has to approve anything for `dev`";
    team.refused(0, &approving(&request, "ml-lead", "ann"), "E_ROLE", nobody);
}

#[test]
fn whoever_may_not_is_told_who_of_the_keyring_may() {
    let team = Team::released();
    let told = |words: &str, code: &str, who: &str| {
        let (events, hint) = (team.events(), format!("by the keyring in force may: {who}\n"));
        team.refused(HOUR, words, code, &hint);
        assert_eq!(team.events(), events);
    };
    let dan = "  - identity: dan\n    roles: [ml-lead]\n";
    let narrow = team.keyring().replace(dan, &format!("{dan}    environments: [dev]\n"));
    team.write("next.yaml", narrow);
    told("registry keyring next.yaml --key ci.pem", "E_ROLE", "owner");
    team.done(HOUR, "registry keyring next.yaml --key owner.pem");
    let all = "ben, cat, ci as `compliance`; ann, cat, dan as `ml-lead`; owner as `release`";
    let revoke = "revoke flights@v1 --comment no";
    told(&format!("{revoke} --role gate-runner --key ci.pem"), "E_ROLE", all);
    told(&format!("{revoke} --role ml-lead --key ben.pem"), "E_ROLE", "ann, cat, dan as `ml-lead`");
    told(&format!("{revoke} --role release --key stranger.pem"), "E_KEY", "owner as `release`");
    // Who speaks for other environments is not named.
    let hold = "hold place --model flights --env prod --role ml-lead --comment no --key dan.pem";
    told(hold, "E_SCOPE", "ann, cat as `ml-lead`");
    let back = "rollback --model flights --env prod --reason slow --key ci.pem";
    told(back, "E_ROLE", "owner as `release`");
    told(
        "passport new flights@v9 --artifact model/v1 --key stranger.pem",
        "E_KEY",
        "ann, ben, cat, ci, dan, owner",
    );
}

#[test]
fn whose_key_counts_no_more_is_told_who_may_by_every_command_that_writes() {
    let team = Team::released();
    let request = team.request(HOUR, "v2", "lab");
    let report = team.check_tests(HOUR, "v3", "");
    let pem = team.key("dan").public().to_pem();
    let pem = pem.trim_end().replace('\n', "\n          ");
    let over = format!("{pem}\n        valid_until: {}", after(60));
    team.write("next.yaml", team.keyring_without("ben").replace(&pem, &over));
    team.done(HOUR, "registry keyring next.yaml --key owner.pem");
    team.write("strict.yaml", POLICY.replace("max_age: 3d", "max_age: 2d"));
    let (events, hint) = (team.events(), "hint: by the keyring in force may: ");
    let all = "ann, cat, ci, owner\n";
    let (owner, complying) = ("owner\n", "cat, ci as `compliance`\n");
    for (words, who) in [
        ("request --model flights@v1 --to lab", all),
        (&format!("reject {request} --role compliance --comment no"), complying),
        ("hold place --model flights --env prod --role compliance --comment no", complying),
        ("revoke flights@v1 --role compliance --comment no", complying),
        ("passport new flights@v9 --artifact model/v1", all),
        (&format!("passport add flights@v3 --report {report}"), all),
        ("registry policy strict.yaml", owner),
        ("registry keyring keyring.yaml", owner),
    ] {
        for (key, code) in [("ben", "E_KEY_REVOKED: "), ("dan", "E_KEY_TIME: ")] {
            team.refused(HOUR, &format!("{words} --key {key}.pem"), code, &format!("{hint}{who}"));
        }
    }
    assert_eq!(team.events(), events);
}

#[test]
fn who_moves_versions_with_a_key_that_is_gone_is_told_of_the_key_and_no_role() {
    let team = Team::released();
    let next = team.keyring_without("ben");
    let (dan, ci) =
        (next.find("  - identity: dan").unwrap(), next.find("  - identity: ci").unwrap());
    team.write("next.yaml", format!("{}{}", &next[..dan], &next[ci..]));
    team.done(HOUR, "registry keyring next.yaml --key owner.pem");
    let events = team.events();
    let back = "rollback --model flights --env prod --reason slow --key";
    for (key, code, why) in [
        ("dan", "E_KEY: ", "the keyring in force knows no key"),
        ("ben", "E_KEY_REVOKED: ", "the key of `ben` was revoked"),
    ] {
        for said in [why, "by the keyring in force may: owner as `release`"] {
            team.refused(HOUR, &format!("{back} {key}.pem"), code, said);
            team.refused(HOUR, &format!("{back} {key}.pem --drill"), code, said);
        }
    }
    assert_eq!(team.events(), events);
}

#[test]
fn the_roles_are_those_of_the_policy_in_force_at_the_event() {
    let free = POLICY.replace("    promoted_by: release\n", "");
    let team = Team::under(&free);
    team.move_to(0, "v1", "dev");
    team.stage(0, "v1", "summer");
    team.tests(0, "v1", "prod");
    let request = team.approved_v1();
    team.slip_in(0, &promotion(&team, &request, "prod", "ci"), "ci");
    team.done(0, "audit");
    // A stricter policy later does not unmake what was allowed then…
    team.write("strict.yaml", POLICY);
    // Who promotes may release holds too from now on, so that it takes two.
    team.two_govern();
    team.done(0, "registry approve-policy strict.yaml --comment c --out word --key ann.pem");
    team.done(0, "registry policy strict.yaml --approval word --key owner.pem");
    team.done(0, "audit");
    assert!(team.done(0, "status").stdout.contains("flights in prod: v1"));
    // … but holds for what comes.
    let back = EventBody::Drilled {
        model: word("flights"),
        environment: word("prod"),
        from_version: word("v1"),
        to_version: word("v1"),
        recovery_ms: 1,
        verified: true,
        failure: None,
    };
    team.slip_in(0, &back, "ci");
    team.unsound(0, "E_ROLE", "the policy in force wants the role `release`");
}

#[test]
fn nobody_moves_anything_to_where_the_policy_knows_no_door() {
    let team = Team::staged();
    let asked = team.asking("v1", "moon", |_| ());
    team.append(0, asked.clone(), "owner");
    let vsa = team.summary("v1", "moon", "owner");
    team.slip_in(0, &team.granting(&asked, vsa), "owner");
    let said = "nobody may promote to `moon`: the policy in force knows no environment `moon`";
    team.unsound(0, "E_STATE", said);
}

#[test]
fn a_policy_that_is_none_is_not_put_in_force() {
    let team = Team::staged();
    let previous = team.replayed().state().policy();
    let policy = team.put("version: 1\nname: broken\n");
    team.slip_in(0, &EventBody::PolicyChanged { policy, previous, approvals: [].into() }, "owner");
    team.unsound(0, "E_OBJECT", &format!("the object `{policy}` is no policy"));
    team.cut_last();
    team.done(0, &approving(&team.request(0, "v1", "prod"), "ml-lead", "ann"));
}
