//! The severity of a CVSS vector: the one door to the crate that scores them.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::finding::Severity;

/// The severity of a vector of CVSS 3.0, 3.1 or 4.0; unknown when it is none, or lacks a metric that
/// every vector of its version has.
pub(super) fn severity(vector: &str) -> Severity {
    if vector.len() > VECTOR_BYTES_MAX || !is_complete(vector) {
        return Severity::Unknown;
    }
    vector
        .parse::<::cvss::Cvss>()
        .map_or(Severity::Unknown, |vector| Severity::of_score(vector.score()))
}

/// Whether each base metric is there exactly once: the crate counts on it.
fn is_complete(vector: &str) -> bool {
    let (version, metrics) = vector.split_once('/').unwrap_or_default();
    let wanted: &[&str] = match version {
        "CVSS:3.0" | "CVSS:3.1" => &["AV", "AC", "PR", "UI", "S", "C", "I", "A"],
        "CVSS:4.0" => &["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"],
        _ => return false,
    };
    let names = || metrics.split('/').map(|part| part.split_once(':').unwrap_or_default().0);
    wanted.iter().all(|wanted| names().filter(|name| name == wanted).count() == 1)
}

/// A vector with every metric of CVSS 4.0 has some 200 bytes.
const VECTOR_BYTES_MAX: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    // Scores of FIRST's calculators: <https://www.first.org/cvss/calculator/>.
    #[test]
    fn vectors_have_the_severity_of_their_score() {
        for (vector, expected) in [
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Severity::Critical),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", Severity::High),
            ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N", Severity::Medium),
            ("CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:L", Severity::Low),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", Severity::Critical),
            ("CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N", Severity::Medium),
        ] {
            assert_eq!(severity(vector), expected, "{vector}");
        }
    }

    #[test]
    fn what_is_no_whole_vector_is_unknown() {
        for vector in [
            "",
            "CVSS:4.0",
            "CVSS:4.0/",
            "CVSS:4.0/AV:N",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
            "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "CVSS:9.9/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "AV:N/AC:L/Au:N/C:N/I:N/A:P",
            "9.8",
        ] {
            assert_eq!(severity(vector), Severity::Unknown, "{vector}");
        }
        assert_eq!(severity(&"CVSS:3.1/".repeat(100)), Severity::Unknown);
    }

    proptest::proptest! {
        #[test]
        fn no_vector_of_whatever_values_ends_the_program(
            version in "(3[.][01]|4[.]0)",
            values in proptest::collection::vec("[NLAPHUCRXSEDMWYIG]{0,2}", 11),
            extra in "(/(E|RL|RC|CR|MAV|MSI|S|AU|R|V|RE|U):[A-Za-z]{1,5}){0,3}",
        ) {
            let names: &[&str] = if version == "4.0" {
                &["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"]
            } else {
                &["AV", "AC", "PR", "UI", "S", "C", "I", "A"]
            };
            let metrics: Vec<String> =
                names.iter().zip(&values).map(|(name, value)| format!("{name}:{value}")).collect();
            let _ = severity(&format!("CVSS:{version}/{}{extra}", metrics.join("/")));
        }
    }
}
