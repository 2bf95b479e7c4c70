use std::time::Duration;

use lamplighter::core::words::Login;
use secrecy::SecretString;

/// How the service behaves.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// The repository whose messages are taken, as `owner/name`.
    pub repository: Option<String>,
    /// Who we are on the tracker, so that what we do ourselves is not taken for news.
    pub ourselves: Option<Login>,
    /// The post-mortems that the repository has, whose action items are done when they are pushed.
    pub post_mortems: Option<PushedArchive>,
    /// The largest body of a request, in bytes. GitHub sends up to 25 MB; an issue is less than one.
    pub body_limit: usize,
    /// How long a request may take, its body included.
    pub request_timeout: Duration,
    /// How many requests are answered at once; others are told to come back.
    pub requests_at_once: usize,
    /// How many requests are answered in a second, whoever they are from; others are told to come back. Twice as many may
    /// come in one go.
    pub requests_per_second: u32,
    /// How many connections are open at once; others wait.
    pub connections: usize,
    /// How long what is being done is waited for at the end.
    pub drain: Duration,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            repository: None,
            ourselves: None,
            post_mortems: None,
            body_limit: 4 << 20,
            request_timeout: Duration::from_secs(10),
            requests_at_once: 512,
            requests_per_second: 500,
            connections: 1024,
            drain: Duration::from_secs(25),
        }
    }
}

/// Post-mortems in a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushedArchive {
    /// The branch that counts.
    pub branch: String,
    /// The folder that they are in.
    pub folder: String,
}

/// The secrets that requests are checked with. Several of a kind are all good, so that they can be changed without a gap.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    /// What GitHub signs its messages with.
    pub webhook: Vec<SecretString>,
    /// What callers of the API show.
    pub api: Vec<SecretString>,
}
