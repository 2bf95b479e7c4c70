use lamplighter_core::cluster::Pod;

use crate::lines::{end_line, last_end, pod_ref, reason_line};
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `pods-failed-or-evicted`: no remains of failed pods lie about.
///
/// Relies on `status.phase` being `Failed` and `status.reason`, such as `Evicted`, which the kubelet writes
/// under node pressure (Kubernetes docs, Node-pressure Eviction). The controller has made or will make a
/// replacement, which the other checks look at, so the remains are a warning. Pods of jobs are for
/// `jobs-failed`, pods without a controller for `pods-not-running`.
#[derive(Debug, Clone, Copy)]
pub struct PodsFailedOrEvicted;

impl Check for PodsFailedOrEvicted {
    fn name(&self) -> &'static str {
        "pods-failed-or-evicted"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        Ok(Outcome::over("pods", view.staying_pods()?, |pod| look(view, pod)))
    }
}

fn look(view: &ClusterView<'_>, pod: &Pod) -> Option<Observation> {
    let is_replaced = pod.metadata.controller().is_some_and(|owner| owner.kind != "Job");
    if pod.status.phase != "Failed" || !is_replaced {
        return None;
    }
    let reason = pod.status.reason.as_deref();
    let what = if reason == Some("Evicted") { "was evicted" } else { "has failed" };
    let ended = pod.all_container_statuses().filter_map(|status| last_end(status)?.finished_at).max();
    let summary = format!("pod {}/{} {what}", pod.metadata.namespace(), pod.metadata.name);
    let mut finding = view.finding(summary, pod_ref(pod), ended.or(pod.status.start_time));
    finding.evidence.extend(reason_line(reason, pod.status.message.as_deref()));
    let ends = pod.all_container_statuses().filter_map(|status| Some(end_line(&status.name, last_end(status)?)));
    finding.evidence.extend(ends);
    Some(Observation::warn(finding))
}
