//! Forbids whatever deletes volumes, namespaces, databases, buckets or what is in them, and escalates updates
//! that could (SPEC §6, "never delete PVCs, PVs, namespaces or user data").
//!
//! Kubernetes and Terraform facts: a deleted claim takes its volume along where the reclaim policy is `Delete`; a
//! deleted namespace takes everything in it; a deleted `CustomResourceDefinition` takes its resources; buckets
//! and databases go with their resource, and `force_destroy`, `skip_final_snapshot`, a shorter retention or a
//! lifted deletion protection prepare for it inside of an update.

use lamplighter_core::Verdict;
use lamplighter_core::markdown::code;
use lamplighter_core::plan::{Actions, ResourceChange};
use lamplighter_core::words::Change;

use super::{PureRule, plan_of, verdict};
use crate::reading::{Difference, Kind, Name, differences, goes_up, manifest_kinds, words};

/// The words of types and kinds that hold data.
const HOLDERS: [&str; 38] = [
    "volume",
    "pv",
    "pvc",
    "namespace",
    "disk",
    "bucket",
    "database",
    "databases",
    "db",
    "rds",
    "sql",
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongo",
    "mongodb",
    "dynamodb",
    "table",
    "filesystem",
    "efs",
    "storage",
    "share",
    "snapshot",
    "backup",
    "dataset",
    "zfs",
    "zpool",
    "longhorn",
    "minio",
    "s3",
    "nfs",
    "blob",
    "archive",
    "custom resource definition",
    "crd",
    "elasticsearch",
    "redis",
];

pub(super) struct NoUserDataLost;

impl PureRule for NoUserDataLost {
    const NAME: &'static str = "user-data";

    fn judge(&self, change: &Change) -> Verdict {
        let mut never = Vec::new();
        let mut doubtful = Vec::new();
        for resource in plan_of(change).into_iter().flat_map(|plan| &plan.resources) {
            let address = code(&resource.address);
            match &resource.actions {
                Actions::Delete | Actions::Replace { .. } | Actions::Forget | Actions::Other(_) => {
                    if holds_data(resource) {
                        never.push(format!("{address} holds user data and would be destroyed or let go"));
                    }
                }
                Actions::Update => {
                    let held = holds_data(resource);
                    let risks = differences(resource).into_iter().filter(|difference| endangers(difference, held));
                    doubtful.extend(
                        risks.map(|risk| format!("{} of {address} decides about user data", code(&risk.place()))),
                    );
                }
                Actions::NoOp | Actions::Create | Actions::Read => {}
            }
        }
        if never.is_empty() {
            verdict("no volume, namespace or user data is endangered", Verdict::escalate, doubtful)
        } else {
            verdict("", Verdict::deny, never)
        }
    }
}

fn holds_data(resource: &ResourceChange) -> bool {
    let named = |name: &str| Name::of(name).has_any(&HOLDERS);
    let mut kinds = [&resource.before, &resource.after].into_iter().flat_map(manifest_kinds);
    named(&resource.resource_type) || kinds.any(|kind| named(&kind))
}

