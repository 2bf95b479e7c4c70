use std::path::PathBuf;
use std::time::Duration;

use lamplighter_core::ports::SecretPath;
use lamplighter_core::{Error, ErrorKind};

/// What can go wrong with Vault. No message holds a secret, a token or a word that Vault said: a server that lies could
/// have put either into it.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// Settings that cannot be used.
    #[error("vault cannot be asked: {0}")]
    Settings(String),
    /// The certificates of the CA cannot be read.
    #[error("the CA certificates in {} cannot be used: {what}", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        what: String,
    },
    /// The HTTP client cannot be made.
    #[error("cannot set up HTTP and TLS; are the system's CA certificates installed (Debian: ca-certificates)?")]
    Client,
    /// The token of the service account cannot be read.
    #[error("the service-account token in {} cannot be read ({what}); is one mounted into the pod?", path.display())]
    Jwt {
        /// The file.
        path: PathBuf,
        /// Why not.
        what: String,
    },
    /// Vault is sealed, or was never initialized.
    #[error("vault is sealed; unseal it")]
    Sealed,
    /// A node answers that cannot, and does not know who can.
    #[error("this node of vault is a standby and leads to no active one; look at the cluster's leader")]
    Standby,
    /// The login is refused.
    #[error("vault does not let in {who}: {what}")]
    LoginRefused {
        /// Who wants to log in.
        who: String,
        /// What is wrong, and what to do.
        what: &'static str,
        /// Whether it is a matter of settings rather than of rights.
        misconfigured: bool,
    },
    /// A token that was given has ended.
    #[error("the token is not valid any more and cannot be replaced by a login; give another one")]
    TokenEnded,
    /// The login is let in and gets a token that ends at once.
    #[error("{who} gets a token with a lease of zero; set its token_ttl")]
    NoLease {
        /// Who logs in.
        who: String,
    },
    /// The secret may not be read.
    #[error("{who} may not read {path}; add a policy with read on {mount}/data/{below}")]
    Forbidden {
        /// Who reads.
        who: String,
        /// What is read.
        path: SecretPath,
        /// The mount of the KV engine.
        mount: String,
        /// The path below it.
        below: String,
    },
    /// There is no such secret, or no such field in it.
    #[error("there is no secret {path}: {what}")]
    NotFound {
        /// Which.
        path: SecretPath,
        /// What exactly is not there.
        what: &'static str,
    },
    /// The field holds something that is no text.
    #[error("{path} holds {what} and not a text; store it as a string")]
    NotText {
        /// Which.
        path: SecretPath,
        /// What it is.
        what: &'static str,
    },
    /// A path that URLs would make another one of.
    #[error("{:?} is no path of a secret; leave out empty segments, dots alone and control characters", path.path)]
    Path {
        /// Which.
        path: SecretPath,
    },
    /// Something answers, and it is not Vault's API.
    #[error("what answers is not vault's API: {what}; check the address, and what is between")]
    NotVault {
        /// What it answers.
        what: String,
    },
    /// `429`, `5xx` and the like, after the retries.
    #[error("vault is not able to answer: {status}")]
    Unavailable {
        /// The HTTP status.
        status: u16,
        /// After how long it may be asked again, where it said so.
        retry_after: Option<Duration>,
    },
    /// No connection, after the retries.
    #[error("vault cannot be reached: {what}")]
    Unreachable {
        /// What the operating system or TLS said.
        what: String,
    },
    /// The connection broke before the whole answer was there, after the retries.
    #[error("the connection to vault broke: {what}")]
    Broken {
        /// What the operating system or HTTP said.
        what: String,
    },
    /// No whole answer in time.
    #[error("no answer from vault within {after:?}")]
    TimedOut {
        /// How long was waited.
        after: Duration,
    },
    /// There is no runtime that could keep the token.
    #[error("vault is asked outside of a runtime")]
    NoRuntime,
}

impl VaultError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Settings(_)
            | Self::CaFile { .. }
            | Self::Jwt { .. }
            | Self::NoLease { .. }
            | Self::NotText { .. }
            | Self::Path { .. }
            | Self::LoginRefused { misconfigured: true, .. } => ErrorKind::InvalidInput,
            Self::LoginRefused { .. } | Self::TokenEnded | Self::Forbidden { .. } => ErrorKind::Permission,
            Self::NotFound { .. } => ErrorKind::NotFound,
            Self::Sealed
            | Self::Standby
            | Self::NotVault { .. }
            | Self::Unavailable { .. }
            | Self::Unreachable { .. }
            | Self::Broken { .. } => ErrorKind::Unavailable,
            Self::TimedOut { .. } => ErrorKind::Timeout,
            Self::Client | Self::NoRuntime => ErrorKind::Internal,
        }
    }

    /// Whether Vault is away, so that nobody knows what it would say.
    pub(crate) fn is_away(&self) -> bool {
        self.kind().is_transient()
    }

    /// Whether it may pass by itself within seconds. `is_repeatable` is whether what was asked may be done twice.
    pub(crate) const fn may_pass(&self, is_repeatable: bool) -> bool {
        match self {
            Self::Unavailable { .. } | Self::Unreachable { .. } => true,
            Self::Broken { .. } => is_repeatable,
            _ => false,
        }
    }

    pub(crate) fn not_vault(what: impl Into<String>) -> Self {
        Self::NotVault { what: what.into() }
    }
}

impl From<VaultError> for Error {
    fn from(error: VaultError) -> Self {
        let converted = Self::new(error.kind(), error.to_string());
        // A wrong address does not become right by itself.
        let is_lasting = matches!(error, VaultError::NotVault { .. });
        let retryable = converted.is_retryable() && !is_lasting;
        converted.with_retryable(retryable).with_source(error)
    }
}
