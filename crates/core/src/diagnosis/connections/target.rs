use core::net::{IpAddr, Ipv6Addr};

use super::ConnectionFailureKind;

/// Where a connection was to go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Target {
    pub(super) host: Option<String>,
    pub(super) ip: Option<IpAddr>,
    pub(super) port: Option<u16>,
}

impl Target {
    pub(super) fn is_empty(&self) -> bool {
        self.host.is_none() && self.ip.is_none()
    }
}

/// What stands before a name that does not resolve. The longer words first where one holds another.
const BEFORE_NAMES: [&str; 26] = [
    "name resolution failed for target dns:",
    "name or service not known: ",
    "dns resolution failed for ",
    "dns lookup failed for ",
    "getaddrinfo for ",
    "failed to resolve ",
    "lookup ",
    "unknownhostexception: ",
    "unknown host: ",
    "unknown host ",
    "enotfound ",
    "eai_again ",
    "host not found in upstream ",
    "could not translate host name ",
    "unknown mysql server host ",
    "could not resolve host: ",
    "could not resolve host ",
    "couldn't resolve host ",
    "unable to resolve host address ",
    "unable to resolve host ",
    "could not resolve address ",
    "no such host is known. (",
    "name or service not known (",
    "name does not resolve (",
    "bad address ",
    "can't find ",
];

/// What stands before the address of a connection, the more telling first.
const BEFORE_ADDRESSES: [&str; 28] = [
    "remote host (",
    "dial tcp ",
    "dial udp ",
    "->",
    "upstream: ",
    "econnrefused ",
    "econnreset ",
    "etimedout ",
    "ehostunreach ",
    "unabletoconnect on ",
    "mysql server on ",
    "server at ",
    "running on host ",
    "call failed (",
    "connecting to ",
    "connect to host ",
    "connect to ",
    "connection to ",
    "connection refused: ",
    "timed out: ",
    "request for ",
    "get ",
    "post ",
    "address: ",
    "host=",
    "hostname=",
    "host: ",
    "servers: ",
];

/// Words that stand before a number without being a host: `status:503`.
const NO_HOSTS: [&str; 16] = [
    "status", "code", "port", "errno", "error", "retry", "retries", "timeout", "line", "attempt", "count", "pid",
    "thread", "id", "duration", "http",
];

/// Endings of files of source code, which stack traces write with the number of a line.
const SOURCE_FILES: [&str; 16] = [
    ".go", ".java", ".kt", ".scala", ".py", ".js", ".ts", ".mjs", ".cs", ".rs", ".rb", ".php", ".c", ".cc", ".cpp",
    ".h",
];

/// Where the failed connection of this text, in lower case, was to go.
pub(super) fn find(text: &str, kind: ConnectionFailureKind) -> Option<Target> {
    // `failed to lookup address information` (Rust), `could not resolve host for client socket` (Thrift) and `record
    // lookup error` (Go's gRPC) name nobody.
    let name_in = |rest: &str| {
        let names_nobody =
            ["address information", "for client socket", "error"].iter().any(|words| rest.starts_with(words));
        if names_nobody { None } else { address(rest) }
    };
    // nginx: `store could not be resolved (3: Host not found)`.
    let before_it = || address(text.split_once(" could not be resolved")?.0.rsplit(' ').next()?);
    let name = || BEFORE_NAMES.iter().find_map(|before| after(text, before).find_map(name_in)).or_else(before_it);
    let named = kind.is_resolution().then(name).flatten();
    named.or_else(|| connection(text)).or_else(|| nearest(text))
}

/// The address after words that announce one. A bare word there may be any word (`connect to the server`), so it
/// must have a port, quotes, or a scheme.
fn connection(text: &str) -> Option<Target> {
    BEFORE_ADDRESSES.iter().find_map(|before| {
        after(text, before).find_map(|rest| {
            let token = token(rest);
            let found = address(rest)?;
            let quoted = rest.starts_with(['"', '\'']) || before.ends_with('=') || token.contains("://");
            let spelt =
                rest.split_once(' ').is_some_and(|(_, next)| next.starts_with("port ") || next.starts_with("port: "));
            let certain = quoted || spelt || found.ip.is_some() || found.port.is_some();
            certain.then(|| with_port(found, rest))
        })
    })
}

/// The target with the port that stands apart from it: `"store" (10.0.0.5), port 5432`, `'10.0.0.5', 5432`.
fn with_port(mut target: Target, rest: &str) -> Target {
    if target.port.is_none() {
        let number = |text: &str| {
            text.trim_start_matches(['\'', '"', ' ']).split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
        };
        let said = ["port ", "port=", "port: ", "port:"].iter().find_map(|before| after(rest, before).find_map(number));
        target.port = said.or_else(|| rest.split_once("', ").and_then(|(_, rest)| number(rest)));
    }
    if target.ip.is_none() {
        let inside = rest.split_once(" (").and_then(|(_, rest)| rest.split_once(')'));
        target.ip = inside.and_then(|(inside, _)| inside.parse().ok());
    }
    target
}

