use proptest::prelude::*;

use super::ConnectionFailure;
use super::ConnectionFailureKind::{
    self, NoRoute, NoSuchHost, NotConnected, ProtocolMismatch, Refused, Reset, ResolverFailed, TimedOut, TlsFailed,
};

/// `line` tells of a connection to `peer`, written `host/ip:port` with what is known of it.
#[track_caller]
fn check(line: &str, kind: ConnectionFailureKind, peer: &str) {
    let failure = ConnectionFailure::in_line(line).unwrap_or_else(|| panic!("nothing found in {line}"));
    assert_eq!(failure.kind, kind, "{line}");
    let host = failure.host.clone().unwrap_or_default();
    let ip = failure.ip.map(|ip| format!("/{ip}")).unwrap_or_default();
    let port = failure.port.map(|port| format!(":{port}")).unwrap_or_default();
    let found = format!("{host}{ip}{port}");
    assert_eq!(found, peer, "{line}");
}

#[test]
fn go_and_grpc() {
    check("dial tcp 10.0.0.1:7070: connect: connection refused", Refused, "/10.0.0.1:7070");
    check("Get \"http://ledger/api\": dial tcp: lookup ledger on 10.96.0.10:53: no such host", NoSuchHost, "ledger");
    check(
        "lookup ledger.bank on 10.96.0.10:53: read udp 10.1.0.7:40112->10.96.0.10:53: i/o timeout",
        ResolverFailed,
        "ledger.bank",
    );
    check("dial tcp: lookup ledger on 10.96.0.10:53: server misbehaving", ResolverFailed, "ledger");
    check("read tcp 10.1.0.7:40112->10.1.0.9:5432: i/o timeout", TimedOut, "/10.1.0.9:5432");
    check("read tcp 10.1.0.7:40112->10.1.0.9:5432: read: connection reset by peer", Reset, "/10.1.0.9:5432");
    check("dial tcp [fd00::5]:7070: connect: no route to host", NoRoute, "/fd00::5:7070");
    check("rpc error: code = DeadlineExceeded desc = context deadline exceeded", TimedOut, "");
    check(
        r#"{"error":"rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial tcp 10.8.0.4:50051: connect: connection refused\"","time":"2026-02-03T04:05:06Z"}"#,
        Refused,
        "/10.8.0.4:50051",
    );
    check(
        r#"rpc error: code = Unavailable desc = connection error: desc = "error reading server preface: http2: frame too large""#,
        ProtocolMismatch,
        "",
    );
    check("tls: first record does not look like a TLS handshake", ProtocolMismatch, "");
    check("Get \"https://ledger:8443/\": net/http: TLS handshake timeout", TimedOut, "ledger:8443");
    check("Get \"https://ledger:8443/\": x509: certificate signed by unknown authority", TlsFailed, "ledger:8443");
    check("upstream connect error or disconnect/reset before headers. reset reason: connection timeout", TimedOut, "");
    check(
        "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure, transport failure reason: delayed connect error: 111",
        Refused,
        "",
    );
    check(
        "failed to connect to all addresses; last error: UNKNOWN: ipv4:10.0.0.1:7070: Failed to connect to remote host: Connection refused",
        Refused,
        "/10.0.0.1:7070",
    );
    check(
        r#"\tdetails = \"DNS resolution failed for ledgr:3550: C-ares status is not ARES_SUCCESS: Domain name not found\""#,
        NoSuchHost,
        "ledgr:3550",
    );
}

#[test]
fn java() {
    check("java.net.UnknownHostException: ledger: Name or service not known", NoSuchHost, "ledger");
    check(
        "java.net.UnknownHostException: Failed to resolve 'ledger.bank' [A(1)] after 4 queries",
        NoSuchHost,
        "ledger.bank",
    );
    check("java.net.ConnectException: Connection refused (Connection refused)", Refused, "");
    check(
        "io.netty.channel.AbstractChannel$AnnotatedConnectException: Connection refused: ledger/10.0.0.9:8080",
        Refused,
        "ledger/10.0.0.9:8080",
    );
    check("finishConnect(..) failed: Connection refused: /10.0.0.9:8080", Refused, "/10.0.0.9:8080");
    check("I/O error on GET request for \"http://ledger:8081/x\": Connection refused", Refused, "ledger:8081");
    check("Connect to ledger:8081 [ledger/10.0.0.9] failed: Read timed out", TimedOut, "ledger:8081");
    check("java.net.SocketTimeoutException: connect timed out", TimedOut, "");
    check("com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure", NotConnected, "");
    check("io.grpc.StatusRuntimeException: UNAVAILABLE: io exception", NotConnected, "");
    check(
        "Connection to ledger-db:5432 refused. Check that the hostname and port are correct",
        Refused,
        "ledger-db:5432",
    );
    check("Unable to connect to cache/<unresolved>:6379", NotConnected, "cache:6379");
    check("Connection to node -1 (queue/10.0.0.3:9092) could not be established.", NotConnected, "queue/10.0.0.3:9092");
}

