use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene};
use lamplighter_core::words::{Finding, ObjectRef};

use crate::placement::{Ask, Blame, Hurdle, Site, Unplaced, blame, unplaced};
use crate::sight::{app_of, plural};

/// A pod that no node takes, and which of its wishes, or what on the nodes, is in the way.
///
/// Relies on: Kubernetes docs, Assigning Pods to Nodes (`nodeSelector`, required node affinity, inter-pod affinity and
/// anti-affinity), Taints and Tolerations, Resource Management for Pods and Containers (requests against
/// `status.allocatable`), Safely Drain a Node (`spec.unschedulable`), Persistent Volumes (node affinity); the
/// condition `PodScheduled` and the event `FailedScheduling`.
#[derive(Debug)]
pub(super) struct UnplacedPod;

/// A pod that asks for so many times what is ordinary, …
const GREEDY: i128 = 4;
/// … and for at least this part of the largest node, is what is out of place, not the pods that fill the nodes.
const SHARE: i128 = 5;

impl Rule for UnplacedPod {
    fn name(&self) -> &'static str {
        "unplaced-pod"
    }

    fn causes(&self) -> &'static [Cause] {
        &[
            Cause::CpuCapacityMismatch,
            Cause::MemoryCapacityMismatch,
            Cause::NodeAffinityMismatch,
            Cause::NodeCapacityExhausted,
            Cause::NodeCordonMismatch,
            Cause::NodeSelectorMismatch,
            Cause::PodAntiAffinityConflict,
            Cause::TaintTolerationMismatch,
        ]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let waiting = unplaced(scene);
        if waiting.is_empty() {
            return;
        }
        if let Err(reason) = scene.state().nodes.as_result() {
            examination.gap(format!("nodes: {reason}; why pods are on no node is known from the scheduler alone"));
        }
        let site = Site::of(scene);
        for pod in &waiting {
            examine(scene, &site, pod, examination);
        }
    }
}

fn examine(scene: &Scene, site: &Site<'_>, pod: &Unplaced<'_>, examination: &mut Examination) {
    let finding = finding(scene, pod);
    if pod.words().claim() && lacks_claim(scene, pod) {
        // What the claim lacks is said by the rule for claims.
        examination.find(finding);
        return;
    }
    let blames = blame(site, pod);
    if blames.is_empty() {
        if pod.looked_at {
            examination.find(finding);
        }
        return;
    }
    let troubled = blames.first().is_some_and(|first| first.hurdle == Hurdle::Trouble);
    for blame in blames {
        let Some((cause, likelihood)) = cause(site, pod, &blame) else {
            examination.find(finding.clone());
            continue;
        };
        // That a node is in trouble is the cause, and no wish of the pod is.
        let likelihood = if troubled { likelihood.times(0.5) } else { likelihood };
        let likelihood = if pod.gone { likelihood.times(0.8) } else { likelihood };
        let culprit = culprit(scene, site, pod, &blame);
        let named = RootCause::new(cause, culprit, likelihood, finding.clone());
        let named = named.and(ground(scene, site, pod, &blame)).then(step(&blame, pod, cause));
        let named = named.then(format!("{}.", waits(pod)));
        examination.name(named.affecting(pod.app.clone()));
    }
}

/// Whether a claim of a pod is not bound, or not there. Claims that could not be read may be either.
fn lacks_claim(scene: &Scene, pod: &Unplaced<'_>) -> bool {
    let claims = pod.spec.volumes.iter().filter_map(|volume| volume.persistent_volume_claim.as_ref());
    let mut found = claims.map(|claim| scene.graph.claim(pod.namespace, &claim.claim_name));
    scene.state().claims.seen().is_none() || found.any(|claim| claim.is_none_or(|claim| claim.status.phase != "Bound"))
}

/// `2 pods of wiki are on no node`.
fn waits(pod: &Unplaced<'_>) -> String {
    let are = if pod.count == 1 { "is" } else { "are" };
    format!("{} of {} {are} on no node", plural(pod.count, "pod"), pod.app.name())
}

