//! The network as the environment of the process describes it.

use std::fs;
use std::path::Path;

use super::exit_code::ExitCode;
use super::failure::Failure;
use super::input::read_small;
use crate::http::{Client, Credential, HttpError, Proxies, Request, Settings, Url};

/// A client, and the credentials for the servers it may meet.
pub(in crate::cli) struct Web {
    client: Client,
    tokens: Vec<(Url, Credential)>,
}

impl Web {
    /// Proxies of `http_proxy`, `https_proxy` and `no_proxy`, certificates of `SSL_CERT_FILE` or of
    /// the system, tokens of the file that `DRIFTGATE_TOKENS` names.
    ///
    /// # Errors
    /// [`Failure`] when one of them is set and cannot be used.
    pub(in crate::cli) fn of_process() -> Result<Self, Failure> {
        // As curl does: `HTTP_PROXY` in capitals could be set by a request to a CGI program.
        let variable = |names: &[&str]| {
            names.iter().find_map(|name| std::env::var(name).ok()).filter(|value| !value.is_empty())
        };
        let except = variable(&["no_proxy", "NO_PROXY"]).unwrap_or_default();
        let proxies = Proxies {
            http: variable(&["http_proxy"]),
            https: variable(&["https_proxy", "HTTPS_PROXY"]),
            except: except.split(',').map(|host| host.trim().to_owned()).collect(),
        };
        let trusted = match std::env::var_os("SSL_CERT_FILE") {
            Some(path) => Some(read_small(Path::new(&path), BUNDLE_BYTES_MAX, ExitCode::Usage)?),
            None => BUNDLES.iter().find_map(|path| fs::read(path).ok()),
        };
        let settings = Settings { trusted, proxies, ..Settings::default() };
        let client = Client::new(&settings)
            .map_err(|error| Failure::new(ExitCode::Usage, error.to_string()))?;
        let tokens = match std::env::var_os("DRIFTGATE_TOKENS") {
            Some(path) => {
                let bytes = read_small(Path::new(&path), TOKENS_BYTES_MAX, ExitCode::Usage)?;
                tokens(&bytes).map_err(|line| {
                    let path = Path::new(&path).display();
                    let message = format!("`{path}`, line {line}: expected an address and a token");
                    Failure::new(ExitCode::Usage, message)
                        .hint("write lines such as `https://grafana.example TOKEN`")
                })?
            }
            None => Vec::new(),
        };
        Ok(Self { client, tokens })
    }

    /// The client alone, for servers that want tokens of their own.
    pub(in crate::cli) fn into_client(self) -> Client {
        self.client
    }

    /// Asks for a document, with the token of its server where there is one.
    ///
    /// # Errors
    /// [`HttpError`] when the server gives none.
    pub(in crate::cli) fn get(&self, url: &Url) -> Result<Vec<u8>, HttpError> {
        let token = self.tokens.iter().find(|(origin, _)| origin.is_origin_of(url));
        let request = Request::get(url).by(token.map(|(_, credential)| credential));
        Ok(self.client.send(&request)?.body)
    }
}

/// Lines of an address and a token; or the number of the first that is none. The token is meant for
/// the whole server, and for it alone.
fn tokens(bytes: &[u8]) -> Result<Vec<(Url, Credential)>, usize> {
    let text = std::str::from_utf8(bytes).map_err(|_| 1_usize)?;
    let mut tokens = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            [first, ..] if first.starts_with('#') => {}
            [url, token] => {
                let url = url.parse().map_err(|_| number)?;
                tokens.push((url, Credential::Bearer((*token).to_owned())));
            }
            _ => return Err(number),
        }
    }
    Ok(tokens)
}

/// Where systems keep the certificates they trust: Debian, Fedora, SUSE, Alpine and macOS.
const BUNDLES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

const BUNDLE_BYTES_MAX: u64 = 8 << 20;
const TOKENS_BYTES_MAX: u64 = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_for_one_server_alone() {
        let read = tokens(b"# comment\n\nhttps://grafana.example/x s3cret\n").unwrap();
        let url = |text: &str| -> Url { text.parse().unwrap() };
        let fits = |text: &str| read[0].0.is_origin_of(&url(text));
        assert!(fits("https://grafana.example:443/api?x"));
        assert!(!fits("http://grafana.example/api"));
        assert!(!fits("https://grafana.example.evil/api"));
        assert!(!fits("https://grafana.example:8443/api"));
        assert_eq!(tokens(b"https://a b\nnothing\n").unwrap_err(), 2);
        assert_eq!(tokens(b"ftp://a b\n").unwrap_err(), 1);
    }
}
