use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lamplighter_core::Clock;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Sqlite, SqlitePool, Transaction};

use crate::accept::Arrivals;
use crate::audit::Link;
use crate::{SqliteError, batch, file, lease};

/// How long a write waits for the writes of other processes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

const READERS: u32 = 4;

/// A journal, an audit log and an inbox in one file. Clones share the file and its connections.
///
/// # Cancellation
/// A call whose future is dropped has happened whole or not at all.
#[derive(Clone)]
pub struct SqliteStore {
    path: PathBuf,
    clock: Arc<dyn Clock>,
    // SQLite lets one write at a time: tasks of this process queue here, and only processes wait on the file.
    writer: SqlitePool,
    readers: SqlitePool,
    arrivals: Arc<Arrivals>,
    verified_to: Arc<Mutex<Link>>,
}

impl SqliteStore {
    /// Opens the file, makes it (and its folder) where it is not there, and brings its schema up to date.
    ///
    /// # Errors
    /// [`NotOurs`](SqliteError::NotOurs) for a file that another program made, which is left as it is;
    /// [`Newer`](SqliteError::Newer) for one of a later version; others when it cannot be read or written.
    pub async fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, SqliteError> {
        let path = std::path::absolute(path).map_err(|source| SqliteError::Open { path: path.to_owned(), source })?;
        // SQLite's migrations do not exclude each other; two processes may open a new file at the same time.
        let opening = lease::wait_to_open(&path).await?;
        file::prepare(&path).await?;
        let options = connection(&path);
        let prepared = pool(1).after_connect(|connection, _| Box::pin(batch::prepare(connection)));
        let writer =
            prepared.connect_with(options.clone()).await.map_err(|error| SqliteError::database(&path, error))?;
        file::migrate(&path, &writer).await?;
        drop(opening);
        let readers = pool(READERS).connect_lazy_with(options);
        Ok(Self { path, clock, writer, readers, arrivals: Arc::default(), verified_to: Arc::default() })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Closes the file. Dropping the store does too, but a little later and without telling when.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// The messages that wait to be written.
    pub(crate) fn arrivals(&self) -> &Arrivals {
        &self.arrivals
    }

    /// How far this process has verified the audit log.
    pub(crate) fn verified_to(&self) -> &Mutex<Link> {
        &self.verified_to
    }

    /// For a single statement, which is a transaction of its own.
    pub(crate) fn writer(&self) -> &SqlitePool {
        &self.writer
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// A transaction that has the right to write from its start, so that what it reads is what it writes upon.
    pub(crate) async fn write(&self) -> Result<Transaction<'static, Sqlite>, SqliteError> {
        self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(self.failed())
    }

    /// A transaction that sees one state of the file.
    pub(crate) async fn snapshot(&self) -> Result<Transaction<'static, Sqlite>, SqliteError> {
        self.readers.begin().await.map_err(self.failed())
    }

    pub(crate) async fn read(&self) -> Result<PoolConnection<Sqlite>, SqliteError> {
        self.readers.acquire().await.map_err(self.failed())
    }

    pub(crate) fn failed(&self) -> impl Fn(sqlx::Error) -> SqliteError {
        |error| SqliteError::database(&self.path, error)
    }
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore").field("path", &self.path).finish_non_exhaustive()
    }
}

fn connection(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // Without it, macOS answers before its disk has.
        .pragma("fullfsync", "ON")
        .pragma("temp_store", "MEMORY")
        .busy_timeout(BUSY_TIMEOUT)
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(2 * BUSY_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        // A full disk makes SQLite roll back by itself; sqlx then counts a transaction that is no more.
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
}

#[cfg(test)]
mod tests {
    use lamplighter_testkit::fakes::FakeClock;

    use super::*;

    #[tokio::test]
    async fn a_commit_waits_for_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("lamplighter.db"), Arc::new(FakeClock::new())).await.unwrap();
        let ask = |pragma| sqlx::query_scalar::<_, i64>(pragma).fetch_one(&store.writer);
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&store.writer).await.unwrap();
        assert_eq!(mode, "wal");
        // 2 is FULL: https://www.sqlite.org/pragma.html#pragma_synchronous
        assert_eq!(ask("PRAGMA synchronous").await.unwrap(), 2);
        assert_eq!(ask("PRAGMA fullfsync").await.unwrap(), 1);
    }
}
