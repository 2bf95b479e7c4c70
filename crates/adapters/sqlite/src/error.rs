use std::path::{Path, PathBuf};

use lamplighter_core::{Error, ErrorKind};

/// What can go wrong with the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SqliteError {
    /// The file, its folder or a lock file cannot be opened or made.
    #[error("cannot open {}; check that the folder exists and that this user may write to it", path.display())]
    Open {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is some other program's file.
    #[error("{} is not a Lamplighter database; name another file", path.display())]
    NotOurs {
        /// Which.
        path: PathBuf,
    },
    /// A newer Lamplighter has written it.
    #[error(
        "{} has schema version {found} and this program knows up to {known}; use a newer Lamplighter", path.display()
    )]
    Newer {
        /// Which.
        path: PathBuf,
        /// The newest migration in the file.
        found: i64,
        /// The newest migration in this program.
        known: i64,
    },
    /// No space is left for it.
    #[error("no space left to write {}; free some, nothing was recorded", path.display())]
    Full {
        /// Which.
        path: PathBuf,
    },
    /// It may only be read.
    #[error("{} cannot be written; make the file and its folder writable for this user", path.display())]
    ReadOnly {
        /// Which.
        path: PathBuf,
    },
    /// Another process kept it locked for too long.
    #[error("{} is locked by another process; end whatever keeps a transaction open on it", path.display())]
    Busy {
        /// Which.
        path: PathBuf,
    },
    /// SQLite says that it is damaged.
    #[error("{} is damaged; restore it from a copy, or see what `sqlite3 FILE .recover` finds", path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What SQLite says.
        source: sqlx::Error,
    },
    /// Any other failure of SQLite.
    #[error("cannot use {}", path.display())]
    Database {
        /// Which.
        path: PathBuf,
        /// What SQLite says.
        source: sqlx::Error,
    },
    /// The schema could not be brought up to date.
    #[error("cannot bring the schema of {} up to date", path.display())]
    Migrate {
        /// Which.
        path: PathBuf,
        /// Why.
        source: sqlx::migrate::MigrateError,
    },
    /// Somebody else works on the run.
    #[error("run {run} is being worked on by {holder}")]
    Leased {
        /// Which run.
        run: String,
        /// By whom, as far as is known.
        holder: String,
    },
    /// The audit log is not what was appended.
    #[error("the audit log was altered: row {row} {what}")]
    AuditAltered {
        /// The first bad row.
        row: i64,
        /// What is wrong with it.
        what: &'static str,
    },
    /// There is no job of this id.
    #[error("there is no job {id}")]
    NoSuchJob {
        /// The id.
        id: String,
    },
    /// The process ends, and a message was not written before that.
    #[error("the process is ending; nothing was recorded")]
    Interrupted,
    /// A stored value cannot be read.
    #[error("{what} cannot be read back; was it written by a newer Lamplighter?")]
    Unreadable {
        /// Which.
        what: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A value cannot be written as JSON.
    #[error("{what} cannot be written as JSON")]
    Unwritable {
        /// Which.
        what: String,
        /// Why.
        source: serde_json::Error,
    },
}

impl SqliteError {
    /// An error of SQLite on this file, told apart by its
    /// [primary result code](https://www.sqlite.org/rescode.html), the low byte of the extended one.
    pub(crate) fn database(path: &Path, source: sqlx::Error) -> Self {
        let path = path.to_owned();
        let code = source.as_database_error().and_then(|error| error.code()?.parse::<i32>().ok());
        match code.map(|code| code & 0xff) {
            Some(5 | 6) => Self::Busy { path },
            Some(8) => Self::ReadOnly { path },
            Some(11) => Self::Damaged { path, source },
            Some(13) => Self::Full { path },
            Some(26) => Self::NotOurs { path },
            _ => Self::Database { path, source },
        }
    }

    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Self::Open { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => ErrorKind::Permission,
            Self::Open { .. }
            | Self::Full { .. }
            | Self::Busy { .. }
            | Self::Database { .. }
            | Self::Migrate { .. }
            | Self::Interrupted => ErrorKind::Unavailable,
            Self::NotOurs { .. } | Self::Newer { .. } => ErrorKind::InvalidInput,
            Self::ReadOnly { .. } => ErrorKind::Permission,
            Self::Leased { .. } => ErrorKind::Conflict,
            Self::NoSuchJob { .. } => ErrorKind::NotFound,
            Self::Damaged { .. } | Self::AuditAltered { .. } | Self::Unreadable { .. } => ErrorKind::Corrupt,
            Self::Unwritable { .. } => ErrorKind::Internal,
        }
    }
}

impl From<SqliteError> for Error {
    fn from(error: SqliteError) -> Self {
        let message = error.to_string();
        Self::new(error.kind(), message).with_source(error)
    }
}