/// That the pod waits, in the scheduler's words.
fn finding(scene: &Scene, pod: &Unplaced<'_>) -> Finding {
    let gone = if pod.gone { ", and its successor is not there" } else { "" };
    let summary = format!("{}{gone}", waits(pod));
    let at = pod.said.map_or(scene.taken_at(), |(_, at)| at);
    let finding = Finding::new(summary, pod.object.clone(), scene.source(), at);
    match (pod.said, pod.since) {
        (Some((said, at)), since) => {
            let finding = finding.with_evidence(format!("FailedScheduling: {said}"));
            let since =
                since.filter(|since| *since < at).map(|since| format!("first at {}", lamplighter_core::utc(since)));
            since.into_iter().fold(finding, Finding::with_evidence)
        }
        (None, Some(since)) => finding.with_evidence(format!("created {since}, spec.nodeName is empty")),
        (None, None) => finding.with_evidence("spec.nodeName is empty"),
    }
}

/// The cause that a hurdle is, and how likely. Trouble of a node is named by the rules for nodes; that a pod waits
/// for the company of another is no cause of this list.
fn cause(site: &Site<'_>, pod: &Unplaced<'_>, blame: &Blame) -> Option<(Cause, Likelihood)> {
    let cause = match blame.hurdle {
        Hurdle::Cordon => Cause::NodeCordonMismatch,
        Hurdle::Taint => Cause::TaintTolerationMismatch,
        Hurdle::Selector => Cause::NodeSelectorMismatch,
        Hurdle::Affinity | Hurdle::VolumePlace => Cause::NodeAffinityMismatch,
        Hurdle::AntiAffinity => Cause::PodAntiAffinityConflict,
        Hurdle::Cpu if asks_too_much(site, pod, |ask| ask.cpu) => Cause::CpuCapacityMismatch,
        Hurdle::Memory if asks_too_much(site, pod, |ask| ask.memory) => Cause::MemoryCapacityMismatch,
        Hurdle::Room | Hurdle::Cpu | Hurdle::Memory => Cause::NodeCapacityExhausted,
        Hurdle::Trouble | Hurdle::Company => return None,
    };
    Some((cause, blame.likelihood))
}

/// Whether the request of a pod is what is out of place: more than any node has, or many times what is ordinary and
/// much of a node. A pod whose like runs already asks for nothing strange.
fn asks_too_much(site: &Site<'_>, pod: &Unplaced<'_>, of: impl Fn(Ask) -> i128) -> bool {
    let wants = of(Ask::of(pod.spec));
    let largest = site.places().iter().filter_map(|place| place.size).map(&of).max();
    match largest {
        Some(largest) if wants > largest => true,
        Some(largest) => wants.saturating_mul(SHARE) >= largest && wants >= of(site.ordinary()).saturating_mul(GREEDY),
        None => wants > 0,
    }
}

/// Whose configuration it is. A pod may also be kept away by the anti-affinity of others.
fn culprit(scene: &Scene, site: &Site<'_>, pod: &Unplaced<'_>, blame: &Blame) -> Culprit {
    let own = || pod.spec.affinity.as_ref().is_some_and(|affinity| affinity.pod_anti_affinity.is_some());
    if blame.hurdle == Hurdle::AntiAffinity
        && !own()
        && let Some(other) = site.shunned_by(pod)
    {
        return app_of(scene, other);
    }
    pod.app.clone()
}

