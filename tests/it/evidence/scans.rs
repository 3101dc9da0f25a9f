//! Reports of scanners, each read into the one form.

use driftgate::evidence::{
    ScanFacts, SecurityFinding, Severity, cargo_audit, grype, pip_audit, sarif, trivy,
};

use super::document;

/// Severity, name, package and version of findings, in the order of the report.
fn list(findings: &[SecurityFinding]) -> Vec<String> {
    let said = |finding: &SecurityFinding| {
        let package = finding.package.as_deref().unwrap_or("-");
        let version = finding.version.as_deref().unwrap_or("-");
        format!("{} {} {package} {version}", finding.severity, finding.id)
    };
    findings.iter().map(said).collect()
}

fn times(facts: &ScanFacts) -> [Option<String>; 2] {
    [facts.scanned_at, facts.database_at].map(|at| at.map(|at| at.to_string()))
}

#[test]
fn trivy_lists_vulnerabilities_misconfigurations_and_secrets() {
    let facts = trivy(&document("trivy.json")).unwrap();
    assert_eq!(
        list(&facts.findings),
        [
            "critical CVE-2024-3094 xz-utils 5.6.0-1",
            "medium CVE-2023-4039 libgcc-s1 12.2.0-14",
            "high DS002 - -",
            "critical aws-access-key-id - -",
        ]
    );
    assert_eq!(list(&facts.suppressed), ["low CVE-2017-16137 debug 3.0.1"]);
    assert_eq!(times(&facts), [Some("2026-11-24T09:00:00Z".into()), None]);
    assert_eq!((facts.looked_at, facts.version.as_deref()), (3, Some("0.68.1")));
    assert_eq!(facts.findings[3].place.as_deref(), Some("deploy.sh"));
}

#[test]
fn grype_lists_matches_with_the_age_of_its_database() {
    let facts = grype(&document("grype.json")).unwrap();
    assert_eq!(
        list(&facts.findings),
        ["critical GHSA-8q59-q68h-6hv4 pyyaml 5.3.1", "low CVE-2011-3374 apt 2.6.1"]
    );
    assert!(facts.findings[0].is_called("cve-2020-14343"), "by its name in another database");
    assert_eq!(list(&facts.suppressed), ["low CVE-2016-2781 coreutils 9.1"]);
    assert_eq!(
        times(&facts),
        [Some("2026-11-24T08:30:00Z".into()), Some("2026-11-23T06:30:41Z".into())]
    );
    assert!(facts.failures.is_empty());
}

