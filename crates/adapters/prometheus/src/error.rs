use std::time::Duration;

use lamplighter_core::{Error, ErrorKind};

/// What can go wrong with Prometheus or Alertmanager. No message holds a credential, nor more of an address than
/// scheme, host and port.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrometheusError {
    /// An address or a credential that cannot be used.
    #[error("{server} cannot be asked: {what}")]
    Settings {
        /// Which of the two.
        server: &'static str,
        /// What is wrong.
        what: String,
    },
    /// The HTTP client cannot be made.
    #[error("cannot set up HTTP and TLS; are the system's CA certificates installed (Debian: ca-certificates)?")]
    Client {
        /// Why not.
        source: reqwest::Error,
    },
    /// A window or a step that makes no sense.
    #[error("this range cannot be asked for: {0}")]
    Range(String),
    /// An expression that cannot be read or evaluated.
    #[error("{server} cannot evaluate the query: {message}")]
    Query {
        /// Who says so.
        server: String,
        /// What is wrong with it.
        message: String,
    },
    /// The answer is larger than is read.
    #[error(
        "the answer of {server} is larger than {limit} bytes; ask for fewer series, a shorter window or a wider step"
    )]
    TooLarge {
        /// Whose.
        server: String,
        /// How much is read.
        limit: usize,
    },
    /// `401` or `403`.
    #[error("{server} does not let us in: {status} ({message}); check the token or the login")]
    Refused {
        /// Who.
        server: String,
        /// The HTTP status.
        status: u16,
        /// What it said.
        message: String,
    },
    /// Something answers, and it is not the API.
    #[error("{server} does not answer as its API does: {what}; check the URL, the path before /api included")]
    NotTheApi {
        /// Who.
        server: String,
        /// What it answers.
        what: String,
    },
    /// An answer that is not the JSON that it should be.
    #[error("the answer of {server} does not parse: {source}")]
    Unreadable {
        /// Whose.
        server: String,
        /// What is wrong, and where.
        source: serde_json::Error,
    },
    /// `429`, `5xx`, or an error of the server's own, after the retries.
    #[error("{server} is not able to answer: {status} ({message})")]
    Unavailable {
        /// Who.
        server: String,
        /// The HTTP status.
        status: u16,
        /// What it said.
        message: String,
        /// After how long it may be asked again, where it said so.
        retry_after: Option<Duration>,
    },
    /// The query took longer than the server allows.
    #[error("{server} gave the query up: {message}")]
    QueryTimedOut {
        /// Who.
        server: String,
        /// What it said.
        message: String,
    },
    /// No answer at all, after the retries.
    #[error("{server} cannot be reached: {message}")]
    Unreachable {
        /// Who.
        server: String,
        /// What the connection said.
        message: String,
    },
    /// No whole answer in time.
    #[error("no answer from {server} within {after:?}")]
    TimedOut {
        /// Who.
        server: String,
        /// How long was waited.
        after: Duration,
    },
}

impl PrometheusError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Settings { .. } | Self::Range(_) | Self::Query { .. } | Self::TooLarge { .. } => {
                ErrorKind::InvalidInput
            }
            Self::Client { .. } => ErrorKind::Internal,
            Self::Refused { .. } => ErrorKind::Permission,
            Self::Unreadable { .. } => ErrorKind::Corrupt,
            Self::NotTheApi { .. } | Self::Unavailable { .. } | Self::Unreachable { .. } => ErrorKind::Unavailable,
            Self::QueryTimedOut { .. } | Self::TimedOut { .. } => ErrorKind::Timeout,
        }
    }
}

impl From<PrometheusError> for Error {
    fn from(error: PrometheusError) -> Self {
        let converted = Self::new(error.kind(), error.to_string());
        // A wrong address does not become right by itself.
        let is_lasting = matches!(error, PrometheusError::NotTheApi { .. });
        let retryable = converted.is_retryable() && !is_lasting;
        converted.with_retryable(retryable).with_source(error)
    }
}
