use lamplighter_core::cluster::{Event, Pod};
use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene};
use lamplighter_core::words::{Finding, ObjectRef};

use super::control_plane::{node_of, parts};
use crate::placement::{Site, Unplaced, blame, unplaced};
use crate::sight::{affecting_all, is_control_plane, says_not_ready, unit_finding};
use crate::units::Units;

/// A scheduler that does not run: pods wait for a node, and nobody says why.
///
/// Relies on: Kubernetes docs, kube-scheduler (it sets `spec.nodeName`; on failure it sets `PodScheduled=False` and
/// writes `FailedScheduling`, so a pod without both was never looked at); Pod Lifecycle; systemd's `ActiveState`; the
/// static pod of kubeadm, labelled `component: kube-scheduler`. Of several schedulers one leads.
#[derive(Debug)]
pub(super) struct Scheduler;

const SCHEDULER: [&str; 1] = ["kube-scheduler"];

/// The scheduler looks at a pod in less than this, in seconds.
const PATIENCE: i64 = 30;

impl Rule for Scheduler {
    fn name(&self) -> &'static str {
        "scheduler"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::KubeSchedulerUnavailable]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let units = Units::of(scene);
        let pods = parts(scene, "kube-scheduler");
        let ready = pods.iter().any(|pod| !says_not_ready(pod));
        let waiting: Vec<Unplaced<'_>> = unplaced(scene).into_iter().filter(|pod| is_unseen(scene, pod)).collect();
        let stopped = units.stopped(&SCHEDULER);
        if units.runs_somewhere(&SCHEDULER) || (ready && stopped.is_empty()) {
            for (node, name, unit) in stopped {
                examination.find(unit_finding(scene, node, name, unit));
            }
            return;
        }
        let mut down: Vec<(String, Finding)> = stopped
            .into_iter()
            .map(|(node, name, unit)| (node.to_owned(), unit_finding(scene, node, name, unit)))
            .collect();
        if down.is_empty() {
            down.extend(pods.iter().filter_map(|pod| Some((node_of(pod)?.to_owned(), not_ready(scene, pod)))));
        }
        let last = scene.state().events.items().iter().filter(|event| event.reason == "Scheduled");
        let last = last.filter_map(Event::last_seen).max();
        for (node, evidence) in &down {
            // Pods are placed all the same: it runs in another way.
            if waiting.is_empty() && last.is_some_and(|last| last > evidence.at) {
                examination.find(evidence.clone());
                continue;
            }
            let likelihood = if waiting.is_empty() { Likelihood::LIKELY } else { Likelihood::STATED };
            let cause = RootCause::new(
                Cause::KubeSchedulerUnavailable,
                Culprit::node(node.as_str()),
                likelihood,
                evidence.clone(),
            );
            examination.name(told(scene, cause, &waiting));
        }
        if down.is_empty() {
            by_silence(scene, &waiting, examination);
        }
    }
}

/// Nothing is known of the scheduler but that it does not speak.
fn by_silence(scene: &Scene, waiting: &[Unplaced<'_>], examination: &mut Examination) {
    // A recording without conditions and events says nothing by their absence.
    let speaks = |pod: &Pod| pod.condition("PodScheduled").is_some();
    if !scene.state().pods.items().iter().any(speaks) && scene.state().events.items().is_empty() {
        return;
    }
    let site = Site::of(scene);
    let Some(first) = waiting.iter().find(|pod| blame(&site, pod).is_empty()) else { return };
    let placed_since = scene.state().events.items().iter().any(|event| {
        event.reason == "Scheduled" && event.last_seen().zip(first.since).is_some_and(|(at, since)| at > since)
    });
    if placed_since {
        return;
    }
    let nodes = scene.state().nodes.items();
    let node = nodes.iter().find(|node| is_control_plane(scene, node)).map(|node| Culprit::node(&node.metadata.name));
    // Where the control plane is somebody else's, no node of it is seen.
    let culprit = node.unwrap_or_else(|| Culprit::app("kube-system", "kube-scheduler"));
    let evidence = unseen(scene, first);
    let cause = RootCause::new(Cause::KubeSchedulerUnavailable, culprit, Likelihood::LIKELY, evidence);
    examination.name(told(scene, cause, waiting));
}

fn told(scene: &Scene, cause: RootCause, waiting: &[Unplaced<'_>]) -> RootCause {
    let cause = cause.then("The scheduler does not run, so that no pod is given a node.");
    let cause = cause.then("Pods that are made or made anew stay pending without a word.");
    let cause = waiting.iter().take(3).fold(cause, |cause, pod| cause.and(unseen(scene, pod)));
    affecting_all(cause, waiting.iter().map(|pod| pod.app.clone()))
}

fn unseen(scene: &Scene, pod: &Unplaced<'_>) -> Finding {
    let summary = format!("the scheduler has not looked at {}", pod.object.name);
    let since = pod.since.map_or_else(String::new, |since| format!(", created {since}"));
    let line = format!("phase Pending, no spec.nodeName, no PodScheduled=False, no FailedScheduling{since}");
    scene.finding(summary, pod.object.clone()).with_evidence(line)
}

/// Whether a pod waits for the default scheduler, for long enough, and nobody has looked at it.
fn is_unseen(scene: &Scene, pod: &Unplaced<'_>) -> bool {
    let waited = pod.since.map(|since| scene.taken_at().as_second() - since.as_second());
    !pod.looked_at
        && pod.spec.scheduler_name.as_deref().is_none_or(|name| name == "default-scheduler")
        && waited.is_none_or(|waited| waited >= PATIENCE)
}

fn not_ready(scene: &Scene, pod: &Pod) -> Finding {
    let about = ObjectRef::pod(pod.metadata.namespace(), &pod.metadata.name);
    let finding = scene.finding(format!("{} is not ready", pod.metadata.name), about);
    finding.with_evidence(format!("phase {}, restarts {}", pod.status.phase, pod.restarts()))
}
