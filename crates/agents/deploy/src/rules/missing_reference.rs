use std::collections::BTreeSet;

use lamplighter_core::cluster::{Container, Pod};
use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene};
use lamplighter_core::words::Finding;

use crate::apps::{app_of, events_of, pod_object, seen_at};
use crate::wording::between;

/// A container does not start because a secret or config map that it uses is not there, or has no such key.
///
/// The kubelet makes neither the environment nor the volumes of a container before every secret and config map that is
/// not `optional` exists with the keys that are named: it waits with `CreateContainerConfigError` (`secret "x" not
/// found`, `couldn't find key k in Secret ns/x`) or `ContainerCreating` and `FailedMount` events (Kubernetes docs,
/// Secrets, Using Secrets). Where neither says so, what the pod refers to and is not there does.
pub(super) struct MissingReference;

/// What is missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Missing<'a> {
    /// `secret` or `config map`.
    kind: &'static str,
    name: &'a str,
    key: Option<&'a str>,
}

impl Rule for MissingReference {
    fn name(&self) -> &'static str {
        "missing-reference"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::MissingSecretBinding]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let mut known: BTreeSet<(Culprit, Missing<'_>)> = BTreeSet::new();
        for pod in scene.state().pods.items().iter().filter(|pod| waits(pod)) {
            let app = app_of(scene, pod);
            let mut named = false;
            for (missing, finding) in said(scene, pod) {
                named = true;
                if known.insert((app.clone(), missing.clone())) {
                    examination.name(cause(&app, &missing, Likelihood::STATED, finding));
                }
            }
            if named || pod.spec.node_name.is_none() {
                continue;
            }
            for missing in referred(scene, pod) {
                if known.insert((app.clone(), missing.clone())) {
                    let summary = format!("The pod uses {} {}, which is not there", missing.kind, missing.name);
                    let finding = scene.finding(summary, pod_object(pod)).with_evidence(state_of(pod));
                    examination.name(cause(&app, &missing, Likelihood::SHOWN, finding));
                }
            }
        }
    }
}

/// Whether a container of the pod waits to be made.
fn waits(pod: &Pod) -> bool {
    let waiting = |reason: Option<&str>| {
        let being_made = ["CreateContainerConfigError", "ContainerCreating", "PodInitializing", "CreateContainerError"];
        reason.is_none_or(|reason| being_made.contains(&reason))
    };
    let mut states = pod.all_container_statuses().filter_map(|status| status.state.waiting.as_ref());
    let unstated = pod.all_container_statuses().next().is_none();
    let open = !pod.is_completed() && !pod.is_terminating() && pod.status.phase != "Failed" && !pod.is_ready();
    open && (states.any(|state| waiting(state.reason.as_deref())) || (unstated && pod.status.phase == "Pending"))
}

fn state_of(pod: &Pod) -> String {
    let mut states = pod.all_container_statuses().filter_map(|status| status.state.waiting.as_ref());
    let reason = states.find_map(|state| state.reason.as_deref());
    format!("phase {}, waiting: {}", pod.status.phase, reason.unwrap_or("no reason is recorded"))
}

/// What the kubelet says is missing.
fn said<'a>(scene: &'a Scene, pod: &'a Pod) -> Vec<(Missing<'a>, Finding)> {
    let object = pod_object(pod);
    let namespace = pod.metadata.namespace();
    let mut all: Vec<(Missing<'a>, Finding)> = Vec::new();
    let states = pod.all_container_statuses().filter_map(|status| status.state.waiting.as_ref());
    for words in states.filter_map(|state| state.message.as_deref()) {
        if let Some(missing) = missing(words) {
            let summary = format!("A container waits for {} {}", missing.kind, missing.name);
            all.push((missing, scene.finding(summary, object.clone()).with_evidence(words)));
        }
    }
    let events: Vec<_> =
        events_of(scene, pod).filter(|event| matches!(event.reason.as_str(), "Failed" | "FailedMount")).collect();
    for event in events {
        let Some(missing) = missing(&event.message) else { continue };
        // The kubelet tries again: what is there by now was missing then.
        let known = all.iter().any(|(known, _)| *known == missing);
        if known || (missing.key.is_none() && is_there(scene, namespace, &missing)) {
            continue;
        }
        let summary = format!("{} {} is not there", missing.kind, missing.name);
        let finding = Finding::new(summary, object.clone(), scene.source(), seen_at(scene, event));
        all.push((missing, finding.with_evidence(event.message.as_str())));
    }
    all
}

fn is_there(scene: &Scene, namespace: &str, missing: &Missing<'_>) -> bool {
    match missing.kind {
        "secret" => scene.graph.secret(namespace, missing.name).is_some(),
        _ => scene.graph.config_map(namespace, missing.name).is_some(),
    }
}

/// What a message of the kubelet says is missing (`pkg/kubelet/kubelet_pods.go`, `pkg/volume/secret`,
/// `pkg/volume/configmap`).
fn missing(message: &str) -> Option<Missing<'_>> {
    for (before, kind) in [
        ("secret \"", "secret"),
        ("secrets \"", "secret"),
        ("configmap \"", "config map"),
        ("configmaps \"", "config map"),
    ] {
        if let Some(name) = between(message, before, "\" not found") {
            return (!name.contains('"')).then_some(Missing { kind, name, key: None });
        }
    }
    let (_, rest) = message.split_once("couldn't find key ")?;
    let (key, place) = rest.split_once(" in ")?;
    let (kind, place) = place.split_once(' ')?;
    let kind = if kind.eq_ignore_ascii_case("secret") { "secret" } else { "config map" };
    let place = place.split([' ', ',', '"']).next().unwrap_or(place);
    let name = place.rsplit('/').next().unwrap_or(place);
    Some(Missing { kind, name, key: Some(key) })
}

