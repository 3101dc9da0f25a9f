//! Sends requests: the only file that talks to the network.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::fmt;
use std::io::Read;

use ureq::http::header::LOCATION;
use ureq::http::{self, Response};
use ureq::{Agent, Body};

use super::error::{HttpError, HttpFault, excerpt};
use super::request::{Method, Request};
use super::settings::{Settings, SettingsError};
use super::url::Url;

/// Asks servers, with timeouts and limits.
pub struct Client {
    http: Agent,
    https: Agent,
    trusts_somebody: bool,
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").finish_non_exhaustive()
    }
}

/// What a server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status, 200 to 299.
    pub status: u16,
    /// The document, at most [`BODY_BYTES_MAX`] bytes.
    pub body: Vec<u8>,
}

impl Client {
    /// A client that works as the settings say.
    ///
    /// # Errors
    /// [`SettingsError`] when a proxy or the trusted certificates make no sense.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let (http, https) = (settings.agent("http")?, settings.agent("https")?);
        Ok(Self { http, https, trusts_somebody: settings.trusts_somebody() })
    }

    /// Sends a request and reads the answer.
    ///
    /// A `GET` follows at most [`REDIRECTS_MAX`] redirects: with a credential only within the
    /// origin it was given for, never from `https` to `http`. Other methods follow none, since what
    /// they send is meant for where it is sent.
    ///
    /// # Errors
    /// [`HttpError`] for whatever is not an answer of status 200 to 299 within all limits.
    pub fn send(&self, request: &Request<'_>) -> Result<Reply, HttpError> {
        let fail = |fault| HttpError::new(request, fault);
        let mut url = request.url.clone();
        let mut redirects = 0_usize;
        loop {
            let mut response = self.ask(request, &url).map_err(fail)?;
            let status = response.status().as_u16();
            if !response.status().is_redirection() || status == NOT_MODIFIED {
                let body = read(response.body_mut()).map_err(fail)?;
                if response.status().is_success() {
                    return Ok(Reply { status, body });
                }
                return Err(fail(HttpFault::Status { status, excerpt: excerpt(&body) }));
            }
            let next = next_of(request, &url, &response);
            url = next.map_err(|reason| fail(HttpFault::Redirect { status, reason }))?;
            redirects = redirects.saturating_add(1);
            if redirects > REDIRECTS_MAX {
                return Err(fail(HttpFault::Redirect { status, reason: "one too many" }));
            }
        }
    }

    fn ask(&self, request: &Request<'_>, url: &Url) -> Result<Response<Body>, HttpFault> {
        if url.is_secure() && !self.trusts_somebody {
            return Err(HttpFault::NobodyTrusted);
        }
        if request.credential.is_some() && !url.is_private() {
            let reason = "a token is sent by `https:` only, except to this machine";
            return Err(HttpFault::Request { reason });
        }
        let agent = if url.is_secure() { &self.https } else { &self.http };
        let mut builder = http::Request::builder()
            .method(request.method.as_str())
            .uri(url.as_str())
            .header("accept", "application/json, */*;q=0.1");
        if let Some(credential) = request.credential {
            let (name, value) = credential.header();
            builder = builder.header(name, value);
        }
        if let Some(key) = request.key {
            builder = builder.header("idempotency-key", key);
        }
        let unwritable = |_| HttpFault::Request { reason: "a header cannot be written" };
        let answer = match (request.method, request.document) {
            (Method::Get | Method::Delete, Some(_)) => {
                return Err(HttpFault::Request { reason: "its method sends no document" });
            }
            (Method::Get | Method::Delete, None) => {
                agent.run(builder.body(()).map_err(unwritable)?)
            }
            (_, document) => {
                // `Value` has text for keys alone, so that it can always be written.
                let text = document.map(ToString::to_string).unwrap_or_default();
                let builder = builder.header("content-type", "application/json");
                agent.run(builder.body(text).map_err(unwritable)?)
            }
        };
        answer.map_err(|error| HttpFault::of(&error))
    }
}

/// Where a redirect leads, or why it is not followed.
fn next_of(
    request: &Request<'_>,
    from: &Url,
    response: &Response<Body>,
) -> Result<Url, &'static str> {
    if request.method != Method::Get {
        return Err("only a `GET` follows one");
    }
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let location = location.ok_or("it names no place")?;
    let next = from.redirected(location).ok_or("it names no web address")?;
    if next.origin() == from.origin() {
        return Ok(next);
    }
    if request.credential.is_some() {
        return Err("it leads to another server, for which the credential is not meant");
    }
    if from.is_secure() && !next.is_secure() {
        return Err("it leads from `https` to `http`");
    }
    Ok(next)
}

/// The whole body, if it is not too large.
fn read(body: &mut Body) -> Result<Vec<u8>, HttpFault> {
    let mut bytes = Vec::new();
    let mut reader = body.as_reader().take(BODY_BYTES_MAX.saturating_add(1));
    reader.read_to_end(&mut bytes).map_err(|error| HttpFault::of(&ureq::Error::from(error)))?;
    if bytes.len() as u64 > BODY_BYTES_MAX {
        return Err(HttpFault::TooLarge { limit: BODY_BYTES_MAX });
    }
    Ok(bytes)
}

/// Most bytes of an answer that are taken: the rules of ten thousand alerts are a quarter of it.
pub const BODY_BYTES_MAX: u64 = 16 << 20;

/// Most redirects that are followed.
pub const REDIRECTS_MAX: usize = 5;

const NOT_MODIFIED: u16 = 304;
