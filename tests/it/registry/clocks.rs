//! Clocks that are wrong: what is not written, what is refused, and how to go on.

use driftgate::registry::state::Step;
use driftgate::registry::{Appended, EventBody, Moment, Seq};
use driftgate::signing::PrivateKey;

use super::court::{BEGUN, Court, after, assert_refused, hold, word};
use crate::command::Ran;

const YEAR: i64 = 365 * 86_400;

impl Court {
    fn run_at(&self, seconds: i64, words: &str) -> Ran {
        let run = self.place.driftgate(words);
        run.env("SOURCE_DATE_EPOCH", &(BEGUN + seconds).to_string()).run()
    }

    fn done_at(&self, seconds: i64, words: &str) -> String {
        let ran = self.run_at(seconds, words);
        assert_eq!(ran.code, Some(0), "{words}: {ran:#?}");
        ran.stdout
    }

    fn append_moment(&self, moment: Moment, key: &PrivateKey) -> Result<(), &'static str> {
        let mut replayed = self.load().unwrap();
        let model = format!("model-{}", replayed.events().len());
        match self.registry().append(&mut replayed, hold(&model), &[], key, moment) {
            Ok(Appended::Done(_)) => Ok(()),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.code().unwrap()),
        }
    }
}

const PLACE: &str = "hold place --env prod --role owner --comment c --key key.pem --model";
const CORRECT: &str = "registry clock 3 --comment battery --key key.pem";

/// Event 2 is right; event 3 bears a time a year ahead, and nobody could tell when it was written.
fn court_with_a_clock_ahead() -> Court {
    let court = Court::new();
    court.append_by(hold("right"), &court.place.key, 60).unwrap();
    court.append_by(hold("ahead"), &court.place.key, YEAR).unwrap();
    court
}

#[test]
fn an_event_ahead_of_the_clock_of_its_writer_is_not_written() {
    let court = Court::new();
    let moment = |seconds, clock| Moment { at: after(seconds), clock: Some(after(clock)) };
    let key = &court.place.key;
    assert_eq!(court.append_moment(moment(1_301, 1_000), key), Err("E_CLOCK"));
    assert_eq!(court.append_moment(moment(1_300, 1_000), key), Ok(()));
    // Clocks that differ by minutes write after one another.
    assert_eq!(court.append_moment(moment(1_000, 1_000), key), Ok(()));
    // Where no other clock is known, the time is the clock.
    assert_eq!(court.append_moment(after(9_000).into(), key), Ok(()));
}

#[test]
fn a_clock_far_ahead_stops_all_others_until_people_correct_it() {
    let court = court_with_a_clock_ahead();
    let refused = court.run_at(120, &format!("{PLACE} next"));
    assert_refused(&refused, "E_CLOCK", "2027-09-21T14:13:20Z, the time of event 3");
    assert!(refused.stderr.contains("`driftgate registry clock 3 --comment WHY`"), "{refused:#?}");
    // Readers take it: which clock is right is for people to say.
    court.done_at(120, "audit --pin kept.json");

    let told = court.run_at(120, CORRECT);
    assert_eq!(told.code, Some(0), "{told:#?}");
    let said = "event 3 (hold-placed) by ann bears 2027-09-21T14:13:20Z";
    assert!(told.stderr.contains(said), "{told:#?}");
    court.done_at(130, &format!("{PLACE} next"));
    court.done_at(130, "audit --pin kept.json --keyring keyring.yaml");
    let replayed = court.load().unwrap();
    assert_eq!(replayed.latest(), Some(after(130)));
    // Nor can anybody go back behind what is believed.
    let late = court.append_by(hold("late"), &court.place.key, -200).unwrap_err();
    assert_eq!(late.code(), Some("E_CLOCK"), "{late}");
}

