//! Behaviour of the triage over small clusters.

mod health;
mod incident;
mod properties;
mod severity;

use std::sync::Arc;

use lamplighter_core::cluster::{ClusterState, Observed};
use lamplighter_core::diagnosis::Scene;
use lamplighter_core::ports::{MonitorState, MonitorStatus};
use lamplighter_core::words::{
    CatalogedService, CheckResult, CheckStatus, Finding, HealthReport, Report, ServiceCatalog, Severity, Tier, Triage,
    TriageInput, WorkloadKind, WorkloadRef,
};
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::objects::{ClusterBuilder, cluster, deployment, node};

use crate::SevTriage;

/// What is given to the triage, built up piece by piece.
#[derive(Clone)]
struct Case {
    catalog: Vec<CatalogedService>,
    report: Option<Report>,
    state: ClusterState,
    checks: Vec<CheckResult>,
    monitors: Option<Vec<MonitorStatus>>,
}

impl Case {
    /// A cluster whose scan passes, without catalog, report and monitors.
    fn of(cluster: ClusterBuilder) -> Self {
        let checks = vec![result("nodes-ready", CheckStatus::Pass, None, Vec::new())];
        Self { catalog: Vec::new(), report: None, state: cluster.build(), checks, monitors: None }
    }

    fn cataloged(mut self, service: CatalogedService) -> Self {
        self.catalog.push(service);
        self
    }

    fn asked(mut self, service: &str) -> Self {
        self.report = Some(Report { service: Some(service.to_owned()), ..Report::default() });
        self
    }

    fn monitor(mut self, name: &str, state: MonitorState) -> Self {
        let monitor = MonitorStatus { name: name.to_owned(), state, at: FakeClock::START, detail: "HTTP".to_owned() };
        self.monitors.get_or_insert_default().push(monitor);
        self
    }

    fn checked(mut self, check: CheckResult) -> Self {
        self.checks.push(check);
        self
    }

    fn input(&self) -> TriageInput {
        let (taken_at, cluster) = (self.state.taken_at, "test".to_owned());
        let health = HealthReport { taken_at, cluster, checks: self.checks.clone() };
        let mut scene = Scene::new(Arc::new(self.state.clone()));
        if let Some(monitors) = &self.monitors {
            scene = scene.with_monitors(Observed::Seen(monitors.clone()));
        }
        TriageInput { report: self.report.clone(), scene: Arc::new(scene), health }
    }

    fn agent(&self) -> SevTriage {
        SevTriage::new(ServiceCatalog::new(self.catalog.clone()))
    }

    fn triage(&self) -> Triage {
        let triage = self.agent().triage(&self.input());
        assert!(!triage.reasons.is_empty(), "a triage says why");
        triage
    }
}

fn result(check: &str, status: CheckStatus, severity: Option<Severity>, findings: Vec<Finding>) -> CheckResult {
    CheckResult { findings, severity, ..CheckResult::new(check, status, format!("summary of {check}")) }
}

fn entry(name: &str, tier: Tier) -> CatalogedService {
    CatalogedService {
        name: name.to_owned(),
        aliases: vec![format!("{name} alias")],
        tier,
        workloads: vec![WorkloadRef::new(WorkloadKind::Deployment, "apps", name)],
        monitors: vec![format!("{name} site")],
        stack: None,
        depends_on: Vec::new(),
        urls: vec![format!("https://{name}.example.org/start")],
    }
}

/// Ten whole services, so that one more or less is no majority.
fn town() -> ClusterBuilder {
    (0..10).fold(cluster().node(node("n1")), |cluster, n| cluster.workload(deployment("town", &format!("house-{n}"))))
}
