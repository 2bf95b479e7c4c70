//! A lasting change, from the edit to the commit: workspace, edit, plan, guard, apply, commit.

use lamplighter_core::markdown::code;
use lamplighter_core::ports::{CommitId, PlanOutcome, PlannedStack, StackEdit, Workspace};
use lamplighter_core::words::{
    Action, Change, ChangeKey, CommitChange, Confidence, Finding, Impact, IssueNumber, Login, StackName,
};
use lamplighter_core::{Carried, Context, Done, Result};

use crate::desk::{Desk, Ordered};
use crate::ports::Delivery;

/// How often a moved remote is fetched and planned on again.
const ROUNDS: u32 = 3;

/// What is to be delivered.
pub(crate) struct Order<'a> {
    pub(crate) issue: IssueNumber,
    pub(crate) stack: &'a StackName,
    pub(crate) edits: &'a [StackEdit],
    pub(crate) reason: String,
    /// The commit's subject line.
    pub(crate) subject: String,
    pub(crate) requested_by: &'a Login,
    pub(crate) confidence: Confidence,
    pub(crate) impact: Vec<Impact>,
    pub(crate) evidence: Vec<Finding>,
}

/// What came of it.
pub(crate) enum Delivered {
    /// Applied and committed.
    Done {
        /// The plan's headline and its resources.
        plan: Vec<String>,
        commit: CommitId,
    },
    /// The infrastructure and the repository already are as ordered, by somebody else's commit meanwhile.
    Already,
    /// The guardrails refused it, or it is not safe to begin. Nothing was changed.
    Refused { why: String, plan: Vec<String> },
    /// It failed; `applied` says whether the infrastructure was changed already.
    Failed { why: String, plan: Vec<String>, applied: bool },
}

/// Delivers an order once. A remote branch that moved meanwhile is fetched and planned on again.
pub(crate) async fn deliver(desk: &Desk, delivery: &Delivery, cx: &Context, order: &Order<'_>) -> Result<Delivered> {
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
                match desk
                    .carry_out(cx, order.issue, Ordered { change, workspace: Some(&workspace), shown: &plan })
                    .await?
                {
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
        match desk.carry_out(cx, order.issue, Ordered { change, workspace: Some(&workspace), shown: &plan }).await? {
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
        requested_by: Some(order.requested_by.clone()),
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
