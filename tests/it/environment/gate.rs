//! The parity gate, from the policy to the signed report.

use std::fs;

use crate::workplace::Workplace;

const POLICY: &str = "\
version: 1
name: environments
gates:
  - name: same-world
    kind: parity
    reference: env/staging.json
    candidate: env/prod.json
    ignore: [cpu.model, variables.HOST]
    trees:
      - {reference: config/staging, candidate: config/prod, ignore: ['**.host']}
    message: staging and prod are not the same world
";

fn place() -> Workplace {
    let place = Workplace::new();
    place.write("policy.yaml", POLICY);
    place.write("model/weights.bin", "weights");
    for side in ["staging", "prod"] {
        let capture = format!(
            r#"{{"format": "https://driftgate.dev/environment/v1",
                "captured_at": "2026-09-20T12:00:00Z",
                "system": {{"architecture": "x86_64", "kernel": "6.1"}},
                "cpu": {{"model": "{side}"}}, "variables": {{"HOST": "{side}"}}}}"#
        );
        place.write(&format!("evidence/env/{side}.json"), capture);
        let settings = format!("server: {{host: {side}.example, port: 80}}\n");
        place.write(&format!("evidence/config/{side}/app.yaml"), settings);
    }
    place
}

fn check(place: &Workplace) -> crate::command::Ran {
    place.check("--policy policy.yaml --artifact model --evidence evidence --out report")
}

#[test]
fn the_same_world_passes_and_its_report_verifies() {
    let place = place();
    let ran = check(&place);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let ran = place.driftgate("verify report --key key.pub.pem --policy policy.yaml").run();
    assert_eq!(ran.code, Some(0), "{ran:#?}");
}

#[test]
fn another_world_fails_and_says_where() {
    let place = place();
    place.write("evidence/config/prod/app.yaml", "server: {host: x, port: 8080}\n");
    let ran = check(&place);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let said = "`app.yaml:server.port` is `80` in the reference and `8080` in the candidate";
    // Long sentences are broken into lines.
    let flat: Vec<&str> = ran.stdout.split_whitespace().collect();
    assert!(flat.join(" ").contains(said), "{ran:#?}");
    let report = fs::read_to_string(place.path("report/report.details.json")).unwrap();
    assert!(report.contains("staging and prod are not the same world"), "{report}");
    let ran = place.driftgate("verify report --key key.pub.pem --policy policy.yaml").run();
    assert_eq!(ran.code, Some(1), "{ran:#?}");
}

#[test]
fn evidence_that_is_not_there_is_an_error() {
    for gone in ["evidence/env/prod.json", "evidence/config/prod/app.yaml"] {
        let place = place();
        fs::remove_file(place.path(gone)).unwrap();
        let ran = check(&place);
        assert_eq!(ran.code, Some(5), "{gone}: {ran:#?}");
    }
}
