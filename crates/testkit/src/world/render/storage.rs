use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::cluster::{Claim, Cluster};
use super::super::ids::uid;
use super::super::json::put;
use super::super::spec::ClaimStatus;
use super::time;

const PROVISIONER: &str = "csi.example.org";
const DEFAULT_CLASS: &str = "standard";

pub(super) fn claim(cluster: &Cluster, claim: &Claim) -> Value {
    let mut object = json!({
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "name": claim.key.name,
            "namespace": claim.key.namespace,
            "uid": claim.uid(),
            "creationTimestamp": time(cluster.born_at),
        },
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": { "requests": { "storage": claim.spec.size } },
            "storageClassName": claim.spec.storage_class,
            "volumeMode": "Filesystem",
        },
        "status": { "phase": "Pending" },
    });
    if claim.spec.status == ClaimStatus::Bound {
        put(&mut object, &["spec", "volumeName"], format!("pvc-{}", claim.uid()).into());
        put(
            &mut object,
            &["status"],
            json!({
                "phase": "Bound",
                "accessModes": ["ReadWriteOnce"],
                "capacity": { "storage": claim.spec.size },
            }),
        );
    }
    object
}

/// The volumes of the claims that have one.
pub(super) fn volumes(cluster: &Cluster) -> Vec<Value> {
    let bound = cluster.claims.values().filter(|claim| claim.spec.status == ClaimStatus::Bound);
    let volume = |claim: &Claim| {
        let name = format!("pvc-{}", claim.uid());
        json!({
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {
                "name": name,
                "uid": uid(&["PersistentVolume", &name]),
                "creationTimestamp": time(cluster.born_at),
            },
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "capacity": { "storage": claim.spec.size },
                "claimRef": {
                    "apiVersion": "v1",
                    "kind": "PersistentVolumeClaim",
                    "name": claim.key.name,
                    "namespace": claim.key.namespace,
                    "uid": claim.uid(),
                },
                "persistentVolumeReclaimPolicy": "Delete",
                "storageClassName": claim.spec.storage_class,
                "volumeMode": "Filesystem",
                "csi": { "driver": PROVISIONER, "volumeHandle": name },
            },
            "status": { "phase": "Bound" },
        })
    };
    bound.map(volume).collect()
}

/// The classes that claims name, and the default one.
pub(super) fn classes(cluster: &Cluster) -> Vec<Value> {
    let asked_for = cluster.claims.values().map(|claim| claim.spec.storage_class.as_str());
    let names: BTreeSet<&str> = asked_for.chain([DEFAULT_CLASS]).collect();
    let class = |name: &str| {
        let is_default = (name == DEFAULT_CLASS).to_string();
        json!({
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {
                "name": name,
                "uid": uid(&["StorageClass", name]),
                "creationTimestamp": time(cluster.born_at),
                "annotations": { "storageclass.kubernetes.io/is-default-class": is_default },
            },
            "provisioner": PROVISIONER,
            "reclaimPolicy": "Delete",
            "volumeBindingMode": "Immediate",
        })
    };
    names.into_iter().map(class).collect()
}

impl Claim {
    pub(in super::super) fn uid(&self) -> String {
        uid(&["PersistentVolumeClaim", &self.key.to_string()])
    }
}
