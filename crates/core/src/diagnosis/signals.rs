use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::Shift;
use crate::ports::{Sample, Series};

/// What is measured, whatever the system that measures it calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// CPU in use, in cores, by app.
    CpuUsage,
    /// CPU time for which containers were held back, in seconds per second, by app.
    CpuThrottled,
    /// Memory that cannot be taken back, in bytes, by app.
    MemoryWorkingSet,
    /// Requests per second, by app.
    RequestRate,
    /// The part of the requests that succeed, 0 to 1, by app.
    SuccessRatio,
    /// Response time in seconds, by app and `quantile`.
    Latency,
    /// Packets per second that come in, by app.
    PacketsReceived,
    /// Packets per second that go out, by app.
    PacketsSent,
    /// The part of a node's CPU in use, 0 to 1.
    NodeCpu,
    /// The part of a node's memory in use, 0 to 1.
    NodeMemory,
    /// TCP segments that a node sends again, per second.
    NodeRetransmits,
    /// Whether a probe from a node or from outside gets an answer, 1 or 0, by app; `probe_node` says from where.
    Reachable,
    /// The part of a claim's space in use, 0 to 1, by claim.
    VolumeUsed,
    /// When a certificate ends, in seconds since 1970, by target.
    CertificateEnds,
    /// Whether a secret store is sealed, 1 or 0, by target.
    SecretStoreSealed,
    /// When a backup last succeeded, in seconds since 1970, by target.
    BackupSucceeded,
    /// Whether the cluster's DNS server answers, 1 or 0, by target.
    DnsAnswers,
    /// Connections to a database as a part of how many it takes, 0 to 1, by target.
    DbConnections,
    /// How far a replica is behind its primary, in seconds, by target.
    DbReplicationLag,
    /// The `ActiveState` of a systemd unit, 1 where `state` is the one that it is in, by node and `name`.
    UnitState,
}

impl Signal {
    /// Every signal.
    pub const ALL: [Self; 20] = [
        Self::CpuUsage,
        Self::CpuThrottled,
        Self::MemoryWorkingSet,
        Self::RequestRate,
        Self::SuccessRatio,
        Self::Latency,
        Self::PacketsReceived,
        Self::PacketsSent,
        Self::NodeCpu,
        Self::NodeMemory,
        Self::NodeRetransmits,
        Self::Reachable,
        Self::VolumeUsed,
        Self::CertificateEnds,
        Self::SecretStoreSealed,
        Self::BackupSucceeded,
        Self::DnsAnswers,
        Self::DbConnections,
        Self::DbReplicationLag,
        Self::UnitState,
    ];

