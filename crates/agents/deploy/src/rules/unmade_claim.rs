use std::collections::BTreeMap;

use lamplighter_core::cluster::{PersistentVolumeClaim, Quantity};
use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene};
use lamplighter_core::words::{Finding, ObjectRef};

use crate::apps::{app_of, pod_object};
use crate::quotas::{Line, lines};

/// A claim that pods wait for is missing, and the namespace may not have it.
///
/// A pod whose claim does not exist stays pending with `persistentvolumeclaim "x" not found` (scheduler, volume
/// binding). Quotas count claims as `persistentvolumeclaims`, what they request as `requests.storage`, and both also
/// for each storage class (Kubernetes docs, Resource Quotas, Storage Resource Quota). Claims are made by people and
/// pipelines, so no event tells of the refusal.
pub(super) struct UnmadeClaim;

/// A claim that is not there.
#[derive(Default)]
struct Missing<'a> {
    /// As it was applied.
    applied: Option<&'a PersistentVolumeClaim>,
    /// The pods that wait for it.
    awaited: Vec<(Culprit, Finding)>,
}

impl Rule for UnmadeClaim {
    fn name(&self) -> &'static str {
        "unmade-claim"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::NamespaceStorageQuotaExceeded]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        for ((namespace, name), missing) in missing(scene) {
            if let Err(reason) = scene.state().quotas.as_result() {
                examination.gap(format!("quotas: {reason}; claim {namespace}/{name} is missing"));
                continue;
            }
            let judged = scene.graph.quotas_in(namespace).flat_map(lines);
            let judged = judged.filter_map(|line| Some((judge(&line, missing.applied)?, line)));
            let Some((sure, line)) = judged.max_by(|a, b| a.0.get().total_cmp(&b.0.get())) else { continue };
            let object = ObjectRef::namespaced("resourcequota", namespace, &line.quota.metadata.name);
            let size = missing.applied.and_then(size).map_or("its storage".to_owned(), |size| format!("its {size}"));
            let summary = format!("The quota has no room for claim {namespace}/{name} with {size}");
            let mut root = RootCause::new(
                Cause::NamespaceStorageQuotaExceeded,
                Culprit::namespace(namespace),
                sure,
                scene.finding(summary, object).with_evidence(line.words()),
            )
            .then(format!("{}, so that the API server refuses claim {name} with {size}.", line.words()))
            .then("Pods that use the claim cannot be scheduled.")
            .then("What they should serve is not there.");
            for (app, finding) in missing.awaited {
                root = root.and(finding).affecting(app);
            }
            examination.name(root);
        }
    }
}

fn missing(scene: &Scene) -> BTreeMap<(&str, &str), Missing<'_>> {
    let mut all: BTreeMap<(&str, &str), Missing<'_>> = BTreeMap::new();
    let read = scene.state().claims.seen().is_some();
    for pod in scene.state().pods.items() {
        let waits = pod.status.phase == "Pending" && !pod.is_terminating();
        if !waits || pod.spec.volumes.is_empty() {
            continue;
        }
        let namespace = pod.metadata.namespace();
        let claims = pod.spec.volumes.iter().filter_map(|volume| volume.persistent_volume_claim.as_ref());
        for claim in claims.map(|claim| claim.claim_name.as_str()) {
            let not_found = format!("persistentvolumeclaim \"{claim}\" not found");
            let scheduled = pod.condition("PodScheduled").and_then(|condition| condition.message.as_deref());
            let said = crate::apps::events_of(scene, pod).find(|event| event.message.contains(&not_found));
            let words = scheduled.filter(|words| words.contains(&not_found)).or(said.map(|it| it.message.as_str()));
            let gone = if read { scene.graph.claim(namespace, claim).is_none() } else { words.is_some() };
            if gone {
                let mut finding = scene.finding(format!("The pod waits for claim {claim}"), pod_object(pod));
                if let Some(words) = words {
                    finding = finding.with_evidence(words);
                }
                all.entry((namespace, claim)).or_default().awaited.push((app_of(scene, pod), finding));
            }
        }
    }
    let applied = scene.manifests.seen().map(|manifests| manifests.claims.items()).unwrap_or_default();
    for claim in applied {
        let key = (claim.metadata.namespace(), claim.metadata.name.as_str());
        let gone = read && scene.graph.claim(key.0, key.1).is_none();
        if let Some(missing) = all.get_mut(&key) {
            missing.applied = Some(claim);
        } else if gone {
            all.insert(key, Missing { applied: Some(claim), awaited: Vec::new() });
        }
    }
    all
}

fn size(claim: &PersistentVolumeClaim) -> Option<&Quantity> {
    claim.spec.resources.requests.get("storage")
}

