use std::collections::{BTreeMap, HashMap};

use super::{ClusterState, Event, Meta, Pod, Service, WorkloadStatus};
use crate::words::{WorkloadKind, WorkloadRef};

/// A [`ClusterState`] with its relations looked up beforehand: which workload a pod belongs to, which pods a
/// workload has, what a service selects, what happened to an object.
///
/// Building it is one pass over each kind; every question after that is a look-up, so that a diagnosis of
/// ten thousand pods stays far from quadratic. The answers are those of the methods of [`ClusterState`] of
/// the same name.
///
/// ```
/// use lamplighter_core::cluster::{ClusterIndex, ClusterState};
/// use lamplighter_core::words::Source;
///
/// let state = ClusterState::unread(jiff::Timestamp::UNIX_EPOCH, Source::new("example"));
/// assert!(ClusterIndex::new(&state).workloads().next().is_none());
/// ```
#[derive(Debug)]
pub struct ClusterIndex<'a> {
    workloads: BTreeMap<WorkloadRef, WorkloadStatus>,
    owners: Owners<'a>,
    pods: BTreeMap<WorkloadRef, Vec<&'a Pod>>,
    loose_pods: Vec<&'a Pod>,
    events: EventsByObject<'a>,
    templates: Labelled<'a, WorkloadRef>,
    labelled_pods: Labelled<'a, &'a Pod>,
}

/// By namespace (empty where there is none), then by name.
type EventsByObject<'a> = HashMap<&'a str, HashMap<&'a str, Vec<&'a Event>>>;

impl<'a> ClusterIndex<'a> {
    /// The index of a state.
    #[must_use]
    pub fn new(state: &'a ClusterState) -> Self {
        let owners = Owners::new(state);
        let mut pods: BTreeMap<WorkloadRef, Vec<&Pod>> = BTreeMap::new();
        let mut loose_pods = Vec::new();
        let mut labelled_pods = Labelled::default();
        for pod in state.pods.items().iter().filter(|pod| !pod.is_completed()) {
            labelled_pods.insert(pod.metadata.namespace(), &pod.metadata.labels, pod);
            match owners.workload_of(pod) {
                Some(workload) => pods.entry(workload).or_default().push(pod),
                None => loose_pods.push(pod),
            }
        }
        let workloads = state.workloads().into_iter().map(|status| (status.workload.clone(), status)).collect();
        Self { workloads, owners, pods, loose_pods, events: events(state), templates: templates(state), labelled_pods }
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

    /// The workload that keeps a pod running.
    #[must_use]
    pub fn workload_of(&self, pod: &Pod) -> Option<WorkloadRef> {
        self.owners.workload_of(pod)
    }

    /// The pods of a workload that are not completed.
    #[must_use]
    pub fn pods_of(&self, workload: &WorkloadRef) -> &[&'a Pod] {
        self.pods.get(workload).map_or(&[], Vec::as_slice)
    }

    /// Every workload that pods say they belong to, with those pods. It may be one that was not seen itself.
    pub fn pods_by_workload(&self) -> impl Iterator<Item = (&WorkloadRef, &[&'a Pod])> {
        self.pods.iter().map(|(workload, pods)| (workload, pods.as_slice()))
    }

    /// The pods that are not completed and belong to no workload: made by hand, by a job, by a node.
    #[must_use]
    pub fn loose_pods(&self) -> &[&'a Pod] {
        &self.loose_pods
    }

    /// The events about one object, oldest first. `kind` is written as the API writes it: `Pod`.
    pub fn events_about(&self, kind: &str, namespace: &str, name: &str) -> impl Iterator<Item = &'a Event> {
        let about = self.events.get(namespace).and_then(|names| names.get(name)).map_or(&[][..], Vec::as_slice);
        about.iter().copied().filter(move |event| event.involved_object.kind == kind)
    }

    /// The workloads whose pods a service selects, by the labels of their pod template. A service without
    /// a selector selects none.
    #[must_use]
    pub fn workloads_behind(&self, service: &Service) -> Vec<&WorkloadRef> {
        self.templates.selected_by(service.metadata.namespace(), &service.spec.selector)
    }

    /// The pods that are not completed that a service selects.
    #[must_use]
    pub fn pods_behind(&self, service: &Service) -> Vec<&'a Pod> {
        let pods = self.labelled_pods.selected_by(service.metadata.namespace(), &service.spec.selector);
        pods.into_iter().copied().collect()
    }
}

/// Which deployment each replica set belongs to.
#[derive(Debug)]
struct Owners<'a> {
    deployments: HashMap<(&'a str, &'a str), Option<&'a str>>,
}

