mod target;
mod wording;

#[cfg(test)]
mod tests;

use core::net::IpAddr;

use serde::{Deserialize, Serialize};

/// Only the first bytes of a line are looked at: a stack trace or a payload in one line adds nothing after them.
const LONGEST: usize = 8 * 1024;

/// How a connection failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConnectionFailureKind {
    /// Nothing listens there (`ECONNREFUSED`). `kube-proxy` in its iptables mode answers so, too, for a service
    /// without endpoints (Kubernetes docs, Virtual IPs and Service Proxies).
    Refused,
    /// No answer in time (`ETIMEDOUT`, or a deadline of the client).
    TimedOut,
    /// The name does not exist (`NXDOMAIN`, `EAI_NONAME`).
    NoSuchHost,
    /// Whoever is to resolve the name does not answer (`SERVFAIL`, `EAI_AGAIN`, a timeout of the lookup).
    ResolverFailed,
    /// The other side ended the connection (`ECONNRESET`, `EPIPE`, an end of file where an answer was due).
    Reset,
    /// No network leads there (`EHOSTUNREACH`, `ENETUNREACH`).
    NoRoute,
    /// The other side speaks another protocol than the client.
    ProtocolMismatch,
    /// No TLS session came about.
    TlsFailed,
    /// It did not connect, and the line does not say why.
    NotConnected,
}

impl ConnectionFailureKind {
    /// Whether a name could not be resolved, for whatever reason.
    #[must_use]
    pub const fn is_resolution(self) -> bool {
        matches!(self, Self::NoSuchHost | Self::ResolverFailed)
    }
}

/// That something could not connect to something else, as a log line tells it.
///
/// ```
/// use lamplighter_core::diagnosis::{ConnectionFailure, ConnectionFailureKind};
///
/// let line = "failed to list: dial tcp: lookup store on 10.96.0.10:53: no such host";
/// let failure = ConnectionFailure::in_line(line).unwrap();
/// assert_eq!((failure.host.as_deref(), failure.kind), (Some("store"), ConnectionFailureKind::NoSuchHost));
/// assert_eq!(ConnectionFailure::in_line("listening on 0.0.0.0:8080"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConnectionFailure {
    /// To which name, in lower case, where the line has one.
    pub host: Option<String>,
    /// To which address, where the line has one.
    pub ip: Option<IpAddr>,
    /// To which port, where the line has one. An HTTP address without a port means 80 or 443 (RFC 9110, §4.2).
    pub port: Option<u16>,
    /// How it failed.
    pub kind: ConnectionFailureKind,
}

impl ConnectionFailure {
    /// The failed connection that a line tells of, `None` where it tells of none.
    ///
    /// It knows the wordings of the C library and of the runtimes of Go, Java, Python, Node.js, .NET and Rust, of
    /// gRPC, of the clients of common databases, and of nginx, `HAProxy` and Envoy. A line that quotes the failure
    /// of somebody else (a gRPC status that was passed on) reads the same: who failed is for the reader to judge.
    #[must_use]
    pub fn in_line(line: &str) -> Option<Self> {
        let text = plain(line);
        let (kind, unsure) = wording::kind_of(&text)?;
        let target = target::find(&text, kind).unwrap_or_default();
        if unsure && target.is_empty() {
            return None;
        }
        Some(Self { host: target.host, ip: target.ip, port: target.port, kind })
    }

    /// The name or the address that it was to.
    #[must_use]
    pub fn peer(&self) -> Option<String> {
        self.host.clone().or_else(|| self.ip.map(|ip| ip.to_string()))
    }
}

/// The line in lower case, cut, and with the escapes of JSON and of Go's `%q` undone as far as they would stick to
/// words.
fn plain(line: &str) -> String {
    let cut = (0..=LONGEST.min(line.len())).rev().find(|at| line.is_char_boundary(*at)).unwrap_or_default();
    let mut text = String::with_capacity(cut);
    let mut rest = line.get(..cut).unwrap_or_default().chars();
    while let Some(next) = rest.next() {
        if next == '<' && rest.as_str().starts_with("unresolved>") {
            // Java writes `store/<unresolved>:6379`; brackets end words.
            rest.nth("unresolved>".len() - 1);
            text.push_str("unresolved");
            continue;
        }
        if next != '\\' {
            text.push(next.to_ascii_lowercase());
            continue;
        }
        match rest.clone().next() {
            Some('n' | 't' | 'r') => {
                rest.next();
                text.push(' ');
            }
            Some('u') => {
                // `\u003c`: angle brackets and ampersands, as Go's encoder writes them.
                rest.nth(4);
                text.push(' ');
            }
            // `\"` leaves its quote.
            _ => {}
        }
    }
    text
}
