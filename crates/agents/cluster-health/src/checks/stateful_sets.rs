use lamplighter_core::cluster::StatefulSet;
use lamplighter_core::words::{WorkloadKind, WorkloadRef};

use super::workloads::{Standing, over};
use crate::{Check, ClusterView, Outcome, Unreadable};

/// `stateful-sets`: every stateful set has the pods that it should have, of the version that it should have.
///
/// Relies on `spec.replicas` (1 where absent) against `status.readyReplicas` and `status.updatedReplicas`, and
/// on `status.observedGeneration` (Kubernetes docs, Stateful Sets). With the update strategy `OnDelete` or a
/// partition old pods stay on purpose, so an old version is only a warning. Scaled to 0: as for deployments.
#[derive(Debug, Clone, Copy)]
pub struct StatefulSets;

impl Check for StatefulSets {
    fn name(&self) -> &'static str {
        "stateful-sets"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let sets = view.state().stateful_sets.as_result()?.iter();
        let watched = sets.filter(|set| view.is_watched(&set.metadata));
        Ok(over("stateful sets", watched.map(standing), view))
    }
}

fn standing(set: &StatefulSet) -> Standing<'_> {
    let updated = set.status.updated_replicas;
    Standing {
        workload: WorkloadRef::new(WorkloadKind::StatefulSet, set.metadata.namespace(), &set.metadata.name),
        event_kind: "StatefulSet",
        meta: &set.metadata,
        desired: set.spec.replicas.unwrap_or(1),
        ready: set.status.ready_replicas,
        // The controller leaves the count out when it is 0, and old servers do not know it.
        updated: (updated > 0).then_some(updated),
        observed_generation: set.status.observed_generation,
        conditions: &[],
    }
}
