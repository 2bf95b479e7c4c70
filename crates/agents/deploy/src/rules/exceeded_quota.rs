use std::collections::BTreeMap;

use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene};

use crate::quotas::{Exceeded, cause_of, exceeded};
use crate::refusals::{Refusal, standing};

/// As many refusals are quoted for one cause.
const QUOTED: usize = 3;

/// Pods or claims are missing because the API server says that a quota is exceeded.
///
/// The quota admission plugin refuses an object with 403 and `exceeded quota: NAME, requested: …, used: …, limited: …`;
/// the controller that wanted it records that and tries again (Kubernetes docs, Resource Quotas). What must change is
/// the namespace's quota or what else uses it. Quotas on kinds without a cause of their own are an admission that is
/// denied.
pub(super) struct ExceededQuota;

impl Rule for ExceededQuota {
    fn name(&self) -> &'static str {
        "exceeded-quota"
    }

    fn causes(&self) -> &'static [Cause] {
        &[
            Cause::NamespaceCpuQuotaExceeded,
            Cause::NamespaceMemoryQuotaExceeded,
            Cause::NamespacePodQuotaExceeded,
            Cause::NamespaceServiceQuotaExceeded,
            Cause::NamespaceStorageQuotaExceeded,
            Cause::AdmissionDenied,
        ]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let refusals = standing(scene);
        let mut found: BTreeMap<(&str, Cause), Vec<(&Refusal<'_>, Exceeded<'_>)>> = BTreeMap::new();
        for refusal in &refusals {
            let Some(said) = exceeded(refusal.message) else { continue };
            let mut causes: Vec<Cause> = Vec::new();
            for excess in &said.excesses {
                let cause = cause_of(excess.resource).unwrap_or(Cause::AdmissionDenied);
                if !causes.contains(&cause) {
                    causes.push(cause);
                }
            }
            for cause in causes {
                let said = Exceeded { quota: said.quota, excesses: said.excesses.clone() };
                found.entry((refusal.namespace(), cause)).or_default().push((refusal, said));
            }
        }
        for ((namespace, cause), refusals) in found {
            if let Some(named) = named(scene, namespace, cause, &refusals) {
                examination.name(named);
            }
        }
    }
}

fn named(scene: &Scene, namespace: &str, cause: Cause, refusals: &[(&Refusal<'_>, Exceeded<'_>)]) -> Option<RootCause> {
    let ((first, said), rest) = refusals.split_first()?;
    let excess = said.excesses.iter().find(|it| cause_of(it.resource).unwrap_or(Cause::AdmissionDenied) == cause)?;
    let step = format!(
        "Quota {} of namespace {namespace} allows {} of {}; {} are in use and {} more were requested.",
        said.quota, excess.limited, excess.resource, excess.used, excess.requested
    );
    let mut root = RootCause::new(cause, Culprit::namespace(namespace), Likelihood::STATED, first.finding(scene))
        .then(step)
        .then(format!("The API server therefore refuses what {} wants to make.", first.owner))
        .then("What is missing does not serve, and whoever calls it gets errors.");
    for (refusal, _) in rest.iter().take(QUOTED - 1) {
        root = root.and(refusal.finding(scene));
    }
    for (refusal, _) in refusals {
        root = root.affecting(refusal.app.clone());
    }
    Some(root)
}

#[cfg(test)]
mod tests {
    use lamplighter_core::words::ObjectRef;
    use lamplighter_testkit::fakes::FakeClock;
    use lamplighter_testkit::objects::{WorkloadBuilder, cluster, daemon_set, deployment, event, stateful_set};
    use lamplighter_testkit::scene::{SceneBuilder, scene, scene_of};
    use serde_json::json;

    use super::*;
    use crate::rules::tests::{check_healthy, check_named};

    fn message(requested: &str) -> String {
        format!("Error creating: pods \"web-x\" is forbidden: exceeded quota: team, {requested}")
    }

    fn refused(workload: WorkloadBuilder, kind: &str, name: &str, message: &str) -> SceneBuilder {
        let about = ObjectRef::namespaced(kind, "shop", name);
        scene(cluster().workload(workload).event(event(&about, "FailedCreate", message)))
    }

    /// The replica set that the testkit makes for the deployment `web`.
    fn set() -> String {
        let state = cluster().workload(deployment("shop", "web")).build();
        state.replica_sets.items()[0].metadata.name.clone()
    }