impl<'a> Owners<'a> {
    fn new(state: &'a ClusterState) -> Self {
        let deployments = state.replica_sets.items().iter().map(|set| {
            let owner = set.metadata.controller().filter(|owner| owner.kind == "Deployment");
            ((set.metadata.namespace(), set.metadata.name.as_str()), owner.map(|owner| owner.name.as_str()))
        });
        Self { deployments: deployments.collect() }
    }

    fn workload_of(&self, pod: &Pod) -> Option<WorkloadRef> {
        let owner = pod.metadata.controller()?;
        let namespace = pod.metadata.namespace();
        let (kind, name) = match owner.kind.as_str() {
            "StatefulSet" => (WorkloadKind::StatefulSet, owner.name.as_str()),
            "DaemonSet" => (WorkloadKind::DaemonSet, owner.name.as_str()),
            "ReplicaSet" => (WorkloadKind::Deployment, self.deployment_of(namespace, &owner.name, &pod.metadata)?),
            _ => return None,
        };
        Some(WorkloadRef::new(kind, namespace, name))
    }

    /// A replica set that was not recorded is looked through by its name, as [`ClusterState::workload_of`]
    /// does.
    fn deployment_of<'b>(&'b self, namespace: &'b str, set: &'b str, pod: &Meta) -> Option<&'b str> {
        match self.deployments.get(&(namespace, set)) {
            Some(deployment) => *deployment,
            None => set.strip_suffix(pod.labels.get("pod-template-hash")?.as_str())?.strip_suffix('-'),
        }
    }
}

/// Things by namespace and label, for selectors.
#[derive(Debug)]
struct Labelled<'a, T> {
    items: Vec<(&'a BTreeMap<String, String>, T)>,
    by_label: HashMap<(&'a str, &'a str, &'a str), Vec<usize>>,
}

impl<T> Default for Labelled<'_, T> {
    fn default() -> Self {
        Self { items: Vec::new(), by_label: HashMap::new() }
    }
}

impl<'a, T> Labelled<'a, T> {
    fn insert(&mut self, namespace: &'a str, labels: &'a BTreeMap<String, String>, item: T) {
        for (key, value) in labels {
            self.by_label.entry((namespace, key, value)).or_default().push(self.items.len());
        }
        self.items.push((labels, item));
    }

    /// The items with all these labels: those with the rarest label of the selector are looked through.
    fn selected_by(&self, namespace: &str, selector: &BTreeMap<String, String>) -> Vec<&T> {
        let labels = selector.iter().map(|(key, value)| (namespace, key.as_str(), value.as_str()));
        let candidates = labels.map(|label| self.by_label.get(&label).map_or(&[][..], Vec::as_slice));
        let rarest = candidates.min_by_key(|positions| positions.len()).unwrap_or_default();
        let selected = |(labels, _): &&(&BTreeMap<String, String>, T)| {
            selector.iter().all(|(key, value)| labels.get(key) == Some(value))
        };
        rarest.iter().filter_map(|position| self.items.get(*position)).filter(selected).map(|(_, item)| item).collect()
    }
}

fn events(state: &ClusterState) -> EventsByObject<'_> {
    let mut events = EventsByObject::new();
    for event in state.events.items() {
        let object = &event.involved_object;
        let names = events.entry(object.namespace.as_deref().unwrap_or_default()).or_default();
        names.entry(object.name.as_str()).or_default().push(event);
    }
    for about in events.values_mut().flat_map(HashMap::values_mut) {
        about.sort_by_key(|event| event.last_seen());
    }
    events
}

fn templates(state: &ClusterState) -> Labelled<'_, WorkloadRef> {
    let deployments = state.deployments.items().iter();
    let deployments = deployments.map(|it| (WorkloadKind::Deployment, &it.metadata, &it.spec.template));
    let stateful_sets = state.stateful_sets.items().iter();
    let stateful_sets = stateful_sets.map(|it| (WorkloadKind::StatefulSet, &it.metadata, &it.spec.template));
    let daemon_sets = state.daemon_sets.items().iter();
    let daemon_sets = daemon_sets.map(|it| (WorkloadKind::DaemonSet, &it.metadata, &it.spec.template));
    let mut templates = Labelled::default();
    for (kind, meta, template) in deployments.chain(stateful_sets).chain(daemon_sets) {
        let workload = WorkloadRef::new(kind, meta.namespace(), &meta.name);
        templates.insert(meta.namespace(), &template.metadata.labels, workload);
    }
    templates
}
