//! The one place where changes are carried out.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::guardrail::{ApprovedAction, Guardrails, RefusalKind};
use crate::ports::{
    AuditEntry, AuditEvent, AuditQuery, ClusterReader, ClusterWriter, CommitId, CommitOutcome, MonitorWriter,
    Repository, Stacks, Standing, Workspace,
};
use crate::words::{Action, Change, ChangeKey, PlanApply, PodRestart, Scaling};
use crate::{Context, Error, Result};

/// What came of a proposed change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carried {
    /// It was done, now or before a restart.
    Done(Done),
    /// The guardrails refused it; nothing was done.
    Refused {
        /// What kind of refusal.
        kind: RefusalKind,
        /// Why, one sentence each.
        reasons: Vec<String>,
    },
    /// It was begun and failed, or it cannot be told how far it came.
    Failed {
        /// Why, for a person; safe in public.
        reason: String,
    },
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// The pod was deleted.
    PodRestarted,
    /// The replica count was set.
    Scaled,
    /// The plan was applied.
    Applied,
    /// The commit is on the remote branch.
    Committed {
        /// Its id.
        commit: CommitId,
    },
    /// The monitor is there.
    MonitorAdded,
    /// The remote branch has moved: nothing was pushed, plan again.
    RemoteMoved {
        /// Where it is now.
        head: CommitId,
    },
}

/// Carries changes out, each exactly once.
///
/// [`carry_out`](Actuator::carry_out) goes these steps, and can be killed between and inside any two:
///
/// 1. What the journal has recorded for this change is the answer.
/// 2. If an earlier attempt was noted, the outside world is asked whether it succeeded: is the pod of that UID
///    gone, has the state taken the plan, does the branch have the commit, is the monitor there? If so, that is recorded.
/// 3. The guardrails review the change, anew after every restart.
/// 4. The attempt is written to the audit log and noted in the journal, durably.
/// 5. The port carries the approved change out.
/// 6. The outcome is written to the audit log and recorded.
#[derive(Clone)]
pub struct Actuator {
    guardrails: Guardrails<Change>,
    cluster: Arc<dyn ClusterReader>,
    cluster_writer: Option<Arc<dyn ClusterWriter>>,
    delivery: Option<Delivery>,
    monitors: Option<Arc<dyn MonitorWriter>>,
}

#[derive(Clone)]
struct Delivery {
    stacks: Arc<dyn Stacks>,
    repository: Arc<dyn Repository>,
}

impl Actuator {
    /// An actuator that can look at a cluster and carry nothing out.
    pub fn new(guardrails: Guardrails<Change>, cluster: Arc<dyn ClusterReader>) -> Self {
        Self { guardrails, cluster, cluster_writer: None, delivery: None, monitors: None }
    }

    /// The same, able to restart pods and to scale.
    #[must_use]
    pub fn with_cluster(mut self, writer: Arc<dyn ClusterWriter>) -> Self {
        self.cluster_writer = Some(writer);
        self
    }

    /// The same, able to apply plans and to commit them.
    #[must_use]
    pub fn with_stacks(mut self, stacks: Arc<dyn Stacks>, repository: Arc<dyn Repository>) -> Self {
        self.delivery = Some(Delivery { stacks, repository });
        self
    }

    /// The same, able to add monitors.
    #[must_use]
    pub fn with_monitors(mut self, monitors: Arc<dyn MonitorWriter>) -> Self {
        self.monitors = Some(monitors);
        self
    }

    /// The guardrails.
    #[must_use]
    pub fn guardrails(&self) -> &Guardrails<Change> {
        &self.guardrails
    }

