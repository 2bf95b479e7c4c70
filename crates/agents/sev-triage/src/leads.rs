//! Which Kubernetes services lead to which workloads.

use std::collections::{BTreeMap, HashMap};

use lamplighter_core::cluster::{ClusterGraph, ClusterState, Endpoints, Service};
use lamplighter_core::words::{WorkloadKind, WorkloadRef};

/// A Kubernetes service that leads, or should lead, to a workload.
pub(crate) struct Lead<'a> {
    pub(crate) name: &'a str,
    /// Whether it has a ready address; `None` where that is not known.
    pub(crate) has_endpoint: Option<bool>,
}

/// Which services lead to which workloads: by their selector, or, where that selects nothing, by their name.
pub(crate) fn leads<'a>(state: &'a ClusterState, index: &ClusterGraph) -> BTreeMap<WorkloadRef, Vec<Lead<'a>>> {
    let endpoints: Option<HashMap<_, _>> = state.endpoints.seen().map(|endpoints| {
        let ready = |it: &'a Endpoints| ((it.metadata.namespace(), it.metadata.name.as_str()), it.ready() > 0);
        endpoints.iter().map(ready).collect()
    });
    let mut leads: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let services = state.services.items().iter().filter(|service| !service.spec.selector.is_empty());
    for service in services.filter(|service| service.spec.r#type.as_deref() != Some("ExternalName")) {
        let name = service.metadata.name.as_str();
        let key = (service.metadata.namespace(), name);
        let has_endpoint = endpoints.as_ref().map(|ready| ready.get(&key).copied().unwrap_or(false));
        for workload in behind(service, index) {
            leads.entry(workload).or_default().push(Lead { name, has_endpoint });
        }
    }
    leads
}

fn behind(service: &Service, index: &ClusterGraph) -> Vec<WorkloadRef> {
    let selected = index.workloads_behind(service);
    if !selected.is_empty() {
        return selected.into_iter().cloned().collect();
    }
    if !index.pods_behind(service).is_empty() {
        return Vec::new();
    }
    let kinds = [WorkloadKind::Deployment, WorkloadKind::StatefulSet, WorkloadKind::DaemonSet];
    let namesakes = kinds.map(|kind| WorkloadRef::new(kind, service.metadata.namespace(), &service.metadata.name));
    namesakes.into_iter().filter(|workload| index.workload(workload).is_some()).collect()
}
