use lamplighter_core::cluster::{Deployment, Pod};
use lamplighter_core::diagnosis::{Cause, Examination, Likelihood, RootCause, Rule, Scene};
use lamplighter_core::words::{Finding, WorkloadKind, WorkloadRef};

use crate::apps::{app, seen_at};
use crate::refusals::standing;

/// A rollout has made no progress in the time that it has.
///
/// After `progressDeadlineSeconds` without progress the deployment controller sets the condition `Progressing` to `False`
/// with the reason `ProgressDeadlineExceeded` (Kubernetes docs, Deployments, Failed Deployment). It is how something
/// shows that others know better, so it is never more than possible, and not named where this specialist's own rules
/// say why pods do not start.
pub(super) struct StuckRollout;

impl Rule for StuckRollout {
    fn name(&self) -> &'static str {
        "stuck-rollout"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::RolloutStuck]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        for deployment in scene.state().deployments.items() {
            let meta = &deployment.metadata;
            let workload = WorkloadRef::new(WorkloadKind::Deployment, meta.namespace(), &meta.name);
            let Some(finding) = exceeded(scene, deployment, &workload) else { continue };
            let finding = finding.with_evidence(counts(deployment));
            if is_complete(deployment) || is_explained(scene, &workload) {
                examination.find(finding);
                continue;
            }
            let root = RootCause::new(Cause::RolloutStuck, app(&workload), Likelihood::POSSIBLE, finding)
                .then(format!("The newest pods of {workload} do not become available."))
                .then("The rollout stands still; the pods of before serve as far as there are any.");
            examination.name(root);
        }
    }
}

/// What says that the deadline has passed: the condition, else the latest event if nothing has moved since.
fn exceeded(scene: &Scene, deployment: &Deployment, workload: &WorkloadRef) -> Option<Finding> {
    const REASON: &str = "ProgressDeadlineExceeded";
    let progressing = deployment.status.conditions.iter().find(|condition| condition.r#type == "Progressing");
    let summary = format!("The rollout of {workload} has made no progress in its time");
    if let Some(condition) = progressing {
        let failed = condition.status == "False" && condition.reason.as_deref() == Some(REASON);
        let at = condition.last_update_time.or(condition.last_transition_time).unwrap_or_else(|| scene.taken_at());
        let words = condition.message.as_deref().unwrap_or(REASON);
        return failed.then(|| Finding::new(summary, workload.object(), scene.source(), at).with_evidence(words));
    }
    let namespace = &workload.namespace;
    let event =
        scene.graph.events_about("Deployment", namespace, &workload.name).filter(|it| it.reason == REASON).last()?;
    let finding = Finding::new(summary, workload.object(), scene.source(), seen_at(scene, event));
    Some(finding.with_evidence(event.message.as_str()))
}

fn counts(deployment: &Deployment) -> String {
    let status = &deployment.status;
    let desired = deployment.spec.replicas.unwrap_or(1);
    format!(
        "{desired} wanted, {} updated, {} ready, {} available",
        status.updated_replicas, status.ready_replicas, status.available_replicas
    )
}

fn is_complete(deployment: &Deployment) -> bool {
    let desired = deployment.spec.replicas.unwrap_or(1);
    let status = &deployment.status;
    // A recording may leave out what is 0 and what is unknown.
    let updated = status.updated_replicas >= desired || status.updated_replicas == 0;
    updated && status.ready_replicas >= desired && status.available_replicas >= desired
}

/// Whether the API server refuses the pods, or the kubelet says why it does not start them.
fn is_explained(scene: &Scene, workload: &WorkloadRef) -> bool {
    let waits = |pod: &Pod| {
        let reasons =
            pod.all_container_statuses().filter_map(|status| status.state.waiting.as_ref()?.reason.as_deref());
        reasons
            .into_iter()
            .any(|reason| !matches!(reason, "CrashLoopBackOff" | "ContainerCreating" | "PodInitializing"))
    };
    scene.graph.pods_of(workload).any(waits) || standing(scene).iter().any(|refusal| refusal.app == app(workload))
}

#[cfg(test)]
mod tests {
    use lamplighter_testkit::scene::{SceneBuilder, scene_of};
    use serde_json::{Value, json};

    use super::*;
    use crate::rules::tests::{check_healthy, check_named};

    fn web(ready: u32, conditions: &Value) -> SceneBuilder {
        scene_of([
            json!({"kind": "Deployment", "metadata": {"namespace": "shop", "name": "web"}, "spec": {"replicas": 3},
            "status": {"replicas": 4, "updatedReplicas": 1, "readyReplicas": ready, "availableReplicas": ready,
                "conditions": conditions}}),
        ])
    }

    fn exceeded() -> Value {
        json!([{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded",
            "message": "ReplicaSet \"web-5d\" has timed out progressing."}])
    }

    fn event() -> Value {
        json!({"kind": "Event", "metadata": {"namespace": "shop", "name": "e"}, "reason": "ProgressDeadlineExceeded",
            "message": "web has exceeded its progress deadline",
            "involvedObject": {"kind": "Deployment", "namespace": "shop", "name": "web"}})
    }

    #[test]
    fn a_rollout_past_its_deadline_is_possibly_all_there_is_to_say() {
        check_named(&StuckRollout, &web(3, &exceeded()).build(), &[("rollout_stuck", "app/web", 0.35)]);
        check_named(&StuckRollout, &web(2, &json!([])).object(event()).build(), &[("rollout_stuck", "app/web", 0.35)]);
    }

    #[test]
    fn a_rollout_that_moves_or_has_ended_is_healthy() {
        let moving = json!([{"type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated"}]);
        check_healthy(&StuckRollout, &web(2, &moving).build());
        check_healthy(&StuckRollout, &web(2, &moving).object(event()).build());
        check_healthy(&StuckRollout, &web(2, &json!([])).build());
    }

    #[test]
    fn a_rollout_whose_pods_say_why_is_left_to_those_who_read_it() {
        let pod = json!({"kind": "Pod", "metadata": {"namespace": "shop", "name": "web-5d-1",
                "labels": {"pod-template-hash": "5d"},
                "ownerReferences": [{"kind": "ReplicaSet", "name": "web-5d", "controller": true}]},
            "status": {"phase": "Pending", "containerStatuses": [{"name": "web", "state": {"waiting": {"reason": "ErrImagePull"}}}]}});
        let set = json!({"kind": "ReplicaSet", "metadata": {"namespace": "shop", "name": "web-5d",
            "ownerReferences": [{"kind": "Deployment", "name": "web", "controller": true}]}});
        let scene = web(3, &exceeded()).object(pod).object(set).build();
        check_healthy(&StuckRollout, &scene);
        let mut examination = Examination::default();
        StuckRollout.examine(&scene, &mut examination);
        assert_eq!(examination.findings().len(), 1);
    }
}
