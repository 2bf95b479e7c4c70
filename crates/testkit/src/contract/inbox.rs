//! The contract of an inbox.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use lamplighter_core::ports::{
    Inbox, Job, JobCounts, JobId, JobLimits, JobState, Message, Receipt, Words, Work, WorkKind,
};
use lamplighter_core::trust::Untrusted;
use lamplighter_core::words::{IssueNumber, IssueText, Login};
use lamplighter_core::{ErrorKind, async_trait};
use serde_json::json;

use super::assert_fails;
use crate::fakes::FakeClock;

/// An inbox to be tested, by a clock that the suite moves.
#[async_trait]
pub trait InboxHarness: Send + Sync {
    /// Opens the inbox of this name, another time on each call: what the same process has after a restart. Empty at first.
    async fn open(&self, name: &str) -> Arc<dyn Inbox>;

    /// The clock that it goes by.
    fn clock(&self) -> &FakeClock;
}

/// Checks everything that [`Inbox`] promises.
pub async fn inbox(harness: &dyn InboxHarness) {
    a_message_is_taken_in_once(harness).await;
    many_at_once_are_taken_in_once_each(harness).await;
    a_job_is_asked_for_once(harness).await;
    the_newest_words_stand(harness).await;
    any_words_are_given_back_locked_and_whole(harness).await;
    jobs_are_taken_in_their_order_and_one_of_an_issue_at_a_time(harness).await;
    a_command_waits_for_commands_alone(harness).await;
    what_is_about_no_issue_is_done_one_at_a_time(harness).await;
    a_job_is_not_taken_before_it_is_due(harness).await;
    a_message_wakes_a_job_that_waits(harness).await;
    a_job_that_is_woken_while_it_runs_does_not_wait(harness).await;
    what_ran_when_the_process_ended_is_queued_again(harness).await;
    what_is_over_stays_over(harness).await;
}

fn message(id: &str) -> Message {
    Message { id: id.to_owned(), at: FakeClock::START, words: None, job: None, wake: None }
}

fn asking(id: &str, job: &str, issue: u64) -> Message {
    let work = Work::Answer { issue: IssueNumber(issue), again: false, limits: JobLimits::default() };
    Message { job: Some((JobId::new(job), work)), ..message(id) }
}

fn telling(id: &str, issue: u64, at: Timestamp, title: &str) -> Message {
    let text = IssueText { title: title.to_owned(), body: "\u{0} <b>☂</b>\r\n'; --".to_owned() };
    let words = Words {
        issue: IssueNumber(issue),
        author: Login::new("maria"),
        written_by: Login::new("omar"),
        at,
        text: Untrusted::new(text),
    };
    Message { words: Some(words), ..message(id) }
}

async fn accept(inbox: &dyn Inbox, message: Message) -> Receipt {
    inbox.accept(message).await.expect("accepting works")
}

async fn take(inbox: &dyn Inbox) -> Option<Job> {
    inbox.take(WorkKind::Answer).await.expect("taking works")
}

async fn taken_id(inbox: &dyn Inbox) -> Option<String> {
    take(inbox).await.map(|job| job.id.as_str().to_owned())
}

async fn settle(inbox: &dyn Inbox, id: &str, state: JobState) {
    inbox.settle(&JobId::new(id), state).await.expect("settling works");
}

async fn state(inbox: &dyn Inbox, id: &str) -> JobState {
    inbox.job(&JobId::new(id)).await.expect("looking works").expect("the job is there").state
}

async fn a_message_is_taken_in_once(harness: &dyn InboxHarness) {
    let inbox = harness.open("once").await;
    assert_eq!(accept(&*inbox, asking("m1", "j1", 1)).await, Receipt::Accepted);
    assert_eq!(accept(&*inbox, asking("m1", "j2", 2)).await, Receipt::Repeated, "the message was taken in before");
    assert!(inbox.job(&JobId::new("j2")).await.expect("looking works").is_none(), "and changes nothing");
    drop(inbox);
    let reopened = harness.open("once").await;
    assert_eq!(accept(&*reopened, asking("m1", "j2", 2)).await, Receipt::Repeated, "also after a restart");
    assert!(matches!(state(&*reopened, "j1").await, JobState::Queued { .. }), "what was accepted is there");
}

