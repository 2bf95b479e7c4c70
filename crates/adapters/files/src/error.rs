use std::path::{Path, PathBuf};

use lamplighter_core::ports::{SecretPath, SitePathError};
use lamplighter_core::words::IssueNumber;
use lamplighter_core::{Error, ErrorKind};

/// What can go wrong with the files.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FilesError {
    /// A file or folder cannot be read or written.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// There is no issue of this number.
    #[error("there is no issue {number} in {}", folder.display())]
    NoIssue {
        /// Which.
        number: IssueNumber,
        /// Where.
        folder: PathBuf,
    },
    /// Two files claim one number.
    #[error("{} and {} are both issue {number}; rename one of them", first.display(), second.display())]
    Ambiguous {
        /// Which number.
        number: IssueNumber,
        /// One of them.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// An issue file cannot be understood.
    #[error("{}: {what}", path.display())]
    Malformed {
        /// Which.
        path: PathBuf,
        /// What is wrong, and what to write instead.
        what: String,
    },
    /// Somebody keeps changing the file under our hands.
    #[error("{} is being edited; save it and try again", path.display())]
    Edited {
        /// Which.
        path: PathBuf,
    },
    /// A key that a marker cannot hold.
    #[error("the key {key:?} cannot be a marker; leave out line ends and -->")]
    Key {
        /// Which.
        key: String,
    },
    /// Not a webhook payload that makes an issue.
    #[error("not a payload of GitHub's issues or issue_comment webhooks: {what}")]
    Payload {
        /// What is wrong with it.
        what: String,
    },
    /// An issue from elsewhere has a number that is taken here.
    #[error("issue {number} in the folder is not {url}; import each repository into a folder of its own")]
    Taken {
        /// Which number.
        number: IssueNumber,
        /// What was to be imported.
        url: String,
    },
    /// A path that is not one of a file within the site.
    #[error("{path:?} is not a path within the site: {what}")]
    Path {
        /// Which.
        path: String,
        /// Why not.
        what: &'static str,
    },
    /// A file is where the folder of the site is to be.
    #[error("{} is a file; name a folder", path.display())]
    NotAFolder {
        /// Which.
        path: PathBuf,
    },
    /// A file of somebody else is where one of ours is to be.
    #[error("{} was not published by us; move it away or publish elsewhere", path.display())]
    NotOurs {
        /// Which.
        path: PathBuf,
    },
    /// The list of what we published does not read back.
    #[error("{} cannot be read; remove it together with the published files", path.display())]
    Manifest {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: serde_json::Error,
    },
    /// There is no such secret.
    #[error("there is no secret {path}: {what}")]
    NoSecret {
        /// Which.
        path: SecretPath,
        /// What exactly is not there.
        what: &'static str,
    },
    /// A secret is there and is none that can be used.
    #[error("the secret {path} cannot be used: it is {what}")]
    UnusableSecret {
        /// Which.
        path: SecretPath,
        /// What it is.
        what: &'static str,
    },
    /// The work was interrupted by the end of the program.
    #[error("interrupted before it was done")]
    Interrupted,
}

impl FilesError {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::Io { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => ErrorKind::Permission,
            Self::Io { .. } => ErrorKind::Unavailable,
            Self::NoIssue { .. } | Self::NoSecret { .. } => ErrorKind::NotFound,
            Self::Ambiguous { .. }
            | Self::Malformed { .. }
            | Self::Key { .. }
            | Self::Payload { .. }
            | Self::Path { .. }
            | Self::NotAFolder { .. }
            | Self::UnusableSecret { .. } => ErrorKind::InvalidInput,
            Self::Edited { .. } | Self::Taken { .. } | Self::NotOurs { .. } => ErrorKind::Conflict,
            Self::Manifest { .. } => ErrorKind::Corrupt,
            Self::Interrupted => ErrorKind::Cancelled,
        }
    }
}

impl From<SitePathError> for FilesError {
    fn from(SitePathError { path, what }: SitePathError) -> Self {
        Self::Path { path, what }
    }
}

impl From<FilesError> for Error {
    fn from(error: FilesError) -> Self {
        let is_retryable = matches!(error, FilesError::Edited { .. }) || error.kind().is_transient();
        let message = error.to_string();
        Self::new(error.kind(), message).with_retryable(is_retryable).with_source(error)
    }
}
