use std::io;
use std::path::PathBuf;

use lamplighter_core::{Error, ErrorKind};

/// What can go wrong with a snapshot. Files are named relative to its folder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The folder is not a dump.
    #[error(
        "{} is no dump folder: it holds neither nodes.json nor a NAMESPACE/pods.json; make one with \
         `kubectl cluster-info dump --all-namespaces -o json --output-directory=DIR`", .0.display()
    )]
    NotADump(PathBuf),
    /// The folder cannot be read.
    #[error("{} cannot be read: {source}", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file is there and cannot be read.
    #[error("{file} of the snapshot cannot be read: {source}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why not.
        source: io::Error,
    },
    /// A file, or what was looked for in it, has not been recorded.
    #[error("the snapshot has no {what}")]
    Absent {
        /// What is not there.
        what: String,
    },
    /// A file is a link to something outside of the folder, or no file.
    #[error("{file} of the snapshot is not read: it is {why}")]
    Refused {
        /// The file.
        file: String,
        /// What it is instead.
        why: &'static str,
    },
    /// A file is not the JSON that it should be. The source names line and column.
    #[error("{file} of the snapshot does not parse: {source}")]
    Malformed {
        /// The file.
        file: String,
        /// What is wrong, and where.
        source: serde_json::Error,
    },
    /// A file is JSON and holds something else than its name says.
    #[error("{file} of the snapshot should hold a list of kind {expected}, and holds {found}")]
    Mismatch {
        /// The file.
        file: String,
        /// The kind that belongs there.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// The dump holds the answer of a server that refused.
    #[error("{file} of the snapshot holds the server's refusal: {message}")]
    RefusedByServer {
        /// The file.
        file: String,
        /// What the server said.
        message: String,
    },
    /// The folder that is to be recorded into is there and holds something.
    #[error("{} is not empty; a snapshot is recorded into a new folder", .0.display())]
    Occupied(PathBuf),
    /// A file of a recording cannot be written.
    #[error("{file} of the snapshot cannot be written: {source}")]
    Unwritable {
        /// The file.
        file: String,
        /// Why not.
        source: io::Error,
    },
    /// A name from the cluster that can be no name of a file.
    #[error("{0:?} is recorded nowhere: it is no name of a Kubernetes object or systemd unit")]
    Name(String),
    /// A metrics query that a recording cannot answer.
    #[error("{0}")]
    Query(String),
}

impl SnapshotError {
    pub(crate) fn absent(what: impl Into<String>) -> Self {
        Self::Absent { what: what.into() }
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotADump(_) | Self::Refused { .. } | Self::Query(_) | Self::Occupied(_) | Self::Name(_) => {
                ErrorKind::InvalidInput
            }
            Self::Absent { .. } => ErrorKind::NotFound,
            Self::Malformed { .. } | Self::Mismatch { .. } => ErrorKind::Corrupt,
            Self::RefusedByServer { .. } => ErrorKind::Permission,
            Self::Folder { source, .. } | Self::Unreadable { source, .. } | Self::Unwritable { source, .. } => {
                match source.kind() {
                    io::ErrorKind::NotFound => ErrorKind::NotFound,
                    io::ErrorKind::PermissionDenied => ErrorKind::Permission,
                    _ => ErrorKind::Unavailable,
                }
            }
        }
    }
}

impl From<SnapshotError> for Error {
    fn from(error: SnapshotError) -> Self {
        Self::new(error.kind(), error.to_string()).with_source(error)
    }
}
