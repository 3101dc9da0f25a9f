//! What is asked, and in whose name.

use std::fmt;

use serde_json::Value;

use super::url::Url;

/// What is to be done with the document at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Give it.
    Get,
    /// Take a new one.
    Post,
    /// Change a part of it.
    Patch,
    /// Replace it.
    Put,
    /// Remove it.
    Delete,
}

impl Method {
    /// The method as it is sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Who asks. Its `Debug` shows nothing of the secret.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// A token, sent as `Authorization: Bearer …`.
    Bearer(String),
    /// A header that a server wants: `PRIVATE-TOKEN` or `X-Api-Key`.
    Header {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bearer(_) => formatter.write_str("Bearer(…)"),
            Self::Header { name, .. } => write!(formatter, "Header({name}: …)"),
        }
    }
}

impl Credential {
    /// The header's name and value.
    pub(super) fn header(&self) -> (&str, String) {
        match self {
            Self::Bearer(token) => ("authorization", format!("Bearer {token}")),
            Self::Header { name, value } => (name, value.clone()),
        }
    }
}

/// One request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    /// What is to be done.
    pub method: Method,
    /// Where.
    pub url: &'r Url,
    /// In whose name; `None` for nobody's.
    pub credential: Option<&'r Credential>,
    /// The JSON document that is sent; `GET` and `DELETE` send none.
    pub document: Option<&'r Value>,
    /// Sent as `Idempotency-Key`, by which a server can tell a repetition from a second wish.
    pub key: Option<&'r str>,
}

impl<'r> Request<'r> {
    /// Asks for a document.
    #[must_use]
    pub fn get(url: &'r Url) -> Self {
        Self { method: Method::Get, url, credential: None, document: None, key: None }
    }

    /// Sends a document.
    #[must_use]
    pub fn send(method: Method, url: &'r Url, document: &'r Value) -> Self {
        Self { method, url, credential: None, document: Some(document), key: None }
    }

    /// In the name of somebody.
    #[must_use]
    pub fn by(mut self, credential: Option<&'r Credential>) -> Self {
        self.credential = credential;
        self
    }

    /// Under a key that a repetition has too.
    #[must_use]
    pub fn once(mut self, key: &'r str) -> Self {
        self.key = Some(key);
        self
    }
}
