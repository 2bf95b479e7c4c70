//! What notices a cause: expressions over kube-state-metrics, `cAdvisor`, the kubelet, the node exporter, `CoreDNS`, the
//! blackbox exporter and the exporters of databases, by the names that those document.

/// An alert.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Alert {
    /// Its name, in capitals and small letters.
    pub(crate) name: &'static str,
    /// The expression.
    pub(crate) expr: &'static str,
    /// How many minutes it has to hold.
    pub(crate) minutes: u32,
    /// What it means, for whoever it wakes.
    pub(crate) summary: &'static str,
}

const fn alert(name: &'static str, expr: &'static str, minutes: u32, summary: &'static str) -> Alert {
    Alert { name, expr, minutes, summary }
}

pub(super) const NOT_READY: Alert = alert(
    "PodsNotReady",
    r#"sum(kube_pod_status_ready{namespace="%namespace%", pod=~"%name%(-.+)?", condition="true"}) == 0"#,
    3,
    "no pod of %name% in %namespace% is ready",
);
pub(super) const NO_PODS_MADE: Alert = alert(
    "PodsNotCreated",
    r#"kube_deployment_status_condition{namespace="%namespace%", condition="ReplicaFailure", status="true"} == 1 or kube_replicaset_status_replicas{namespace="%namespace%"} < kube_replicaset_spec_replicas{namespace="%namespace%"}"#,
    3,
    "the API server refuses pods in %namespace%",
);
pub(super) const QUOTA: Alert = alert(
    "QuotaNearlyUsed",
    r#"kube_resourcequota{namespace="%namespace%", type="used"} / ignoring(type) (kube_resourcequota{namespace="%namespace%", type="hard"} > 0) > 0.85"#,
    10,
    "a quota of %namespace% is nearly used up",
);
pub(super) const REJECTED: Alert = alert(
    "AdmissionRejects",
    "sum by (name) (rate(apiserver_admission_webhook_rejection_count[5m])) > 0",
    5,
    "an admission webhook refuses objects",
);
pub(super) const PENDING: Alert = alert(
    "PodsPending",
    r#"kube_pod_status_phase{namespace="%namespace%", pod=~"%name%(-.+)?", phase="Pending"} == 1"#,
    5,
    "a pod of %name% in %namespace% finds no node",
);
pub(super) const CLAIM_PENDING: Alert = alert(
    "ClaimPending",
    r#"kube_persistentvolumeclaim_status_phase{namespace="%namespace%", phase="Pending"} == 1"#,
    5,
    "a claim in %namespace% finds no volume",
);
pub(super) const NODE_FULL: Alert = alert(
    "RequestsNearCapacity",
    "sum by (resource) (kube_pod_container_resource_requests) / sum by (resource) (kube_node_status_allocatable) > 0.85",
    15,
    "the requests of all pods nearly fill the nodes",
);
pub(super) const UNSCHEDULABLE: Alert = alert(
    "PodsPendingWhileCordoned",
    r#"kube_pod_status_phase{namespace="%namespace%", pod=~"%name%(-.+)?", phase="Pending"} == 1 and on () count(kube_node_spec_unschedulable == 1) > 0"#,
    5,
    "a pod of %name% in %namespace% finds no node while nodes are cordoned",
);
pub(super) const WAITING: Alert = alert(
    "ContainerCannotStart",
    r#"kube_pod_container_status_waiting_reason{namespace="%namespace%", pod=~"%name%(-.+)?", reason=~"ErrImagePull|ImagePullBackOff|InvalidImageName|CreateContainerConfigError|CreateContainerError|RunContainerError"} == 1"#,
    2,
    "a container of %name% in %namespace% cannot be started",
);
pub(super) const ROLLOUT: Alert = alert(
    "RolloutStuck",
    r#"kube_deployment_status_condition{namespace="%namespace%", deployment="%name%", condition="Progressing", status="false"} == 1"#,
    2,
    "the rollout of %name% in %namespace% makes no progress",
);
pub(super) const RESTARTS: Alert = alert(
    "ContainerRestarts",
    r#"increase(kube_pod_container_status_restarts_total{namespace="%namespace%", pod=~"%name%(-.+)?"}[10m]) > 2"#,
    0,
    "a container of %name% in %namespace% is restarted again and again",
);
pub(super) const OUT_OF_MEMORY: Alert = alert(
    "ContainerOutOfMemory",
    r#"increase(kube_pod_container_status_restarts_total{namespace="%namespace%", pod=~"%name%(-.+)?"}[15m]) > 0 and on (namespace, pod, container) kube_pod_container_status_last_terminated_reason{reason="OOMKilled"} == 1"#,
    0,
    "a container of %name% in %namespace% was killed for its memory",
);
pub(super) const MEMORY_GROWS: Alert = alert(
    "MemoryReachesLimitSoon",
    r#"predict_linear(container_memory_working_set_bytes{namespace="%namespace%", pod=~"%name%(-.+)?", container!=""}[1h], 14400) > on (namespace, pod, container) group_left kube_pod_container_resource_limits{resource="memory"}"#,
    15,
    "%name% in %namespace% reaches its memory limit within four hours",
);
pub(super) const THROTTLED: Alert = alert(
    "CpuThrottled",
    r#"sum by (pod, container) (rate(container_cpu_cfs_throttled_periods_total{namespace="%namespace%", pod=~"%name%(-.+)?"}[5m])) / sum by (pod, container) (rate(container_cpu_cfs_periods_total{namespace="%namespace%", pod=~"%name%(-.+)?"}[5m])) > 0.25"#,
    10,
    "%name% in %namespace% is held back by its CPU limit",
);
pub(super) const NO_REPLICAS: Alert = alert(
    "ScaledToZero",
    r#"kube_deployment_spec_replicas{namespace="%namespace%", deployment="%name%"} == 0 or kube_statefulset_replicas{namespace="%namespace%", statefulset="%name%"} == 0"#,
    2,
    "%name% in %namespace% is set to no replicas",
);
pub(super) const NO_ENDPOINTS: Alert = alert(
    "ServiceWithoutEndpoints",
    r#"sum(kube_endpoint_address{namespace="%namespace%", endpoint="%name%", ready="true"}) == 0 or absent(kube_endpoint_address{namespace="%namespace%", endpoint="%name%"})"#,
    2,
    "the service %name% in %namespace% forwards to nothing",
);
pub(super) const ERRORS: Alert = alert(
    "ErrorRate",
    r#"sum(rate(http_requests_total{namespace="%namespace%", service="%name%", code=~"5.."}[5m])) / sum(rate(http_requests_total{namespace="%namespace%", service="%name%"}[5m])) > 0.05"#,
    5,
    "more than one in twenty requests to %name% in %namespace% fails",
);
pub(super) const PROBE_FAILS: Alert = alert(
    "NotReachedFromOutside",
    r#"probe_success{instance=~".*%name%.*"} == 0"#,
    2,
    "%name% does not answer from outside",
);
pub(super) const DNS: Alert = alert(
    "DnsFails",
    r#"sum(rate(coredns_dns_responses_total{rcode=~"SERVFAIL|REFUSED"}[5m])) / sum(rate(coredns_dns_responses_total[5m])) > 0.02 or absent(coredns_build_info)"#,
    3,
    "the DNS service of the cluster fails",
);
pub(super) const NXDOMAIN: Alert = alert(
    "DnsNamesMissing",
    r#"sum(rate(coredns_dns_responses_total{rcode="NXDOMAIN", zone="cluster.local."}[5m])) / sum(rate(coredns_dns_responses_total{zone="cluster.local."}[5m])) > 0.3"#,
    10,
    "many names of the cluster do not resolve",
);
pub(super) const NODE_DOWN: Alert = alert(
    "NodeNotReady",
    r#"kube_node_status_condition{node="%name%", condition="Ready", status="true"} == 0"#,
    2,
    "node %name% is not ready",
);
pub(super) const KUBELET: Alert = alert(
    "KubeletDown",
    r#"up{job="kubelet", node="%name%"} == 0 or absent(up{job="kubelet", node="%name%"})"#,
    2,
    "the kubelet of %name% does not answer",
);
pub(super) const RUNTIME: Alert = alert(
    "ContainerRuntimeFails",
    r#"sum by (operation_type) (rate(kubelet_runtime_operations_errors_total{node="%name%"}[5m])) > 0.1"#,
    5,
    "the container runtime of %name% fails",
);
pub(super) const PROXY: Alert = alert(
    "ServiceProxyDown",
    r#"up{job="kube-proxy", node="%name%"} == 0 or absent(up{job="kube-proxy", node="%name%"})"#,
    3,
    "the service proxy of %name% does not answer",
);
pub(super) const SCHEDULER: Alert = alert(
    "SchedulerDown",
    r#"absent(up{job="kube-scheduler"} == 1)"#,
    2,
    "no scheduler runs, and no new pod gets a node",
);
pub(super) const CONTROL_PLANE: Alert = alert(
    "ControlPlaneDown",
    r#"up{job=~"apiserver|kube-controller-manager|etcd"} == 0 or absent(up{job="apiserver"} == 1)"#,
    2,
    "a part of the control plane does not answer",
);
pub(super) const PRESSURE: Alert = alert(
    "NodePressure",
    r#"kube_node_status_condition{node="%name%", condition=~"MemoryPressure|DiskPressure|PIDPressure", status="true"} == 1"#,
    2,
    "node %name% is short of memory, disk or process ids",
);
pub(super) const RETRANSMITS: Alert = alert(
    "TcpRetransmits",
    "rate(node_netstat_Tcp_RetransSegs[5m]) / rate(node_netstat_Tcp_OutSegs[5m]) > 0.02",
    5,
    "a node sends much of its traffic twice",
);
pub(super) const SLOW: Alert = alert(
    "SlowAnswers",
    r#"histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{namespace="%namespace%", service="%name%"}[5m]))) > 1"#,
    5,
    "one in twenty answers of %name% in %namespace% takes more than a second",
);
pub(super) const CONNECTIONS: Alert = alert(
    "ConnectionsNearlyUsed",
    "sum by (instance) (pg_stat_activity_count) / on (instance) pg_settings_max_connections > 0.8 or mysql_global_status_threads_connected / mysql_global_variables_max_connections > 0.8",
    5,
    "a database has few connections left",
);
pub(super) const READ_ONLY: Alert = alert(
    "DatabaseReadOnly",
    "mysql_global_variables_read_only == 1 or pg_settings_default_transaction_read_only == 1",
    2,
    "a database refuses to write",
);
pub(super) const REPLICATION: Alert = alert(
    "ReplicationBroken",
    "mysql_slave_status_slave_io_running == 0 or mysql_slave_status_slave_sql_running == 0 or pg_replication_lag_seconds > 60",
    5,
    "a replica does not follow its primary",
);
pub(super) const DATABASE_DOWN: Alert =
    alert("DatabaseRefusesClients", "mysql_up == 0 or pg_up == 0", 2, "a database does not take its clients");
pub(super) const VOLUME: Alert = alert(
    "VolumeNearlyFull",
    r#"kubelet_volume_stats_available_bytes{namespace="%namespace%"} / kubelet_volume_stats_capacity_bytes{namespace="%namespace%"} < 0.15 or predict_linear(kubelet_volume_stats_available_bytes{namespace="%namespace%"}[6h], 172800) < 0"#,
    15,
    "a volume in %namespace% is nearly full, or will be within two days",
);
pub(super) const CERTIFICATE: Alert = alert(
    "CertificateEndsSoon",
    "certmanager_certificate_expiration_timestamp_seconds - time() < 1209600 or probe_ssl_earliest_cert_expiry - time() < 1209600",
    60,
    "a certificate ends within two weeks",
);
pub(super) const SEALED: Alert = alert(
    "SecretStoreSealed",
    "vault_core_unsealed == 0 or absent(vault_core_unsealed)",
    1,
    "the secret store is sealed",
);
pub(super) const FORBIDDEN: Alert = alert(
    "ApiServerRefuses",
    r#"sum by (resource, verb) (rate(apiserver_request_total{code="403"}[5m])) > 0.1"#,
    10,
    "the API server refuses requests again and again",
);
