//! What commands do, on fakes of the tracker and the journal.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lamplighter_commander::{Commander, Comment, Effect};
use lamplighter_core::ports::{CloseReason, IssueWriter};
use lamplighter_core::runs::OUTCOME;
use lamplighter_core::trust::{Untrusted, admit};
use lamplighter_core::waiting::{Answer, answer, open_questions};
use lamplighter_core::words::{Approval, Decision, IssueNumber, Login};
use lamplighter_core::{Agent, Clock, Context, ErrorKind, RunKey};
use lamplighter_testkit::ContextBuilder;
use lamplighter_testkit::fakes::{FakeAuditLog, FakeClock, FakeIssues, FakeJournal, FakeStopSwitch};
use serde_json::json;

const QUESTION: &str = "approval:issue/1/restart:abc";

struct Desk {
    issues: Arc<FakeIssues>,
    commander: Commander,
    journal: FakeJournal,
    clock: FakeClock,
    audit: FakeAuditLog,
    issue: IssueNumber,
}

impl Desk {
    fn new() -> Self {
        let clock = FakeClock::new();
        let issues =
            Arc::new(FakeIssues::with_clock(Arc::new(clock.clone())).collaborator("maria").collaborator("omar"));
        let issue = issues.open("maria", "Wiki is down", "502 since 14:00", ["user-report"]);
        Self {
            commander: Commander::new(issues.clone(), issues.clone(), Arc::new(FakeStopSwitch::new())),
            journal: FakeJournal::with_clock(Arc::new(clock.clone())),
            audit: FakeAuditLog::new(),
            issues,
            clock,
            issue,
        }
    }

    fn context(&self, run: &str) -> Context {
        ContextBuilder::new(run)
            .clock(self.clock.clone())
            .journal(self.journal.clone())
            .audit(self.audit.clone())
            .build()
    }

    /// The answer to the issue, begun.
    async fn begun(&self) -> Context {
        let cx = self.context("issue/1");
        admit(&cx, &*self.issues, self.issue).await.unwrap();
        cx
    }

    /// The answer to the issue as it asks its question again, which it does each time that it is started.
    async fn ask(&self) -> lamplighter_core::Result<Option<Approval>> {
        let patience = Duration::from_hours(1);
        let tell = async |_| Ok(());
        self.begun().await.wait_for(QUESTION, "restart-pod of apps/wiki", patience, tell).await
    }

    async fn say(&self, id: u32, author: &str, body: &str) -> Effect {
        self.say_at(self.clock.now(), id, author, body).await
    }

    /// Tells now of a comment that was written then.
    async fn say_at(&self, at: Timestamp, id: u32, author: &str, body: &str) -> Effect {
        let (author, body) = (Login::new(author), Untrusted::new(body.to_owned()));
        let comment = Comment { issue: self.issue, author, at, body };
        self.commander.run(&self.context(&format!("command/{id}")), comment).await.unwrap()
    }

    fn last_word(&self) -> String {
        self.issues.said(self.issue).last().cloned().unwrap_or_default()
    }
}

async fn close(desk: &Desk) {
    desk.issues.close(desk.issue, CloseReason::NotPlanned).await.unwrap();
}

#[tokio::test]
async fn an_approval_goes_to_the_run_that_waits_for_it() {
    for (command, decision) in [("/approve", Decision::Approve), ("/deny", Decision::Deny)] {
        let desk = Desk::new();
        assert_eq!(desk.ask().await.unwrap_err().kind(), ErrorKind::Waiting);
        assert_eq!(desk.say(1, "maria", command).await, Effect::Wake);
        let approval = desk.ask().await.unwrap().unwrap();
        assert_eq!((approval.decision, approval.by.as_str()), (decision, "maria"));
        assert!(desk.last_word().contains("by maria"), "{}", desk.last_word());
    }
}

#[tokio::test]
async fn nobody_approves_what_was_asked_after_he_wrote() {
    let desk = Desk::new();
    let written = desk.clock.now();
    desk.clock.advance(Duration::from_secs(1));
    assert!(desk.ask().await.is_err());
    assert_eq!(desk.say_at(written, 1, "maria", "/approve").await, Effect::Nothing);
    assert_eq!(desk.ask().await.unwrap_err().kind(), ErrorKind::Waiting);
    assert!(desk.last_word().contains("after this was written"), "{}", desk.last_word());
    assert_eq!(desk.say(2, "maria", "/approve").await, Effect::Wake);
}

#[tokio::test]
async fn a_question_whose_time_is_over_does_not_keep_anybody_from_trying_again() {
    let desk = Desk::new();
    assert!(desk.ask().await.is_err());
    assert_eq!(desk.say(1, "maria", "/retry").await, Effect::Nothing, "it waits for an approval");
    desk.clock.advance(Duration::from_hours(1));
    assert_eq!(desk.say(2, "maria", "/retry").await, Effect::Answer { again: false });
}

#[tokio::test]
async fn an_outsider_changes_nothing_and_is_not_answered() {
    for command in ["/approve", "/deny", "/retry", "/stop", "/status", "/severity sev1"] {
        let desk = Desk::new();
        assert!(desk.ask().await.is_err());
        assert_eq!(desk.say(1, "mallory", command).await, Effect::Nothing);
        assert_eq!(desk.ask().await.unwrap_err().kind(), ErrorKind::Waiting, "it still waits after {command}");
        assert!(desk.issues.said(desk.issue).is_empty());
        assert_eq!(desk.issues.labels(desk.issue), ["user-report"]);
    }
}

