//! Addresses that may be asked: `http` and `https`, with a host, without a password in them.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ureq::http::Uri;

/// The address of a document.
///
/// Its `Display` leaves the query out, since keys are handed over in queries.
#[derive(Clone, PartialEq, Eq)]
pub struct Url {
    text: String,
    origin: Origin,
    path: String,
}

/// Who is asked: scheme, host and port. What is meant for one origin is not told to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) secure: bool,
    host: String,
    port: u16,
}

impl Url {
    /// The whole address, with its query, as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the connection is encrypted and the server known by its certificate.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.origin.secure
    }

    /// Whether nobody else hears what is sent: it is encrypted, or stays on this machine.
    pub(super) fn is_private(&self) -> bool {
        let host = self.origin.host.trim_matches(['[', ']']);
        self.is_secure()
            || host.eq_ignore_ascii_case("localhost")
            || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Whether another address is one of the same scheme, host and port.
    #[must_use]
    pub fn is_origin_of(&self, other: &Self) -> bool {
        self.origin == other.origin
    }

    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Where a redirect from here leads: a whole address, or a path from the root.
    pub(super) fn redirected(&self, location: &str) -> Option<Self> {
        if location.starts_with('/') && !location.starts_with("//") {
            return format!("{}{location}", self.origin).parse().ok();
        }
        location.parse().ok()
    }
}

impl FromStr for Url {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let refused = |reason| UrlError { reason };
        if text.chars().count() > URL_CHARS_MAX {
            return Err(refused("is longer than 2,000 characters"));
        }
        let uri: Uri = text.parse().map_err(|_| refused("is no address"))?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            Some(_) => return Err(refused("is neither `http` nor `https`")),
            None => return Err(refused("does not begin with `http://` or `https://`")),
        };
        let authority = uri.authority().ok_or_else(|| refused("names no host"))?;
        if authority.as_str().contains('@') {
            return Err(refused("holds a user name or password, which belongs into a header"));
        }
        let host = authority.host().to_ascii_lowercase();
        if host.is_empty() {
            return Err(refused("names no host"));
        }
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("") | None => Some(if secure { 443 } else { 80 }),
            Some(_) => authority.port_u16(),
        };
        let port = port.ok_or_else(|| refused("names a port that is no number"))?;
        let origin = Origin { secure, host, port };
        Ok(Self { text: text.to_owned(), origin, path: uri.path().to_owned() })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        write!(formatter, "{scheme}://{}:{}", self.host, self.port)
    }
}

impl fmt::Display for Url {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query = if self.text.contains('?') { "?…" } else { "" };
        let Origin { secure, host, port } = &self.origin;
        let usual = if *secure { 443 } else { 80 };
        let scheme = if *secure { "https" } else { "http" };
        let port = if *port == usual { String::new() } else { format!(":{port}") };
        write!(formatter, "{scheme}://{host}{port}{}{query}", self.path)
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Url({self})")
    }
}

/// Why a text is no address that may be asked. The text is not repeated: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address {reason}")]
pub struct UrlError {
    /// What is wrong with it.
    pub reason: &'static str,
}

/// Longest address.
pub const URL_CHARS_MAX: usize = 2_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_is_shown_without_its_query() {
        let shown = url("HTTPS://Grafana.Example:443/api/x?token=s3cret").to_string();
        assert_eq!(shown, "https://grafana.example/api/x?…");
        assert_eq!(url("http://[::1]:9090/a").to_string(), "http://[::1]:9090/a");
        assert!(!format!("{:?}", url("http://a/?key=s3cret")).contains("s3cret"));
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        for wrong in [
            "",
            "localhost:9090",
            "/api/v1/rules",
            "ftp://host/file",
            "file:///etc/passwd",
            "http://",
            "http:///path",
            "http://user:secret@host/",
            "http://token@host/",
            "http://host:99999/",
            "http://host:/",
            "http://a b/",
            "http://host/\r\nX: y",
            &format!("http://host/{}", "a".repeat(2_000)),
        ] {
            let error = wrong.parse::<Url>().unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn redirects_are_read_from_the_root_or_whole() {
        let from = url("http://host:81/a/b?c");
        assert_eq!(from.redirected("/d").unwrap().as_str(), "http://host:81/d");
        assert_eq!(from.redirected("https://other/d").unwrap().as_str(), "https://other/d");
        for wrong in ["//other/d", "d", "", "javascript:1", "http://a@other/"] {
            assert!(from.redirected(wrong).is_none(), "{wrong}");
        }
        assert_ne!(from.origin(), url("http://host/a").origin());
        assert_eq!(url("http://HOST:80").origin(), url("http://host/a").origin());
    }
}
