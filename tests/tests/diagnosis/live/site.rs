//! A simulated cluster over HTTP with a real Prometheus and a real Alertmanager beside it.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lamplighter::adapters::{Endpoint, KubernetesCluster, KubernetesOptions, PrometheusMetrics, PrometheusSettings};
use lamplighter::core::diagnosis::{Cause, Diagnosis, DiagnosisRequest, RootCause};
use lamplighter::core::ports::{Alert, ClusterReader, Metrics, Scope};
use lamplighter::{Diagnostics, Options, Sources, SystemClock, standalone};
use lamplighter_testkit::servers::{Alertmanager, Prometheus};
use lamplighter_testkit::world::World;
use tempfile::TempDir;

use super::history::History;

/// A pod of the cluster.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) namespace: String,
    pub(crate) pod: String,
    pub(crate) container: String,
    pub(crate) app: String,
}

/// A cluster that runs, and what watches it.
pub(crate) struct Site {
    pub(crate) world: World,
    servers: Option<(Prometheus, Alertmanager)>,
    pub(crate) metrics: Arc<PrometheusMetrics>,
    pub(crate) dir: TempDir,
    pub(crate) kubeconfig: PathBuf,
    cluster: Arc<KubernetesCluster>,
}

impl Site {
    /// Starts a world of this spec, and both servers with a history in which all is well, but for what `alter` changes.
    /// `None` where the servers are not installed, which is said.
    pub(crate) async fn start(spec: &str, alter: impl FnOnce(&mut History, &[Place])) -> Option<Self> {
        Self::start_with(spec, "", alter).await
    }

    /// The same with alerting rules.
    pub(crate) async fn start_with(
        spec: &str,
        rules: &str,
        alter: impl FnOnce(&mut History, &[Place]),
    ) -> Option<Self> {
        let world = World::start(spec.parse().unwrap()).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let kubeconfig = world.write_kubeconfig(dir.path()).unwrap();
        let options = KubernetesOptions { kubeconfig: Some(kubeconfig.clone()), ..KubernetesOptions::default() };
        let cluster = Arc::new(KubernetesCluster::connect(options, Arc::new(SystemClock)).await.unwrap());

        let mut history = History::new();
        let places = calm(&cluster, &mut history).await;
        alter(&mut history, &places);
        let alertmanager = Alertmanager::start()?;
        let setup = Prometheus::setup().history(&history.text()).rules(rules).alertmanager(&alertmanager);
        let prometheus = setup.start()?;
        let settings = PrometheusSettings::new(Endpoint::new(prometheus.url()))
            .with_alertmanager(Endpoint::new(alertmanager.url()));
        let metrics = Arc::new(PrometheusMetrics::new(settings, Arc::new(SystemClock)).unwrap());
        Some(Self { world, servers: Some((prometheus, alertmanager)), metrics, dir, kubeconfig, cluster })
    }

    pub(crate) fn prometheus(&self) -> &Prometheus {
        &self.servers.as_ref().unwrap().0
    }

    pub(crate) fn alertmanager(&self) -> &Alertmanager {
        &self.servers.as_ref().unwrap().1
    }

    /// The same with both servers stopped.
    pub(crate) fn without_servers(self) -> Self {
        Self { servers: None, ..self }
    }

    pub(crate) fn diagnostics(&self) -> Diagnostics {
        let cluster = Arc::clone(&self.cluster);
        let sources = Sources::new(cluster.clone()).with_logs(cluster).with_metrics(self.metrics.clone());
        Diagnostics::new(sources, &Options::default())
    }

    pub(crate) async fn diagnose(&self) -> Diagnosis {
        self.diagnostics().diagnose(&standalone("diagnose"), DiagnosisRequest::default()).await.unwrap()
    }

