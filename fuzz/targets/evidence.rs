//! Reads the documents of test runners, scanners and load generators: the first byte says which.
//!
//! Whatever is read adds up, and nothing of it can steer a terminal.
#![no_main]

use driftgate::evidence::latency::{TimeUnit, hdr, k6, wrk};
use driftgate::evidence::{cargo_audit, grype, junit, metrics, pip_audit, sarif, trivy};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((which, document)) = bytes.split_first() else { return };
    match which % 8 {
        0 => results(document),
        1 => drop(trivy(document)),
        2 => drop(grype(document)),
        3 => drop(cargo_audit(document)),
        4 => drop(pip_audit(document)),
        5 => drop(sarif(document)),
        6 => latency(document),
        _ => number(document),
    }
});

fn results(document: &[u8]) {
    match junit(document) {
        Ok(facts) => {
            let total = facts.total;
            assert!(total.flaky <= total.passed, "what is flaky passed");
            let failures = total.failed;
            assert!(facts.failures.len() as u64 <= failures, "a name is of a failure");
            assert!(facts.failures.iter().all(|name| !name.contains(char::is_control)));
        }
        Err(error) => assert!(error.to_string().len() < 4_096, "an error is short"),
    }
}

fn latency(document: &[u8]) {
    let read = [k6(document), wrk(document), hdr(document, TimeUnit::Microseconds)];
    for facts in read.into_iter().flatten() {
        let quantiles = [0.5, 0.9, 0.95, 0.99, 1.0].map(|share| facts.quantile_ms(share));
        let found: Vec<f64> = quantiles.into_iter().flatten().collect();
        assert!(found.iter().all(|ms| ms.is_finite() && *ms >= 0.0), "a length of time");
    }
}

/// A path, a line end, a document.
fn number(document: &[u8]) {
    let Ok(text) = std::str::from_utf8(document) else { return };
    let Some((path, document)) = text.split_once('\n') else { return };
    let Ok(path) = path.parse::<metrics::MetricPath>() else { return };
    if let Ok(number) = metrics::number(document.as_bytes(), &path) {
        assert!(number.is_finite(), "a number is one");
    }
}
