use lamplighter_core::cluster::Pod;
use lamplighter_core::words::{Finding, Severity};

use super::containers::{crash_looping, waiting_reason, without_image};
use crate::lines::{pod_ref, quoted, reason_line};
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `pods-not-running`: every pod gets to run, and goes when it is told to.
///
/// Relies on `status.phase` (Kubernetes docs, Pod Lifecycle): `Pending` until it is scheduled and its
/// containers are made, `Unknown` when its node is not heard of, `Failed` when it ended and is not restarted.
/// And on `metadata.deletionTimestamp`, the time by which a pod that is being deleted should be gone: a warning
/// unless nothing of its workload is ready. Pods
/// that wait for an image or crash have checks of their own; failed pods that something replaces are for
/// `pods-failed-or-evicted`, those of jobs for `jobs-failed`.
#[derive(Debug, Clone, Copy)]
pub struct PodsNotRunning;

impl Check for PodsNotRunning {
    fn name(&self) -> &'static str {
        "pods-not-running"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        Ok(Outcome::over("pods", view.pods()?, |pod| look(view, pod)))
    }
}

fn look(view: &ClusterView<'_>, pod: &Pod) -> Option<Observation> {
    if pod.is_terminating() {
        return stuck_in_deletion(view, pod);
    }
    match pod.status.phase.as_str() {
        "Running" => None,
        "Failed" => failed_for_good(view, pod),
        "Pending" => pending(view, pod),
        "" => Some(Observation::warn(view.finding(
            format!("the phase of pod {} is not known", name(pod)),
            pod_ref(pod),
            None,
        ))),
        phase => {
            let finding = view.finding(format!("pod {} is {}", name(pod), quoted(phase)), pod_ref(pod), None);
            Some(Observation::fail(view.severity_of(pod), with_reasons(view, pod, finding)))
        }
    }
}

fn stuck_in_deletion(view: &ClusterView<'_>, pod: &Pod) -> Option<Observation> {
    let deadline = pod.metadata.deletion_timestamp.filter(|deadline| !view.is_within_grace(*deadline))?;
    let summary = format!("pod {} should have been gone by {}", name(pod), lamplighter_core::utc(deadline));
    let finding = view.finding(summary, pod_ref(pod), Some(deadline));
    // It hurts only when it keeps its successor from serving.
    let severity = view.severity_of(pod);
    let observation = Observation::fail(severity, with_reasons(view, pod, finding));
    Some(observation.softened_if(severity == Severity::Sev3))
}

fn failed_for_good(view: &ClusterView<'_>, pod: &Pod) -> Option<Observation> {
    if pod.metadata.controller().is_some() {
        return None;
    }
    let summary = format!("pod {} has failed and nothing replaces it", name(pod));
    let at = pod.status.start_time;
    Some(Observation::fail(Severity::Sev3, with_reasons(view, pod, view.finding(summary, pod_ref(pod), at))))
}

fn pending(view: &ClusterView<'_>, pod: &Pod) -> Option<Observation> {
    if without_image(pod).next().is_some() || crash_looping(*view, pod).next().is_some() {
        return None;
    }
    if view.is_new(&pod.metadata) {
        return None;
    }
    let unscheduled = pod.condition("PodScheduled").filter(|condition| condition.status == "False");
    let what = if unscheduled.is_some() { "finds no node to run on" } else { "does not start" };
    let at = unscheduled.and_then(|condition| condition.last_transition_time).or(pod.metadata.creation_timestamp);
    let finding = view.finding(format!("pod {} {what}", name(pod)), pod_ref(pod), at);
    Some(Observation::fail(view.severity_of(pod), with_reasons(view, pod, finding)))
}

fn name(pod: &Pod) -> String {
    format!("{}/{}", pod.metadata.namespace(), pod.metadata.name)
}

fn with_reasons(view: &ClusterView<'_>, pod: &Pod, mut finding: Finding) -> Finding {
    finding.evidence.push(format!("phase {}", quoted(&pod.status.phase)));
    finding.evidence.extend(reason_line(pod.status.reason.as_deref(), pod.status.message.as_deref()));
    let failed_conditions = pod.status.conditions.iter().filter(|condition| condition.status != "True");
    finding.evidence.extend(failed_conditions.filter_map(|condition| {
        let why = reason_line(condition.reason.as_deref(), condition.message.as_deref())?;
        Some(format!("{}={}, {why}", condition.r#type, condition.status))
    }));
    finding.evidence.extend(pod.all_container_statuses().filter_map(|status| {
        Some(format!("container {} waits: {}", quoted(&status.name), quoted(waiting_reason(status)?)))
    }));
    finding.evidence.extend(view.warnings_about("Pod", pod.metadata.namespace(), &pod.metadata.name));
    finding
}
