//! What a real MLflow server is told of promotions and rollbacks, and what is done when somebody
//! changes it by hand.

use serde_json::{Value, json};

use super::team::{HOUR, Team};
use crate::foreign::mlflow::Server;

/// Both environments tag the same versions, each with an alias of its own; the gate `many-tests`
/// only warns, and only prod requires it.
const POLICY: &str = r#"version: 1
name: told
gates:
  - {name: unit-tests, kind: tests, junit: ["reports/*.xml"], failed: {max: 0}, tests: {min: 1}}
  - {name: many-tests, kind: tests, junit: ["reports/*.xml"], tests: {min: 9}, severity: warn}
environments:
  staging:
    requires: [unit-tests]
    identity: [code]
    actions: [{name: registry, mlflow: {url: "URL", model: "{model}", alias: "{environment}"}}]
  prod:
    requires: [unit-tests, many-tests]
    identity: [code]
    actions: [{name: registry, mlflow: {url: "URL", model: "{model}", alias: "{environment}"}}]
"#;

const BACK: &str = "rollback --model flights --env prod --reason slow --key owner.pem";
const MEND: &str = "reconcile --key owner.pem";
const CHECK: &str = "reconcile --check";

/// Gates are asked for each environment, then the version goes there.
fn moved(team: &Team, seconds: i64, version: &str, environment: &str) {
    let out = format!("report-{version}-{environment}");
    team.done(
        seconds,
        &format!(
            "check --policy policy.yaml --gate unit-tests --gate many-tests --artifact \
             model/{version} --env {environment} --out {out} --key ci.pem"
        ),
    );
    team.add(seconds, version, &out);
    team.move_to(seconds, version, environment);
}

fn tag(model: &Value, number: &str, name: &str) -> String {
    let tag = &model["versions"][number][format!("driftgate.{name}")];
    tag.as_str().unwrap_or("nothing").to_owned()
}

#[test]
fn alias_and_tags_of_mlflow_say_what_the_ledger_says_also_after_somebody_changed_them() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let team = Team::under(&POLICY.replace("URL", &server.address));
    for (version, number) in [("v1", "1"), ("v2", "2")] {
        assert_eq!(server.client(&["register", "flights", version]).trim(), number);
    }

    moved(&team, 0, "v1", "staging");
    let model = server.model("flights");
    assert_eq!(model["aliases"], json!({"staging": "1"}));
    let told = |model: &Value, number: &str| {
        ["environment", "decision", "verdict"].map(|name| tag(model, number, name))
    };
    assert_eq!(told(&model, "1"), ["staging", "promoted", "passed"]);
    moved(&team, 0, "v1", "prod");
    let model = server.model("flights");
    assert_eq!(model["aliases"], json!({"staging": "1", "prod": "1"}));
    assert_eq!(told(&model, "1"), ["prod", "promoted", "warned"]);
    // A version that runs in two environments has its tags once.
    let sound = "nothing is to be done, and all stands as the ledger says\n";
    assert_eq!(team.done(HOUR, CHECK).stdout, sound);

    moved(&team, HOUR, "v2", "staging");
    moved(&team, HOUR, "v2", "prod");
    team.done(2 * HOUR, BACK);
    let model = server.model("flights");
    assert_eq!(model["aliases"], json!({"staging": "2", "prod": "1"}));
    assert_eq!(told(&model, "1"), ["prod", "rolled-back-to", "warned"]);
    assert_eq!(told(&model, "2"), ["prod", "rolled-back-from", "warned"]);
    assert_eq!(team.done(2 * HOUR, CHECK).stdout, sound);

    server.client(&["alias", "flights", "prod", "2"]);
    server.client(&["unalias", "flights", "staging"]);
    server.client(&["tag", "flights", "1", "driftgate.verdict", "passed"]);
    let found = [
        "registry: flights in prod: the tag `driftgate.verdict` of flights version 1: expected \
         warned, found passed",
        "registry: flights in prod: the alias `prod` of flights: expected version 1, found version 2",
        "registry: flights in staging: the alias `staging` of flights: expected version 2, found \
         nothing",
    ];
    let by_hand = server.model("flights");
    let checked = team.run(3 * HOUR, CHECK);
    assert_eq!(checked.code, Some(1), "{checked:#?}");
    assert_eq!(checked.stdout.lines().collect::<Vec<_>>(), found, "{checked:#?}");
    assert_eq!(server.model("flights"), by_hand, "looking changes nothing");
    let keyless = team.run(3 * HOUR, "reconcile");
    assert_eq!(keyless.code, Some(2), "{keyless:#?}");
    assert!(keyless.stderr.contains("--key <FILE>"), "{keyless:#?}");

    let mended = team.done(3 * HOUR, MEND).stdout;
    let mut expected: Vec<String> = found.iter().map(|line| format!("{line}; put right")).collect();
    expected.push("0 done, 3 put right, nothing is left to do".to_owned());
    assert_eq!(mended.lines().collect::<Vec<_>>(), expected);
    assert_eq!(server.model("flights"), model);
    let history = team.done(3 * HOUR, "history --model flights").stdout;
    let told: Vec<&str> = history.lines().filter(|line| line.contains("put right: ")).collect();
    assert_eq!(told.len(), 3, "{history}");
    let moved =
        "registry put right: the alias `prod` of flights: expected version 1, found version 2";
    assert!(
        told.iter().any(|line| line.contains(moved) && line.ends_with("by owner")),
        "{history}"
    );
    let events = team.events();
    let again = team.done(3 * HOUR, MEND).stdout;
    assert_eq!(team.events(), events, "what stands right is not told");
    assert_eq!(again, "0 done, 0 put right, nothing is left to do\n");
    team.done(3 * HOUR, "audit");

    // Whoever speaks for other environments leaves it to those who may.
    let ci = "  - identity: ci\n";
    let narrow = team.keyring().replace(ci, &format!("{ci}    environments: [staging]\n"));
    team.write("narrow.yaml", narrow);
    team.done(3 * HOUR, "registry keyring narrow.yaml --key owner.pem");
    server.client(&["alias", "flights", "prod", "2"]);
    let left = team.run(3 * HOUR, "reconcile --key ci.pem");
    assert_eq!(left.code, Some(1), "{left:#?}");
    assert_eq!(left.stdout, "0 done, 0 put right, 1 left to others\n");
    let said = format!("{}; left to others: E_SCOPE: `ci` may not sign for `prod`", found[1]);
    assert!(left.stderr.contains(&said), "{left:#?}");
    team.done(3 * HOUR, MEND);
    assert_eq!(server.model("flights"), model);

    drop(server);
    let nobody = team.run(3 * HOUR, CHECK);
    assert_eq!(nobody.code, Some(5), "{nobody:#?}");
    assert!(nobody.stderr.contains("registry: flights in staging: "), "{nobody:#?}");
}

