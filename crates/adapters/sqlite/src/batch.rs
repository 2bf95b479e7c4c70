//! Writing messages that have come with one commit, and with one wait for the thread of the connection: a batch is one text
//! of several statements.

use std::collections::HashSet;
use std::sync::LazyLock;

use lamplighter_core::ports::{Message, Receipt};
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection};

use crate::inbox::{NO_ISSUE, decode, number};
use crate::{SqliteError, SqliteStore};

/// The most messages of one commit: what a disk takes in one go without keeping the first of them waiting for long.
pub(crate) const BATCH: usize = 128;

/// The texts, each with the number of messages that it has room for. There are few of them, as each is prepared once.
static TEXTS: LazyLock<[(usize, String); 3]> = LazyLock::new(|| {
    [1, 16, BATCH].map(|room| {
        let rows = vec!["(?,?,?,?,?,?,?,?,?)"; room].join(",");
        (room, [include_str!("batch_begin.sql"), &rows, include_str!("batch_end.sql")].concat())
    })
});

/// Prepares a connection that is to write batches.
pub(crate) async fn prepare(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    sqlx::query(include_str!("batch_table.sql")).execute(connection).await.map(drop)
}

impl SqliteStore {
    /// Writes at most [`BATCH`] messages, all or none of them, and says of each whether it was new.
    pub(crate) async fn write_batch(&self, messages: &[Message]) -> Result<Vec<Receipt>, SqliteError> {
        let mut seen = HashSet::with_capacity(messages.len());
        // The first of one id in a batch is the one that counts.
        let is_first: Vec<bool> = messages.iter().map(|message| seen.insert(message.id.as_str())).collect();
        let first = messages.iter().zip(&is_first).filter(|(_, is_first)| **is_first).map(|(message, _)| message);
        let known = self.write_first(seen.len(), first).await?;
        let receipts = messages.iter().zip(is_first).map(|(message, is_first)| {
            if is_first && !known.contains(&message.id) { Receipt::Accepted } else { Receipt::Repeated }
        });
        Ok(receipts.collect())
    }

    /// Writes so many messages of different ids. The ids of those that were known.
    async fn write_first<'a>(
        &self,
        count: usize,
        messages: impl Iterator<Item = &'a Message>,
    ) -> Result<HashSet<String>, SqliteError> {
        let text = TEXTS.iter().find(|(room, _)| *room >= count).map_or("", |(_, text)| text);
        let mut query = sqlx::query_scalar(AssertSqlSafe(text));
        for message in messages {
            let (words, job) = (message.words.as_ref(), message.job.as_ref());
            query = query
                .bind(message.id.as_str())
                .bind(message.at.as_microsecond())
                .bind(words.map(|words| number(words.issue)))
                .bind(words.map(|words| words.at.as_microsecond()))
                .bind(words.map(|words| encode("the words of an issue", words)).transpose()?)
                .bind(job.map(|(id, _)| id.as_str()))
                .bind(job.map(|(_, work)| work.issue().map_or(NO_ISSUE, number)))
                .bind(job.map(|(_, work)| encode("a job", work)).transpose()?)
                .bind(message.wake.map(number));
        }
        let mut write = Write { connection: self.writer().acquire().await.map_err(self.failed())?, is_over: false };
        // What is not bound is NULL.
        let known: Vec<String> = query.fetch_all(&mut *write.connection).await.map_err(self.failed())?;
        write.is_over = true;
        known.first().map_or_else(|| Ok(HashSet::new()), |known| decode(|| "the ids of messages".to_owned(), known))
    }
}

/// A connection in a transaction that sqlx knows nothing of. It is not given back before that is over, but closed, which
/// undoes what was not committed.
struct Write {
    connection: PoolConnection<Sqlite>,
    is_over: bool,
}

impl Drop for Write {
    fn drop(&mut self) {
        if !self.is_over {
            self.connection.close_on_drop();
        }
    }
}

fn encode<T: serde::Serialize>(what: &str, value: &T) -> Result<String, SqliteError> {
    serde_json::to_string(value).map_err(|source| SqliteError::Unwritable { what: what.to_owned(), source })
}