    #[test]
    fn each_resource_that_is_exceeded_is_its_own_cause() {
        for (words, cause) in [
            (
                "requested: requests.cpu=2, used: requests.cpu=7, limited: requests.cpu=8",
                "namespace_cpu_quota_exceeded",
            ),
            (
                "requested: limits.memory=1Gi, used: limits.memory=8Gi, limited: limits.memory=8Gi",
                "namespace_memory_quota_exceeded",
            ),
            ("requested: pods=1, used: pods=6, limited: pods=6", "namespace_pod_quota_exceeded"),
            ("requested: cpu=1,pods=1, used: cpu=1,pods=6, limited: cpu=9,pods=6", "namespace_pod_quota_exceeded"),
            (
                "requested: requests.ephemeral-storage=1Gi, used: requests.ephemeral-storage=1Gi, limited: requests.ephemeral-storage=1Gi",
                "namespace_storage_quota_exceeded",
            ),
            (
                "requested: requests.example.com/gpu=1, used: requests.example.com/gpu=2, limited: requests.example.com/gpu=2",
                "admission_denied",
            ),
        ] {
            let web = deployment("shop", "web").replicas(2).without_pods(1);
            let scene = refused(web, "ReplicaSet", &set(), &message(words)).build();
            check_named(&ExceededQuota, &scene, &[(cause, "namespace/shop", 0.95)]);
        }
    }

    #[test]
    fn stateful_and_daemon_sets_are_refused_in_other_words() {
        let claim = "create Claim data-store-0 Pod store-0 in StatefulSet store failed error: persistentvolumeclaims \
                     \"data-store-0\" is forbidden: exceeded quota: team, requested: requests.storage=20Gi, used: \
                     requests.storage=10Gi, limited: requests.storage=25Gi";
        let scene = refused(stateful_set("shop", "store").without_pods(1), "StatefulSet", "store", claim).build();
        check_named(&ExceededQuota, &scene, &[("namespace_storage_quota_exceeded", "namespace/shop", 0.95)]);

        let words = message("requested: requests.memory=1Gi, used: requests.memory=4Gi, limited: requests.memory=4Gi");
        let scene =
            refused(daemon_set("shop", "agent").replicas(2).without_pods(1), "DaemonSet", "agent", &words).build();
        check_named(&ExceededQuota, &scene, &[("namespace_memory_quota_exceeded", "namespace/shop", 0.95)]);
    }

    #[test]
    fn a_condition_tells_of_it_when_the_events_have_expired() {
        let condition = json!({"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message":
            "pods \"web-x\" is forbidden: exceeded quota: team, requested: pods=1, used: pods=3, limited: pods=3"});
        let scene = scene_of([json!({"kind": "Deployment", "metadata": {"namespace": "shop", "name": "web"},
            "spec": {"replicas": 2}, "status": {"replicas": 1, "readyReplicas": 1, "conditions": [condition]}})]);
        check_named(&ExceededQuota, &scene.build(), &[("namespace_pod_quota_exceeded", "namespace/shop", 0.95)]);
    }

    #[test]
    fn a_job_without_pods_counts_and_one_that_has_run_does_not() {
        let about = ObjectRef::namespaced("Job", "shop", "import-1");
        let words = message("requested: pods=1, used: pods=3, limited: pods=3");
        for (status, named) in [(json!({}), true), (json!({"succeeded": 1}), false)] {
            let job = json!({"kind": "Job", "metadata": {"namespace": "shop", "name": "import-1"}, "status": status});
            let scene = scene(cluster().event(event(&about, "FailedCreate", &words))).object(job).build();
            if named {
                check_named(&ExceededQuota, &scene, &[("namespace_pod_quota_exceeded", "namespace/shop", 0.95)]);
            } else {
                check_healthy(&ExceededQuota, &scene);
            }
        }
    }

    #[test]
    fn the_last_word_counts_and_only_as_long_as_pods_are_missing() {
        let words = message("requested: pods=1, used: pods=3, limited: pods=3");
        check_healthy(&ExceededQuota, &refused(deployment("shop", "web"), "ReplicaSet", &set(), &words).build());
        let web = || deployment("shop", "web").without_pods(1);
        check_healthy(&ExceededQuota, &refused(web(), "ReplicaSet", "web-gone", &words).build());

        let about = ObjectRef::namespaced("ReplicaSet", "shop", set());
        let later = event(&about, "FailedCreate", "Error creating: pods \"w\" is forbidden: no").at(FakeClock::START);
        let state = cluster().workload(web()).event(later).event(event(&about, "FailedCreate", &words));
        check_healthy(&ExceededQuota, &scene(state).build());
    }

    #[test]
    fn those_who_lack_pods_are_affected() {
        let web = deployment("shop", "web").without_pods(1);
        let words = message("requested: pods=1, used: pods=3, limited: pods=3");
        let report = crate::Deploy::new().examine(&refused(web, "ReplicaSet", &set(), &words).build());
        let cause = &report.causes[0];
        assert_eq!(cause.affects, [Culprit::app("shop", "web")]);
        assert_eq!(cause.evidence[0].evidence, [words]);
    }
}
