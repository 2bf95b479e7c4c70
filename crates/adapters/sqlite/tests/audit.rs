//! The audit log over a real file, and over one that somebody has altered.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lamplighter_core::ports::{AuditEntry, AuditEvent, AuditLog, AuditQuery};
use lamplighter_core::{ErrorKind, RunKey};
use lamplighter_sqlite::SqliteStore;
use lamplighter_testkit::fakes::FakeClock;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use tempfile::TempDir;

async fn store(path: &Path) -> SqliteStore {
    SqliteStore::open(path, Arc::new(FakeClock::default())).await.unwrap()
}

fn decided(run: &str, decision: &str) -> AuditEntry {
    AuditEntry {
        at: "2026-03-01T10:00:00Z".parse().unwrap(),
        run: RunKey::new(run),
        event: AuditEvent::Decided { decision: decision.to_owned(), reason: "because 'ü' \r\n \"x\"".to_owned() },
    }
}

async fn sql(path: &Path, statements: &str) -> sqlx::Result<()> {
    let mut file = SqliteConnectOptions::new().filename(path).connect().await?;
    let outcome = sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut file).await;
    file.close().await?;
    outcome.map(drop)
}

async fn log_of_five(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("lamplighter.db");
    let store = store(&path).await;
    for n in 1..=5 {
        store.append(decided("issue/1", &format!("decision {n}"))).await.unwrap();
    }
    store.close().await;
    path
}

#[tokio::test]
async fn entries_read_back_filtered_and_oldest_first() {
    let folder = TempDir::new().unwrap();
    let path = log_of_five(&folder).await;
    let store = store(&path).await;
    let mut late = decided("issue/2", "late");
    late.at = "2026-03-02T00:00:00Z".parse().unwrap();
    store.append(late.clone()).await.unwrap();
    let all = store.entries(&AuditQuery::default()).await.unwrap();
    assert_eq!(all.len(), 6);
    assert_eq!(all[0], decided("issue/1", "decision 1"));
    let of_run = AuditQuery { run: Some(RunKey::new("issue/2")), since: None };
    assert_eq!(store.entries(&of_run).await.unwrap(), [late.clone()]);
    let since = AuditQuery { run: None, since: Some(late.at) };
    assert_eq!(store.entries(&since).await.unwrap(), [late]);
}

#[tokio::test]
async fn sql_cannot_alter_what_was_appended() {
    let folder = TempDir::new().unwrap();
    let path = log_of_five(&folder).await;
    for statement in [
        "UPDATE audit SET entry = '{}' WHERE seq = 2",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit (seq, entry, hash) VALUES (2, '{}', 'x')",
        "REPLACE INTO audit (seq, entry, hash) VALUES (5, '{}', 'x')",
        "INSERT INTO audit (seq, entry, hash) VALUES (-1, '{}', 'x')",
        "INSERT INTO audit (seq, entry, hash) VALUES (9, '{}', 'x')",
    ] {
        let error = sql(&path, statement).await.unwrap_err();
        assert!(error.to_string().contains("append-only"), "{statement}: {error}");
    }
    assert_eq!(store(&path).await.entries(&AuditQuery::default()).await.unwrap().len(), 5);
}

