//! The scenarios once more, over webhooks.

use futures_util::{StreamExt, stream};
use lamplighter_scenarios::{REPOSITORY, Scenario, Served, all};
use tempfile::TempDir;

/// How many are played at once.
const AT_ONCE: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn every_scenario_ends_over_webhooks_as_it_does_by_hand() {
    let folder = TempDir::new().unwrap();
    let plays = all().unwrap().into_iter().map(|scenario| {
        let folder = folder.path().join(&scenario.name);
        async move { play(&scenario, &folder).await }
    });
    let names: Vec<String> = stream::iter(plays).buffer_unordered(AT_ONCE).collect().await;
    assert_eq!(names.len(), 13);
}

async fn play(scenario: &Scenario, folder: &std::path::Path) -> String {
    let mut served = scenario.serve(folder, |builder| builder).await.unwrap();
    let outcome = served.play().await.unwrap_or_else(|error| panic!("{}: {error}", scenario.name));
    let expected = scenario.expected;
    assert_eq!(outcome.resolution, expected.resolution, "{}: {outcome:?}", scenario.name);
    assert_eq!(outcome.severity, expected.severity, "{}: {outcome:?}", scenario.name);
    assert_eq!(outcome.actions.len(), expected.actions, "{}: {outcome:?}", scenario.name);
    check_labels(&served, &scenario.name);
    served.end().await.unwrap();
    // What the service holds is not in what it leaves.
    for secret in ["webhook-of-", "api-of-", "github-of-"] {
        let secret = format!("{secret}{}", scenario.name);
        assert!(!holds(folder, secret.as_bytes()), "{}: {secret} was written down", scenario.name);
    }
    scenario.name.clone()
}

fn check_labels(served: &Served, name: &str) {
    let issue = served.github().issue(REPOSITORY, 1);
    let severities = issue.labels.iter().filter(|label| label.starts_with("sev")).count();
    assert!(severities <= 1, "{name}: never two severities: {:?}", issue.labels);
    let bodies: Vec<&str> = issue.comments.iter().map(|comment| comment.body.as_str()).collect();
    let markers: std::collections::BTreeSet<_> = bodies.iter().filter_map(|body| body.lines().last()).collect();
    assert_eq!(markers.len(), bodies.len(), "{name}: each comment once: {bodies:#?}");
}

/// Whether any file below a folder holds these bytes.
fn holds(folder: &std::path::Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, bytes);
        }
        std::fs::read(&path).is_ok_and(|content| content.windows(bytes.len()).any(|window| window == bytes))
    })
}
