use std::fmt;

use serde::{Deserialize, Serialize};

use crate::words::{Finding, ObjectRef};

/// The families of root causes, by the step at which the platform or the application fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Taxonomy {
    /// The API server refuses an object.
    #[serde(rename = "Admission_Fault")]
    Admission,
    /// A node or the control plane fails.
    #[serde(rename = "Infrastructure_Fault")]
    Infrastructure,
    /// No node takes a pod.
    #[serde(rename = "Scheduling_Fault")]
    Scheduling,
    /// A container does not start.
    #[serde(rename = "Startup_Fault")]
    Startup,
    /// A container runs and fails.
    #[serde(rename = "Runtime_Fault")]
    Runtime,
    /// Requests do not get to where they should.
    #[serde(rename = "Service_Routing_Fault")]
    ServiceRouting,
    /// It works, and slowly.
    #[serde(rename = "Performance_Fault")]
    Performance,
}

impl Taxonomy {
    /// Its code, as in `Runtime_Fault`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Admission => "Admission_Fault",
            Self::Infrastructure => "Infrastructure_Fault",
            Self::Scheduling => "Scheduling_Fault",
            Self::Startup => "Startup_Fault",
            Self::Runtime => "Runtime_Fault",
            Self::ServiceRouting => "Service_Routing_Fault",
            Self::Performance => "Performance_Fault",
        }
    }
}

macro_rules! causes {
    ($($variant:ident, $taxonomy:ident, $code:literal, $doc:literal;)*) => {
        /// A root cause by its code. The codes are those of public incident benchmarks where those have one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Cause {
            $(#[doc = $doc] #[serde(rename = $code)] $variant,)*
        }

        impl Cause {
            /// Every cause.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its code, as in `oom_killed`.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Its family.
            #[must_use]
            pub const fn taxonomy(self) -> Taxonomy {
                match self { $(Self::$variant => Taxonomy::$taxonomy,)* }
            }

            /// What it means, in one sentence for a person.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $doc,)* }
            }
        }
    };
}

