//! Paths: `/api/v1/namespaces/{ns}/pods/{name}/log`, `/apis/apps/v1/deployments` …

use super::super::ids::Key;
use super::super::spec::Kind;

/// The resources that are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Resource {
    Nodes,
    Namespaces,
    Pods,
    Services,
    Endpoints,
    Events,
    Claims,
    Deployments,
    ReplicaSets,
    StatefulSets,
    DaemonSets,
    Jobs,
    Volumes,
    ConfigMaps,
    Secrets,
    ServiceAccounts,
    Quotas,
    LimitRanges,
    CronJobs,
    StorageClasses,
    RoleBindings,
    Ingresses,
    NetworkPolicies,
    Autoscalers,
    DisruptionBudgets,
}

/// A resource as discovery describes it.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Description {
    pub(in super::super) resource: Resource,
    pub(super) group: &'static str,
    pub(super) plural: &'static str,
    pub(in super::super) kind: &'static str,
    pub(super) short: &'static str,
    pub(in super::super) namespaced: bool,
}

impl Description {
    /// The group and version, as `apiVersion` writes them.
    pub(in super::super) fn api_version(&self) -> String {
        version_of(self.group).map_or_else(|| "v1".to_owned(), |version| format!("{}/{version}", self.group))
    }
}

const fn describe(
    resource: Resource,
    group: &'static str,
    plural: &'static str,
    kind: &'static str,
    short: &'static str,
    namespaced: bool,
) -> Description {
    Description { resource, group, plural, kind, short, namespaced }
}

pub(in super::super) const RESOURCES: [Description; 25] = [
    describe(Resource::Nodes, "", "nodes", "Node", "no", false),
    describe(Resource::Namespaces, "", "namespaces", "Namespace", "ns", false),
    describe(Resource::Pods, "", "pods", "Pod", "po", true),
    describe(Resource::Services, "", "services", "Service", "svc", true),
    describe(Resource::Endpoints, "", "endpoints", "Endpoints", "ep", true),
    describe(Resource::Events, "", "events", "Event", "ev", true),
    describe(Resource::Claims, "", "persistentvolumeclaims", "PersistentVolumeClaim", "pvc", true),
    describe(Resource::Deployments, "apps", "deployments", "Deployment", "deploy", true),
    describe(Resource::ReplicaSets, "apps", "replicasets", "ReplicaSet", "rs", true),
    describe(Resource::StatefulSets, "apps", "statefulsets", "StatefulSet", "sts", true),
    describe(Resource::DaemonSets, "apps", "daemonsets", "DaemonSet", "ds", true),
    describe(Resource::Jobs, "batch", "jobs", "Job", "", true),
    describe(Resource::Volumes, "", "persistentvolumes", "PersistentVolume", "pv", false),
    describe(Resource::ConfigMaps, "", "configmaps", "ConfigMap", "cm", true),
    describe(Resource::Secrets, "", "secrets", "Secret", "", true),
    describe(Resource::ServiceAccounts, "", "serviceaccounts", "ServiceAccount", "sa", true),
    describe(Resource::Quotas, "", "resourcequotas", "ResourceQuota", "quota", true),
    describe(Resource::LimitRanges, "", "limitranges", "LimitRange", "limits", true),
    describe(Resource::CronJobs, "batch", "cronjobs", "CronJob", "cj", true),
    describe(Resource::StorageClasses, "storage.k8s.io", "storageclasses", "StorageClass", "sc", false),
    describe(Resource::RoleBindings, "rbac.authorization.k8s.io", "rolebindings", "RoleBinding", "", true),
    describe(Resource::Ingresses, "networking.k8s.io", "ingresses", "Ingress", "ing", true),
    describe(Resource::NetworkPolicies, "networking.k8s.io", "networkpolicies", "NetworkPolicy", "netpol", true),
    describe(Resource::Autoscalers, "autoscaling", "horizontalpodautoscalers", "HorizontalPodAutoscaler", "hpa", true),
    describe(Resource::DisruptionBudgets, "policy", "poddisruptionbudgets", "PodDisruptionBudget", "pdb", true),
];

/// The version in which a named group is served; `None` for groups that are not.
pub(super) fn version_of(group: &str) -> Option<&'static str> {
    let known = RESOURCES.iter().any(|description| !group.is_empty() && description.group == group);
    known.then_some(if group == "autoscaling" { "v2" } else { "v1" })
}

/// What a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) resource: Resource,
    pub(super) namespace: Option<String>,
    pub(super) name: Option<String>,
    pub(super) subresource: Option<Subresource>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subresource {
    Log,
    Scale,
}

impl Subresource {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Scale => "scale",
        }
    }
}