/// How sure it is that a line of a quota is why a claim was refused.
fn judge(line: &Line<'_>, applied: Option<&PersistentVolumeClaim>) -> Option<Likelihood> {
    let (class, resource) = match line.resource.split_once(".storageclass.storage.k8s.io/") {
        Some((class, resource)) => (Some(class), resource),
        None => (None, line.resource),
    };
    let other_class = class.is_some() && applied.is_some_and(|it| it.spec.storage_class_name.as_deref() != class);
    if other_class {
        return None;
    }
    let full = match resource {
        "persistentvolumeclaims" | "count/persistentvolumeclaims" => line.lacks(1000),
        "requests.storage" => match applied.and_then(size).and_then(Quantity::millis) {
            Some(needed) => line.lacks(needed),
            None if line.lacks(1) => true,
            // There is some room, and how much was wanted is not known.
            None => return Some(Likelihood::POSSIBLE),
        },
        _ => false,
    };
    full.then_some(Likelihood::SHOWN)
}

#[cfg(test)]
mod tests {
    use lamplighter_core::cluster::Observed;
    use lamplighter_testkit::objects::{cluster, deployment};
    use lamplighter_testkit::scene::{SceneBuilder, scene};
    use serde_json::{Value, json};

    use super::*;
    use crate::rules::tests::{check_healthy, check_named};

    fn quota(resource: &str, used: &str, hard: &str) -> Value {
        json!({"kind": "ResourceQuota", "metadata": {"namespace": "shop", "name": "team"},
            "status": {"hard": {resource: hard}, "used": {resource: used}}})
    }

    fn claim(size: &str, class: &str) -> Value {
        json!({"kind": "PersistentVolumeClaim", "metadata": {"namespace": "shop", "name": "data"},
            "spec": {"storageClassName": class, "resources": {"requests": {"storage": size}}}})
    }

    fn waiting() -> SceneBuilder {
        let message = "0/3 nodes are available: persistentvolumeclaim \"data\" not found.";
        let store = deployment("shop", "store").template(|pod| pod.claim("data"));
        scene(cluster().workload(store.pods(move |pod| pod.unschedulable(message))))
    }

    #[test]
    fn a_claim_for_which_there_is_no_room_was_refused() {
        for (resource, used, hard) in [
            ("requests.storage", "0", "1Gi"),
            ("requests.storage", "9Gi", "10Gi"),
            ("persistentvolumeclaims", "3", "3"),
            ("count/persistentvolumeclaims", "3", "3"),
            ("fast.storageclass.storage.k8s.io/requests.storage", "9Gi", "10Gi"),
            ("fast.storageclass.storage.k8s.io/persistentvolumeclaims", "1", "1"),
        ] {
            let scene = waiting().applied(claim("5Gi", "fast")).object(quota(resource, used, hard)).build();
            check_named(&UnmadeClaim, &scene, &[("namespace_storage_quota_exceeded", "namespace/shop", 0.85)]);
        }
    }

    #[test]
    fn without_manifests_a_full_quota_is_shown_and_one_with_room_is_possible() {
        let full = waiting().object(quota("requests.storage", "10Gi", "10Gi")).build();
        check_named(&UnmadeClaim, &full, &[("namespace_storage_quota_exceeded", "namespace/shop", 0.85)]);
        let room = waiting().object(quota("requests.storage", "1Gi", "10Gi")).build();
        check_named(&UnmadeClaim, &room, &[("namespace_storage_quota_exceeded", "namespace/shop", 0.35)]);
    }

    #[test]
    fn claims_that_were_not_read_are_missing_when_the_scheduler_says_so() {
        let unread = waiting().change(|state| state.claims = Observed::Unknown("forbidden".into()));
        let full = unread.object(quota("persistentvolumeclaims", "3", "3")).build();
        check_named(&UnmadeClaim, &full, &[("namespace_storage_quota_exceeded", "namespace/shop", 0.85)]);
    }

    #[test]
    fn room_another_class_and_a_claim_that_is_there_explain_nothing() {
        let quotas = [
            quota("requests.storage", "1Gi", "10Gi"),
            quota("slow.storageclass.storage.k8s.io/requests.storage", "1Gi", "1Gi"),
            quota("services", "3", "3"),
        ];
        for quota in quotas {
            check_healthy(&UnmadeClaim, &waiting().applied(claim("5Gi", "fast")).object(quota).build());
        }
        let there = waiting().object(claim("5Gi", "fast")).object(quota("persistentvolumeclaims", "1", "1"));
        check_healthy(&UnmadeClaim, &there.applied(claim("5Gi", "fast")).build());
        check_healthy(&UnmadeClaim, &waiting().build());
    }
}
