//! The PromQL of every signal, evaluated by Prometheus over what exporters write.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lamplighter::SystemClock;
use lamplighter::adapters::{Endpoint, PrometheusMetrics, PrometheusSettings};
use lamplighter::core::diagnosis::{Signal, Signals, Subject};
use lamplighter::core::ports::Metrics;
use lamplighter::core::words::Window;
use lamplighter_testkit::servers::Prometheus;

use super::history::History;

/// What one query answers: its last value, and what it is about.
type Answer = (f64, Subject);

fn metrics(history: &History) -> Option<(Prometheus, PrometheusMetrics)> {
    let prometheus = Prometheus::start(&history.text())?;
    let settings = PrometheusSettings::new(Endpoint::new(prometheus.url()));
    let metrics = PrometheusMetrics::new(settings, Arc::new(SystemClock)).unwrap();
    Some((prometheus, metrics))
}

fn window() -> Window {
    let now = Timestamp::now();
    Window { from: now - SignedDuration::from_mins(5), to: Some(now) }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_query_can_be_read() {
    let Some((_prometheus, metrics)) = metrics(&History::new()) else { return };
    for signal in Signal::ALL {
        for query in signal.queries() {
            let answer = metrics.range(query, window(), 15).await;
            assert_eq!(answer.map_err(|error| error.to_string()), Ok(Vec::new()), "{signal:?}: {query}");
        }
    }
}

/// What each exporter writes, in labels that Prometheus' own service discovery adds to those of the exporter.
fn exported() -> History {
    let mut history = History::new();
    let flat = |value: f64| (value, value);
    let pod = [
        ("job", "kubelet"),
        ("service", "kubelet"),
        ("instance", "10.0.0.5:10250"),
        ("namespace", "library"),
        ("pod", "desk-0"),
    ];
    for (container, part) in [("desk", 0.25), ("proxy", 0.5), ("", 9.0)] {
        let labels = [&pod[..], &[("container", container)]].concat();
        history.counter("container_cpu_usage_seconds_total", &labels, flat(part));
        history.counter("container_cpu_cfs_throttled_seconds_total", &labels, flat(part));
        history.gauge("container_memory_working_set_bytes", &labels, flat(part));
    }
    for interface in ["eth0", "eth1"] {
        let labels = [&pod[..], &[("interface", interface)]].concat();
        history.counter("container_network_receive_packets_total", &labels, flat(40.0));
        history.counter("container_network_transmit_packets_total", &labels, flat(30.0));
    }
    history.requests(("library", "desk"), flat(20.0), flat(5.0), flat(70.0));
    let node = [("instance", "10.0.0.5:9100"), ("job", "node-exporter"), ("service", "node-exporter")];
    for cpu in ["0", "1"] {
        let labels = [&node[..], &[("cpu", cpu)]].concat();
        history.counter("node_cpu_seconds_total", &[&labels[..], &[("mode", "idle")]].concat(), flat(0.75));
        history.counter("node_cpu_seconds_total", &[&labels[..], &[("mode", "user")]].concat(), flat(0.25));
    }
    history.gauge("node_memory_MemAvailable_bytes", &node, flat(2e9));
    history.gauge("node_memory_MemTotal_bytes", &node, flat(8e9));
    history.counter("node_netstat_Tcp_RetransSegs", &node, flat(3.0));
    for unit in ["kubelet.service", "cri-containerd-3f9a.scope", "kubepods-besteffort.slice", "ssh.service"] {
        history.unit("10.0.0.5:9100", unit, "active", "active");
    }
    let blackbox = [("instance", "https://desk.example.org/"), ("job", "blackbox")];
    history.gauge("probe_success", &blackbox, flat(1.0));
    history.gauge("probe_ssl_earliest_cert_expiry", &blackbox, flat(2e9));
    let claim = [("job", "kubelet"), ("service", "kubelet"), ("namespace", "library")];
    let claim = [&claim[..], &[("persistentvolumeclaim", "books-0"), ("instance", "10.0.0.5:10250")]].concat();
    history.gauge("kubelet_volume_stats_used_bytes", &claim, flat(3e9));
    history.gauge("kubelet_volume_stats_capacity_bytes", &claim, flat(4e9));
    let vault = [("instance", "10.1.0.4:8200"), ("job", "vault"), ("cluster", "vault-1")];
    history.gauge("vault_core_unsealed", &vault, flat(0.0));
    history.gauge("velero_backup_last_successful_timestamp", &[("job", "velero"), ("instance", "v")], flat(1.7e9));
    history.gauge("up", &[("job", "coredns"), ("instance", "10.1.0.10:9153")], flat(1.0));
    let mysql = [("job", "mysqld-exporter"), ("instance", "10.1.0.7:9104")];
    history.gauge("mysql_global_status_threads_connected", &mysql, flat(140.0));
    history.gauge("mysql_global_variables_max_connections", &mysql, flat(150.0));
    history.gauge("mysql_slave_status_seconds_behind_master", &mysql, flat(45.0));
    let postgres = [("job", "postgres-exporter"), ("instance", "10.1.0.8:9187")];
    for (database, state, count) in [("loans", "active", 20.0), ("loans", "idle", 40.0), ("desk", "idle", 30.0)] {
        let labels = [("server", "10.1.0.8:5432"), ("datname", database), ("state", state)];
        let labels = [&postgres[..], &labels].concat();
        history.gauge("pg_stat_activity_count", &labels, flat(count));
    }
    // One exporter may look at several servers.
    for (server, most) in [("10.1.0.8:5432", 100.0), ("10.1.0.9:5432", 300.0)] {
        let labels = [&postgres[..], &[("server", server)]].concat();
        history.gauge("pg_settings_max_connections", &labels, flat(most));
    }
    history.gauge("pg_replication_lag_seconds", &postgres, flat(7.0));
    history
}

fn expected() -> BTreeMap<&'static str, Vec<Answer>> {
    let app = |name: &str| Subject::App { namespace: "library".to_owned(), name: name.to_owned() };
    let node = || Subject::Node("n1".to_owned());
    let target = |name: &str| Subject::Target(name.to_owned());
    let claim = Subject::Claim { namespace: "library".to_owned(), name: "books-0".to_owned() };
    let site = || target("https://desk.example.org/");
    [
        ("container_cpu_usage", vec![(0.75, app("desk"))]),
        ("container_cpu_cfs", vec![(0.75, app("desk"))]),
        ("container_memory", vec![(0.75, app("desk"))]),
        ("container_network_receive", vec![(80.0, app("desk"))]),
        ("container_network_transmit", vec![(60.0, app("desk"))]),
        // In the middle of the bucket of 50 to 100 ms, at 95 % of it.
        ("istio_request_duration", vec![(0.0975, app("desk"))]),
        ("istio_requests_total{", vec![(0.75, app("desk"))]),
        ("istio_requests_total[", vec![(20.0, app("desk"))]),
        ("node_cpu", vec![(0.25, node())]),
        ("node_memory", vec![(0.75, node())]),
        ("node_netstat", vec![(3.0, node())]),
        ("node_systemd_unit_state{", [0.0, 1.0, 0.0, 0.0, 0.0].map(|value| (value, node())).into()),
        ("probe_success", vec![(1.0, site())]),
        ("probe_ssl", vec![(2e9, site())]),
        ("kubelet_volume", vec![(0.75, claim)]),
        ("vault", vec![(1.0, target("10.1.0.4:8200"))]),
        ("velero", vec![(1.7e9, target("v"))]),
        ("up{", vec![(1.0, target("10.1.0.10:9153"))]),
        ("mysql_global", vec![(140.0 / 150.0, target("10.1.0.7:9104"))]),
        ("mysql_slave", vec![(45.0, target("10.1.0.7:9104"))]),
        ("pg_stat_activity", vec![(0.9, target("10.1.0.8:9187"))]),
        ("pg_replication", vec![(7.0, target("10.1.0.8:9187"))]),
    ]
    .into()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_query_reads_what_its_exporter_writes() {
    let Some((_prometheus, metrics)) = metrics(&exported()) else { return };
    let expected = expected();
    let mut unasked: Vec<&str> = expected.keys().copied().collect();
    for signal in Signal::ALL {
        for query in signal.queries() {
            // Recording rules are the operator's; nothing is there that records them.
            let Some(key) = expected.keys().rev().copied().find(|key| query.contains(key)) else {
                assert!(!query.contains(['(', '{']), "no answer is expected of {query}");
                continue;
            };
            unasked.retain(|other| *other != key);
            let series = metrics.range(query, window(), 15).await.unwrap();
            let mut signals = Signals::default();
            let app = |_: &str, pod: &str| Some(pod.trim_end_matches("-0").to_owned());
            signals.add(signal, series, app, |at| at.starts_with("10.0.0.5:").then(|| "n1".to_owned()));
            let found: Vec<Answer> =
                signals.of(signal).map(|series| (series.last().unwrap().value, series.subject.clone())).collect();
            let wanted = &expected[key];
            let same = |(a, b): (&Answer, &Answer)| (a.0 - b.0).abs() <= 1e-3 * b.0.abs() && a.1 == b.1;
            let agree = found.len() == wanted.len() && found.iter().zip(wanted).all(same);
            assert!(agree, "{query}\nanswers {found:?}\ninstead of {wanted:?}");
        }
    }
    assert!(unasked.is_empty(), "nobody asks for {unasked:?}");
}
