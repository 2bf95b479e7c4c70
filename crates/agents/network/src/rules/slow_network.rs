use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene, Signal};
use lamplighter_core::words::Finding;

use crate::slowness::{App, Slowness};

/// Fewer segments sent again per second than this are usual.
const FEW: f64 = 0.5;

/// A network that is slow, at one node or at the pods of one app, or that loses packets.
///
/// It follows who calls whom. A slow network at the pods of an app slows the app and everybody who waits for it. A
/// slow network at a node slows whoever calls across the border of that node, from inside or from outside; apps that
/// call nobody look well from where they stand. Lost segments are sent again by the node that lost them (RFC 9293,
/// §3.8). A node that delays what it sends does not send it again while it is still in its own queue (Linux,
/// `TcpExtTCPSpuriousRtxHostQueues`), and its peers may. More work for the CPU is slow, too, and is somebody else's
/// rule.
pub(super) struct SlowNetwork;

impl Rule for SlowNetwork {
    fn name(&self) -> &'static str {
        "slow-network"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::NodeNetworkDelay, Cause::NodeNetworkPacketLoss, Cause::PodNetworkDelay]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let slowness = Slowness::of(scene);
        if slowness.slow.is_empty() {
            slowness.lossy().for_each(|(_, finding)| examination.find(finding.clone()));
            return;
        }
        let places = Places::of(scene);
        if !slowness.hot.is_disjoint(&slowness.slow.keys().cloned().collect()) || broken(scene, &slowness) {
            slowness.slow.values().for_each(|finding| examination.find(finding.clone()));
            return;
        }
        let pods = best(slowness.slow.keys().map(|app| (Suspect::App(app.clone()), at_app(scene, &slowness, app))));
        let nodes = best(
            places.by_node.keys().map(|node| (Suspect::Node(node.clone()), at_node(scene, &slowness, &places, node))),
        );
        let Some((suspect, score, next)) = strongest(pods, nodes) else { return };
        if score > 0.0 {
            name(scene, &slowness, &suspect, score - next, examination);
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Suspect {
    App(App),
    Node(String),
}

/// Which apps have pods on which nodes.
#[derive(Debug, Default)]
struct Places {
    by_node: BTreeMap<String, BTreeSet<String>>,
}

impl Places {
    fn of(scene: &Scene) -> Self {
        let mut all = Self::default();
        for workload in scene.graph.owners_of_pods() {
            for node in scene.graph.pods_of(workload).filter_map(|pod| pod.spec.node_name.as_ref()) {
                all.by_node.entry(node.clone()).or_default().insert(workload.name.clone());
            }
        }
        let called =
            |app: &String| scene.calls.callers(app).next().is_some() || scene.calls.callees(app).next().is_some();
        all.by_node.retain(|_, apps| apps.iter().any(called));
        all
    }

    fn is_on(&self, node: &str, app: &str) -> bool {
        self.by_node.get(node).is_some_and(|apps| apps.contains(app))
    }

    /// Whether an app calls somebody on the other side of the border of a node.
    fn calls_across(&self, scene: &Scene, node: &str, app: &str) -> bool {
        let inside = self.is_on(node, app);
        scene.calls.callees(app).any(|callee| self.is_on(node, callee) != inside)
    }
}

/// Whether something that the slow ones need does not run: then they wait for that.
fn broken(scene: &Scene, slowness: &Slowness) -> bool {
    let names: BTreeSet<&str> = slowness.slow.keys().map(|(_, name)| name.as_str()).collect();
    let down = scene.graph.workloads().filter(|status| status.desired > 0 && status.ready == 0);
    let mut down = down.map(|status| status.workload.name.as_str());
    down.any(|down| names.contains(down) || names.iter().any(|name| scene.calls.depends_on(name, down)))
}

/// How well a slow network at the pods of an app explains who is slow.
fn at_app(scene: &Scene, slowness: &Slowness, app: &App) -> f64 {
    let (_, suspect) = app;
    let ailing: BTreeSet<&str> =
        slowness.slow.keys().chain(slowness.failing.keys()).map(|(_, name)| name.as_str()).collect();
    let waiting = scene.calls.dependants(suspect);
    let explained = ailing.iter().map(|app| {
        if app == suspect || waiting.contains(app) {
            1.0
        } else if scene.calls.callees(suspect).any(|callee| callee == *app) {
            // Its answers wait for their receiver.
            0.5
        } else {
            -2.0
        }
    });
    let content = scene.calls.callers(suspect).filter(|caller| !ailing.contains(caller)).map(|_| -1.0);
    // Where several call each other in a circle each waits for all, and who waits for the others takes longer.
    let faster = slowness.takes.iter().any(|(other, takes)| {
        let in_circle = scene.calls.depends_on(suspect, &other.1) && scene.calls.depends_on(&other.1, suspect);
        in_circle && slowness.takes.get(app).is_some_and(|own| takes < own)
    });
    explained.chain(content).sum::<f64>() - if faster { 0.25 } else { 0.0 }
}

/// How well a slow network at a node explains who is slow.
fn at_node(scene: &Scene, slowness: &Slowness, places: &Places, node: &str) -> f64 {
    let slow: BTreeSet<&str> = slowness.slow.keys().map(|(_, name)| name.as_str()).collect();
    let ailing: BTreeSet<&str> =
        slow.iter().copied().chain(slowness.failing.keys().map(|(_, name)| name.as_str())).collect();
    let across = |app: &str| places.calls_across(scene, node, app);
    let explained = ailing.iter().map(|app| {
        let waits = across(app) || scene.calls.callers(app).next().is_none() && scene.calls.callees(app).any(across);
        // Who waits for one that waits is slow as well.
        let carried = || ailing.iter().any(|other| across(other) && scene.calls.depends_on(app, other));
        match (waits, places.is_on(node, app)) {
            (true, true) => 1.1,
            (true, false) => 1.0,
            (false, _) if carried() => 0.75,
            (false, true) => 0.5,
            (false, false) => -2.0,
        }
    });
    let apps: BTreeSet<&String> = places.by_node.values().flatten().collect();
    let content = apps.into_iter().filter(|app| !ailing.contains(app.as_str()) && across(app)).map(|_| -1.0);
    let resends = |node: &str| slowness.resending.get(node).is_some_and(|(rate, _)| *rate >= FEW);
    let resent = if slowness.lossy().any(|(lossy, _)| lossy == node) {
        5.0
    } else if !resends(node) && places.by_node.keys().any(|peer| resends(peer)) {
        1.0
    } else if is_measured(scene) && !places.by_node.keys().any(|peer| resends(peer)) {
        // What pods send again is counted in their own network namespaces, what nodes send again in the node's.
        -0.5
    } else {
        0.0
    };
    // One app alone is more likely at fault than its node.
    let concerned = ailing.iter().filter(|app| across(app) || places.is_on(node, app)).count();
    let inside = ailing.iter().filter(|app| places.is_on(node, app)).count();
    let alone = match (concerned, inside) {
        (..2, _) => -2.0,
        (_, ..2) => -0.5,
        _ => 0.0,
    };
    explained.chain(content).sum::<f64>() + resent + alone
}

/// Whether anybody counts what nodes send again.
fn is_measured(scene: &Scene) -> bool {
    scene.signals.seen().is_some_and(|signals| signals.of(Signal::NodeRetransmits).next().is_some())
}

type Ranked = Option<(Suspect, f64, f64)>;

/// The best suspect, its score, and the score of the next one.
fn best(suspects: impl Iterator<Item = (Suspect, f64)>) -> Ranked {
    let mut all: Vec<(Suspect, f64)> = suspects.collect();
    all.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let mut all = all.into_iter();
    let (suspect, score) = all.next()?;
    Some((suspect, score, all.next().map_or(0.0, |(_, score)| score)))
}

/// The better of the two; on a tie the app, which is less to assume.
fn strongest(pods: Ranked, nodes: Ranked) -> Ranked {
    match (pods, nodes) {
        (Some(pod), Some(node)) if node.1 > pod.1 => Some((node.0, node.1, node.2.max(pod.1))),
        (Some(pod), Some(node)) => Some((pod.0, pod.1, pod.2.max(node.1))),
        (pod, node) => pod.or(node),
    }
}

fn name(scene: &Scene, slowness: &Slowness, suspect: &Suspect, lead: f64, examination: &mut Examination) {
    let lossy: Option<&Finding> = match suspect {
        Suspect::Node(node) => slowness.lossy().find(|(lossy, _)| lossy == node).map(|(_, finding)| finding),
        Suspect::App(_) => None,
    };
    let confidence = match (lossy.is_some(), lead) {
        (true, _) => Likelihood::new(0.8),
        (false, lead) if lead >= 1.0 => Likelihood::new(0.7),
        (false, lead) if lead > 0.0 => Likelihood::new(0.6),
        (false, _) => Likelihood::POSSIBLE,
    };
    let own = match suspect {
        Suspect::App(app) => slowness.slow.get(app),
        Suspect::Node(_) => lossy,
    };
    let Some(first) = own.or_else(|| slowness.slow.values().next()) else { return };
    let (cause, culprit, chain) = match suspect {
        Suspect::App((namespace, name)) => (
            Cause::PodNetworkDelay,
            Culprit::app(home(scene, namespace, name), name),
            [
                format!("Who is slow is {name} and who waits for it, and {name} uses no more CPU than before."),
                format!("The network at the pods of {name} holds its packets up."),
            ],
        ),
        Suspect::Node(node) if lossy.is_some() => (
            Cause::NodeNetworkPacketLoss,
            Culprit::node(node),
            [
                format!("The node {node} sends TCP segments again, so what it sends gets lost."),
                "Calls from and to its pods wait for what is sent again.".to_owned(),
            ],
        ),
        Suspect::Node(node) => (
            Cause::NodeNetworkDelay,
            Culprit::node(node),
            [
                format!("Who is slow calls from or to pods on {node}, and several apps there are concerned."),
                format!("The network of {node} holds packets up, without losing many."),
            ],
        ),
    };
    let ailing = slowness.slow.iter().chain(&slowness.failing);
    let mut named = RootCause::new(cause, culprit, confidence, first.clone());
    named = chain.into_iter().fold(named, RootCause::then);
    for ((namespace, app), finding) in ailing {
        if finding != first && named.evidence.len() < 8 {
            named = named.and(finding.clone());
        }
        named = named.affecting(Culprit::app(home(scene, namespace, app), app));
    }
    if lossy.is_none() {
        named = slowness.resending.values().fold(named, |named, (_, finding)| named.and(finding.clone()));
    }
    examination.name(named);
}

/// The namespace of an app, by its workload where the series does not say it.
fn home(scene: &Scene, namespace: &str, app: &str) -> String {
    if !namespace.is_empty() {
        return namespace.to_owned();
    }
    let mut named = scene.graph.workloads().filter(|status| status.workload.name == app);
    named.next().map(|status| status.workload.namespace.clone()).unwrap_or_default()
}
