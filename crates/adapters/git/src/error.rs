use std::path::PathBuf;
use std::time::Duration;

use lamplighter_core::ports::SitePathError;
use lamplighter_core::{Error, ErrorKind};

/// What can go wrong with git.
///
/// What git and the remote printed is in a message for the operator only, without the remote's address: that may hold a
/// password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GitError {
    /// An option cannot be used.
    #[error("{0}")]
    Options(String),
    /// The files or the message of a commit cannot be used.
    #[error("{0}")]
    Commit(String),
    /// A path of a site that cannot be used.
    #[error("{path:?} cannot be published: {what}")]
    Path {
        /// The path.
        path: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A file of somebody else is where one of the site has to be.
    #[error("{path:?} on branch `{branch}` was not published by us: move it away, or name a branch of our own")]
    NotOurs {
        /// The path.
        path: String,
        /// The branch.
        branch: String,
    },
    /// The list of what was published cannot be read.
    #[error("{path:?} on branch `{branch}` is not a list of ours: put back what was there, or name another branch")]
    Manifest {
        /// The path.
        path: &'static str,
        /// The branch.
        branch: String,
    },
    /// Somebody else pushed each time.
    #[error("branch `{0}` has moved each time that something was to be published")]
    KeepsMoving(String),
    /// git could not be started.
    #[error("cannot start git: install it or name the binary in the options")]
    Start(#[source] std::io::Error),
    /// It took too long and was killed.
    #[error("`git {command}` did not end within {} s", after.as_secs())]
    Timeout {
        /// The subcommand.
        command: &'static str,
        /// The time that it was given.
        after: Duration,
    },
    /// The remote branch does not exist.
    #[error("branch `{0}` does not exist on the remote: push a first commit to it, or name another branch")]
    NoBranch(String),
    /// The remote does not know us or does not let us.
    #[error("the remote refuses: {0}")]
    Permission(String),
    /// A command failed, and the remote is the likely cause.
    #[error("`git {command}` failed: {reason}")]
    Failed {
        /// The subcommand.
        command: &'static str,
        /// What git said, without addresses.
        reason: String,
    },
    /// git printed something unexpected.
    #[error("`git {0}` printed something that cannot be read")]
    Output(&'static str),
    /// A file could not be read or written.
    #[error("cannot use {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

impl From<SitePathError> for GitError {
    fn from(SitePathError { path, what }: SitePathError) -> Self {
        Self::Path { path, what }
    }
}

impl From<GitError> for Error {
    fn from(error: GitError) -> Self {
        let (kind, public) = match &error {
            GitError::Options(_) => (ErrorKind::InvalidInput, None),
            GitError::NotOurs { .. } => (ErrorKind::Conflict, Some(error.to_string())),
            GitError::Manifest { .. } => (ErrorKind::Corrupt, Some(error.to_string())),
            GitError::KeepsMoving(_) => (ErrorKind::Unavailable, Some(error.to_string())),
            GitError::Commit(_) | GitError::Path { .. } => (ErrorKind::InvalidInput, Some(error.to_string())),
            GitError::NoBranch(_) => (ErrorKind::NotFound, Some(error.to_string())),
            GitError::Timeout { .. } => (ErrorKind::Timeout, Some(error.to_string())),
            GitError::Permission(_) => (ErrorKind::Permission, Some("the remote repository refuses".to_owned())),
            GitError::Failed { command, .. } => (ErrorKind::Unavailable, Some(format!("`git {command}` failed"))),
            GitError::Start(_) | GitError::File { .. } => (ErrorKind::Unavailable, None),
            GitError::Output(_) => (ErrorKind::Corrupt, None),
        };
        let converted = Error::new(kind, error.to_string()).with_source(error);
        match public {
            Some(public) => converted.with_public(public),
            None => converted,
        }
    }
}
