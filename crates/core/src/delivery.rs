//! A lasting change, from the edit to the commit: workspace, edit, plan, guard, apply, commit.

use std::sync::Arc;

use async_trait::async_trait;

use crate::markdown::code;
use crate::ports::{CommitId, PlanOutcome, PlannedStack, Repository, StackEdit, Stacks, Workspace};
use crate::words::{Action, Change, ChangeKey, CommitChange, Confidence, Finding, Impact, Login, StackName};
use crate::{Actuator, Carried, Context, Done, Result};

/// Terraform and the repository that it is in.
#[derive(Clone)]
pub struct Delivery {
    /// The stacks.
    pub stacks: Arc<dyn Stacks>,
    /// The repository.
    pub repository: Arc<dyn Repository>,
}

/// Who has changes judged and carried out: an [`Actuator`], or somebody who asks people first where that is wanted.
#[async_trait]
pub trait Carrier: Send + Sync {
    /// Has a change judged and carried out, once. `shown` is what somebody who has to approve it sees beside its reason, a
    /// line each.
    ///
    /// # Errors
    /// Those of [`Actuator::carry_out`], and those of asking.
    async fn carry_out(
        &self,
        cx: &Context,
        change: Change,
        workspace: Option<&Workspace>,
        shown: &[String],
    ) -> Result<Carried>;
}

#[async_trait]
impl Carrier for Actuator {
    async fn carry_out(
        &self,
        cx: &Context,
        change: Change,
        workspace: Option<&Workspace>,
        _shown: &[String],
    ) -> Result<Carried> {
        Self::carry_out(self, cx, change, workspace).await
    }
}

/// How often a moved remote is fetched and planned on again.
const ROUNDS: u32 = 3;

/// What is to be delivered.
pub struct Order<'a> {
    /// Where.
    pub stack: &'a StackName,
    /// What is edited.
    pub edits: &'a [StackEdit],
    /// Why, for the audit log.
    pub reason: String,
    /// The commit's subject line.
    pub subject: String,
    /// Who asked for it, where a person did.
    pub requested_by: Option<&'a Login>,
    /// How sure the proposer is.
    pub confidence: Confidence,
    /// The services that it would touch, and how they are.
    pub impact: Vec<Impact>,
    /// What it rests on.
    pub evidence: Vec<Finding>,
}

/// What came of it.
pub enum Delivered {
    /// Applied and committed.
    Done {
        /// The plan's headline and its resources.
        plan: Vec<String>,
        /// The commit on the remote branch.
        commit: CommitId,
    },
    /// The infrastructure and the repository already are as ordered, by somebody else's commit meanwhile.
    Already,
    /// The guardrails refused it, or it is not safe to begin. Nothing was changed.
    Refused {
        /// Why, for a person.
        why: String,
        /// What was planned.
        plan: Vec<String>,
    },
    /// It failed.
    Failed {
        /// Why, for a person.
        why: String,
        /// What was planned.
        plan: Vec<String>,
        /// Whether the infrastructure was changed already.
        applied: bool,
    },
}

