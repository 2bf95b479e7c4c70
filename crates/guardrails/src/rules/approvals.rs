//! Asks for a collaborator's approval where the policy wants one for this kind of action (SPEC §6, "an optional
//! approval by comment per action kind").
//!
//! What somebody has decided stands in the journal of the run, under a name that holds the digest of the action: an approval
//! of one plan is none of another. An answer that came too late is none.

use std::collections::BTreeSet;

use async_trait::async_trait;
use lamplighter_core::markdown::inert;
use lamplighter_core::waiting::{Answer, answer};
use lamplighter_core::words::{Approval, Change, Decision, approval_question};
use lamplighter_core::{Context, Guardrail, Result, Verdict, utc};

use crate::ActionKind;

pub(super) struct ApprovedByAPerson(pub(super) BTreeSet<ActionKind>);

#[async_trait]
impl Guardrail<Change> for ApprovedByAPerson {
    fn name(&self) -> &'static str {
        "approvals"
    }

    async fn check(&self, cx: &Context, change: &Change) -> Result<Verdict> {
        match ActionKind::of(&change.action) {
            Some(kind) if self.0.contains(&kind) => {}
            Some(_) => return Ok(Verdict::allow("this kind of action needs no approval")),
            None => return Ok(Verdict::escalate("no approval is enough for this action")),
        }
        let decided = answer(&**cx.journal(), cx.run(), &approval_question(change)?).await?;
        Ok(match decided {
            Some(Answer::Given { value: Approval { decision, by }, at }) => {
                let (by, at) = (inert(by.as_str()), utc(at));
                match decision {
                    Decision::Approve => Verdict::allow(format!("{by} approved it at {at}")),
                    Decision::Deny => Verdict::deny(format!("{by} denied it at {at}")),
                }
            }
            Some(Answer::Expired { at }) => Verdict::escalate(format!("nobody had approved it by {}", utc(at))),
            None => Verdict::require_approval(format!("a collaborator has to approve each {}", change.action.kind())),
        })
    }
}

#[cfg(test)]
mod tests {
    use lamplighter_core::waiting::give_answer;
    use lamplighter_core::words::{Action, Login, PodRestart};
    use lamplighter_testkit::context;
    use serde_json::json;

    use super::super::fixtures::{change, direct, restart, scaling, word};
    use super::*;

    fn restarts_are_asked_about() -> ApprovedByAPerson {
        ApprovedByAPerson([ActionKind::RestartPod].into())
    }

    async fn check(cx: &Context, change: &Change, expected: &str) {
        let said = restarts_are_asked_about().check(cx, change).await.unwrap();
        assert_eq!(word(&said), expected, "{said:?}");
    }

    async fn decide(cx: &Context, change: &Change, decision: Decision) {
        let approval = Approval { decision, by: Login::new("maria") };
        let name = approval_question(change).unwrap();
        give_answer(&**cx.journal(), cx.run(), &name, approval, cx.now()).await.unwrap();
    }

    #[tokio::test]
    async fn only_the_listed_kinds_have_to_be_approved() {
        let cx = context("t");
        check(&cx, &change(Action::RestartPod(restart())), "ask").await;
        check(&cx, &change(Action::Scale(scaling())), "allow").await;
        check(&cx, &direct("restart-pod", "pod"), "escalate").await;
    }

    #[tokio::test]
    async fn what_a_person_decided_counts_and_the_first_word_stands() {
        let asked = change(Action::RestartPod(restart()));
        for (decision, expected) in [(Decision::Approve, "allow"), (Decision::Deny, "deny")] {
            let cx = context("t");
            decide(&cx, &asked, decision).await;
            check(&cx, &asked, expected).await;
            decide(&cx, &asked, Decision::Approve).await;
            decide(&cx, &asked, Decision::Deny).await;
            check(&cx, &asked, expected).await;
        }
    }

    #[tokio::test]
    async fn an_approval_is_of_one_action_of_one_run() {
        let cx = context("t");
        let asked = change(Action::RestartPod(restart()));
        decide(&cx, &asked, Decision::Approve).await;
        let other = PodRestart { uid: "another pod of that name".to_owned(), ..restart() };
        check(&cx, &change(Action::RestartPod(other)), "ask").await;
        check(&context("another run"), &asked, "ask").await;
    }

    #[tokio::test]
    async fn an_answer_that_came_too_late_or_cannot_be_read_is_none() {
        let (late, broken) = (context("late"), context("broken"));
        let asked = change(Action::RestartPod(restart()));
        let name = approval_question(&asked).unwrap();
        late.journal().signal(late.run(), &name, json!({"expired": {"at": late.now()}})).await.unwrap();
        decide(&late, &asked, Decision::Approve).await;
        check(&late, &asked, "escalate").await;
        broken.journal().signal(broken.run(), &name, json!({"given": "yes"})).await.unwrap();
        assert!(restarts_are_asked_about().check(&broken, &asked).await.is_err(), "and an error is a refusal");
    }
}
