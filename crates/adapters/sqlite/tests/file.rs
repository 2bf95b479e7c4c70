//! Files that are not ours, too new, damaged, full or read-only.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::path::Path;
use std::sync::Arc;

use lamplighter_core::ports::Journal;
use lamplighter_core::{Error, ErrorKind, RunKey};
use lamplighter_sqlite::{SqliteError, SqliteStore};
use lamplighter_testkit::fakes::FakeClock;
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use tempfile::TempDir;

async fn open(path: &Path) -> Result<SqliteStore, SqliteError> {
    SqliteStore::open(path, Arc::new(FakeClock::default())).await
}

async fn sql(path: &Path, statements: &str) {
    let mut file = SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut file).await.unwrap();
    file.close().await.unwrap();
}

#[tokio::test]
async fn a_file_of_another_program_is_refused_and_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "my notes, dear to me\n".repeat(1000)).unwrap();
    let other = folder.path().join("other.db");
    sql(&other, "CREATE TABLE people (name TEXT)").await;
    let claimed = folder.path().join("claimed.db");
    sql(&claimed, "PRAGMA application_id = 7").await;
    for path in [text, other, claimed] {
        let before = std::fs::read(&path).unwrap();
        let error = open(&path).await.unwrap_err();
        assert!(matches!(error, SqliteError::NotOurs { .. }), "{error:?}");
        assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
        assert_eq!(Error::from(error).kind(), ErrorKind::InvalidInput);
        assert!(std::fs::read(&path).unwrap() == before, "{} was changed", path.display());
    }
}

#[tokio::test]
async fn an_empty_file_and_one_whose_making_was_interrupted_are_taken() {
    let folder = TempDir::new().unwrap();
    let empty = folder.path().join("empty.db");
    std::fs::write(&empty, "").unwrap();
    let claimed = folder.path().join("claimed.db");
    sql(&claimed, "PRAGMA application_id = 0x4c616d70").await;
    for path in [empty, claimed] {
        open(&path).await.unwrap().record(&RunKey::new("r"), "s", json!(1)).await.unwrap();
    }
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("lamplighter.db");
    open(&path).await.unwrap().close().await;
    sql(&path, "INSERT INTO _sqlx_migrations VALUES (9000, 'later', CURRENT_TIMESTAMP, TRUE, x'00', 0)").await;
    let error = open(&path).await.unwrap_err();
    assert!(matches!(error, SqliteError::Newer { found: 9000, .. }), "{error:?}");
    assert!(error.to_string().contains("use a newer Lamplighter"), "{error}");
}

#[tokio::test]
async fn a_damaged_file_is_said_to_be_damaged() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("lamplighter.db");
    let store = open(&path).await.unwrap();
    for n in 0..100 {
        store.record(&RunKey::new("r"), &n.to_string(), json!("x".repeat(500))).await.unwrap();
    }
    store.close().await;
    let mut bytes = std::fs::read(&path).unwrap();
    for byte in bytes.iter_mut().skip(8192) {
        *byte = 0xab;
    }
    std::fs::write(&path, bytes).unwrap();
    let outcome = async { open(&path).await?.steps(&RunKey::new("r")).await }.await;
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt, "{error:?}");
    assert!(error.to_string().contains("restore it from a copy"), "{error}");
}

#[tokio::test]
async fn a_path_that_cannot_be_opened_says_so() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let error = open(&folder.path().join("file/lamplighter.db")).await.unwrap_err();
    assert!(error.to_string().starts_with("cannot open"), "{error}");
    assert!(open(folder.path()).await.is_err());
}

/// The tests below need a disk of their own, which a user namespace gives without any rights.
#[cfg(target_os = "linux")]
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
mod disk {
    use std::process::Command;

    use jiff::Timestamp;
    use lamplighter_core::ports::{Inbox, JobId, Message, Receipt, Work};
    use lamplighter_core::trust::Untrusted;
    use lamplighter_core::words::{IssueNumber, Login};

    use super::*;

    const FOLDER: &str = "LAMPLIGHTER_TEST_DISK";