causes! {
    MissingServiceAccount, Admission, "missing_service_account", "A pod names a service account that does not exist.";
    NamespaceCpuQuotaExceeded, Admission, "namespace_cpu_quota_exceeded", "A quota on CPU keeps pods from being made.";
    NamespaceMemoryQuotaExceeded, Admission, "namespace_memory_quota_exceeded", "A quota on memory keeps pods from being made.";
    NamespacePodQuotaExceeded, Admission, "namespace_pod_quota_exceeded", "A quota on the number of pods keeps pods from being made.";
    NamespaceServiceQuotaExceeded, Admission, "namespace_service_quota_exceeded", "A quota on the number of services keeps a service from being made.";
    NamespaceStorageQuotaExceeded, Admission, "namespace_storage_quota_exceeded", "A quota on storage or claims keeps a claim from being made.";
    ContainerdUnavailable, Infrastructure, "containerd_unavailable", "The container runtime of a node does not run.";
    KubeProxyUnavailable, Infrastructure, "kube_proxy_unavailable", "The service proxy of a node does not run.";
    KubeSchedulerUnavailable, Infrastructure, "kube_scheduler_unavailable", "The scheduler does not run.";
    KubeletUnavailable, Infrastructure, "kubelet_unavailable", "The kubelet of a node does not run.";
    NodeNetworkDelay, Infrastructure, "node_network_delay", "The network of a node is slow.";
    NodeNetworkPacketLoss, Infrastructure, "node_network_packet_loss", "The network of a node loses packets.";
    PodCpuOverload, Performance, "pod_cpu_overload", "A workload wants more CPU than it may have, or than is usual.";
    PodNetworkDelay, Performance, "pod_network_delay", "The network of a workload's pods is slow.";
    DbConnectionExhaustion, Runtime, "db_connection_exhaustion", "A database has no connections left.";
    DbReadOnly, Runtime, "db_read_only", "A database refuses to write.";
    DeploymentZeroReplicas, Runtime, "deployment_zero_replicas", "A workload that others need is set to no replicas.";
    LivenessProbeIncorrectPort, Runtime, "liveness_probe_incorrect_port", "A liveness probe asks a port on which nothing listens.";
    LivenessProbeIncorrectProtocol, Runtime, "liveness_probe_incorrect_protocol", "A liveness probe speaks another protocol than the port.";
    LivenessProbeIncorrectTiming, Runtime, "liveness_probe_incorrect_timing", "A liveness probe gives a container too little time.";
    MysqlInvalidCredentials, Runtime, "mysql_invalid_credentials", "A database refuses a client's name or password.";
    MysqlInvalidPort, Runtime, "mysql_invalid_port", "A client asks for a database on a port on which it does not listen.";
    OomKilled, Runtime, "oom_killed", "A container needs more memory than its limit.";
    ReadinessProbeIncorrectPort, Runtime, "readiness_probe_incorrect_port", "A readiness probe asks a port on which nothing listens.";
    ReadinessProbeIncorrectProtocol, Runtime, "readiness_probe_incorrect_protocol", "A readiness probe speaks another protocol than the port.";
    ServiceSidecarPortConflict, Runtime, "service_sidecar_port_conflict", "Two containers of a pod want the same port.";
    CpuCapacityMismatch, Scheduling, "cpu_capacity_mismatch", "No node has as much CPU as a pod requests.";
    MemoryCapacityMismatch, Scheduling, "memory_capacity_mismatch", "No node has as much memory as a pod requests.";
    NodeAffinityMismatch, Scheduling, "node_affinity_mismatch", "No node meets the node affinity of a pod.";
    NodeCordonMismatch, Scheduling, "node_cordon_mismatch", "The nodes that a pod may run on are cordoned.";
    NodeSelectorMismatch, Scheduling, "node_selector_mismatch", "No node has the labels that a pod selects.";
    PodAntiAffinityConflict, Scheduling, "pod_anti_affinity_conflict", "Every node runs a pod that this pod must not be beside.";
    PvBindingOccupied, Scheduling, "pv_binding_occupied", "The volume that a claim wants is bound to another claim.";
    PvcAccessModeMismatch, Scheduling, "pvc_access_mode_mismatch", "No volume has the access modes that a claim wants.";
    PvcCapacityMismatch, Scheduling, "pvc_capacity_mismatch", "No volume is as large as a claim wants.";
    PvcSelectorMismatch, Scheduling, "pvc_selector_mismatch", "No volume has the labels that a claim selects.";
    PvcStorageClassMismatch, Scheduling, "pvc_storage_class_mismatch", "A claim wants a storage class that no volume and no provisioner has.";
    TaintTolerationMismatch, Scheduling, "taint_toleration_mismatch", "A pod does not tolerate the taints of the nodes that it could run on.";
    GatewayMisroute, ServiceRouting, "gateway_misroute", "A gateway sends requests to the wrong place.";
    ServiceDnsResolutionFailure, ServiceRouting, "service_dns_resolution_failure", "The name of a service does not resolve.";
    ServiceEnvVarAddressMismatch, ServiceRouting, "service_env_var_address_mismatch", "A workload is configured with an address at which its dependency is not.";
    ServicePortMappingMismatch, ServiceRouting, "service_port_mapping_mismatch", "A service forwards to a port on which its pods do not listen.";
    ServiceProtocolMismatch, ServiceRouting, "service_protocol_mismatch", "A service forwards another protocol than its pods speak.";
    ServiceSelectorMismatch, ServiceRouting, "service_selector_mismatch", "A service selects no pods, or those of another workload.";
    ImageRegistryDnsFailure, Startup, "image_registry_dns_failure", "The name of an image registry does not resolve.";
    IncorrectImageReference, Startup, "incorrect_image_reference", "An image does not exist under the name or tag that a container asks for.";
    MissingImagePullSecret, Startup, "missing_image_pull_secret", "A registry wants credentials that a pod does not have.";
    MissingSecretBinding, Startup, "missing_secret_binding", "A pod uses a secret or config map that does not exist, or a key that it does not have.";
    VolumeMountPermissionDenied, Startup, "volume_mount_permission_denied", "A container may not use the volume that is mounted into it.";
    AdmissionDenied, Admission, "admission_denied", "An admission webhook or policy refuses an object.";
    NodeUnavailable, Infrastructure, "node_unavailable", "A node is not ready, and no unit of it says why.";
    NodePressure, Infrastructure, "node_pressure", "A node is short of memory, disk or process ids.";
    ControlPlaneUnavailable, Infrastructure, "control_plane_unavailable", "A part of the control plane does not run.";
    ClusterDnsUnavailable, Infrastructure, "cluster_dns_unavailable", "The DNS service of the cluster does not answer.";
    MemoryLeak, Performance, "memory_leak", "The memory of a workload grows towards its limit.";
    ServerErrors, Performance, "server_errors", "A service answers with errors, and nothing below it explains them.";
    ApplicationCrash, Runtime, "application_crash", "A container exits with an error of its own.";
    DbReplicationBroken, Runtime, "db_replication_broken", "A replica does not follow its primary.";
    DbStorageFull, Runtime, "db_storage_full", "A database has no space left to write to.";
    CertificateExpired, Runtime, "certificate_expired", "A certificate is past its end, or not yet valid.";
    CertificateUntrusted, Runtime, "certificate_untrusted", "A certificate is refused by the other side.";
    AccessForbidden, Runtime, "access_forbidden", "A workload is refused what it asks of the API server or of another service.";
    SecretStoreSealed, Runtime, "secret_store_sealed", "The secret store is sealed.";
    VolumeFull, Runtime, "volume_full", "A volume has no space left.";
    NodeCapacityExhausted, Scheduling, "node_capacity_exhausted", "The nodes have no room for what a pod requests.";
    NetworkPolicyBlocks, ServiceRouting, "network_policy_blocks", "A network policy lets no traffic through that a workload needs.";
    IngressWithoutAddress, ServiceRouting, "ingress_without_address", "No controller serves an ingress.";
    ContainerConfigInvalid, Startup, "container_config_invalid", "A container cannot be made as its pod describes it.";
    RolloutStuck, Startup, "rollout_stuck", "A rollout makes no progress, and nothing that was seen says why.";
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// What is at fault. Written `app/wiki`, `node/n1`, `namespace/apps`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum Culprit {
    /// A service with its workload and pods.
    App {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// A node.
    Node {
        /// Its name.
        name: String,
    },
    /// A namespace.
    Namespace {
        /// Its name.
        name: String,
    },
}

impl Culprit {
    /// A service with its workload and pods.
    pub fn app(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self::App { namespace: namespace.into(), name: name.into() }
    }

    /// A node.
    pub fn node(name: impl Into<String>) -> Self {
        Self::Node { name: name.into() }
    }

    /// A namespace.
    pub fn namespace(name: impl Into<String>) -> Self {
        Self::Namespace { name: name.into() }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::App { name, .. } | Self::Node { name } | Self::Namespace { name } => name,
        }
    }

    /// The namespace that it is in, or is.
    #[must_use]
    pub fn in_namespace(&self) -> Option<&str> {
        match self {
            Self::App { namespace, .. } => Some(namespace),
            Self::Namespace { name } => Some(name),
            Self::Node { .. } => None,
        }
    }

    /// As an object of findings.
    #[must_use]
    pub fn object(&self) -> ObjectRef {
        match self {
            Self::App { namespace, name } => ObjectRef::namespaced("app", namespace, name),
            Self::Node { name } => ObjectRef::global("node", name),
            Self::Namespace { name } => ObjectRef::global("namespace", name),
        }
    }
}