#[test]
fn python() {
    check("ConnectionRefusedError: [Errno 111] Connection refused", Refused, "");
    check("socket.gaierror: [Errno -2] Name or service not known", NoSuchHost, "");
    check(
        "redis.exceptions.ConnectionError: Error -3 connecting to cache:6379. Temporary failure in name resolution.",
        ResolverFailed,
        "cache:6379",
    );
    check("Error 111 connecting to cache:6379. Connection refused.", Refused, "cache:6379");
    check(
        "HTTPConnectionPool(host='ledger', port=8081): Max retries exceeded with url: /x (Caused by NewConnectionError('Failed to establish a new connection: [Errno 111] Connection refused'))",
        Refused,
        "ledger:8081",
    );
    check("HTTPConnectionPool(host='ledger', port=8081): Read timed out. (read timeout=3)", TimedOut, "ledger:8081");
    check(
        "connection to server at \"ledger-db\" (10.0.0.8), port 5432 failed: Connection refused",
        Refused,
        "ledger-db/10.0.0.8:5432",
    );
    check(
        "could not connect to server: Connection refused Is the server running on host \"ledger-db\" (10.0.0.8) and accepting TCP/IP connections on port 5432?",
        Refused,
        "ledger-db/10.0.0.8:5432",
    );
    check(
        "Cannot connect to host ledger:8081 ssl:default [Connect call failed ('10.0.0.1', 8081)]",
        NotConnected,
        "/10.0.0.1:8081",
    );
    check(
        "pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on 'ledger-db' ([Errno 111] Connection refused)\")",
        Refused,
        "ledger-db",
    );
    check("could not translate host name \"ledger-db\" to address: Name or service not known", NoSuchHost, "ledger-db");
    check(
        "could not translate host name \"ledger-db\" to address: Temporary failure in name resolution",
        ResolverFailed,
        "ledger-db",
    );
}

#[test]
fn node_and_dotnet() {
    check("Error: connect ECONNREFUSED 10.0.0.1:5432", Refused, "/10.0.0.1:5432");
    check(
        "{ errno: -111, code: 'ECONNREFUSED', syscall: 'connect', address: '10.0.0.1', port: 5432 }",
        Refused,
        "/10.0.0.1:5432",
    );
    check("Error: getaddrinfo ENOTFOUND ledger", NoSuchHost, "ledger");
    check("Error: getaddrinfo EAI_AGAIN ledger.bank", ResolverFailed, "ledger.bank");
    check("Error: connect ETIMEDOUT 10.0.0.1:8081", TimedOut, "/10.0.0.1:8081");
    check("Error: read ECONNRESET", Reset, "");
    check("Error: 14 UNAVAILABLE: No connection established", NotConnected, "");
    check("MongoServerSelectionError: connect ECONNREFUSED 10.0.0.1:27017", Refused, "/10.0.0.1:27017");
    check("Parse Error: Expected HTTP/", ProtocolMismatch, "");
    check("System.Net.Sockets.SocketException (111): Connection refused", Refused, "");
    check("HttpRequestException: No such host is known. (ledger:8081)", NoSuchHost, "ledger:8081");
    check("HttpRequestException: Name or service not known (ledger:8081)", NoSuchHost, "ledger:8081");
    check("HttpRequestException: Connection refused (ledger:8081)", Refused, "ledger:8081");
    check("It was not possible to connect to the redis server(s). Error connecting right now.", NotConnected, "");
    check(
        "The message timed out in the backlog (5000ms) - Last Connection Exception: UnableToConnect on cache:6379/Interactive, Initializing/NotStarted",
        NotConnected,
        "cache:6379",
    );
}

#[test]
fn proxies_and_clients() {
    check(
        "[error] 7#7: *3 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.2, server: localhost, request: \"GET / HTTP/1.1\", upstream: \"http://10.0.0.7:8081/\", host: \"bank.example\"",
        Refused,
        "/10.0.0.7:8081",
    );
    check(
        "nginx: [emerg] host not found in upstream \"ledger:8081\" in /etc/nginx/conf.d/default.conf:4",
        NoSuchHost,
        "ledger:8081",
    );
    check(
        "upstream timed out (110: Connection timed out) while reading response header from upstream, upstream: \"http://10.0.0.7:8081/x\"",
        TimedOut,
        "/10.0.0.7:8081",
    );
    check(
        "upstream prematurely closed connection while reading response header from upstream, upstream: \"http://10.0.0.7:80/\"",
        Reset,
        "/10.0.0.7:80",
    );
    check("no live upstreams while connecting to upstream, upstream: \"http://ledger/x\"", NotConnected, "ledger:80");
    check("Server bank/one is DOWN, reason: Layer4 connection problem, info: \"Connection refused\"", Refused, "");
    check("503 UH no_healthy_upstream no healthy upstream", NotConnected, "");
    check("curl: (6) Could not resolve host: ledger", NoSuchHost, "ledger");
    check("curl: (7) Failed to connect to ledger port 8081: Connection refused", Refused, "ledger:8081");
    check("wget: bad address 'ledger:8081'", NoSuchHost, "ledger:8081");
    check("** server can't find ledger.bank.svc.cluster.local: NXDOMAIN", NoSuchHost, "ledger.bank.svc.cluster.local");
    check("Unknown MySQL server host 'ledger-db' (-2)", NoSuchHost, "ledger-db");
    check("failed to lookup address information: Name or service not known", NoSuchHost, "");
}

