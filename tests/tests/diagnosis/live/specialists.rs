use lamplighter::core::diagnosis::{Cause, Likelihood};
use lamplighter::core::words::Health;
use lamplighter_testkit::world::Fault;

use super::LIBRARY;
use super::site::{Site, alert, check, told, usage};

#[tokio::test(flavor = "multi_thread")]
async fn a_live_cluster_that_is_well_has_no_cause() {
    let Some(site) = Site::start(LIBRARY, |_, _| ()).await else { return };
    let diagnosis = site.diagnose().await;
    let likely: Vec<String> =
        diagnosis.causes.iter().filter(|cause| cause.confidence >= Likelihood::new(0.5)).map(told).collect();
    assert!(likely.is_empty(), "{likely:#?}");
    assert!(!diagnosis.verdict.is_broken(), "{:?}: {:?}", diagnosis.verdict, diagnosis.reasons);
    assert_ne!(diagnosis.verdict, Health::Down);
}

#[tokio::test(flavor = "multi_thread")]
async fn sre_sees_an_app_that_is_short_of_cpu_in_prometheus() {
    let site = Site::start(LIBRARY, |history, places| {
        for place in places.iter().filter(|place| place.app == "catalog") {
            usage(history, place, (0.05, 0.49), (0.0, 0.6));
        }
        history.requests(("library", "catalog"), (20.0, 20.0), (0.0, 0.0), (20.0, 900.0));
    });
    let Some(site) = site.await else { return };
    check(&site.diagnose().await, Cause::PodCpuOverload, "app/catalog", "sre", "CPU, cores: 0.05");
}

