//! The embedded memory of Lamplighter: the [`Journal`](lamplighter_core::ports::Journal), the
//! [`AuditLog`](lamplighter_core::ports::AuditLog), the [`Inbox`](lamplighter_core::ports::Inbox) and the
//! [`UptimeHistory`](lamplighter_core::ports::UptimeHistory) in one SQLite file. Nothing to install.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter_core::ports::Journal;
//! use lamplighter_core::{Result, RunKey};
//! use lamplighter_sqlite::SqliteStore;
//! use lamplighter_testkit::fakes::FakeClock;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<()> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let path = folder.path().join("lamplighter.db");
//! let store = SqliteStore::open(&path, Arc::new(FakeClock::default())).await?;
//! let run = RunKey::new("issue/42");
//! let _lease = store.lease(&run).await?;
//! assert_eq!(store.record(&run, "greet", "hello".into()).await?, "hello");
//! assert_eq!(store.record(&run, "greet", "again".into()).await?, "hello");
//! # Ok(())
//! # }
//! ```
//!
//! # On disk
//! - `lamplighter.db`: the data, in [write-ahead mode](https://www.sqlite.org/wal.html) with `synchronous=FULL`, so
//!   that a commit is on the disk before it is answered. `-wal` and `-shm` beside it belong to it: copy all three, or
//!   copy with `sqlite3 lamplighter.db '.backup copy.db'`.
//! - `lamplighter.db.locks/`: one small file per run, named by the SHA-256 of its key. A lease is an exclusive
//!   [`File::try_lock`](std::fs::File::try_lock) on it: the operating system gives it back the moment its holder
//!   dies, however it dies. The files stay; removing one while a process runs could let two in.
//!
//! Any number of processes of one machine may use a file at once. Not over a network file system: neither
//! write-ahead mode nor file locks can be trusted there.
//!
//! # What the audit log's chain shows
//! Rows cannot be updated, deleted or replaced through SQL, and each carries a SHA-256 over the one before, so that
//! damage and careless edits are found and named on reading. Whoever may write the file and means it can remake the
//! whole chain: keep the last hash somewhere else where that matters.
//!
//! # Many messages at once
//! Messages that come while others are written to the disk are written together with one commit, so that a burst costs a
//! few waits for the disk and not one for each. The ids of messages and the jobs that are over are kept for thirty days,
//! and forgotten at the next start of a service after that.
//!
//! # What is deliberately not here
//! No reading of old formats by hand (migrations do that), no clean-up of old runs, no server: when one machine
//! is not enough, that is another engine behind the same port.

mod accept;
mod audit;
mod batch;
mod error;
mod file;
mod inbox;
mod journal;
mod lease;
mod store;
mod uptime;

pub use error::SqliteError;
pub use store::SqliteStore;