/// The first address with a port of the text, one with dots before one without.
fn nearest(text: &str) -> Option<Target> {
    let mut found: Option<Target> = None;
    let mut start = 0;
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let word = rest.split(is_break).next().unwrap_or_default();
        if let Some(target) = address(rest).filter(|target| target.port.is_some()) {
            let listens =
                text.get(..start).is_some_and(|before| before.trim_end().ends_with(" on") && target.port == Some(53));
            let weak = target.ip.is_none() && target.host.as_deref().is_none_or(|host| NO_HOSTS.contains(&host));
            if !listens && !weak {
                let dotted = target.ip.is_some() || target.host.as_deref().is_some_and(|host| host.contains('.'));
                if dotted {
                    return Some(target);
                }
                found.get_or_insert(target);
            }
        }
        start += word.len() + rest.get(word.len()..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
    }
    found
}

/// The pieces of the text that follow these words where they begin a word.
fn after<'a>(text: &'a str, words: &'a str) -> impl Iterator<Item = &'a str> {
    let begins = move |at: usize| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|c| {
            !c.is_ascii_alphanumeric()
                || !words.starts_with(|first: char| first.is_ascii_alphanumeric())
                || words.len() > 8
        })
    };
    text.match_indices(words).filter(move |(at, _)| begins(*at)).filter_map(move |(at, _)| text.get(at + words.len()..))
}

fn is_break(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '"' | '\'' | '`' | ',' | ';' | '(' | ')' | '<' | '>' | '{' | '}' | '|' | '=' | '[' | ']')
}

/// The word that a text begins with, without what stands around it.
fn token(text: &str) -> &str {
    let text = text.trim_start_matches(['"', '\'', '`', '(', ' ']);
    if let Some(inside) = text.strip_prefix('[')
        && let Some((v6, rest)) = inside.split_once(']')
        && v6.parse::<Ipv6Addr>().is_ok()
    {
        let port = rest.find(|c: char| c != ':' && !c.is_ascii_digit()).unwrap_or(rest.len());
        return text.get(..v6.len() + 2 + port).unwrap_or_default().trim_end_matches(':');
    }
    text.split(is_break).next().unwrap_or_default().trim_end_matches(['.', ':', '!', '?'])
}

/// The address that a text begins with.
fn address(text: &str) -> Option<Target> {
    let token = token(text);
    let token = token.rsplit_once("->").map_or(token, |(_, to)| to);
    let (scheme, rest) = token.split_once("://").map_or((None, token), |(scheme, rest)| (Some(scheme), rest));
    let rest = rest.trim_start_matches('/');
    let rest = rest.strip_prefix("ipv4:").or_else(|| rest.strip_prefix("ipv6:")).unwrap_or(rest);
    if scheme.is_none()
        && let Some(target) = socket_address(token)
    {
        return Some(target);
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let mut target = host_and_port(authority)?;
    let by_scheme = scheme.and_then(|scheme| match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    });
    target.port = target.port.or(by_scheme);
    Some(target)
}

/// `store/10.0.0.5:6379` and `/10.0.0.5:6379`, as Java writes an `InetSocketAddress`.
fn socket_address(token: &str) -> Option<Target> {
    let (host, ip) = token.rsplit_once('/')?;
    let resolved = host_and_port(ip)?;
    let named = (!host.is_empty()).then(|| host_and_port(host)).flatten().and_then(|host| host.host);
    let unresolved = resolved.host.as_deref() == Some("unresolved");
    (resolved.ip.is_some() || unresolved).then_some(Target { host: named, ..resolved })
}

fn host_and_port(text: &str) -> Option<Target> {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':').and_then(|port| port.parse().ok())),
        None if text.parse::<Ipv6Addr>().is_ok() => (text, None),
        None => match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (text, None),
        },
    };
    let port = port.filter(|port: &u16| *port != 0);
    if let Ok(ip) = host.parse() {
        return Some(Target { host: None, ip: Some(ip), port });
    }
    let host = host.trim_end_matches('.');
    is_name(host).then(|| Target { host: Some(host.to_owned()), ip: None, port })
}

/// Whether this can be the name of a host, by the letters that clients send to resolvers (RFC 1123, §2.1, and the
/// underscore), and is not the name of a file.
fn is_name(host: &str) -> bool {
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    host.len() <= 253
        && host.starts_with(|c: char| c.is_ascii_alphanumeric())
        && host.chars().any(|c| c.is_ascii_alphabetic())
        && host.chars().all(letters)
        && !SOURCE_FILES.iter().any(|ending| host.ends_with(ending))
}
