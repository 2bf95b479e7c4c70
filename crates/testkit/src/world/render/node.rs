use serde_json::{Value, json};

use super::super::cluster::{AGE, Cluster, Node};
use super::super::ids::uid;
use super::time;

pub(super) fn node(cluster: &Cluster, node: &Node) -> Value {
    let taints = if node.ready {
        json!([])
    } else {
        json!([
            { "key": "node.kubernetes.io/unreachable", "effect": "NoSchedule", "timeAdded": time(node.since) },
            { "key": "node.kubernetes.io/unreachable", "effect": "NoExecute", "timeAdded": time(node.since) },
        ])
    };
    let pressures = [
        ("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ];
    let mut conditions: Vec<Value> = pressures
        .iter()
        .map(|(kind, reason, message)| condition(cluster, node, kind, "False", reason, message))
        .collect();
    conditions.push(condition(cluster, node, "Ready", "True", "KubeletReady", "kubelet is posting ready status"));
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": node.name,
            "uid": uid(&["Node", &node.name]),
            "creationTimestamp": time(cluster.born_at),
            "labels": {
                "kubernetes.io/arch": "amd64",
                "kubernetes.io/hostname": node.name,
                "kubernetes.io/os": "linux",
            },
        },
        "spec": { "taints": taints },
        "status": {
            "capacity": { "cpu": "4", "memory": "8Gi", "pods": "110" },
            "allocatable": { "cpu": "3900m", "memory": "7Gi", "pods": "110" },
            "conditions": conditions,
            "nodeInfo": { "kubeletVersion": "v1.32.4", "osImage": "Debian GNU/Linux 12", "architecture": "amd64" },
        },
    })
}

/// A condition as the kubelet posts it, or as the node controller leaves it when no more come.
fn condition(cluster: &Cluster, node: &Node, kind: &str, status: &str, reason: &str, message: &str) -> Value {
    let stopped = ("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.");
    let (status, reason, message) = if node.ready { (status, reason, message) } else { stopped };
    let since = if node.ready && kind != "Ready" { cluster.now - AGE } else { node.since };
    json!({
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastHeartbeatTime": time(if node.ready { cluster.now } else { node.since }),
        "lastTransitionTime": time(since),
    })
}
