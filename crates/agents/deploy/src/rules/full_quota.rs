use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::cluster::{PodSpec, Quantity};
use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene};
use lamplighter_core::words::{ObjectRef, WorkloadKind};

use crate::apps::app;
use crate::quotas::{Line, cause_of, lines};
use crate::refusals::{lacks_pods, standing};

/// A workload lacks pods, nobody says why, and there is no room for one more in a quota of its namespace.
///
/// It is what is left when the events have expired, an hour after they were written by default. A pod needs one of
/// `pods`, and of `requests.*` and `limits.*` what its containers ask for together; a request that is absent is the
/// limit (Kubernetes docs, Resource Quotas; Resource Management for Pods and Containers).
pub(super) struct FullQuota;

impl Rule for FullQuota {
    fn name(&self) -> &'static str {
        "full-quota"
    }

    fn causes(&self) -> &'static [Cause] {
        &[
            Cause::NamespaceCpuQuotaExceeded,
            Cause::NamespaceMemoryQuotaExceeded,
            Cause::NamespacePodQuotaExceeded,
            Cause::NamespaceStorageQuotaExceeded,
        ]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let quotas = scene.state().quotas.as_result();
        let mut explained: Option<BTreeSet<Culprit>> = None;
        for status in scene.graph.workloads().filter(|status| status.ready < status.desired) {
            let workload = &status.workload;
            // A daemon set's pods are counted by node; one that is missing is rather a matter of the node.
            if workload.kind == WorkloadKind::DaemonSet || !lacks_pods(scene, workload) {
                continue;
            }
            let explained =
                explained.get_or_insert_with(|| standing(scene).into_iter().map(|refusal| refusal.app).collect());
            let Some(template) = scene.graph.template_of(workload) else { continue };
            if explained.contains(&app(workload)) {
                continue;
            }
            if let Err(reason) = quotas {
                examination.gap(format!("quotas: {reason}; {workload} lacks pods, and a quota would explain it"));
                continue;
            }
            let all = scene.graph.quotas_in(&workload.namespace).flat_map(lines);
            let mut tightest: BTreeMap<Cause, (Line<'_>, i128)> = BTreeMap::new();
            for line in all {
                let needed = needed(&template.spec, line.resource);
                let known = cause_of(line.resource).zip(needed).filter(|(_, needed)| line.lacks(*needed));
                if let Some((cause, needed)) = known {
                    tightest.entry(cause).or_insert((line, needed));
                }
            }
            for (cause, (line, needed)) in tightest {
                let object = ObjectRef::namespaced("resourcequota", &workload.namespace, &line.quota.metadata.name);
                let summary = format!("There is no room for a pod of {workload} in a quota of its namespace");
                let finding = scene.finding(summary, object).with_evidence(line.words());
                let missing = format!("{workload} has fewer pods than the {} that it is set to have", status.desired);
                let root = RootCause::new(cause, Culprit::namespace(&workload.namespace), Likelihood::SHOWN, finding)
                    .and(scene.finding(missing, workload.object()))
                    .then(format!("{}, and a pod of {workload} needs {}.", line.words(), amount(needed)))
                    .then("The API server refuses pods for which a quota has no room.".to_owned())
                    .then(format!("{workload} cannot have all of its pods."))
                    .affecting(app(workload));
                examination.name(root);
            }
        }
    }
}

/// Thousandths as one writes them.
fn amount(millis: i128) -> String {
    if millis % 1000 == 0 { (millis / 1000).to_string() } else { format!("{millis}m") }
}

/// How much of a resource a pod needs, in thousandths; `None` where it needs none of it.
fn needed(spec: &PodSpec, resource: &str) -> Option<i128> {
    if matches!(resource, "pods" | "count/pods") {
        return Some(1000);
    }
    let (limits, name) = match resource.strip_prefix("limits.") {
        Some(name) => (true, name),
        None => (false, resource.strip_prefix("requests.").unwrap_or(resource)),
    };
    let of = |container: &lamplighter_core::cluster::Container| {
        let resources = &container.resources;
        let limit = resources.limits.get(name);
        let wanted = if limits { limit } else { resources.requests.get(name).or(limit) };
        wanted.and_then(Quantity::millis).unwrap_or_default()
    };
    let together: i128 = spec.containers.iter().map(of).sum();
    let first = spec.init_containers.iter().map(of).max().unwrap_or_default();
    Some(together.max(first)).filter(|needed| *needed > 0)
}

#[cfg(test)]
mod tests {
    use lamplighter_core::cluster::Observed;
    use lamplighter_testkit::objects::{cluster, deployment, stateful_set};
    use lamplighter_testkit::scene::{SceneBuilder, scene};
    use serde_json::json;

    use super::*;
    use crate::rules::tests::{check_healthy, check_named};

    fn with_quota(resource: &str, used: &str, hard: &str) -> SceneBuilder {
        let web = deployment("shop", "web")
            .replicas(3)
            .without_pods(1)
            .template(|pod| pod.cpu_limit("500m").memory_limit("256Mi"));
        scene(cluster().workload(web)).object(json!({"kind": "ResourceQuota",
            "metadata": {"namespace": "shop", "name": "team"},
            "status": {"hard": {resource: hard}, "used": {resource: used}}}))
    }

    #[test]
    fn a_full_quota_explains_missing_pods_when_events_have_expired() {
        for (resource, used, hard, cause) in [
            ("pods", "12", "12", "namespace_pod_quota_exceeded"),
            ("count/pods", "12", "12", "namespace_pod_quota_exceeded"),
            ("requests.cpu", "3800m", "4", "namespace_cpu_quota_exceeded"),
            ("limits.cpu", "4", "4", "namespace_cpu_quota_exceeded"),
            ("memory", "1000Mi", "1Gi", "namespace_memory_quota_exceeded"),
        ] {
            let scene = with_quota(resource, used, hard).build();
            check_named(&FullQuota, &scene, &[(cause, "namespace/shop", 0.85)]);
        }
    }

    #[test]
    fn a_quota_with_room_explains_nothing() {
        for (resource, used, hard) in [
            ("pods", "11", "12"),
            ("requests.cpu", "3", "4"),
            ("services", "5", "5"),
            ("requests.nvidia.com/gpu", "1", "1"),
        ] {
            check_healthy(&FullQuota, &with_quota(resource, used, hard).build());
        }
    }

    #[test]
    fn a_full_quota_is_fine_while_nothing_is_missing() {
        let full = json!({"kind": "ResourceQuota", "metadata": {"namespace": "shop", "name": "team"},
            "status": {"hard": {"pods": "1"}, "used": {"pods": "1"}}});
        check_healthy(&FullQuota, &scene(cluster().workload(stateful_set("shop", "store"))).object(full).build());
    }

    #[test]
    fn quotas_that_were_not_read_are_a_gap() {
        let scene = with_quota("pods", "1", "1").change(|state| state.quotas = Observed::Unknown("forbidden".into()));
        let mut examination = Examination::default();
        FullQuota.examine(&scene.build(), &mut examination);
        assert!(examination.gaps()[0].starts_with("quotas: forbidden"), "{:?}", examination.gaps());
    }
}
