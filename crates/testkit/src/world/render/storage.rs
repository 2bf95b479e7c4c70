use serde_json::{Value, json};

use super::super::cluster::{Claim, Cluster};
use super::super::ids::uid;
use super::super::json::put;
use super::super::spec::ClaimStatus;
use super::time;

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

impl Claim {
    pub(in super::super) fn uid(&self) -> String {
        uid(&["PersistentVolumeClaim", &self.key.to_string()])
    }
}
