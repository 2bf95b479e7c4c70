//! What network policies let through.
//!
//! Kubernetes docs, Network Policies: a pod that no policy of a direction selects is open in that direction; one that
//! is selected is closed but for what the rules of any of those policies allow. A connection needs the egress of its
//! client and the ingress of its server.

use core::net::Ipv4Addr;
use std::collections::BTreeMap;

use lamplighter_core::cluster::{
    IntOrString, LabelSelector, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicyRule, Pod,
};
use lamplighter_core::diagnosis::Scene;

use crate::listening::transport;

/// A way of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Ingress,
    Egress,
}

/// Where a connection is to arrive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival<'a> {
    pub(crate) pod: &'a Pod,
    pub(crate) port: u16,
    pub(crate) protocol: &'a str,
}

/// The policies that together keep a connection out, `None` where it is let through.
pub(crate) fn blocking<'a>(
    scene: &'a Scene,
    from: &Pod,
    to: Arrival<'_>,
) -> Option<(Direction, Vec<&'a NetworkPolicy>)> {
    let blocked = |direction| {
        let policies = closing(scene, direction, from, to);
        (!policies.is_empty()).then_some((direction, policies))
    };
    blocked(Direction::Ingress).or_else(|| blocked(Direction::Egress))
}

/// The policies of a direction that select the pod at that end; none where one of them lets the connection through.
fn closing<'a>(scene: &'a Scene, direction: Direction, from: &Pod, to: Arrival<'_>) -> Vec<&'a NetworkPolicy> {
    let (subject, peer) = match direction {
        Direction::Ingress => (to.pod, from),
        Direction::Egress => (from, to.pod),
    };
    let policies = scene.state().network_policies.items().iter();
    let selecting = policies.filter(|policy| {
        policy.metadata.namespace() == subject.metadata.namespace()
            && concerns(policy, direction)
            && policy.spec.pod_selector.matches(&subject.metadata.labels)
    });
    let selecting: Vec<&NetworkPolicy> = selecting.collect();
    let lets = |policy: &NetworkPolicy| {
        let rules = match direction {
            Direction::Ingress => &policy.spec.ingress,
            Direction::Egress => &policy.spec.egress,
        };
        rules.iter().flatten().any(|rule| allows(scene, policy, rule, direction, peer, to))
    };
    let open = selecting.iter().any(|policy| lets(policy));
    if open { Vec::new() } else { selecting }
}

/// Without `policyTypes` a policy is about ingress, and about egress where it has rules for that (Kubernetes API,
/// `NetworkPolicySpec.policyTypes`).
fn concerns(policy: &NetworkPolicy, direction: Direction) -> bool {
    let spec = &policy.spec;
    let named = |name: &str| spec.policy_types.iter().any(|of| of == name);
    match direction {
        Direction::Ingress => spec.policy_types.is_empty() || named("Ingress"),
        Direction::Egress => named("Egress") || (spec.policy_types.is_empty() && spec.egress.is_some()),
    }
}

fn allows(
    scene: &Scene,
    policy: &NetworkPolicy,
    rule: &NetworkPolicyRule,
    direction: Direction,
    peer: &Pod,
    to: Arrival<'_>,
) -> bool {
    let peers = match direction {
        Direction::Ingress => &rule.from,
        Direction::Egress => &rule.to,
    };
    let peers_fit = peers.is_empty() || peers.iter().any(|of| is_peer(scene, policy, of, peer));
    peers_fit && (rule.ports.is_empty() || rule.ports.iter().any(|port| is_port(port, to)))
}

fn is_peer(scene: &Scene, policy: &NetworkPolicy, peer: &NetworkPolicyPeer, pod: &Pod) -> bool {
    if let Some(block) = &peer.ip_block {
        let ip: Option<Ipv4Addr> = pod.status.pod_ip.as_deref().and_then(|ip| ip.parse().ok());
        // Addresses that cannot be compared are given the benefit of the doubt.
        return ip.is_none_or(|ip| {
            let inside = |cidr: &str| contains(cidr, ip).unwrap_or(true);
            inside(&block.cidr) && !block.except.iter().any(|except| contains(except, ip).unwrap_or_default())
        });
    }
    let namespace = match &peer.namespace_selector {
        Some(selector) => selector_of_namespace(scene, selector, pod.metadata.namespace()),
        None => pod.metadata.namespace() == policy.metadata.namespace(),
    };
    namespace && peer.pod_selector.as_ref().is_none_or(|selector| selector.matches(&pod.metadata.labels))
}

/// Namespaces carry their name as the label `kubernetes.io/metadata.name` since Kubernetes 1.21.
fn selector_of_namespace(scene: &Scene, selector: &LabelSelector, name: &str) -> bool {
    let named = |labels: &BTreeMap<String, String>| {
        let mut labels = labels.clone();
        labels.entry("kubernetes.io/metadata.name".to_owned()).or_insert_with(|| name.to_owned());
        selector.matches(&labels)
    };
    let mut namespaces = scene.state().namespaces.items().iter();
    match namespaces.find(|namespace| namespace.metadata.name == name) {
        Some(namespace) => named(&namespace.metadata.labels),
        // A namespace whose labels nobody has recorded may have any.
        None => true,
    }
}

fn is_port(allowed: &NetworkPolicyPort, to: Arrival<'_>) -> bool {
    if transport(allowed.protocol.as_deref()) != to.protocol {
        return false;
    }
    match &allowed.port {
        None => true,
        Some(IntOrString::Int(first)) => {
            let last = allowed.end_port.map_or(*first, i64::from);
            (*first..=last).contains(&i64::from(to.port))
        }
        Some(IntOrString::String(name)) => {
            let mut ports = to.pod.spec.containers.iter().flat_map(|container| &container.ports);
            ports.any(|port| port.name.as_deref() == Some(name.as_str()) && port.container_port == to.port)
        }
    }
}

/// Whether an address is in a range such as `10.0.0.0/8`; `None` where that is no range of IPv4.
fn contains(cidr: &str, ip: Ipv4Addr) -> Option<bool> {
    let (network, bits) = cidr.split_once('/')?;
    let (network, bits): (Ipv4Addr, u32) = (network.parse().ok()?, bits.parse().ok()?);
    let mask = u32::MAX.checked_shl(32_u32.checked_sub(bits)?).unwrap_or_default();
    Some(u32::from(network) & mask == u32::from(ip) & mask)
}
