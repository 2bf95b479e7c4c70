//! The pipeline that Lamplighter takes over from, unchanged: curl and jq log in to Vault with a service account's token, read
//! the API token, post to `/execute` and ask for the job until it is done.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use lamplighter_scenarios::{REPOSITORY, find};
use lamplighter_testkit::servers::{KubernetesApi, program};
use lamplighter_testkit::world::vault::{KnownTokens, KubernetesRole, TokenRules};
use secrecy::ExposeSecret;
use tempfile::TempDir;

const ROLE: &str = "lamplighter-pipeline";
const NAMESPACE: &str = "woodpecker";

#[tokio::test(flavor = "multi_thread")]
async fn the_pipelines_sequence_ends_with_the_issue_answered() {
    if program(&["curl"]).and(program(&["jq"])).is_none() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let scenario = find("stuck-pod").unwrap();
    let mut served = scenario.serve(&folder.path().join("stuck-pod"), |builder| builder).await.unwrap();
    served.vault().set_kubernetes_role(
        "kubernetes",
        ROLE,
        KubernetesRole::new(NAMESPACE, ROLE, TokenRules::new(&["lamplighter"])),
    );
    // A real token, which the real API server reviews, where there is one.
    let api = KubernetesApi::start();
    let jwt = if let Some(api) = &api {
        api.add_service_account(NAMESPACE, ROLE).await;
        served.vault().review_with(Arc::new(api.reviewer().await));
        api.service_account_token(NAMESPACE, ROLE, &[]).await.expose_secret().to_owned()
    } else {
        served.vault().review_with(Arc::new(KnownTokens::default().with("jwt-0f-the-p0d", NAMESPACE, ROLE)));
        "jwt-0f-the-p0d".to_owned()
    };
    let outcome = served.play().await.unwrap();
    assert_eq!(outcome.resolution, scenario.expected.resolution);

    let (code, said) = run(&served.addresses(), folder.path(), &jwt, "Wiki shows 502; $(rm -rf /) `id` \"'").await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("completed"), "{said}");
    assert!(!said.contains(&jwt), "no token is printed");
    let issue = served.github().issue(REPOSITORY, 1);
    assert_eq!(issue.comments.len(), 3, "the pipeline's job is the answer that there was already");
    assert_eq!(served.stage().world().pods_deleted().len(), 1);

    let (code, said) = run(&served.addresses(), folder.path(), "a.forged.token", "Wiki shows 502").await;
    assert_eq!(code, Some(3), "Vault does not let a forged token in: {said}");
    served.end().await.unwrap();
}

/// Runs the script that ships with the project; its exit code, and what it printed.
async fn run(addresses: &[(&'static str, String)], folder: &Path, jwt: &str, title: &str) -> (Option<i32>, String) {
    let address = |name: &str| addresses.iter().find(|(known, _)| *known == name).unwrap().1.clone();
    let jwt_file = folder.join("jwt");
    std::fs::write(&jwt_file, jwt).unwrap();
    let mut command = Command::new("sh");
    command
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/woodpecker/process-issue.sh"))
        .env("ISSUE_NUMBER", "1")
        .env("ISSUE_TITLE", title)
        .env("VAULT_ADDR", address("vault"))
        .env("LAMPLIGHTER_URL", address("lamplighter"))
        .env("JWT_FILE", jwt_file)
        .env("POLL_SECONDS", "1")
        .env("WAIT_SECONDS", "60");
    tokio::task::spawn_blocking(move || {
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        (output.status.code(), said)
    })
    .await
    .unwrap()
}
