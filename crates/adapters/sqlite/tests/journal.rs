//! The journal over a real file.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::sync::Arc;

use lamplighter_core::ports::Journal;
use lamplighter_core::{ErrorKind, RunKey};
use lamplighter_sqlite::SqliteStore;
use lamplighter_testkit::fakes::FakeClock;
use serde_json::{Value, json};
use tempfile::TempDir;

async fn store(folder: &TempDir) -> SqliteStore {
    SqliteStore::open(&folder.path().join("lamplighter.db"), Arc::new(FakeClock::default())).await.unwrap()
}

#[tokio::test]
async fn what_was_recorded_reads_back_letter_by_letter_after_reopening() {
    let folder = TempDir::new().unwrap();
    let outputs = [
        Value::Null,
        json!(""),
        json!("ünïcødé \u{1f56f} \r\n \0 'quoted' \"double\" \u{202e}"),
        json!([u64::MAX, i64::MIN, 0.1, 1e300]),
        json!({"b": 1, "a": {"nested": []}}),
        json!("x".repeat(3_000_000)),
    ];
    let runs = ["", "issue/1", "'; DROP TABLE steps; --", "日本", &"long".repeat(10_000)];
    let before = store(&folder).await;
    for run in runs {
        for (i, output) in outputs.iter().enumerate() {
            before.record(&RunKey::new(run), &format!("step {i}"), output.clone()).await.unwrap();
        }
    }
    before.close().await;
    let after = store(&folder).await;
    for run in runs {
        let run = RunKey::new(run);
        let steps = after.steps(&run).await.unwrap();
        assert_eq!(steps.iter().map(|step| step.output.clone()).collect::<Vec<_>>(), outputs);
        let _lease = after.lease(&run).await.unwrap();
    }
}

#[tokio::test]
async fn a_lease_excludes_other_tasks_and_other_stores_until_it_is_dropped() {
    let folder = TempDir::new().unwrap();
    let (one, other) = (store(&folder).await, store(&folder).await);
    let run = RunKey::new("issue/1");
    let lease = one.lease(&run).await.unwrap();
    for refused in [one.lease(&run).await, other.lease(&run).await] {
        let error = refused.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert!(error.to_string().contains("issue/1"), "{error}");
        assert!(error.to_string().contains(&std::process::id().to_string()), "{error}");
        assert!(!error.public_message().contains("process"), "{}", error.public_message());
    }
    let _another_run = other.lease(&RunKey::new("issue/2")).await.unwrap();
    drop(lease);
    let _lease = other.lease(&run).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tasks_and_stores_agree_on_the_first_writer() {
    let folder = TempDir::new().unwrap();
    let stores = [store(&folder).await, store(&folder).await, store(&folder).await];
    let run = RunKey::new("issue/1");
    let mut tasks = Vec::new();
    for writer in 0..24_usize {
        let (store, run) = (stores[writer % 3].clone(), run.clone());
        tasks.push(tokio::spawn(async move {
            let step = store.record(&run, "step", json!(writer)).await.unwrap();
            (step, store.signal(&run, "approval", json!(writer)).await.unwrap())
        }));
    }
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(stores[0].recorded(&run, "step").await.unwrap(), Some(answers[0].0.clone()));
    assert_eq!(stores[0].signalled(&run, "approval").await.unwrap(), Some(answers[0].1.clone()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_file_can_be_opened_by_many_at_once() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deep/er/lamplighter.db");
    let opening: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            tokio::spawn(async move { SqliteStore::open(&path, Arc::new(FakeClock::default())).await })
        })
        .collect();
    for store in opening {
        store.await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_is_dropped_anywhere_leaves_the_store_usable() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    let run = RunKey::new("issue/1");
    for n in 0..200_u32 {
        let step = format!("step {n}");
        let write = store.record(&run, &step, json!(n));
        // A different number of polls each time, so that it is dropped at every await there is.
        let mut write = Box::pin(write);
        for _ in 0..n % 20 {
            let polled = std::future::poll_fn(|cx| std::task::Poll::Ready(write.as_mut().poll(cx).is_ready())).await;
            if polled {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(write);
        assert_eq!(store.record(&run, &step, json!(n)).await.unwrap(), json!(n));
    }
    assert_eq!(store.steps(&run).await.unwrap().len(), 200);
}

#[tokio::test]
async fn runs_come_newest_first_by_when_they_began() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    for (run, step) in [("a", "1"), ("b", "1"), ("a", "2"), ("c", "1")] {
        store.record(&RunKey::new(run), step, Value::Null).await.unwrap();
    }
    store.signal(&RunKey::new("d"), "approval", Value::Null).await.unwrap();
    assert_eq!(store.runs().await.unwrap(), ["d", "c", "b", "a"].map(RunKey::new));
}
