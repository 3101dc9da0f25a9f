//! The state against a tiny model of it, which keeps nothing but the events that were allowed and
//! looks through them anew for each question.

use std::collections::BTreeSet;

use driftgate::clock::Timestamp;
use driftgate::identity::{Digest, DigestAlgorithm, Sha256Digest};
use driftgate::registry::state::{Entry, RequestState};
use driftgate::registry::{EventBody, Seq, State};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_state_allows_what_the_history_allows(bodies in prop::collection::vec(body(), 1..60)) {
        let mut state = State::default();
        let mut allowed: Vec<EventBody> = Vec::new();
        apply(&mut state, &mut allowed, founded());
        for body in bodies {
            let before = state.clone();
            let expected = may_follow(&allowed, &body);
            let found = apply(&mut state, &mut allowed, body.clone());
            prop_assert_eq!(found, expected, "{:?} after {:#?}", body, allowed);
            if !found {
                prop_assert_eq!(&state, &before, "a refused event changes nothing");
            }
        }
        for model in MODELS {
            for environment in ENVIRONMENTS {
                let (model, environment) = (model.parse().unwrap(), environment.parse().unwrap());
                let current = state.current(&model, &environment).map(ToString::to_string);
                prop_assert_eq!(current, runs(&allowed, model.as_ref(), environment.as_ref()));
            }
        }
        let promoted = state.requests().values()
            .filter(|request| matches!(request.state, RequestState::Promoted(_)))
            .count();
        let promotions = allowed.iter().filter(|body| body.kind() == "promoted").count();
        prop_assert_eq!(promoted, promotions, "each promotion ends one request");
    }
}

#[test]
fn nothing_comes_before_the_founding_and_it_comes_once() {
    let mut state = State::default();
    let mut allowed = Vec::new();
    let hold = EventBody::HoldPlaced {
        model: "a".parse().unwrap(),
        environment: "prod".parse().unwrap(),
        version: None,
        role: "owner".parse().unwrap(),
        comment: "c".parse().unwrap(),
    };
    assert!(!apply(&mut state, &mut allowed, hold.clone()));
    assert!(apply(&mut state, &mut allowed, founded()));
    assert!(!apply(&mut state, &mut allowed, founded()));
    assert!(apply(&mut state, &mut allowed, hold));
}

fn apply(state: &mut State, allowed: &mut Vec<EventBody>, body: EventBody) -> bool {
    let seq = Seq(allowed.len() as u64 + 1);
    let entry = Entry {
        seq,
        digest: Sha256Digest::of(&seq.0.to_be_bytes()),
        registry: Sha256Digest::of(b"registry"),
        at: Timestamp::from_unix_seconds(1_790_000_000).unwrap(),
        by: BTreeSet::from(["ann".to_owned()]),
        body: body.clone(),
    };
    let taken = state.apply(&entry).is_ok();
    if taken {
        allowed.push(body);
    }
    taken
}

