//! Ledgers that were cut, rewritten, forked, filled up or stitched together: each is refused by
//! every command, and the audit names the first event that is wrong.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use driftgate::registry::Event;
use driftgate::signing::{PrivateKey, sign};

use super::court::{Court, after, assert_refused, hold};

impl Court {
    fn file(&self, seq: u64) -> PathBuf {
        self.place.path(format!(".driftgate/ledger/{seq:08}.dsse.json"))
    }

    fn read(&self, seq: u64) -> Vec<u8> {
        fs::read(self.file(seq)).unwrap()
    }

    fn write(&self, seq: u64, bytes: &[u8]) {
        drop(fs::remove_file(self.file(seq)));
        fs::write(self.file(seq), bytes).unwrap();
    }

    /// The statement of an event, signed anew with a change.
    fn forge(&self, seq: u64, key: &PrivateKey, change: impl FnOnce(&mut Event)) {
        let replayed = self.load().unwrap();
        let known = replayed.event(driftgate::registry::Seq(seq)).unwrap();
        let prev = (seq > 1).then(|| replayed.events()[usize::try_from(seq).unwrap() - 2].digest);
        let mut event = Event {
            schema_version: 1,
            registry: replayed.registry(),
            seq: known.seq,
            prev,
            at: known.at,
            body: known.body.clone(),
        };
        change(&mut event);
        let named = event.body.objects().len();
        let others = &known.subjects()[named.min(known.subjects().len())..];
        let signed = sign(&event.statement(others), std::slice::from_ref(key)).unwrap();
        self.write(seq, &signed.envelope);
    }

    /// That the ledger is refused, with the first bad event named.
    fn assert_unsound(&self, first: u64, code: &str) {
        let audit = self.run("audit");
        assert_refused(&audit, code, &format!("event {first}"));
        let named = format!("UNSOUND    the first bad event is {first}\n");
        assert!(audit.stdout.ends_with(&named), "{audit:#?}");
        let json = self.run("audit --format json").json();
        assert_eq!((&json["sound"], &json["firstBadEvent"]), (&false.into(), &first.into()));
        for words in ["status", "history", "ledger export"] {
            let ran = self.run(words);
            assert_eq!((ran.code, ran.stdout.as_str()), (Some(4), ""), "{words}: {ran:#?}");
        }
    }
}

fn court_of(events: u64) -> Court {
    let court = Court::new();
    for number in 2..=events {
        court.append(hold(&format!("model-{number}")));
    }
    court
}

#[test]
fn every_byte_of_an_event_counts() {
    let court = court_of(3);
    let whole = court.read(2);
    // Bits that change a letter, a digit, or the structure.
    for at in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 7);
        if bytes == whole {
            continue;
        }
        court.write(2, &bytes);
        let error = court.load().unwrap_err();
        assert!(error.to_string().starts_with("event 2 of the ledger"), "byte {at}: {error}");
        assert!(error.code().is_some(), "byte {at}: {error}");
    }
    court.write(2, &whole[..whole.len() / 2]);
    court.assert_unsound(2, "E_JSON");
    court.write(2, b"");
    court.assert_unsound(2, "E_JSON");
    court.write(2, &[&whole[..], b"\n"].concat());
    court.assert_unsound(2, "E_ENVELOPE");
    court.write(2, &vec![b' '; 2 << 20]);
    court.assert_unsound(2, "E_LEDGER");
    court.write(2, &whole);
    assert_eq!(court.run("audit").code, Some(0));
}

#[test]
fn a_missing_event_and_one_that_is_none_are_named() {
    let court = court_of(6);
    let third = court.read(3);
    fs::remove_file(court.file(3)).unwrap();
    court.assert_unsound(3, "E_LEDGER");
    court.write(3, &third);
    for name in ["00000007.dsse.json~", "7.dsse.json", "notes.txt", "00000000.dsse.json"] {
        let odd = court.place.write(&format!(".driftgate/ledger/{name}"), "");
        let audit = court.run("audit");
        assert_refused(&audit, "E_LEDGER", &format!("`{name}` is no event"));
        assert_refused(&court.run("status"), "E_LEDGER", &format!("`{name}` is no event"));
        fs::remove_file(odd).unwrap();
    }
    let linked = court.file(7);
    std::os::unix::fs::symlink(court.file(6), &linked).unwrap();
    court.assert_unsound(7, "E_LEDGER");
    fs::remove_file(&linked).unwrap();
    fs::create_dir(&linked).unwrap();
    court.assert_unsound(7, "E_LEDGER");
}

#[test]
fn events_in_another_order_or_of_another_registry_are_refused() {
    let court = court_of(4);
    let (third, fourth) = (court.read(3), court.read(4));
    court.write(3, &fourth);
    court.write(4, &third);
    court.assert_unsound(3, "E_LEDGER");
    court.write(3, &third);
    court.write(4, &third);
    court.assert_unsound(4, "E_LEDGER");
    court.write(4, &fourth);

    let other = Court::new();
    let keyring = court.keyring("", "");
    other.place.write("keyring.yaml", &keyring);
    fs::remove_dir_all(other.place.path(".driftgate")).unwrap();
    fs::copy(court.place.path("key.pem"), other.place.path("key.pem")).unwrap();
    assert_eq!(other.run("registry init --keyring keyring.yaml --key key.pem").code, Some(0));
    let theirs = hold("model-2");
    let mut replayed = other.load().unwrap();
    let at = after(0);
    other.registry().append(&mut replayed, theirs, &[], &court.place.key, at).unwrap();
    court.write(2, &other.read(2));
    court.assert_unsound(2, "E_LEDGER");
}

