use lamplighter_core::ports::{MonitorState, MonitorWriter, Monitors};
use lamplighter_core::words::MonitorAddition;
use lamplighter_core::{ErrorKind, async_trait};

use super::assert_fails;
use crate::approve_monitor;

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

/// Monitors to be added to, of which there are none yet.
#[async_trait]
pub trait MonitorWriterHarness: Send + Sync {
    /// The port under test.
    fn port(&self) -> &dyn MonitorWriter;

    /// The same monitors, to be read.
    fn monitors(&self) -> &dyn Monitors;
}

/// Checks everything that [`MonitorWriter`] promises.
pub async fn monitor_writer(harness: &dyn MonitorWriterHarness) {
    let wiki = addition("wiki", "https://wiki.example.org/health");
    has(harness, &wiki, false).await;
    add(harness, &wiki).await.expect("a monitor can be added");
    has(harness, &wiki, true).await;
    has(harness, &addition("wiki", "https://wiki.example.org/health/"), true).await;
    has(harness, &addition("wiki", "https://wiki.example.org/"), false).await;
    has(harness, &addition("other", &wiki.url), false).await;
    names(harness, &["wiki"]).await;

    let slower = MonitorAddition { interval: 300, ..wiki.clone() };
    add(harness, &slower).await.expect("adding what is there does nothing");
    names(harness, &["wiki"]).await;

    let elsewhere = addition("wiki", "https://other.example.org/");
    assert_fails(add(harness, &elsewhere).await, ErrorKind::Conflict, "the name is taken");
    has(harness, &elsewhere, false).await;
    has(harness, &wiki, true).await;

    let database = addition("wiki database", "tcp://10.0.20.7:5432");
    add(harness, &database).await.expect("a port can be watched");
    has(harness, &database, true).await;
    has(harness, &addition("wiki database", "tcp://10.0.20.7:5433"), false).await;
    let again = addition("wiki again", &wiki.url);
    add(harness, &again).await.expect("two monitors may watch the same");
    assert_fails(add(harness, &addition("x", "gopher://x/")).await, ErrorKind::InvalidInput, "what nobody watches");
    names(harness, &["wiki", "wiki again", "wiki database"]).await;
}

fn addition(name: &str, url: &str) -> MonitorAddition {
    MonitorAddition { name: name.to_owned(), url: url.to_owned(), interval: 60, retries: 3 }
}

async fn add(harness: &dyn MonitorWriterHarness, addition: &MonitorAddition) -> lamplighter_core::Result<()> {
    harness.port().add(approve_monitor(addition.clone()).await).await
}

async fn has(harness: &dyn MonitorWriterHarness, addition: &MonitorAddition, expected: bool) {
    let has = harness.port().has(addition).await.expect("asking works");
    assert_eq!(has, expected, "{} for {}", addition.name, addition.url);
}

async fn names(harness: &dyn MonitorWriterHarness, expected: &[&str]) {
    let statuses = harness.monitors().statuses().await.expect("asking works");
    let mut names: Vec<_> = statuses.iter().map(|status| status.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, expected, "every monitor once");
}