/// Whether an event may follow others, asked of the history alone.
#[expect(clippy::too_many_lines, reason = "a model of every kind of event, seen whole")]
fn may_follow(history: &[EventBody], body: &EventBody) -> bool {
    let any = |wanted: &dyn Fn(&EventBody) -> bool| history.iter().any(wanted);
    let registered = |m: &str, v: &str| {
        any(&|e| {
            matches!(e, EventBody::Registered { model, version, .. }
            if model.as_ref() == m && version.as_ref() == v)
        })
    };
    let revoked = |m: &str, v: &str| {
        any(&|e| {
            matches!(e, EventBody::Revoked { model, version, .. }
            if model.as_ref() == m && version.as_ref() == v)
        })
    };
    let usable = |m: &str, v: &str| registered(m, v) && !revoked(m, v);
    let over = |r: &Sha256Digest| {
        any(&|e| {
            matches!(e,
            EventBody::Rejected { request, .. } | EventBody::Promoted { request, .. }
                if request == r)
        })
    };
    let asked = |r: &Sha256Digest| {
        history.iter().find_map(|e| match e {
            EventBody::Requested { request, model, version, environment, reports }
                if request == r =>
            {
                Some((model.clone(), version.clone(), environment.clone(), reports.clone()))
            }
            _ => None,
        })
    };
    let open = |r: &Sha256Digest| asked(r).is_some() && !over(r);
    // The reports of one version that no promotion in this environment has used.
    let unused = |m: &str, v: &str, env: &str, reports: &BTreeSet<Sha256Digest>| {
        reports.iter().all(|wanted| {
            let taken = any(&|e| {
                matches!(e, EventBody::Reported { model, version, report, .. }
                if model.as_ref() == m && version.as_ref() == v && report == wanted)
            });
            let used = any(&|e| match e {
                EventBody::Promoted { request, model, environment, .. } => {
                    model.as_ref() == m
                        && environment.as_ref() == env
                        && asked(request).is_some_and(|asked| asked.3.contains(wanted))
                }
                _ => false,
            });
            taken && !used
        })
    };
    match body {
        EventBody::Registered { model, version, .. } => {
            !registered(model.as_ref(), version.as_ref())
        }
        EventBody::Reported { model, version, report, report_id, .. } => {
            let again = any(&|e| {
                matches!(e,
                EventBody::Reported { report: r, report_id: id, .. }
                    if r == report || id == report_id)
            });
            !again && usable(model.as_ref(), version.as_ref())
        }
        EventBody::Requested { request, model, version, environment, reports } => {
            asked(request).is_none()
                && usable(model.as_ref(), version.as_ref())
                && unused(model.as_ref(), version.as_ref(), environment.as_ref(), reports)
        }
        EventBody::Approved { request, role, .. } => {
            let again = any(&|e| {
                matches!(e, EventBody::Approved { request: r, role: o, .. }
                if r == request && o == role)
            });
            open(request) && !again
        }
        EventBody::Rejected { request, .. } => open(request),
        EventBody::Promoted { request, model, version, environment, from_version, .. } => {
            let (m, v, env) = (model.as_ref(), version.as_ref(), environment.as_ref());
            open(request)
                && asked(request).is_some_and(|(am, av, ae, reports)| {
                    am == *model
                        && av == *version
                        && ae == *environment
                        && unused(m, v, env, &reports)
                })
                && usable(m, v)
                && runs(history, m, env) == from_version.as_ref().map(ToString::to_string)
                && runs(history, m, env).as_deref() != Some(v)
                && held(history, m, env).is_empty()
        }
        EventBody::RolledBack { model, environment, from_version, to_version, .. }
        | EventBody::Drilled { model, environment, from_version, to_version, .. } => {
            // A drill that failed may have failed for that.
            let failed = matches!(body, EventBody::Drilled { verified: false, .. });
            let (m, env) = (model.as_ref(), environment.as_ref());
            let ran = any(&|e| match e {
                EventBody::Promoted { model: m, version, environment: n, .. }
                | EventBody::RolledBack { model: m, to_version: version, environment: n, .. } => {
                    (m, version, n) == (model, to_version, environment)
                }
                _ => false,
            });
            (failed || usable(m, to_version.as_ref()))
                && ran
                && runs(history, m, env).as_deref() == Some(from_version.as_ref())
                && from_version != to_version
                && !held(history, m, env).contains(&Some(to_version.to_string()))
        }
        EventBody::HoldPlaced { model, environment, version, .. } => {
            let version = version.as_ref().map(ToString::to_string);
            !held(history, model.as_ref(), environment.as_ref()).contains(&version)
        }
        EventBody::HoldReleased { model, environment, version, .. } => {
            let version = version.as_ref().map(ToString::to_string);
            held(history, model.as_ref(), environment.as_ref()).contains(&version)
        }
        EventBody::Revoked { model, version, .. } => usable(model.as_ref(), version.as_ref()),
        _ => false,
    }
}

/// The version that the last promotion or rollback has set.
fn runs(history: &[EventBody], m: &str, env: &str) -> Option<String> {
    history.iter().rev().find_map(|e| match e {
        EventBody::Promoted { model, version, environment, .. }
        | EventBody::RolledBack { model, to_version: version, environment, .. }
            if model.as_ref() == m && environment.as_ref() == env =>
        {
            Some(version.to_string())
        }
        _ => None,
    })
}

