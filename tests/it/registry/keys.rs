//! Who may sign events, and for how long that is believed.

use driftgate::registry::{Anchor, EventBody};
use driftgate::signing::{KeyKind, PrivateKey, keyring as document, write_private_key};

use super::court::{Court, after, assert_refused, hold, keyring, word};

/// A hold that ben places as an auditor.
fn hold_by_ben(model: &str) -> EventBody {
    EventBody::HoldPlaced {
        model: word(model),
        environment: word("prod"),
        version: None,
        role: word("auditor"),
        comment: word("wait"),
    }
}

#[test]
fn a_revoked_key_proves_what_it_signed_before_and_nothing_later() {
    let court = Court::new();
    court.append_by(hold_by_ben("early"), &court.ben, 10).unwrap();
    let revoked = court.keyring("", &format!("revoked_at: {}", after(20)));
    court.place.write("next.yaml", &revoked);
    // Nobody has recorded it yet: an event slipped in now could not be told from one before.
    let unrecorded = court.run("status --keyring next.yaml");
    assert_refused(&unrecorded, "E_KEY_REVOKED", "no event records the revocation");
    assert!(unrecorded.stderr.contains("driftgate registry keyring"), "{unrecorded:#?}");
    let audit = court.run("audit --keyring next.yaml");
    assert_refused(&audit, "E_KEY_REVOKED", "event 2");

    let ran = court.run("registry keyring next.yaml --key key.pem");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:#?}");
    for words in ["status", "status --keyring next.yaml", "audit --keyring next.yaml"] {
        assert_eq!(court.run(words).code, Some(0), "{words}");
    }
    // In the chain behind the revocation, whatever time it claims.
    let late = court.append_by(hold_by_ben("late"), &court.ben, 15).unwrap_err();
    assert_eq!(late.code(), Some("E_KEY_REVOKED"), "{late}");
}

#[test]
fn a_keyring_cannot_take_a_key_back_from_before_what_it_signed() {
    let court = Court::new();
    court.append_by(hold_by_ben("early"), &court.ben, 10).unwrap();
    court.place.write("next.yaml", court.keyring("", &format!("revoked_at: {}", after(5))));
    let ran = court.run("registry keyring next.yaml --key key.pem");
    assert_refused(&ran, "E_KEY_REVOKED", "event 2");
    assert!(ran.stderr.contains("let `revoked_at` lie behind the last event"), "{ran:#?}");
    assert_eq!(court.load().unwrap().events().len(), 2);
}

#[test]
fn a_keyring_that_lacks_who_signed_or_what_that_took_is_told_what_has_to_stay() {
    let court = Court::new();
    court.append_by(hold_by_ben("early"), &court.ben, 10).unwrap();
    let without = keyring(&[("ann", "owner", &court.place.key, "")]);
    court.place.write("without.yaml", &without);
    let ran = court.run("registry keyring without.yaml --key key.pem");
    let said = format!(
        "by the new keyring event 2 would not count: it was signed by ben with the key {}, which the \
         keyring lacks",
        court.ben.public().id()
    );
    assert_refused(&ran, "E_THRESHOLD", &said);
    assert!(ran.stderr.contains("stays in the keyring, with that key"), "{ran:#?}");
    assert!(ran.stderr.contains("`revoked_at`") && !ran.stderr.contains("audit"), "{ran:#?}");
    let role = "    roles: [auditor]";
    let narrow =
        court.keyring("", "").replace(role, &format!("{role}\n    environments: [staging]"));
    court.place.write("narrow.yaml", &narrow);
    let ran = court.run("registry keyring narrow.yaml --key key.pem");
    assert_refused(&ran, "E_SCOPE", "event 2 would not count: `ben` may not sign for `prod`");
    assert!(ran.stderr.contains("what earlier events took stays as it is"), "{ran:#?}");
    // As it was told to be.
    court.place.write("next.yaml", court.keyring("", &format!("revoked_at: {}", after(20))));
    assert_eq!(court.run("registry keyring next.yaml --key key.pem").code, Some(0));
}

#[test]
fn a_stranger_cannot_bring_a_keyring_of_their_own() {
    let court = Court::new();
    let stranger = PrivateKey::generate(KeyKind::P256);
    write_private_key(&court.place.path("stranger.pem"), &stranger).unwrap();
    let theirs =
        keyring(&[("ann", "owner", &court.place.key, ""), ("eve", "owner", &stranger, "")]);
    court.place.write("theirs.yaml", &theirs);
    let ran = court.run("registry keyring theirs.yaml --key stranger.pem");
    assert_refused(&ran, "E_KEY", "the keyring in force knows no key");
    assert_eq!(court.load().unwrap().events().len(), 1);
    // By somebody who counts it is put in force, and from then on eve counts.
    assert_eq!(court.run("registry keyring theirs.yaml --key key.pem").code, Some(0));
    court.append_by(hold("fraud"), &stranger, 5).unwrap();
    // But not for those who brought a keyring that does not know her.
    let ran = court.run("status --keyring keyring.yaml");
    assert_refused(&ran, "event 3 of the ledger", "sign");
}

