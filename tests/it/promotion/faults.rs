//! Promotions that race and promotions that are killed: one wins, the ledger is sound, and the next
//! command works.
//!
//! `DRIFTGATE_ROUNDS=100 DRIFTGATE_MOMENTS=1000 cargo test --release promotion::faults` looks
//! thoroughly.

use std::time::{Duration, Instant};

use driftgate::registry::EventBody;

use super::team::{HOUR, Team, promoting};

impl Team {
    /// A request to promote v1 to `prod` that only waits to be granted.
    fn waiting(&self) -> String {
        let request = self.request(0, "v1", "prod");
        self.approve(0, &request, "ml-lead", "ann");
        self.approve(0, &request, "compliance", "ben");
        request
    }

    /// How many promotions to `prod` the ledger holds; replaying refuses a torn event.
    fn promotions(&self) -> usize {
        let replayed = self.replayed();
        let promoted = replayed.events().iter().filter(|event| {
            matches!(&event.body, EventBody::Promoted { environment, .. }
                if environment.as_ref() == "prod")
        });
        promoted.count()
    }
}

#[test]
fn of_sixteen_who_promote_one_request_exactly_one_wins_and_the_others_are_told_who() {
    for _ in 0..asked("DRIFTGATE_ROUNDS", 2) {
        let team = Team::staged();
        let words = promoting(&team.waiting());
        let ran: Vec<_> = std::thread::scope(|scope| {
            let racers: Vec<_> = (0..16).map(|_| scope.spawn(|| team.run(0, &words))).collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).collect()
        });
        assert_eq!(ran.iter().filter(|ran| ran.code == Some(0)).count(), 1, "{ran:#?}");
        for lost in ran.iter().filter(|ran| ran.code != Some(0)) {
            assert_eq!(lost.code, Some(4), "{lost:#?}");
            let told = "E_CONFLICT: the request was promoted by owner in event ";
            assert!(lost.stderr.contains(told), "{lost:#?}");
        }
        assert_eq!(team.promotions(), 1);
        team.done(0, "audit");
    }
}

#[test]
fn a_promotion_that_is_killed_is_made_or_not_and_the_next_command_makes_it() {
    let begun = Instant::now();
    let team = Team::staged();
    team.done(0, &promoting(&team.waiting()));
    let lasts = begun.elapsed();
    let (mut killed, mut made) = (0, 0);
    let mut waiting: Option<(Team, String)> = None;
    for moment in 0..asked("DRIFTGATE_MOMENTS", 12) {
        let (team, request) = waiting.take().unwrap_or_else(|| {
            let team = Team::staged();
            let request = team.waiting();
            (team, request)
        });
        let share = (f64::from(moment) * GOLDEN_RATIO).fract();
        let wait = (lasts.mul_f64(share * 0.3)).max(Duration::from_millis(1));
        let options = ["--signal=KILL", &format!("{:.6}", wait.as_secs_f64())];
        let ran = team.command(0, &promoting(&request)).through("timeout", &options).run();
        killed += u32::from(ran.code != Some(0));
        let promotions = team.promotions();
        assert!(promotions <= 1);
        assert!(ran.code != Some(0) || promotions == 1, "acknowledged and lost");
        if promotions == 0 {
            waiting = Some((team, request));
        } else {
            made += 1;
            team.done(0, "audit");
        }
    }
    if let Some((team, request)) = waiting {
        team.done(HOUR, &promoting(&request));
        assert_eq!(team.promotions(), 1);
        team.done(HOUR, "audit");
    }
    assert!(killed > 0 || made > 0);
}

/// How often something is done.
fn asked(variable: &str, otherwise: u32) -> u32 {
    std::env::var(variable).map_or(otherwise, |asked| asked.parse().unwrap())
}

/// Its multiples fall evenly into the parts after the point, in no order (Weyl's sequence).
const GOLDEN_RATIO: f64 = 1.618_033_988_749_895;
