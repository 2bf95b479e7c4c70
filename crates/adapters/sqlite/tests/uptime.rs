//! What remembering and recalling costs a disk, and what is remembered from before.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::ports::{HistoryUpdate, MonitorState, StateChange, UptimeHistory};
use lamplighter_core::words::Source;
use lamplighter_sqlite::SqliteStore;
use lamplighter_testkit::fakes::FakeClock;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

fn at(minute: i64) -> Timestamp {
    FakeClock::START + SignedDuration::from_mins(minute)
}

/// Every file below a folder: its content and when it was written.
fn files(folder: &Path) -> BTreeMap<String, (Vec<u8>, SystemTime)> {
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        // The index of the write-ahead log is memory that readers share, and is not synced.
        let is_data = path.is_file() && path.extension().is_none_or(|extension| extension != "db-shm");
        let written = || std::fs::metadata(&path).unwrap().modified().unwrap();
        is_data.then(|| (path.display().to_string(), (std::fs::read(&path).unwrap(), written())))
    };
    std::fs::read_dir(folder).unwrap().filter_map(read).collect()
}

#[tokio::test]
async fn recalling_and_remembering_nothing_new_writes_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("status.db"), Arc::new(FakeClock::new())).await.unwrap();
    let source = Source::new("kuma");
    let changes = |number: i64| vec![StateChange { at: at(number), state: MonitorState::Up }];
    let monitors = (0..200).map(|number| (format!("monitor {number}"), (at(0), changes(number))));
    let update = HistoryUpdate { seen_until: Some(at(200)), changes: monitors.collect(), ..HistoryUpdate::default() };
    store.remember(&source, &update).await.unwrap();
    let before = files(folder.path());
    assert!(!before.is_empty());
    for _ in 0..3 {
        assert_eq!(store.recall().await.unwrap()[&source].changes.len(), 200);
        store.remember(&source, &HistoryUpdate::default()).await.unwrap();
    }
    assert!(files(folder.path()) == before, "nothing was new, and something was written");
    let look = HistoryUpdate { seen_until: Some(at(230)), ..HistoryUpdate::default() };
    store.remember(&source, &look).await.unwrap();
    let after = files(folder.path());
    assert!(after != before, "this would have been noticed");
    let size =
        |all: &BTreeMap<String, (Vec<u8>, SystemTime)>| all.values().map(|(bytes, _)| bytes.len()).sum::<usize>();
    assert!(size(&after) - size(&before) <= 2 * 4_200, "a look at 200 monitors is one page of the log, or two");
}

#[tokio::test]
async fn a_source_that_is_called_otherwise_now_has_its_history() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("status.db");
    let open = || SqliteStore::open(&path, Arc::new(FakeClock::new()));
    let look = HistoryUpdate { seen_until: Some(at(5)), ..HistoryUpdate::default() };
    let store = open().await.unwrap();
    store.remember(&Source::new("uptime kuma"), &look).await.unwrap();
    drop(store);
    // As a version left it that knew no other name.
    let mut file = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    sqlx::query("DELETE FROM _sqlx_migrations WHERE version = 6").execute(&mut file).await.unwrap();
    drop(file);
    let recalled = open().await.unwrap().recall().await.unwrap();
    assert_eq!(recalled.keys().map(Source::as_str).collect::<Vec<_>>(), ["Uptime Kuma"]);
    assert_eq!(recalled[&Source::new("Uptime Kuma")].seen_until, Some(at(5)));
}