async fn many_at_once_are_taken_in_once_each(harness: &dyn InboxHarness) {
    let inbox = harness.open("many").await;
    let all = (0_u64..60).map(|n| {
        let (id, job) = (format!("m{}", n % 30), format!("j{}", n % 20));
        let inbox = Arc::clone(&inbox);
        async move { accept(&*inbox, asking(&id, &job, n % 20)).await }
    });
    let receipts = join_all(all).await;
    assert_eq!(receipts.iter().filter(|receipt| **receipt == Receipt::Accepted).count(), 30, "one for each message");
    let counts = inbox.counts().await.expect("counting works");
    assert_eq!(counts, JobCounts { queued: 20, ..JobCounts::default() }, "one for each job");
}

async fn a_job_is_asked_for_once(harness: &dyn InboxHarness) {
    let inbox = harness.open("job-once").await;
    accept(&*inbox, asking("m1", "answer/1", 1)).await;
    assert_eq!(accept(&*inbox, asking("m2", "answer/1", 1)).await, Receipt::Accepted, "another message, the same job");
    assert_eq!(taken_id(&*inbox).await.as_deref(), Some("answer/1"));
    settle(&*inbox, "answer/1", JobState::Completed { outcome: json!(1) }).await;
    accept(&*inbox, asking("m3", "answer/1", 1)).await;
    assert_eq!(taken_id(&*inbox).await, None, "a job that is done is not done again");
}

async fn the_newest_words_stand(harness: &dyn InboxHarness) {
    let inbox = harness.open("words").await;
    let now = FakeClock::START;
    let (before, later) = (now - Duration::from_mins(1), now + Duration::from_mins(1));
    assert!(inbox.words(IssueNumber(1)).await.expect("looking works").is_none());
    accept(&*inbox, telling("m1", 1, now, "first")).await;
    accept(&*inbox, telling("m2", 1, later, "edited")).await;
    accept(&*inbox, telling("m3", 1, before, "delayed")).await;
    accept(&*inbox, telling("m1", 1, later, "a repeated message")).await;
    let words = inbox.words(IssueNumber(1)).await.expect("looking works").expect("there are words");
    assert_eq!(words.at, later);
    assert_eq!(title(&words), "edited", "a message that was delayed does not bring old words back");
}

async fn any_words_are_given_back_locked_and_whole(harness: &dyn InboxHarness) {
    let inbox = harness.open("whole").await;
    let titles = ["", "☂ 𝄞 \u{202e}", "'; DROP TABLE jobs; --", &"x".repeat(300_000)];
    for (n, wanted) in (1_u64..).zip(titles) {
        accept(&*inbox, telling(&format!("m{n}"), n, FakeClock::START, wanted)).await;
        let words = inbox.words(IssueNumber(n)).await.expect("looking works").expect("there are words");
        assert_eq!((words.author.as_str(), words.written_by.as_str()), ("maria", "omar"));
        assert_eq!(words.issue, IssueNumber(n));
        assert!(title(&words) == wanted, "the words come back as they were");
    }
}

/// Words are locked; a store sees them as JSON alone.
fn title(words: &Words) -> String {
    let json = serde_json::to_value(words).expect("words serialise");
    json.pointer("/text/title").and_then(|title| title.as_str()).expect("there is a title").to_owned()
}

async fn jobs_are_taken_in_their_order_and_one_of_an_issue_at_a_time(harness: &dyn InboxHarness) {
    let inbox = harness.open("order").await;
    for (message, job, issue) in [("m1", "z", 1), ("m2", "a", 1), ("m3", "m", 2), ("m4", "b", 1)] {
        accept(&*inbox, asking(message, job, issue)).await;
    }
    assert_eq!(taken_id(&*inbox).await.as_deref(), Some("z"), "the oldest first, whatever it is called");
    assert_eq!(taken_id(&*inbox).await.as_deref(), Some("m"), "the issue of the next one is being worked on");
    assert_eq!(taken_id(&*inbox).await, None);
    let counts = inbox.counts().await.expect("counting works");
    assert_eq!(counts, JobCounts { queued: 2, running: 2, waiting: 0 });
    settle(&*inbox, "z", JobState::Failed { reason: "no".to_owned() }).await;
    assert_eq!(taken_id(&*inbox).await.as_deref(), Some("a"), "in the order of their issue");
    assert_eq!(taken_id(&*inbox).await, None);
}

