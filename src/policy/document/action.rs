//! What is done outside after a decision.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::policy::{Action, ActionRule, PLACEHOLDERS};
use crate::yaml::{Faults, Fields, Node, duration, identifier, list, name, prose, quoted};

/// How long a program may take unless the policy says otherwise.
const TIMEOUT_SECONDS_DEFAULT: u64 = 300;

/// The kinds, each a key of its own.
const KINDS: [&str; 6] = ["mlflow", "exec", "webhook", "github", "gitlab", "file"];

/// A list of actions.
pub(super) fn actions(node: &Node, faults: &mut Faults) -> Option<Vec<ActionRule>> {
    list(node, "a list of actions", faults, action)
}

fn action(node: &Node, faults: &mut Faults) -> Option<ActionRule> {
    let mut fields = Fields::of(node, "an action", faults)?;
    let called = fields.required("name", faults, identifier);
    let written = KINDS.iter().filter(|kind| fields.node(kind).is_some()).count();
    if written != 1 {
        let expected =
            "an action is one of `mlflow`, `exec`, `webhook`, `github`, `gitlab`, `file`";
        faults.add(node.place, format!("{expected}; found {written} of them"));
    }
    let action = [
        fields.optional("mlflow", faults, mlflow),
        fields.optional("webhook", faults, |node, faults| {
            address(node, faults).map(|url| Action::Webhook { url })
        }),
        fields.optional("github", faults, github),
        fields.optional("gitlab", faults, gitlab),
        fields.optional("file", faults, |node, faults| {
            name(node, faults).map(|folder| Action::File { folder })
        }),
    ];
    let argv = fields.optional("exec", faults, |node, faults| {
        list(node, "a program and its arguments", faults, prose)
    });
    let timeout = fields.optional("timeout", faults, |node, faults| duration(node, 1, faults));
    fields.finish(faults);
    let exec = argv.map(|argv| Action::Exec {
        argv,
        timeout_seconds: timeout.unwrap_or(TIMEOUT_SECONDS_DEFAULT),
    });
    let action = action.into_iter().flatten().chain(exec).next();
    if let Some(action) = &action {
        check_placeholders(node, action, faults);
    }
    Some(ActionRule { name: called?, action: action?, line: node.place.line })
}

/// That names in braces stand for something. Braces around anything but small letters are themselves.
fn check_placeholders(node: &Node, action: &Action, faults: &mut Faults) {
    for text in action.texts() {
        for word in text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)) {
            let is_name = !word.is_empty()
                && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
            if is_name && !PLACEHOLDERS.contains(&word) {
                let expected = PLACEHOLDERS.map(|name| format!("`{{{name}}}`")).join(", ");
                let found = quoted(&format!("{{{word}}}"));
                faults.add(node.place, format!("{found} stands for nothing; expected {expected}"));
            }
        }
    }
}

fn mlflow(node: &Node, faults: &mut Faults) -> Option<Action> {
    let mut fields = Fields::of(node, "`mlflow`", faults)?;
    let url = fields.required("url", faults, address);
    let model = fields.required("model", faults, name);
    let alias = fields.required("alias", faults, name);
    fields.finish(faults);
    Some(Action::Mlflow { url: url?, model: model?, alias: alias? })
}

fn github(node: &Node, faults: &mut Faults) -> Option<Action> {
    let mut fields = Fields::of(node, "`github`", faults)?;
    let url = fields.optional("url", faults, private_address);
    let repository = fields.required("repository", faults, name);
    fields.finish(faults);
    let url = url.unwrap_or_else(|| "https://api.github.com".to_owned());
    Some(Action::Github { url, repository: repository? })
}

fn gitlab(node: &Node, faults: &mut Faults) -> Option<Action> {
    let mut fields = Fields::of(node, "`gitlab`", faults)?;
    let url = fields.optional("url", faults, private_address);
    let project = fields.required("project", faults, name);
    fields.finish(faults);
    let url = url.unwrap_or_else(|| "https://gitlab.com".to_owned());
    Some(Action::Gitlab { url, project: project? })
}

fn address(node: &Node, faults: &mut Faults) -> Option<String> {
    let url = name(node, faults)?;
    let behind = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    let authority = behind.and_then(|behind| behind.split(['/', '?', '#']).next());
    if authority.is_some_and(|authority| authority.contains('@')) {
        let problem = "an address holds no user and no password: tokens come from variables";
        faults.add(node.place, problem);
        return None;
    }
    if behind.is_some() {
        return Some(url);
    }
    faults.add(
        node.place,
        format!("expected an `http:` or `https:` address, found {}", quoted(&url)),
    );
    None
}

/// An address that is always sent a token.
fn private_address(node: &Node, faults: &mut Faults) -> Option<String> {
    let url = address(node, faults)?;
    if url.strip_prefix("http://").is_none_or(is_loopback) {
        return Some(url);
    }
    let problem = format!("{} is not encrypted, and would be sent a token", quoted(&url));
    let hint = "write an `https:` address; `http:` is for this machine alone (`localhost`, \
                `127.0.0.1`, `[::1]`)";
    faults.add_with_hint(node.place, problem, hint);
    None
}

/// Whether what follows `http://` names this machine: nobody listens on the way there.
fn is_loopback(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        Some((inner, after)) if after.is_empty() || after.starts_with(':') => inner,
        Some(_) => return false,
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    };
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// That no two actions of an environment have one name: it tells them apart in the ledger.
pub(super) fn check_names<'a>(actions: impl Iterator<Item = &'a ActionRule>, faults: &mut Faults) {
    let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
    for action in actions {
        if let Some(first) = lines.insert(&action.name, action.line) {
            let name = quoted(&action.name);
            faults.add_on_line(action.line, format!("action {name} is already on line {first}"));
        }
    }
}