#[tokio::test]
async fn the_first_word_stands() {
    let desk = Desk::new();
    assert!(desk.ask().await.is_err());
    desk.say(1, "maria", "/deny").await;
    assert_eq!(desk.say(2, "omar", "/approve").await, Effect::Nothing);
    assert!(desk.last_word().contains("Nothing to decide"), "{}", desk.last_word());
    assert_eq!(desk.ask().await.unwrap().unwrap().decision, Decision::Deny);
}

#[tokio::test]
async fn a_command_that_is_delivered_again_does_nothing_more() {
    let desk = Desk::new();
    assert!(desk.ask().await.is_err());
    for _ in 0..3 {
        assert_eq!(desk.say(1, "maria", "/approve").await, Effect::Wake);
    }
    assert_eq!(desk.issues.said(desk.issue).len(), 1);
}

#[tokio::test]
async fn a_restart_between_the_answer_and_its_record_says_the_same() {
    let desk = Desk::new();
    assert!(desk.ask().await.is_err());
    desk.say(1, "maria", "/approve").await;
    for step in ["obeyed", "reply", "audited"] {
        desk.journal.forget(&RunKey::new("command/1"), step);
    }
    assert_eq!(desk.say(1, "maria", "/approve").await, Effect::Wake);
    assert_eq!(desk.issues.said(desk.issue).len(), 1);
    assert!(desk.last_word().starts_with("**Approved:**"), "{}", desk.last_word());
}

#[tokio::test]
async fn a_question_that_has_expired_is_answered_no_more() {
    let desk = Desk::new();
    assert!(desk.ask().await.is_err());
    desk.clock.advance(Duration::from_hours(2));
    assert_eq!(desk.say(1, "maria", "/approve").await, Effect::Nothing);
    assert_eq!(desk.ask().await.unwrap(), None, "nobody has answered in time");
    let stands = answer::<Approval>(&desk.journal, &RunKey::new("issue/1"), QUESTION).await.unwrap();
    assert!(matches!(stands, Some(Answer::Expired { .. })), "{stands:?}");
}

#[tokio::test]
async fn nothing_is_approved_ahead_of_being_asked() {
    let desk = Desk::new();
    assert_eq!(desk.say(1, "maria", "/approve").await, Effect::Nothing);
    desk.begun().await;
    assert_eq!(desk.say(2, "maria", "/approve").await, Effect::Nothing);
    assert_eq!(desk.ask().await.unwrap_err().kind(), ErrorKind::Waiting);
    let open = open_questions(&desk.journal, &RunKey::new("issue/1")).await.unwrap();
    assert_eq!(open.len(), 1);
}

#[tokio::test]
async fn a_retry_goes_on_or_begins_anew() {
    let desk = Desk::new();
    assert_eq!(desk.say(1, "maria", "/retry").await, Effect::Answer { again: false }, "it was never begun");
    let run = desk.begun().await;
    assert_eq!(desk.say(2, "maria", "/retry").await, Effect::Answer { again: false }, "it was broken off");
    run.remember(OUTCOME, json!({"resolution": "escalated"})).await.unwrap();
    assert_eq!(desk.say(3, "maria", "/retry").await, Effect::Answer { again: true });
}

#[tokio::test]
async fn a_retry_does_not_overrun_a_question_or_a_closed_issue() {
    let desk = Desk::new();
    assert!(desk.ask().await.is_err());
    assert_eq!(desk.say(1, "maria", "/retry").await, Effect::Nothing);
    assert!(desk.last_word().contains("waits for"), "{}", desk.last_word());
    close(&desk).await;
    assert_eq!(desk.say(2, "maria", "/retry").await, Effect::Nothing);
    assert!(desk.last_word().contains("is closed"), "{}", desk.last_word());
}

#[tokio::test]
async fn a_stop_is_a_label_on_an_open_issue() {
    let desk = Desk::new();
    desk.say(1, "maria", "/stop").await;
    assert_eq!(desk.issues.labels(desk.issue), ["lamplighter-stop", "user-report"]);
    let desk = Desk::new();
    close(&desk).await;
    for _ in 0..2 {
        desk.say(1, "maria", "/stop").await;
    }
    let filed = IssueNumber(desk.issue.0 + 1);
    assert_eq!(desk.issues.labels(filed), ["lamplighter-stop"]);
    assert!(desk.last_word().contains(&filed.to_string()), "{}", desk.last_word());
}

#[tokio::test]
async fn there_is_one_severity_and_a_post_mortem_where_it_is_due() {
    let desk = Desk::new();
    desk.say(1, "maria", "/severity sev1").await;
    assert_eq!(desk.issues.labels(desk.issue), ["postmortem-required", "sev1", "user-report"]);
    desk.say(2, "maria", "/severity sev3").await;
    assert_eq!(desk.issues.labels(desk.issue), ["sev3", "user-report"]);
    desk.say(3, "maria", "/severity 2").await;
    assert_eq!(desk.issues.labels(desk.issue), ["sev3", "user-report"]);
    assert!(desk.last_word().starts_with("**Not understood:**"), "{}", desk.last_word());
}

#[tokio::test]
async fn a_status_says_how_far_it_is() {
    let desk = Desk::new();
    desk.say(1, "maria", "/status").await;
    assert!(desk.last_word().contains("has not been begun"), "{}", desk.last_word());
    assert!(desk.ask().await.is_err());
    desk.say(2, "maria", "/status").await;
    let said = desk.last_word();
    assert!(said.contains("waiting for a person") && said.contains("until 2026-03-01 13:00:00 UTC"), "{said}");
    let run = desk.begun().await;
    run.remember(OUTCOME, json!({"resolution": "escalated", "summary": "@ops look"})).await.unwrap();
    desk.say(3, "maria", "/status").await;
    let said = desk.last_word();
    assert!(said.contains("escalated") && !said.contains("@ops"), "{said}");
    assert_eq!(desk.clock.now(), FakeClock::START);
}