/// What the pod refers to and is not there, of the kinds that were read.
fn referred<'a>(scene: &'a Scene, pod: &'a Pod) -> BTreeSet<Missing<'a>> {
    let namespace = pod.metadata.namespace();
    let containers = || pod.spec.containers.iter().chain(&pod.spec.init_containers);
    let needed = |optional: Option<bool>| optional != Some(true);
    let mut all = BTreeSet::new();
    if scene.state().secrets.seen().is_some() {
        let volumes = pod.spec.volumes.iter().filter_map(|volume| volume.secret.as_ref());
        let volumes = volumes.filter(|it| needed(it.optional)).map(|it| (it.secret_name.as_str(), None));
        for (name, key) in containers().flat_map(secrets_of).chain(volumes) {
            let secret = scene.graph.secret(namespace, name);
            let lacks = |key: &str| secret.is_some_and(|it| !it.keys.is_empty() && !it.keys.contains(key));
            if secret.is_none() {
                all.insert(Missing { kind: "secret", name, key: None });
            } else if let Some(key) = key.filter(|key| lacks(key)) {
                all.insert(Missing { kind: "secret", name, key: Some(key) });
            }
        }
    }
    if scene.state().config_maps.seen().is_some() {
        let volumes = pod.spec.volumes.iter().filter_map(|volume| volume.config_map.as_ref());
        let volumes = volumes.filter(|it| needed(it.optional)).map(|it| it.name.as_str());
        for name in containers().flat_map(config_maps_of).chain(volumes) {
            if scene.graph.config_map(namespace, name).is_none() {
                all.insert(Missing { kind: "config map", name, key: None });
            }
        }
    }
    all.retain(|missing| !missing.name.is_empty());
    all
}

fn secrets_of(container: &Container) -> impl Iterator<Item = (&str, Option<&str>)> {
    let keys = container.env.iter().filter_map(|env| env.value_from.as_ref()?.secret_key_ref.as_ref());
    let keys = keys.filter(|it| it.optional != Some(true)).map(|it| (it.name.as_str(), Some(it.key.as_str())));
    let whole = container.env_from.iter().filter_map(|from| from.secret_ref.as_ref());
    keys.chain(whole.filter(|it| it.optional != Some(true)).map(|it| (it.name.as_str(), None)))
}

fn config_maps_of(container: &Container) -> impl Iterator<Item = &str> {
    let keys = container.env.iter().filter_map(|env| env.value_from.as_ref()?.config_map_key_ref.as_ref());
    let keys = keys.filter(|it| it.optional != Some(true)).map(|it| it.name.as_str());
    let whole = container.env_from.iter().filter_map(|from| from.config_map_ref.as_ref());
    keys.chain(whole.filter(|it| it.optional != Some(true)).map(|it| it.name.as_str()))
}

fn cause(app: &Culprit, missing: &Missing<'_>, sure: Likelihood, finding: Finding) -> RootCause {
    let what = match missing.key {
        Some(key) => format!("{} {} has no key {key}", missing.kind, missing.name),
        None => format!("{} {} does not exist", missing.kind, missing.name),
    };
    RootCause::new(Cause::MissingSecretBinding, app.clone(), sure, finding)
        .then(format!("A container of {app} uses it, and {what}."))
        .then("The kubelet does not start the container without it.")
        .then(format!("{app} has a pod less that serves."))
}

#[cfg(test)]
mod tests {
    use lamplighter_core::words::ObjectRef;
    use lamplighter_testkit::scene::{SceneBuilder, scene_of};
    use serde_json::{Value, json};

    use super::*;
    use crate::rules::tests::{check_healthy, check_named};

    fn pod(spec: &Value, waiting: &Value) -> SceneBuilder {
        let mut spec = spec.clone();
        spec["nodeName"] = json!("n1");
        let state = json!([{"name": "till", "ready": false, "state": {"waiting": waiting}}]);
        scene_of([
            json!({"kind": "Pod", "metadata": {"namespace": "shop", "name": "till-1", "labels": {"app": "till"}},
            "spec": spec, "status": {"phase": "Pending", "containerStatuses": state}}),
        ])
    }

