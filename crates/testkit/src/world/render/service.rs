use serde_json::{Value, json};

use super::super::cluster::Cluster;
use super::super::ids::uid;
use super::super::json::put;
use super::super::pod::{Pod, Standing};
use super::super::workload::Workload;
use super::time;

pub(super) fn service(workload: &Workload) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(workload, "Service"),
        "spec": {
            "type": "ClusterIP",
            "clusterIP": workload.cluster_ip(),
            "selector": { "app": workload.key.name },
            "ports": [{ "name": "http", "port": 80, "targetPort": workload.port, "protocol": "TCP" }],
        },
        "status": { "loadBalancer": {} },
    })
}

pub(super) fn endpoints(cluster: &Cluster, workload: &Workload) -> Value {
    let has_address = |pod: &&Pod| {
        let standing = cluster.standing(pod);
        pod.deleting.is_none() && !matches!(standing, Standing::Unscheduled { .. } | Standing::Creating)
    };
    let (ready, not_ready): (Vec<&Pod>, Vec<&Pod>) =
        cluster.pods_of(&workload.key).filter(has_address).partition(|pod| pod.is_ready());
    let mut subset = json!({ "ports": [{ "name": "http", "port": workload.port, "protocol": "TCP" }] });
    if !ready.is_empty() {
        put(&mut subset, &["addresses"], ready.iter().map(|pod| address(pod)).collect());
    }
    if !not_ready.is_empty() {
        put(&mut subset, &["notReadyAddresses"], not_ready.iter().map(|pod| address(pod)).collect());
    }
    let mut endpoints = json!({ "apiVersion": "v1", "kind": "Endpoints", "metadata": metadata(workload, "Endpoints") });
    if !ready.is_empty() || !not_ready.is_empty() {
        put(&mut endpoints, &["subsets"], json!([subset]));
    }
    endpoints
}

fn metadata(workload: &Workload, kind: &str) -> Value {
    json!({
        "name": workload.key.name,
        "namespace": workload.key.namespace,
        "uid": uid(&[kind, &workload.uid]),
        "creationTimestamp": time(workload.created_at),
        "labels": workload.labels(),
    })
}

fn address(pod: &Pod) -> Value {
    json!({
        "ip": pod.ip,
        "nodeName": pod.node,
        "targetRef": { "kind": "Pod", "namespace": pod.key.namespace, "name": pod.key.name, "uid": pod.uid },
    })
}
