use std::sync::LazyLock;

use super::ConnectionFailureKind::{
    self, NoRoute, NoSuchHost, NotConnected, ProtocolMismatch, Refused, Reset, ResolverFailed, TimedOut, TlsFailed,
};

/// What clients say, the telling words before those that say less: a line that has several is of the first kind.
const WORDINGS: [(ConnectionFailureKind, &[&str]); 12] = [
    (
        ResolverFailed,
        &[
            // `EAI_AGAIN` in glibc, Node.js and .NET; `SERVFAIL` in Go and dig; timeouts of Netty and dnspython.
            "temporary failure in name resolution",
            "eai_again",
            "server misbehaving",
            "servfail",
            "(00000001, 11)",
            "no servers could be reached",
            "dnsnameresolvertimeoutexception",
            "the resolution lifetime expired",
            "dns query timed out",
            "dns lookup timed out",
        ],
    ),
    (
        NoSuchHost,
        &[
            // Go, glibc, musl, BSD, Java, Node.js, Rust.
            "no such host",
            "name or service not known",
            "name does not resolve",
            "nodename nor servname",
            "no address associated with hostname",
            "unknownhostexception",
            "unresolvedaddressexception",
            "unknown host",
            "enotfound",
            "failed to lookup address information",
            // Python, gRPC, curl, busybox, wget, dig.
            "socket.gaierror",
            "getaddrinfo failed",
            "nameresolutionerror",
            "dns resolution failed",
            "name resolution failed",
            // gRPC in Go, of a name without addresses.
            "produced zero addresses",
            "domain name not found",
            "could not resolve host",
            "couldn't resolve host",
            "unable to resolve host",
            "cannot resolve host",
            "failed to resolve",
            "bad address '",
            "nxdomain",
            // libpq, MySQL, nginx, HAProxy.
            "could not translate host name",
            "unknown mysql server host",
            "host not found",
            "could not resolve address",
            "could not be resolved (3: host not found",
            // Thrift, PHP, Erlang.
            "could not resolve host for client socket",
            "php_network_getaddresses",
            "no such domain",
        ],
    ),
    (
        Refused,
        &[
            "connection refused",
            "econnrefused",
            "connectionrefusederror",
            "actively refused",
            "errno 111",
            "socketexception (111)",
            "connect error: 111",
            "refused. check that the hostname",
        ],
    ),
    (
        ProtocolMismatch,
        &[
            // Go's HTTP/2 and TLS, and its gRPC.
            "error reading server preface",
            "http2: frame too large",
            "first record does not look like a tls handshake",
            "malformed http response",
            "malformed http status",
            "server gave http response to https client",
            "client sent an http request to an https server",
            "bogus greeting",
            "invalid preface",
            "received unexpected content-type",
            "unexpected http status code received from server",
            // Netty, gRPC's core, OpenSSL, Java.
            "first received frame was not settings",
            "trying to connect an http1.x server",
            "wrong version number",
            "unsupported or unrecognized ssl message",
            // Tomcat, nginx, curl, Python, Node.js, Redis clients, Envoy.
            "http method names must be tokens",
            "plain http request was sent to https port",
            "received http/0.9 when not allowed",
            "badstatusline",
            "hpe_invalid_constant",
            "parse error: expected http/",
            "protocol error, got",
            "reset reason: protocol error",
        ],
    ),
    (TimedOut, &["tls handshake timeout"]),
    (
        TlsFailed,
        &[
            "tls handshake",
            "ssl handshake",
            "handshake_failure",
            "handshake failure",
            "sslhandshakeexception",
            "certificate_verify_failed",
            "certificate verify failed",
            "pkix path",
            "x509: ",
            "tls: ",
            "tls_error",
            "sslerror",
            "unable to verify the first certificate",
            "self signed certificate",
            "self-signed certificate",
        ],
    ),
    (
        NoRoute,
        &[
            "no route to host",
            "noroutetohostexception",
            "ehostunreach",
            "enetunreach",
            "network is unreachable",
            "network unreachable",
            "host is unreachable",
            "host is down",
        ],
    ),
    (
        Reset,
        &[
            "connection reset",
            "econnreset",
            "connectionreseterror",
            "broken pipe",
            "socket hang up",
            "remotedisconnected",
            "connection aborted",
            "prematurely closed connection",
            "server closed the connection",
            "lost connection to mysql server",
            "error reading from server: eof",
            "reset reason: connection termination",
            "reset reason: remote reset",
        ],
    ),
    (
        TimedOut,
        &[
            "i/o timeout",
            "context deadline exceeded",
            "deadline_exceeded",
            "deadlineexceeded",
            "connection timed out",
            "connect timed out",
            "read timed out",
            "upstream timed out",
            "operation timed out",
            "upstream request timeout",
            "connection timeout",
            "sockettimeoutexception",
            "connecttimeout",
            "readtimeout",
            "timeouterror",
            "etimedout",
            "esockettimedout",
            "timeout exceeded while awaiting headers",
            "errno 110",
            "socketexception (110)",
            "layer4 timeout",
        ],
    ),
    (
        NotConnected,
        &[
            "code = unavailable",
            "statuscode.unavailable",
            "statusruntimeexception: unavailable",
            "14 unavailable",
            "unavailable: io exception",
            "communications link failure",
            "not possible to connect to the redis server",
            "unabletoconnect",
            "connectexception",
            "upstream connect error",
            "no healthy upstream",
            "no live upstreams",
            "layer4 connection problem",
            "transientfailure",
            "transient_failure",
            "failed to connect",
            "unable to connect",
            "could not connect",
            "couldn't connect",
            "cannot connect",
            // MongoDB's drivers, Thrift.
            "no reachable servers",
            "no suitable servers found",
            "server selection error",
            "serverselectiontimeout",
            "server selection timed out",
            "ttransportexception",
            "can't connect to",
            "error connecting to",
            "could not be established",
        ],
    ),
    // These tell of a connection only where an address stands beside them.
    (TimedOut, &["timed out", "timeout"]),
    (Refused, &[" refused"]),
];

