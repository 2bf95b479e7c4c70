//! What the controllers of a cluster keep in step: counts and endpoints.

use std::collections::BTreeMap;

use lamplighter_core::cluster::{
    ClusterState, EndpointAddress, EndpointPort, EndpointSubset, Endpoints, IntOrString, ObjectReference, Observed,
    Pod, Service, ServicePort, WorkloadCondition,
};
use lamplighter_core::words::{WorkloadKind, WorkloadRef};

use super::{items, meta, yesterday};

/// Sets the counts of every workload and the endpoints of every service to what the pods are.
pub(crate) fn reconcile(state: &mut ClusterState) {
    let counts = counts(state);
    let count = |kind, namespace: &str, name: &str| {
        counts.get(&WorkloadRef::new(kind, namespace, name)).copied().unwrap_or_default()
    };
    for deployment in items(&mut state.deployments) {
        let Count { pods, ready } =
            count(WorkloadKind::Deployment, deployment.metadata.namespace(), &deployment.metadata.name);
        let wanted = deployment.spec.replicas.unwrap_or(1);
        let status = &mut deployment.status;
        (status.replicas, status.updated_replicas) = (pods, pods);
        (status.ready_replicas, status.available_replicas) = (ready, ready);
        status.observed_generation = deployment.metadata.generation;
        status.conditions = vec![available(ready >= wanted)];
        for set in items(&mut state.replica_sets)
            .iter_mut()
            .filter(|set| set.metadata.controller().is_some_and(|owner| owner.uid == deployment.metadata.uid))
        {
            set.spec.replicas = deployment.spec.replicas;
            (set.status.replicas, set.status.ready_replicas) = (pods, ready);
        }
    }
    for set in items(&mut state.stateful_sets) {
        let Count { pods, ready } = count(WorkloadKind::StatefulSet, set.metadata.namespace(), &set.metadata.name);
        (set.status.replicas, set.status.updated_replicas, set.status.ready_replicas) = (pods, pods, ready);
        set.status.observed_generation = set.metadata.generation;
    }
    for set in items(&mut state.daemon_sets) {
        let Count { pods, ready } = count(WorkloadKind::DaemonSet, set.metadata.namespace(), &set.metadata.name);
        (set.status.number_ready, set.status.number_available) = (ready, ready);
        set.status.updated_number_scheduled = pods;
        set.status.observed_generation = set.metadata.generation;
    }
    if let (Observed::Seen(services), Observed::Seen(pods)) = (&state.services, &state.pods) {
        state.endpoints = Observed::Seen(services.iter().map(|service| endpoints(service, pods)).collect());
    }
}

#[derive(Default, Clone, Copy)]
struct Count {
    pods: u32,
    ready: u32,
}

fn counts(state: &ClusterState) -> BTreeMap<WorkloadRef, Count> {
    let mut counts: BTreeMap<_, Count> = BTreeMap::new();
    let alive = |pod: &&Pod| !matches!(pod.status.phase.as_str(), "Succeeded" | "Failed") && !pod.is_terminating();
    for pod in state.pods.items().iter().filter(alive) {
        if let Some(workload) = state.workload_of(pod) {
            let count = counts.entry(workload).or_default();
            count.pods += 1;
            count.ready += u32::from(pod.is_ready());
        }
    }
    counts
}

fn available(holds: bool) -> WorkloadCondition {
    WorkloadCondition {
        r#type: "Available".to_owned(),
        status: if holds { "True" } else { "False" }.to_owned(),
        reason: Some(if holds { "MinimumReplicasAvailable" } else { "MinimumReplicasUnavailable" }.to_owned()),
        last_transition_time: Some(yesterday()),
        last_update_time: Some(yesterday()),
        message: None,
    }
}

fn endpoints(service: &Service, pods: &[Pod]) -> Endpoints {
    let is_selected = |pod: &&Pod| {
        let selector = &service.spec.selector;
        pod.metadata.namespace() == service.metadata.namespace()
            && pod.status.phase == "Running"
            && !selector.is_empty()
            && selector.iter().all(|(key, value)| pod.metadata.labels.get(key) == Some(value))
    };
    let (ready, not_ready): (Vec<&Pod>, Vec<&Pod>) =
        pods.iter().filter(is_selected).partition(|pod| pod.is_ready() && !pod.is_terminating());
    let addresses = |pods: Vec<&Pod>| pods.into_iter().map(address).collect::<Vec<_>>();
    let port = |port: &ServicePort| {
        let target = match &port.target_port {
            Some(IntOrString::Int(number)) => u16::try_from(*number).ok(),
            Some(IntOrString::String(_)) => None,
            None => Some(port.port),
        };
        Some(EndpointPort { name: port.name.clone(), port: target?, protocol: port.protocol.clone() })
    };
    let ports = service.spec.ports.iter().filter_map(port).collect();
    let subset = EndpointSubset { addresses: addresses(ready), not_ready_addresses: addresses(not_ready), ports };
    let is_empty = subset.addresses.is_empty() && subset.not_ready_addresses.is_empty();
    let metadata = meta("endpoints", Some(service.metadata.namespace()), &service.metadata.name);
    Endpoints { metadata, subsets: if is_empty { Vec::new() } else { vec![subset] } }
}

fn address(pod: &Pod) -> EndpointAddress {
    let target = ObjectReference {
        kind: "Pod".to_owned(),
        namespace: pod.metadata.namespace.clone(),
        name: pod.metadata.name.clone(),
        uid: pod.metadata.uid.clone(),
        field_path: None,
    };
    EndpointAddress { ip: pod.status.pod_ip.clone().unwrap_or_default(), target_ref: Some(target) }
}