impl fmt::Display for Culprit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::App { name, .. } => write!(f, "app/{name}"),
            Self::Node { name } => write!(f, "node/{name}"),
            Self::Namespace { name } => write!(f, "namespace/{name}"),
        }
    }
}

/// How likely something is, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Likelihood(f64);

impl Likelihood {
    /// The control plane, the runtime or the server says so in so many words, and its effect was seen.
    pub const STATED: Self = Self(0.95);
    /// What is configured cannot work by the documented behaviour, and its effect was seen.
    pub const SHOWN: Self = Self(0.85);
    /// Logs, metrics or states are as this cause leaves them, and few others do.
    pub const LIKELY: Self = Self(0.65);
    /// It would explain what was seen, and so would others.
    pub const POSSIBLE: Self = Self(0.35);

    /// A likelihood. What is outside of 0 to 1, or not a number, is moved to the nearer end or to 0.
    #[must_use]
    pub const fn new(value: f64) -> Self {
        Self(if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) })
    }

    /// Its value, from 0 to 1.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }

    /// That at least one of two independent grounds holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::new(1.0 - (1.0 - self.0) * (1.0 - other.0))
    }

    /// Scaled down by a factor from 0 to 1.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self::new(self.0 * factor)
    }
}

impl fmt::Display for Likelihood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0} %", self.0 * 100.0)
    }
}

