use lamplighter_core::ports::{Logs, LogsRequest};
use lamplighter_core::{ErrorKind, Result, async_trait};

use super::assert_fails;

/// What one container has written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerLines {
    /// The container's name.
    pub container: String,
    /// What it has written.
    pub current: Vec<String>,
    /// What its instance before the last restart wrote; `None` where there was none.
    pub previous: Option<Vec<String>>,
}

/// Logs to be tested.
#[async_trait]
pub trait LogsHarness: Send + Sync {
    /// The port under test.
    fn port(&self) -> &dyn Logs;

    /// There is a pod, whose containers have written this.
    async fn pod(&self, namespace: &str, name: &str, containers: &[ContainerLines]);

    /// Whether what earlier instances wrote is kept.
    fn keeps_previous(&self) -> bool {
        true
    }
}

/// Checks everything that [`Logs`] promises.
pub async fn logs(harness: &dyn LogsHarness) {
    let lines = ["first", "", "  indented\tline", "☂ 𝄞", "last"];
    harness.pod("contract", "one", &[container("app", &lines, Some(&["panicked", "aborted"]))]).await;
    harness.pod("contract", "two", &[container("app", &["a"], None), container("sidecar", &["b"], None)]).await;
    harness.pod("contract", "silent", &[container("app", &[], None)]).await;
    let huge: Vec<String> = (0..5000).map(|number| format!("line {number}")).collect();
    let huge: Vec<&str> = huge.iter().map(String::as_str).collect();
    harness.pod("contract", "huge", &[container("app", &huge, None)]).await;

    for (count, expected) in [(100, &lines[..]), (5, &lines[..]), (2, &["☂ 𝄞", "last"]), (1, &["last"])] {
        check(harness, "one", None, count, expected).await;
        check(harness, "one", Some("app"), count, expected).await;
    }
    check(harness, "two", Some("app"), 10, &["a"]).await;
    check(harness, "two", Some("sidecar"), 10, &["b"]).await;
    check(harness, "silent", None, 10, &[]).await;
    check(harness, "huge", None, 3, &["line 4997", "line 4998", "line 4999"]).await;
    assert_eq!(tail(harness, "huge", None, false, u32::MAX).await.expect("reading works").len(), 5000);

    for (pod, container) in [("nobody", None), ("one", Some("nobody")), ("one/log", None), ("..", None)] {
        let outcome = tail(harness, pod, container, false, 10).await;
        assert_fails(outcome, ErrorKind::NotFound, &format!("reading the logs of {pod} {container:?}"));
    }
    let outcome = tail(harness, "silent", None, true, 10).await;
    assert_fails(outcome, ErrorKind::NotFound, "reading an earlier instance that there was not");
    if harness.keeps_previous() {
        let previous = tail(harness, "one", Some("app"), true, 1).await.expect("reading works");
        assert_eq!(previous, ["aborted"], "the instance before the last restart");
    }
}

async fn check(harness: &dyn LogsHarness, pod: &str, container: Option<&str>, count: u32, expected: &[&str]) {
    let lines = tail(harness, pod, container, false, count).await.expect("reading works");
    assert_eq!(lines, expected, "the last {count} lines of {pod} {container:?}");
}

async fn tail(
    harness: &dyn LogsHarness,
    pod: &str,
    container: Option<&str>,
    previous: bool,
    lines: u32,
) -> Result<Vec<String>> {
    let request = LogsRequest {
        namespace: "contract".to_owned(),
        pod: pod.to_owned(),
        container: container.map(str::to_owned),
        previous,
        lines,
    };
    harness.port().tail(&request).await
}

fn container(name: &str, current: &[&str], previous: Option<&[&str]>) -> ContainerLines {
    let owned = |lines: &[&str]| lines.iter().map(|&line| line.to_owned()).collect();
    ContainerLines { container: name.to_owned(), current: owned(current), previous: previous.map(owned) }
}
