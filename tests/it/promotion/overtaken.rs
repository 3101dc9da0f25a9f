//! Rollbacks that others overtake between looking and writing. The signer's program is where the
//! others act: it is asked for the first signature when all was looked at and nothing is written.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::team::{HOUR, POLICY, Team};
use crate::command::Ran;

const BACK: &str = "rollback --model flights --env dev --reason slow --key";
const REVOKE: &str = "revoke flights@v2 --role release --comment poisoned --key owner.pem";

impl Team {
    /// Runs a command of `owner`, before whose first signature another command is done.
    fn overtaken(&self, words: &str, by: &str) -> Ran {
        self.write("owner.pub.pem", self.key("owner").public().to_pem());
        let program = env!("CARGO_BIN_EXE_driftgate");
        let script = format!(
            "#!/bin/sh\ncat > message\ntest -e acted || {{ : > acted; {program} {by} >&2; }}\n\
             openssl pkeyutl -sign -rawin -inkey owner.pem -in message\n"
        );
        self.write("signer", script);
        let signer = self.path("signer");
        fs::set_permissions(&signer, fs::Permissions::from_mode(0o700)).unwrap();
        let command = self.command(HOUR, words).arg(format!("exec:{}", signer.display()));
        let ran = command.arg("--public-key").arg("owner.pub.pem").run();
        assert!(self.path("acted").exists(), "{ran:#?}");
        ran
    }
}

#[test]
fn a_rollback_chooses_again_when_the_version_that_it_chose_is_revoked_meanwhile() {
    for (by, why) in [(REVOKE, "v2 is passed over: it was revoked"), (HOLD, "")] {
        let team = Team::founded();
        let ran = team.overtaken(BACK, by);
        assert_eq!(ran.code, Some(0), "{ran:#?}");
        let said = "rolled back  flights in dev from v3 to v1 by owner\n";
        assert!(ran.stdout.starts_with(said), "{ran:#?}");
        let changed = "v2 was chosen, but meanwhile that has changed\n";
        assert!(ran.stderr.contains(changed) && ran.stderr.contains(why), "{ran:#?}");
        team.done(HOUR, "audit");
    }
}

const HOLD: &str = "hold place --model flights --env dev --version v2 --role release --comment no \
                    --key owner.pem";

#[test]
fn a_version_that_was_named_is_not_exchanged_for_another_when_it_is_revoked_meanwhile() {
    let team = Team::founded();
    let events = team.events();
    let ran = team.overtaken(&BACK.replace("--key", "--to v2 --key"), REVOKE);
    assert_eq!(ran.code, Some(4), "{ran:#?}");
    assert!(ran.stderr.contains("E_REVOKED: `flights@v2` was revoked by event"), "{ran:#?}");
    assert_eq!(team.events(), events + 1, "the revocation alone");
}

#[test]
fn a_rollback_that_lost_against_another_goes_back_no_second_time() {
    let team = Team::founded();
    let events = team.events();
    let ran = team.overtaken(BACK, &format!("{BACK} owner.pem"));
    assert_eq!(ran.code, Some(4), "{ran:#?}");
    let said = format!("E_CONFLICT: meanwhile v2 runs in `dev`, by event {}\n", events + 1);
    assert!(ran.stderr.contains(&said), "{ran:#?}");
    assert_eq!(team.events(), events + 1, "one rollback");
    assert!(team.done(HOUR, "status").stdout.contains("flights in dev: v2"));
}

#[test]
fn a_rollback_is_decided_again_by_the_policy_that_is_put_in_force_meanwhile() {
    let team = Team::founded();
    let text = fs::read_to_string(team.path("policy.yaml")).unwrap();
    let strict =
        text.replace("dev: {identity: [code]}", "dev: {identity: [code], promoted_by: ml-lead}");
    team.write("next.yaml", strict);
    team.two_govern();
    team.done(HOUR, "registry approve-policy next.yaml --comment c --out word --key ann.pem");
    let change = "registry policy next.yaml --approval word --key owner.pem";
    let ran = team.overtaken(BACK, change);
    assert_eq!(ran.code, Some(4), "{ran:#?}");
    let said = "E_ROLE: `owner` does not have the role `ml-lead`";
    assert!(ran.stderr.contains(said), "{ran:#?}");
}

#[test]
fn nothing_is_asked_or_approved_for_a_version_that_is_revoked_meanwhile() {
    let dev = "dev: {identity: [code], approvals: [{role: release}], self_approval: allow}";
    let policy = POLICY.replace("dev: {identity: [code]}", dev);
    let revoked = "E_REVOKED: `flights@v2` was revoked by event";
    let team = Team::under(&policy);
    let ran = team.overtaken("request --model flights@v2 --to dev --key", REVOKE);
    assert!(ran.code == Some(4) && ran.stderr.contains(revoked), "{ran:#?}");

    let team = Team::under(&policy);
    let request = team.request(0, "v2", "dev");
    let events = team.events();
    let approve = format!("approve {request} --role release --comment fine --key");
    let ran = team.overtaken(&approve, REVOKE);
    let revoked = "E_REVOKED: the request does not stand any more: `flights@v2` was revoked";
    assert!(ran.code == Some(4) && ran.stderr.contains(revoked), "{ran:#?}");
    assert_eq!(team.events(), events + 1, "the revocation alone");
}

#[test]
fn who_loses_the_role_while_they_approve_is_told_who_has_it_for_that_environment() {
    let dev = "dev: {identity: [code], approvals: [{role: release}], self_approval: allow}";
    let team = Team::under(&POLICY.replace("dev: {identity: [code]}", dev));
    let request = team.request(0, "v2", "dev");
    let other =
        team.keyring().replace("[owner, release]", "[owner]").replace("[compliance]", "[release]");
    let dan = "  - identity: dan\n    roles: [ml-lead";
    let elsewhere = "  - identity: dan\n    environments: [lab]\n    roles: [release";
    team.write("next.yaml", other.replace(dan, elsewhere));
    let approve = format!("approve {request} --role release --comment fine --key");
    let ran = team.overtaken(&approve, "registry keyring next.yaml --key owner.pem");
    assert_eq!(ran.code, Some(4), "{ran:#?}");
    let said = "E_ROLE: `owner` does not have the role `release` in the keyring in force\n  hint: by \
                the keyring in force may: ben as `release`\n";
    assert!(ran.stderr.contains(said), "{ran:#?}");
}
