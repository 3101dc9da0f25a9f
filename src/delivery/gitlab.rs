//! An issue of a GitLab project, by the REST interface 4
//! (<https://docs.gitlab.com/api/issues/>).
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use serde_json::{Value, json};

use super::answer::Server;
use super::decision::Decision;
use super::deliver::{Change, Delivered};
use super::error::DeliveryError;
use super::issue::Issue;
use super::outside::Outside;
use super::texts::{Texts, escaped};
use crate::http::Method;

/// Opens an issue unless one tells of the event already, open or closed.
pub(super) fn deliver(
    url: &str,
    project: &str,
    decision: &Decision,
    outside: &Outside,
) -> Result<Delivered, DeliveryError> {
    let texts = Texts(decision);
    let (base, project) = (texts.fill_address(url)?, texts.fill(project)?);
    let path = format!("/api/v4/projects/{}/issues", escaped(&project));
    let credential = outside.tokens.gitlab.as_ref();
    let server = Server { client: &outside.http, base: &base, credential };
    let issue = Issue::of(decision);
    let query = [
        ("search", issue.mark.as_str()),
        ("in", "description"),
        ("scope", "all"),
        ("state", "all"),
        ("per_page", "100"),
    ];
    let Value::Array(found) = server.get(&path, &query)? else {
        return Err(server.lacks(&path, "a list of issues"));
    };
    let text = |one: &Value, name: &str| one.get(name).and_then(Value::as_str).map(str::to_owned);
    let told = |one: &&Value| text(one, "description").is_some_and(|body| issue.is_told_in(&body));
    let address = |one: &Value| {
        text(one, "web_url").ok_or_else(|| server.lacks(&path, "the `web_url` of an issue"))
    };
    if let Some(found) = found.iter().find(told) {
        return Ok(Delivered::new(&address(found)?, Change::Found));
    }
    let document = json!({"title": issue.title, "description": issue.body});
    let made = server.send(Method::Post, &path, &document)?;
    Ok(Delivered::new(&address(&made)?, Change::Made))
}