#[tokio::test]
async fn an_altered_log_is_corrupt_and_the_first_bad_row_is_named() {
    const UNLOCK: &str = "DROP TRIGGER audit_is_not_updated; DROP TRIGGER audit_is_not_deleted;
        DROP TRIGGER audit_is_only_appended_to;";
    for (alteration, bad) in [
        ("UPDATE audit SET entry = replace(entry, 'decision 3', 'decision x') WHERE seq = 3", 3),
        ("UPDATE audit SET entry = entry || ' ' WHERE seq = 1", 1),
        ("UPDATE audit SET hash = upper(hash) WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 4", 4),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 5", 5),
        ("DELETE FROM audit", 1),
        ("UPDATE audit SET seq = 6 WHERE seq = 5", 5),
        ("INSERT INTO audit (entry, hash) SELECT entry, hash FROM audit WHERE seq = 5", 6),
        (
            "UPDATE audit SET seq = 9 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3;
             UPDATE audit SET seq = 3 WHERE seq = 9",
            2,
        ),
    ] {
        let folder = TempDir::new().unwrap();
        let path = log_of_five(&folder).await;
        sql(&path, &format!("{UNLOCK} {alteration}")).await.unwrap();
        let error = store(&path).await.entries(&AuditQuery::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{alteration}");
        assert!(error.to_string().contains(&format!("row {bad} ")), "{alteration}: {error}");
    }
}

#[tokio::test]
async fn the_chain_is_what_the_schema_says() {
    let folder = TempDir::new().unwrap();
    let path = log_of_five(&folder).await;
    let mut file = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    let rows: Vec<(i64, String, String, String, String)> =
        sqlx::query_as("SELECT seq, entry, hash, run, at FROM audit ORDER BY seq").fetch_all(&mut file).await.unwrap();
    let mut previous = "0".repeat(64);
    for (seq, entry, hash, run, at) in rows {
        use sha2::{Digest, Sha256};
        let digest = Sha256::digest(format!("{previous}\n{seq}\n{entry}"));
        assert_eq!(hash, digest.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat());
        assert_eq!((run.as_str(), at.as_str()), ("issue/1", "2026-03-01T10:00:00Z"));
        previous = hash;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn appending_at_once_keeps_the_chain() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("lamplighter.db");
    let stores = [store(&path).await, store(&path).await];
    let tasks: Vec<_> = (0..60)
        .map(|n| {
            let store = stores[n % 2].clone();
            tokio::spawn(async move { store.append(decided("issue/1", &n.to_string())).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(stores[0].entries(&AuditQuery::default()).await.unwrap().len(), 60);
}

#[tokio::test]
async fn an_alteration_under_a_running_process_is_noticed_where_it_matters() {
    const UNLOCK: &str = "DROP TRIGGER audit_is_not_updated; DROP TRIGGER audit_is_not_deleted;
        DROP TRIGGER audit_is_only_appended_to;";
    for (alteration, bad) in [
        // A row that is asked for, the last one that was verified, rows at the end, rows after it.
        ("UPDATE audit SET entry = replace(entry, 'decision 3', 'decision x') WHERE seq = 3", 3),
        ("UPDATE audit SET hash = upper(hash) WHERE seq = 5", 5),
        ("DELETE FROM audit WHERE seq = 5", 5),
        ("INSERT INTO audit (entry, hash) SELECT entry, hash FROM audit WHERE seq = 5", 6),
    ] {
        let folder = TempDir::new().unwrap();
        let path = log_of_five(&folder).await;
        let store = store(&path).await;
        let of_run = AuditQuery { run: Some(RunKey::new("issue/1")), since: None };
        assert_eq!(store.entries(&of_run).await.unwrap().len(), 5);
        sql(&path, &format!("{UNLOCK} {alteration}")).await.unwrap();
        let error = store.entries(&of_run).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{alteration}");
        assert!(error.to_string().contains(&format!("row {bad} ")), "{alteration}: {error}");
    }
}

#[tokio::test]
async fn what_was_appended_to_the_fraction_of_a_second_is_found() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder.path().join("lamplighter.db")).await;
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    for time in ["2026-03-01T10:00:00Z", "2026-03-01T10:00:00.5Z", "2026-03-01T10:00:01Z"] {
        store.append(AuditEntry { at: at(time), ..decided("issue/1", time) }).await.unwrap();
    }
    for (since, found) in [
        ("2026-03-01T10:00:00Z", 3),
        ("2026-03-01T10:00:00.25Z", 2),
        ("2026-03-01T10:00:00.75Z", 1),
        ("2026-03-01T10:00:02Z", 0),
    ] {
        let query = AuditQuery { run: None, since: Some(at(since)) };
        assert_eq!(store.entries(&query).await.unwrap().len(), found, "since {since}");
    }
}
