//! What is asked is frozen: any change voids it.

use driftgate::registry::EventBody;
use driftgate::registry::request::RequestDocument;

use super::team::{DAY, HOUR, POLICY, Team, after, approving, promoting, word};

impl Team {
    /// A request to promote v1 to `prod` that ann and ben have approved.
    fn approved(&self) -> String {
        let request = self.request(0, "v1", "prod");
        self.approve(0, &request, "ml-lead", "ann");
        self.approve(0, &request, "compliance", "ben");
        request
    }

    /// Writes a request by hand: a document, and an event that says what it likes about it.
    fn asked_by_hand(&self, change: impl Fn(&mut RequestDocument), unnamed: bool) -> String {
        let request = self.request(0, "v1", "prod");
        let bytes = self.registry().objects().get(word(&request)).unwrap();
        let mut document = RequestDocument::read(&bytes).unwrap();
        "by-hand".clone_into(&mut document.nonce);
        let reports = if unnamed { [].into() } else { document.reports.clone() };
        change(&mut document);
        let digest = self.put(document.to_json());
        let body = EventBody::Requested {
            request: digest,
            model: word("flights"),
            version: word("v1"),
            environment: word("prod"),
            reports,
        };
        self.slip_in(0, &body, "owner");
        digest.to_string()
    }
}

#[test]
fn t13_another_policy_voids_what_was_approved() {
    let team = Team::staged();
    let request = team.approved();
    // Only a limit that this door does not look at is another.
    let policy = team.put(POLICY.replace("psi: {max: 0.25}", "psi: {max: 0.2}"));
    let previous = team.replayed().state().policy();
    team.append(0, EventBody::PolicyChanged { policy, previous, approvals: [].into() }, "owner");
    let ran = team.run(0, &promoting(&request));
    assert_eq!(ran.code, Some(4), "{ran:#?}");
    assert!(ran.stdout.contains("E_REQUEST: the policy has changed since: ask again"), "{ran:#?}");
    assert!(ran.stdout.contains("E_POLICY"), "the report was made under the old one: {ran:#?}");
}

#[test]
fn of_two_requests_for_one_environment_the_second_is_told_who_won() {
    let team = Team::under(POLICY);
    let first = team.request(0, "v1", "dev");
    let second = team.request(0, "v2", "dev");
    team.done(0, &promoting(&second));
    let said = "what runs there (v2, by event 7) has changed since: ask again";
    team.refused(0, &promoting(&first), "E_REQUEST", said);
}

#[test]
fn a_rejected_request_is_over() {
    let team = Team::staged();
    let request = team.approved();
    let words = format!("reject {request} --role compliance --comment no --key cat.pem");
    let ran = team.done(0, &words);
    assert!(ran.stdout.starts_with("rejected"), "{ran:#?}");
    let said = "the request was rejected by cat in event";
    team.refused(0, &promoting(&request), "E_CONFLICT", said);
    team.refused(0, &approving(&request, "ml-lead", "dan"), "E_CONFLICT", said);
    let none = format!("reject {request} --role compliance --comment no --key ben.pem");
    team.refused(0, &none, "E_CONFLICT", said);
}

#[test]
fn t14_a_request_is_granted_no_longer_than_the_door_says() {
    let team = Team::staged();
    let request = team.request(0, "v1", "prod");
    let late = 2 * DAY - HOUR;
    team.approve(late, &request, "ml-lead", "ann");
    team.approve(late, &request, "compliance", "ben");
    let over = format!("over since {}", after(2 * DAY));
    team.refused(2 * DAY, &promoting(&request), "E_EXPIRED", &over);
    let objects = team.objects();
    let ask = "hint: ask again: `driftgate request --model flights@v1 --to prod`";
    for said in [&*format!("the request does not stand any more: it is {over}"), ask] {
        team.refused(2 * DAY, &approving(&request, "ml-lead", "dan"), "E_EXPIRED", said);
    }
    assert_eq!(team.objects(), objects, "nothing is written");
    team.done(2 * DAY - 1, &promoting(&request));
}

