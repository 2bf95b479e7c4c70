use lamplighter_core::cluster::{ContainerStatus, Pod};

use crate::lines::{end_line, last_end, pod_ref, quoted};
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `pods-oom-killed`: no container was killed for the memory it used.
///
/// Relies on the termination reason `OOMKilled` in `state.terminated` or `lastState.terminated`, which the
/// container runtime reports when the kernel killed for the container's memory limit. Exit code 137 alone
/// is any `SIGKILL` and is not taken for it. `lastState` stays until the next restart, so a kill of long ago
/// in a container that is ready is history; a recent one is a warning; one that is not ready is a failure.
#[derive(Debug, Clone, Copy)]
pub struct PodsOomKilled;

impl Check for PodsOomKilled {
    fn name(&self) -> &'static str {
        "pods-oom-killed"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        Ok(Outcome::over("pods", view.staying_pods()?, |pod| look(view, pod)))
    }
}

fn look(view: &ClusterView<'_>, pod: &Pod) -> Option<Observation> {
    let killed: Vec<_> =
        pod.all_container_statuses().filter(|status| was_killed(status) && counts(view, status)).collect();
    if killed.is_empty() {
        return None;
    }
    let at = killed.iter().filter_map(|status| last_end(status)?.finished_at).max();
    let summary = format!("pod {}/{} was killed for its memory", pod.metadata.namespace(), pod.metadata.name);
    let mut finding = view.finding(summary, pod_ref(pod), at);
    for status in &killed {
        finding.evidence.extend(last_end(status).map(|end| end_line(&status.name, end)));
        finding.evidence.push(format!("memory limit {}, {} restarts", limit(pod, &status.name), status.restart_count));
    }
    let is_over = killed.iter().all(|status| status.ready);
    Some(Observation::fail(view.severity_of(pod), finding).softened_if(is_over || view.is_new(&pod.metadata)))
}

fn was_killed(status: &ContainerStatus) -> bool {
    last_end(status).and_then(|end| end.reason.as_deref()) == Some("OOMKilled")
}

fn counts(view: &ClusterView<'_>, status: &ContainerStatus) -> bool {
    let at = last_end(status).and_then(|end| end.finished_at);
    !status.ready || at.is_none_or(|at| view.is_recent(at))
}

fn limit(pod: &Pod, container: &str) -> String {
    let mut containers = pod.spec.init_containers.iter().chain(&pod.spec.containers);
    let limit = containers.find(|found| found.name == container).and_then(|found| found.resources.limits.get("memory"));
    limit.map_or_else(|| "not set".to_owned(), |limit| quoted(limit.as_str()))
}
