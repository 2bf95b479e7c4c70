//! What a connection that failed may say to everybody.

/// Phrases of operating systems, resolvers and TLS, the first that is found counts, and what each means in words that name
/// nobody.
const SAID: [(&[&str], &str); 6] = [
    (
        &["certificate", "tls", "handshake", "invalidcontenttype", "corrupt message"],
        "no secure connection (TLS) could be made",
    ),
    (&["lookup", "resolve", "name or service", "nodename", "dns"], "its name does not resolve"),
    (&["refused"], "the connection was refused"),
    (&["timed out", "timeout", "deadline"], "the connection timed out"),
    (&["unreachable", "no route"], "there is no way to it over the network"),
    (&["reset", "broke", "closed", "eof", "ended", "incomplete"], "the connection broke"),
];

/// What the failure of a connection means, in words that are safe in public: of what the system said nothing is repeated.
///
/// ```
/// use lamplighter_core::unreachable_in_public;
///
/// assert_eq!(unreachable_in_public("tcp connect to 10.0.0.7:3001: Connection refused"), "the connection was refused");
/// assert_eq!(unreachable_in_public("something new at wiki.internal"), "it cannot be connected to");
/// ```
#[must_use]
pub fn unreachable_in_public(said: &str) -> &'static str {
    let said = said.to_lowercase();
    let found = SAID.iter().find(|(phrases, _)| phrases.iter().any(|phrase| said.contains(phrase)));
    found.map_or("it cannot be connected to", |(_, words)| words)
}