    /// PromQL that answers with it, the first that has an answer counts.
    ///
    /// The first of each is a recording rule named by level, metric and operation (Prometheus docs, Recording
    /// rules) or the exporter's own name where that is plain; a snapshot answers names alone. The others read
    /// `cAdvisor`, the kubelet, the node, blackbox, `MySQL` and `PostgreSQL` exporters, `CoreDNS`, cert-manager,
    /// Vault and Istio by the names in their docs.
    #[must_use]
    pub const fn queries(self) -> &'static [&'static str] {
        match self {
            Self::CpuUsage => &[
                "service:cpu_usage_cores",
                "sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{container!=\"\"}[2m]))",
            ],
            Self::CpuThrottled => &[
                "service:cpu_throttled_seconds",
                "sum by (namespace, pod) (rate(container_cpu_cfs_throttled_seconds_total{container!=\"\"}[2m]))",
            ],
            Self::MemoryWorkingSet => &[
                "service:memory_working_set_bytes",
                "sum by (namespace, pod) (container_memory_working_set_bytes{container!=\"\"})",
            ],
            Self::RequestRate => &[
                "service:requests_per_second",
                "label_replace(label_replace(sum by (destination_service_name, destination_service_namespace) (rate(istio_requests_total[2m])), \"service\", \"$1\", \"destination_service_name\", \"(.*)\"), \"namespace\", \"$1\", \"destination_service_namespace\", \"(.*)\")",
            ],
            Self::SuccessRatio => &[
                "service:success_ratio",
                "label_replace(label_replace(sum by (destination_service_name, destination_service_namespace) (rate(istio_requests_total{response_code!~\"5..\"}[2m])) / sum by (destination_service_name, destination_service_namespace) (rate(istio_requests_total[2m])), \"service\", \"$1\", \"destination_service_name\", \"(.*)\"), \"namespace\", \"$1\", \"destination_service_namespace\", \"(.*)\")",
            ],
            Self::Latency => &[
                "service:latency_seconds",
                "label_replace(label_replace(label_replace(histogram_quantile(0.95, sum by (le, destination_service_name, destination_service_namespace) (rate(istio_request_duration_milliseconds_bucket[2m]))) / 1000, \"service\", \"$1\", \"destination_service_name\", \"(.*)\"), \"namespace\", \"$1\", \"destination_service_namespace\", \"(.*)\"), \"quantile\", \"0.95\", \"\", \"\")",
            ],
            Self::PacketsReceived => &[
                "service:network_receive_packets",
                "sum by (namespace, pod) (rate(container_network_receive_packets_total[2m]))",
            ],
            Self::PacketsSent => &[
                "service:network_transmit_packets",
                "sum by (namespace, pod) (rate(container_network_transmit_packets_total[2m]))",
            ],
            Self::NodeCpu => &[
                "node:cpu_utilization_ratio",
                "1 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[2m]))",
            ],
            Self::NodeMemory => {
                &["node:memory_utilization_ratio", "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes"]
            }
            Self::NodeRetransmits => &["node:tcp_retransmits_per_second", "rate(node_netstat_Tcp_RetransSegs[2m])"],
            Self::Reachable => &["probe_success"],
            Self::VolumeUsed => {
                &["claim:volume_used_ratio", "kubelet_volume_stats_used_bytes / kubelet_volume_stats_capacity_bytes"]
            }
            Self::CertificateEnds => {
                &["certmanager_certificate_expiration_timestamp_seconds", "probe_ssl_earliest_cert_expiry"]
            }
            Self::SecretStoreSealed => &["secret_store:sealed", "1 - vault_core_unsealed"],
            Self::BackupSucceeded => {
                &["backup:last_success_timestamp_seconds", "velero_backup_last_successful_timestamp"]
            }
            Self::DnsAnswers => &["dns:answers", "up{job=~\".*dns.*\"}"],
            Self::DbConnections => &[
                "db:connections_used_ratio",
                "mysql_global_status_threads_connected / mysql_global_variables_max_connections",
                "sum by (instance, server) (pg_stat_activity_count) / max by (instance, server) (pg_settings_max_connections)",
            ],
            Self::DbReplicationLag => &[
                "db:replication_lag_seconds",
                "mysql_slave_status_seconds_behind_master",
                "pg_replication_lag_seconds",
            ],
            // A node has hundreds of units, a slice and a scope for each container among them.
            Self::UnitState => &[
                "node:systemd_unit_state",
                "node_systemd_unit_state{name=~\"(kube|k3s|rke2|k0s|snap[.]microk8s|containerd|cri|docker|etcd)[a-z0-9.-]*[.]service\"}",
                "node_systemd_unit_state",
            ],
        }
    }
}

/// What a series is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// A service with its workload, or one of its pods (then `pod` is among the labels of the series).
    App {
        /// Its namespace; empty where the series does not say.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// A node.
    Node(String),
    /// A claim.
    Claim {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// Whatever the series calls its `instance` or `name`.
    Target(String),
}

/// A series of a signal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalSeries {
    /// What is measured.
    pub signal: Signal,
    /// On what.
    pub subject: Subject,
    /// All labels of the series, such as `quantile` and `probe_node`.
    pub labels: BTreeMap<String, String>,
    /// Its samples, oldest first.
    pub samples: Vec<Sample>,
}

impl SignalSeries {
    /// The last sample.
    #[must_use]
    pub fn last(&self) -> Option<Sample> {
        self.samples.last().copied()
    }

