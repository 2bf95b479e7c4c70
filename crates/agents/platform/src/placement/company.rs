use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::cluster::{Affinity, Node, Pod, PodAffinityTerm};
use lamplighter_core::diagnosis::Scene;

use super::Unplaced;

/// Which pods must and must not be beside each other.
///
/// Kubernetes docs, Assigning Pods to Nodes, Inter-pod affinity and anti-affinity: a term speaks of the pods that its
/// selector matches, in the namespace of its own pod where it names none, and of all nodes whose label of the term's
/// `topologyKey` has the value of the node on which such a pod runs. A required anti-affinity also holds for the pods
/// that come later and match it.
#[derive(Debug)]
pub(super) struct Company<'a> {
    scene: &'a Scene,
    shunning: Vec<Shunning<'a>>,
}

/// Pods of one owner that run and shun others, and where they are.
#[derive(Debug)]
struct Shunning<'a> {
    pod: &'a Pod,
    term: &'a PodAffinityTerm,
    domains: Domains,
}

/// Parts of the cluster, by a label of their nodes.
#[derive(Debug, Default)]
pub(super) struct Domains(BTreeMap<String, BTreeSet<String>>);

impl Domains {
    /// Whether a node is in one of them.
    pub(super) fn holds(&self, node: &Node) -> bool {
        self.0.iter().any(|(key, values)| topology(node, key).is_some_and(|value| values.contains(value)))
    }

    fn insert(&mut self, key: &str, node: Option<&Node>) {
        if let Some(value) = node.and_then(|node| topology(node, key)) {
            self.0.entry(key.to_owned()).or_default().insert(value.to_owned());
        }
    }

    fn extend(&mut self, other: &Self) {
        for (key, values) in &other.0 {
            self.0.entry(key.clone()).or_default().extend(values.iter().cloned());
        }
    }
}

/// The value of a topology key. A node that has no label of its host is its own.
fn topology<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    let own = || (key == "kubernetes.io/hostname").then_some(node.metadata.name.as_str());
    node.metadata.labels.get(key).map(String::as_str).or_else(own)
}

impl<'a> Company<'a> {
    pub(super) fn of(scene: &'a Scene) -> Self {
        // Pods of one owner are alike, so that each owner is looked at once.
        let mut by_owner: BTreeMap<(&str, &str, usize), Shunning<'a>> = BTreeMap::new();
        for pod in scene.state().pods.items().iter().filter(|pod| is_placed(pod)) {
            let owner = pod.metadata.controller().map_or(&pod.metadata.name, |owner| &owner.name);
            for (at, term) in shunned(pod.spec.affinity.as_ref()).enumerate() {
                let fresh = || Shunning { pod, term, domains: Domains::default() };
                let known = by_owner.entry((pod.metadata.namespace(), owner, at)).or_insert_with(fresh);
                known.domains.insert(&term.topology_key, node_of(scene, pod));
            }
        }
        Self { scene, shunning: by_owner.into_values().collect() }
    }

    /// A pod that shuns a pod, by its own rules.
    pub(super) fn shunned_by(&self, pod: &Unplaced<'_>) -> Option<&'a Pod> {
        self.shunning(pod).map(|shunning| shunning.pod).next()
    }

    fn shunning<'s>(&'s self, pod: &'s Unplaced<'_>) -> impl Iterator<Item = &'s Shunning<'a>> {
        self.shunning
            .iter()
            .filter(|shunning| concerns(shunning.term, shunning.pod.metadata.namespace(), pod.namespace, pod.labels))
    }

    /// Where a pod must not be.
    pub(super) fn avoided(&self, pod: &Unplaced<'_>) -> Domains {
        let mut domains = Domains::default();
        for term in shunned(pod.spec.affinity.as_ref()) {
            for other in self.matching(term, pod) {
                domains.insert(&term.topology_key, node_of(self.scene, other));
            }
        }
        for shunning in self.shunning(pod) {
            domains.extend(&shunning.domains);
        }
        domains
    }

    /// Where a pod must be, where it must be beside another. The first of a group that wants its own company may go
    /// anywhere.
    pub(super) fn wanted(&self, pod: &Unplaced<'_>) -> Option<Domains> {
        let affinity = pod.spec.affinity.as_ref()?.pod_affinity.as_ref()?;
        let terms = &affinity.required_during_scheduling_ignored_during_execution;
        let others = |term: &&PodAffinityTerm| !concerns(term, pod.namespace, pod.namespace, pod.labels);
        let mut domains = Domains::default();
        let term = terms.iter().find(others)?;
        for other in self.matching(term, pod) {
            domains.insert(&term.topology_key, node_of(self.scene, other));
        }
        Some(domains)
    }

    fn matching<'s>(&'s self, term: &'s PodAffinityTerm, pod: &'s Unplaced<'_>) -> impl Iterator<Item = &'a Pod> + 's {
        let placed = self.scene.state().pods.items().iter().filter(|other| is_placed(other));
        placed.filter(move |other| concerns(term, pod.namespace, other.metadata.namespace(), &other.metadata.labels))
    }
}

fn node_of<'a>(scene: &'a Scene, pod: &Pod) -> Option<&'a Node> {
    scene.graph.node(pod.spec.node_name.as_deref()?)
}

fn is_placed(pod: &Pod) -> bool {
    pod.spec.node_name.is_some() && !matches!(pod.status.phase.as_str(), "Succeeded" | "Failed")
}

fn shunned(affinity: Option<&Affinity>) -> impl Iterator<Item = &PodAffinityTerm> {
    let anti = affinity.and_then(|affinity| affinity.pod_anti_affinity.as_ref());
    anti.map_or(&[][..], |anti| &anti.required_during_scheduling_ignored_during_execution).iter()
}

/// Whether a term of a pod in `own` speaks of a pod in `namespace` with these labels. A term without a selector speaks
/// of none.
fn concerns(term: &PodAffinityTerm, own: &str, namespace: &str, labels: &BTreeMap<String, String>) -> bool {
    let there = if term.namespaces.is_empty() {
        namespace == own
    } else {
        term.namespaces.iter().any(|named| named == namespace)
    };
    there && term.label_selector.as_ref().is_some_and(|selector| selector.matches(labels))
}
