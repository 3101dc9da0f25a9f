//! What is refused leaves nothing behind: neither an event nor an object that one would rest on.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::team::{HOUR, POLICY, Team, approving, promoting};

const LATER: i64 = 2 * HOUR;

impl Team {
    /// The files of the registry.
    fn files(&self) -> BTreeSet<PathBuf> {
        self.tree().into_keys().filter(|path| path.starts_with(".driftgate")).collect()
    }

    /// Runs what must be refused, and leave the registry as it is.
    fn untouched(&self, words: &str, code: &str, said: &str) {
        let before = self.files();
        self.refused(LATER, words, code, said);
        assert_eq!(self.files(), before, "{words}");
    }
}

#[test]
fn of_a_key_that_is_nobodys_every_command_says_the_same_and_names_who_may() {
    let team = Team::staged();
    let report = team.check_tests(HOUR, "v1", "--env prod");
    let request = team.request(HOUR, "v1", "prod");
    let back = "rollback --model flights --env dev --reason slow";
    let hold = "hold place --model flights --env dev --role release --comment w";
    let govern = "registry approve-policy next.yaml --comment c --out word";
    team.write("next.yaml", POLICY.replace("valid_for: 7d", "valid_for: 6d"));
    let said = format!("E_KEY: the keyring in force knows no key {}", team.key_name("stranger"));
    for words in [
        "passport new flights@v9 --artifact model/v1",
        &format!("passport add flights@v1 --report {report}"),
        "request --model flights@v1 --to lab",
        &format!("approve {request} --role ml-lead --comment c"),
        &format!("reject {request} --role ml-lead --comment c"),
        &format!("promote {request}"),
        back,
        &format!("{back} --drill"),
        hold,
        "revoke flights@v1 --role release --comment c",
        "reconcile",
        govern,
        "registry policy next.yaml",
        "registry keyring keyring.yaml",
    ] {
        let words = format!("{words} --key stranger.pem");
        for said in [said.as_str(), "hint: ", "may"] {
            team.untouched(&words, "E_KEY", said);
        }
    }
}

#[test]
fn a_report_that_is_not_taken_up_is_not_kept() {
    let team = Team::staged();
    let report = team.check_tests(HOUR, "v1", "--env prod");
    let add = |key: &str| format!("passport add flights@v1 --report {report} --key {key}.pem");
    team.untouched(&add("stranger"), "E_KEY", "");
    team.done(HOUR, "revoke flights@v1 --role release --comment poisoned --key owner.pem");
    team.untouched(&add("ci"), "E_REVOKED", "`flights@v1` was revoked by event");
}

#[test]
fn a_version_that_is_not_registered_leaves_no_parts() {
    let team = Team::founded();
    team.write("features.yaml", "features of nobody");
    team.write("config.yaml", "depth: 3\n");
    let new = |of: &str, key: &str| {
        format!(
            "passport new flights@{of} --artifact model/v1 --features features.yaml --config \
             config.yaml --key {key}.pem"
        )
    };
    team.untouched(&new("v1", "ci"), "E_STATE", "`flights@v1` was registered in event");
    team.untouched(&new("v9", "stranger"), "E_KEY", "");
    let objects = team.objects();
    team.done(LATER, &new("v9", "ci"));
    assert_eq!(team.objects(), objects + 3, "the passport and two parts");
    team.done(LATER, "audit");
}

#[test]
fn a_rollback_that_is_refused_leaves_no_summary() {
    let team = Team::released();
    let back = "rollback --model flights --env prod --reason slow --key owner.pem";
    team.done(HOUR, back);
    let named = format!("{back} --to v2");
    team.untouched(&named, "E_HOLD", "`v2` in `prod` is held since event");
    team.untouched(&format!("{back} --to v1"), "E_STATE", "`v1` runs in `prod` already");
}

#[test]
fn a_policy_or_keyring_that_is_not_put_in_force_is_not_kept() {
    let team = Team::founded();
    team.two_govern();
    team.write("next.yaml", POLICY.replace("psi: {max: 0.25}", "psi: {max: 0.3}"));
    let policy = "registry policy next.yaml --key";
    team.untouched(&format!("{policy} owner.pem"), "E_APPROVAL", "takes a second person");
    let approve = "registry approve-policy next.yaml --comment c --out own.json --key owner.pem";
    team.done(LATER, approve);
    let own = format!("{policy} owner.pem --approval own.json");
    team.untouched(&own, "E_APPROVAL", "`owner` cannot approve their own change");
    team.write("strict.yaml", POLICY.replacen("valid_for: 7d", "valid_for: 6d", 1));
    team.untouched("registry policy strict.yaml --key ci.pem", "E_", "ci");
    team.write("three.yaml", team.keyring_of(&["owner", "ann", "ben"]));
    let keyring = "registry keyring three.yaml --key owner.pem";
    team.untouched(keyring, "E_APPROVAL", "takes a second person");
}

#[test]
fn an_answer_by_a_key_that_signs_no_events_is_not_kept() {
    let team = Team::staged();
    let dan = "  - identity: dan\n    roles: [ml-lead]\n";
    let listed = "    predicates: [\"https://driftgate.dev/approval/v1\"]\n";
    let narrow = team.keyring().replace(dan, &format!("{dan}{listed}"));
    team.write("next.yaml", narrow);
    team.done(HOUR, "registry keyring next.yaml --key owner.pem");
    let request = team.request(LATER, "v1", "prod");
    team.untouched(&approving(&request, "ml-lead", "dan"), "E_", "dan");
    team.untouched(&approving(&request, "ml-lead", "stranger"), "E_KEY", "");
    let reject = format!("reject {request} --role gate-runner --comment no --key ci.pem");
    team.untouched(&reject, "E_ROLE", "wants the role");
}

#[test]
fn what_is_asked_or_granted_by_a_stranger_is_not_kept() {
    let team = Team::staged();
    team.untouched("request --model flights@v1 --to prod --key stranger.pem", "E_KEY", "");
    let request = team.request(LATER, "v2", "lab");
    let promote = promoting(&request).replace("owner.pem", "stranger.pem");
    team.untouched(&promote, "E_KEY", "");
}

#[test]
fn a_registry_that_is_not_founded_has_no_folder() {
    let team = Team::founded();
    let init = "registry init --keyring keyring.yaml --policy policy.yaml --registry other --key";
    team.refused(LATER, &format!("{init} stranger.pem"), "E_KEY", "");
    assert!(!team.path("other").exists());
    team.done(LATER, &format!("{init} owner.pem"));
}
