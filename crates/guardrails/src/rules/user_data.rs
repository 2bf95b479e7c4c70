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
use crate::reading::{Difference, Kind, contains_words, differences, goes_up, manifest_kinds, words};

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
    "customresourcedefinition",
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
    let named = |name: &str| {
        HOLDERS.iter().any(|holder| contains_words(name, holder)) || contains_words(name, "custom resource definition")
    };
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