#[test]
fn an_older_grype_says_the_age_elsewhere_and_a_broken_database_is_a_failure() {
    let report = |db: &str| {
        let text = format!(
            r#"{{"matches": [], "source": null, "descriptor": {{"name": "grype", "version": "0.80.0",
            "db": {db}}}}}"#
        );
        grype(text.as_bytes()).unwrap()
    };
    let facts = report(r#"{"built": "2024-09-01T01:29:38Z", "schemaVersion": 5, "error": null}"#);
    assert_eq!(times(&facts), [None, Some("2024-09-01T01:29:38Z".into())]);
    assert_eq!((facts.looked_at, facts.failures.len()), (0, 0), "there is no source");
    let facts = report(r#"{"built": "2024-09-01T01:29:38Z", "error": "bad checksum"}"#);
    assert_eq!(facts.failures, ["its database cannot be used: bad checksum"]);
    let facts = report(r#"{"status": {"valid": false}}"#);
    assert_eq!(facts.failures, ["its database is not valid"]);
}

#[test]
fn cargo_audit_has_severities_by_cvss_and_warnings_that_are_low() {
    let facts = cargo_audit(&document("cargo_audit.json")).unwrap();
    assert_eq!(
        list(&facts.findings),
        [
            "medium RUSTSEC-2023-0071 rsa 0.9.10",
            "unknown RUSTSEC-2026-0100 zip 2.3.0",
            "low RUSTSEC-2024-0436 paste 1.0.15",
            "low yanked spin 0.9.2",
        ]
    );
    assert!(facts.findings[0].is_called("CVE-2023-49092"));
    assert_eq!(list(&facts.suppressed), ["unknown RUSTSEC-2026-0041 - -"]);
    assert_eq!(times(&facts), [None, Some("2026-11-22T09:58:33Z".into())]);
    assert_eq!(facts.looked_at, 352);
}

#[test]
fn a_count_that_is_not_that_of_the_list_is_refused() {
    let text = String::from_utf8(document("cargo_audit.json")).unwrap();
    let said = |text: &str| cargo_audit(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(
        said(&text.replace("\"count\": 2", "\"count\": 0")),
        "the document says 0 of vulnerabilities, but lists 2"
    );
    assert_eq!(
        said(&text.replace("\"found\": true", "\"found\": false")),
        "the document says 0 of vulnerabilities found, but lists 2"
    );
}

#[test]
fn pip_audit_knows_no_severity_and_says_what_it_skipped() {
    let facts = pip_audit(&document("pip_audit.json")).unwrap();
    assert_eq!(list(&facts.findings), ["unknown PYSEC-2021-142 pyyaml 5.3.1"]);
    assert!(facts.findings[0].is_called("CVE-2020-14343"));
    let skipped = "fraud-model: Dependency not found on PyPI and could not be audited: \
                   fraud-model (0.1.0)";
    assert_eq!(facts.unscanned, [skipped]);
    assert_eq!((facts.looked_at, times(&facts)), (2, [None, None]));
}

#[test]
fn sarif_levels_scores_kinds_and_suppressions_are_those_of_the_standard() {
    let facts = sarif(&document("analysis.sarif")).unwrap();
    assert_eq!(
        list(&facts.findings),
        [
            "high py/sql-injection - -",
            "critical py/code-injection - -",
            "low py/unused-import - -",
            "medium py/no-level - -",
            "high py/no-level/more-exact - -",
            "unknown py/unused-import - -",
            "high py/sql-injection - -",
            "high py/sql-injection - -",
        ]
    );
    assert_eq!(list(&facts.suppressed), ["high py/sql-injection - -"]);
    assert_eq!(facts.findings[0].place.as_deref(), Some("src/store.py:41"));
    assert_eq!(times(&facts), [Some("2026-11-24T08:05:00Z".into()), None]);
    assert_eq!((facts.tool.as_str(), facts.version.as_deref()), ("CodeQL", Some("2.23.5")));
}

#[test]
fn the_log_of_a_real_linter_is_read() {
    let facts = sarif(&document("ruff.sarif")).unwrap();
    assert_eq!(facts.tool, "ruff");
    assert!(facts.findings.iter().all(|finding| finding.severity == Severity::High));
    assert!(facts.findings.iter().any(|finding| finding.id == "S602"));
    assert_eq!((facts.looked_at, times(&facts)), (1, [None, None]));
}

#[test]
fn a_run_that_failed_or_never_came_to_results_says_so() {
    let log = |run: &str| {
        let text = format!(
            r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "lint"}}}}, {run}}}]}}"#
        );
        sarif(text.as_bytes()).unwrap()
    };
    let facts = log(r#""invocations": [{"executionSuccessful": false,
        "exitCodeDescription": "out of memory"}], "results": []"#);
    assert_eq!(facts.failures, ["lint did not succeed: out of memory"]);
    let facts = log(r#""invocations": []"#);
    assert_eq!(facts.failures, ["the run of lint has no `results`"]);
    assert_eq!(facts.looked_at, 0);
    let facts = log(r#""results": [], "invocations": [{"executionSuccessful": true,
        "toolExecutionNotifications": [{"level": "error", "message": {"text": "a.py: no syntax"}},
        {"level": "note", "message": {"text": "slow"}}]}]"#);
    assert_eq!(facts.unscanned, ["a.py: no syntax"]);
    let facts = sarif(br#"{"version": "2.1.0", "runs": []}"#).unwrap();
    assert_eq!((facts.looked_at, facts.scanned_at), (0, None));
}
