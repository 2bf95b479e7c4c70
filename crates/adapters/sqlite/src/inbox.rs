use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lamplighter_core::ports::{Inbox, Job, JobCounts, JobId, JobState, Message, Receipt, Words, WorkKind};
use lamplighter_core::words::IssueNumber;
use lamplighter_core::{Error, Result};

use crate::{SqliteError, SqliteStore};

/// How long the ids of messages are kept, and jobs that are over. GitHub offers to deliver again what is at most three days
/// old.
const KEPT: Duration = Duration::from_hours(24 * 30);

/// What stands for the issue of a job that is about none. It is the number of no issue.
pub(crate) const NO_ISSUE: i64 = 0;

/// Takes the next job. The `+` keeps SQLite from its index of what is due, by which it would sort all that is due to find
/// the first of them.
const TAKE: &str = "UPDATE jobs SET state = 'running', due = NULL, woken = 0, attempts = attempts + 1, changed_at = ?1 \
    WHERE seq = (SELECT seq FROM jobs AS open WHERE kind = ?2 AND due IS NOT NULL AND +due <= ?1 AND NOT EXISTS \
    (SELECT 1 FROM jobs AS busy WHERE busy.state = 'running' AND busy.issue = open.issue AND busy.kind = ?2) \
    ORDER BY seq LIMIT 1) \
    RETURNING id, work, state, due, end, attempts, created_at, changed_at";

/// Counts what is not over. That is asked every few seconds, of a table that is mostly over.
const COUNT: &str = "SELECT state, count(*) FROM jobs WHERE due IS NOT NULL GROUP BY state \
    UNION ALL SELECT state, count(*) FROM jobs WHERE state = 'running' GROUP BY state";

#[async_trait]
impl Inbox for SqliteStore {
    async fn accept(&self, message: Message) -> Result<Receipt> {
        // The error is everybody's whose message was in the batch.
        self.take_in(message).await.map_err(|error| Error::new(error.kind(), error.to_string()).with_source(error))
    }

    async fn words(&self, issue: IssueNumber) -> Result<Option<Words>> {
        Ok(self.find_words(issue).await?)
    }

    async fn job(&self, id: &JobId) -> Result<Option<Job>> {
        Ok(self.find_job(id).await?)
    }

    async fn take(&self, kind: WorkKind) -> Result<Option<Job>> {
        Ok(self.take_job(kind).await?)
    }

    async fn next_due(&self) -> Result<Option<Timestamp>> {
        Ok(self.find_due().await?)
    }

    async fn settle(&self, id: &JobId, state: JobState) -> Result<()> {
        Ok(self.settle_job(id, &state).await?)
    }

    async fn recover(&self) -> Result<u64> {
        Ok(self.recover_jobs().await?)
    }

    async fn counts(&self) -> Result<JobCounts> {
        Ok(self.count_jobs().await?)
    }
}

/// A row of the table of jobs, as it is selected.
type Row = (String, String, String, Option<i64>, Option<String>, i64, i64, i64);

impl SqliteStore {
    async fn find_words(&self, issue: IssueNumber) -> Result<Option<Words>, SqliteError> {
        let text: Option<String> = sqlx::query_scalar("SELECT words FROM words WHERE issue = ?1")
            .bind(number(issue))
            .fetch_optional(&mut *self.read().await?)
            .await
            .map_err(self.failed())?;
        text.map(|text| decode(|| format!("the words of issue {issue}"), &text)).transpose()
    }