/// A cause that somebody names, with what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RootCause {
    /// Its family.
    pub taxonomy: Taxonomy,
    /// What is at fault.
    pub culprit: Culprit,
    /// The cause.
    pub cause: Cause,
    /// How likely it is.
    pub confidence: Likelihood,
    /// What happens, step by step from the cause to what people notice, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<String>,
    /// What it rests on; never empty where a rule named it.
    pub evidence: Vec<Finding>,
    /// The apps that suffer from it beside the culprit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub affects: Vec<Culprit>,
    /// The rule that named it, `specialist/rule`; filled in by the examination.
    #[serde(default)]
    pub named_by: String,
}

impl RootCause {
    /// A cause that rests on one finding.
    #[must_use]
    pub fn new(cause: Cause, culprit: Culprit, confidence: Likelihood, evidence: Finding) -> Self {
        Self {
            taxonomy: cause.taxonomy(),
            culprit,
            cause,
            confidence,
            chain: Vec::new(),
            evidence: vec![evidence],
            affects: Vec::new(),
            named_by: String::new(),
        }
    }

    /// The same with one more finding.
    #[must_use]
    pub fn and(mut self, evidence: Finding) -> Self {
        self.evidence.push(evidence);
        self
    }

    /// The same with one more step from the cause to what people notice.
    #[must_use]
    pub fn then(mut self, step: impl Into<String>) -> Self {
        self.chain.push(step.into());
        self
    }

    /// The same with an app that suffers from it.
    #[must_use]
    pub fn affecting(mut self, app: Culprit) -> Self {
        if app != self.culprit && !self.affects.contains(&app) {
            self.affects.push(app);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_round_trip() {
        let mut codes: Vec<_> = Cause::ALL.iter().map(|cause| cause.code()).collect();
        for cause in Cause::ALL {
            let json = serde_json::to_string(cause).unwrap();
            assert_eq!(json, format!("{:?}", cause.code()));
            assert_eq!(serde_json::from_str::<Cause>(&json).unwrap(), *cause);
            let taxonomy = serde_json::to_string(&cause.taxonomy()).unwrap();
            assert_eq!(taxonomy, format!("{:?}", cause.taxonomy().code()));
        }
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Cause::ALL.len());
    }

    #[test]
    fn likelihoods_stay_between_nothing_and_certainty() {
        for value in [f64::NAN, f64::NEG_INFINITY, -1.0, 0.0, 0.5, 1.0, 7.0, f64::INFINITY] {
            let likelihood = Likelihood::new(value);
            assert!((0.0..=1.0).contains(&likelihood.get()), "{value}");
            assert!(likelihood.or(Likelihood::LIKELY) >= Likelihood::LIKELY);
        }
    }
}
