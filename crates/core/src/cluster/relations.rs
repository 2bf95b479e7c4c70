//! The look-up tables that a [`ClusterGraph`](super::ClusterGraph) is made of. They hold positions in the lists of
//! the state, so that the graph can own it.

use std::collections::{BTreeMap, HashMap};

use super::{ClusterState, Event, Meta, Named, Pod, WorkloadStatus};
use crate::words::{WorkloadKind, WorkloadRef};

/// Positions by namespace (empty where there is none) and name.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<String, HashMap<String, usize>>);

impl Names {
    pub(super) fn of<T: Named>(items: &[T]) -> Self {
        let mut names = Self::default();
        for (at, item) in items.iter().enumerate() {
            let meta = item.meta();
            let known = match names.0.get_mut(meta.namespace()) {
                Some(known) => known,
                None => names.0.entry(meta.namespace().to_owned()).or_default(),
            };
            known.entry(meta.name.clone()).or_insert(at);
        }
        names
    }

    pub(super) fn find<'a, T>(&self, items: &'a [T], namespace: &str, name: &str) -> Option<&'a T> {
        items.get(*self.0.get(namespace)?.get(name)?)
    }
}

/// Which deployment each replica set belongs to.
#[derive(Debug)]
pub(super) struct Owners {
    deployments: HashMap<String, HashMap<String, Option<String>>>,
}

impl Owners {
    pub(super) fn new(state: &ClusterState) -> Self {
        let mut deployments: HashMap<String, HashMap<String, Option<String>>> = HashMap::new();
        for set in state.replica_sets.items() {
            let owner = set.metadata.controller().filter(|owner| owner.kind == "Deployment");
            let names = deployments.entry(set.metadata.namespace().to_owned()).or_default();
            names.insert(set.metadata.name.clone(), owner.map(|owner| owner.name.clone()));
        }
        Self { deployments }
    }

    pub(super) fn workload_of(&self, pod: &Pod) -> Option<WorkloadRef> {
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

    /// The deployment of a replica set that was recorded.
    fn deployment(&self, namespace: &str, set: &str) -> Option<&str> {
        self.deployments.get(namespace)?.get(set)?.as_deref()
    }

    /// A replica set that was not recorded is looked through by its name, as [`ClusterState::workload_of`] does.
    fn deployment_of<'a>(&'a self, namespace: &str, set: &'a str, pod: &'a Meta) -> Option<&'a str> {
        match self.deployments.get(namespace).and_then(|names| names.get(set)) {
            Some(deployment) => deployment.as_deref(),
            None => set.strip_suffix(pod.labels.get("pod-template-hash")?.as_str())?.strip_suffix('-'),
        }
    }
}

/// Things by namespace and label, for selectors.
#[derive(Debug)]
pub(super) struct Labelled<T> {
    items: Vec<(BTreeMap<String, String>, T)>,
    by_label: HashMap<String, HashMap<String, HashMap<String, Vec<usize>>>>,
}

impl<T> Default for Labelled<T> {
    fn default() -> Self {
        Self { items: Vec::new(), by_label: HashMap::new() }
    }
}

impl<T> Labelled<T> {
    pub(super) fn insert(&mut self, namespace: &str, labels: &BTreeMap<String, String>, item: T) {
        let position = self.items.len();
        for (key, value) in labels {
            let keys = entry(&mut self.by_label, namespace);
            entry(entry(keys, key), value).push(position);
        }
        self.items.push((labels.clone(), item));
    }

    /// The items with all these labels: those with the rarest label of the selector are looked through.
    pub(super) fn selected_by(&self, namespace: &str, selector: &BTreeMap<String, String>) -> Vec<&T> {
        let Some(by_label) = self.by_label.get(namespace) else { return Vec::new() };
        let with = |(key, value): (&String, &String)| {
            by_label.get(key).and_then(|values| values.get(value)).map_or(&[][..], Vec::as_slice)
        };
        let rarest = selector.iter().map(with).min_by_key(|positions| positions.len()).unwrap_or_default();
        let selected = |(labels, _): &&(BTreeMap<String, String>, T)| {
            selector.iter().all(|(key, value)| labels.get(key) == Some(value))
        };
        rarest.iter().filter_map(|position| self.items.get(*position)).filter(selected).map(|(_, item)| item).collect()
    }
}

