//! One workload, or one group of pods without a workload, and how it stands.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lamplighter_core::cluster::{ContainerStatus, Pod};
use lamplighter_core::words::{ObjectRef, WorkloadRef};

use crate::roles::Role;

/// How a member stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Everything that it should have is ready.
    Whole,
    /// Something is not ready yet, and is too new to be called broken.
    Starting,
    /// Fewer pods are ready than should be; none at all when `ready` is 0.
    Short,
    /// Its pods are ready and these services do not lead to them.
    Unreachable { services: Vec<String>, entirely: bool },
    /// It is set to no replicas. Whether it should serve is not known from this alone.
    Off { seems_wrong: Option<String> },
    /// The catalog says that it exists, and it does not.
    Absent,
    /// It could not be looked at, and this is why.
    Unseen(String),
}

/// A part of a service.
#[derive(Debug, Clone)]
pub(crate) struct Member<'a> {
    pub(crate) workload: Option<WorkloadRef>,
    pub(crate) object: ObjectRef,
    pub(crate) role: Option<Role>,
    pub(crate) labels: &'a BTreeMap<String, String>,
    pub(crate) is_database: bool,
    pub(crate) desired: u64,
    pub(crate) ready: u64,
    pub(crate) pods: Vec<&'a Pod>,
    pub(crate) created_at: Option<Timestamp>,
    pub(crate) standing: Standing,
    /// Whether it is known and does not count.
    pub(crate) known: bool,
}

impl<'a> Member<'a> {
    /// Whether nothing at all of it serves.
    pub(crate) fn is_down(&self) -> bool {
        match &self.standing {
            Standing::Short => self.ready == 0,
            Standing::Unreachable { entirely, .. } => *entirely,
            Standing::Off { seems_wrong } => seems_wrong.is_some(),
            Standing::Absent => true,
            Standing::Whole | Standing::Starting | Standing::Unseen(_) => false,
        }
    }

    /// Whether something of it does not serve.
    pub(crate) fn is_broken(&self) -> bool {
        self.is_down() || matches!(self.standing, Standing::Short | Standing::Unreachable { .. })
    }

    /// Whether half of it or more does not serve.
    pub(crate) fn is_badly_broken(&self) -> bool {
        self.is_down() || (self.standing == Standing::Short && self.ready.saturating_mul(2) <= self.desired)
    }

    /// The pods that are not ready.
    pub(crate) fn broken_pods(&self) -> impl Iterator<Item = &'a Pod> + '_ {
        self.pods.iter().copied().filter(|pod| !serves(pod))
    }

    /// Whether its pods say that they are part of something (Kubernetes docs, Recommended Labels).
    pub(crate) fn belongs_to(&self, is_called: &impl Fn(&str) -> bool) -> bool {
        const LABELS: [&str; 4] =
            ["app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/part-of", "app"];
        LABELS.iter().any(|label| self.labels.get(*label).is_some_and(|value| is_called(value)))
    }

    /// How it stands, in one sentence for a person.
    pub(crate) fn sentence(&self) -> String {
        let object = &self.object;
        match &self.standing {
            Standing::Whole => format!("{object} has {} of {} pods ready", self.ready, self.desired),
            Standing::Starting => format!("{object} is starting, {} of {} pods are ready", self.ready, self.desired),
            Standing::Short if self.ready == 0 => format!("{object} has no ready pod of {}", self.desired),
            Standing::Short => format!("{object} has {} ready pods of {}", self.ready, self.desired),
            Standing::Unreachable { services, .. } => {
                format!("{object} has ready pods that service {} does not lead to", services.join(" and "))
            }
            Standing::Off { seems_wrong: Some(why) } => format!("{object} is scaled to 0, and {why}"),
            Standing::Off { seems_wrong: None } => format!("{object} is scaled to 0"),
            Standing::Absent => format!("{object} does not exist"),
            Standing::Unseen(why) => format!("{object} could not be looked at: {why}"),
        }
    }
}

/// Whether a pod serves: a ready one that is being deleted is on its way out.
pub(crate) fn serves(pod: &Pod) -> bool {
    pod.is_ready() && !pod.is_terminating()
}

/// Whether something says that a pod is failing, not merely starting.
pub(crate) fn is_failing(pod: &Pod) -> bool {
    let unschedulable = pod.condition("PodScheduled").is_some_and(|condition| condition.status == "False");
    let failed = matches!(pod.status.phase.as_str(), "Failed" | "Unknown");
    unschedulable || failed || pod.all_container_statuses().any(is_container_failing)
}

/// Kubelet reasons for waiting: those of failures are `CrashLoopBackOff`, `ImagePullBackOff`, `ErrImagePull`,
/// `InvalidImageName`, `CreateContainerConfigError`, `RunContainerError` and their like; those of a start are
/// `ContainerCreating` and `PodInitializing`.
fn is_container_failing(status: &ContainerStatus) -> bool {
    let waits = status.state.waiting.as_ref().and_then(|waiting| waiting.reason.as_deref());
    let waits_in_vain = waits.is_some_and(|reason| {
        reason.ends_with("BackOff")
            || reason.ends_with("Error")
            || reason.starts_with("Err")
            || reason.starts_with("Invalid")
    });
    waits_in_vain || status.state.terminated.as_ref().is_some_and(|end| end.exit_code != 0)
}