#[test]
fn lines_that_tell_of_no_connection() {
    for line in [
        "",
        "listening on 0.0.0.0:8080",
        "GET http://ledger:8081/ 200 in 12 ms",
        "configured timeout 30s",
        "login refused for ada",
        "the request timed out waiting for a free worker",
        "\tat io.example.Main.run(Main.java:44)",
    ] {
        assert_eq!(ConnectionFailure::in_line(line), None, "{line}");
    }
}

#[test]
fn places_in_source_code_and_clocks_are_no_addresses() {
    check("04:05:06 main.go:44 connection refused", Refused, "");
    check("04:05:06.789 ERROR client.py:12 status:503 connection refused", Refused, "");
    check("2026-02-03T04:05:06Z connection refused by 10.0.0.3:99", Refused, "/10.0.0.3:99");
}

#[test]
fn a_huge_line_is_cut() {
    let before = format!("dial tcp 10.0.0.1:7070: connect: connection refused {}", "ü".repeat(1_000_000));
    check(&before, Refused, "/10.0.0.1:7070");
    let late = format!("{}dial tcp 10.0.0.1:7070: connect: connection refused", "ü".repeat(1_000_000));
    assert_eq!(ConnectionFailure::in_line(&late), None);
}

proptest! {
    #[test]
    fn no_line_is_too_odd(line in r#"[\PC\\"'\[\](){}<>/:@=,.\n -]{0,200}"#) {
        let _ = ConnectionFailure::in_line(&line);
    }

    #[test]
    fn no_mixture_of_wordings_is_too_odd(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("lookup ".to_owned()), Just("dial tcp ".to_owned()), Just("connection refused".to_owned()),
                Just("no such host".to_owned()), Just("host=".to_owned()), Just("upstream: \"".to_owned()),
                Just("[::1]:".to_owned()), Just("\\u00".to_owned()), Just("://".to_owned()), Just("->".to_owned()),
                ".{0,6}", "[0-9]{1,7}",
            ],
            0..20,
        )
    ) {
        let _ = ConnectionFailure::in_line(&parts.concat());
    }

    #[test]
    fn an_address_is_read_back(host in "[a-z][a-z-]{0,20}[a-z]", port in 1..=u16::MAX) {
        let line = format!("Error 111 connecting to {host}:{port}. Connection refused.");
        let failure = ConnectionFailure::in_line(&line).unwrap();
        prop_assert_eq!((failure.host.as_deref(), failure.port), (Some(host.as_str()), Some(port)));
    }
}

#[test]
fn thrift_mongodb_and_php() {
    check("TSocket::open() connect() <Host: ledger Port: 9090>: Connection refused", Refused, "ledger:9090");
    check(
        "TSocket::open() getaddrinfo() <Host: ledger Port: 9090>Name or service not known",
        NoSuchHost,
        "ledger:9090",
    );
    check("TTransportException: Could not resolve host for client socket.", NoSuchHost, "");
    check(
        "No suitable servers found: `serverSelectionTryOnce` set: [connection refused calling hello on 'ledger-db:27017']",
        Refused,
        "ledger-db:27017",
    );
    check("MongoServerSelectionError: getaddrinfo ENOTFOUND ledger-db", NoSuchHost, "ledger-db");
    check("panic: no reachable servers", NotConnected, "");
    check(
        "PHP Warning: mysqli_connect(): php_network_getaddresses: getaddrinfo for ledger-db failed: Name or service not known",
        NoSuchHost,
        "ledger-db",
    );
    check(
        "2026/02/03 04:05:06 [error] 31#31: *7 ledger could not be resolved (3: Host not found), client: 10.1.1.1",
        NoSuchHost,
        "ledger",
    );
    check("14 UNAVAILABLE: Name resolution failed for target dns:ledger:9090", NoSuchHost, "ledger:9090");
    check("socket.gaierror: [Errno -2] Name or service not known: 'ledger'", NoSuchHost, "ledger");
    check(
        "rpc error: code = Unavailable desc = dns: A record lookup error: lookup ledger on 10.96.0.10:53: no such host",
        NoSuchHost,
        "ledger",
    );
    check("wget: can't connect to remote host (10.0.0.9): Connection refused", Refused, "/10.0.0.9");
    check("rpc error: code = Unavailable desc = name resolver error: produced zero addresses", NoSuchHost, "");
}