/// Delivers an order. A remote branch that moved meanwhile is fetched and planned on again.
///
/// # Idempotency
/// By the run and the step that it is called in: killed anywhere and called again, it is planned, applied and committed once.
/// Steps are named, so of two orders of a run each has a step of its own around it.
///
/// # Errors
/// Those of the journal, and of ports that cannot be reached. What Terraform or the guardrails say is an outcome.
pub async fn deliver(carrier: &dyn Carrier, delivery: &Delivery, cx: &Context, order: &Order<'_>) -> Result<Delivered> {
    let mut applied: Option<ChangeKey> = None;
    let mut plan = Vec::new();
    for round in 1..=ROUNDS {
        let workspace = cx.step(&format!("workspace-{round}"), || delivery.repository.workspace(cx.run())).await?;
        // After a first apply the state is ahead of a fresh checkout; before it, whatever waits in the stack
        // would be applied along with our change, and nobody has asked for that.
        if applied.is_none()
            && let Some(why) = waiting_changes(delivery, cx, &workspace, order.stack, round).await?
        {
            return Ok(Delivered::Refused { why, plan });
        }
        let outcome =
            cx.step(&format!("plan-{round}"), || delivery.stacks.plan(&workspace, order.stack, order.edits)).await?;
        let edited = match outcome {
            PlanOutcome::Failed { reason } => {
                return Ok(Delivered::Failed { why: reason, plan, applied: applied.is_some() });
            }
            PlanOutcome::NothingToDo { edited } => edited,
            PlanOutcome::Planned(_) if applied.is_some() => {
                let why =
                    "the branch moved meanwhile and brings changes of its own, which nobody has judged".to_owned();
                return Ok(Delivered::Failed { why, plan, applied: true });
            }
            PlanOutcome::Planned(planned) => {
                plan = describe(&planned);
                let edited = planned.apply.edited.clone();
                let change = change(cx, order, &format!("apply-{round}"), Action::ApplyPlan(Box::new(planned.apply)));
                let key = change.key.clone();
                match carrier.carry_out(cx, change, Some(&workspace), &plan).await? {
                    Carried::Done(_) => applied = Some(key),
                    Carried::Refused { reasons, .. } => {
                        return Ok(Delivered::Refused { why: reasons.join("; "), plan });
                    }
                    Carried::Failed { reason } => {
                        return Ok(Delivered::Failed {
                            why: format!("applying the plan failed: {reason}"),
                            plan,
                            applied: true,
                        });
                    }
                }
                edited
            }
        };
        if edited.is_empty() && applied.is_some() {
            return Ok(Delivered::Already);
        }
        if edited.is_empty() {
            let why = "the repository already says so, and the stack has nothing to change".to_owned();
            return Ok(Delivered::Refused { why, plan });
        }
        let commit = CommitChange {
            branch: workspace.branch.clone(),
            files: edited,
            message: order.subject.clone(),
            follows: applied.clone(),
        };
        let change = change(cx, order, &format!("commit-{round}"), Action::Commit(commit));
        match carrier.carry_out(cx, change, Some(&workspace), &plan).await? {
            Carried::Done(Done::Committed { commit }) => return Ok(Delivered::Done { plan, commit }),
            Carried::Done(_) => {}
            Carried::Refused { reasons, .. } => {
                return Ok(Delivered::Failed { why: reasons.join("; "), plan, applied: applied.is_some() });
            }
            Carried::Failed { reason } => {
                let why = format!("committing failed: {reason}");
                return Ok(Delivered::Failed { why, plan, applied: applied.is_some() });
            }
        }
    }
    let why = format!("the remote branch moved {ROUNDS} times while the change was being committed");
    Ok(Delivered::Failed { why, plan, applied: applied.is_some() })
}

/// Why the stack cannot be planned on as it is, if it cannot.
async fn waiting_changes(
    delivery: &Delivery,
    cx: &Context,
    workspace: &Workspace,
    stack: &StackName,
    round: u32,
) -> Result<Option<String>> {
    let outcome = cx.step(&format!("baseline-{round}"), || delivery.stacks.plan(workspace, stack, &[])).await?;
    Ok(match outcome {
        PlanOutcome::NothingToDo { .. } => None,
        PlanOutcome::Failed { reason } => Some(format!("stack {stack} cannot be planned as it is: {reason}")),
        PlanOutcome::Planned(planned) => Some(format!(
            "stack {stack} has changes waiting that nobody asked for here ({}); apply or revert them first",
            planned.apply.plan.headline()
        )),
    })
}

fn change(cx: &Context, order: &Order<'_>, name: &str, action: Action) -> Change {
    Change {
        key: ChangeKey::new(cx.run(), &cx.step_name(name)),
        action,
        reason: order.reason.clone(),
        requested_by: order.requested_by.cloned(),
        confidence: order.confidence,
        impact: order.impact.clone(),
        evidence: order.evidence.clone(),
        proposed_at: cx.now(),
    }
}

/// The plan for a person: its headline, a line for each resource, and what was edited.
fn describe(planned: &PlannedStack) -> Vec<String> {
    let apply = &planned.apply;
    let headline = format!("plan of stack {}: {}", code(apply.stack.as_str()), apply.plan.headline());
    let mut lines = vec![headline];
    lines.extend(apply.plan.summary());
    lines.extend(apply.edited.iter().map(|file| format!("edits {}", code(file))));
    lines
}