#[test]
fn a_key_counts_in_its_time_which_is_that_of_the_event() {
    let court = Court::new();
    let window = format!("valid_until: {}", after(100));
    court.place.write("next.yaml", court.keyring("", &window));
    assert_eq!(court.run("registry keyring next.yaml --key key.pem").code, Some(0));
    court.append_by(hold_by_ben("in-time"), &court.ben, 99).unwrap();
    let late = court.append_by(hold_by_ben("late"), &court.ben, 100).unwrap_err();
    assert_eq!(late.code(), Some("E_KEY_TIME"), "{late}");
    // A year later the event still counts.
    let year = court.place.driftgate("status --keyring next.yaml");
    let ran = year.env("SOURCE_DATE_EPOCH", "1822000000").run();
    assert_eq!(ran.code, Some(0), "{ran:#?}");
}

#[test]
fn a_clock_that_was_set_back_is_an_error_that_writes_nothing() {
    let court = Court::new();
    court.append_by(hold("fraud"), &court.place.key, 3600).unwrap();
    let words = "hold place --model other --env prod --role owner --comment c --key key.pem";
    let ran = court.run(words);
    assert_refused(&ran, "E_CLOCK", "lies more than 5 minutes before 2026-09-21T15:13:20Z");
    assert!(ran.stderr.contains("set this machine's clock right"), "{ran:#?}");
    assert_eq!(court.load().unwrap().events().len(), 2);
    let near = court.place.driftgate(words).env("SOURCE_DATE_EPOCH", "1790003301").run();
    assert_eq!(near.code, Some(0), "{near:#?}");
}

#[test]
fn an_identity_speaks_only_for_its_environments_and_predicates() {
    let court = Court::new();
    let narrow = court
        .keyring("", "")
        .replace("    roles: [auditor]", "    roles: [auditor]\n    environments: [staging]");
    court.place.write("next.yaml", &narrow);
    assert_eq!(court.run("registry keyring next.yaml --key key.pem").code, Some(0));
    let error = court.append_by(hold_by_ben("fraud"), &court.ben, 5).unwrap_err();
    assert_eq!(error.code(), Some("E_SCOPE"), "{error}");
    let other = narrow.replace(
        "environments: [staging]",
        "predicates: [\"https://driftgate.dev/gate-report/v1\"]",
    );
    court.place.write("other.yaml", &other);
    assert_eq!(court.run("registry keyring other.yaml --key key.pem").code, Some(0));
    let error = court.append_by(hold_by_ben("fraud"), &court.ben, 5).unwrap_err();
    assert_eq!(error.code(), Some("E_ROLE"), "{error}");
    // The given keyring is asked as well.
    let given = document::parse("k", court.keyring("", "").as_bytes()).unwrap();
    court.registry().load(&Anchor::keyring(&given)).unwrap();
}

#[test]
fn who_may_write_events_may_not_therefore_change_whom_to_believe() {
    let court = Court::new();
    let listed = |types: &str| {
        let all = court.keyring("", "");
        all.replace(
            "    roles: [auditor]",
            &format!("    roles: [auditor]\n    predicates: [{types}]"),
        )
    };
    let event = "\"https://driftgate.dev/event/v1\"";
    court.place.write("events.yaml", listed(event));
    assert_eq!(court.run("registry keyring events.yaml --key key.pem").code, Some(0));
    court.append_by(hold_by_ben("fraud"), &court.ben, 5).unwrap();
    let both = listed(&format!("{event}, \"https://driftgate.dev/event/v1#governance\""));
    court.place.write("both.yaml", both);
    let ran = court.run("registry keyring both.yaml --key ben.pem");
    assert_refused(
        &ran,
        "E_ROLE",
        "`ben` may not sign a `https://driftgate.dev/event/v1#governance`",
    );
    assert_eq!(court.run("registry keyring both.yaml --key key.pem").code, Some(0));
    court.place.write("back.yaml", listed(event));
    // That one of two governs alone from now on takes both.
    let ran = court.run("registry keyring back.yaml --key ben.pem");
    assert_refused(&ran, "E_APPROVAL", "fewer than two could do governance");
    let agree = "registry approve-keyring back.yaml --comment c --out word --key key.pem";
    assert_eq!(court.run(agree).code, Some(0));
    let ran = court.run("registry keyring back.yaml --approval word --key ben.pem");
    assert_eq!(ran.code, Some(0), "{ran:#?}");
}