#[test]
fn reconciling_leads_no_alias_back_to_a_version_that_was_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let team = Team::under(&POLICY.replace("URL", &server.address));
    for version in ["v1", "v2"] {
        server.client(&["register", "flights", version]);
        moved(&team, 0, version, "prod");
    }
    moved(&team, 0, "v1", "staging");
    team.done(HOUR, "revoke flights@v2 --role release --comment poisoned --key owner.pem");
    assert_eq!(team.run(HOUR, CHECK).code, Some(0), "it still runs, and stands so");
    // Somebody helps themselves.
    server.client(&["alias", "flights", "prod", "1"]);
    let line = "registry: flights in prod: the alias `prod` of flights: expected version 2, found \
                version 1";
    let said = format!("{line}; left so: v2 was revoked by event {}", team.events());
    team.refused(HOUR, CHECK, "E_REVOKED", &said);
    team.refused(HOUR, MEND, "E_REVOKED", &said);
    team.refused(HOUR, MEND, "E_REVOKED", "driftgate rollback --model flights --env prod");
    let mended = team.run(HOUR, MEND).stdout;
    assert_eq!(mended, "0 done, 0 put right, the rest failed\n", "told all the same");
    assert_eq!(server.model("flights")["aliases"], json!({"prod": "1", "staging": "1"}));
    // Whoever speaks for other environments leaves it to those who may, and does theirs.
    let ci = "  - identity: ci\n";
    let narrow = team.keyring().replace(ci, &format!("{ci}    environments: [staging]\n"));
    team.write("narrow.yaml", narrow);
    team.done(HOUR, "registry keyring narrow.yaml --key owner.pem");
    server.client(&["alias", "flights", "staging", "2"]);
    let left = team.run(HOUR, "reconcile --key ci.pem");
    assert_eq!(left.code, Some(1), "{left:#?}");
    assert!(left.stdout.ends_with("\n0 done, 1 put right, 1 left to others\n"), "{left:#?}");
    let said = format!("{line}; left to others: E_SCOPE: `ci` may not sign for `prod`");
    assert!(left.stderr.contains(&said) && !left.stderr.contains("E_REVOKED"), "{left:#?}");
    team.done(HOUR, BACK);
    assert_eq!(team.run(HOUR, CHECK).code, Some(0));
}

#[test]
fn what_is_still_to_be_done_is_told_by_a_check_and_done_by_reconciling() {
    let blocked = "    requires: [unit-tests]\n    identity: [code]\n    actions: [{name: tell, file: told}]\n";
    let policy = format!(
        "version: 1\nname: told\ngates:\n  - {{name: unit-tests, kind: tests, junit: \
         [\"reports/*.xml\"], failed: {{max: 0}}, tests: {{min: 1}}}}\nenvironments:\n  staging:\n{blocked}"
    );
    let team = Team::under(&policy);
    let check = "check --policy policy.yaml --gate unit-tests --artifact model/v1 --env staging \
                 --out r --key ci.pem";
    team.done(0, check);
    team.add(0, "v1", "r");
    // Where the document belongs a file is in the way.
    team.write("told", "in the way");
    let request = team.request(0, "v1", "staging");
    let promoted = team.run(0, &format!("promote {request} --key owner.pem"));
    assert_eq!(promoted.code, Some(5), "{promoted:#?}");
    let checked = team.run(HOUR, CHECK);
    assert_eq!(checked.code, Some(1), "{checked:#?}");
    assert!(checked.stdout.starts_with("to do: tell about event "), "{checked:#?}");
    std::fs::remove_file(team.path("told")).unwrap();
    let done = team.done(HOUR, MEND).stdout;
    assert_eq!(done, "1 done, 0 put right, nothing is left to do\n");
    assert_eq!(team.run(HOUR, CHECK).code, Some(0));
    let history = |model: &str| team.done(HOUR, &format!("history --model {model}")).stdout;
    team.done(HOUR, "passport new delays@v1 --artifact model/v1 --commit abc123 --key ci.pem");
    assert!(history("flights").contains(" tell succeeded  by owner\n"), "what was done is told");
    assert!(!history("delays").contains("tell"), "of that model alone");
}