    /// Returns when Alertmanager tells of so many alerts.
    pub(crate) async fn until_told_of(&self, alerts: usize) {
        for _ in 0..200 {
            if self.metrics.alerts().await.unwrap().len() >= alerts {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("Prometheus does not tell Alertmanager of {alerts} alerts");
    }
}

/// The series of a cluster in which all is well, as cAdvisor, Istio and the node exporter write them.
async fn calm(cluster: &KubernetesCluster, history: &mut History) -> Vec<Place> {
    let state = cluster.state(&Scope::everything()).await.unwrap();
    let mut places = Vec::new();
    for pod in state.pods.items() {
        let container = pod.spec.containers.first().unwrap().name.clone();
        let app = pod.metadata.labels.get("app").unwrap().clone();
        let namespace = pod.metadata.namespace().to_owned();
        let place = Place { namespace, pod: pod.metadata.name.clone(), container, app };
        usage(history, &place, (0.05, 0.05), (0.0, 0.0));
        let of_pod = [("job", "kubelet"), ("namespace", place.namespace.as_str()), ("pod", place.pod.as_str())];
        history.counter("container_network_receive_packets_total", &of_pod, (40.0, 40.0));
        history.counter("container_network_transmit_packets_total", &of_pod, (40.0, 40.0));
        history.requests((&place.namespace, &place.app), (20.0, 20.0), (0.0, 0.0), (20.0, 20.0));
        places.push(place);
    }
    for node in state.nodes.items() {
        let instance = format!("{}:9100", node.metadata.name);
        let labels = [("instance", instance.as_str()), ("job", "node-exporter")];
        for (cpu, mode, part) in [("0", "idle", 0.8), ("0", "user", 0.2)] {
            let labels = [labels[0], labels[1], ("cpu", cpu), ("mode", mode)];
            history.counter("node_cpu_seconds_total", &labels, (part, part));
        }
        history.gauge("node_memory_MemAvailable_bytes", &labels, (6e9, 6e9));
        history.gauge("node_memory_MemTotal_bytes", &labels, (8e9, 8e9));
        history.counter("node_netstat_Tcp_RetransSegs", &labels, (0.1, 0.1));
        for unit in ["kubelet.service", "containerd.service", "cron.service"] {
            history.unit(&instance, unit, "active", "active");
        }
    }
    places
}

/// The CPU of a container, in cores, and for what part of the time it is held back.
pub(crate) fn usage(history: &mut History, place: &Place, cores: (f64, f64), held_back: (f64, f64)) {
    let Place { namespace, pod, container, .. } = place;
    let labels = [
        ("job", "kubelet"),
        ("namespace", namespace.as_str()),
        ("pod", pod.as_str()),
        ("container", container.as_str()),
    ];
    history.counter("container_cpu_usage_seconds_total", &labels, cores);
    history.counter("container_cpu_cfs_throttled_seconds_total", &labels, held_back);
    history.gauge("container_memory_working_set_bytes", &labels, (5e7, 5e7));
}

/// An alert on an app, of nine minutes ago.
pub(crate) fn alert(name: &str, app: &str, summary: &str) -> Alert {
    let text = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    Alert {
        labels: text(&[("alertname", name), ("namespace", "library"), ("service", app)]),
        annotations: text(&[("summary", summary)]),
        since: Timestamp::now() - SignedDuration::from_mins(9),
    }
}

/// The first cause, which is this one of this culprit, with this in its evidence.
#[track_caller]
pub(crate) fn check(diagnosis: &Diagnosis, cause: Cause, culprit: &str, specialist: &str, evidence: &str) {
    let told: Vec<String> = diagnosis.causes.iter().map(told).collect();
    let first = diagnosis.causes.first().unwrap_or_else(|| panic!("no cause: {:#?}", diagnosis.gaps));
    let found = (first.cause, first.culprit.to_string());
    assert_eq!(found, (cause, culprit.to_owned()), "{told:#?}");
    assert!(first.named_by.split(", ").any(|by| by.starts_with(&format!("{specialist}/"))), "{told:#?}");
    let seen = format!("{:?}", first.evidence);
    assert!(seen.contains(evidence), "{evidence:?} is not in {seen}");
    assert!(diagnosis.verdict.is_broken(), "{:?}: {:?}", diagnosis.verdict, diagnosis.reasons);
}

/// A cause in a line.
pub(crate) fn told(cause: &RootCause) -> String {
    format!("{} {} {} by {}", cause.confidence, cause.culprit, cause.cause, cause.named_by)
}