    async fn find_job(&self, id: &JobId) -> Result<Option<Job>, SqliteError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT id, work, state, due, end, attempts, created_at, changed_at FROM jobs WHERE id = ?1",
        )
        .bind(id.as_str())
        .fetch_optional(&mut *self.read().await?)
        .await
        .map_err(self.failed())?;
        row.map(job).transpose()
    }

    async fn take_job(&self, kind: WorkKind) -> Result<Option<Job>, SqliteError> {
        let row: Option<Row> = sqlx::query_as(TAKE)
            .bind(self.clock().now().as_microsecond())
            .bind(kind.as_str())
            .fetch_optional(self.writer())
            .await
            .map_err(self.failed())?;
        row.map(job).transpose()
    }

    async fn find_due(&self) -> Result<Option<Timestamp>, SqliteError> {
        let due: Option<i64> = sqlx::query_scalar("SELECT min(due) FROM jobs WHERE due IS NOT NULL")
            .fetch_one(&mut *self.read().await?)
            .await
            .map_err(self.failed())?;
        due.map(timestamp).transpose()
    }

    async fn settle_job(&self, id: &JobId, state: &JobState) -> Result<(), SqliteError> {
        let now = self.clock().now().as_microsecond();
        let (name, due) = match state {
            JobState::Queued { due } => ("queued", Some(due.as_microsecond())),
            JobState::Running => ("running", None),
            JobState::Waiting { until } => ("waiting", Some(until.as_microsecond())),
            JobState::Completed { .. } | JobState::Failed { .. } | JobState::TimedOut { .. } => ("over", None),
        };
        let end = if state.is_over() {
            let written = serde_json::to_string(state);
            Some(written.map_err(|source| SqliteError::Unwritable { what: format!("the end of job {id}"), source })?)
        } else {
            None
        };
        let changed = sqlx::query(
            "UPDATE jobs SET state = iif(?2 = 'waiting' AND woken, 'queued', ?2), \
             due = iif(?2 = 'waiting' AND woken, ?5, ?3), end = ?4, woken = 0, changed_at = ?5 WHERE id = ?1",
        )
        .bind(id.as_str())
        .bind(name)
        .bind(due)
        .bind(end)
        .bind(now)
        .execute(self.writer())
        .await
        .map_err(self.failed())?;
        if changed.rows_affected() == 0 {
            return Err(SqliteError::NoSuchJob { id: id.to_string() });
        }
        Ok(())
    }

    /// Also forgets the messages that nobody repeats any more, and the jobs that nobody asks after any more. What a job
    /// has done is known to the journal: asked for again, it is not done again.
    async fn recover_jobs(&self) -> Result<u64, SqliteError> {
        let now = self.clock().now();
        let old = now.checked_sub(KEPT).unwrap_or(Timestamp::MIN);
        for forget in
            ["DELETE FROM messages WHERE at < ?1", "DELETE FROM jobs WHERE state = 'over' AND changed_at < ?1"]
        {
            sqlx::query(forget).bind(old.as_microsecond()).execute(self.writer()).await.map_err(self.failed())?;
        }
        let recovered =
            sqlx::query("UPDATE jobs SET state = 'queued', due = ?1, changed_at = ?1 WHERE state = 'running'")
                .bind(now.as_microsecond())
                .execute(self.writer())
                .await
                .map_err(self.failed())?;
        Ok(recovered.rows_affected())
    }

    async fn count_jobs(&self) -> Result<JobCounts, SqliteError> {
        let rows: Vec<(String, i64)> =
            sqlx::query_as(COUNT).fetch_all(&mut *self.read().await?).await.map_err(self.failed())?;
        let mut counts = JobCounts::default();
        for (state, count) in rows {
            let count = u64::try_from(count).unwrap_or_default();
            match state.as_str() {
                "queued" => counts.queued = count,
                "running" => counts.running = count,
                _ => counts.waiting = count,
            }
        }
        Ok(counts)
    }
}

fn job((id, work, state, due, end, attempts, created_at, changed_at): Row) -> Result<Job, SqliteError> {
    let what = || format!("job {id}");
    let due = due.map(timestamp).transpose()?;
    let state = match (state.as_str(), due, &end) {
        ("queued", Some(due), _) => JobState::Queued { due },
        ("waiting", Some(until), _) => JobState::Waiting { until },
        ("over", _, Some(end)) => decode(what, end)?,
        _ => JobState::Running,
    };
    Ok(Job {
        work: decode(what, &work)?,
        state,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        created_at: timestamp(created_at)?,
        changed_at: timestamp(changed_at)?,
        id: JobId::new(id),
    })
}

pub(crate) fn decode<T: serde::de::DeserializeOwned>(
    what: impl FnOnce() -> String,
    text: &str,
) -> Result<T, SqliteError> {
    serde_json::from_str(text).map_err(|error| SqliteError::Unreadable { what: what(), source: error.into() })
}

fn timestamp(micros: i64) -> Result<Timestamp, SqliteError> {
    Timestamp::from_microsecond(micros)
        .map_err(|error| SqliteError::Unreadable { what: "a time in the inbox".to_owned(), source: error.into() })
}

/// Trackers count from 1 and do not get so far.
pub(crate) fn number(issue: IssueNumber) -> i64 {
    i64::try_from(issue.0).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use lamplighter_testkit::fakes::FakeClock;

    use super::*;

    #[tokio::test]
    async fn a_long_table_is_neither_sorted_nor_read_through() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("lamplighter.db"), Arc::new(FakeClock::new())).await.unwrap();
        for sql in [TAKE, COUNT] {
            let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
            let rows: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(explain).bind(0).bind("answer").fetch_all(store.writer()).await.unwrap();
            for (.., step) in rows {
                assert!(step != "SCAN jobs" && step != "SCAN open" && !step.contains("ORDER BY"), "{sql}: {step}");
            }
        }
    }
}
