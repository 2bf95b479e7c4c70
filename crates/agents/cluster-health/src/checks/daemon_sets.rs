use lamplighter_core::cluster::DaemonSet;
use lamplighter_core::words::{WorkloadKind, WorkloadRef};

use super::workloads::Standing;
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `daemon-sets`: every daemon set has a ready pod on every node that it is for, and on no other.
///
/// Relies on `status.desiredNumberScheduled` against `numberReady` and `updatedNumberScheduled`, on
/// `numberMisscheduled` and on `observedGeneration` (Kubernetes API, `DaemonSetStatus`). The desired number
/// follows from the nodes; 0 means that no node matches and is not a failure.
#[derive(Debug, Clone, Copy)]
pub struct DaemonSets;

impl Check for DaemonSets {
    fn name(&self) -> &'static str {
        "daemon-sets"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let sets = view.state().daemon_sets.as_result()?.iter();
        let watched = sets.filter(|set| view.is_watched(&set.metadata));
        let mut outcome = Outcome::of("daemon sets");
        for set in watched {
            let standing = standing(set);
            outcome.look(standing.look(view).or_else(|| misscheduled(view, set, &standing)));
            outcome.workloads.extend(standing.to_run());
        }
        Ok(outcome)
    }
}

fn misscheduled(view: &ClusterView<'_>, set: &DaemonSet, standing: &Standing<'_>) -> Option<Observation> {
    let number = set.status.number_misscheduled;
    (number > 0).then(|| {
        let summary = format!("{} runs on {number} nodes that it is not for", standing.workload);
        let finding = view.finding(summary, standing.workload.object(), None);
        Observation::warn(finding.with_evidence(format!("numberMisscheduled={number}")))
    })
}

fn standing(set: &DaemonSet) -> Standing<'_> {
    let updated = set.status.updated_number_scheduled;
    Standing {
        workload: WorkloadRef::new(WorkloadKind::DaemonSet, set.metadata.namespace(), &set.metadata.name),
        event_kind: "DaemonSet",
        meta: &set.metadata,
        desired: set.status.desired_number_scheduled,
        ready: set.status.number_ready,
        updated: (updated > 0).then_some(updated),
        observed_generation: set.status.observed_generation,
        conditions: &[],
    }
}