async fn a_command_waits_for_commands_alone(harness: &dyn InboxHarness) {
    let inbox = harness.open("commands").await;
    let commanding = |message: &str, job: &str| {
        let (author, body) = (Login::new("maria"), Untrusted::new("/stop".to_owned()));
        let at = FakeClock::START;
        let work = Work::Command { issue: IssueNumber(1), comment: job.to_owned(), author, at, body };
        Message { job: Some((JobId::new(job), work)), ..self::message(message) }
    };
    accept(&*inbox, asking("m1", "answer", 1)).await;
    assert_eq!(taken_id(&*inbox).await.as_deref(), Some("answer"));
    accept(&*inbox, commanding("m2", "first")).await;
    accept(&*inbox, asking("m3", "another answer", 1)).await;
    accept(&*inbox, commanding("m4", "second")).await;
    let take = async || inbox.take(WorkKind::Command).await.expect("taking works");
    let job = take().await.expect("a command does not wait for an answer");
    assert_eq!(job.id.as_str(), "first");
    let stored = serde_json::to_value(&job.work).expect("work serialises");
    assert_eq!(stored.get("work"), Some(&json!(WorkKind::Command.as_str())), "a store may tell kinds apart by that");
    assert!(take().await.is_none(), "it waits for a command");
    assert_eq!(taken_id(&*inbox).await, None, "an answer waits for an answer");
    settle(&*inbox, "answer", JobState::Completed { outcome: json!(1) }).await;
    assert_eq!(taken_id(&*inbox).await.as_deref(), Some("another answer"), "and for no command");
}

async fn what_is_about_no_issue_is_done_one_at_a_time(harness: &dyn InboxHarness) {
    let inbox = harness.open("no-issue").await;
    for id in ["first", "second"] {
        let work = Work::Todos { documents: vec![format!("{id} \u{2602}'.md")] };
        accept(&*inbox, Message { job: Some((JobId::new(id), work)), ..message(id) }).await;
    }
    let take = async || inbox.take(WorkKind::Todos).await.expect("taking works");
    assert_eq!(taken_id(&*inbox).await, None, "it is no answer");
    let job = take().await.expect("it is due");
    assert_eq!((job.id.as_str(), job.work.issue()), ("first", None));
    assert!(
        matches!(job.work, Work::Todos { documents } if documents == ["first \u{2602}'.md"]),
        "it is given back whole"
    );
    assert!(take().await.is_none(), "the other one waits");
    settle(&*inbox, "first", JobState::Completed { outcome: json!([]) }).await;
    assert_eq!(take().await.map(|job| job.id), Some(JobId::new("second")));
}

async fn a_job_is_not_taken_before_it_is_due(harness: &dyn InboxHarness) {
    let inbox = harness.open("due").await;
    assert_eq!(inbox.next_due().await.expect("looking works"), None);
    accept(&*inbox, asking("m1", "j1", 1)).await;
    let now = lamplighter_core::Clock::now(harness.clock());
    let due = now + Duration::from_secs(90);
    assert_eq!(taken_id(&*inbox).await.as_deref(), Some("j1"));
    assert_eq!(inbox.next_due().await.expect("looking works"), None, "it is running");
    settle(&*inbox, "j1", JobState::Queued { due }).await;
    assert_eq!(taken_id(&*inbox).await, None);
    assert_eq!(inbox.next_due().await.expect("looking works"), Some(due));
    accept(&*inbox, asking("m2", "j2", 1)).await;
    assert_eq!(taken_id(&*inbox).await.as_deref(), Some("j2"), "one that is put off holds up nobody");
    settle(&*inbox, "j2", JobState::Completed { outcome: json!(null) }).await;
    harness.clock().advance(Duration::from_secs(90));
    let job = take(&*inbox).await.expect("it is due");
    assert_eq!((job.id.as_str(), job.attempts), ("j1", 2), "and it is known how often it was begun");
}

