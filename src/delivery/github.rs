//! An issue of a GitHub repository, by the REST interface
//! (<https://docs.github.com/en/rest/issues/issues>).
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use serde_json::{Value, json};

use super::answer::Server;
use super::decision::Decision;
use super::deliver::{Change, Delivered};
use super::error::DeliveryError;
use super::issue::Issue;
use super::outside::Outside;
use super::texts::{Texts, escaped};
use crate::clock::Timestamp;
use crate::http::Method;

/// Opens an issue unless one tells of the event already, open or closed.
///
/// Issues are listed newest first, down to those opened before the event: the search index of
/// GitHub lags behind, and a second attempt within a minute would open a second issue.
pub(super) fn deliver(
    url: &str,
    repository: &str,
    decision: &Decision,
    outside: &Outside,
) -> Result<Delivered, DeliveryError> {
    let texts = Texts(decision);
    let (base, repository) = (texts.fill_address(url)?, texts.fill(repository)?);
    let parts: Vec<String> = repository.split('/').map(escaped).collect();
    let path = format!("/repos/{}/issues", parts.join("/"));
    let credential = outside.tokens.github.as_ref();
    let server = Server { client: &outside.http, base: &base, credential };
    let issue = Issue::of(decision);
    if let Some(found) = find(&server, &path, &issue, decision.at)? {
        return Ok(Delivered::new(&found, Change::Found));
    }
    let document = json!({"title": issue.title, "body": issue.body});
    let made = server.send(Method::Post, &path, &document)?;
    let address = made.get("html_url").and_then(Value::as_str);
    let address = address.ok_or_else(|| server.lacks(&path, "the `html_url` of an issue"))?;
    Ok(Delivered::new(address, Change::Made))
}

/// The address of the issue that tells of the event.
fn find(
    server: &Server<'_>,
    path: &str,
    issue: &Issue,
    event: Timestamp,
) -> Result<Option<String>, DeliveryError> {
    let oldest = event.unix_seconds().saturating_sub(CLOCKS_DIFFER_SECONDS);
    for page in 1..=PAGES_MAX {
        let (per_page, page) = (PER_PAGE.to_string(), page.to_string());
        let query = [
            ("state", "all"),
            ("sort", "created"),
            ("direction", "desc"),
            ("per_page", per_page.as_str()),
            ("page", page.as_str()),
        ];
        let answer = server.get(path, &query)?;
        let Value::Array(issues) = answer else {
            return Err(server.lacks(path, "a list of issues"));
        };
        for one in &issues {
            let text = |name: &str| one.get(name).and_then(Value::as_str);
            if text("body").is_some_and(|body| issue.is_told_in(body)) {
                let address = text("html_url").ok_or_else(|| server.lacks(path, "`html_url`"))?;
                return Ok(Some(address.to_owned()));
            }
            let created = text("created_at").and_then(Timestamp::parse_rfc3339);
            if created.is_some_and(|created| created.unix_seconds() < oldest) {
                return Ok(None);
            }
        }
        if issues.len() < PER_PAGE {
            return Ok(None);
        }
    }
    let most = PAGES_MAX.saturating_mul(PER_PAGE);
    Err(server.lacks(path, &format!("at most {most} issues since the event")))
}

/// Whoever wrote the event may have had another clock than the server.
const CLOCKS_DIFFER_SECONDS: i64 = 86_400;

const PER_PAGE: usize = 100;
const PAGES_MAX: usize = 20;
