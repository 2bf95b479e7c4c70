use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::guardrail::Ruling;
use lamplighter_core::plan::Plan;
use lamplighter_core::ports::StopSwitch;
use lamplighter_core::words::{
    Action, Change, ChangeKey, Confidence, Digest, Health, Impact, PlanApply, StackName, StateVersion,
};
use lamplighter_core::{Mode, RefusalKind, Result};
use lamplighter_guardrails::{Policy, guardrails};

use crate::standalone;

/// What the guardrails said about a plan.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The kind of refusal; `None` when it would be applied.
    pub refused: Option<RefusalKind>,
    /// What each rule said.
    pub rulings: Vec<Ruling>,
}

/// Judges a plan as if it were the fix of a broken service: fresh, made from the state as it is, and with
/// nothing tried before. Nothing is read or changed.
pub async fn judge_plan(policy: Policy, stack: StackName, plan: Plan) -> Judgement {
    let state = StateVersion { lineage: String::new(), serial: 0 };
    let apply = PlanApply {
        digest: Digest::of(&serde_json::to_vec(&plan).unwrap_or_default()),
        planned_on: state.clone(),
        state_now: state,
        edited: Vec::new(),
        plan,
        stack: stack.clone(),
    };
    let cx = standalone("guard").with_mode(Mode::Apply);
    let change = Change {
        key: ChangeKey::new(cx.run(), "plan"),
        action: Action::ApplyPlan(Box::new(apply)),
        reason: "judged on request".to_owned(),
        requested_by: None,
        confidence: Confidence::High,
        impact: vec![Impact { service: stack.as_str().to_owned(), health: Health::Down }],
        evidence: Vec::new(),
        proposed_at: cx.now(),
    };
    match guardrails(policy, Arc::new(NeverStopped)).review(&cx, change).await {
        // The approval ends here: there is no port in sight that could use it.
        Ok(approved) => Judgement { refused: None, rulings: approved.rulings().to_vec() },
        Err(refusal) => Judgement { refused: Some(refusal.kind), rulings: refusal.rulings },
    }
}

/// A judgement changes nothing, so there is nothing to stop.
struct NeverStopped;

#[async_trait]
impl StopSwitch for NeverStopped {
    async fn stopped(&self) -> Result<Option<String>> {
        Ok(None)
    }
}