/// What in the configuration the blame rests on.
fn ground(scene: &Scene, site: &Site<'_>, pod: &Unplaced<'_>, blame: &Blame) -> Finding {
    let nodes = list(&blame.nodes);
    let ask = Ask::of(pod.spec);
    let largest = |of: fn(Ask) -> i128| site.places().iter().filter_map(|place| place.size).map(of).max().unwrap_or(0);
    let about = |summary: String| scene.finding(summary, pod.object.clone());
    match blame.hurdle {
        Hurdle::Cordon => {
            let object = blame.nodes.first().map_or_else(|| pod.object.clone(), |node| ObjectRef::global("node", node));
            scene
                .finding(format!("the nodes that it may run on are cordoned: {nodes}"), object)
                .with_evidence("spec.unschedulable: true")
        }
        Hurdle::Taint | Hurdle::Trouble => {
            let tainted = site.places().iter().filter(|place| blame.nodes.contains(&place.node.metadata.name));
            let taints = tainted.flat_map(|place| {
                place.node.spec.taints.iter().map(|taint| {
                    let value = taint.value.as_deref().unwrap_or_default();
                    format!("{}: {}={value}:{}", place.node.metadata.name, taint.key, taint.effect)
                })
            });
            let finding = about(format!("it does not tolerate the taints of {nodes}"));
            taints.take(5).fold(finding, Finding::with_evidence)
        }
        Hurdle::Selector => {
            let wanted = pod.spec.node_selector.iter().map(|(key, value)| format!("{key}={value}"));
            let wanted = wanted.collect::<Vec<_>>().join(", ");
            about("no node has all labels of its nodeSelector".to_owned())
                .with_evidence(format!("nodeSelector: {wanted}"))
        }
        Hurdle::Affinity => about("no node meets its required node affinity".to_owned()).with_evidence(affinity(pod)),
        Hurdle::VolumePlace => about("its volume can only be used from other nodes".to_owned())
            .with_evidence(format!("nodeAffinity of the volume excludes {nodes}")),
        Hurdle::Cpu => about(format!("it requests {}m CPU; the largest node has {}m", ask.cpu, largest(|ask| ask.cpu)))
            .with_evidence(format!("ordinary pods request {}m", site.ordinary().cpu)),
        Hurdle::Memory => {
            let mi = |bytes: i128| bytes / (1 << 20);
            let largest = mi(largest(|ask| ask.memory));
            about(format!("it requests {}Mi memory; the largest node has {largest}Mi", mi(ask.memory)))
                .with_evidence(format!("ordinary pods request {}Mi", mi(site.ordinary().memory)))
        }
        Hurdle::Room => about(format!("there is not enough {} on {nodes}", lacking(pod))),
        Hurdle::AntiAffinity => about(format!("pods that must not be beside it run on {nodes}")),
        Hurdle::Company => about(format!("the pods that it must be beside do not run on {nodes}")),
    }
}

fn affinity(pod: &Unplaced<'_>) -> String {
    let required = pod.spec.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref());
    let required = required.and_then(|node| node.required_during_scheduling_ignored_during_execution.as_ref());
    let terms = required.map_or(&[][..], |selector| &selector.node_selector_terms);
    let requirements = terms.iter().flat_map(|term| term.match_expressions.iter().chain(&term.match_fields));
    let written = requirements.map(|it| format!("{} {} [{}]", it.key, it.operator, it.values.join(", ")));
    format!("requiredDuringScheduling: {}", written.collect::<Vec<_>>().join("; "))
}

/// At most three names.
fn list(names: &[String]) -> String {
    let shown = names.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "the nodes".to_owned(),
        1..=3 => shown,
        more => format!("{shown} and {} more", more - 3),
    }
}

fn step(blame: &Blame, pod: &Unplaced<'_>, cause: Cause) -> String {
    let nodes = list(&blame.nodes);
    match cause {
        Cause::NodeCordonMismatch => format!("{nodes} {} cordoned, so that nothing new is put there.", are(blame)),
        Cause::TaintTolerationMismatch => format!("{nodes} {} tainted, and the pod does not tolerate it.", are(blame)),
        Cause::NodeSelectorMismatch => "The pod selects nodes by labels that none has.".to_owned(),
        Cause::NodeAffinityMismatch => "The pod requires a node of a kind that there is none of.".to_owned(),
        Cause::PodAntiAffinityConflict => format!("On {nodes} runs a pod beside which {} may not run.", pod.app.name()),
        Cause::CpuCapacityMismatch => "The pod requests more CPU than a node can give.".to_owned(),
        Cause::MemoryCapacityMismatch => "The pod requests more memory than a node can give.".to_owned(),
        // How much of other resources the nodes have, and who uses it, is not looked at.
        _ if blame.hurdle == Hurdle::Room => {
            format!("No node has enough {} left: it has none, or it is in use.", lacking(pod))
        }
        _ => "The requests of other pods have used up the nodes.".to_owned(),
    }
}

/// What the scheduler says that there is not enough of, beside CPU and memory.
fn lacking(pod: &Unplaced<'_>) -> String {
    let said = pod.said.map_or("", |(said, _)| said);
    let mut named: Vec<&str> = Vec::new();
    for part in said.split("Insufficient ").skip(1) {
        let name = part.split([' ', ',']).next().unwrap_or_default().trim_end_matches('.');
        if !name.is_empty() && name != "cpu" && name != "memory" && !named.contains(&name) {
            named.push(name);
        }
    }
    if named.is_empty() { "room for one more pod".to_owned() } else { named.join(", ") }
}

fn are(blame: &Blame) -> &'static str {
    if blame.nodes.len() == 1 { "is" } else { "are" }
}
