//! A change that a collaborator has to approve first.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use lamplighter_core::runs::OUTCOME;
use lamplighter_core::waiting::{answer, give_answer, open_questions};
use lamplighter_core::words::{Approval, Decision, approval_question};
use lamplighter_core::{Clock as _, RunKey};

use super::*;

/// Asks about every change, and goes by what somebody has decided.
struct AsksAPerson;

#[async_trait]
impl Guardrail<Change> for AsksAPerson {
    fn name(&self) -> &'static str {
        "approvals"
    }

    async fn check(&self, cx: &Context, change: &Change) -> Result<Verdict> {
        let decided = answer::<Approval>(&**cx.journal(), cx.run(), &approval_question(change)?).await?;
        Ok(match decided {
            Some(lamplighter_core::waiting::Answer::Given { value, .. }) => match value.decision {
                Decision::Approve => Verdict::allow("approved"),
                Decision::Deny => Verdict::deny(format!("{} denied it", value.by)),
            },
            Some(lamplighter_core::waiting::Answer::Expired { .. }) => Verdict::escalate("nobody approved it in time"),
            None => Verdict::require_approval("a person has to approve it"),
        })
    }
}

/// A stuck pod whose restart has to be approved, and the run that answers it.
struct Case {
    stage: Stage,
    clock: FakeClock,
    journal: FakeJournal,
    audit: FakeAuditLog,
    issue: IssueNumber,
}

impl Case {
    fn new() -> Self {
        let mut stage = Stage::new(stuck(), Health::Down, Some(Severity::Sev2));
        stage.rule = Arc::new(AsksAPerson);
        let issue = stage.file("maria", FORM);
        let clock = FakeClock::auto();
        let journal = FakeJournal::with_clock(Arc::new(clock.clone()));
        Self { stage, clock, journal, audit: FakeAuditLog::new(), issue }
    }

    /// The run, as a process that was started again has it.
    async fn go_on(&self) -> Result<Outcome> {
        let cx = ContextBuilder::new("issue/1")
            .apply()
            .clock(self.clock.clone())
            .journal(self.journal.clone())
            .audit(self.audit.clone())
            .build();
        self.stage.answer(self.issue, &cx).await
    }

    async fn decide(&self, decision: Decision) {
        let run = RunKey::new("issue/1");
        let question = open_questions(&self.journal, &run).await.unwrap().remove(0);
        let approval = Approval { decision, by: Login::new("maria") };
        give_answer(&self.journal, &run, &question.name, approval, self.clock.now()).await.unwrap();
    }

    fn asked(&self) -> usize {
        let said = self.stage.issues.said(self.issue);
        said.iter().filter(|comment| comment.starts_with("**Approval needed:**")).count()
    }
}

#[tokio::test]
async fn what_is_approved_days_later_is_done_once() {
    let case = Case::new();
    for _ in 0..3 {
        assert_eq!(case.go_on().await.unwrap_err().kind(), ErrorKind::Waiting);
        assert!(case.stage.cluster.executed().is_empty(), "nothing is done before");
        case.clock.advance(Duration::from_hours(10));
    }
    assert_eq!(case.asked(), 1, "it is asked once, however often the run is started");
    let question = case.stage.issues.said(case.issue).pop().unwrap();
    assert!(question.contains("restart-pod") && question.contains("2026-03-04 12:00:00 UTC"), "{question}");
    case.decide(Decision::Approve).await;
    case.clock.advance(Duration::from_hours(10));
    for _ in 0..2 {
        assert_eq!(case.go_on().await.unwrap().resolution, Resolution::Resolved, "its own time is not over");
    }
    assert_eq!(case.stage.cluster.executed().len(), 1);
}

#[tokio::test]
async fn what_is_denied_is_handed_over() {
    let case = Case::new();
    assert!(case.go_on().await.is_err());
    case.decide(Decision::Deny).await;
    assert_eq!(case.go_on().await.unwrap().resolution, Resolution::Escalated);
    assert!(case.stage.cluster.executed().is_empty());
    let said = case.stage.issues.said(case.issue).pop().unwrap();
    assert!(said.contains("maria denied it"), "{said}");
}

#[tokio::test]
async fn what_nobody_approves_in_time_is_said_and_handed_over() {
    let case = Case::new();
    assert!(case.go_on().await.is_err());
    case.clock.advance(Duration::from_hours(73));
    assert_eq!(case.go_on().await.unwrap().resolution, Resolution::Escalated);
    assert!(case.stage.cluster.executed().is_empty());
    let said = case.stage.issues.said(case.issue).pop().unwrap();
    assert!(said.contains("nobody approved it in time"), "{said}");
    assert!(case.journal.recorded(&RunKey::new("issue/1"), OUTCOME).await.unwrap().is_some());
}

#[tokio::test]
async fn a_person_who_has_said_how_bad_it_is_is_not_overruled() {
    let case = Case::new();
    case.journal.signal(&RunKey::new("issue/1"), "severity", "sev3".into()).await.unwrap();
    case.stage.issues.relabel(case.issue, &["sev3".to_owned()].into(), &[].into()).await.unwrap();
    assert!(case.go_on().await.is_err());
    assert_eq!(case.stage.issues.labels(case.issue), ["incident", "sev3", "user-report"]);
}