#[test]
fn the_status_says_which_requests_are_void_and_why_as_doors_and_approvals_do() {
    let team = Team::staged();
    let asked = team.request(0, "v1", "prod");
    let told = |seconds: i64, request: &str| {
        let text = team.done(seconds, "status").stdout;
        let mut lines = text.lines().filter(|line| line.starts_with("asked"));
        let line = lines.find(|line| line.contains(request)).unwrap().to_owned();
        let json = team.done(seconds, "status --format json").json();
        let open = json["openRequests"].as_array().unwrap();
        let open = open.iter().find(|open| open["request"] == request).unwrap();
        (line, open["void"].clone())
    };
    let (line, void) = told(2 * DAY - 1, &asked);
    assert!(line.ends_with(&format!("request {asked}")), "{line}");
    assert_eq!(void, serde_json::Value::Null);

    let over = format!("it is over since {}", after(2 * DAY));
    let (line, void) = told(2 * DAY, &asked);
    assert!(line.ends_with(&format!("request {asked}, void (E_EXPIRED): {over}")), "{line}");
    assert_eq!((&void["code"], &void["reason"]), (&"E_EXPIRED".into(), &over.as_str().into()));
    team.refused(2 * DAY, &promoting(&asked), "E_EXPIRED", &over);
    team.refused(2 * DAY, &approving(&asked, "ml-lead", "ann"), "E_EXPIRED", &over);

    let other = team.request(HOUR, "v2", "dev");
    team.move_to(HOUR, "v1", "dev");
    let changed = format!("what runs there (v1, by event {}) has changed since", team.events());
    let (line, void) = told(HOUR, &other);
    assert!(line.contains(&format!("void (E_REQUEST): {changed}")), "{line}");
    assert_eq!(void["code"], "E_REQUEST");
    team.refused(HOUR, &promoting(&other), "E_REQUEST", &changed);
}

#[test]
fn t14_who_asks_does_not_say_how_long_it_is_granted() {
    let team = Team::staged();
    let request = team.asked_by_hand(|document| document.expires_at = after(5000 * DAY), false);
    let over = format!("over since {}", after(2 * DAY));
    team.refused(2 * DAY, &approving(&request, "ml-lead", "ann"), "E_EXPIRED", &over);
    team.approve_by_hand(2 * DAY, &request, "ml-lead", "ann");
    team.approve_by_hand(2 * DAY, &request, "compliance", "ben");
    team.refused(2 * DAY, &promoting(&request), "E_EXPIRED", &over);
}

#[test]
fn t13_a_request_that_says_one_thing_to_people_and_another_to_the_ledger_is_refused() {
    type Change = fn(&mut RequestDocument);
    let cases: [(&str, Change); 4] = [
        ("the registry", |document| document.registry = document.passport),
        ("the version", |document| document.version = word("v2")),
        ("the environment", |document| document.environment = word("staging")),
        ("the events before it", |document| document.head.digest = document.passport),
    ];
    let team = Team::staged();
    for (what, change) in cases {
        let request = team.asked_by_hand(change, false);
        let said = format!("the request `{request}` and the event differ in {what}");
        team.refused(0, &approving(&request, "ml-lead", "ann"), "E_REQUEST", &said);
        team.cut_last();
    }
    // Reports that the event does not name would not be used up by the promotion.
    let request = team.asked_by_hand(|_| (), true);
    let said = "and the event differ in the reports";
    team.refused(0, &approving(&request, "ml-lead", "ann"), "E_REQUEST", said);
    team.refused(0, &promoting(&request), "E_REQUEST", said);
}

#[test]
fn a_version_that_runs_there_is_not_promoted_again() {
    let team = Team::under(POLICY);
    team.move_to(0, "v1", "dev");
    let again = team.request(0, "v1", "dev");
    team.refused(0, &promoting(&again), "E_STATE", "`v1` runs in `dev` already");
}
