//! A real process that writes and is killed with SIGKILL, and real processes that write at once.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use lamplighter_core::ports::{
    AuditEntry, AuditEvent, AuditLog, AuditQuery, Inbox, JobId, JobLimits, Journal, Message, Receipt, Work,
};
use lamplighter_core::words::IssueNumber;
use lamplighter_core::{ErrorKind, RunKey};
use lamplighter_sqlite::SqliteStore;
use lamplighter_testkit::fakes::FakeClock;
use serde_json::{Value, json};
use tempfile::TempDir;

const FILE: &str = "LAMPLIGHTER_TEST_FILE";
const WRITER: &str = "LAMPLIGHTER_TEST_WRITER";
const COUNT: &str = "LAMPLIGHTER_TEST_COUNT";

async fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, Arc::new(FakeClock::default())).await.unwrap()
}

/// Not a test: what the child processes do, this binary once more. Prints a line for everything that was answered.
#[tokio::test]
async fn a_child_writes() {
    let (Some(path), Ok(writer), Ok(count)) = (std::env::var_os(FILE), std::env::var(WRITER), std::env::var(COUNT))
    else {
        return;
    };
    let store = open(Path::new(&path)).await;
    let _lease = store.lease(&RunKey::new(format!("own/{writer}"))).await.unwrap();
    let run = RunKey::new("shared");
    println!("ready");
    for n in 0..count.parse::<u64>().unwrap() {
        let standing = store.record(&run, &format!("step {n}"), json!(writer)).await.unwrap();
        store.signal(&run, &format!("signal {n}"), json!(writer)).await.unwrap();
        let event = AuditEvent::Decided { decision: format!("{writer}/{n}"), reason: String::new() };
        let at = "2026-03-01T10:00:00Z".parse().unwrap();
        store.append(AuditEntry { at, run: run.clone(), event }).await.unwrap();
        store.accept(asking(&format!("{writer}/{n}"), n)).await.unwrap();
        println!("answered {n} {}", standing.as_str().unwrap());
    }
}

/// A message that asks for a job of the same name.
fn asking(name: &str, issue: u64) -> Message {
    let work = Work::Answer { issue: IssueNumber(issue), again: false, limits: JobLimits::default() };
    Message {
        id: name.to_owned(),
        at: "2026-03-01T10:00:00Z".parse().unwrap(),
        words: None,
        job: Some((JobId::new(name), work)),
        wake: None,
    }
}

fn child(path: &Path, writer: &str, count: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_child_writes", "--nocapture"])
        .env(FILE, path)
        .env(WRITER, writer)
        .env(COUNT, count.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// What a child says was answered: the step and whose value stands.
fn answered(line: &str) -> Option<(u64, String)> {
    let mut words = line.strip_prefix("answered ")?.split(' ');
    Some((words.next()?.parse().ok()?, words.next()?.to_owned()))
}

#[tokio::test]
async fn everything_that_was_answered_survives_kill_9_and_the_lease_does_not() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("lamplighter.db");
    let store = open(&path).await;
    for round in 0..5 {
        let writer = format!("w{round}");
        let mut process = child(&path, &writer, u64::MAX);
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        // The test harness writes its own words on the same line.
        assert!(lines.any(|line| line.ends_with("ready")));
        let own = RunKey::new(format!("own/{writer}"));
        assert_eq!(store.lease(&own).await.unwrap_err().kind(), ErrorKind::Conflict);
        let mut seen: Vec<_> = lines.by_ref().filter_map(|line| answered(&line)).take(30 + 7 * round).collect();
        process.kill().unwrap();
        process.wait().unwrap();
        // What it managed to say between our last look and its death was answered too.
        seen.extend(lines.filter_map(|line| answered(&line)));
        let _lease = store.lease(&own).await.expect("the dead hold no lease");

        let run = RunKey::new("shared");
        let reopened = open(&path).await;
        let entries = reopened.entries(&AuditQuery::default()).await.unwrap();
        for (n, standing) in seen {
            assert_eq!(reopened.recorded(&run, &format!("step {n}")).await.unwrap(), Some(json!(standing)));
            assert!(reopened.signalled(&run, &format!("signal {n}")).await.unwrap().is_some());
            let decision = format!("{writer}/{n}");
            let found =
                |entry: &AuditEntry| matches!(&entry.event, AuditEvent::Decided { decision: d, .. } if *d == decision);
            assert_eq!(entries.iter().filter(|entry| found(entry)).count(), 1, "{decision}");
            assert!(reopened.job(&JobId::new(&decision)).await.unwrap().is_some(), "job {decision}");
            assert_eq!(reopened.accept(asking(&decision, n)).await.unwrap(), Receipt::Repeated);
        }
    }
}

#[tokio::test]
async fn processes_that_write_at_once_agree_and_keep_the_chain() {
    const COUNT: u64 = 60;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("lamplighter.db");
    let children: Vec<_> = ["a", "b", "c"].into_iter().map(|writer| child(&path, writer, COUNT)).collect();
    let mut answers = Vec::new();
    for process in children {
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success());
        answers.extend(String::from_utf8(output.stdout).unwrap().lines().filter_map(answered));
    }
    assert_eq!(answers.len() as u64, 3 * COUNT);
    let store = open(&path).await;
    let run = RunKey::new("shared");
    for (n, standing) in answers {
        assert_eq!(store.recorded(&run, &format!("step {n}")).await.unwrap(), Some(Value::String(standing)));
    }
    assert_eq!(store.steps(&run).await.unwrap().len() as u64, COUNT);
    assert_eq!(store.entries(&AuditQuery::default()).await.unwrap().len() as u64, 3 * COUNT);
}