/// What is held, by the version that each hold is about.
fn held(history: &[EventBody], m: &str, env: &str) -> BTreeSet<Option<String>> {
    let mut held = BTreeSet::new();
    for e in history {
        match e {
            EventBody::HoldPlaced { model, environment, version, .. }
                if model.as_ref() == m && environment.as_ref() == env =>
            {
                held.insert(version.as_ref().map(ToString::to_string));
            }
            EventBody::HoldReleased { model, environment, version, .. }
                if model.as_ref() == m && environment.as_ref() == env =>
            {
                held.remove(&version.as_ref().map(ToString::to_string));
            }
            EventBody::RolledBack { model, environment, from_version, hold: true, .. }
                if model.as_ref() == m && environment.as_ref() == env =>
            {
                held.insert(Some(from_version.to_string()));
            }
            _ => {}
        }
    }
    held
}

fn founded() -> EventBody {
    let nonce = Sha256Digest::of(b"nonce").to_string().parse().unwrap();
    EventBody::Founded { keyring: Sha256Digest::of(b"keyring"), policy: None, nonce }
}

/// Events over a world so small that they often meet.
fn body() -> impl Strategy<Value = EventBody> {
    let model = || prop::sample::select(&MODELS[..]).prop_map(|m| m.parse().unwrap());
    let version = || prop::sample::select(&VERSIONS[..]).prop_map(|v| v.parse().unwrap());
    let environment = || prop::sample::select(&ENVIRONMENTS[..]).prop_map(|e| e.parse().unwrap());
    let digest = |what: &'static str, of: u8| {
        (0..of).prop_map(move |n| Sha256Digest::of(format!("{what} {n}").as_bytes()))
    };
    let request = move || digest("request", 4);
    let report = move || digest("report", 3);
    let comment = || "because".parse().unwrap();
    let role = || prop::sample::select(&["owner", "lead"][..]).prop_map(|r| r.parse().unwrap());
    let vsa = Sha256Digest::of(b"vsa");
    prop_oneof![
        3 => (model(), version(), digest("passport", 2)).prop_map(|(model, version, passport)| {
            EventBody::Registered { model, version, passport }
        }),
        3 => (model(), version(), 0_u8..3).prop_map(|(model, version, n)| EventBody::Reported {
            model,
            version,
            report: Sha256Digest::of(format!("report {n}").as_bytes()),
            report_id: Digest::of(DigestAlgorithm::Sha256, &[n]),
            gates: BTreeSet::new(),
        }),
        4 => (request(), model(), version(), environment(), prop::collection::btree_set(report(), 0..2))
            .prop_map(|(request, model, version, environment, reports)| EventBody::Requested {
                request, model, version, environment, reports,
            }),
        1 => (request(), role()).prop_map(move |(request, role)| EventBody::Approved {
            request, role, comment: comment(), approval: vsa,
        }),
        1 => (request(), role()).prop_map(move |(request, role)| EventBody::Rejected {
            request, role, comment: comment(), rejection: vsa,
        }),
        8 => (request(), model(), version(), environment(), prop::option::of(version()))
            .prop_map(move |(request, model, version, environment, from_version)| {
                EventBody::Promoted {
                    request, model, version, environment, from_version, vsa,
                    actions: BTreeSet::new(),
                }
            }),
        3 => (model(), environment(), version(), version(), any::<bool>())
            .prop_map(move |(model, environment, from_version, to_version, hold)| {
                EventBody::RolledBack {
                    model, environment, from_version, to_version, hold, vsa,
                    reason: comment(),
                    actions: BTreeSet::new(),
                }
            }),
        1 => (model(), environment(), version(), version(), any::<bool>())
            .prop_map(|(model, environment, from_version, to_version, verified)| {
                EventBody::Drilled {
                    model, environment, from_version, to_version, recovery_ms: 1, verified,
                    failure: None,
                }
            }),
        1 => (model(), environment(), prop::option::of(version()), role())
            .prop_map(move |(model, environment, version, role)| EventBody::HoldPlaced {
                model, environment, version, role, comment: comment(),
            }),
        2 => (model(), environment(), prop::option::of(version()), role())
            .prop_map(move |(model, environment, version, role)| EventBody::HoldReleased {
                model, environment, version, role, comment: comment(),
            }),
        1 => (model(), version(), role()).prop_map(move |(model, version, role)| {
            EventBody::Revoked { model, version, role, reason: comment() }
        }),
    ]
}

const MODELS: [&str; 1] = ["fraud"];
const VERSIONS: [&str; 3] = ["v1", "v2", "v3"];
const ENVIRONMENTS: [&str; 2] = ["staging", "prod"];