    fn plain() -> Value {
        json!({"containers": [{"name": "till"}]})
    }

    fn event(reason: &str, message: &str) -> Value {
        json!({"kind": "Event", "metadata": {"namespace": "shop", "name": "e"}, "reason": reason, "message": message,
            "type": "Warning", "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "till-1"}})
    }

    #[test]
    fn the_kubelet_says_what_is_missing() {
        for message in [
            "secret \"till-key\" not found",
            "configmap \"till-settings\" not found",
            "couldn't find key password in Secret shop/till-key",
            "couldn't find key mode in ConfigMap shop/till-settings",
        ] {
            let scene = pod(&plain(), &json!({"reason": "CreateContainerConfigError", "message": message})).build();
            check_named(&MissingReference, &scene, &[("missing_secret_binding", "app/till", 0.95)]);
        }
    }

    #[test]
    fn events_say_so_too() {
        for (reason, message) in [
            ("Failed", "Error: secret \"till-key\" not found"),
            ("FailedMount", "MountVolume.SetUp failed for volume \"key\" : secret \"till-key\" not found"),
            ("FailedMount", "MountVolume.SetUp failed for volume \"settings\" : configmap \"till-settings\" not found"),
        ] {
            let scene = pod(&plain(), &json!({"reason": "ContainerCreating"})).object(event(reason, message)).build();
            check_named(&MissingReference, &scene, &[("missing_secret_binding", "app/till", 0.95)]);
        }
    }

    #[test]
    fn what_the_pod_refers_to_is_looked_for_where_nothing_is_said() {
        let key = |optional: bool| {
            json!({"name": "till", "env": [{"name": "PASSWORD", "valueFrom":
            {"secretKeyRef": {"name": "till-key", "key": "password", "optional": optional}}}]})
        };
        let waiting = json!({"reason": "CreateContainerConfigError"});
        let named: &[(&str, &str, f64)] = &[("missing_secret_binding", "app/till", 0.85)];
        for spec in [
            json!({"containers": [key(false)]}),
            json!({"containers": [{"name": "till"}], "initContainers": [key(false)]}),
            json!({"containers": [{"name": "till", "envFrom": [{"secretRef": {"name": "till-key"}}]}]}),
            json!({"containers": [{"name": "till", "envFrom": [{"configMapRef": {"name": "till-key"}}]}]}),
            json!({"containers": [{"name": "till"}], "volumes": [{"name": "v", "secret": {"secretName": "till-key"}}]}),
            json!({"containers": [{"name": "till"}], "volumes": [{"name": "v", "configMap": {"name": "till-key"}}]}),
        ] {
            check_named(&MissingReference, &pod(&spec, &waiting).build(), named);
        }
        check_healthy(&MissingReference, &pod(&json!({"containers": [key(true)]}), &waiting).build());
        let secret = |key: &str| json!({"kind": "Secret", "metadata": {"namespace": "shop", "name": "till-key"}, "data": {key: ""}});
        let without_key = pod(&json!({"containers": [key(false)]}), &waiting).object(secret("user"));
        check_named(&MissingReference, &without_key.build(), named);
        let there = pod(&json!({"containers": [key(false)]}), &waiting).object(secret("password"));
        check_healthy(&MissingReference, &there.build());
    }

    #[test]
    fn what_is_there_by_now_and_pods_that_run_are_healthy() {
        let waiting = json!({"reason": "ContainerCreating"});
        let message = event("Failed", "Error: secret \"till-key\" not found");
        let secret = json!({"kind": "Secret", "metadata": {"namespace": "shop", "name": "till-key"}});
        check_healthy(&MissingReference, &pod(&plain(), &waiting).object(message.clone()).object(secret).build());

        let running = json!({"kind": "Pod", "metadata": {"namespace": "shop", "name": "till-1"},
            "spec": {"nodeName": "n1", "containers": [{"name": "till", "envFrom": [{"secretRef": {"name": "gone"}}]}]},
            "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
                "containerStatuses": [{"name": "till", "ready": true, "state": {"running": {}}}]}});
        check_healthy(&MissingReference, &scene_of([running, message]).build());
    }

    #[test]
    fn a_crash_loop_is_another_matter() {
        let spec = json!({"containers": [{"name": "till", "envFrom": [{"secretRef": {"name": "gone"}}]}]});
        check_healthy(&MissingReference, &pod(&spec, &json!({"reason": "CrashLoopBackOff"})).build());
        check_healthy(&MissingReference, &pod(&spec, &json!({"reason": "ImagePullBackOff"})).build());
    }

    #[test]
    fn the_evidence_is_quoted() {
        let message = "secret \"till-key\" not found";
        let scene = pod(&plain(), &json!({"reason": "CreateContainerConfigError", "message": message})).build();
        let report = crate::Deploy::new().examine(&scene);
        assert_eq!(report.causes[0].evidence[0].evidence, [message]);
        assert_eq!(report.causes[0].evidence[0].object, ObjectRef::pod("shop", "till-1"));
    }
}
