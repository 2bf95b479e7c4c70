use lamplighter_core::cluster::Deployment;
use lamplighter_core::words::{WorkloadKind, WorkloadRef};

use super::workloads::{Standing, over};
use crate::{Check, ClusterView, Outcome, Unreadable};

/// `deployments`: every deployment has the pods that it should have, of the version that it should have.
///
/// Relies on `spec.replicas` (1 where absent) against `status.readyReplicas` and `status.updatedReplicas`, on
/// the conditions `Available`, `Progressing` (`ProgressDeadlineExceeded`) and `ReplicaFailure`, and on
/// `status.observedGeneration` (Kubernetes docs, Deployments). Being scaled to 0 is a warning where something
/// says that it should serve: it was applied with replicas, it was seen being scaled down, or a service
/// selects it; otherwise somebody means it. It is a failure where it should serve and apps that run call it.
#[derive(Debug, Clone, Copy)]
pub struct Deployments;

impl Check for Deployments {
    fn name(&self) -> &'static str {
        "deployments"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let deployments = view.state().deployments.as_result()?.iter();
        let watched = deployments.filter(|deployment| view.is_watched(&deployment.metadata));
        Ok(over("deployments", watched.map(standing), view))
    }
}

fn standing(deployment: &Deployment) -> Standing<'_> {
    let status = &deployment.status;
    // A recording that has no conditions may not have this count either.
    let has_updated = status.updated_replicas > 0 || !status.conditions.is_empty();
    Standing {
        workload: WorkloadRef::new(
            WorkloadKind::Deployment,
            deployment.metadata.namespace(),
            &deployment.metadata.name,
        ),
        event_kind: "Deployment",
        meta: &deployment.metadata,
        desired: deployment.spec.replicas.unwrap_or(1),
        ready: status.ready_replicas,
        updated: has_updated.then_some(status.updated_replicas),
        observed_generation: status.observed_generation,
        conditions: &status.conditions,
    }
}
