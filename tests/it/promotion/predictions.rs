//! Gates that judge answers count for the answers that the passport names.

use std::fs;

use super::team::{Team, promoting};

const POLICY: &str = r#"version: 1
name: answers
gates:
  - name: auc
    kind: evaluation
    predictions: {file: predictions.parquet, label: late, score: score}
    auc: {min: 0.8}
  - {name: unit-tests, kind: tests, junit: ["reports/*.xml"], failed: {max: 0}, tests: {min: 1}}
environments:
  dev: {identity: [code], requires: [auc, unit-tests]}
"#;

const DOOR: &str = "dev --model flights@v9";

impl Team {
    /// `e/NAME/predictions.parquet`, by one of the two models whose answers there are.
    fn answers(&self, name: &str, of: &str) {
        let from = format!("{}/data/predictions/{of}.parquet", env!("CARGO_MANIFEST_DIR"));
        self.write(format!("e/{name}/predictions.parquet"), fs::read(from).unwrap());
    }

    /// v9 with some data in its passport.
    fn register_v9(&self, data: &str) {
        self.write("model/v9/weights", "weights of v9");
        self.done(
            0,
            &format!(
                "passport new flights@v9 --artifact model/v9 --commit abc123 --key ci.pem {data}"
            ),
        );
    }

    /// A report on v9 by answers, taken up.
    fn judge_v9(&self, answers: &str, gate: &str) {
        let out = format!("judged-{answers}-{gate}");
        self.done(
            0,
            &format!(
                "check --policy policy.yaml --gate {gate} --artifact model/v9 --evidence \
                 e/{answers} --env dev --out {out} --key ci.pem"
            ),
        );
        self.add(0, "v9", &out);
    }

    fn said_of(&self, demand: &str) -> String {
        let json = self.run(0, &format!("door {DOOR} --format json")).json();
        let items = json["items"].as_array().unwrap();
        let item = items.iter().find(|item| item["demand"] == demand).unwrap();
        item["said"].as_str().unwrap().to_owned()
    }

    fn id_of(&self, path: &str) -> String {
        let ran = self.done(0, &format!("snapshot {path}"));
        let id = ran.stdout.split_whitespace().find(|word| word.starts_with("sha256:"));
        id.unwrap_or_else(|| panic!("{ran:#?}")).to_owned()
    }
}

fn team() -> Team {
    let team = Team::under(POLICY);
    team.answers("own", "challenger");
    team.answers("other", "champion");
    team
}

#[test]
fn a_gate_that_judged_other_predictions_than_the_passport_names_opens_no_door() {
    let team = team();
    team.register_v9("--data predictions=e/own/predictions.parquet");
    team.judge_v9("other", "auc");
    team.tests(0, "v9", "dev");
    team.closed(0, DOOR, "gate auc", "E_PREDICTIONS");
    let expected = format!(
        "gate auc judged {} as `predictions.parquet`, the passport of `flights@v9` names {}",
        team.id_of("e/other/predictions.parquet"),
        team.id_of("e/own/predictions.parquet")
    );
    assert_eq!(team.said_of("gate auc"), expected);
    let words = "request --model flights@v9 --to dev --key owner.pem";
    team.refused(0, words, "E_PREDICTIONS", "gate auc judged");
    team.judge_v9("own", "auc");
    let said = team.met(0, DOOR, "gate auc");
    assert!(said.ends_with(": passed"), "nothing to remark: {said}");
    let request = team.request(0, "v9", "dev");
    team.done(0, &promoting(&request));
}

#[test]
fn a_passport_that_names_no_predictions_holds_to_none_and_the_door_says_so() {
    let team = team();
    team.register_v9("");
    team.judge_v9("other", "auc");
    team.tests(0, "v9", "dev");
    let said = team.met(0, DOOR, "gate auc");
    assert!(said.ends_with(" (the passport names no predictions)"), "{said}");
    let said = team.met(0, DOOR, "gate unit-tests");
    assert!(!said.contains("predictions"), "the gate judges none: {said}");
}

#[test]
fn several_sets_of_predictions_are_named_one_by_one() {
    let team = team();
    team.register_v9(
        "--data predictions-july=e/own/predictions.parquet --data \
         predictions-august=e/other/predictions.parquet",
    );
    team.tests(0, "v9", "dev");
    team.judge_v9("other", "auc");
    team.met(0, DOOR, "gate auc");
}

#[test]
fn answers_of_the_same_bytes_under_another_name_are_another_snapshot() {
    let team = team();
    let bytes = fs::read(team.path("e/own/predictions.parquet")).unwrap();
    team.write("e/renamed.parquet", bytes);
    team.register_v9("--data predictions=e/renamed.parquet");
    team.judge_v9("own", "auc");
    team.closed(0, DOOR, "gate auc", "E_PREDICTIONS");
}
