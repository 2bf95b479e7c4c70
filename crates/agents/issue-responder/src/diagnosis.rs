//! What is the matter with a workload, as far as its pods say.

use lamplighter_core::cluster::{ClusterState, ContainerStatus, Pod};
use lamplighter_core::words::{Confidence, Finding, WorkloadKind, WorkloadRef};
use serde::{Deserialize, Serialize};

/// A workload that is not as it should be, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Suspect {
    /// The service, as the triage names it.
    pub(crate) service: String,
    pub(crate) workload: WorkloadRef,
    pub(crate) cause: Cause,
    pub(crate) confidence: Confidence,
    pub(crate) evidence: Vec<Finding>,
}

/// Why a workload does not serve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "cause")]
pub(crate) enum Cause {
    /// A container was killed for using more memory than its limit (`OOMKilled`; the kernel's exit code 137).
    OutOfMemory {
        container: String,
        /// The limit as the pod has it, where it has one.
        limit: Option<String>,
    },
    /// It is set to no replicas.
    ScaledToZero,
    /// The image cannot be pulled.
    ImagePull,
    /// Its pods find no node, or wait for a volume.
    NotScheduled,
    /// A container ends with an error again and again.
    CrashLoop,
    /// The containers run and are not ready.
    NotReady,
    /// Nothing in the cluster explains it.
    Unknown,
}

impl Cause {
    /// One sentence for a person.
    pub(crate) fn sentence(&self, workload: &WorkloadRef) -> String {
        match self {
            Self::OutOfMemory { container, limit } => {
                let limit =
                    limit.as_ref().map_or_else(|| "its limit".to_owned(), |limit| format!("its limit of {limit}"));
                format!("container {container} of {workload} is killed for using more memory than {limit}")
            }
            Self::ScaledToZero => format!("{workload} is scaled to 0 replicas"),
            Self::ImagePull => format!("the image of {workload} cannot be pulled"),
            Self::NotScheduled => format!("pods of {workload} cannot be scheduled"),
            Self::CrashLoop => format!("a container of {workload} ends with an error again and again"),
            Self::NotReady => format!("pods of {workload} run but are not ready"),
            Self::Unknown => format!("nothing in the cluster explains why {workload} does not serve"),
        }
    }
}

/// What the cluster says about one workload; `None` when it is as it should be or was not seen.
pub(crate) fn suspect(
    state: &ClusterState,
    service: &str,
    workload: &WorkloadRef,
    evidence: Vec<Finding>,
) -> Option<Suspect> {
    let status = state.workload(workload)?;
    let pods = state.pods_of(workload);
    let (cause, confidence) = if status.desired == 0 && workload.kind != WorkloadKind::DaemonSet {
        (Cause::ScaledToZero, Confidence::High)
    } else if status.ready < status.desired || pods.iter().any(|pod| !pod.is_ready() && !pod.is_terminating()) {
        cause_of(&pods)
    } else {
        return None;
    };
    Some(Suspect { service: service.to_owned(), workload: workload.clone(), cause, confidence, evidence })
}

/// The most telling cause that any pod shows: a kill says more than the back-off that follows it.
fn cause_of(pods: &[&Pod]) -> (Cause, Confidence) {
    let broken: Vec<&Pod> = pods.iter().copied().filter(|pod| !pod.is_ready() && !pod.is_terminating()).collect();
    let oom = broken.iter().find_map(|pod| {
        let status = pod.all_container_statuses().find(|status| is_oom_killed(status))?;
        let container = pod.spec.containers.iter().find(|container| container.name == status.name);
        let limit = container.and_then(|container| container.resources.limits.get("memory"));
        Some(Cause::OutOfMemory { container: status.name.clone(), limit: limit.map(ToString::to_string) })
    });
    if let Some(oom) = oom {
        return (oom, Confidence::High);
    }
    let any = |test: fn(&ContainerStatus) -> bool| broken.iter().any(|pod| pod.all_container_statuses().any(test));
    if any(cannot_pull) {
        return (Cause::ImagePull, Confidence::High);
    }
    if any(crash_loops) {
        return (Cause::CrashLoop, Confidence::Medium);
    }
    if broken.iter().any(|pod| pod.condition("PodScheduled").is_some_and(|condition| condition.status == "False")) {
        return (Cause::NotScheduled, Confidence::High);
    }
    if broken.iter().any(|pod| pod.status.phase == "Running") {
        return (Cause::NotReady, Confidence::Medium);
    }
    (Cause::Unknown, Confidence::Low)
}

/// Whether it is killed for its memory now: in its last end, and not running again since. A container that runs
/// and is not ready has another trouble today, whatever killed it once.
fn is_oom_killed(status: &ContainerStatus) -> bool {
    let killed = |state: &lamplighter_core::cluster::ContainerState| {
        state.terminated.as_ref().is_some_and(|end| end.reason.as_deref() == Some("OOMKilled"))
    };
    killed(&status.state) || (status.state.running.is_none() && killed(&status.last_state))
}

fn cannot_pull(status: &ContainerStatus) -> bool {
    // The kubelet's reasons for a failed pull (`pkg/kubelet/images/types.go`).
    const REASONS: [&str; 4] = ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"];
    waits_for(status).is_some_and(|reason| REASONS.contains(&reason))
}

fn crash_loops(status: &ContainerStatus) -> bool {
    let failed = status.state.terminated.as_ref().is_some_and(|end| end.exit_code != 0);
    failed || waits_for(status) == Some("CrashLoopBackOff")
}

fn waits_for(status: &ContainerStatus) -> Option<&str> {
    status.state.waiting.as_ref()?.reason.as_deref()
}
