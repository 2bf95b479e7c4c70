//! What is looked up by workload, in one pass each.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use lamplighter_core::cluster::{ClusterState, Deployment, Meta, PodSpec};
use lamplighter_core::words::{WorkloadKind, WorkloadRef};

/// When the replica sets of each deployment were made: one for each version (Kubernetes docs, Deployments).
pub(crate) fn versions(state: &ClusterState) -> HashMap<(&str, &str), Vec<Timestamp>> {
    let mut versions: HashMap<_, Vec<_>> = HashMap::new();
    for set in state.replica_sets.items() {
        let owner = set.metadata.controller().filter(|owner| owner.kind == "Deployment");
        if let Some((owner, created)) = owner.zip(set.metadata.creation_timestamp) {
            versions.entry((set.metadata.namespace(), owner.name.as_str())).or_default().push(created);
        }
    }
    versions
}

/// The deployments whose pods cannot be created.
pub(crate) fn refused(state: &ClusterState) -> BTreeSet<WorkloadRef> {
    let is_refused = |deployment: &&Deployment| {
        let mut conditions = deployment.status.conditions.iter();
        conditions.any(|condition| condition.r#type == "ReplicaFailure" && condition.status == "True")
    };
    let refused = state.deployments.items().iter().filter(is_refused).map(|deployment| &deployment.metadata);
    refused.map(|meta| WorkloadRef::new(WorkloadKind::Deployment, meta.namespace(), &meta.name)).collect()
}

pub(crate) fn templates(state: &ClusterState) -> HashMap<WorkloadRef, (&Meta, &Meta, &PodSpec)> {
    let deployments = state.deployments.items().iter();
    let deployments = deployments.map(|it| (WorkloadKind::Deployment, &it.metadata, &it.spec.template));
    let stateful_sets = state.stateful_sets.items().iter();
    let stateful_sets = stateful_sets.map(|it| (WorkloadKind::StatefulSet, &it.metadata, &it.spec.template));
    let daemon_sets = state.daemon_sets.items().iter();
    let daemon_sets = daemon_sets.map(|it| (WorkloadKind::DaemonSet, &it.metadata, &it.spec.template));
    let all = deployments.chain(stateful_sets).chain(daemon_sets);
    all.map(|(kind, meta, template)| {
        (WorkloadRef::new(kind, meta.namespace(), &meta.name), (meta, &template.metadata, &template.spec))
    })
    .collect()
}
