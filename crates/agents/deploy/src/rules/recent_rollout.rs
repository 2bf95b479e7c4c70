use jiff::{SignedDuration, Timestamp};
use lamplighter_core::cluster::{PodSpec, ReplicaSet};
use lamplighter_core::diagnosis::{Cause, Examination, Rule, Scene};
use lamplighter_core::words::{Finding, WorkloadKind, WorkloadRef};

/// A rollout longer ago than this is no recent change.
const RECENT: SignedDuration = SignedDuration::from_hours(24);

/// Tells of rollouts before the trouble of a workload. Names no cause: that something was changed does not say what is
/// wrong with it.
///
/// The deployment controller makes a replica set for each template and numbers them in the annotation
/// `deployment.kubernetes.io/revision`; the newest one's creation is the start of the rollout (Kubernetes docs,
/// Deployments, Rolling Update).
pub(super) struct RecentRollout;

impl Rule for RecentRollout {
    fn name(&self) -> &'static str {
        "recent-rollout"
    }

    fn causes(&self) -> &'static [Cause] {
        &[]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let troubled = scene.graph.workloads().filter(|status| status.ready < status.desired);
        for workload in troubled.map(|it| &it.workload).filter(|it| it.kind == WorkloadKind::Deployment) {
            let sets: Vec<&ReplicaSet> = scene.graph.replica_sets_of(workload).collect();
            let [.., old, new] = sets.as_slice() else { continue };
            let Some(at) = new.metadata.creation_timestamp else { continue };
            if scene.taken_at().duration_since(at) > RECENT {
                continue;
            }
            let mut finding =
                Finding::new(format!("{workload} was changed at {at:.0}"), workload.object(), scene.source(), at);
            for change in changes(&old.spec.template.spec, &new.spec.template.spec) {
                finding = finding.with_evidence(change);
            }
            if let Some((first, words)) = first_trouble(scene, workload, at) {
                let seconds = first.duration_since(at).as_secs();
                finding = finding.with_evidence(format!("first warning {seconds} s later, at {first:.0}: {words}"));
            }
            examination.find(finding);
        }
    }
}

fn changes(old: &PodSpec, new: &PodSpec) -> Vec<String> {
    let mut changes = Vec::new();
    for container in &new.containers {
        let Some(before) = old.containers.iter().find(|before| before.name == container.name) else {
            changes.push(format!("container {} is new", container.name));
            continue;
        };
        if before.image != container.image {
            changes.push(format!("image of {}: {} → {}", container.name, before.image, container.image));
        }
        let parts = [
            ("environment", before.env != container.env || before.env_from != container.env_from),
            ("resources", before.resources != container.resources),
            ("command", before.command != container.command || before.args != container.args),
            ("ports", before.ports != container.ports),
            ("volume mounts", before.volume_mounts != container.volume_mounts),
            ("liveness probe", before.liveness_probe != container.liveness_probe),
            ("readiness probe", before.readiness_probe != container.readiness_probe),
            ("startup probe", before.startup_probe != container.startup_probe),
        ];
        let differing = parts.into_iter().filter(|(_, changed)| *changed);
        changes.extend(differing.map(|(part, _)| format!("{part} of {} changed", container.name)));
    }
    let gone =
        old.containers.iter().filter(|before| new.containers.iter().all(|container| container.name != before.name));
    changes.extend(gone.map(|before| format!("container {} is gone", before.name)));
    changes
}

/// The first warning about the workload after a time.
fn first_trouble<'a>(scene: &'a Scene, workload: &WorkloadRef, after: Timestamp) -> Option<(Timestamp, &'a str)> {
    let warnings = scene.graph.events_of(workload).filter(|event| event.is_warning());
    let seen = warnings.filter_map(|event| Some((event.first_seen()?, event.message.as_str())));
    seen.filter(|(at, _)| *at >= after).min_by_key(|(at, _)| *at)
}

#[cfg(test)]
mod tests {
    use lamplighter_testkit::scene::{SceneBuilder, scene_of};
    use serde_json::json;

    use super::*;

    fn web(ready: u32, created: &str) -> SceneBuilder {
        let set = |name: &str, revision: &str, created: &str, image: &str| {
            json!({"kind": "ReplicaSet", "metadata": {"namespace": "shop", "name": name, "creationTimestamp": created,
                    "annotations": {"deployment.kubernetes.io/revision": revision},
                    "ownerReferences": [{"kind": "Deployment", "name": "web", "controller": true}]},
                "spec": {"replicas": 1, "template": {"spec": {"containers": [{"name": "web", "image": image}]}}}})
        };
        let event = json!({"kind": "Event", "metadata": {"namespace": "shop", "name": "e"}, "type": "Warning",
            "reason": "BackOff", "message": "Back-off", "firstTimestamp": "2026-03-01T11:31:00Z",
            "involvedObject": {"kind": "ReplicaSet", "namespace": "shop", "name": "web-2"}});
        scene_of([
            json!({"kind": "Deployment", "metadata": {"namespace": "shop", "name": "web"}, "spec": {"replicas": 1},
                "status": {"readyReplicas": ready}}),
            set("web-1", "1", "2026-01-01T00:00:00Z", "r.example/web:1"),
            set("web-2", "2", created, "r.example/web:2"),
            event,
        ])
    }

    fn found(scene: &Scene) -> Vec<Finding> {
        let mut examination = Examination::default();
        RecentRollout.examine(scene, &mut examination);
        assert!(examination.causes().is_empty());
        let told = crate::Deploy::new().examine(scene).findings;
        assert!(examination.findings().iter().all(|finding| told.contains(finding)), "the specialist does not tell");
        examination.findings().to_vec()
    }

    #[test]
    fn what_changed_before_the_trouble_is_told() {
        let findings = found(&web(0, "2026-03-01T11:30:00Z").build());
        assert_eq!(
            findings[0].evidence,
            [
                "image of web: r.example/web:1 → r.example/web:2",
                "first warning 60 s later, at 2026-03-01T11:31:00Z: Back-off"
            ]
        );
    }

    #[test]
    fn what_is_well_or_long_ago_is_not_told() {
        assert!(found(&web(1, "2026-03-01T11:30:00Z").build()).is_empty());
        assert!(found(&web(0, "2026-02-01T11:30:00Z").build()).is_empty());
    }
}
