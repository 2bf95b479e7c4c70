use lamplighter_core::async_trait;
use lamplighter_core::ports::{MonitorState, Monitors};

/// Monitors to be tested: there are two, `wiki` and `files`, and both services work.
#[async_trait]
pub trait MonitorsHarness: Send + Sync {
    /// The port under test.
    fn port(&self) -> &dyn Monitors;

    /// A service stops working, or works again. Returns when its monitor has had the time to see it.
    async fn set_up(&self, name: &str, works: bool);

    /// Makes it impossible for the monitor of a service to say how that is. `false` where that cannot be done.
    async fn blind(&self, _name: &str) -> bool {
        false
    }
}

/// Checks everything that [`Monitors`] promises.
pub async fn monitors(harness: &dyn MonitorsHarness) {
    assert!(!harness.port().source().as_str().is_empty(), "the source has a name");
    check(harness, [("files", MonitorState::Up), ("wiki", MonitorState::Up)]).await;
    harness.set_up("wiki", false).await;
    check(harness, [("files", MonitorState::Up), ("wiki", MonitorState::Down)]).await;
    harness.set_up("wiki", true).await;
    check(harness, [("files", MonitorState::Up), ("wiki", MonitorState::Up)]).await;
    if harness.blind("files").await {
        check(harness, [("files", MonitorState::Unknown), ("wiki", MonitorState::Up)]).await;
    }
}

async fn check(harness: &dyn MonitorsHarness, expected: [(&str, MonitorState); 2]) {
    let mut statuses = harness.port().statuses().await.expect("asking works");
    statuses.sort_by(|a, b| a.name.cmp(&b.name));
    let found: Vec<_> = statuses.iter().map(|status| (status.name.as_str(), status.state)).collect();
    assert_eq!(found, expected, "every monitor once, and as it is");
    for status in statuses.iter().filter(|status| status.state != MonitorState::Up) {
        assert!(!status.detail.is_empty(), "{} says what it saw", status.name);
    }
}
