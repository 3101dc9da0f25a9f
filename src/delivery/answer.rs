//! A server that speaks JSON.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use serde_json::Value;

use super::error::DeliveryError;
use super::texts::escaped;
use crate::http::{BODY_BYTES_MAX, Client, Credential, Method, Request, Url};
use crate::identity::strict_json;
use crate::quantity::Bytes;
use crate::verdict::text;

/// Where it answers, and in whose name it is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Server<'o> {
    pub(super) client: &'o Client,
    /// The address that paths are put behind.
    pub(super) base: &'o str,
    pub(super) credential: Option<&'o Credential>,
}

impl Server<'_> {
    /// A document; `query` is escaped here.
    pub(super) fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, DeliveryError> {
        let url = self.url(path, query)?;
        let reply = self.client.send(&Request::get(&url).by(self.credential))?;
        read(&url, &reply.body)
    }

    /// Sends a document; what is answered may be nothing.
    pub(super) fn send(
        &self,
        method: Method,
        path: &str,
        document: &Value,
    ) -> Result<Value, DeliveryError> {
        let url = self.url(path, &[])?;
        let request = Request::send(method, &url, document).by(self.credential);
        let reply = self.client.send(&request)?;
        if reply.body.is_empty() { Ok(Value::Null) } else { read(&url, &reply.body) }
    }

    /// Says that an answer lacks something.
    pub(super) fn lacks(&self, path: &str, expected: &str) -> DeliveryError {
        let url = self.url(path, &[]).map_or_else(|_| path.to_owned(), |url| url.to_string());
        DeliveryError::Answer { url, fault: format!("expected {expected}") }
    }

    fn url(&self, path: &str, query: &[(&str, &str)]) -> Result<Url, DeliveryError> {
        let mut address = format!("{}{path}", self.base.trim_end_matches('/'));
        for (mark, (name, value)) in std::iter::once('?').chain(std::iter::repeat('&')).zip(query) {
            address.push(mark);
            address.push_str(name);
            address.push('=');
            address.push_str(&escaped(value));
        }
        Ok(address.parse()?)
    }
}

fn read(url: &Url, body: &[u8]) -> Result<Value, DeliveryError> {
    strict_json::read(body, Bytes(BODY_BYTES_MAX)).map_err(|error| DeliveryError::Answer {
        url: url.to_string(),
        fault: text::phrase(&error.to_string()),
    })
}