    /// How it has changed inside its window.
    #[must_use]
    pub fn shift(&self) -> Option<Shift> {
        Shift::of(&self.samples)
    }

    /// A label; empty where it is absent.
    #[must_use]
    pub fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }
}

/// Everything that was measured, by signal and subject.
#[derive(Debug, Clone, Default)]
pub struct Signals {
    series: Vec<SignalSeries>,
    by_signal: HashMap<Signal, Vec<usize>>,
    by_subject: HashMap<(Signal, Subject), Vec<usize>>,
}

impl Signals {
    /// Adds the series that answer a query of a signal.
    ///
    /// `app_of_pod` says which app a pod belongs to, by namespace and name; `node_at` which node an `instance`
    /// (`10.0.0.5:9100`, `n1:9100`, `n1`) is.
    pub fn add(
        &mut self,
        signal: Signal,
        series: Vec<Series>,
        app_of_pod: impl Fn(&str, &str) -> Option<String>,
        node_at: impl Fn(&str) -> Option<String>,
    ) {
        for Series { labels, samples } in series {
            let subject = subject(signal, &labels, &app_of_pod, &node_at);
            self.push(SignalSeries { signal, subject, labels, samples });
        }
    }

    /// Adds one series.
    pub fn push(&mut self, series: SignalSeries) {
        let at = self.series.len();
        self.by_signal.entry(series.signal).or_default().push(at);
        self.by_subject.entry((series.signal, series.subject.clone())).or_default().push(at);
        self.series.push(series);
    }

    /// Whether nothing was measured.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.series.is_empty()
    }

    /// Every series of a signal.
    pub fn of(&self, signal: Signal) -> impl Iterator<Item = &SignalSeries> {
        self.at(self.by_signal.get(&signal))
    }

    /// The series of a signal of an app. A series that does not say its namespace is found by name alone.
    pub fn of_app(&self, signal: Signal, namespace: &str, name: &str) -> impl Iterator<Item = &SignalSeries> {
        let app = |namespace: &str| (signal, Subject::App { namespace: namespace.to_owned(), name: name.to_owned() });
        self.at(self.by_subject.get(&app(namespace))).chain(self.at(self.by_subject.get(&app(""))))
    }

    /// The series of a signal of a node.
    pub fn of_node(&self, signal: Signal, node: &str) -> impl Iterator<Item = &SignalSeries> {
        self.at(self.by_subject.get(&(signal, Subject::Node(node.to_owned()))))
    }

    fn at<'a>(&'a self, positions: Option<&'a Vec<usize>>) -> impl Iterator<Item = &'a SignalSeries> {
        positions.map_or(&[][..], Vec::as_slice).iter().filter_map(|at| self.series.get(*at))
    }
}

fn subject(
    signal: Signal,
    labels: &BTreeMap<String, String>,
    app_of_pod: impl Fn(&str, &str) -> Option<String>,
    node_at: impl Fn(&str) -> Option<String>,
) -> Subject {
    let label = |name: &str| labels.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let namespace = || label("namespace").unwrap_or_default().to_owned();
    if let Some(claim) = label("persistentvolumeclaim") {
        return Subject::Claim { namespace: namespace(), name: claim.to_owned() };
    }
    if matches!(signal, Signal::NodeCpu | Signal::NodeMemory | Signal::NodeRetransmits | Signal::UnitState) {
        let name = label("node").or_else(|| label("instance")).unwrap_or_default();
        return Subject::Node(node_at(name).unwrap_or_else(|| name.to_owned()));
    }
    if let Some(service) = label("service").or_else(|| label("app")) {
        return Subject::App { namespace: namespace(), name: service.to_owned() };
    }
    if let Some(pod) = label("pod") {
        let app = app_of_pod(&namespace(), pod);
        return Subject::App { namespace: namespace(), name: app.unwrap_or_else(|| pod.to_owned()) };
    }
    let target = label("name").or_else(|| label("instance")).or_else(|| label("job")).unwrap_or_default();
    Subject::Target(target.to_owned())
}
