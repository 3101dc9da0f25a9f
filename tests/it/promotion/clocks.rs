//! What bears a time ahead of the others' clocks: it does not count until then, and once the clock
//! was corrected it is as old as it can be.

use super::team::{DAY, HOUR, POLICY, Team, after, approving, promoting};

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

#[test]
fn whoever_tells_of_a_time_that_is_not_believed_tells_what_it_counts_as() {
    let team = Team::under(POLICY);
    let request = team.request(0, "v1", "dev");
    team.done(3 * DAY, &promoting(&request));
    let (seq, ahead, counts_as) = (team.events(), after(3 * DAY), after(0).to_string());
    let plain = format!("v1 since {ahead} (event {seq})\n");
    assert!(team.done(HOUR, "status").stdout.contains(&plain), "nobody has doubted it yet");
    team.correct(HOUR);
    let told = format!("{ahead} [not believed, counts as {counts_as}]");
    let runs = format!("flights in dev: v1 since {told} (event {seq})\n");
    for (words, line) in [
        ("status", &runs),
        (&format!("history --at {counts_as}"), &runs),
        ("history", &format!("{seq:>6}  {told}  promoted ")),
        ("lineage flights@v1", &format!("  ran in       dev from {told} (event {seq}) to now\n")),
        ("lineage flights@v1", &format!("(event {}): promoted {told} (event {seq})\n", seq - 1)),
    ] {
        let shown = team.done(HOUR, words).stdout;
        assert!(shown.contains(line.as_str()), "{words}: {line}: {shown}");
    }
    let status = team.run(HOUR, "status --format json").json();
    let place = &status["models"][0]["environments"]["dev"];
    assert_eq!(
        (&place["since"], &place["sinceCountsAs"]),
        (&ahead.to_string().into(), &counts_as.clone().into())
    );
    let history = team.run(HOUR, "history --format json").json();
    let counted = history["events"].as_array().unwrap().iter().map(|event| &event["countsAs"]);
    let doubted: Vec<_> = counted.filter(|counts_as| !counts_as.is_null()).collect();
    assert_eq!(doubted, [&counts_as], "that event alone");
    let last = team.done(HOUR, "lineage flights@v1 --format openlineage").stdout;
    let last: serde_json::Value = serde_json::from_str(last.lines().last().unwrap()).unwrap();
    assert_eq!((&last["eventType"], &last["eventTime"]), (&"COMPLETE".into(), &counts_as.into()));
}
