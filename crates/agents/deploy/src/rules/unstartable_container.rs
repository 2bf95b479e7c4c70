use std::collections::BTreeSet;

use lamplighter_core::cluster::{ContainerStatus, Pod};
use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene};
use lamplighter_core::words::Finding;

use crate::apps::{app_of, events_of, pod_object, seen_at};
use crate::wording::any_of;

/// What the kubelet and runtimes say of a container that can never be made as it is described.
const CANNOT_BE: &[&str] = &[
    "runasnonroot",
    "non-numeric user",
    "executable file not found",
    "no such file or directory",
    "exec format error",
    "is a directory",
    "not a directory",
    "no command specified",
    "unable to find user",
    "unable to find group",
    "no users found",
    "no matching entries in passwd",
    "invalid volume specification",
    "failed to prepare subpath",
    "failed to generate container",
    "failed to generate spec",
    "failed to apply oci options",
    "host path must be",
    "invalid capability",
    "unknown capability",
    "seccomp",
    "apparmor",
    "starting container process caused",
    "unable to start container process",
    "must be an absolute path",
    "conflicts with reserved",
];

/// What is said of a runtime that is slow, of a cache that is not filled yet, and of what other rules know better:
/// missing secrets, memory, and volumes that may not be used.
const OTHERWISE: &[&str] = &[
    "context deadline exceeded",
    "timed out waiting",
    "is reserved for",
    "not found in cache",
    "couldn't find key",
    "\" not found",
    "oom-killed",
    "oom killed",
    "memory limit too low",
    "cannot allocate memory",
    "no space left on device",
    "connection refused",
    "too many open files",
];

/// A container cannot be made or started as its pod describes it.
///
/// `CreateContainerConfigError`, `CreateContainerError` and `RunContainerError` are what the kubelet waits with when the
/// runtime refuses a container, `StartError` and `ContainerCannotRun` what a container ends with whose first process
/// cannot be started: no such program, a user that the image does not have, root where `runAsNonRoot` forbids it
/// (Kubernetes docs, Configure a Security Context; Define a Command; OCI Runtime Specification, `start`).
pub(super) struct UnstartableContainer;

impl Rule for UnstartableContainer {
    fn name(&self) -> &'static str {
        "unstartable-container"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::ContainerConfigInvalid]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let mut known: BTreeSet<(Culprit, &str)> = BTreeSet::new();
        for pod in scene.state().pods.items() {
            if pod.is_completed() || pod.is_terminating() || pod.is_ready() {
                continue;
            }
            for status in pod.all_container_statuses() {
                let Some((reason, message)) = refused(status) else { continue };
                let (words, at) = words(scene, pod, reason, message);
                let lower = words.to_ascii_lowercase();
                let mounts = lower.contains("permission denied") && lower.contains("mount");
                if mounts || any_of(&lower, OTHERWISE) {
                    continue;
                }
                let app = app_of(scene, pod);
                if !known.insert((app.clone(), status.name.as_str())) {
                    continue;
                }
                let said = any_of(&lower, CANNOT_BE) || lower.contains("permission denied");
                let sure = if said { Likelihood::STATED } else { Likelihood::new(0.5) };
                let summary = format!("Container {} cannot be made: {reason}", status.name);
                let finding = Finding::new(summary, pod_object(pod), scene.source(), at).with_evidence(words);
                let root = RootCause::new(Cause::ContainerConfigInvalid, app.clone(), sure, finding)
                    .then(format!("The runtime cannot make container {} as the pod describes it.", status.name))
                    .then("The kubelet tries again and again, with the same end.")
                    .then(format!("{app} has a pod less that serves."));
                examination.name(root);
            }
        }
    }
}