    /// Carries a change out once. `workspace` is where its files are, for plans and commits.
    ///
    /// A failure of the port is an outcome, not an error: the change may have been done in part, and a person
    /// has to be told.
    ///
    /// # Errors
    /// Those of the journal and the audit log, and those of asking the outside world what an interrupted
    /// attempt has done.
    pub async fn carry_out(&self, cx: &Context, change: Change, workspace: Option<&Workspace>) -> Result<Carried> {
        let key = change.key.clone();
        let (outcome_step, attempt_step) = (format!("{key}#outcome"), format!("{key}#attempt"));
        if let Some(recorded) = cx.recall(&outcome_step).await? {
            return Ok(recorded);
        }
        if cx.recall::<bool>(&attempt_step).await?.is_some()
            && let Some(found) = self.find_out(&change, workspace).await?
        {
            audit_outcome(cx, &key, &found).await?;
            return cx.remember(&outcome_step, found).await;
        }
        cx.go_on()?;
        let change = self.as_it_is_now(change).await?;
        let attempted = attempted_event(&change);
        let carried = match self.guardrails.review(cx, change).await {
            // A review that was cut short by a stop says nothing about the change.
            Err(_) if cx.cancellation().is_cancelled() => return Err(stopped()),
            // No answer to keep: it is reviewed again when somebody has approved it, or has not.
            Err(refusal) if refusal.kind == RefusalKind::NeedsApproval => {
                return Ok(Carried::Refused { kind: refusal.kind, reasons: refusal.reasons });
            }
            Err(refusal) => Carried::Refused { kind: refusal.kind, reasons: refusal.reasons },
            Ok(approved) => {
                cx.audit().append(AuditEntry { at: cx.now(), run: cx.run().clone(), event: attempted }).await?;
                cx.remember(&attempt_step, true).await?;
                match self.act(approved.into_action(), &key, workspace).await {
                    Ok(done) => Carried::Done(done),
                    Err(error) => {
                        tracing::error!(parent: cx.span(), change = %key, error = error.chain(), "a change failed");
                        Carried::Failed { reason: error.public_message().to_owned() }
                    }
                }
            }
        };
        audit_outcome(cx, &key, &carried).await?;
        cx.remember(&outcome_step, carried).await
    }

    /// The change with what may have moved since it was proposed, which may be a restart of ours ago: a pod that
    /// has become ready by itself is not one to restart.
    async fn as_it_is_now(&self, mut change: Change) -> Result<Change> {
        if let Action::RestartPod(restart) = &mut change.action
            && let Some(pod) = self.cluster.pod(&restart.namespace, &restart.pod).await?
            && pod.metadata.uid == restart.uid
        {
            restart.ready = pod.is_ready();
        }
        Ok(change)
    }

    async fn act(&self, action: ApprovedAction, key: &ChangeKey, workspace: Option<&Workspace>) -> Result<Done> {
        match action {
            ApprovedAction::RestartPod(approved) => {
                self.writer()?.restart_pod(approved).await.map(|()| Done::PodRestarted)
            }
            ApprovedAction::Scale(approved) => self.writer()?.scale(approved).await.map(|()| Done::Scaled),
            ApprovedAction::ApplyPlan(approved) => {
                let (delivery, workspace) = self.delivery(workspace)?;
                delivery.stacks.apply(workspace, approved).await.map(|()| Done::Applied)
            }
            ApprovedAction::Commit(approved) => {
                let (delivery, workspace) = self.delivery(workspace)?;
                Ok(match delivery.repository.commit(workspace, key, approved).await? {
                    CommitOutcome::Pushed { commit } => Done::Committed { commit },
                    CommitOutcome::RemoteMoved { head } => Done::RemoteMoved { head },
                })
            }
            ApprovedAction::AddMonitor(approved) => self.monitors()?.add(approved).await.map(|()| Done::MonitorAdded),
            ApprovedAction::Unsupported(_) => Err(unsupported("this action is not one that Lamplighter carries out")),
        }
    }

    /// What an interrupted attempt has done, or `None` when it has done nothing.
    async fn find_out(&self, change: &Change, workspace: Option<&Workspace>) -> Result<Option<Carried>> {
        match &change.action {
            Action::RestartPod(restart) => {
                self.was_restarted(restart).await.map(|was| was.then_some(Done::PodRestarted))
            }
            Action::Scale(scaling) => self.was_scaled(scaling).await.map(|was| was.then_some(Done::Scaled)),
            Action::ApplyPlan(apply) => return self.was_applied(apply, workspace).await,
            Action::Commit(_) => self.was_committed(&change.key, workspace).await,
            Action::AddMonitor(addition) => {
                self.monitors()?.has(addition).await.map(|has| has.then_some(Done::MonitorAdded))
            }
            Action::Direct(_) => Ok(None),
        }
        .map(|done| done.map(Carried::Done))
    }

