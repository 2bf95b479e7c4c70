use std::time::Duration;

use jiff::Timestamp;
use lamplighter_core::{Error, ErrorKind, unreachable_in_public, utc};

/// What can go wrong with GitHub. No message holds a token or a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GithubError {
    /// A setting that cannot be used.
    #[error("GitHub cannot be asked: {0}")]
    Settings(String),
    /// The HTTP client cannot be made.
    #[error("cannot set up HTTP and TLS ({0}); are the system's CA certificates installed (Debian: ca-certificates)?")]
    Client(String),
    /// A key that a marker cannot hold.
    #[error("the key {0:?} cannot be a marker; leave out line ends and -->")]
    Key(String),
    /// A token or a private key cannot be had.
    #[error("the credential for GitHub cannot be read: {0}")]
    Credential(#[source] Error),
    /// `401`: nobody knows the token.
    #[error(
        "GitHub does not know who we are ({message}); check that the token has not expired or been revoked, or that the \
         App's id and private key belong together"
    )]
    Unauthorized {
        /// What it said.
        message: String,
    },
    /// `403`: we may not do this.
    #[error(
        "GitHub does not let us {what} ({message}); the token needs read and write on issues, and push access to the \
         repository"
    )]
    Forbidden {
        /// What was tried.
        what: String,
        /// What it said.
        message: String,
    },
    /// `404` or `410`. GitHub answers so, too, for what a token may not see.
    #[error("there is no {what}, or the token may not see it")]
    NotFound {
        /// What was looked for.
        what: String,
    },
    /// `422`, or another answer that says that we asked for something wrong.
    #[error("GitHub refuses to {what}: {message}")]
    Rejected {
        /// What was tried.
        what: String,
        /// What is wrong with it.
        message: String,
    },
    /// Somebody who cannot be assigned. The issue is as it was.
    #[error("{login} cannot be assigned to issues of this repository; make them a collaborator")]
    Unassignable {
        /// Who.
        login: String,
    },
    /// A rate limit that lasts longer than we wait.
    #[error("GitHub's rate limit is reached; it may be asked again at {}", utc(*until))]
    Limited {
        /// Until when (UTC).
        until: Timestamp,
    },
    /// `5xx`, after the retries.
    #[error("GitHub is not able to answer: {status} ({message})")]
    Unavailable {
        /// The HTTP status.
        status: u16,
        /// What it said.
        message: String,
    },
    /// No answer, or half of one, after the retries.
    #[error("GitHub cannot be reached: {message}")]
    Unreachable {
        /// What the connection said.
        message: String,
    },
    /// No whole answer in time, after the retries.
    #[error("no answer from GitHub within {after:?}")]
    TimedOut {
        /// How long was waited each time.
        after: Duration,
    },
    /// Something answers, and it is not the API.
    #[error("what answers is not GitHub's API: {0}; check the API's URL")]
    NotTheApi(String),
    /// An answer that is not the JSON that it should be.
    #[error("GitHub's answer about {what} cannot be read from line {line}, column {column} on")]
    Unreadable {
        /// What was asked.
        what: String,
        /// From where on. What stands there may be a secret or somebody's words, and is not repeated.
        line: usize,
        /// And in it.
        column: usize,
    },
}

impl GithubError {
    /// Whether what was asked may have been done although this came of it.
    pub(crate) const fn is_open(&self) -> bool {
        matches!(
            self,
            Self::Unavailable { .. } | Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Unreadable { .. }
        )
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::Settings(_) | Self::Key(_) | Self::Rejected { .. } | Self::Unassignable { .. } => {
                ErrorKind::InvalidInput
            }
            Self::Client(_) => ErrorKind::Internal,
            Self::Credential(error) => error.kind(),
            Self::Unauthorized { .. } | Self::Forbidden { .. } => ErrorKind::Permission,
            Self::NotFound { .. } => ErrorKind::NotFound,
            Self::Limited { .. } | Self::Unavailable { .. } | Self::Unreachable { .. } | Self::NotTheApi(_) => {
                ErrorKind::Unavailable
            }
            Self::TimedOut { .. } => ErrorKind::Timeout,
            Self::Unreadable { .. } => ErrorKind::Corrupt,
        }
    }

    fn is_retryable(&self) -> bool {
        match self {
            Self::Credential(error) => error.is_retryable(),
            // A wrong address does not become right by itself.
            Self::NotTheApi(_) => false,
            error => error.kind().is_transient(),
        }
    }
}

impl From<GithubError> for Error {
    fn from(error: GithubError) -> Self {
        let retryable = error.is_retryable();
        let converted = Self::new(error.kind(), error.to_string()).with_retryable(retryable);
        match &error {
            GithubError::Limited { until } => {
                let public = format!("GitHub's rate limit is reached until {}", utc(*until));
                converted.with_public(public).with_source(error)
            }
            GithubError::Unauthorized { .. } => {
                converted.with_public("GitHub does not know our credentials").with_source(error)
            }
            GithubError::Unavailable { status, .. } => {
                let public = format!("GitHub answered with status {status}");
                converted.with_public(public).with_source(error)
            }
            GithubError::Unreachable { message } => {
                let public = format!("GitHub cannot be reached: {}", unreachable_in_public(message));
                converted.with_public(public).with_source(error)
            }
            GithubError::TimedOut { .. } => converted.with_public("GitHub took too long to answer").with_source(error),
            GithubError::NotTheApi(_) => converted.with_public("what answers is not GitHub's API").with_source(error),
            GithubError::Unreadable { .. } => {
                converted.with_public("GitHub's answer could not be read").with_source(error)
            }
            _ => converted.with_source(error),
        }
    }
}
