//! Approvals for tests of the ports that execute.

use std::sync::Arc;

use lamplighter_core::guardrail::ApprovedAction;
use lamplighter_core::words::{
    Action, Change, ChangeKey, CommitChange, Confidence, Health, Impact, Login, MonitorAddition, PlanApply, PodRestart,
    Scaling,
};
use lamplighter_core::{Approved, Context, Guardrail, Guardrails, Proposal, Result, RunKey, Verdict, async_trait};

use crate::ContextBuilder;
use crate::fakes::FakeClock;

/// A proposal to do this, by somebody who is sure, on a service that is down, for run `issue/42`.
#[must_use]
pub fn proposal(action: Action) -> Change {
    let key = ChangeKey::new(&RunKey::new("issue/42"), action.kind());
    Change {
        key,
        action,
        reason: "a test wants it".to_owned(),
        requested_by: Some(Login::new("maria")),
        confidence: Confidence::High,
        impact: vec![Impact { service: "wiki".to_owned(), health: Health::Down }],
        evidence: Vec::new(),
        proposed_at: FakeClock::START,
    }
}

/// The approval of a change, given as it is always given: by a review in apply mode. The one rule allows
/// everything.
///
/// # Panics
/// Never, short of a defect in the core.
pub async fn approve<C: Proposal + 'static>(change: C) -> Approved<C> {
    let cx = ContextBuilder::new("approval").apply().build();
    let rule: Arc<dyn Guardrail<C>> = Arc::new(AllowEverything);
    match Guardrails::new(vec![rule]).review(&cx, change).await {
        Ok(approved) => approved,
        Err(refusal) => unreachable!("a rule that allows everything has refused: {}", refusal.summary()),
    }
}

/// Approves a restart.
///
/// # Panics
/// Like [`approve`].
pub async fn approve_restart(restart: PodRestart) -> Approved<PodRestart> {
    match approve(proposal(Action::RestartPod(restart))).await.into_action() {
        ApprovedAction::RestartPod(approved) => approved,
        other => unreachable!("a restart was approved as {other:?}"),
    }
}

/// Approves a scaling.
///
/// # Panics
/// Like [`approve`].
pub async fn approve_scaling(scaling: Scaling) -> Approved<Scaling> {
    match approve(proposal(Action::Scale(scaling))).await.into_action() {
        ApprovedAction::Scale(approved) => approved,
        other => unreachable!("a scaling was approved as {other:?}"),
    }
}

/// Approves a plan.
///
/// # Panics
/// Like [`approve`].
pub async fn approve_plan(apply: PlanApply) -> Approved<PlanApply> {
    match approve(proposal(Action::ApplyPlan(Box::new(apply)))).await.into_action() {
        ApprovedAction::ApplyPlan(approved) => approved,
        other => unreachable!("a plan was approved as {other:?}"),
    }
}

/// Approves a commit.
///
/// # Panics
/// Like [`approve`].
pub async fn approve_commit(commit: CommitChange) -> Approved<CommitChange> {
    match approve(proposal(Action::Commit(commit))).await.into_action() {
        ApprovedAction::Commit(approved) => approved,
        other => unreachable!("a commit was approved as {other:?}"),
    }
}

/// Approves a monitor.
///
/// # Panics
/// Like [`approve`].
pub async fn approve_monitor(addition: MonitorAddition) -> Approved<MonitorAddition> {
    match approve(proposal(Action::AddMonitor(addition))).await.into_action() {
        ApprovedAction::AddMonitor(approved) => approved,
        other => unreachable!("a monitor was approved as {other:?}"),
    }
}

struct AllowEverything;

#[async_trait]
impl<C: Proposal> Guardrail<C> for AllowEverything {
    fn name(&self) -> &'static str {
        "allow-everything"
    }

    async fn check(&self, _cx: &Context, _change: &C) -> Result<Verdict> {
        Ok(Verdict::allow("a test says so"))
    }
}