    async fn was_restarted(&self, restart: &PodRestart) -> Result<bool> {
        let pod = self.cluster.pod(&restart.namespace, &restart.pod).await?;
        Ok(pod.is_none_or(|pod| pod.metadata.uid != restart.uid || pod.is_terminating()))
    }

    async fn was_scaled(&self, scaling: &Scaling) -> Result<bool> {
        Ok(self.cluster.replicas(&scaling.workload).await? == Some(scaling.to))
    }

    async fn was_applied(&self, apply: &PlanApply, workspace: Option<&Workspace>) -> Result<Option<Carried>> {
        let (delivery, workspace) = self.delivery(workspace)?;
        Ok(match delivery.stacks.standing(workspace, apply).await? {
            Standing::NotApplied => None,
            Standing::Applied => Some(Carried::Done(Done::Applied)),
            Standing::Unclear { reason } => Some(Carried::Failed { reason }),
        })
    }

    async fn was_committed(&self, key: &ChangeKey, workspace: Option<&Workspace>) -> Result<Option<Done>> {
        let (delivery, workspace) = self.delivery(workspace)?;
        let commit = delivery.repository.committed(workspace, key).await?;
        Ok(commit.map(|commit| Done::Committed { commit }))
    }

    fn writer(&self) -> Result<&dyn ClusterWriter> {
        self.cluster_writer.as_deref().ok_or_else(|| unsupported("this cluster is read-only"))
    }

    fn monitors(&self) -> Result<&dyn MonitorWriter> {
        self.monitors.as_deref().ok_or_else(|| unsupported("no monitors can be added here"))
    }

    fn delivery<'a>(&'a self, workspace: Option<&'a Workspace>) -> Result<(&'a Delivery, &'a Workspace)> {
        let delivery = self.delivery.as_ref().ok_or_else(|| unsupported("no stacks are configured"))?;
        let workspace =
            workspace.ok_or_else(|| Error::internal("a change of a stack was proposed without its workspace"))?;
        Ok((delivery, workspace))
    }
}

impl std::fmt::Display for Done {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::PodRestarted => f.write_str("the pod was deleted and its controller recreates it"),
            Self::Scaled => f.write_str("the replica count was set"),
            Self::Applied => f.write_str("the plan was applied"),
            Self::Committed { commit } => write!(f, "committed as {}", commit.short()),
            Self::MonitorAdded => f.write_str("the monitor was added"),
            Self::RemoteMoved { head } => write!(f, "not pushed: the remote branch has moved to {}", head.short()),
        }
    }
}

/// Writes the outcome to the audit log once, also when an earlier attempt died between writing it there and
/// recording it in the journal.
async fn audit_outcome(cx: &Context, key: &ChangeKey, carried: &Carried) -> Result<()> {
    let event = match carried {
        Carried::Done(done @ Done::RemoteMoved { .. }) => {
            AuditEvent::Failed { change: key.clone(), error: done.to_string() }
        }
        Carried::Done(done) => AuditEvent::Executed { change: key.clone(), outcome: done.to_string() },
        Carried::Failed { reason } => AuditEvent::Failed { change: key.clone(), error: reason.clone() },
        // The review has written this down.
        Carried::Refused { .. } => return Ok(()),
    };
    let of_this_run = AuditQuery { run: Some(cx.run().clone()), since: None };
    let is_written = |entry: &AuditEntry| match &entry.event {
        AuditEvent::Executed { change, .. } | AuditEvent::Failed { change, .. } => change == key,
        _ => false,
    };
    if cx.audit().entries(&of_this_run).await?.iter().any(is_written) {
        return Ok(());
    }
    cx.audit().append(AuditEntry { at: cx.now(), run: cx.run().clone(), event }).await
}

fn attempted_event(change: &Change) -> AuditEvent {
    AuditEvent::Attempted {
        change: change.key.clone(),
        action: change.action.kind().to_owned(),
        object: change.object(),
        requested_by: change.requested_by.as_ref().map(|login| login.as_str().to_owned()),
        reason: change.reason.clone(),
    }
}

fn stopped() -> Error {
    Error::new(crate::ErrorKind::Cancelled, "stopped; it goes on where it was when it is started again")
}

fn unsupported(message: &'static str) -> Error {
    Error::new(crate::ErrorKind::Refused, message).with_public(message)
}
