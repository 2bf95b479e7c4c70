use std::fmt::Write;
use std::sync::PoisonError;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use lamplighter_core::ports::{AuditEntry, AuditLog, AuditQuery};
use lamplighter_core::{Result, RunKey};
use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;

use crate::{SqliteError, SqliteStore};

/// What the first row's hash is chained over.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

#[async_trait]
impl AuditLog for SqliteStore {
    async fn append(&self, entry: AuditEntry) -> Result<()> {
        Ok(self.append_row(&entry).await?)
    }

    /// Verifies the log up to its end before it answers: a row is worth something only with all before it. What this process
    /// has verified once it verifies again only where it is asked for.
    async fn entries(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
        let mut entries = self.verified(query).await?;
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

    /// Verifies what was appended since this process last did, and reads what is asked for, each row against the one before
    /// it. The first time that is the whole log.
    async fn verified(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>, SqliteError> {
        let mut snapshot = self.snapshot().await?;
        self.verify(&mut snapshot).await?;
        // As text, times are in order but for fractions of a second; the caller looks closer.
        let since = query.since.map(|since| since.checked_sub(Duration::from_secs(1)).unwrap_or(since).to_string());
        let mut rows = sqlx::query_as::<_, (i64, String, String, Option<String>)>(
            "SELECT audit.seq, audit.entry, audit.hash, before.hash FROM audit \
             LEFT JOIN audit AS before ON before.seq = audit.seq - 1 \
             WHERE (?1 IS NULL OR audit.run = ?1) AND (?2 IS NULL OR audit.at >= ?2) ORDER BY audit.seq",
        )
        .bind(query.run.as_ref().map(RunKey::as_str))
        .bind(since)
        .fetch(&mut *snapshot);
        let mut entries = Vec::new();
        while let Some((row, entry, hash, before)) = rows.try_next().await.map_err(self.failed())? {
            let before = before.filter(|_| row > 1).unwrap_or_else(|| GENESIS.to_owned());
            if hash != link(&before, row, &entry) {
                return Err(SqliteError::AuditAltered { row, what: "does not follow from the row before it" });
            }
            entries.push(serde_json::from_str(&entry).map_err(|error| SqliteError::Unreadable {
                what: format!("row {row} of the audit log"),
                source: error.into(),
            })?);
        }
        Ok(entries)
    }

    async fn verify(&self, snapshot: &mut SqliteConnection) -> Result<(), SqliteError> {
        let known = self.verified_to().lock().unwrap_or_else(PoisonError::into_inner).clone();
        // SQLite keeps the highest number ever given, so that rows lost from the end are missed too.
        let given: Option<i64> = sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")
            .fetch_optional(&mut *snapshot)
            .await
            .map_err(self.failed())?;
        let mut link_to = known.clone();
        let mut is_there = known.row == 0;
        {
            let mut rows = sqlx::query_as::<_, (i64, String, String)>(
                "SELECT seq, entry, hash FROM audit WHERE seq >= ?1 ORDER BY seq",
            )
            .bind(known.row)
            .fetch(&mut *snapshot);
            while let Some((row, entry, hash)) = rows.try_next().await.map_err(self.failed())? {
                if row == known.row {
                    if hash != known.hash {
                        return Err(SqliteError::AuditAltered { row, what: "is not what it was" });
                    }
                    is_there = true;
                    continue;
                }
                if row != link_to.row + 1 {
                    return Err(SqliteError::AuditAltered { row: link_to.row + 1, what: "is missing" });
                }
                if hash != link(&link_to.hash, row, &entry) {
                    return Err(SqliteError::AuditAltered { row, what: "does not follow from the row before it" });
                }
                link_to = Link { row, hash };
            }
        }
        if !is_there {
            return Err(SqliteError::AuditAltered { row: known.row, what: "is missing" });
        }
        if given.unwrap_or(0) > link_to.row {
            return Err(SqliteError::AuditAltered { row: link_to.row + 1, what: "is missing" });
        }
        let mut verified = self.verified_to().lock().unwrap_or_else(PoisonError::into_inner);
        if link_to.row > verified.row {
            *verified = link_to;
        }
        Ok(())
    }
}

/// A row of the log up to which it was verified.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    row: i64,
    hash: String,
}

impl Default for Link {
    fn default() -> Self {
        Self { row: 0, hash: GENESIS.to_owned() }
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