    /// Runs the test of this name again with a 2 MB disk, or says that it cannot.
    fn with_small_disk(test: &str, after: &str) {
        let folder = TempDir::new().unwrap();
        let script = format!("mount -t tmpfs -o size=2m tmpfs \"$0\" && {{ {after} \"$@\"; }}");
        let output = Command::new("unshare")
            .args(["-Urm", "sh", "-c", &script])
            .arg(folder.path())
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(FOLDER, folder.path())
            .output();
        match output {
            Ok(output) => {
                let said =
                    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
                if said.contains("test result") {
                    assert!(output.status.success(), "{said}");
                } else {
                    println!("skipped {test}: no namespace with a disk of its own here: {}", said.trim());
                }
            }
            Err(error) => println!("skipped {test}: unshare: {error}"),
        }
    }

    #[tokio::test]
    async fn a_full_disk_is_said_and_records_again_when_there_is_space() {
        let Some(disk) = std::env::var_os(FOLDER) else {
            return with_small_disk("disk::a_full_disk_is_said_and_records_again_when_there_is_space", "");
        };
        let disk = Path::new(&disk);
        let store = open(&disk.join("lamplighter.db")).await.unwrap();
        let run = RunKey::new("r");
        std::fs::write(disk.join("ballast"), vec![1; 900_000]).unwrap();
        let mut answered = 0;
        let error = loop {
            match store.record(&run, &answered.to_string(), json!("x".repeat(20_000))).await {
                Ok(_) if answered < 1_000 => answered += 1,
                Ok(_) => panic!("a disk of a megabyte is not full after {answered} records"),
                Err(error) => break error,
            }
        };
        assert!(error.to_string().contains("no space left"), "{error:?}");
        assert!(error.is_retryable());
        assert_eq!(store.steps(&run).await.unwrap().len(), answered);
        std::fs::remove_file(disk.join("ballast")).unwrap();
        store.record(&run, "after", json!(1)).await.unwrap();
        assert_eq!(store.steps(&run).await.unwrap().len(), answered + 1);
    }

    #[tokio::test]
    async fn messages_that_a_full_disk_has_no_room_for_are_refused_until_it_has() {
        let Some(disk) = std::env::var_os(FOLDER) else {
            let test = "disk::messages_that_a_full_disk_has_no_room_for_are_refused_until_it_has";
            return with_small_disk(test, "");
        };
        let disk = Path::new(&disk);
        let store = open(&disk.join("lamplighter.db")).await.unwrap();
        std::fs::write(disk.join("ballast"), vec![1; 900_000]).unwrap();
        let message = |n: u32| {
            let comment = format!("{n}/{}", "x".repeat(20_000));
            let (issue, author) = (IssueNumber(1), Login::new("maria"));
            let work = Work::Command {
                issue,
                comment,
                author,
                at: Timestamp::UNIX_EPOCH,
                body: Untrusted::new(String::new()),
            };
            let job = Some((JobId::new(n.to_string()), work));
            Message { id: n.to_string(), at: Timestamp::UNIX_EPOCH, words: None, job, wake: None }
        };
        let mut accepted = 0;
        let error = loop {
            match store.accept(message(accepted)).await {
                Ok(receipt) if accepted < 1_000 => {
                    assert_eq!(receipt, Receipt::Accepted);
                    accepted += 1;
                }
                Ok(_) => panic!("a disk of a megabyte is not full after {accepted} messages"),
                Err(error) => break error,
            }
        };
        assert!(error.to_string().contains("no space left"), "{error:?}");
        assert!(error.is_retryable());
        assert_eq!(store.counts().await.unwrap().queued, u64::from(accepted));
        std::fs::remove_file(disk.join("ballast")).unwrap();
        assert_eq!(store.accept(message(accepted)).await.unwrap(), Receipt::Accepted);
        assert_eq!(store.accept(message(0)).await.unwrap(), Receipt::Repeated);
        assert_eq!(store.counts().await.unwrap().queued, u64::from(accepted) + 1);
    }

    #[tokio::test]
    async fn a_read_only_disk_is_said() {
        let Some(disk) = std::env::var_os(FOLDER) else {
            return with_small_disk("disk::a_read_only_disk_is_said", "");
        };
        let path = Path::new(&disk).join("lamplighter.db");
        let store = open(&path).await.unwrap();
        store.record(&RunKey::new("r"), "s", json!(1)).await.unwrap();
        store.close().await;
        let remounted = Command::new("mount").args(["-o", "remount,ro"]).arg(&disk).status().unwrap();
        assert!(remounted.success());
        let error = Error::from(open(&path).await.unwrap_err());
        assert!(error.to_string().contains("may write to it"), "{error:?}");
        std::fs::read(&path).unwrap();
    }
}
