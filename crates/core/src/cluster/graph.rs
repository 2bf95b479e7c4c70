use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::relations::{EventTable, Labelled, Names, Owners, concerned};
use super::{
    ClusterState, ConfigMap, Deployment, Endpoints, Event, Named, Node, Observed, PersistentVolume,
    PersistentVolumeClaim, Pod, PodTemplate, ReplicaSet, ResourceQuota, Secret, Service, ServiceAccount, StatefulSet,
    StorageClass, WorkloadStatus,
};
use crate::words::{WorkloadKind, WorkloadRef};

/// A [`ClusterState`] with its relations: which workload a pod belongs to, what a service selects, which node and
/// which claims a pod uses, what happened to an object.
///
/// Building it is one pass over each kind and every question after that is a look-up, so that a diagnosis of ten
/// thousand pods stays far from quadratic. It owns its state and is cheap to share: agents pass an `Arc` of it on.
///
/// ```
/// use std::sync::Arc;
///
/// use lamplighter_core::cluster::{ClusterGraph, ClusterState};
/// use lamplighter_core::words::Source;
///
/// let state = ClusterState::unread(jiff::Timestamp::UNIX_EPOCH, Source::new("example"));
/// assert!(ClusterGraph::new(Arc::new(state)).workloads().next().is_none());
/// ```
#[derive(Debug)]
pub struct ClusterGraph {
    state: Arc<ClusterState>,
    workloads: BTreeMap<WorkloadRef, WorkloadStatus>,
    owners: Owners,
    pods: Names,
    pods_of: BTreeMap<WorkloadRef, Vec<usize>>,
    pods_by_node: HashMap<String, Vec<usize>>,
    loose_pods: Vec<usize>,
    labelled_pods: Labelled<usize>,
    templates: Labelled<WorkloadRef>,
    template_positions: HashMap<WorkloadRef, usize>,
    replica_sets_of: HashMap<WorkloadRef, Vec<usize>>,
    services: Names,
    services_of: HashMap<WorkloadRef, Vec<usize>>,
    endpoints: Names,
    nodes: Names,
    claims: Names,
    pods_with_claim: HashMap<(String, String), Vec<usize>>,
    volumes: Names,
    storage_classes: Names,
    config_maps: Names,
    secrets: Names,
    service_accounts: Names,
    events: EventTable,
}

impl ClusterGraph {
    /// The graph of a state.
    #[must_use]
    pub fn new(state: Arc<ClusterState>) -> Self {
        let owners = Owners::new(&state);
        let mut pods_of: BTreeMap<WorkloadRef, Vec<usize>> = BTreeMap::new();
        let mut pods_by_node: HashMap<String, Vec<usize>> = HashMap::new();
        let mut pods_with_claim: HashMap<(String, String), Vec<usize>> = HashMap::new();
        let (mut loose_pods, mut labelled_pods) = (Vec::new(), Labelled::default());
        for (at, pod) in state.pods.items().iter().enumerate().filter(|(_, pod)| !pod.is_completed()) {
            let namespace = pod.metadata.namespace();
            labelled_pods.insert(namespace, &pod.metadata.labels, at);
            if let Some(node) = &pod.spec.node_name {
                pods_by_node.entry(node.clone()).or_default().push(at);
            }
            for claim in pod.spec.volumes.iter().filter_map(|volume| volume.persistent_volume_claim.as_ref()) {
                let key = (namespace.to_owned(), claim.claim_name.clone());
                pods_with_claim.entry(key).or_default().push(at);
            }
            match owners.workload_of(pod) {
                Some(workload) => pods_of.entry(workload).or_default().push(at),
                None => loose_pods.push(at),
            }
        }
        let workloads: BTreeMap<_, _> =
            state.workloads().into_iter().map(|status| (status.workload.clone(), status)).collect();
        let (templates, template_positions) = templates(&state);
        let mut services_of: HashMap<WorkloadRef, Vec<usize>> = HashMap::new();
        for (at, service) in state.services.items().iter().enumerate() {
            for workload in templates.selected_by(service.metadata.namespace(), &service.spec.selector) {
                services_of.entry(workload.clone()).or_default().push(at);
            }
        }
        let pods = Names::of(state.pods.items());
        let events = EventTable::new(&state, &pods, &owners, &workloads);
        Self {
            replica_sets_of: replica_sets(&state),
            services: Names::of(state.services.items()),
            endpoints: Names::of(state.endpoints.items()),
            nodes: Names::of(state.nodes.items()),
            claims: Names::of(state.claims.items()),
            volumes: Names::of(state.volumes.items()),
            storage_classes: Names::of(state.storage_classes.items()),
            config_maps: Names::of(state.config_maps.items()),
            secrets: Names::of(state.secrets.items()),
            service_accounts: Names::of(state.service_accounts.items()),
            workloads,
            owners,
            pods,
            pods_of,
            pods_by_node,
            loose_pods,
            labelled_pods,
            templates,
            template_positions,
            services_of,
            pods_with_claim,
            events,
            state,
        }
    }

