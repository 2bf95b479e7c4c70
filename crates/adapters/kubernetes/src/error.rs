use std::time::Duration;

use lamplighter_core::{Error, ErrorKind, unreachable_in_public};

use crate::Operation;

/// What can go wrong with a cluster. No message holds a credential.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KubernetesError {
    /// The configuration cannot be used.
    #[error("the cluster's configuration cannot be used: {0}")]
    Configuration(String),
    /// A name that no object can have.
    #[error("`{0}` is no name of a Kubernetes object: only lower-case letters, digits, `-` and `.` are")]
    Name(String),
    /// A request that makes no sense, whatever the cluster's state.
    #[error("{0}")]
    Unsupported(String),
    /// `401`, or credentials that could not be had.
    #[error("{operation}: the credentials are not accepted ({message}); log in again or renew the token")]
    Unauthenticated {
        /// What was asked.
        operation: String,
        /// Why.
        message: String,
    },
    /// `403`: a permission is missing.
    #[error(
        "{operation} is forbidden: needs {}; grant it with {}", .operation.permission(), .operation.grant(.user.as_deref())
    )]
    Forbidden {
        /// What was asked.
        operation: Box<Operation>,
        /// Who the server says is asking.
        user: Option<String>,
    },
    /// `403` by an admission rule, not for want of a permission.
    #[error("{operation} was refused by a rule of the cluster: {message}")]
    Refused {
        /// What was asked.
        operation: Box<Operation>,
        /// What the server said.
        message: String,
    },
    /// `404`.
    #[error("{operation}: not found ({message})")]
    NotFound {
        /// What was asked.
        operation: Box<Operation>,
        /// What the server said.
        message: String,
    },
    /// `409`, or a count that has moved.
    #[error("{operation}: {message}")]
    Conflict {
        /// What was asked.
        operation: Box<Operation>,
        /// What has moved.
        message: String,
    },
    /// `410`: the list that is being read in pages has become too old.
    #[error("{operation}: the list changed faster than it could be read; a larger page size needs fewer requests")]
    Expired {
        /// What was asked.
        operation: Box<Operation>,
    },
    /// Any other `4xx`.
    #[error("{operation}: the server answered {status} ({message})")]
    Rejected {
        /// What was asked.
        operation: Box<Operation>,
        /// The HTTP status.
        status: u16,
        /// What the server said.
        message: String,
    },
    /// `429` or `5xx`, after the retries.
    #[error("{operation}: the server is not able to answer: {status} ({message})")]
    Unavailable {
        /// What was asked.
        operation: Box<Operation>,
        /// The HTTP status.
        status: u16,
        /// What the server said.
        message: String,
        /// After how long it may be asked again, where it said so.
        retry_after: Option<Duration>,
    },
    /// No answer at all, after the retries.
    #[error("{operation}: the API server at {server} cannot be reached: {message}")]
    Unreachable {
        /// What was asked.
        operation: String,
        /// The server's address.
        server: String,
        /// What the connection said.
        message: String,
    },
    /// No whole answer in time.
    #[error("{operation}: no answer from the API server within {after:?}")]
    TimedOut {
        /// What was asked.
        operation: String,
        /// How long was waited.
        after: Duration,
    },
    /// An answer that is not the JSON that it should be.
    #[error("{operation}: the answer does not parse: {source}")]
    Unreadable {
        /// What was asked.
        operation: Box<Operation>,
        /// What is wrong, and where.
        source: serde_json::Error,
    },
}

impl KubernetesError {
    /// Why a kind could not be read. It may be quoted in public, so it does not say where the server is.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Unreachable { operation, .. } => format!("{operation}: the API server cannot be reached"),
            error => error.to_string(),
        }
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::Configuration(_) | Self::Unsupported(_) | Self::Rejected { .. } => ErrorKind::InvalidInput,
            Self::Unauthenticated { .. } | Self::Forbidden { .. } | Self::Refused { .. } => ErrorKind::Permission,
            // What cannot exist does not.
            Self::Name(_) | Self::NotFound { .. } => ErrorKind::NotFound,
            Self::Conflict { .. } => ErrorKind::Conflict,
            Self::Expired { .. } | Self::Unavailable { .. } | Self::Unreachable { .. } | Self::TimedOut { .. } => {
                ErrorKind::Unavailable
            }
            Self::Unreadable { .. } => ErrorKind::Corrupt,
        }
    }
}

impl From<kube::core::request::Error> for KubernetesError {
    /// A request that cannot even be written down.
    fn from(error: kube::core::request::Error) -> Self {
        Self::Unsupported(error.to_string())
    }
}

impl From<KubernetesError> for Error {
    fn from(error: KubernetesError) -> Self {
        let converted = Self::new(error.kind(), error.to_string());
        let converted = match &error {
            KubernetesError::Forbidden { operation, .. } => {
                converted.with_public(format!("the cluster does not grant {}", operation.permission()))
            }
            KubernetesError::Unauthenticated { .. } => {
                converted.with_public("the cluster's API server does not know our credentials")
            }
            KubernetesError::Unavailable { status, .. } => {
                converted.with_public(format!("the cluster's API server answered with status {status}"))
            }
            KubernetesError::Unreachable { message, .. } => {
                let why = unreachable_in_public(message);
                converted.with_public(format!("the cluster's API server cannot be reached: {why}"))
            }
            KubernetesError::TimedOut { .. } => {
                converted.with_public("the cluster's API server took too long to answer")
            }
            KubernetesError::Unreadable { .. } => {
                converted.with_public("the answer of the cluster's API server could not be read")
            }
            _ => converted,
        };
        converted.with_source(error)
    }
}
