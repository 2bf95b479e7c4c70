use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::super::cluster::Cluster;
use super::super::json::put;
use super::super::pod::{Pod, Template};
use super::super::spec::Kind;
use super::super::workload::{Revision, Workload};
use super::pod::template_spec;
use super::time;

/// How long a roll-out may take before it counts as stuck (`progressDeadlineSeconds`).
const DEADLINE: SignedDuration = SignedDuration::from_mins(10);

pub(super) fn of_kind(cluster: &Cluster, kind: Kind) -> Vec<Value> {
    cluster
        .workloads
        .values()
        .filter(|workload| workload.kind == kind)
        .map(|workload| render(cluster, workload))
        .collect()
}

/// The `autoscaling/v1` Scale of a workload.
pub(in super::super) fn scale(workload: &Value, ready: u64) -> Value {
    let metadata = workload.get("metadata").cloned().unwrap_or_default();
    let selector = workload.pointer("/spec/selector/matchLabels/app").and_then(Value::as_str).unwrap_or_default();
    json!({
        "apiVersion": "autoscaling/v1",
        "kind": "Scale",
        "metadata": {
            "name": metadata.get("name"),
            "namespace": metadata.get("namespace"),
            "uid": metadata.get("uid"),
            "resourceVersion": metadata.get("resourceVersion"),
            "creationTimestamp": metadata.get("creationTimestamp"),
        },
        "spec": { "replicas": workload.pointer("/spec/replicas") },
        "status": { "replicas": ready, "selector": format!("app={selector}") },
    })
}

fn render(cluster: &Cluster, workload: &Workload) -> Value {
    let pods: Vec<&Pod> = cluster.pods_of(&workload.key).filter(|pod| pod.deleting.is_none()).collect();
    let mut spec = json!({
        "selector": { "matchLabels": { "app": workload.key.name } },
        "template": template(workload, &workload.template, None),
        "revisionHistoryLimit": 10,
    });
    match workload.kind {
        Kind::Deployment => {
            put(&mut spec, &["replicas"], workload.replicas.into());
            put(&mut spec, &["progressDeadlineSeconds"], DEADLINE.as_secs().into());
            put(
                &mut spec,
                &["strategy"],
                json!({ "type": "RollingUpdate", "rollingUpdate": { "maxSurge": "25%", "maxUnavailable": "25%" } }),
            );
        }
        Kind::StatefulSet => {
            put(&mut spec, &["replicas"], workload.replicas.into());
            put(&mut spec, &["serviceName"], workload.key.name.as_str().into());
            put(&mut spec, &["podManagementPolicy"], "Parallel".into());
            put(
                &mut spec,
                &["updateStrategy"],
                json!({ "type": "RollingUpdate", "rollingUpdate": { "partition": 0 } }),
            );
        }
        Kind::DaemonSet => {
            put(
                &mut spec,
                &["updateStrategy"],
                json!({ "type": "RollingUpdate", "rollingUpdate": { "maxUnavailable": 1 } }),
            );
        }
    }
    json!({
        "apiVersion": "apps/v1",
        "kind": workload.kind.as_str(),
        "metadata": metadata(workload),
        "spec": spec,
        "status": status(cluster, workload, &pods),
    })
}

fn metadata(workload: &Workload) -> Value {
    let mut metadata = json!({
        "name": workload.key.name,
        "namespace": workload.key.namespace,
        "uid": workload.uid,
        "creationTimestamp": time(workload.created_at),
        "generation": workload.generation,
        "labels": workload.labels(),
        "annotations": workload.annotations,
    });
    if let (Kind::Deployment, Some(revision)) = (workload.kind, workload.revisions.last()) {
        put(&mut metadata, &["annotations", "deployment.kubernetes.io/revision"], revision.number.to_string().into());
    }
    metadata
}

fn template(workload: &Workload, template: &Template, hash: Option<&str>) -> Value {
    let mut labels = json!(workload.labels());
    if let Some(hash) = hash {
        put(&mut labels, &["pod-template-hash"], hash.into());
    }
    let mut spec = template_spec(&workload.container, template, Some(workload));
    spec.insert("restartPolicy".to_owned(), "Always".into());
    let mut metadata = json!({ "labels": labels });
    if !template.annotations.is_empty() {
        put(&mut metadata, &["annotations"], json!(template.annotations));
    }
    json!({ "metadata": metadata, "spec": spec })
}

