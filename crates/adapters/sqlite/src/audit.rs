use std::fmt::Write;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use lamplighter_core::Result;
use lamplighter_core::ports::{AuditEntry, AuditLog, AuditQuery};
use sha2::{Digest, Sha256};

use crate::{SqliteError, SqliteStore};

/// What the first row's hash is chained over.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

#[async_trait]
impl AuditLog for SqliteStore {
    async fn append(&self, entry: AuditEntry) -> Result<()> {
        Ok(self.append_row(&entry).await?)
    }

    /// Reads and verifies the whole log, whatever is asked: a row is worth something only with all before it.
    async fn entries(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
        let mut entries = self.verified().await?;
        entries.retain(|entry| {
            query.run.as_ref().is_none_or(|run| entry.run == *run) && query.since.is_none_or(|since| entry.at >= since)
        });
        Ok(entries)
    }
}

impl SqliteStore {
    async fn append_row(&self, entry: &AuditEntry) -> Result<(), SqliteError> {
        let entry = serde_json::to_string(entry)
            .map_err(|source| SqliteError::Unwritable { what: "an audit entry".to_owned(), source })?;
        let mut write = self.write().await?;
        let last: Option<(i64, String)> = sqlx::query_as("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
            .fetch_optional(&mut *write)
            .await
            .map_err(self.failed())?;
        let (last, previous) = last.unwrap_or_else(|| (0, GENESIS.to_owned()));
        let seq = last + 1;
        sqlx::query("INSERT INTO audit (seq, entry, hash) VALUES (?1, ?2, ?3)")
            .bind(seq)
            .bind(&entry)
            .bind(link(&previous, seq, &entry))
            .execute(&mut *write)
            .await
            .map_err(self.failed())?;
        write.commit().await.map_err(self.failed())
    }

    async fn verified(&self) -> Result<Vec<AuditEntry>, SqliteError> {
        let mut snapshot = self.snapshot().await?;
        // SQLite keeps the highest number ever given, so that rows lost from the end are missed too.
        let given: Option<i64> = sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")
            .fetch_optional(&mut *snapshot)
            .await
            .map_err(self.failed())?;
        let mut entries = Vec::new();
        let mut previous = GENESIS.to_owned();
        let mut expected = 1;
        let mut rows = sqlx::query_as::<_, (i64, String, String)>("SELECT seq, entry, hash FROM audit ORDER BY seq")
            .fetch(&mut *snapshot);
        while let Some((row, entry, hash)) = rows.try_next().await.map_err(self.failed())? {
            if row != expected {
                return Err(SqliteError::AuditAltered { row: expected, what: "is missing" });
            }
            if hash != link(&previous, row, &entry) {
                return Err(SqliteError::AuditAltered { row, what: "does not follow from the row before it" });
            }
            entries.push(serde_json::from_str(&entry).map_err(|error| SqliteError::Unreadable {
                what: format!("row {row} of the audit log"),
                source: error.into(),
            })?);
            previous = hash;
            expected += 1;
        }
        if given.unwrap_or(0) >= expected {
            return Err(SqliteError::AuditAltered { row: expected, what: "is missing" });
        }
        Ok(entries)
    }
}

fn link(previous: &str, seq: i64, entry: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(previous);
    hash.update(format!("\n{seq}\n"));
    hash.update(entry);
    hex(&hash.finalize())
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
