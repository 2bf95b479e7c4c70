use std::sync::Arc;

use futures_util::future::join_all;
use jiff::Timestamp;
use lamplighter_core::guardrail::{RefusalKind, Ruling, Verdict};
use lamplighter_core::ports::{AuditEntry, AuditEvent, AuditLog, AuditQuery};
use lamplighter_core::words::{ChangeKey, ObjectRef};
use lamplighter_core::{RunKey, async_trait};

/// An audit log to be tested.
#[async_trait]
pub trait AuditLogHarness: Send + Sync {
    /// Opens the log, another time on each call: what a second process, or the same one after a restart, would
    /// have in its hands. Empty at first.
    async fn open(&self) -> Arc<dyn AuditLog>;
}

/// Checks everything that [`AuditLog`] promises.
pub async fn audit_log(harness: &dyn AuditLogHarness) {
    entries_are_there_after_a_restart_as_they_were(harness).await;
    queries_choose_by_run_and_time(harness).await;
    concurrent_writers_lose_nothing(harness).await;
}

async fn entries_are_there_after_a_restart_as_they_were(harness: &dyn AuditLogHarness) {
    let log = harness.open().await;
    assert_eq!(log.entries(&AuditQuery::default()).await.expect("reading works"), [], "the log is empty at first");
    let run = RunKey::new("contract/events");
    let entries: Vec<_> = events(&run)
        .into_iter()
        .zip(0..)
        .map(|(event, nanosecond)| AuditEntry { at: time(0, nanosecond), run: run.clone(), event })
        .collect();
    for entry in &entries {
        log.append(entry.clone()).await.expect("appending works");
    }
    drop(log);
    let reopened = harness.open().await;
    let read = reopened.entries(&AuditQuery::default()).await.expect("reading works");
    assert_eq!(read, entries, "entries read back as they were, oldest first, to the nanosecond");
}

async fn queries_choose_by_run_and_time(harness: &dyn AuditLogHarness) {
    let log = harness.open().await;
    let (run, other) = (RunKey::new("contract/query"), RunKey::new("contract/query-2"));
    for (second, run) in [(100, &run), (101, &other), (102, &run), (102, &other), (103, &run)] {
        log.append(AuditEntry { at: time(second, 0), run: run.clone(), event: decided("queried") })
            .await
            .expect("appending works");
    }
    let check = async |of: Option<&RunKey>, since: Option<Timestamp>, expected: &[i64]| {
        let query = AuditQuery { run: of.cloned(), since };
        let entries = log.entries(&query).await.expect("reading works");
        let found: Vec<_> = entries
            .iter()
            .filter(|entry| entry.event == decided("queried"))
            .map(|entry| entry.at.as_second() - time(0, 0).as_second())
            .collect();
        assert_eq!(found, expected, "entries for {query:?}");
    };
    check(None, None, &[100, 101, 102, 102, 103]).await;
    check(Some(&run), None, &[100, 102, 103]).await;
    check(Some(&run), Some(time(102, 0)), &[102, 103]).await;
    check(None, Some(time(102, 1)), &[103]).await;
    check(Some(&RunKey::new("contract/quer_")), None, &[]).await;
    check(Some(&other), Some(time(104, 0)), &[]).await;
}

async fn concurrent_writers_lose_nothing(harness: &dyn AuditLogHarness) {
    let run = RunKey::new("contract/concurrent");
    let mut handles = Vec::new();
    for _ in 0..4 {
        handles.push(harness.open().await);
    }
    let write = |(writer, log): (usize, &Arc<dyn AuditLog>)| {
        let (log, run) = (Arc::clone(log), run.clone());
        async move {
            for number in 0..8 {
                let event = decided(&format!("{writer}: {number}"));
                log.append(AuditEntry { at: time(200, 0), run: run.clone(), event }).await.expect("appending works");
            }
        }
    };
    join_all(handles.iter().enumerate().map(write)).await;
    let query = AuditQuery { run: Some(run), since: None };
    let entries = harness.open().await.entries(&query).await.expect("reading works");
    assert_eq!(entries.len(), 32, "no entry is lost");
    for writer in 0..4 {
        let own: Vec<_> = (0..8).map(|number| decided(&format!("{writer}: {number}"))).collect();
        let read: Vec<_> = entries.iter().map(|entry| &entry.event).filter(|event| own.contains(event)).collect();
        assert_eq!(read, own.iter().collect::<Vec<_>>(), "the entries of one writer keep their order");
    }
}

fn events(run: &RunKey) -> Vec<AuditEvent> {
    let change = ChangeKey::new(run, "restart wiki-0");
    let object = ObjectRef::pod("apps", "wiki-0");
    let ruling = |rule: &str, verdict| Ruling { rule: rule.to_owned(), verdict };
    let rulings = vec![
        ruling("a", Verdict::allow("fine")),
        ruling("b", Verdict::require_approval("ask\r\nfirst")),
        ruling("c", Verdict::escalate("")),
        ruling("d", Verdict::deny("\"never\" ☂'; --")),
    ];
    vec![
        AuditEvent::Reviewed {
            change: change.clone(),
            action: "restart-pod".to_owned(),
            object: object.clone(),
            refused: Some(RefusalKind::Denied),
            rulings,
        },
        AuditEvent::Reviewed {
            change: change.clone(),
            action: "apply-plan".to_owned(),
            object: ObjectRef::global("stack", "apps"),
            refused: None,
            rulings: Vec::new(),
        },
        AuditEvent::Attempted {
            change: change.clone(),
            action: "restart-pod".to_owned(),
            object,
            requested_by: Some("maria".to_owned()),
            reason: "it hangs".to_owned(),
        },
        AuditEvent::Executed { change: change.clone(), outcome: "done".to_owned() },
        AuditEvent::Failed { change, error: "x".repeat(100_000) },
        decided("escalated"),
        decided("escalated"),
    ]
}

fn decided(decision: &str) -> AuditEvent {
    AuditEvent::Decided { decision: decision.to_owned(), reason: "the contract".to_owned() }
}

fn time(second: i64, nanosecond: i32) -> Timestamp {
    Timestamp::new(1_772_366_400 + second, nanosecond).expect("a time of this century")
}