/// How many of the last wordings need an address.
const UNSURE: usize = 2;

/// The wordings by their first byte, each with its place in [`WORDINGS`]: one pass over a line finds them all.
static BY_FIRST: LazyLock<Vec<Vec<(usize, &'static str)>>> = LazyLock::new(|| {
    let mut by_first = vec![Vec::new(); usize::from(u8::MAX) + 1];
    for (place, (_, words)) in WORDINGS.iter().enumerate() {
        for word in *words {
            let first = word.bytes().next().map(usize::from);
            if let Some(list) = first.and_then(|first| by_first.get_mut(first)) {
                list.push((place, *word));
            }
        }
    }
    by_first
});

/// How a connection failed, as this text in lower case tells it, and whether it tells so only if it has an address,
/// too.
pub(super) fn kind_of(text: &str) -> Option<(ConnectionFailureKind, bool)> {
    // Go: `lookup store on 10.96.0.10:53: read udp 10.0.0.7:5353->10.96.0.10:53: i/o timeout`.
    if text.contains("lookup ") && text.contains(":53") && text.contains("timeout") {
        return Some((ResolverFailed, false));
    }
    let bytes = text.as_bytes();
    let starting_at = |(at, first): (usize, &u8)| {
        let rest = bytes.get(at..)?;
        let begun = BY_FIRST.get(usize::from(*first))?.iter().filter(|(_, word)| rest.starts_with(word.as_bytes()));
        begun.map(|(place, _)| *place).min()
    };
    let place = bytes.iter().enumerate().filter_map(starting_at).min()?;
    WORDINGS.get(place).map(|(kind, _)| (*kind, place + UNSURE >= WORDINGS.len()))
}