    /// The state that it was made of.
    #[must_use]
    pub fn state(&self) -> &Arc<ClusterState> {
        &self.state
    }

    /// Every workload that was seen, in the order of kind, namespace and name.
    pub fn workloads(&self) -> impl Iterator<Item = &WorkloadStatus> {
        self.workloads.values()
    }

    /// How one workload stands.
    #[must_use]
    pub fn workload(&self, wanted: &WorkloadRef) -> Option<&WorkloadStatus> {
        self.workloads.get(wanted)
    }

    /// The deployment of a workload that is one.
    #[must_use]
    pub fn deployment(&self, workload: &WorkloadRef) -> Option<&Deployment> {
        let at = self.template_positions.get(workload).filter(|_| workload.kind == WorkloadKind::Deployment)?;
        self.state.deployments.items().get(*at)
    }

    /// The stateful set of a workload that is one.
    #[must_use]
    pub fn stateful_set(&self, workload: &WorkloadRef) -> Option<&StatefulSet> {
        let at = self.template_positions.get(workload).filter(|_| workload.kind == WorkloadKind::StatefulSet)?;
        self.state.stateful_sets.items().get(*at)
    }

    /// The pod template of a workload.
    #[must_use]
    pub fn template_of(&self, workload: &WorkloadRef) -> Option<&PodTemplate> {
        let at = *self.template_positions.get(workload)?;
        match workload.kind {
            WorkloadKind::Deployment => self.state.deployments.items().get(at).map(|it| &it.spec.template),
            WorkloadKind::StatefulSet => self.state.stateful_sets.items().get(at).map(|it| &it.spec.template),
            WorkloadKind::DaemonSet => self.state.daemon_sets.items().get(at).map(|it| &it.spec.template),
        }
    }

    /// The replica sets that a deployment controls, the newest revision last.
    pub fn replica_sets_of(&self, workload: &WorkloadRef) -> impl Iterator<Item = &ReplicaSet> {
        items_at(&self.state.replica_sets, self.replica_sets_of.get(workload))
    }

    /// The workload that keeps a pod running.
    #[must_use]
    pub fn workload_of(&self, pod: &Pod) -> Option<WorkloadRef> {
        self.owners.workload_of(pod)
    }

    /// The pods of a workload that are not completed.
    pub fn pods_of(&self, workload: &WorkloadRef) -> impl Iterator<Item = &Pod> {
        items_at(&self.state.pods, self.pods_of.get(workload))
    }

    /// Every workload that pods say they belong to. It may be one that was not seen itself.
    pub fn owners_of_pods(&self) -> impl Iterator<Item = &WorkloadRef> {
        self.pods_of.keys()
    }

    /// The pods that are not completed and belong to no workload: made by hand, by a job, by a node.
    pub fn loose_pods(&self) -> impl Iterator<Item = &Pod> {
        items_at(&self.state.pods, Some(&self.loose_pods))
    }

