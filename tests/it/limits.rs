//! Limits on what a file may ask for: named when they refuse, changed by name, told in the report.

use serde_json::json;

use crate::command::Ran;
use crate::transactions::ORDINARY;
use crate::workplace::Workplace;

const POLICY: &str = "\
version: 1
name: transactions
gates:
  - {name: schema, kind: schema}
  - {name: drift, kind: drift, columns: amount, psi: {max: 0.2}}
";

fn place() -> Workplace {
    let place = Workplace::new();
    ORDINARY.write(&place.path("reference.parquet"));
    ORDINARY.write(&place.path("candidate.parquet"));
    place.write("policy.yaml", POLICY);
    place
}

fn check(place: &Workplace, options: &str) -> Ran {
    place.check(&format!(
        "--policy policy.yaml --reference reference.parquet --candidate candidate.parquet \
         --format json --out out {options}"
    ))
}

#[test]
fn a_limit_that_refuses_is_named_with_what_raises_it() {
    let place = place();
    for (limit, said) in [
        ("rows=1999", "2000 rows; the limit is 1999"),
        ("columns=2", "3 columns; the limit is 2"),
        ("row-groups=0", "1 row groups; the limit is 0"),
        ("footer=100", "bytes of footer; the limit is 100"),
        ("page=1KiB", "row group 0, column `"),
    ] {
        let ran = check(&place, &format!("--limit {limit}"));
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(5), ""), "{limit}: {ran:?}");
        assert!(ran.stderr.contains("reference.parquet`"), "{limit}: {ran:?}");
        assert!(ran.stderr.contains(said), "{limit}: {ran:?}");
        let name = limit.split('=').next().unwrap();
        assert!(ran.stderr.contains(&format!("`--limit {name}=…`")), "{limit}: {ran:?}");
        assert!(!place.path("out").exists(), "{limit}");
    }
}

#[test]
fn a_text_beyond_its_limit_is_refused_by_both_readers() {
    let place = Workplace::new();
    place.python_code(
        "import pyarrow as pa, pyarrow.parquet as pq\n\
         table = pa.table({'note': ['short', 'x' * 2000, None]})\n\
         for codec in ['snappy', 'gzip']:\n    \
             for dictionary in [True, False]:\n        \
                 pq.write_table(table, f'{codec}-{dictionary}.parquet', compression=codec,\n            \
                     use_dictionary=dictionary)\n",
    );
    for codec in ["snappy", "gzip"] {
        for dictionary in ["True", "False"] {
            let file = format!("{codec}-{dictionary}.parquet");
            let profile = |limit: u64| {
                place.driftgate(&format!("profile {file} --json --limit text={limit}")).run()
            };
            assert_eq!(profile(2000).code, Some(0), "{file}");
            let ran = profile(1999);
            assert_eq!(ran.code, Some(5), "{file}: {ran:?}");
            let said = "row group 0, column `note`: 2000 bytes of a value; the limit is 1999";
            assert!(ran.stderr.contains(said), "{file}: {ran:?}");
        }
    }
}

#[test]
fn changed_limits_stand_in_the_report_and_are_needed_to_make_it_again() {
    let place = place();
    let plain = check(&place, "");
    assert_eq!(plain.code, Some(0), "{plain:?}");
    assert_eq!(plain.json()["limits"], json!(null));
    let ran = check(&place, "--limit page=512MiB --limit rows=5000 --limit columns=10000");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    // Ten thousand columns are the default.
    let changed = json!({"page": "536870912", "rows": "5000"});
    assert_eq!(ran.json()["limits"], changed);

    let verify = |limits: &str| {
        place
            .driftgate(&format!(
                "verify out --key key.pub.pem --policy policy.yaml --recompute \
                 --reference reference.parquet --candidate candidate.parquet {limits}"
            ))
            .run()
    };
    let again = verify("--limit page=512MiB --limit rows=5000");
    assert_eq!(again.code, Some(0), "{again:?}");
    let without = verify("");
    assert_eq!(without.code, Some(4), "{without:?}");
    assert!(without.stderr.contains("`--limit`"), "{without:?}");
}

#[test]
fn limits_that_are_none_are_usage_errors() {
    let place = place();
    for wrong in ["page", "pages=1", "rows=1MiB", "depth=65", "page=2GiB", "rows=-1"] {
        let ran = check(&place, &format!("--limit {wrong}"));
        assert_eq!(ran.code, Some(2), "{wrong}: {ran:?}");
        assert!(ran.stderr.contains(wrong), "{wrong}: {ran:?}");
    }
}
