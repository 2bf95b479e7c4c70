//! Every scenario ends as it says, and leaves what it should.

use lamplighter::Outcome;
use lamplighter::core::words::{Severity, labels};
use lamplighter_scenarios::{Stage, all, find};
use tempfile::TempDir;

/// Plays a scenario to its end.
async fn play(name: &str) -> (TempDir, Stage, Outcome) {
    let folder = TempDir::new().unwrap();
    let scenario = find(name).unwrap_or_else(|| panic!("there is no scenario {name}"));
    let stage = scenario.stage(&folder.path().join(name)).await.unwrap();
    let outcome = stage.play(|builder| builder).await.unwrap();
    assert_eq!(outcome.resolution, scenario.expected.resolution, "{name}: {outcome:?}");
    assert_eq!(outcome.severity, scenario.expected.severity, "{name}: {outcome:?}");
    assert_eq!(outcome.actions.len(), scenario.expected.actions, "{name}: {outcome:?}");
    check_post_mortem(name, &stage, &outcome);
    (folder, stage, outcome)
}

/// A serious incident ends with its post-mortem and says so once; nothing else has one.
fn check_post_mortem(name: &str, stage: &Stage, outcome: &Outcome) {
    let is_required = outcome.severity.is_some_and(Severity::requires_postmortem);
    assert_eq!(outcome.post_mortem.is_some(), is_required, "{name}: {outcome:?}");
    let conversation = stage.conversation().unwrap();
    assert_eq!(conversation.matches("**Postmortem:**").count(), usize::from(is_required), "{name}:\n{conversation}");
    assert_eq!(conversation.contains(labels::POSTMORTEM_DONE), is_required, "{name}:\n{conversation}");
    assert!(!conversation.contains(labels::POSTMORTEM_REQUIRED), "{name}:\n{conversation}");
}

