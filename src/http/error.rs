//! Why a request had no use: which one, where, and what happened.

use std::fmt;

use super::request::{Method, Request};
use super::url::Url;

/// A request that gave no document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpError {
    /// What was to be done.
    pub method: Method,
    /// Where.
    pub url: Url,
    /// What happened.
    pub fault: HttpFault,
}

impl HttpError {
    pub(super) fn new(request: &Request<'_>, fault: HttpFault) -> Self {
        Self { method: request.method, url: request.url.clone(), fault }
    }

    /// The status of the answer, where there was one that says no.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self.fault {
            HttpFault::Status { status, .. } => Some(status),
            _ => None,
        }
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{} {}` {}", self.method, self.url, self.fault)
    }
}

impl std::error::Error for HttpError {}

/// What can happen to a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpFault {
    /// The server says no.
    #[error("answered {status}{}", after_colon(excerpt))]
    Status {
        /// The status, 300 to 599.
        status: u16,
        /// The beginning of what it says, on one line.
        excerpt: String,
    },
    /// It did not answer in time.
    #[error("did not answer in time: {what}")]
    Late {
        /// What was waited for.
        what: String,
    },
    /// Nobody was reached, or the connection broke.
    #[error("could not be asked: {reason}")]
    Unreachable {
        /// What the system said.
        reason: String,
    },
    /// The answer is larger than is taken.
    #[error("answered more than {limit} bytes")]
    TooLarge {
        /// The most that is taken.
        limit: u64,
    },
    /// The answer points somewhere where the request may not go.
    #[error("answered {status}, a redirect that is not followed: {reason}")]
    Redirect {
        /// The status.
        status: u16,
        /// Why not.
        reason: &'static str,
    },
    /// The address wants TLS, and nobody is trusted to vouch for the server.
    #[error("needs trusted certificates, and none were found")]
    NobodyTrusted,
    /// The request may not or cannot be sent: a credential in clear, or with a line break in it.
    #[error("is no request: {reason}")]
    Request {
        /// What is wrong with it.
        reason: &'static str,
    },
}

impl HttpFault {
    /// What the crate's error means; none of its texts holds an address or a header.
    pub(super) fn of(error: &ureq::Error) -> Self {
        match error {
            ureq::Error::Timeout(what) => Self::Late { what: what.to_string() },
            ureq::Error::Http(_) => Self::Request { reason: "a header cannot be written" },
            ureq::Error::HostNotFound => Self::Unreachable { reason: "no such host".to_owned() },
            ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => {
                Self::Late { what: "the connection".to_owned() }
            }
            other => Self::Unreachable { reason: one_line(&other.to_string()) },
        }
    }
}

/// The beginning of a body on one line, without what could steer a terminal.
pub(super) fn excerpt(body: &[u8]) -> String {
    let (start, _) = body.split_at_checked(EXCERPT_BYTES_MAX).unwrap_or((body, &[]));
    one_line(&String::from_utf8_lossy(start))
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    let mut shown: String =
        line.chars().filter(|c| !c.is_control()).take(EXCERPT_CHARS_MAX).collect();
    if line.chars().count() > EXCERPT_CHARS_MAX {
        shown.push('…');
    }
    shown
}

fn after_colon(excerpt: &str) -> String {
    if excerpt.is_empty() { String::new() } else { format!(": {excerpt}") }
}

const EXCERPT_BYTES_MAX: usize = 4 << 10;
const EXCERPT_CHARS_MAX: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_one_short_line() {
        assert_eq!(excerpt(b"<html>\n  <b>no\x1b[31m</b>\r\n"), "<html> <b>no[31m</b>");
        let long = excerpt(&vec![b'x'; 1 << 20]);
        assert_eq!(long.chars().count(), 201);
        assert_eq!(excerpt(b"\xff\xfe"), "\u{fffd}\u{fffd}");
        assert_eq!(excerpt(b""), "");
    }
}