/// Whether a difference may cost data. Of a resource that holds data only its growth may not.
fn endangers(difference: &Difference<'_>, held: bool) -> bool {
    let words = words(difference.attribute());
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let size = has(&["storage", "size", "capacity", "retention"]);
    if size {
        return !matches!(difference.kind, Kind::Changed { before, after } if goes_up(before, after));
    }
    let prepares = has(&[
        "reclaim",
        "claim",
        "protection",
        "protect",
        "prevent",
        "force",
        "skip",
        "delete",
        "destroy",
        "purge",
        "prune",
        "expiration",
        "expire",
        "wipe",
        "truncate",
    ]);
    prepares || held
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::fixtures::{planned, resource, update, word};
    use super::*;

    fn check(resource: &Value, expected: &str) {
        let said = NoUserDataLost.judge(&planned(std::slice::from_ref(resource)));
        assert_eq!(word(&said), expected, "{resource}: {said:?}");
    }

    const DATA: [&str; 10] = [
        "kubernetes_persistent_volume",
        "kubernetes_persistent_volume_claim_v1",
        "kubernetes_namespace",
        "aws_s3_bucket",
        "aws_db_instance",
        "postgresql_database",
        "google_compute_disk",
        "mysql_database",
        "minio_s3_bucket",
        "aws_dynamodb_table",
    ];

    #[test]
    fn what_holds_data_is_never_destroyed() {
        for resource_type in DATA {
            for actions in [&["delete"][..], &["delete", "create"], &["create", "delete"], &["forget"]] {
                check(&resource(resource_type, actions, json!({}), Value::Null), "deny");
            }
            check(&resource(resource_type, &["create"], Value::Null, json!({})), "allow");
            check(&resource(resource_type, &["no-op"], json!({}), json!({})), "allow");
        }
        check(&resource("kubernetes_config_map", &["delete"], json!({}), Value::Null), "allow");
    }

    #[test]
    fn neither_are_their_manifests() {
        for kind in ["PersistentVolumeClaim", "PersistentVolume", "Namespace", "namespace", "CustomResourceDefinition"]
        {
            let object = json!({"manifest": {"apiVersion": "v1", "kind": kind}});
            check(&resource("kubernetes_manifest", &["delete"], object.clone(), Value::Null), "deny");
            let text = json!({"yaml_body": format!("apiVersion: v1\nkind: {kind}\n")});
            check(&resource("kubectl_manifest", &["delete", "create"], text.clone(), text), "deny");
        }
        let database = json!({"manifest": {"apiVersion": "postgresql.cnpg.io/v1", "kind": "Cluster"}});
        check(&resource("kubernetes_manifest", &["delete"], database, Value::Null), "deny");
    }

    #[test]
    fn an_update_may_let_it_grow_and_nothing_else() {
        let size = |size: &str| json!({"spec": [{"resources": [{"requests": {"storage": size}}]}]});
        check(&update("kubernetes_persistent_volume_claim", size("1Gi"), size("2Gi")), "allow");
        check(&update("kubernetes_persistent_volume_claim", size("2Gi"), size("1Gi")), "escalate");
        check(&update("kubernetes_persistent_volume_claim", size("2Gi"), size("?")), "escalate");
        check(
            &update("kubernetes_namespace", json!({"labels": {"a": "1"}}), json!({"labels": {"a": "2"}})),
            "escalate",
        );
        for (before, after) in [
            (json!({"force_destroy": false}), json!({"force_destroy": true})),
            (json!({}), json!({"force_destroy": true})),
            (json!({"deletion_protection": true}), json!({"deletion_protection": false})),
            (json!({"skip_final_snapshot": null}), json!({"skip_final_snapshot": true})),
            (
                json!({"persistent_volume_reclaim_policy": "Retain"}),
                json!({"persistent_volume_reclaim_policy": "Delete"}),
            ),
            (json!({"retention_days": 30}), json!({"retention_days": 1})),
            (json!({"claim_name": "a"}), json!({"claim_name": "b"})),
            (json!({"storage": "2Gi"}), json!({"storage": null})),
        ] {
            check(&update("anything", before, after), "escalate");
        }
        check(&update("anything", json!({"retention_days": 1}), json!({"retention_days": 30})), "allow");
        check(&update("anything", json!({"image": "a"}), json!({"image": "b"})), "allow");
    }

    proptest! {
        #[test]
        fn never_data_destroyed(which in 0..DATA.len(), how in 0..4_usize, suffix in "(_v[0-9])?", others in 0..10_usize) {
            let actions = [&["delete"][..], &["delete", "create"], &["create", "delete"], &["forget"]][how];
            let mut plan = vec![update("terraform_data", json!({"a": 1}), json!({"a": 2})); others];
            plan.insert(others / 2, resource(&format!("{}{suffix}", DATA[which]), actions, json!({}), Value::Null));
            let said = NoUserDataLost.judge(&planned(&plan));
            prop_assert_eq!(word(&said), "deny");
        }
    }
}
