//! A JSON document, posted.

use super::decision::Decision;
use super::deliver::{Change, Delivered};
use super::error::DeliveryError;
use super::outside::Outside;
use super::texts::Texts;
use crate::http::{Method, Request, Url};

/// Posts the document with the event's digest as `Idempotency-Key`, so that a server can tell a
/// repetition from a second decision. Whether it was told before cannot be seen from here.
pub(super) fn deliver(
    url: &str,
    decision: &Decision,
    outside: &Outside,
) -> Result<Delivered, DeliveryError> {
    let url: Url = Texts(decision).fill_address(url)?.parse()?;
    let (document, key) = (decision.document(), decision.event.digest.to_string());
    let request = Request::send(Method::Post, &url, &document).once(&key);
    let reply = outside.http.send(&request)?;
    Ok(Delivered::new(&format!("{url} answered {}", reply.status), Change::Made))
}
