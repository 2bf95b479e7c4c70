//! Messages that come at once, and what breaks their writing off.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use lamplighter_core::ports::{Inbox, JobId, JobLimits, Message, Receipt, Work};
use lamplighter_core::words::IssueNumber;
use lamplighter_sqlite::SqliteStore;
use lamplighter_testkit::fakes::FakeClock;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

async fn store(folder: &TempDir) -> SqliteStore {
    SqliteStore::open(&folder.path().join("lamplighter.db"), Arc::new(FakeClock::new())).await.unwrap()
}

fn message(id: &str, issue: u64) -> Message {
    let issue = IssueNumber(issue);
    let work = Work::Answer { issue, again: false, limits: JobLimits::default() };
    let job = Some((JobId::new(format!("answer/{issue}")), work));
    Message { id: id.to_owned(), at: Timestamp::UNIX_EPOCH, words: None, job, wake: None }
}

#[tokio::test]
async fn batches_of_any_size_are_taken_in_whole() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder).await;
    let mut jobs = 0;
    for size in [1, 2, 15, 16, 17, 127, 128, 129, 300] {
        // Every second one is there twice, and a few are of an earlier batch.
        let numbers = (0..size).chain((0..size).step_by(2));
        let messages = numbers.map(|n| message(&format!("{size}/{n}"), jobs + n)).chain([message("1/0", 0)]);
        let receipts = join_all(messages.map(|message| store.accept(message))).await;
        let accepted = receipts.into_iter().filter(|receipt| *receipt.as_ref().unwrap() == Receipt::Accepted).count();
        assert_eq!(accepted as u64, size, "of {size}");
        jobs += size;
        assert_eq!(store.counts().await.unwrap().queued, jobs);
    }
}

#[test]
fn writing_that_is_broken_off_anywhere_leaves_the_inbox_usable() {
    let folder = TempDir::new().unwrap();
    let lasting = runtime();
    let store = lasting.block_on(store(&folder));
    for n in 0..60 {
        let fleeting = runtime();
        fleeting.block_on(async {
            for at in 0..3 {
                let store = store.clone();
                tokio::spawn(async move { store.accept(message(&format!("{n}/{at}"), n)).await });
            }
            // Longer each time, so that it is broken off in whatever state there is.
            for _ in 0..n {
                tokio::task::yield_now().await;
            }
        });
        drop(fleeting);
        lasting.block_on(async {
            let again = tokio::time::timeout(Duration::from_mins(1), store.accept(message(&format!("{n}/0"), n)));
            again.await.expect("nobody writes any more").unwrap();
            assert_eq!(store.counts().await.unwrap().queued, n + 1);
        });
    }
}