#[test]
fn whoever_holds_a_key_cannot_write_what_the_rules_do_not_allow() {
    type Change = fn(&mut Event);
    let cases: [(&str, Change); 5] = [
        ("E_CLOCK", |event| event.at = after(-301)),
        ("E_LEDGER", |event| event.seq = event.seq.next()),
        ("E_LEDGER", |event| event.prev = None),
        ("E_SCHEMA_VERSION", |event| event.schema_version = 2),
        ("E_STATE", |event| event.body = hold("model-2")),
    ];
    for (code, change) in cases {
        let court = court_of(3);
        court.forge(3, &court.place.key, change);
        court.assert_unsound(3, code);
    }
    let court = court_of(3);
    court.forge(3, &court.ben, |_| ());
    court.assert_unsound(3, "E_ROLE");
    let court = court_of(3);
    let stranger = PrivateKey::generate(driftgate::signing::KeyKind::P256);
    court.forge(3, &stranger, |_| ());
    court.assert_unsound(3, "E_KEY");
}

#[test]
fn a_ledger_that_was_cut_is_found_by_a_pin_and_by_a_required_head() {
    let court = court_of(5);
    let head = court.load().unwrap().head();
    assert_eq!(court.run("audit --pin outside.json").code, Some(0));
    court.append(hold("one-more"));
    assert_eq!(court.run("status --pin outside.json").code, Some(0), "a later head is fine");
    let whole: Vec<Vec<u8>> = (1..=6).map(|seq| court.read(seq)).collect();
    for seq in [6, 5] {
        fs::remove_file(court.file(seq)).unwrap();
    }
    assert_eq!(court.run("audit").code, Some(0), "nothing inside can tell");
    let said = "the ledger ends with event 4, but event 6 was seen: it was cut";
    assert_refused(&court.run("audit --pin outside.json"), "E_LEDGER", said);
    assert_refused(&court.run("status --pin outside.json"), "E_LEDGER", said);
    let required = court.run(&format!("status --require-head {head}"));
    assert_refused(&required, "E_LEDGER", "event 5 was seen");

    // Written anew behind the cut: a fork.
    court.append(hold("fork"));
    court.append(hold("fork-again"));
    assert_eq!(court.run("audit").code, Some(0), "each event of it is signed");
    let audit = court.run("audit --pin outside.json");
    assert_refused(&audit, "E_LEDGER", "rewritten or forked");
    assert_refused(&court.run(&format!("history --require-head {head}")), "E_LEDGER", "forked");
    fs::remove_file(court.file(5)).unwrap();
    fs::remove_file(court.file(6)).unwrap();
    for (seq, bytes) in (5..=6).zip(&whole[4..]) {
        court.write(seq, bytes);
    }
    assert_eq!(court.run("audit --pin outside.json").code, Some(0));
}

#[test]
fn a_registry_founded_anew_is_told_by_a_keyring_and_by_a_pin() {
    let court = court_of(3);
    assert_eq!(court.run("audit --pin kept.json").code, Some(0));
    fs::remove_dir_all(court.place.path(".driftgate")).unwrap();
    let forger = PrivateKey::generate(driftgate::signing::KeyKind::P256);
    driftgate::signing::write_private_key(&court.place.path("forger.pem"), &forger).unwrap();
    let theirs = super::court::keyring(&[("ann", "owner", &forger, "")]);
    court.place.write("theirs.yaml", theirs);
    let ran = court.run("registry init --keyring theirs.yaml --key forger.pem");
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert_eq!(court.run("status").code, Some(0), "the folder cannot tell");
    assert_refused(&court.run("status --keyring keyring.yaml"), "event 1", "sign");
    assert_refused(&court.run("status --pin kept.json"), "E_LEDGER", "the pin is of");
}

#[test]
fn an_object_that_is_altered_or_gone_is_named_with_its_event() {
    let court = Court::with_two_promoted();
    let replayed = court.load().unwrap();
    let version = super::court::word("v2");
    let passport =
        replayed.state().version(&super::court::word("fraud"), &version).unwrap().passport;
    let path = court.registry().objects().path(passport);
    let whole = fs::read(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(&path, "passport v3").unwrap();
    let audit = court.run("audit");
    assert_refused(&audit, "E_OBJECT", "which is the passport of event 5");
    assert!(audit.stdout.ends_with("the first bad event is 5\n"), "{audit:#?}");
    fs::remove_file(&path).unwrap();
    let audit = court.run("audit");
    assert_refused(&audit, "E_OBJECT", "is missing, which is the passport of event 5");
    // What runs is still told: the objects are looked at by whoever needs them.
    assert_eq!(court.run("status").code, Some(0));
    court.registry().objects().put(&whole).unwrap();
    assert_eq!(court.run("audit").code, Some(0));
    court.place.write(".driftgate/objects/sha256/ab/note", "");
    assert_refused(&court.run("audit"), "E_OBJECT", "objects/sha256/ab/note");
}

#[test]
fn many_faults_are_counted_and_the_first_is_named() {
    let court = court_of(12);
    for seq in [4, 5, 9] {
        court.write(seq, b"{}");
    }
    let json = court.run("audit --format json").json();
    assert_eq!(json["firstBadEvent"], 4);
    let events: Vec<u64> = json["faults"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|fault| fault["event"].as_u64())
        .collect();
    // Those behind a changed event name another one as the one before.
    assert_eq!(events, [4, 5, 6, 9, 10], "{json:#}");
    assert_eq!(json["events"], 12);
}