const ERRORS: &str = r#"
groups:
- name: requests
  rules:
  - alert: RequestsFail
    expr: |
      sum by (destination_service_name, destination_service_namespace) (rate(istio_requests_total{response_code=~"5.."}[2m]))
      / sum by (destination_service_name, destination_service_namespace) (rate(istio_requests_total[2m])) > 0.1
    labels: { severity: critical }
    annotations: { summary: "More than a tenth of the requests to {{ $labels.destination_service_name }} fail" }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn observability_hears_of_an_anomaly_from_both_servers() {
    let site = Site::start_with(LIBRARY, ERRORS, |history, _| {
        history.requests(("library", "loans"), (20.0, 20.0), (0.0, 9.0), (20.0, 20.0));
    });
    let Some(site) = site.await else { return };
    site.prometheus().until_fires("RequestsFail");
    site.until_told_of(1).await;
    let diagnosis = site.diagnose().await;
    check(
        &diagnosis,
        Cause::ServerErrors,
        "app/loans",
        "observability",
        "part that succeeds: 1.000 before, 0.550 after",
    );
    let report = diagnosis.reports.iter().find(|report| report.specialist == "observability").unwrap();
    for (summary, evidence) in [
        ("alert RequestsFail fires (critical)", "More than a tenth of the requests to loans fail"),
        ("the part of requests that succeed of loans falls", "1.0000 before, 0.5500 after"),
    ] {
        let found = report.findings.iter().find(|finding| finding.summary == summary);
        let found = found.unwrap_or_else(|| panic!("no {summary:?} in {:#?}", report.findings));
        assert!(format!("{found:?}").contains(evidence), "{found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn observability_takes_the_word_of_alerts_for_what_prometheus_does_not_scrape() {
    let site = Site::start(LIBRARY, |history, _| history.forget("container_cpu_usage_seconds_total"));
    let Some(site) = site.await else { return };
    let throttled = alert("CPUThrottlingHigh", "loans", "It is held back for 60 % of the time");
    let slow = alert("SlowRequests", "loans", "The p95 is above a second");
    site.alertmanager().post(&[throttled, slow]);
    let evidence = "It is held back for 60 % of the time";
    check(&site.diagnose().await, Cause::PodCpuOverload, "app/loans", "observability", evidence);
    // What is silenced is known to somebody.
    site.alertmanager().silence("service", "loans");
    assert!(!site.diagnose().await.causes.iter().any(|cause| cause.cause == Cause::PodCpuOverload));
}

#[tokio::test(flavor = "multi_thread")]
async fn platform_sees_a_kubelet_that_has_failed_in_prometheus() {
    let site = Site::start(LIBRARY, |history, _| history.unit("n2:9100", "kubelet.service", "active", "failed"));
    let Some(site) = site.await else { return };
    site.world.set_node_ready("n2", false).unwrap();
    let unit = r#"node_systemd_unit_state{name=\"kubelet.service\", state=\"failed\"} 1"#;
    check(&site.diagnose().await, Cause::KubeletUnavailable, "node/n2", "platform", unit);
}

#[tokio::test(flavor = "multi_thread")]
async fn network_sees_a_service_that_selects_nothing() {
    let spec = format!(
        r#"{LIBRARY}
        [[workload]]
        namespace = "library"
        name = "returns"
        service = false

        [[object]]
        kind = "Service"
        metadata = {{ namespace = "library", name = "returns" }}
        [object.spec]
        type = "ClusterIP"
        clusterIP = "10.96.7.7"
        selector = {{ app = "return" }}
        ports = [{{ port = 80, targetPort = 8080, protocol = "TCP" }}]

        [[object]]
        kind = "Endpoints"
        metadata = {{ namespace = "library", name = "returns" }}
        "#
    );
    // A probe from outside asks it, and gets no answer any more.
    let site = Site::start(&spec, |history, _| {
        let labels = [("instance", "http://returns.library.svc:80"), ("job", "blackbox"), ("service", "returns")];
        history.gauge("probe_success", &[labels[0], labels[1], labels[2], ("namespace", "library")], (1.0, 0.0));
    });
    let Some(site) = site.await else { return };
    let diagnosis = site.diagnose().await;
    check(
        &diagnosis,
        Cause::ServiceSelectorMismatch,
        "app/returns",
        "network",
        "selector of service returns: app=return",
    );
    assert!(diagnosis.causes[0].confidence >= Likelihood::new(0.9), "the probe adds to it");
}

#[tokio::test(flavor = "multi_thread")]
async fn security_sees_a_certificate_that_has_ended_in_prometheus() {
    let ended = jiff::Timestamp::now().as_second() - 86_400;
    let site = Site::start(LIBRARY, |history, _| {
        let labels = [("instance", "https://desk.library.svc:443"), ("job", "blackbox")];
        let ended = f64::from(u32::try_from(ended).unwrap());
        history.gauge("probe_ssl_earliest_cert_expiry", &labels, (ended, ended));
    });
    let Some(site) = site.await else { return };
    check(&site.diagnose().await, Cause::CertificateExpired, "app/desk", "security", "ended at");
}

#[tokio::test(flavor = "multi_thread")]
async fn database_reads_in_the_logs_that_a_client_is_refused() {
    let refused = "Error 1045 (28000): Access denied for user 'loans'@'10.244.0.9' (using password: YES)";
    let spec = format!(
        r#"{LIBRARY}
        [[workload]]
        namespace = "library"
        name = "books"
        kind = "StatefulSet"
        image = "registry.example.org/mysql:8.4"
        port = 3306
        "#
    );
    let Some(site) = Site::start(&spec, |_, _| ()).await else { return };
    site.world.break_workload("library", "loans", Fault::crash(refused)).unwrap();
    // It has started again once when its first instance has ended.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let diagnosis = site.diagnose().await;
    check(&diagnosis, Cause::MysqlInvalidCredentials, "app/loans", "database", "Access denied for user");
}

#[tokio::test(flavor = "multi_thread")]
async fn deploy_sees_an_image_that_cannot_be_pulled() {
    let spec = LIBRARY.replace("name = \"catalog\"", "name = \"catalog\"\nfault = { kind = \"image-pull\" }");
    let Some(site) = Site::start(&spec, |_, _| ()).await else { return };
    let diagnosis = site.diagnose().await;
    check(&diagnosis, Cause::IncorrectImageReference, "app/catalog", "deploy", "registry.example.org/catalog:1.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_are_gone_are_gaps_and_do_not_hold_the_rest_up() {
    let spec = LIBRARY.replace("name = \"catalog\"", "name = \"catalog\"\nfault = { kind = \"image-pull\" }");
    let Some(site) = Site::start(&spec, |_, _| ()).await else { return };
    let site = site.without_servers();
    let began = std::time::Instant::now();
    let diagnosis = site.diagnose().await;
    assert!(began.elapsed() < std::time::Duration::from_secs(15), "{:?}", began.elapsed());
    check(&diagnosis, Cause::IncorrectImageReference, "app/catalog", "deploy", "registry.example.org/catalog:1.0");
    for what in ["metrics", "alerts"] {
        assert!(diagnosis.gaps.iter().any(|gap| gap.contains(what)), "{what}: {:#?}", diagnosis.gaps);
    }
}
