use lamplighter_core::cluster::{Node, NodeSelector, Pod, PodSpec, Quantity, Taint};
use lamplighter_core::diagnosis::Scene;

use super::ask::devices;
use super::company::Company;
use super::{Ask, Hurdle, Unplaced};
use crate::sight::{is_control_plane, is_control_plane_taint};

/// A node as the scheduler sees it. What is not recorded is no limit.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    pub(crate) node: &'a Node,
    /// What it has for pods.
    pub(crate) size: Option<Ask>,
    /// What the pods on it have asked for.
    pub(crate) used: Ask,
    pods: i128,
    control_plane: bool,
}

/// The nodes with what runs on them.
#[derive(Debug)]
pub(crate) struct Site<'a> {
    scene: &'a Scene,
    places: Vec<Place<'a>>,
    company: Company<'a>,
    /// What an ordinary pod asks for.
    ordinary: Ask,
}

impl<'a> Site<'a> {
    /// The nodes of a scene.
    pub(crate) fn of(scene: &'a Scene) -> Self {
        let mut asks = Vec::new();
        let places = scene.state().nodes.items().iter().map(|node| {
            let running = scene.graph.pods_on(&node.metadata.name).filter(|pod| pod.status.phase != "Failed");
            let (mut used, mut pods) = (Ask::default(), 0);
            for pod in running {
                let ask = Ask::of(&pod.spec);
                used = used.and(ask);
                pods += 1;
                if !pod.spec.containers.is_empty() {
                    asks.push(ask);
                }
            }
            Place { node, size: size(node), used, pods, control_plane: is_control_plane(scene, node) }
        });
        let places = places.collect();
        Self { scene, places, company: Company::of(scene), ordinary: ordinary(&asks) }
    }

    /// The nodes.
    pub(crate) fn places(&self) -> &[Place<'a>] {
        &self.places
    }

    /// What an ordinary pod of this cluster asks for: the median of those that run.
    pub(crate) fn ordinary(&self) -> Ask {
        self.ordinary
    }

    /// The app whose pods must not be beside a pod, and say so themselves.
    pub(crate) fn shunned_by(&self, pod: &Unplaced<'_>) -> Option<&'a Pod> {
        self.company.shunned_by(pod)
    }

    /// Whether a node is of no use for ordinary pods, cordoned or tainted as one of the control plane.
    pub(crate) fn is_reserved(place: &Place<'_>, spec: &PodSpec) -> bool {
        let kept = |taint: &&Taint| is_control_plane_taint(&taint.key) && !tolerated(spec, taint);
        place.control_plane && (is_cordoned(place.node) || place.node.spec.taints.iter().any(|taint| kept(&taint)))
    }

    /// What keeps a pod from each node.
    pub(crate) fn hurdles(&self, pod: &Unplaced<'_>) -> Vec<(&Place<'a>, Vec<Hurdle>)> {
        let ask = Ask::of(pod.spec);
        let avoided = self.company.avoided(pod);
        let wanted = self.company.wanted(pod);
        let volumes = self.volume_places(pod);
        let of = |place: &Place<'a>| {
            let node = place.node;
            let mut hurdles = taints(pod.spec, node);
            let selected = |(key, value): (&String, &String)| node.metadata.labels.get(key) == Some(value);
            if !pod.spec.node_selector.iter().all(selected) {
                hurdles.push(Hurdle::Selector);
            }
            if affinity(pod.spec).is_some_and(|affinity| !affinity.matches(node)) {
                hurdles.push(Hurdle::Affinity);
            }
            if !volumes.iter().all(|volume| volume.matches(node)) {
                hurdles.push(Hurdle::VolumePlace);
            }
            hurdles.extend(place.lacks(ask, pod.spec));
            if avoided.holds(node) {
                hurdles.push(Hurdle::AntiAffinity);
            }
            if wanted.as_ref().is_some_and(|wanted| !wanted.holds(node)) {
                hurdles.push(Hurdle::Company);
            }
            hurdles
        };
        self.places.iter().map(|place| (place, of(place))).collect()
    }

