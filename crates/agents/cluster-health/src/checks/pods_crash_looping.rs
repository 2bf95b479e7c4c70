use lamplighter_core::cluster::{ContainerStatus, Pod};
use lamplighter_core::words::Finding;

use super::containers::{crash_looping, waiting_reason};
use crate::lines::{end_line, last_end, pod_ref, quoted};
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `pods-crash-looping`: no container starts and ends again and again.
///
/// Relies on the waiting reason `CrashLoopBackOff`, on `restartCount` and on `state.terminated` and
/// `lastState.terminated` with their exit codes and times (Kubernetes API, `ContainerStatus`), of init
/// containers too. A container that works at the moment but was restarted often and not long ago is a
/// warning; restarts of long ago are history.
#[derive(Debug, Clone, Copy)]
pub struct PodsCrashLooping;

impl Check for PodsCrashLooping {
    fn name(&self) -> &'static str {
        "pods-crash-looping"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        Ok(Outcome::over("pods", view.staying_pods()?, |pod| looping(view, pod).or_else(|| flapping(view, pod))))
    }
}

fn looping(view: &ClusterView<'_>, pod: &Pod) -> Option<Observation> {
    let containers: Vec<_> = crash_looping(*view, pod).collect();
    if containers.is_empty() {
        return None;
    }
    let severity = view.severity_of(pod);
    let observation = Observation::fail(severity, finding(view, pod, &containers, "crashes again and again"));
    Some(observation.softened_if(view.is_new(&pod.metadata)))
}

fn flapping(view: &ClusterView<'_>, pod: &Pod) -> Option<Observation> {
    let is_flapping = |status: &&ContainerStatus| {
        let ended = last_end(status).and_then(|end| end.finished_at);
        status.restart_count >= view.settings().restarts && ended.is_some_and(|at| view.is_recent(at))
    };
    let containers: Vec<_> = pod.status.container_statuses.iter().filter(is_flapping).collect();
    if containers.is_empty() {
        return None;
    }
    Some(Observation::warn(finding(view, pod, &containers, "runs but was restarted often and lately")))
}

fn finding(view: &ClusterView<'_>, pod: &Pod, containers: &[&ContainerStatus], what: &str) -> Finding {
    let summary = format!("pod {}/{} {what}", pod.metadata.namespace(), pod.metadata.name);
    let ended = containers.iter().filter_map(|status| last_end(status)?.finished_at).max();
    let mut finding = view.finding(summary, pod_ref(pod), ended);
    for status in containers {
        let reason = waiting_reason(status).map(|reason| format!(", waits: {}", quoted(reason))).unwrap_or_default();
        finding.evidence.push(format!("container {}: {} restarts{reason}", quoted(&status.name), status.restart_count));
        finding.evidence.extend(last_end(status).map(|end| end_line(&status.name, end)));
    }
    finding.evidence.extend(view.warnings_about("Pod", pod.metadata.namespace(), &pod.metadata.name));
    finding
}
