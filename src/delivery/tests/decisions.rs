//! What was decided, and the world outside.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::delivery::{Answered, Decision, DecisionKind, Outside, Tokens};
use crate::http::{Client, Settings, Timeouts};
use crate::identity::Sha256Digest;
use crate::registry::event::{EventReference, Seq};
use crate::snapshot::SnapshotId;
use crate::verdict::Verdict;

/// A promotion.
pub(in crate::delivery) fn decision() -> Decision {
    let event = EventReference { seq: Seq(42), digest: Sha256Digest::of(b"event") };
    Decision {
        kind: DecisionKind::Promoted,
        model: "fraud".parse().unwrap(),
        version: "v12+b".parse().unwrap(),
        from_version: Some("v11".parse().unwrap()),
        environment: "prod".parse().unwrap(),
        event,
        at: Timestamp::from_unix_seconds(1_790_000_000).unwrap(),
        snapshot: Some(SnapshotId::new(Sha256Digest::of(b"training"))),
        reports: [Sha256Digest::of(b"one"), Sha256Digest::of(b"two")].into(),
        answered: Answered::Gates(Verdict::Warned),
        ledger_head: event,
        reason: None,
    }
}

pub(super) fn rollback() -> Decision {
    let reason = "errors doubled\n@everyone **look** <!-- x -->".parse().unwrap();
    Decision {
        kind: DecisionKind::RolledBack,
        version: "v11".parse().unwrap(),
        from_version: Some("v12".parse().unwrap()),
        reason: Some(reason),
        ..decision()
    }
}

pub(super) fn outside(folder: &std::path::Path) -> Outside {
    let time = Duration::from_secs(2);
    let timeouts = Timeouts { connect: time, read: time, overall: time * 2 };
    let tokens =
        Tokens::of(Some("m-s3cret".into()), Some("h-s3cret".into()), Some("l-s3cret".into()));
    Outside {
        http: Client::new(&Settings { timeouts, ..Settings::default() }).unwrap(),
        tokens,
        folder: folder.to_owned(),
        path: std::env::var_os("PATH"),
        home: None,
    }
}
