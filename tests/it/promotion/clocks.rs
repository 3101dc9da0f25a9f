//! What bears a time ahead of the others' clocks: it does not count until then, and once the clock
//! was corrected it is as old as it can be.

use super::team::{DAY, HOUR, Team, approving, promoting};

const PROD: &str = "prod --model flights@v1";
const LEAD: &str = "approval by ml-lead";

impl Team {
    /// Says that the last event's clock was ahead.
    fn correct(&self, seconds: i64) {
        let last = self.events();
        self.done(seconds, &format!("registry clock {last} --comment skewed --key owner.pem"));
    }
}

#[test]
fn an_approval_ahead_of_time_does_not_count_yet_and_lasts_no_longer() {
    let team = Team::staged();
    let request = team.request(0, "v1", "prod");
    // The door lets approvals count for a day.
    team.approve(36 * HOUR, &request, "ml-lead", "ann");
    team.closed(HOUR, PROD, LEAD, "E_CLOCK");
    team.refused(HOUR, &approving(&request, "compliance", "ben"), "E_CLOCK", "before");
    team.correct(HOUR);
    assert_eq!(team.met(HOUR, PROD, LEAD), "ann");
    team.approve(2 * HOUR, &request, "compliance", "ben");
    team.met(DAY - 1, PROD, LEAD);
    team.closed(DAY, PROD, LEAD, "E_EXPIRED");
    // What was approved by a clock that is right is as old as it says.
    team.met(DAY, PROD, "approval by compliance");
    team.refused(DAY, &promoting(&request), "E_EXPIRED", "ann approved too long ago");
    team.approve(DAY, &request, "ml-lead", "dan");
    team.done(DAY, &promoting(&request));
    team.done(DAY, "audit");
}

#[test]
fn a_request_ahead_of_time_is_granted_no_longer() {
    let team = Team::staged();
    // The door lets requests be granted for two days.
    let request = team.request(DAY, "v1", "prod");
    team.closed(HOUR, PROD, "request", "E_CLOCK");
    team.correct(HOUR);
    team.approve(47 * HOUR, &request, "ml-lead", "ann");
    team.approve(47 * HOUR, &request, "compliance", "ben");
    team.refused(48 * HOUR, &promoting(&request), "E_EXPIRED", "over since 2026-09-23T14:13:20Z");
    team.done(48 * HOUR - 1, &promoting(&request));
}

#[test]
fn a_drill_ahead_of_time_does_not_count_yet_and_grows_old_no_later() {
    let team = Team::released();
    let drill = "rollback --model flights --env prod --reason slow --key owner.pem --drill";
    team.done(20 * DAY, drill);
    let door = "prod --model flights@v3";
    team.closed(2 * HOUR, door, "rollback drill", "E_CLOCK");
    team.correct(2 * HOUR);
    assert!(team.met(2 * HOUR, door, "rollback drill").starts_with("1 h ago"));
    team.met(HOUR + 30 * DAY - 1, door, "rollback drill");
    team.closed(HOUR + 30 * DAY, door, "rollback drill", "E_DRILL");
}