impl Target {
    pub(super) fn description(&self) -> Description {
        self.resource.description()
    }

    pub(super) fn key(&self) -> Key {
        Key::new(self.namespace.clone().unwrap_or_default(), self.name.clone().unwrap_or_default())
    }
}

impl Resource {
    pub(in super::super) fn description(self) -> Description {
        let known = RESOURCES.into_iter().find(|description| description.resource == self);
        known.unwrap_or(describe(self, "", "unknown", "Unknown", "", true))
    }

    /// The workloads' kind, for the resources that are workloads with a replica count or without.
    pub(super) fn workload_kind(self) -> Option<Kind> {
        match self {
            Self::Deployments => Some(Kind::Deployment),
            Self::StatefulSets => Some(Kind::StatefulSet),
            Self::DaemonSets => Some(Kind::DaemonSet),
            _ => None,
        }
    }
}

/// What a path names, or `None` when there is no such path.
pub(super) fn target(path: &str) -> Option<Target> {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let (group, rest) = match segments.as_slice() {
        ["api", "v1", rest @ ..] => ("", rest),
        ["apis", group, version, rest @ ..] if version_of(group) == Some(*version) => (*group, rest),
        _ => return None,
    };
    let (namespace, rest) = match rest {
        ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (Some(*namespace), rest),
        rest => (None, rest),
    };
    let (plural, name, subresource) = match rest {
        [plural] => (*plural, None, None),
        [plural, name] => (*plural, Some(*name), None),
        [plural, name, subresource] => (*plural, Some(*name), Some(*subresource)),
        _ => return None,
    };
    let known = RESOURCES.into_iter().find(|known| known.group == group && known.plural == plural)?;
    let subresource = match (subresource, known.resource) {
        (None, _) => None,
        (Some("log"), Resource::Pods) => Some(Subresource::Log),
        (Some("scale"), Resource::Deployments | Resource::StatefulSets) => Some(Subresource::Scale),
        _ => return None,
    };
    let is_whole = name.is_none() || namespace.is_some() == known.namespaced;
    let is_placed = namespace.is_none() || known.namespaced;
    let empty = [namespace, name].into_iter().flatten().any(str::is_empty);
    (is_whole && is_placed && !empty).then(|| Target {
        resource: known.resource,
        namespace: namespace.map(str::to_owned),
        name: name.map(str::to_owned),
        subresource,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks `resource namespace name subresource` of a path, `-` for what it does not name.
    fn check(path: &str, expect: Option<&str>) {
        let written = target(path).map(|target| {
            let part = |part: Option<&str>| part.unwrap_or("-").to_owned();
            let (namespace, name) = (part(target.namespace.as_deref()), part(target.name.as_deref()));
            let subresource = part(target.subresource.map(Subresource::as_str));
            format!("{:?} {namespace} {name} {subresource}", target.resource)
        });
        assert_eq!(written.as_deref(), expect, "{path}");
    }

    #[test]
    fn paths_are_those_of_kubernetes() {
        check("/api/v1/pods", Some("Pods - - -"));
        check("/api/v1/namespaces/a/pods/", Some("Pods a - -"));
        check("/api/v1/namespaces/a/pods/p", Some("Pods a p -"));
        check("/api/v1/namespaces/a/pods/p/log", Some("Pods a p log"));
        check("/api/v1/namespaces", Some("Namespaces - - -"));
        check("/api/v1/namespaces/a", Some("Namespaces - a -"));
        check("/api/v1/nodes/n1", Some("Nodes - n1 -"));
        check("/apis/apps/v1/namespaces/a/deployments/d/scale", Some("Deployments a d scale"));
        check("/apis/batch/v1/jobs", Some("Jobs - - -"));
        check("/apis/autoscaling/v2/namespaces/a/horizontalpodautoscalers", Some("Autoscalers a - -"));
        check("/apis/storage.k8s.io/v1/storageclasses/fast", Some("StorageClasses - fast -"));
    }

    #[test]
    fn other_paths_lead_nowhere() {
        for path in [
            "",
            "/",
            "/api/v1",
            "/api/v2/pods",
            "/apis/apps/v1/pods",
            "/apis/autoscaling/v1/horizontalpodautoscalers",
            "/apis//v1/pods",
            "/api/v1/pods/p",
            "/api/v1/namespaces/a/nodes",
            "/api/v1/namespaces/a/nodes/n",
            "/api/v1/namespaces/a/pods/p/exec",
            "/api/v1/namespaces/a/services/s/scale",
            "/api/v1/namespaces//pods",
            "/api/v1/namespaces/a/pods/p/log/more",
        ] {
            check(path, None);
        }
    }
}