    /// From where the bound volumes of a pod can be used (Kubernetes docs, Persistent Volumes, Node affinity).
    fn volume_places(&self, pod: &Unplaced<'_>) -> Vec<&'a NodeSelector> {
        let claims = pod.spec.volumes.iter().filter_map(|volume| volume.persistent_volume_claim.as_ref());
        let volumes = claims.filter_map(|claim| {
            let claim = self.scene.graph.claim(pod.namespace, &claim.claim_name)?;
            self.scene.graph.volume(claim.spec.volume_name.as_deref()?)
        });
        volumes.filter_map(|volume| volume.spec.node_affinity.as_ref()?.required.as_ref()).collect()
    }
}

impl Place<'_> {
    /// What it lacks for a pod. A pod may ask for exactly what is left.
    fn lacks(&self, ask: Ask, spec: &PodSpec) -> Vec<Hurdle> {
        let Some(size) = self.size else { return Vec::new() };
        let wants = self.used.and(ask);
        let mut lacks = Vec::new();
        if ask.cpu > 0 && wants.cpu > size.cpu {
            lacks.push(Hurdle::Cpu);
        }
        if ask.memory > 0 && wants.memory > size.memory {
            lacks.push(Hurdle::Memory);
        }
        let allocatable = &self.node.status.allocatable;
        let has = |name: &str| allocatable.get(name).and_then(Quantity::millis);
        let crowded = has("pods").is_some_and(|pods| (self.pods + 1) * 1000 > pods);
        // Every node has CPU and memory; of the rest what it does not list it does not have. Storage for logs and
        // layers is listed by most, not by all recordings.
        let short = |(name, amount): (&str, i128)| {
            has(name).unwrap_or(if name == "ephemeral-storage" { i128::MAX } else { 0 }) < amount
        };
        if crowded || devices(spec).any(short) {
            lacks.push(Hurdle::Room);
        }
        lacks
    }
}

/// What a node has for pods (`status.allocatable`; where that is absent, `status.capacity`).
fn size(node: &Node) -> Option<Ask> {
    let status = &node.status;
    let of = |name: &str| status.allocatable.get(name).or_else(|| status.capacity.get(name));
    Some(Ask { cpu: of("cpu")?.millis()?, memory: of("memory")?.units()? })
}

/// The median of each by itself.
fn ordinary(asks: &[Ask]) -> Ask {
    let median = |mut values: Vec<i128>| {
        values.sort_unstable();
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    Ask {
        cpu: median(asks.iter().map(|ask| ask.cpu).collect()),
        memory: median(asks.iter().map(|ask| ask.memory).collect()),
    }
}

/// The node affinity that a pod requires.
pub(super) fn affinity(spec: &PodSpec) -> Option<&NodeSelector> {
    let affinity = spec.affinity.as_ref()?.node_affinity.as_ref()?;
    affinity.required_during_scheduling_ignored_during_execution.as_ref()
}

fn is_cordoned(node: &Node) -> bool {
    node.spec.unschedulable == Some(true) || node.spec.taints.iter().any(|taint| taint.key == CORDON)
}

/// The taint that a cordon brings (Kubernetes docs, Taints and Tolerations).
const CORDON: &str = "node.kubernetes.io/unschedulable";

fn tolerated(spec: &PodSpec, taint: &Taint) -> bool {
    spec.tolerations.iter().any(|toleration| toleration.tolerates(taint))
}

/// What the taints of a node and its state keep from it. `PreferNoSchedule` keeps nothing from it.
fn taints(spec: &PodSpec, node: &Node) -> Vec<Hurdle> {
    let mut hurdles = Vec::new();
    let cordon = Taint { key: CORDON.to_owned(), value: None, effect: "NoSchedule".to_owned() };
    if is_cordoned(node) && !tolerated(spec, &cordon) {
        hurdles.push(Hurdle::Cordon);
    }
    let binding = node.spec.taints.iter().filter(|taint| matches!(taint.effect.as_str(), "NoSchedule" | "NoExecute"));
    for taint in binding.filter(|taint| taint.key != CORDON && !tolerated(spec, taint)) {
        // Taints of these prefixes are set by the control plane for the state of the node.
        let state = taint.key.starts_with("node.kubernetes.io/") || taint.key.starts_with("node.cloudprovider.");
        let hurdle = if state { Hurdle::Trouble } else { Hurdle::Taint };
        if !hurdles.contains(&hurdle) {
            hurdles.push(hurdle);
        }
    }
    if node.is_ready() == Some(false) && !hurdles.contains(&Hurdle::Trouble) {
        hurdles.push(Hurdle::Trouble);
    }
    hurdles
}
