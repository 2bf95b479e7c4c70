//! Scanning, repairing, filing and writing of it, put together from a configuration file against the simulated cluster over HTTP.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use jiff::Timestamp;
use lamplighter::core::ErrorKind;
use lamplighter::core::ports::Scope;
use lamplighter::core::words::{CheckStatus, HealthReport};
use lamplighter::{Config, Lamplighter, PostMortemOf};
use lamplighter_testkit::world::{Fault, World, WorldSpec};

const WORLD: &str = r#"
    startup_ms = 10
    termination_ms = 10

    [[workload]]
    namespace = "apps"
    name = "wiki"
    fault = { kind = "crash", message = "no such table" }
    restarts = 14

    [[workload]]
    namespace = "apps"
    name = "shop"
"#;

async fn lamplighter(world: &World, folder: &Path, more: &str) -> lamplighter::core::Result<Lamplighter> {
    let kubeconfig = world.write_kubeconfig(folder).unwrap();
    let text = format!(
        "{more}\n[tracker]\nkind = \"files\"\ndir = \"issues\"\n[cluster]\nkind = \"kubernetes\"\nkubeconfig = '{}'\n",
        kubeconfig.display()
    );
    let path = folder.join("lamplighter.toml");
    std::fs::write(&path, text).unwrap();
    Config::load(&path, std::iter::empty())?.wire().await?.build()
}

fn status(report: &HealthReport, check: &str) -> CheckStatus {
    report.checks.iter().find(|result| result.check == check).unwrap().status
}

#[tokio::test]
async fn a_pod_that_crashes_again_and_again_is_replaced_in_apply_mode_alone() {
    let (world, folder) = (World::start(WORLD.parse::<WorldSpec>().unwrap()).unwrap(), tempfile::tempdir().unwrap());
    let dry = lamplighter(&world, folder.path(), "owner = \"ada\"").await.unwrap();
    let report = dry.health(&Scope::everything()).await.unwrap();
    assert_eq!(status(&report, "pods-crash-looping"), CheckStatus::Fail, "{report:#?}");
    let repairs = dry.repair(&Scope::everything()).await.unwrap();
    assert!(
        repairs.repairs.len() == 1 && repairs.repairs.iter().all(lamplighter::Repair::would_be_done),
        "{repairs:#?}"
    );
    assert!(world.pods_deleted().is_empty());

    let bold = lamplighter(&world, folder.path(), "owner = \"ada\"\nmode = \"apply\"").await.unwrap();
    std::fs::write(folder.path().join(".lamplighter/STOP"), "not now").unwrap();
    let repairs = bold.repair(&Scope::everything()).await.unwrap();
    assert!(repairs.repairs.iter().all(|repair| !repair.is_done()), "the stop switch is on: {repairs:#?}");
    std::fs::remove_file(folder.path().join(".lamplighter/STOP")).unwrap();

    let repairs = bold.repair(&Scope::everything()).await.unwrap();
    assert!(repairs.repairs.iter().all(lamplighter::Repair::is_done), "{repairs:#?}");
    let deleted = world.pods_deleted();
    assert_eq!(deleted.len(), 1, "{deleted:#?}");
    // The successor has not crashed often yet, and what works was never touched.
    assert!(bold.repair(&Scope::everything()).await.unwrap().repairs.is_empty());
    assert!(world.is_ready("apps", "shop"));
}

#[tokio::test]
async fn a_post_mortem_is_written_only_of_what_is_seen_to_be_wrong() {
    let (world, folder) = (World::start(WORLD.parse::<WorldSpec>().unwrap()).unwrap(), tempfile::tempdir().unwrap());
    let broken = lamplighter(&world, folder.path(), "owner = \"ada\"").await.unwrap();
    let written = broken.post_mortem(&PostMortemOf::Now, None).await.unwrap();
    assert!(written.text.contains("wiki"), "{}", written.text);
    // A window says where to look, not that anything failed in it.
    let long_ago = PostMortemOf::Window { from: Timestamp::UNIX_EPOCH, to: Timestamp::UNIX_EPOCH };
    let error = broken.post_mortem(&long_ago, None).await.unwrap_err();
    assert!(error.kind() == ErrorKind::NotFound && error.public_message().contains("the earliest"), "{error:?}");

    let spec = "startup_ms = 10\n[[workload]]\nnamespace = \"apps\"\nname = \"shop\"\n";
    let (world, folder) = (World::start(spec.parse::<WorldSpec>().unwrap()).unwrap(), tempfile::tempdir().unwrap());
    let healthy = lamplighter(&world, folder.path(), "owner = \"ada\"").await.unwrap();
    let error = healthy.post_mortem(&PostMortemOf::Now, None).await.unwrap_err();
    assert!(error.kind() == ErrorKind::NotFound && error.public_message().contains("nothing is seen"), "{error:?}");
}

#[tokio::test]
async fn what_is_broken_is_filed_once_and_its_recovery_is_said() {
    let (world, folder) = (World::start(WORLD.parse::<WorldSpec>().unwrap()).unwrap(), tempfile::tempdir().unwrap());
    let lamplighter = lamplighter(&world, folder.path(), "owner = \"ada\"").await.unwrap();
    let scan = async || {
        let report = lamplighter.health(&Scope::everything()).await.unwrap();
        lamplighter.file_issues(report).await.unwrap()
    };
    let filed = scan().await.filed;
    assert_eq!(filed.len(), 1, "one for all that is wrong with the wiki");
    assert!(scan().await.filed.is_empty());

    world.heal_workload("apps", "wiki").unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !world.is_ready("apps", "wiki") && std::time::Instant::now() < deadline {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(scan().await.recovered, filed);
    assert!(scan().await.recovered.is_empty());
    world.break_workload("apps", "wiki", Fault::stuck_for_good()).unwrap();
}

#[tokio::test]
async fn a_namespace_that_is_not_there_is_an_error() {
    let (world, folder) = (World::start(WORLD.parse::<WorldSpec>().unwrap()).unwrap(), tempfile::tempdir().unwrap());
    let lamplighter = lamplighter(&world, folder.path(), "owner = \"ada\"").await.unwrap();
    let error = lamplighter.health(&Scope::namespace("aps")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("\"aps\""), "{error}");
    assert!(lamplighter.health(&Scope::namespace("apps")).await.is_ok());
}

#[tokio::test]
async fn known_issues_are_read_from_the_file_that_is_configured() {
    let (world, folder) = (World::start(WORLD.parse::<WorldSpec>().unwrap()).unwrap(), tempfile::tempdir().unwrap());
    let config = "owner = \"ada\"\n[health]\nknown_issues = \"known.md\"";
    let missing = lamplighter(&world, folder.path(), config).await.err().unwrap();
    assert!(missing.chain().contains("known.md"), "{}", missing.chain());

    std::fs::write(folder.path().join("known.md"), "## The wiki is broken\n\n- deployment/apps/wiki\n- pod/*\n")
        .unwrap();
    let lamplighter = lamplighter(&world, folder.path(), config).await.unwrap();
    let report = lamplighter.health(&Scope::everything()).await.unwrap();
    assert_eq!(status(&report, "deployments"), CheckStatus::Pass, "{report:#?}");
    assert_eq!(status(&report, "pods-crash-looping"), CheckStatus::Pass, "{report:#?}");
    let known = report.checks.iter().find(|check| check.check == "known-issues").unwrap();
    assert!(known.summary.contains("known.md, line 4"), "{known:#?}");
    assert!(lamplighter.file_issues(report).await.unwrap().filed.is_empty());
    assert!(lamplighter.repair(&Scope::everything()).await.unwrap().repairs.is_empty());
}
