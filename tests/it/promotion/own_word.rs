//! Whoever has a part in what is asked has no word on it: the command refuses theirs, and says whose
//! would count.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use driftgate::registry::EventBody;
use driftgate::registry::approval::{Approval, Decision, SCHEMA_VERSION};
use driftgate::registry::summary::SELF_APPROVAL;
use driftgate::signing::sign;

use super::team::{HOUR, POLICY, Team, after, approving, promoting, word};

const PROD: &str = "prod --model flights@v1";
const LEAD: &str = "approval by ml-lead";
const COMPLIANCE: &str = "approval by compliance";

#[test]
fn t12_who_asked_or_signed_a_report_does_not_approve() {
    let team = Team::staged();
    let request = team.request_by(0, "v1", "prod", "--key ann.pem");
    let (events, objects) = (team.events(), team.objects());
    let own = approving(&request, "ml-lead", "ann2");
    // The second key does not make another person of her.
    for said in ["ann asked for it", "hint: may approve as `ml-lead` here: cat, dan\n"] {
        team.refused(0, &own, "E_SELF_APPROVAL", said);
    }
    let reporter = approving(&request, "compliance", "ci");
    let said = "ci signed a report it rests on";
    for said in [said, "hint: may approve as `compliance` here: ben, cat\n"] {
        team.refused(0, &reporter, "E_SELF_APPROVAL", said);
        team.refused(0, &format!("{reporter} --keyring keyring.yaml"), "E_SELF_APPROVAL", said);
    }
    assert_eq!((team.events(), team.objects()), (events, objects), "nothing is written");
    // Where it stands in a ledger all the same, it does not count.
    team.approve_by_hand(0, &request, "ml-lead", "ann2");
    team.approve_by_hand(0, &request, "compliance", "ci");
    team.closed(0, PROD, LEAD, "E_SELF_APPROVAL");
    team.closed(0, PROD, COMPLIANCE, "E_SELF_APPROVAL");
    team.refused(0, &promoting(&request), "E_SELF_APPROVAL", "ann asked for it");
    team.approve(0, &request, "ml-lead", "dan");
    team.refused(0, &promoting(&request), "E_SELF_APPROVAL", "ci signed a report it rests on");
    team.approve(0, &request, "compliance", "ben");
    team.done(0, &promoting(&request));
}

#[test]
fn t12_a_door_that_allows_self_approval_says_so_in_the_record() {
    let policy = POLICY
        .replace("    approval_max_age: 1d", "    approval_max_age: 1d\n    self_approval: allow");
    let team = Team::under(&policy);
    team.move_to(0, "v1", "dev");
    team.stage(0, "v1", "summer");
    team.tests(0, "v1", "prod");
    let request = team.request_by(0, "v1", "prod", "--key ann.pem");
    team.approve(0, &request, "ml-lead", "ann");
    team.approve(0, &request, "compliance", "ben");
    assert_eq!(team.met(0, PROD, LEAD), "ann (self-approval is allowed here)");
    let ran = team.done(0, &promoting(&request));
    assert!(ran.stderr.contains("lets people approve what they asked for"), "{ran:#?}");
    assert!(team.summaries().iter().any(|summary| summary.contains(SELF_APPROVAL)));
    let strict = Team::released();
    assert!(!strict.summaries().is_empty());
    assert!(!strict.summaries().iter().any(|summary| summary.contains(SELF_APPROVAL)));
}

impl Team {
    /// An approval that no command would write, by whoever holds a key.
    pub(super) fn approve_by_hand(&self, seconds: i64, request: &str, role: &str, key: &str) {
        let approval = Approval {
            schema_version: SCHEMA_VERSION,
            registry: self.replayed().registry(),
            request: word(request),
            decision: Decision::Approved,
            role: word(role),
            comment: word("fine"),
            at: after(seconds),
        };
        let signed = sign(&approval.statement(), &[self.key(key)]).unwrap();
        let Approval { request, role, comment, .. } = approval;
        let approval = self.put(signed.envelope);
        self.append(seconds, EventBody::Approved { request, role, comment, approval }, key);
    }

    /// The signed summaries of the promotions so far.
    fn summaries(&self) -> Vec<String> {
        let replayed = self.replayed();
        let promoted = replayed.events().iter().filter_map(|event| match &event.body {
            EventBody::Promoted { vsa, .. } => Some(*vsa),
            _ => None,
        });
        promoted
            .map(|vsa| {
                let envelope = self.registry().objects().get(vsa).unwrap();
                let envelope: serde_json::Value = serde_json::from_slice(&envelope).unwrap();
                let payload = BASE64_STANDARD.decode(envelope["payload"].as_str().unwrap());
                String::from_utf8(payload.unwrap()).unwrap()
            })
            .collect()
    }
}

#[test]
fn who_asked_may_reject_what_they_may_not_approve() {
    let team = Team::staged();
    let request = team.request_by(0, "v1", "prod", "--key ann.pem");
    team.refused(0, &approving(&request, "ml-lead", "ann"), "E_SELF_APPROVAL", "ann asked for it");
    team.done(0, &format!("reject {request} --role ml-lead --comment no --key ann.pem"));
}

#[test]
fn where_nobody_is_left_who_could_approve_that_is_said() {
    let policy = POLICY.replace("{role: ml-lead}", "{role: release}");
    let team = Team::under(&policy);
    team.move_to(0, "v1", "dev");
    team.stage(0, "v1", "summer");
    team.tests(0, "v1", "prod");
    let request = team.request(0, "v1", "prod");
    let nobody = "hint: nobody else in the keyring in force may approve as `release` here";
    for said in ["owner asked for it: as `release` that counts for nothing there", nobody] {
        team.refused(0, &approving(&request, "release", "owner"), "E_SELF_APPROVAL", said);
    }
}

#[test]
fn what_has_changed_since_it_was_asked_is_not_approved() {
    let team = Team::released();
    let back = "rollback --model flights --env prod --reason slow --key owner.pem";
    team.done(2 * HOUR, &format!("{back} --drill"));
    team.drift(2 * HOUR, "v3", "august", "");
    team.tests(2 * HOUR, "v3", "staging");
    team.move_to(2 * HOUR, "v3", "staging");
    team.tests(2 * HOUR, "v3", "prod");
    let request = team.request(2 * HOUR, "v3", "prod");
    team.done(2 * HOUR, back);
    let (events, objects) = (team.events(), team.objects());
    let words = approving(&request, "ml-lead", "ann");
    for said in ["what runs there (v1, by event", "flights@v3 to prod, where v1 runs now"] {
        team.refused(2 * HOUR, &words, "E_REQUEST", said);
    }
    assert_eq!((team.events(), team.objects()), (events, objects), "nothing is written");
}