/// The entry of a key that is only copied when it is new.
fn entry<'a, V: Default>(map: &'a mut HashMap<String, V>, key: &str) -> &'a mut V {
    if !map.contains_key(key) {
        map.insert(key.to_owned(), V::default());
    }
    map.entry(key.to_owned()).or_default()
}

/// Events by their object and by the workload that they concern, oldest first.
#[derive(Debug)]
pub(super) struct EventTable {
    about: HashMap<String, HashMap<String, Vec<usize>>>,
    of: HashMap<WorkloadRef, Vec<usize>>,
}

impl EventTable {
    pub(super) fn new(
        state: &ClusterState,
        pods: &Names,
        owners: &Owners,
        workloads: &BTreeMap<WorkloadRef, WorkloadStatus>,
    ) -> Self {
        let events = state.events.items();
        let mut order: Vec<usize> = (0..events.len()).collect();
        order.sort_by_key(|at| events.get(*at).and_then(Event::last_seen));
        let mut table = Self { about: HashMap::new(), of: HashMap::new() };
        // Many events are about the same object.
        let mut known: HashMap<(&str, &str, &str), Option<WorkloadRef>> = HashMap::new();
        for at in order {
            let Some(event) = events.get(at) else { continue };
            let object = &event.involved_object;
            let namespace = object.namespace.as_deref().unwrap_or_default();
            entry(entry(&mut table.about, namespace), &object.name).push(at);
            let workload = known
                .entry((&object.kind, namespace, &object.name))
                .or_insert_with(|| concerned(event, state, pods, owners, workloads));
            if let Some(workload) = workload {
                match table.of.get_mut(workload) {
                    Some(positions) => positions.push(at),
                    None => _ = table.of.insert(workload.clone(), vec![at]),
                }
            }
        }
        table
    }

    pub(super) fn about(&self, namespace: &str, name: &str) -> Option<&Vec<usize>> {
        self.about.get(namespace)?.get(name)
    }

    pub(super) fn of(&self, workload: &WorkloadRef) -> Option<&Vec<usize>> {
        self.of.get(workload)
    }
}

/// The workload that an event concerns.
pub(super) fn concerned(
    event: &Event,
    state: &ClusterState,
    pods: &Names,
    owners: &Owners,
    workloads: &BTreeMap<WorkloadRef, WorkloadStatus>,
) -> Option<WorkloadRef> {
    let object = &event.involved_object;
    let namespace = object.namespace.as_deref().unwrap_or_default();
    let workload = |kind, name: &str| {
        let workload = WorkloadRef::new(kind, namespace, name);
        workloads.contains_key(&workload).then_some(workload)
    };
    let of_set = |set: &str| match owners.deployment(namespace, set) {
        Some(name) => Some(WorkloadRef::new(WorkloadKind::Deployment, namespace, name)),
        None => set.rsplit_once('-').and_then(|(name, _)| workload(WorkloadKind::Deployment, name)),
    };
    match object.kind.as_str() {
        "Deployment" => workload(WorkloadKind::Deployment, &object.name),
        "StatefulSet" => workload(WorkloadKind::StatefulSet, &object.name),
        "DaemonSet" => workload(WorkloadKind::DaemonSet, &object.name),
        "ReplicaSet" => of_set(&object.name),
        "Pod" => {
            if let Some(pod) = pods.find(state.pods.items(), namespace, &object.name) {
                return owners.workload_of(pod);
            }
            let (owner, suffix) = object.name.rsplit_once('-')?;
            let ordinal = suffix.bytes().all(|byte| byte.is_ascii_digit());
            let set = ordinal.then(|| workload(WorkloadKind::StatefulSet, owner)).flatten();
            set.or_else(|| of_set(owner)).or_else(|| workload(WorkloadKind::DaemonSet, owner))
        }
        _ => None,
    }
}
