use std::collections::BTreeSet;

use lamplighter_core::ports::ArchivedDocument;
use sqlx::sqlite::{SqlitePool, SqlitePoolOptions};

use crate::retrieval::plain::words;

/// The full-text search of `SQLite` (FTS5) with its stemmer and its own BM25.
#[derive(Debug)]
pub struct FullText {
    pool: SqlitePool,
}

impl FullText {
    /// Over these documents, in memory.
    ///
    /// # Errors
    /// When `SQLite` refuses.
    pub async fn new(documents: &[ArchivedDocument]) -> Result<Self, sqlx::Error> {
        let pool = SqlitePoolOptions::new().max_connections(1).idle_timeout(None).connect("sqlite::memory:").await?;
        sqlx::query("CREATE VIRTUAL TABLE documents USING fts5(path UNINDEXED, text, tokenize = 'porter unicode61')")
            .execute(&pool)
            .await?;
        let mut writing = pool.begin().await?;
        for document in documents {
            sqlx::query("INSERT INTO documents (path, text) VALUES (?, ?)")
                .bind(&document.path)
                .bind(&document.text)
                .execute(&mut *writing)
                .await?;
        }
        writing.commit().await?;
        Ok(Self { pool })
    }

    /// The paths of what answers best, at most so many, without one of them.
    ///
    /// # Errors
    /// When `SQLite` refuses.
    pub async fn search(&self, text: &str, except: Option<&str>, limit: usize) -> Result<Vec<String>, sqlx::Error> {
        let words: BTreeSet<String> = words(text).map(|word| format!("\"{word}\"")).collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let any = words.into_iter().collect::<Vec<_>>().join(" OR ");
        sqlx::query_scalar("SELECT path FROM documents WHERE documents MATCH ? AND path IS NOT ? ORDER BY rank LIMIT ?")
            .bind(any)
            .bind(except)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await
    }
}
