use lamplighter_core::{Error, ErrorKind};

/// Why a probe cannot be made. A service that does not answer is no error but a status.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpProbeError {
    /// A target cannot be asked over HTTP.
    #[error("the monitor {name:?} cannot be probed: {what}")]
    Target {
        /// Which.
        name: String,
        /// What is wrong with its URL.
        what: String,
    },
    /// The HTTP client cannot be made.
    #[error("cannot set up HTTP and TLS; are the system's CA certificates installed (Debian: ca-certificates)?")]
    Client {
        /// Why not.
        source: reqwest::Error,
    },
}

impl From<HttpProbeError> for Error {
    fn from(error: HttpProbeError) -> Self {
        let kind = match error {
            HttpProbeError::Target { .. } => ErrorKind::InvalidInput,
            HttpProbeError::Client { .. } => ErrorKind::Internal,
        };
        let message = error.to_string();
        Self::new(kind, message).with_source(error)
    }
}
