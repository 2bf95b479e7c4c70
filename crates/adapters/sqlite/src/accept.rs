//! Taking messages in: all that come while one batch is written to the disk are the next batch, and share its commit.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use lamplighter_core::ports::{Message, Receipt, Work};
use serde_json::{Value, json};
use sqlx::{Sqlite, Transaction};
use tokio::sync::oneshot;

use crate::{SqliteError, SqliteStore};

/// The most messages of one commit: what a disk takes in one go without keeping the first of them waiting for long.
const BATCH: usize = 512;

/// Messages that wait for the next commit.
#[derive(Default)]
pub(crate) struct Arrivals(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    waiting: Vec<Arrival>,
    is_written: bool,
}

struct Arrival {
    message: Message,
    receipt: oneshot::Sender<Result<Receipt, Arc<SqliteError>>>,
}

impl SqliteStore {
    /// Takes a message in. It is written by a task of its own, so that a caller who goes away takes nobody else's message
    /// with him.
    pub(crate) async fn take_in(&self, message: Message) -> Result<Receipt, Arc<SqliteError>> {
        let (receipt, answer) = oneshot::channel();
        if self.arrivals().push(Arrival { message, receipt }) {
            tokio::spawn(self.clone().write_arrivals());
        }
        answer.await.unwrap_or_else(|_closed| Err(Arc::new(SqliteError::Interrupted)))
    }

    async fn write_arrivals(self) {
        // Whoever is ready to send now is part of the first batch.
        tokio::task::yield_now().await;
        while let Some(batch) = self.arrivals().next_batch() {
            let (messages, receipts): (Vec<_>, Vec<_>) =
                batch.into_iter().map(|arrival| (arrival.message, arrival.receipt)).unzip();
            let outcome = self.write_batch(messages).await.map_err(Arc::new);
            for (index, receipt) in receipts.into_iter().enumerate() {
                let answer = outcome.as_ref().map_err(Arc::clone);
                let answer = answer.map(|all| all.get(index).copied().unwrap_or(Receipt::Repeated));
                // Nobody waits for it any more, and it was taken in all the same.
                let _ = receipt.send(answer);
            }
        }
    }

    async fn write_batch(&self, messages: Vec<Message>) -> Result<Vec<Receipt>, SqliteError> {
        let mut write = self.write().await?;
        let mut new = self.new_ones(&mut write, &messages).await?;
        let receipts = messages.iter().map(|message| {
            // The first of one id in a batch is the one that counts.
            if new.remove(&message.id) { Receipt::Accepted } else { Receipt::Repeated }
        });
        let receipts: Vec<_> = receipts.collect();
        let accepted: Vec<&Message> = messages
            .iter()
            .zip(&receipts)
            .filter(|(_, receipt)| **receipt == Receipt::Accepted)
            .map(|(message, _)| message)
            .collect();
        self.write_words(&mut write, &accepted).await?;
        self.write_jobs(&mut write, &accepted).await?;
        self.wake(&mut write, &accepted).await?;
        write.commit().await.map_err(self.failed())?;
        Ok(receipts)
    }

    /// Notes the ids, and says which were not known before.
    async fn new_ones(
        &self,
        write: &mut Transaction<'static, Sqlite>,
        messages: &[Message],
    ) -> Result<HashSet<String>, SqliteError> {
        let rows = messages.iter().map(|message| json!([message.id, message.at.as_microsecond()]));
        let new: Vec<String> = sqlx::query_scalar(
            "INSERT INTO messages (id, at) SELECT value ->> 0, value ->> 1 FROM json_each(?1) WHERE true \
             ON CONFLICT DO NOTHING RETURNING id",
        )
        .bind(rows.collect::<Value>().to_string())
        .fetch_all(&mut **write)
        .await
        .map_err(self.failed())?;
        Ok(new.into_iter().collect())
    }

    async fn write_words(
        &self,
        write: &mut Transaction<'static, Sqlite>,
        messages: &[&Message],
    ) -> Result<(), SqliteError> {
        let mut rows = Vec::new();
        for words in messages.iter().filter_map(|message| message.words.as_ref()) {
            let text = encode("the words of an issue", words)?;
            rows.push(json!([words.issue, words.at.as_microsecond(), text]));
        }
        let sql = "INSERT INTO words (issue, at, words) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1) \
                   WHERE true ON CONFLICT (issue) DO UPDATE SET at = excluded.at, words = excluded.words \
                   WHERE excluded.at >= words.at";
        self.write_rows(write, sql, rows).await
    }

    async fn write_jobs(
        &self,
        write: &mut Transaction<'static, Sqlite>,
        messages: &[&Message],
    ) -> Result<(), SqliteError> {
        let mut rows = Vec::new();
        for message in messages {
            let Some((id, work)) = &message.job else { continue };
            rows.push(json!([id, work.issue(), encode::<Work>("a job", work)?, message.at.as_microsecond()]));
        }
        let sql = "INSERT INTO jobs (id, issue, work, state, due, created_at, changed_at) \
                   SELECT value ->> 0, value ->> 1, value ->> 2, 'queued', value ->> 3, value ->> 3, value ->> 3 \
                   FROM json_each(?1) WHERE true ON CONFLICT (id) DO NOTHING";
        self.write_rows(write, sql, rows).await
    }

    async fn wake(&self, write: &mut Transaction<'static, Sqlite>, messages: &[&Message]) -> Result<(), SqliteError> {
        let rows: Vec<Value> =
            messages.iter().filter_map(|message| Some(json!([message.wake?, message.at.as_microsecond()]))).collect();
        let woken = "UPDATE jobs SET state = 'queued', due = woken.at, changed_at = woken.at \
                     FROM (SELECT value ->> 0 AS issue, value ->> 1 AS at FROM json_each(?1)) AS woken \
                     WHERE jobs.issue = woken.issue AND jobs.state = 'waiting'";
        self.write_rows(write, woken, rows.clone()).await?;
        let running = "UPDATE jobs SET woken = 1 WHERE state = 'running' \
                       AND issue IN (SELECT value ->> 0 FROM json_each(?1))";
        self.write_rows(write, running, rows).await
    }

    async fn write_rows(
        &self,
        write: &mut Transaction<'static, Sqlite>,
        sql: &'static str,
        rows: Vec<Value>,
    ) -> Result<(), SqliteError> {
        if rows.is_empty() {
            return Ok(());
        }
        let rows = Value::Array(rows).to_string();
        sqlx::query(sql).bind(rows).execute(&mut **write).await.map(drop).map_err(self.failed())
    }
}

impl Arrivals {
    /// Adds one, and says whether somebody has to be sent to write.
    fn push(&self, arrival: Arrival) -> bool {
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        queue.waiting.push(arrival);
        !std::mem::replace(&mut queue.is_written, true)
    }

    /// The next batch; without one, nobody writes any more.
    fn next_batch(&self) -> Option<Vec<Arrival>> {
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let size = queue.waiting.len().min(BATCH);
        queue.is_written = size > 0;
        (size > 0).then(|| queue.waiting.drain(..size).collect())
    }
}

fn encode<T: serde::Serialize>(what: &str, value: &T) -> Result<String, SqliteError> {
    serde_json::to_string(value).map_err(|source| SqliteError::Unwritable { what: what.to_owned(), source })
}
