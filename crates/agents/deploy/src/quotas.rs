//! Quotas: the words in which the API server refuses what exceeds one, and which cause a resource belongs to.

use lamplighter_core::cluster::{Quantity, ResourceQuota};
use lamplighter_core::diagnosis::Cause;

/// That a quota is exceeded, as the quota admission plugin says it (`plugin/pkg/admission/resourcequota`):
/// `exceeded quota: NAME, requested: pods=1, used: pods=5, limited: pods=5`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exceeded<'a> {
    /// The quota.
    pub(crate) quota: &'a str,
    /// The resources of which too much was requested.
    pub(crate) excesses: Vec<Excess<'a>>,
}

/// One resource of which too much was requested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Excess<'a> {
    pub(crate) resource: &'a str,
    pub(crate) requested: &'a str,
    pub(crate) used: &'a str,
    pub(crate) limited: &'a str,
}

/// What a message says is exceeded.
pub(crate) fn exceeded(message: &str) -> Option<Exceeded<'_>> {
    let (_, rest) = message.split_once("exceeded quota: ")?;
    let (quota, rest) = rest.split_once(", requested: ")?;
    let (requested, rest) = rest.split_once(", used: ")?;
    let (used, rest) = rest.split_once(", limited: ")?;
    let limited = rest.split_whitespace().next().unwrap_or_default();
    let excess = |(resource, requested)| Excess {
        resource,
        requested,
        used: amount_of(used, resource).unwrap_or("0"),
        limited: amount_of(limited, resource).unwrap_or_default(),
    };
    let excesses = amounts(requested).map(excess).filter(Excess::is_too_much).collect();
    Some(Exceeded { quota, excesses })
}

fn amount_of<'a>(list: &'a str, wanted: &str) -> Option<&'a str> {
    amounts(list).find(|(resource, _)| *resource == wanted).map(|(_, amount)| amount)
}

fn amounts(list: &str) -> impl Iterator<Item = (&str, &str)> {
    list.split(',').filter_map(|pair| pair.trim().split_once('='))
}

impl Excess<'_> {
    /// The API server lists the exceeded resources alone; a recording may have them all. What cannot be read counts.
    fn is_too_much(&self) -> bool {
        let millis = |text: &str| text.parse::<Quantity>().ok().and_then(|quantity| quantity.millis());
        match (millis(self.requested), millis(self.used), millis(self.limited)) {
            (Some(requested), Some(used), Some(limited)) => requested.saturating_add(used) > limited,
            _ => true,
        }
    }
}

/// The cause that a full quota on a resource is; `None` for those that have no cause of their own, such as
/// `count/configmaps` and `requests.nvidia.com/gpu` (Kubernetes docs, Resource Quotas).
pub(crate) fn cause_of(resource: &str) -> Option<Cause> {
    if resource.contains(".storageclass.storage.k8s.io/") {
        return Some(Cause::NamespaceStorageQuotaExceeded);
    }
    let counted = resource.strip_prefix("requests.").or_else(|| resource.strip_prefix("limits."));
    match counted.or_else(|| resource.strip_prefix("count/")).unwrap_or(resource) {
        "cpu" => Some(Cause::NamespaceCpuQuotaExceeded),
        "memory" => Some(Cause::NamespaceMemoryQuotaExceeded),
        "pods" => Some(Cause::NamespacePodQuotaExceeded),
        "services" | "services.nodeports" | "services.loadbalancers" => Some(Cause::NamespaceServiceQuotaExceeded),
        "storage" | "ephemeral-storage" | "persistentvolumeclaims" => Some(Cause::NamespaceStorageQuotaExceeded),
        other if other.starts_with("hugepages-") => Some(Cause::NamespaceMemoryQuotaExceeded),
        _ => None,
    }
}

/// One line of a quota: how much of a resource is used and how much may be, in thousandths.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) quota: &'a ResourceQuota,
    pub(crate) resource: &'a str,
    pub(crate) used: &'a Quantity,
    pub(crate) hard: &'a Quantity,
}

impl Line<'_> {
    /// Whether there is no room for so much more, in thousandths.
    pub(crate) fn lacks(&self, needed: i128) -> bool {
        let room = self.hard.millis().zip(self.used.millis()).map(|(hard, used)| hard.saturating_sub(used));
        room.is_some_and(|room| room < needed)
    }

    /// As one reads it: `requests.cpu: 9500m of 10`.
    pub(crate) fn words(&self) -> String {
        format!("quota {}: {} {} of {}", self.quota.metadata.name, self.resource, self.used, self.hard)
    }
}

/// The lines of a quota whose use is known.
pub(crate) fn lines(quota: &ResourceQuota) -> impl Iterator<Item = Line<'_>> {
    let hard = if quota.status.hard.is_empty() { &quota.spec.hard } else { &quota.status.hard };
    hard.iter().filter_map(move |(resource, hard)| {
        Some(Line { quota, resource, used: quota.status.used.get(resource)?, hard })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exceeded_resources_are_read() {
        let message = "Error creating: pods \"w-1\" is forbidden: exceeded quota: team-a, requested: \
                       limits.memory=2Gi,pods=1, used: limits.memory=7Gi,pods=3, limited: limits.memory=8Gi,pods=10";
        let exceeded = exceeded(message).unwrap();
        assert_eq!(exceeded.quota, "team-a");
        let excess = Excess { resource: "limits.memory", requested: "2Gi", used: "7Gi", limited: "8Gi" };
        assert_eq!(exceeded.excesses, [excess], "there is room for the pod");
    }

    #[test]
    fn other_messages_are_not_read() {
        assert_eq!(exceeded("pods \"w\" is forbidden: failed quota: q: must specify cpu"), None);
        assert_eq!(exceeded("exceeded quota: q, requested: pods=1"), None);
    }

    #[test]
    fn each_resource_has_its_cause() {
        for (resource, cause) in [
            ("requests.cpu", Some(Cause::NamespaceCpuQuotaExceeded)),
            ("limits.cpu", Some(Cause::NamespaceCpuQuotaExceeded)),
            ("cpu", Some(Cause::NamespaceCpuQuotaExceeded)),
            ("limits.memory", Some(Cause::NamespaceMemoryQuotaExceeded)),
            ("requests.hugepages-2Mi", Some(Cause::NamespaceMemoryQuotaExceeded)),
            ("count/pods", Some(Cause::NamespacePodQuotaExceeded)),
            ("services.nodeports", Some(Cause::NamespaceServiceQuotaExceeded)),
            ("count/services", Some(Cause::NamespaceServiceQuotaExceeded)),
            ("requests.storage", Some(Cause::NamespaceStorageQuotaExceeded)),
            ("count/persistentvolumeclaims", Some(Cause::NamespaceStorageQuotaExceeded)),
            ("gold.storageclass.storage.k8s.io/requests.storage", Some(Cause::NamespaceStorageQuotaExceeded)),
            ("requests.nvidia.com/gpu", None),
            ("count/deployments.apps", None),
        ] {
            assert_eq!(cause_of(resource), cause, "{resource}");
        }
    }
}
