use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::Workspace;
use crate::words::{PlanApply, StackName, WorkloadRef};
use crate::{Approved, Result};

/// What about a workload can be set in a stack.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Knob {
    /// The memory limit of a container (a Kubernetes quantity: `256Mi`).
    MemoryLimit {
        /// The container's name.
        container: String,
    },
    /// The memory request of a container.
    MemoryRequest {
        /// The container's name.
        container: String,
    },
    /// The CPU limit of a container (`500m`).
    CpuLimit {
        /// The container's name.
        container: String,
    },
    /// The number of replicas.
    Replicas,
}

/// Where a setting stands in the repository.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Setting {
    /// The stack.
    pub stack: StackName,
    /// The file, relative to the repository.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The value as it is written, without quotes: `128Mi`, `2`.
    pub value: String,
}

/// A monitor that a stack is to have.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Monitoring {
    /// The monitor's name.
    pub name: String,
    /// The address to watch.
    pub url: String,
}

/// An edit of a stack's files. Only values are replaced and only blocks of a known shape are added: text
/// from outside never becomes Terraform code.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StackEdit {
    /// Set a workload's knob.
    Set {
        /// The workload.
        workload: WorkloadRef,
        /// What is set.
        knob: Knob,
        /// The value that is there now; the edit fails when it is another.
        from: String,
        /// The new value.
        to: String,
    },
    /// Add an uptime monitor beside those that the stack has, in the shape that they have.
    AddMonitor(Monitoring),
}

/// The plan of a stack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedStack {
    /// The proposal, ready for the guardrails.
    pub apply: PlanApply,
    /// What the edits changed, as a unified diff.
    pub diff: String,
}

/// What came of planning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanOutcome {
    /// There is a plan.
    Planned(Box<PlannedStack>),
    /// The infrastructure is already as the edited files say.
    NothingToDo {
        /// The files that the edits changed, relative to the repository; they are still to be committed.
        edited: Vec<String>,
    },
    /// Terraform could not plan it, or the edit has no place in it.
    Failed {
        /// Why, for a person.
        reason: String,
    },
}

/// Whether a plan has been applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The state is still the one that the plan was made from.
    NotApplied,
    /// It was applied to its end.
    Applied,
    /// The state has moved and it cannot be told whether this plan moved it to its end.
    Unclear {
        /// What was seen.
        reason: String,
    },
}

/// Terraform stacks: plan, show, apply.
#[async_trait]
pub trait Stacks: Send + Sync {
    /// The stacks in a workspace.
    ///
    /// # Errors
    /// When the workspace cannot be read.
    async fn list(&self, workspace: &Workspace) -> Result<Vec<StackName>>;

    /// Where a workload's knob is set as a plain value; `None` where it is not, or is computed.
    ///
    /// # Errors
    /// When a file cannot be read or parsed.
    async fn locate(&self, workspace: &Workspace, workload: &WorkloadRef, knob: &Knob) -> Result<Option<Setting>>;

    /// The stack that declares a monitor for the same kind of thing, where a new one belongs; `None` where
    /// no stack has any.
    ///
    /// # Errors
    /// When a file cannot be read or parsed.
    async fn monitoring(&self, workspace: &Workspace) -> Result<Option<StackName>>;

    /// Edits the workspace's files, formats them and makes a plan file. Infrastructure and the remote
    /// repository stay as they are.
    ///
    /// # Idempotency
    /// May be repeated: the workspace is put back to its base commit first, and a plan made anew.
    ///
    /// # Errors
    /// [`Conflict`](crate::ErrorKind::Conflict) when the state's lock is held,
    /// [`Timeout`](crate::ErrorKind::Timeout). What Terraform itself cannot do is
    /// [`PlanOutcome::Failed`].
    async fn plan(&self, workspace: &Workspace, stack: &StackName, edits: &[StackEdit]) -> Result<PlanOutcome>;

    /// Applies exactly the plan file that was judged.
    ///
    /// # Idempotency
    /// By the digest of the plan file and the state's serial: Terraform refuses a plan whose state has
    /// moved. Ask [`Stacks::standing`] before repeating.
    ///
    /// # Errors
    /// [`Refused`](crate::ErrorKind::Refused) when the file's digest is not the judged one,
    /// [`Conflict`](crate::ErrorKind::Conflict) when the state has moved or is locked. After any error the
    /// apply may have been done in part.
    async fn apply(&self, workspace: &Workspace, approved: Approved<PlanApply>) -> Result<()>;

    /// Whether a plan has been applied, as far as the state can tell.
    ///
    /// # Errors
    /// When the state cannot be read.
    async fn standing(&self, workspace: &Workspace, apply: &PlanApply) -> Result<Standing>;
}