fn status(cluster: &Cluster, workload: &Workload, pods: &[&Pod]) -> Value {
    let hash = workload.hash();
    let ready = pods.iter().filter(|pod| pod.is_ready()).count();
    let updated = pods.iter().filter(|pod| pod.hash == hash).count();
    let current = workload.settled_hash();
    match workload.kind {
        Kind::Deployment => json!({
            "observedGeneration": workload.generation,
            "replicas": pods.len(),
            "updatedReplicas": updated,
            "readyReplicas": ready,
            "availableReplicas": ready,
            "unavailableReplicas": cluster.desired(workload).max(pods.len()) - ready,
            "conditions": conditions(cluster, workload, pods, ready),
        }),
        Kind::StatefulSet => json!({
            "observedGeneration": workload.generation,
            "replicas": pods.len(),
            "currentReplicas": if current == hash { updated } else { pods.len() - updated },
            "updatedReplicas": updated,
            "readyReplicas": ready,
            "availableReplicas": ready,
            "currentRevision": format!("{}-{current}", workload.key.name),
            "updateRevision": format!("{}-{hash}", workload.key.name),
        }),
        Kind::DaemonSet => json!({
            "observedGeneration": workload.generation,
            "desiredNumberScheduled": cluster.desired(workload),
            "currentNumberScheduled": pods.len(),
            "updatedNumberScheduled": updated,
            "numberReady": ready,
            "numberAvailable": ready,
            "numberUnavailable": cluster.desired(workload).saturating_sub(ready),
            "numberMisscheduled": 0,
        }),
    }
}

fn conditions(cluster: &Cluster, workload: &Workload, pods: &[&Pod], ready: usize) -> Value {
    let available = ready + workload.max_unavailable() >= cluster.desired(workload);
    let turned = |ready: bool| {
        let times = pods.iter().filter_map(|pod| pod.ready).filter(|(is, _)| *is == ready).map(|(_, since)| since);
        times.max().unwrap_or(workload.created_at)
    };
    let (reason, message) = if available {
        ("MinimumReplicasAvailable", "Deployment has minimum availability.")
    } else {
        ("MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
    };
    json!([condition("Available", available, reason, message, turned(available)), progressing(cluster, workload),])
}

fn progressing(cluster: &Cluster, workload: &Workload) -> Value {
    let set = workload.replica_set(&workload.hash());
    match workload.rolling_since {
        None => {
            let message = format!("ReplicaSet \"{set}\" has successfully progressed.");
            condition("Progressing", true, "NewReplicaSetAvailable", &message, workload.created_at)
        }
        Some(since) if cluster.now < since + DEADLINE => {
            let message = format!("ReplicaSet \"{set}\" is progressing.");
            condition("Progressing", true, "ReplicaSetUpdated", &message, since)
        }
        Some(since) => {
            let message = format!("ReplicaSet \"{set}\" has timed out progressing.");
            condition("Progressing", false, "ProgressDeadlineExceeded", &message, since + DEADLINE)
        }
    }
}

fn condition(kind: &str, holds: bool, reason: &str, message: &str, since: Timestamp) -> Value {
    json!({
        "type": kind,
        "status": if holds { "True" } else { "False" },
        "reason": reason,
        "message": message,
        "lastTransitionTime": time(since),
        "lastUpdateTime": time(since),
    })
}

/// The replica sets of all deployments, those of earlier templates included.
pub(super) fn replica_sets(cluster: &Cluster) -> Vec<Value> {
    let deployments = cluster.workloads.values().filter(|workload| workload.kind == Kind::Deployment);
    deployments
        .flat_map(|workload| workload.revisions.iter().map(|revision| replica_set(cluster, workload, revision)))
        .collect()
}

fn replica_set(cluster: &Cluster, workload: &Workload, revision: &Revision) -> Value {
    let hash = revision.hash.as_str();
    let pods: Vec<&Pod> =
        cluster.pods_of(&workload.key).filter(|pod| pod.hash == hash && pod.deleting.is_none()).collect();
    let ready = pods.iter().filter(|pod| pod.is_ready()).count();
    let mut labels = json!(workload.labels());
    put(&mut labels, &["pod-template-hash"], hash.into());
    json!({
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": workload.replica_set(hash),
            "namespace": workload.key.namespace,
            "uid": workload.replica_set_uid(hash),
            "creationTimestamp": time(revision.created_at),
            "generation": 1,
            "labels": labels,
            "annotations": { "deployment.kubernetes.io/revision": revision.number.to_string() },
            "ownerReferences": [{
                "apiVersion": "apps/v1", "kind": "Deployment", "name": workload.key.name, "uid": workload.uid,
                "controller": true, "blockOwnerDeletion": true,
            }],
        },
        "spec": {
            "replicas": pods.len(),
            "selector": { "matchLabels": { "app": workload.key.name, "pod-template-hash": hash } },
            "template": template(workload, &revision.template, Some(hash)),
        },
        "status": {
            "observedGeneration": 1,
            "replicas": pods.len(),
            "fullyLabeledReplicas": pods.len(),
            "readyReplicas": ready,
            "availableReplicas": ready,
        },
    })
}
