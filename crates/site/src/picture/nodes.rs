//! The nodes, and which pods on them do not serve.

use std::collections::BTreeMap;

use lamplighter_core::cluster::{Node, Pod};
use lamplighter_core::diagnosis::{Culprit, Scene};

use super::board::Board;
use super::standing::{State, trouble_of};
use super::tile::{ROOM, Tile, WORDS};
use crate::text::{counted, fitted, grouped};

/// How many nodes are drawn at most.
const MOST: usize = 24;

/// How many pods of a node are named.
const NAMED: usize = 4;

/// The nodes as boxes, those with trouble first, and what is said of the others.
pub(super) fn tiles(scene: &Scene, board: &Board<'_>) -> (Vec<Tile>, Option<String>) {
    let mut broken: BTreeMap<Option<&str>, Vec<(&Pod, String)>> = BTreeMap::new();
    for pod in scene.state().pods.items() {
        if let Some(trouble) = trouble_of(pod) {
            broken.entry(pod.spec.node_name.as_deref()).or_default().push((pod, trouble.reason));
        }
    }
    let rank_of = |name: &str| {
        let is = |culprit: &Culprit| matches!(culprit, Culprit::Node { name: node } if node == name);
        board.causes.iter().position(|cause| is(&cause.culprit))
    };
    let mut tiles: Vec<(usize, bool, State, &str, Tile)> = Vec::new();
    for node in scene.state().nodes.items() {
        let name = node.metadata.name.as_str();
        let here = broken.remove(&Some(name)).unwrap_or_default();
        let (state, words) = standing(node);
        let pods = scene.graph.pods_on(name).count();
        let pods = counted(pods, "pod", "pods");
        let rank = rank_of(name);
        let tile = Tile::new(state, name, format!("node {name}, {words}, {pods}")).saying_all(&[words, pods]);
        let quiet = here.is_empty();
        tiles.push((rank.unwrap_or(usize::MAX), quiet, state, name, with_pods(tile, here).marked(board, rank)));
    }
    // Pods of nodes that were not seen, and those that no node has taken.
    for (node, pods) in broken {
        let name = node.unwrap_or("on no node");
        let told = format!("{name}, {} that do not serve", counted(pods.len(), "pod", "pods"));
        let tile = with_pods(Tile::new(State::Unknown, name, told), pods);
        tiles.push((usize::MAX, false, State::Unknown, name, tile));
    }
    tiles.sort_by(|a, b| (a.0, b.2, a.1, a.3).cmp(&(b.0, a.2, b.1, b.3)));
    let others = tiles.len().saturating_sub(MOST);
    let quiet = tiles.iter().skip(MOST).all(|(_, quiet, state, ..)| *quiet && *state == State::Works);
    let rest = match (others, quiet) {
        (0, _) => None,
        (_, true) => Some(format!("and {} others that are ready, without broken pods", grouped(others))),
        (_, false) => Some(format!("and {} others, some of them with trouble", grouped(others))),
    };
    (tiles.into_iter().take(MOST).map(|(.., tile)| tile).collect(), rest)
}

/// With the names of some pods below what is wrong with them.
fn with_pods(mut tile: Tile, mut pods: Vec<(&Pod, String)>) -> Tile {
    pods.sort_by(|a, b| (&a.1, &a.0.metadata.name).cmp(&(&b.1, &b.0.metadata.name)));
    let mut said = "";
    for (pod, reason) in pods.iter().take(NAMED) {
        if reason != said {
            tile = tile.saying(&format!("{reason}:"), 2);
            said = reason;
        }
        tile = tile.saying(&fitted(&pod.metadata.name, WORDS, ROOM), 1);
    }
    if pods.len() > NAMED {
        tile = tile.saying(&format!("and {} more", grouped(pods.len() - NAMED)), 1);
    }
    tile
}

/// How a node stands by its conditions (Kubernetes docs, Node Status): `Ready` is `True`, `False` or, when the control
/// plane has not heard of it for a while, `Unknown`; a pressure is `True`.
fn standing(node: &Node) -> (State, String) {
    let (state, word) = match node.condition("Ready").map(|ready| ready.status.as_str()) {
        Some("True") => (State::Works, "ready"),
        Some("Unknown") => (State::Down, "not heard of"),
        Some(_) => (State::Down, "not ready"),
        None => (State::Unknown, "does not say whether it is ready"),
    };
    let pressures = ["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"];
    let pressed = pressures.into_iter().filter(|name| node.condition(name).is_some_and(|it| it.status == "True"));
    let mut words: Vec<&str> = std::iter::once(word).chain(pressed).collect();
    let state = if state == State::Works && words.len() > 1 { State::Degraded } else { state };
    if node.spec.unschedulable == Some(true) {
        words.push("cordoned");
    }
    (state, words.join(", "))
}