#[test]
fn history_at_a_time_goes_by_the_times_that_are_believed() {
    let court = court_with_a_clock_ahead();
    let events = |seconds: i64| {
        let words = format!("history --format json --at {}", after(seconds));
        let json: serde_json::Value = serde_json::from_str(&court.done_at(200, &words)).unwrap();
        json["events"].as_array().unwrap().len()
    };
    assert_eq!([30, 60, 300, YEAR].map(events), [1, 2, 2, 3]);
    court.done_at(120, CORRECT);
    court.done_at(130, &format!("{PLACE} next"));
    // The one ahead counts as written when the last before it was.
    assert_eq!([30, 60, 119, 120, 130, YEAR].map(events), [1, 3, 3, 4, 5, 5]);
    let told = court.done_at(200, "history");
    assert!(told.contains("from event 3 up to this one no time is believed: battery"), "{told}");
}

#[test]
fn a_correction_takes_who_may_change_whom_to_believe() {
    let court = court_with_a_clock_ahead();
    let listed = court.keyring("", "").replace(
        "    roles: [auditor]",
        "    roles: [auditor]\n    predicates: [\"https://driftgate.dev/event/v1\"]",
    );
    court.place.write("next.yaml", listed);
    court.done_at(YEAR, "registry keyring next.yaml --key key.pem");
    let ran = court.run_at(120, &CORRECT.replace("key.pem", "ben.pem"));
    assert_refused(&ran, "E_ROLE", "`ben` may not sign a `https://driftgate.dev/event/v1#gov");
    // What came after the wrong time bears one that is no better.
    court.done_at(120, CORRECT);
    let replayed = court.load().unwrap();
    let believed = [2, 3, 4, 5].map(|seq| {
        let event = replayed.event(Seq(seq)).unwrap();
        replayed.state().believed_time(Step { event: event.reference(), at: event.at })
    });
    assert_eq!(believed, [60, 60, 60, 120].map(after));
}

#[test]
fn only_what_lies_ahead_is_corrected() {
    let court = court_with_a_clock_ahead();
    let refused = |seconds, event: u64, said: &str| {
        let words = CORRECT.replace("clock 3", &format!("clock {event}"));
        assert_refused(&court.run_at(seconds, &words), "E_CLOCK", said);
    };
    refused(120, 2, "there is nothing to correct");
    refused(120, 1, "there is nothing to correct");
    refused(YEAR - 300, 3, "there is nothing to correct");
    // The time itself is held to the last that is believed.
    refused(-241, 3, "lies more than 5 minutes before 2026-09-21T14:14:20Z");
    let unknown = court.run_at(120, &CORRECT.replace("clock 3", "clock 9"));
    assert_eq!(unknown.code, Some(2), "{unknown:#?}");
    court.done_at(120, CORRECT);
    refused(120, 3, "there is nothing to correct");
    // By hand no more than by the command.
    let event = court.load().unwrap().state().event(Seq(2)).unwrap();
    let body = EventBody::ClockCorrected { event, reason: word("back") };
    let error = court.append_by(body, &court.place.key, 120).unwrap_err();
    assert_eq!(error.code(), Some("E_CLOCK"), "{error}");
}

#[test]
fn the_key_that_wrote_ahead_can_be_revoked_from_then_on() {
    let court = Court::new();
    let EventBody::HoldPlaced { model, environment, version, comment, .. } = hold("ahead") else {
        panic!()
    };
    let role = word("auditor");
    let by_ben = EventBody::HoldPlaced { model, environment, version, role, comment };
    court.append_by(by_ben.clone(), &court.ben, YEAR).unwrap();
    court.done_at(120, &CORRECT.replace("clock 3", "clock 2"));
    let revoked = format!("revoked_at: {}", after(YEAR + 1));
    court.place.write("next.yaml", court.keyring("", &revoked));
    court.done_at(130, "registry keyring next.yaml --key key.pem");
    court.done_at(140, "audit --keyring next.yaml");
    let late = court.append_by(by_ben, &court.ben, 140).unwrap_err();
    assert_eq!(late.code(), Some("E_KEY_REVOKED"), "{late}");
}
