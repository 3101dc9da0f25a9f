//! What a client is told of the machine and the network it works in.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};
use ureq::{Agent, Proxy};

/// How a client works.
#[derive(Clone, Default)]
pub struct Settings {
    /// How long it waits.
    pub timeouts: Timeouts,
    /// Certificates of those who may vouch for servers, as PEM: the system's bundle or that of an
    /// organization. Without them `https` is refused; none are built in, since they would age.
    pub trusted: Option<Vec<u8>>,
    /// Which proxies it goes through.
    pub proxies: Proxies,
}

/// How long a client waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection: name, TCP, proxy, TLS.
    pub connect: Duration,
    /// For the next bytes.
    pub read: Duration,
    /// For the whole answer.
    pub overall: Duration,
}

impl Default for Timeouts {
    /// 10 s to connect, 20 s for the next bytes, 60 s in all: servers of a company's own network
    /// answer within one, and a pipeline should not hang for minutes on one that does not.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(20),
            overall: Duration::from_secs(60),
        }
    }
}

/// Proxies as the environment names them. Their addresses may hold passwords and are not shown.
#[derive(Clone, Default)]
pub struct Proxies {
    /// For `http` addresses.
    pub http: Option<String>,
    /// For `https` addresses.
    pub https: Option<String>,
    /// Hosts that are asked directly: `host`, `.domain` or `*`.
    pub except: Vec<String>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Settings").field("timeouts", &self.timeouts).finish_non_exhaustive()
    }
}

impl fmt::Debug for Proxies {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Proxies").field("except", &self.except).finish_non_exhaustive()
    }
}

/// Settings that no client can be made from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A proxy's address is none.
    #[error("the proxy for `{scheme}` is no address of a proxy")]
    Proxy {
        /// The scheme it is for.
        scheme: &'static str,
    },
    /// The trusted certificates cannot be read.
    #[error("the trusted certificates hold no certificate in PEM form")]
    Certificates,
}

impl Settings {
    /// Whether servers can be told from impostors.
    pub(super) fn trusts_somebody(&self) -> bool {
        self.trusted.is_some()
    }

    /// An agent for the addresses of one scheme.
    pub(super) fn agent(&self, scheme: &'static str) -> Result<Agent, SettingsError> {
        let proxy = if scheme == "https" { &self.proxies.https } else { &self.proxies.http };
        let proxy = proxy.as_deref().filter(|address| !address.is_empty());
        let proxy = proxy
            .map(|address| self.proxy(address).ok_or(SettingsError::Proxy { scheme }))
            .transpose()?;
        let config = Agent::config_builder()
            .timeout_connect(Some(self.timeouts.connect))
            .timeout_resolve(Some(self.timeouts.connect))
            .timeout_per_read(Some(self.timeouts.read))
            .timeout_per_write(Some(self.timeouts.read))
            .timeout_global(Some(self.timeouts.overall))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(proxy)
            .user_agent(concat!("driftgate/", env!("CARGO_PKG_VERSION")))
            .max_response_header_size(HEADER_BYTES_MAX)
            .max_idle_connections(0)
            .tls_config(self.tls()?);
        Ok(config.build().new_agent())
    }

    fn proxy(&self, address: &str) -> Option<Proxy> {
        let proxy = Proxy::new(address).ok()?;
        let mut builder = Proxy::builder(proxy.protocol()).host(proxy.host()).port(proxy.port());
        if let Some(name) = proxy.username() {
            builder = builder.username(name);
        }
        if let Some(password) = proxy.password() {
            builder = builder.password(password);
        }
        for host in self.proxies.except.iter().map(|host| host.trim()) {
            if !host.is_empty() {
                builder = builder.no_proxy(host);
            }
        }
        builder.build().ok()
    }

    /// TLS 1.2 and 1.3 by rustls with ring, trusting the given certificates alone.
    fn tls(&self) -> Result<TlsConfig, SettingsError> {
        let mut certificates: Vec<Certificate<'static>> = Vec::new();
        if let Some(pem) = &self.trusted {
            // Bundles hold comments and now and then a section that is none: what is a certificate
            // counts.
            certificates.extend(parse_pem(pem).filter_map(|item| match item {
                Ok(PemItem::Certificate(certificate)) => Some(certificate),
                _ => None,
            }));
            if certificates.is_empty() {
                return Err(SettingsError::Certificates);
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        Ok(TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(RootCerts::Specific(Arc::new(certificates)))
            .unversioned_rustls_crypto_provider(provider)
            .build())
    }
}

/// Longest head of an answer.
const HEADER_BYTES_MAX: usize = 64 << 10;
