use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Finding, Health, Login, ObjectRef, WorkloadRef};
use crate::RunKey;
use crate::plan::Plan;

/// The identity of a change: the same for the same change of the same run, whatever is restarted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeKey(String);

impl ChangeKey {
    /// The key of a change of a run.
    #[must_use]
    pub fn new(run: &RunKey, name: &str) -> Self {
        Self(format!("{run}/{name}"))
    }

    /// The key's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ChangeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Anything that alters infrastructure, as it is proposed to the guardrails.
///
/// A proposal carries everything that a rule needs to judge it, so that the rules are pure and the
/// audit log can say later what was known then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Its identity.
    pub key: ChangeKey,
    /// What would be done.
    pub action: Action,
    /// Why.
    pub reason: String,
    /// On whose issue; `None` where no person asked (a scan).
    pub requested_by: Option<Login>,
    /// How sure the proposer is.
    pub confidence: Confidence,
    /// The services that it would touch, and how they are. Empty means that nobody looked.
    pub impact: Vec<Impact>,
    /// What it rests on.
    pub evidence: Vec<Finding>,
    /// When it was proposed (UTC).
    pub proposed_at: Timestamp,
}

impl Change {
    /// What it would be done to.
    #[must_use]
    pub fn object(&self) -> ObjectRef {
        match &self.action {
            Action::RestartPod(restart) => restart
                .workload
                .as_ref()
                .map_or_else(|| ObjectRef::pod(&restart.namespace, &restart.pod), WorkloadRef::object),
            Action::Scale(scaling) => scaling.workload.object(),
            Action::ApplyPlan(apply) => ObjectRef::global("stack", apply.stack.as_str()),
            Action::Commit(commit) => ObjectRef::global("repository", &commit.branch),
            Action::AddMonitor(addition) => ObjectRef::global("monitor", &addition.name),
            Action::Direct(direct) => direct.object.clone(),
        }
    }
}

/// How sure a proposer is, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A guess.
    Low,
    /// Likely.
    Medium,
    /// The evidence leaves nothing else.
    High,
}

/// How a service that a change would touch is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Impact {
    /// The service.
    pub service: String,
    /// How it is.
    pub health: Health,
}

/// What a change would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "action")]
pub enum Action {
    /// Delete a pod so that its controller recreates it.
    RestartPod(PodRestart),
    /// Scale a workload back to its declared replica count.
    Scale(Scaling),
    /// Apply a judged plan.
    ApplyPlan(Box<PlanApply>),
    /// Commit and push what has been applied.
    Commit(CommitChange),
    /// Add a monitor where monitors are not declared in a stack.
    AddMonitor(MonitorAddition),
    /// Anything else that somebody may propose. It can be judged (the answer is no) and there is no port
    /// that could carry it out.
    Direct(DirectAction),
}

impl Action {
    /// The name of the kind of action, as the audit log counts it.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::RestartPod(_) => "restart-pod",
            Self::Scale(_) => "scale",
            Self::ApplyPlan(_) => "apply-plan",
            Self::Commit(_) => "commit",
            Self::AddMonitor(_) => "add-monitor",
            Self::Direct(direct) => &direct.verb,
        }
    }
}

/// Delete a pod so that its controller recreates it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PodRestart {
    /// The pod's namespace.
    pub namespace: String,
    /// The pod's name.
    pub pod: String,
    /// The pod's UID: this pod and no successor of the same name. The idempotency key.
    pub uid: String,
    /// The workload that recreates it; `None` when nothing would.
    pub workload: Option<WorkloadRef>,
    /// Whether the pod was ready.
    pub ready: bool,
    /// How many other pods of the workload were ready.
    pub ready_siblings: u32,
}

/// Scale a workload back to its declared replica count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scaling {
    /// The workload.
    pub workload: WorkloadRef,
    /// How many replicas it is set to.
    pub from: u32,
    /// How many it would be set to.
    pub to: u32,
    /// How many are declared, where a declaration was found.
    pub declared: Option<u32>,
    /// Where: the file and line in the repository.
    pub declared_in: Option<String>,
}

/// The name of a stack: the path of its root module below the repository's stacks folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StackName(String);

impl StackName {
    /// A stack by name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StackName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A SHA-256 digest in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        use std::fmt::Write as _;
        let hash = <sha2::Sha256 as sha2::Digest>::digest(bytes);
        let mut hex = String::with_capacity(64);
        for byte in hash {
            let _ = write!(hex, "{byte:02x}");
        }
        Self(hex)
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first twelve digits, for people.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which state a plan was made from. Terraform counts `serial` up by one at every write of a state and
/// keeps `lineage` for its life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateVersion {
    /// The state's lineage; empty where there is no state yet.
    pub lineage: String,
    /// The state's serial; zero where there is no state yet.
    pub serial: u64,
}

/// Apply exactly one plan file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanApply {
    /// The stack.
    pub stack: StackName,
    /// The digest of the plan file. The idempotency key: this file and no other is applied.
    pub digest: Digest,
    /// What the plan would do, read from `show -json` of that file.
    pub plan: Plan,
    /// The state that the plan was made from.
    pub planned_on: StateVersion,
    /// The state when the change was proposed, looked up after the plan was made.
    pub state_now: StateVersion,
    /// The files that were edited for it, relative to the repository.
    pub edited: Vec<String>,
}

/// Commit and push what has been applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitChange {
    /// The branch.
    pub branch: String,
    /// The files, relative to the repository.
    pub files: Vec<String>,
    /// The message, subject line first, without trailers.
    pub message: String,
    /// The change that was carried out before: a commit of infrastructure follows an apply.
    pub follows: Option<ChangeKey>,
}

/// Add a monitor to what watches services. The idempotency key is its name together with its URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorAddition {
    /// The monitor's name, as people see it.
    pub name: String,
    /// What it watches: `https://wiki.example.org/`, `http://…`, or `tcp://db.example.org:5432` for a port.
    pub url: String,
    /// How often it looks, in seconds.
    pub interval: u32,
    /// How often it looks again before it says that the service is down.
    pub retries: u32,
}

impl MonitorAddition {
    /// Whether a monitor is the one that this would add: it has this name and watches this URL. A slash at the end of
    /// a URL is not looked at, since monitoring systems add and drop it.
    #[must_use]
    pub fn is(&self, name: &str, url: &str) -> bool {
        self.name == name && self.url.trim_end_matches('/') == url.trim_end_matches('/')
    }
}

/// A direct action that is not one of the reversible ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectAction {
    /// What would be done: `delete`, `patch`, `write`.
    pub verb: String,
    /// To what.
    pub object: ObjectRef,
}