#[test]
fn there_are_the_thirteen_scenarios() {
    let names: Vec<String> = all().unwrap().into_iter().map(|scenario| scenario.name).collect();
    let expected = [
        "healthy-service",
        "stuck-pod",
        "out-of-memory",
        "would-destroy",
        "platform-stack",
        "outsider",
        "nothing-works",
        "critical-path",
        "cure-that-fails",
        "budget",
        "scale-up",
        "feature-monitor",
        "out-of-memory-again",
    ];
    assert_eq!(names, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_service_is_closed_with_findings() {
    let (_folder, stage, _) = play("healthy-service").await;
    let conversation = stage.conversation().unwrap();
    assert!(conversation.contains("**Findings:**"), "{conversation}");
    assert!(conversation.contains("state = \"closed\""), "{conversation}");
    assert!(stage.world().pods_deleted().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stuck_pod_is_restarted_once_and_verified() {
    let (_folder, stage, outcome) = play("stuck-pod").await;
    let conversation = stage.conversation().unwrap();
    assert_eq!(stage.world().pods_deleted().len(), 1);
    for text in
        ["**Investigating:** SEV2", "**Resolved:**", "restarted pod", "state = \"closed\"", "\"sev2\"", "\"incident\""]
    {
        assert!(conversation.contains(text), "{text} is missing in\n{conversation}");
    }
    for text in ["**Postmortem:** ", labels::POSTMORTEM_DONE] {
        assert!(conversation.contains(text), "{text} is missing in\n{conversation}");
    }
    assert!(!conversation.contains(labels::POSTMORTEM_REQUIRED), "{conversation}");

    // Asked again, it gives the same answer and does nothing.
    let again = stage.play(|builder| builder).await.unwrap();
    assert_eq!(again, outcome);
    assert_eq!(stage.conversation().unwrap(), conversation);
    assert_eq!(stage.world().pods_deleted().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_out_of_memory_gets_more_through_its_stack() {
    let (_folder, stage, _) = play("out-of-memory").await;
    let history = stage.history().await.unwrap().unwrap();
    assert_eq!(history.matches("\ncommit ").count(), 2, "the fix and the report, beside the first:\n{history}");
    assert!(
        history.contains("docs: post-mortem for ") && history.contains("Ledger keeps dying [ci skip]"),
        "{history}"
    );
    assert!(history.contains("fix: raise the memory limit of ledger to 256Mi (fixes #1)"), "{history}");
    assert!(history.contains("Co-authored-by:"), "{history}");
    assert!(
        history.contains("+                  memory = \"256Mi\" # raised by hand so far"),
        "the comment is kept:\n{history}"
    );
    assert!(stage.world().pods_deleted().is_empty(), "the controller rolls out, nobody deletes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_identical_incident_is_told_as_such() {
    let (_folder, stage, outcome) = play("out-of-memory-again").await;
    let first = "2024-11-12-ledger-keeps-dying.md";
    let history = stage.history().await.unwrap().unwrap();
    for text in [
        format!("This is the **second** recorded incident of this type. The first was [Ledger keeps dying]({first})"),
        "2 action items of before were never done".to_owned(),
        "Run ledger at least twice, and keep one pod of it through drains and rollouts ([Ledger".to_owned(),
        "Alert when a container of ledger in office was killed for its memory ([Ledger".to_owned(),
    ] {
        assert!(history.contains(&text), "{text} is missing in\n{history}");
    }
    assert!(!history.contains("Keep the memory limit of ledger above its highest use ([Ledger"), "that was done");
    let place = outcome.post_mortem.unwrap();
    assert!(place.starts_with("docs/post-mortems/") && place != format!("docs/post-mortems/{first}"), "{place}");
    let conversation = stage.conversation().unwrap();
    assert!(
        conversation.contains(&format!("**Postmortem:** [Ledger keeps dying](../blob/main/{place})")),
        "{conversation}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_replaces_is_escalated_with_its_summary() {
    let (_folder, stage, _) = play("would-destroy").await;
    let conversation = stage.conversation().unwrap();
    for text in ["**Escalating to @keeper**", "replace `terraform_data.search`", "1 to add, 0 to change, 1 to destroy"]
    {
        assert!(conversation.contains(text), "{text} is missing in\n{conversation}");
    }
    assert_eq!(stage.history().await.unwrap().unwrap().matches("(fixes #").count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_stack_is_left_alone() {
    let (_folder, stage, _) = play("platform-stack").await;
    let conversation = stage.conversation().unwrap();
    assert!(conversation.contains("traefik") && conversation.contains("**Escalating to @keeper**"), "{conversation}");
    assert_eq!(stage.history().await.unwrap().unwrap().matches("(fixes #").count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outsider_is_queued_and_nothing_is_read() {
    let (_folder, stage, _) = play("outsider").await;
    let conversation = stage.conversation().unwrap();
    assert!(
        conversation.contains("**Queued for review:**") && conversation.contains(labels::NEEDS_HUMAN),
        "{conversation}"
    );
    assert!(stage.world().requests().is_empty(), "the cluster is not even asked");
    let journal = std::fs::read(stage.folder().join("data/journal.sqlite")).unwrap();
    let wal = std::fs::read(stage.folder().join("data/journal.sqlite-wal")).unwrap_or_default();
    for bytes in [journal, wal] {
        assert!(!String::from_utf8_lossy(&bytes).contains("terraform destroy"), "the text is in the journal");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_without_facts_is_asked_for_them() {
    let (_folder, stage, _) = play("nothing-works").await;
    let conversation = stage.conversation().unwrap();
    for text in
        ["whole cluster was scanned", "Affected Service", "When did it start?", "state = \"open\"", labels::USER_REPORT]
    {
        assert!(conversation.contains(text), "{text} is missing in\n{conversation}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_critical_service_calls_a_person_before_anything_is_tried() {
    let (_folder, stage, _) = play("critical-path").await;
    let conversation = stage.conversation().unwrap();
    let called = conversation.find("a person is needed now").unwrap();
    let handed_over = conversation.find("What was tried did not help").unwrap();
    assert!(called < handed_over, "{conversation}");
    assert!(conversation.contains("no upstream is configured"), "the cause is in what is handed over:\n{conversation}");
    assert!(conversation.contains("\"sev1\"") && conversation.contains(labels::NEEDS_HUMAN), "{conversation}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cure_that_fails_is_tried_twice_and_no_more() {
    let (_folder, stage, _) = play("cure-that-fails").await;
    assert_eq!(stage.world().pods_deleted().len(), 2);
    let conversation = stage.conversation().unwrap();
    assert!(conversation.contains("state = \"open\"") && conversation.contains("relay is missing"), "{conversation}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_that_is_used_up_ends_with_what_is_known() {
    let (_folder, stage, _) = play("budget").await;
    let conversation = stage.conversation().unwrap();
    for text in ["budget", "relay is missing", "**Escalating to @keeper**"] {
        assert!(conversation.contains(text), "{text} is missing in\n{conversation}");
    }
    assert!(stage.world().pods_deleted().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workload_at_zero_goes_back_to_its_declared_count() {
    let (_folder, stage, outcome) = play("scale-up").await;
    assert_eq!(stage.world().scales().len(), 1);
    assert!(outcome.actions[0].contains("from 0 to 2"), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_monitor_that_is_asked_for_is_added() {
    let (_folder, stage, _) = play("feature-monitor").await;
    assert!(stage.world().monitors().iter().any(|monitor| monitor.url == "https://wiki.example.org"));
    let history = stage.history().await.unwrap().unwrap();
    assert!(history.contains("feat: monitor wiki.example.org (fixes #1)"), "{history}");
    assert!(stage.conversation().unwrap().contains("state = \"closed\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stop_switch_stops_every_change() {
    let folder = TempDir::new().unwrap();
    let stage = find("stuck-pod").unwrap().stage(&folder.path().join("stage")).await.unwrap();
    std::fs::create_dir_all(stage.folder().join("data")).unwrap();
    std::fs::write(stage.folder().join("data/STOP"), "migration tonight\n").unwrap();
    let outcome = stage.play(|builder| builder).await.unwrap();
    assert_eq!(outcome.resolution.as_str(), "escalated");
    assert!(stage.world().pods_deleted().is_empty());
    assert!(stage.conversation().unwrap().contains("migration tonight"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_changes_nothing() {
    for name in ["stuck-pod", "out-of-memory", "scale-up", "feature-monitor"] {
        let folder = TempDir::new().unwrap();
        let stage = find(name).unwrap().stage(&folder.path().join("stage")).await.unwrap();
        let config = stage.folder().join("lamplighter.toml");
        let text = std::fs::read_to_string(&config).unwrap().replace("mode = \"apply\"", "mode = \"dry-run\"");
        std::fs::write(&config, text).unwrap();
        let outcome = stage.play(|builder| builder).await.unwrap();
        assert_eq!(outcome.resolution.as_str(), "escalated", "{name}");
        assert!(stage.world().pods_deleted().is_empty() && stage.world().scales().is_empty(), "{name}");
        let history = stage.history().await.unwrap().unwrap_or_default();
        assert_eq!(history.matches("(fixes #").count() + history.matches("docs: post-mortem").count(), 0, "{name}");
    }
}