    /// The pods that are not completed and assigned to a node.
    pub fn pods_on(&self, node: &str) -> impl Iterator<Item = &Pod> {
        items_at(&self.state.pods, self.pods_by_node.get(node))
    }

    /// The pods that are not completed and use a claim.
    pub fn pods_with_claim(&self, namespace: &str, claim: &str) -> impl Iterator<Item = &Pod> {
        items_at(&self.state.pods, self.pods_with_claim.get(&(namespace.to_owned(), claim.to_owned())))
    }

    /// The workloads whose pods a service selects, by the labels of their pod template. A service without a
    /// selector selects none.
    #[must_use]
    pub fn workloads_behind(&self, service: &Service) -> Vec<&WorkloadRef> {
        self.templates.selected_by(service.metadata.namespace(), &service.spec.selector)
    }

    /// The pods that are not completed that a service selects.
    #[must_use]
    pub fn pods_behind(&self, service: &Service) -> Vec<&Pod> {
        let positions = self.labelled_pods.selected_by(service.metadata.namespace(), &service.spec.selector);
        positions.into_iter().filter_map(|at| self.state.pods.items().get(*at)).collect()
    }

    /// The services whose selector selects a workload's pods.
    pub fn services_of(&self, workload: &WorkloadRef) -> impl Iterator<Item = &Service> {
        items_at(&self.state.services, self.services_of.get(workload))
    }

    /// The endpoints of a service.
    #[must_use]
    pub fn endpoints_of(&self, service: &Service) -> Option<&Endpoints> {
        self.endpoints.find(self.state.endpoints.items(), service.metadata.namespace(), &service.metadata.name)
    }

    /// The name under which people know a workload: `app/<name>` is a service with its workload and pods.
    #[must_use]
    pub fn app_of_service<'a>(&'a self, service: &'a Service) -> &'a str {
        match self.workloads_behind(service).as_slice() {
            [only] => &only.name,
            _ => &service.metadata.name,
        }
    }

    /// A pod, completed ones too.
    #[must_use]
    pub fn pod(&self, namespace: &str, name: &str) -> Option<&Pod> {
        self.pods.find(self.state.pods.items(), namespace, name)
    }

    /// A node.
    #[must_use]
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.find(self.state.nodes.items(), "", name)
    }

    /// A service.
    #[must_use]
    pub fn service(&self, namespace: &str, name: &str) -> Option<&Service> {
        self.services.find(self.state.services.items(), namespace, name)
    }

    /// A claim.
    #[must_use]
    pub fn claim(&self, namespace: &str, name: &str) -> Option<&PersistentVolumeClaim> {
        self.claims.find(self.state.claims.items(), namespace, name)
    }

    /// A volume.
    #[must_use]
    pub fn volume(&self, name: &str) -> Option<&PersistentVolume> {
        self.volumes.find(self.state.volumes.items(), "", name)
    }

    /// A storage class.
    #[must_use]
    pub fn storage_class(&self, name: &str) -> Option<&StorageClass> {
        self.storage_classes.find(self.state.storage_classes.items(), "", name)
    }

    /// A config map.
    #[must_use]
    pub fn config_map(&self, namespace: &str, name: &str) -> Option<&ConfigMap> {
        self.config_maps.find(self.state.config_maps.items(), namespace, name)
    }

    /// A secret.
    #[must_use]
    pub fn secret(&self, namespace: &str, name: &str) -> Option<&Secret> {
        self.secrets.find(self.state.secrets.items(), namespace, name)
    }

    /// A service account.
    #[must_use]
    pub fn service_account(&self, namespace: &str, name: &str) -> Option<&ServiceAccount> {
        self.service_accounts.find(self.state.service_accounts.items(), namespace, name)
    }

    /// The quotas of a namespace.
    pub fn quotas_in<'a>(&'a self, namespace: &'a str) -> impl Iterator<Item = &'a ResourceQuota> {
        self.state.quotas.items().iter().filter(move |quota| quota.metadata.namespace() == namespace)
    }

    /// The events about one object, oldest first. `kind` is written as the API writes it: `Pod`.
    pub fn events_about<'a>(
        &'a self,
        kind: &'a str,
        namespace: &str,
        name: &str,
    ) -> impl Iterator<Item = &'a Event> + use<'a> {
        let positions = self.events.about(namespace, name);
        items_at(&self.state.events, positions).filter(move |event| event.involved_object.kind == kind)
    }

    /// The events about a workload, its replica sets and its pods, oldest first. Those of pods that are gone are
    /// among them: their pods are known by the names that controllers give (`REPLICASET-suffix`,
    /// `STATEFULSET-ordinal`). [`ClusterGraph::is_current`] tells them apart.
    pub fn events_of(&self, workload: &WorkloadRef) -> impl Iterator<Item = &Event> {
        items_at(&self.state.events, self.events.of(workload))
    }

    /// The workload that an event is about, directly or through a replica set or a pod.
    #[must_use]
    pub fn workload_of_event(&self, event: &Event) -> Option<WorkloadRef> {
        concerned(event, &self.state, &self.pods, &self.owners, &self.workloads)
    }

    /// Whether the object of an event is still there: for a pod, one of this name and, where both are recorded, of
    /// this UID. Of other kinds every event counts as current.
    #[must_use]
    pub fn is_current(&self, event: &Event) -> bool {
        let object = &event.involved_object;
        if object.kind != "Pod" {
            return true;
        }
        let pod = self.pod(object.namespace.as_deref().unwrap_or_default(), &object.name);
        pod.is_some_and(|pod| object.uid.is_empty() || pod.metadata.uid.is_empty() || object.uid == pod.metadata.uid)
    }
}