async fn a_message_wakes_a_job_that_waits(harness: &dyn InboxHarness) {
    let inbox = harness.open("wake").await;
    let until = lamplighter_core::Clock::now(harness.clock()) + Duration::from_hours(24 * 3);
    accept(&*inbox, asking("m1", "j1", 1)).await;
    accept(&*inbox, asking("m2", "j2", 2)).await;
    for id in ["j1", "j2"] {
        assert_eq!(taken_id(&*inbox).await.as_deref(), Some(id));
        settle(&*inbox, id, JobState::Waiting { until }).await;
    }
    assert_eq!(taken_id(&*inbox).await, None);
    let now = lamplighter_core::Clock::now(harness.clock());
    accept(&*inbox, Message { wake: Some(IssueNumber(2)), at: now, ..message("m3") }).await;
    assert_eq!(taken_id(&*inbox).await.as_deref(), Some("j2"));
    assert_eq!(taken_id(&*inbox).await, None, "the other one waits on");
    harness.clock().advance(Duration::from_hours(24 * 3));
    assert_eq!(taken_id(&*inbox).await.as_deref(), Some("j1"), "until its time is over");
}

async fn a_job_that_is_woken_while_it_runs_does_not_wait(harness: &dyn InboxHarness) {
    let inbox = harness.open("woken").await;
    accept(&*inbox, asking("m1", "j1", 1)).await;
    assert_eq!(taken_id(&*inbox).await.as_deref(), Some("j1"));
    let now = lamplighter_core::Clock::now(harness.clock());
    accept(&*inbox, Message { wake: Some(IssueNumber(1)), at: now, ..message("m2") }).await;
    let until = now + Duration::from_hours(1);
    settle(&*inbox, "j1", JobState::Waiting { until }).await;
    assert_eq!(taken_id(&*inbox).await.as_deref(), Some("j1"), "the answer came between asking and waiting");
    settle(&*inbox, "j1", JobState::Waiting { until }).await;
    assert_eq!(taken_id(&*inbox).await, None, "once");
}

async fn what_ran_when_the_process_ended_is_queued_again(harness: &dyn InboxHarness) {
    let inbox = harness.open("recover").await;
    for (message, job, issue) in [("m1", "j1", 1), ("m2", "j2", 2), ("m3", "j3", 3)] {
        accept(&*inbox, asking(message, job, issue)).await;
    }
    for id in ["j1", "j2"] {
        assert_eq!(taken_id(&*inbox).await.as_deref(), Some(id));
    }
    settle(&*inbox, "j1", JobState::Completed { outcome: json!("done") }).await;
    drop(inbox);
    let inbox = harness.open("recover").await;
    assert_eq!(inbox.recover().await.expect("recovering works"), 1);
    assert_eq!(taken_id(&*inbox).await.as_deref(), Some("j2"), "in its old place");
    assert_eq!(taken_id(&*inbox).await.as_deref(), Some("j3"));
    assert_eq!(taken_id(&*inbox).await, None);
}

async fn what_is_over_stays_over(harness: &dyn InboxHarness) {
    let inbox = harness.open("over").await;
    let ends = [
        JobState::Completed { outcome: json!({"resolution": "resolved", "n": 0.1}) },
        JobState::Failed { reason: "☂".to_owned() },
        JobState::TimedOut { reason: "not done within 30 minutes".to_owned() },
    ];
    for (n, end) in (1_u64..).zip(ends) {
        let id = format!("j{n}");
        accept(&*inbox, asking(&format!("m{n}"), &id, n)).await;
        assert_eq!(taken_id(&*inbox).await.as_deref(), Some(id.as_str()));
        settle(&*inbox, &id, end.clone()).await;
        accept(&*inbox, Message { wake: Some(IssueNumber(n)), ..message(&format!("wake-{n}")) }).await;
        assert_eq!(state(&*inbox, &id).await, end);
    }
    assert_eq!(taken_id(&*inbox).await, None);
    assert_eq!(inbox.counts().await.expect("counting works"), JobCounts::default());
    let nobody = inbox.settle(&JobId::new("nobody"), JobState::Running).await;
    assert_fails(nobody, ErrorKind::NotFound, "settling a job that is not there");
}
