//! The status of a Lamplighter that is put together from ports.

use std::sync::Arc;

use lamplighter::core::words::status::{OverallState, ServiceState, SourceState};
use lamplighter::core::{Error, ErrorKind};
use lamplighter::{Builder, Config, Lamplighter};
use lamplighter_testkit::fakes::{
    FakeAuditLog, FakeClock, FakeCluster, FakeIssues, FakeJournal, FakeLogs, FakeMonitors, FakeStopSwitch,
    FakeUptimeHistory,
};
use lamplighter_testkit::objects::cluster;

struct Home {
    clock: FakeClock,
    cluster: FakeCluster,
    issues: FakeIssues,
    monitors: FakeMonitors,
    history: FakeUptimeHistory,
}

impl Home {
    fn new() -> Self {
        let clock = FakeClock::new();
        Self {
            cluster: FakeCluster::new(cluster()),
            issues: FakeIssues::with_clock(Arc::new(clock.clone())).collaborator("ada"),
            monitors: FakeMonitors::with_clock(Arc::new(clock.clone())).up("wiki"),
            history: FakeUptimeHistory::new(),
            clock,
        }
    }

    fn builder(&self) -> Builder {
        let issues = Arc::new(self.issues.clone());
        Lamplighter::builder()
            .tracker(issues.clone(), issues.clone())
            .closed_issues(issues)
            .cluster(Arc::new(self.cluster.clone()), Arc::new(FakeLogs::new()))
            .monitors(Arc::new(self.monitors.clone()))
            .journal(Arc::new(FakeJournal::new()), Arc::new(FakeAuditLog::new()))
            .stop_switch(Arc::new(FakeStopSwitch::new()))
            .clock(Arc::new(self.clock.clone()))
    }
}

#[tokio::test]
async fn everything_that_there_is_comes_together() {
    let home = Home::new();
    let lamplighter = home.builder().uptime_history(Arc::new(home.history.clone())).build().unwrap();
    let status = lamplighter.status().await.unwrap();
    let sources: Vec<_> = status.sources.iter().map(|source| (source.name.as_str(), source.state)).collect();
    let reached = SourceState::Reached;
    assert_eq!(sources, [("HTTP probe", reached), ("cluster", reached), ("tracker", reached)]);
    assert_eq!(status.services().next().unwrap().state, ServiceState::Up);
    assert_eq!(status.state, OverallState::Operational);

    home.issues.open("ada", "wiki is slow", "x", ["incident", "sev2"]);
    home.cluster.calls().fail_always("state", || Error::new(ErrorKind::Unavailable, "10.0.0.1 does not answer"));
    home.monitors.calls().fail_always("statuses", || Error::new(ErrorKind::Unavailable, "10.0.0.2 does not answer"));
    let status = lamplighter.status().await.unwrap();
    assert_eq!(status.services().next().unwrap().state, ServiceState::Unknown);
    assert_eq!(status.issues.as_ref().unwrap().incidents.len(), 1);
    let away = |name: &str| status.sources.iter().find(|source| source.name == name).unwrap();
    for name in ["HTTP probe", "cluster"] {
        assert_eq!(
            (away(name).state, away(name).last_look),
            (SourceState::Unreachable, Some(FakeClock::START)),
            "{name}"
        );
    }
    assert!(!serde_json::to_string(&status).unwrap().contains("10.0.0."), "where is not for everybody");
    let remarks = lamplighter.status_remarks().await.unwrap();
    assert_eq!(remarks, ["cluster: 10.0.0.1 does not answer", "HTTP probe: 10.0.0.2 does not answer"]);
    lamplighter.settle_status().await.unwrap();
}

#[tokio::test]
async fn beside_a_recorded_cluster_the_monitors_are_asked_nevertheless() {
    let home = tempfile::tempdir().unwrap();
    let dump = home.path().join("dump");
    std::fs::create_dir(&dump).unwrap();
    std::fs::write(dump.join("nodes.json"), "{\"kind\":\"NodeList\",\"items\":[]}").unwrap();
    // Nothing listens on port 1.
    let text = "owner = \"ada\"\n[tracker]\nkind = \"files\"\ndir = \"issues\"\n[cluster]\nkind = \"snapshot\"\ndir = \"dump\"\n\
                [[monitor]]\nname = \"wiki\"\nurl = \"http://127.0.0.1:1/\"\n";
    let path = home.path().join("lamplighter.toml");
    std::fs::write(&path, text).unwrap();
    let config = Config::load(&path, std::iter::empty()).unwrap();
    let status = config.wire_for_status().await.unwrap().build().unwrap().status().await.unwrap();
    assert_eq!(status.services().next().unwrap().state, ServiceState::Pending, "it was looked at, and failed once");
    assert_eq!((status.sources[0].name.as_str(), status.sources[0].state), ("HTTP probe", SourceState::Reached));

    // A folder of issues that was there and is gone does not say that no incident is open.
    std::fs::remove_dir(home.path().join("issues")).unwrap();
    let error = config.wire_for_status().await.err().unwrap();
    assert!(error.to_string().contains("is gone"), "{error}");
    assert!(!home.path().join("issues").exists());
}

#[tokio::test]
async fn without_a_history_there_is_no_status() {
    let error = Home::new().builder().build().unwrap().status().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("Builder::uptime_history"), "{error}");
}
