use async_trait::async_trait;
use jiff::Timestamp;
use lamplighter_core::ports::{Journal, RunLease, StepRecord};
use lamplighter_core::{Result, RunKey};
use serde_json::Value;

use crate::{SqliteError, SqliteStore, lease};

#[async_trait]
impl Journal for SqliteStore {
    async fn lease(&self, run: &RunKey) -> Result<RunLease> {
        Ok(lease::lease(self.path(), run).await?)
    }

    async fn recorded(&self, run: &RunKey, step: &str) -> Result<Option<Value>> {
        Ok(self.find("SELECT output FROM steps WHERE run = ?1 AND step = ?2", run, step).await?)
    }

    async fn record(&self, run: &RunKey, step: &str, output: Value) -> Result<Value> {
        const RECORD: FirstWins = FirstWins {
            insert: "INSERT INTO steps (run, step, output, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            select: "SELECT output FROM steps WHERE run = ?1 AND step = ?2",
        };
        Ok(self.put(&RECORD, run, step, output).await?)
    }

    async fn steps(&self, run: &RunKey) -> Result<Vec<StepRecord>> {
        let rows: Vec<(String, String, String)> =
            sqlx::query_as("SELECT step, output, at FROM steps WHERE run = ?1 ORDER BY seq")
                .bind(run.as_str())
                .fetch_all(&mut *self.read().await?)
                .await
                .map_err(self.failed())?;
        rows.into_iter()
            .map(|(step, output, at)| {
                let output = decode(run, &step, &output)?;
                let at: Timestamp = at.parse().map_err(|error| unreadable(run, &step, error))?;
                Ok(StepRecord { step, output, at })
            })
            .collect()
    }

    async fn runs(&self) -> Result<Vec<RunKey>> {
        let runs: Vec<String> = sqlx::query_scalar("SELECT run FROM runs ORDER BY seq DESC")
            .fetch_all(&mut *self.read().await?)
            .await
            .map_err(self.failed())?;
        Ok(runs.into_iter().map(RunKey::new).collect())
    }

    async fn signal(&self, run: &RunKey, name: &str, value: Value) -> Result<Value> {
        const SIGNAL: FirstWins = FirstWins {
            insert: "INSERT INTO signals (run, name, value, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            select: "SELECT value FROM signals WHERE run = ?1 AND name = ?2",
        };
        Ok(self.put(&SIGNAL, run, name, value).await?)
    }

    async fn signalled(&self, run: &RunKey, name: &str) -> Result<Option<Value>> {
        Ok(self.find("SELECT value FROM signals WHERE run = ?1 AND name = ?2", run, name).await?)
    }
}

/// How a table takes the first value of a name and says which one stands.
struct FirstWins {
    insert: &'static str,
    select: &'static str,
}

impl SqliteStore {
    async fn find(&self, select: &'static str, run: &RunKey, name: &str) -> Result<Option<Value>, SqliteError> {
        let text: Option<String> = sqlx::query_scalar(select)
            .bind(run.as_str())
            .bind(name)
            .fetch_optional(&mut *self.read().await?)
            .await
            .map_err(self.failed())?;
        text.map(|text| decode(run, name, &text)).transpose()
    }

    async fn put(&self, table: &FirstWins, run: &RunKey, name: &str, value: Value) -> Result<Value, SqliteError> {
        let text = serde_json::to_string(&value)
            .map_err(|source| SqliteError::Unwritable { what: format!("{name} of run {run}"), source })?;
        let mut write = self.write().await?;
        let inserted = sqlx::query(table.insert)
            .bind(run.as_str())
            .bind(name)
            .bind(text)
            .bind(self.clock().now().to_string())
            .execute(&mut *write)
            .await
            .map_err(self.failed())?;
        if inserted.rows_affected() == 1 {
            sqlx::query("INSERT INTO runs (run) VALUES (?1) ON CONFLICT DO NOTHING")
                .bind(run.as_str())
                .execute(&mut *write)
                .await
                .map_err(self.failed())?;
            write.commit().await.map_err(self.failed())?;
            return Ok(value);
        }
        let standing: String = sqlx::query_scalar(table.select)
            .bind(run.as_str())
            .bind(name)
            .fetch_one(&mut *write)
            .await
            .map_err(self.failed())?;
        decode(run, name, &standing)
    }
}

fn decode(run: &RunKey, name: &str, text: &str) -> Result<Value, SqliteError> {
    serde_json::from_str(text).map_err(|error| unreadable(run, name, error))
}

fn unreadable(run: &RunKey, name: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> SqliteError {
    SqliteError::Unreadable { what: format!("{name} of run {run}"), source: source.into() }
}
