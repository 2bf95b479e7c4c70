use std::time::Duration;

use lamplighter_core::{Error, ErrorKind, unreachable_in_public};

/// What can go wrong with Uptime Kuma. No message holds a credential, nor more of an address than scheme, host and port.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UptimeKumaError {
    /// An address or a slug that cannot be used.
    #[error("Uptime Kuma cannot be asked: {0}")]
    Settings(String),
    /// The HTTP client cannot be made.
    #[error("cannot set up HTTP and TLS; are the system's CA certificates installed (Debian: ca-certificates)?")]
    Client {
        /// Why not.
        source: reqwest::Error,
    },
    /// The API key or the login is wrong, or more is asked for than was given.
    #[error("{server} does not let us in: {message}")]
    Refused {
        /// Who.
        server: String,
        /// What it said.
        message: String,
    },
    /// What is wanted needs the socket.
    #[error("adding a monitor needs the login of Uptime Kuma, and only its metrics or a status page are configured")]
    NeedsLogin,
    /// There is no status page of that name.
    #[error("{server} has no public status page {slug:?}")]
    NoPage {
        /// Who.
        server: String,
        /// The page.
        slug: String,
    },
    /// A monitor that Uptime Kuma does not have or does not take.
    #[error("this monitor cannot be added: {0}")]
    Monitor(String),
    /// A monitor of that name watches something else.
    #[error("there is a monitor {name:?} already, and it watches something else")]
    Taken {
        /// The name.
        name: String,
    },
    /// The answer is larger than is read.
    #[error("the answer of {server} is larger than {limit} bytes")]
    TooLarge {
        /// Whose.
        server: String,
        /// How much is read.
        limit: usize,
    },
    /// Something answers, and it is not Uptime Kuma.
    #[error("{server} does not answer as Uptime Kuma does: {what}; check the URL")]
    NotTheApi {
        /// Who.
        server: String,
        /// What it answers.
        what: String,
    },
    /// An answer that is not what it should be.
    #[error("the answer of {server} cannot be read: {what}")]
    Unreadable {
        /// Whose.
        server: String,
        /// What is wrong.
        what: String,
    },
    /// `429` or `5xx`, after the retries.
    #[error("{server} is not able to answer: {status}")]
    Unavailable {
        /// Who.
        server: String,
        /// The HTTP status.
        status: u16,
        /// After how long it may be asked again, where it said so.
        retry_after: Option<Duration>,
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

impl UptimeKumaError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Settings(_) | Self::Monitor(_) => ErrorKind::InvalidInput,
            Self::Client { .. } => ErrorKind::Internal,
            Self::Refused { .. } | Self::NeedsLogin => ErrorKind::Permission,
            Self::NoPage { .. } => ErrorKind::NotFound,
            Self::Taken { .. } => ErrorKind::Conflict,
            Self::TooLarge { .. } | Self::Unreadable { .. } => ErrorKind::Corrupt,
            Self::NotTheApi { .. } | Self::Unavailable { .. } | Self::Unreachable { .. } => ErrorKind::Unavailable,
            Self::TimedOut { .. } => ErrorKind::Timeout,
        }
    }
}

impl UptimeKumaError {
    /// What happened, in words that name no host, path or page.
    fn public(&self) -> Option<String> {
        Some(match self {
            Self::Refused { .. } => "Uptime Kuma does not let us in".to_owned(),
            Self::NoPage { .. } => "Uptime Kuma has no public status page of the configured name".to_owned(),
            Self::TooLarge { .. } => "the answer of Uptime Kuma is too large".to_owned(),
            Self::NotTheApi { what, .. } => match what.get(..3).filter(|status| status.parse::<u16>().is_ok()) {
                Some(status) => format!("what answers is not Uptime Kuma: status {status}"),
                None => "what answers is not Uptime Kuma".to_owned(),
            },
            Self::Unreadable { .. } => "the answer of Uptime Kuma could not be read".to_owned(),
            Self::Unavailable { status, .. } => format!("Uptime Kuma answered with status {status}"),
            Self::Unreachable { message, .. } => {
                format!("Uptime Kuma cannot be reached: {}", unreachable_in_public(message))
            }
            Self::TimedOut { after, .. } => format!("no answer from Uptime Kuma within {} s", after.as_secs()),
            Self::Settings(_) | Self::Client { .. } | Self::NeedsLogin | Self::Monitor(_) | Self::Taken { .. } => {
                return None;
            }
        })
    }
}

impl From<UptimeKumaError> for Error {
    fn from(error: UptimeKumaError) -> Self {
        let converted = Self::new(error.kind(), error.to_string());
        // A wrong address does not become right by itself.
        let is_lasting = matches!(error, UptimeKumaError::NotTheApi { .. });
        let retryable = converted.is_retryable() && !is_lasting;
        let public = error.public();
        let converted = public.into_iter().fold(converted, Error::with_public);
        converted.with_retryable(retryable).with_source(error)
    }
}