/// The reason and the message with which a container is refused.
fn refused(status: &ContainerStatus) -> Option<(&str, &str)> {
    let waiting = status.state.waiting.as_ref();
    let waiting = waiting.map(|it| (it.reason.as_deref().unwrap_or_default(), it.message.as_deref()));
    let making = ["CreateContainerConfigError", "CreateContainerError", "RunContainerError"];
    if let Some((reason, message)) = waiting.filter(|(reason, _)| making.contains(reason)) {
        return Some((reason, message.unwrap_or_default()));
    }
    let ended = [&status.state, &status.last_state].into_iter().filter_map(|state| state.terminated.as_ref());
    let ended = ended.map(|it| (it.reason.as_deref().unwrap_or_default(), it.message.as_deref().unwrap_or_default()));
    let running = status.state.running.is_some();
    ended.into_iter().find(|(reason, _)| !running && matches!(*reason, "StartError" | "ContainerCannotRun"))
}

/// The message of the state, else of the last event that says more than the reason.
fn words(scene: &Scene, pod: &Pod, reason: &str, message: &str) -> (String, jiff::Timestamp) {
    if !message.is_empty() {
        return (format!("{reason}: {message}"), scene.taken_at());
    }
    let last = events_of(scene, pod).filter(|event| event.reason == "Failed").last();
    match last {
        Some(event) => (format!("{reason}: {}", event.message), seen_at(scene, event)),
        None => (reason.to_owned(), scene.taken_at()),
    }
}

#[cfg(test)]
mod tests {
    use lamplighter_testkit::objects::{cluster, deployment};
    use lamplighter_testkit::scene::{SceneBuilder, scene, scene_of};
    use serde_json::json;

    use super::*;
    use crate::rules::tests::{check_healthy, check_named};

    fn waiting(reason: &'static str, message: &'static str) -> SceneBuilder {
        scene(cluster().workload(deployment("docs", "wiki").pods(move |pod| pod.waiting(reason, message))))
    }

    #[test]
    fn what_the_runtime_says_is_stated() {
        for (reason, message) in [
            ("CreateContainerConfigError", "container has runAsNonRoot and image will run as root"),
            ("CreateContainerConfigError", "container has runAsNonRoot and image has non-numeric user (app)"),
            ("CreateContainerError", "failed to generate container \"c\" spec: no command specified"),
            ("RunContainerError", "exec: \"serve\": executable file not found in $PATH: unknown"),
            ("RunContainerError", "exec: \"/start.sh\": permission denied: unknown"),
        ] {
            let scene = waiting(reason, message).build();
            check_named(&UnstartableContainer, &scene, &[("container_config_invalid", "app/wiki", 0.95)]);
        }
        let scene = waiting("CreateContainerError", "something new").build();
        check_named(&UnstartableContainer, &scene, &[("container_config_invalid", "app/wiki", 0.5)]);
    }

    #[test]
    fn a_container_that_ended_before_it_began_counts() {
        let scene = scene_of([json!({"kind": "Pod", "metadata": {"namespace": "docs", "name": "wiki-1"}, "status": {
            "phase": "Running", "containerStatuses": [{"name": "wiki", "ready": false, "restartCount": 3,
                "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                "lastState": {"terminated": {"exitCode": 128, "reason": "StartError",
                    "message": "exec: \"serve\": executable file not found in $PATH"}}}]}})]);
        check_named(&UnstartableContainer, &scene.build(), &[("container_config_invalid", "app/wiki-1", 0.95)]);
    }

    #[test]
    fn what_others_know_better_or_passes_is_left_to_them() {
        for message in [
            "secret \"key\" not found",
            "couldn't find key password in Secret docs/key",
            "context deadline exceeded",
            "container init was OOM-killed (memory limit too low?)",
            "error mounting \"/data\" to rootfs: permission denied",
        ] {
            check_healthy(&UnstartableContainer, &waiting("CreateContainerError", message).build());
        }
    }

    #[test]
    fn other_reasons_and_ready_pods_are_healthy() {
        check_healthy(&UnstartableContainer, &waiting("ContainerCreating", "").build());
        check_healthy(&UnstartableContainer, &waiting("ImagePullBackOff", "no such file or directory").build());
        check_healthy(&UnstartableContainer, &scene(cluster().workload(deployment("docs", "wiki"))).build());
    }
}
