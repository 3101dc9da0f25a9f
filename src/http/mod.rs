//! One small HTTP client: documents asked for, documents sent, nothing kept.
//!
//! A [`Client`] is made from [`Settings`], which hold all it knows of the machine: how long to
//! wait, whose certificates to trust, which proxy to go through. It sends a [`Request`] to a
//! [`Url`] and gives the [`Reply`], or an [`HttpError`] that says which request failed and why.
//!
//! What it never does: read the environment, follow a redirect to another place with a credential
//! or with a document, take more than [`BODY_BYTES_MAX`] bytes, unpack compressed ones, wait without
//! an end, or show a credential or the query of an address in a message.
//!
//! ```no_run
//! use driftgate::http::{Client, Request, Settings, Url};
//!
//! let client = Client::new(&Settings::default())?;
//! let targets: Url = "http://127.0.0.1:9090/api/v1/targets".parse()?;
//! let reply = client.send(&Request::get(&targets))?;
//! println!("{} bytes", reply.body.len());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod client;
mod error;
mod request;
mod settings;
#[cfg(test)]
mod tests;
mod url;

pub use client::{BODY_BYTES_MAX, Client, REDIRECTS_MAX, Reply};
pub use error::{HttpError, HttpFault};
pub use request::{Credential, Method, Request};
pub use settings::{Proxies, Settings, SettingsError, Timeouts};
pub use url::{URL_CHARS_MAX, Url, UrlError};