fn items_at<'a, T>(items: &'a Observed<Vec<T>>, positions: Option<&'a Vec<usize>>) -> impl Iterator<Item = &'a T> {
    let items = items.items();
    positions.map_or(&[][..], Vec::as_slice).iter().filter_map(|at| items.get(*at))
}

fn templates(state: &ClusterState) -> (Labelled<WorkloadRef>, HashMap<WorkloadRef, usize>) {
    let (mut templates, mut positions) = (Labelled::default(), HashMap::new());
    let mut insert = |kind, at, meta: &super::Meta, template: &PodTemplate| {
        let workload = WorkloadRef::new(kind, meta.namespace(), &meta.name);
        templates.insert(meta.namespace(), &template.metadata.labels, workload.clone());
        positions.insert(workload, at);
    };
    for (at, it) in state.deployments.items().iter().enumerate() {
        insert(WorkloadKind::Deployment, at, it.meta(), &it.spec.template);
    }
    for (at, it) in state.stateful_sets.items().iter().enumerate() {
        insert(WorkloadKind::StatefulSet, at, it.meta(), &it.spec.template);
    }
    for (at, it) in state.daemon_sets.items().iter().enumerate() {
        insert(WorkloadKind::DaemonSet, at, it.meta(), &it.spec.template);
    }
    (templates, positions)
}

fn replica_sets(state: &ClusterState) -> HashMap<WorkloadRef, Vec<usize>> {
    let sets = state.replica_sets.items();
    let mut by_owner: HashMap<WorkloadRef, Vec<usize>> = HashMap::new();
    for (at, set) in sets.iter().enumerate() {
        if let Some(owner) = set.metadata.controller().filter(|owner| owner.kind == "Deployment") {
            let owner = WorkloadRef::new(WorkloadKind::Deployment, set.metadata.namespace(), &owner.name);
            by_owner.entry(owner).or_default().push(at);
        }
    }
    // `deployment.kubernetes.io/revision` counts up (deployment controller); the creation time where it is absent.
    let age = |at: &usize| {
        let set = sets.get(*at);
        let revision = set.and_then(|set| set.metadata.annotations.get("deployment.kubernetes.io/revision"));
        let revision = revision.and_then(|revision| revision.parse::<u64>().ok());
        (revision, set.and_then(|set| set.metadata.creation_timestamp))
    };
    for positions in by_owner.values_mut() {
        positions.sort_by_key(age);
    }
    by_owner
}
