use std::path::PathBuf;

/// Why a world could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// The text is no TOML, or has a key that worlds do not know.
    #[error("the world cannot be read: {0}")]
    Syntax(#[from] toml::de::Error),
    /// The spec contradicts itself; the message says where.
    #[error("the world makes no sense: {0}")]
    Spec(String),
    /// No port on the loopback interface, or no thread for the server.
    #[error("the world cannot be served on the loopback interface")]
    Serve(#[source] std::io::Error),
    /// The kubeconfig could not be written.
    #[error("{path} cannot be written")]
    Write {
        /// Where it should have gone.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// There is no such thing in this world.
    #[error("there is no {0} in this world")]
    Unknown(String),
}

impl From<WorldError> for lamplighter_core::Error {
    fn from(error: WorldError) -> Self {
        use lamplighter_core::ErrorKind;
        let kind = match &error {
            WorldError::Syntax(_) | WorldError::Spec(_) => ErrorKind::InvalidInput,
            WorldError::Serve(_) | WorldError::Write { .. } => ErrorKind::Unavailable,
            WorldError::Unknown(_) => ErrorKind::NotFound,
        };
        Self::new(kind, error.to_string()).with_source(error)
    }
}
