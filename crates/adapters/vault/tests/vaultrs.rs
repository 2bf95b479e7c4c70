//! The played Vault, visited by vaultrs' own client: what it understands, the real one would have said so.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test says where")]

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::world::VaultWorld;
use lamplighter_testkit::world::vault::{KnownTokens, KubernetesRole, Node, PolicyRule, SecretIdRules, TokenRules};
use secrecy::ExposeSecret;
use vaultrs::client::{Client, VaultClient, VaultClientSettingsBuilder};
use vaultrs::error::ClientError;
use vaultrs::sys::ServerStatus;
use vaultrs::{auth, kv2, sys, token};

fn client(vault: &VaultWorld, token: &str) -> VaultClient {
    let mut settings = VaultClientSettingsBuilder::default();
    let settings = settings.address(vault.url()).token(token).verify(true).ca_certs(Vec::new()).identity(None);
    VaultClient::new(settings.build().unwrap()).unwrap()
}

fn refused<T>(outcome: Result<T, ClientError>) -> (u16, Vec<String>) {
    match outcome.err().unwrap() {
        ClientError::APIError { code, errors } => (code, errors),
        other => panic!("not an answer of the API: {other}"),
    }
}

#[tokio::test]
async fn vaultrs_finds_what_it_expects_of_vault() {
    let clock = FakeClock::new();
    let vault = VaultWorld::start(Arc::new(clock.clone())).unwrap();
    vault.put("secret", "wiki/db", &[("password", "old")]);
    vault.put("secret", "wiki/db", &[("password", "new")]);
    vault.set_policy(
        "wiki",
        [PolicyRule::read("secret/data/wiki/*"), PolicyRule::new("secret/metadata/*", &["list", "read"])],
    );
    let rules = TokenRules::new(&["wiki"]).living(Duration::from_hours(1), Duration::from_mins(90));
    vault.set_kubernetes_role("kubernetes", "lamplighter", KubernetesRole::new("ops", "lamplighter", rules.clone()));
    vault.review_with(Arc::new(KnownTokens::default().with("a.jwt", "ops", "lamplighter")));
    let role_id = vault.set_approle("approle", "ci", rules);
    let secret_id = vault.secret_id("approle", "ci", SecretIdRules::default()).unwrap();

    let nobody = client(&vault, "");
    let by_account = auth::kubernetes::login(&nobody, "kubernetes", "lamplighter", "a.jwt").await.unwrap();
    let by_role = auth::approle::login(&nobody, "approle", &role_id, secret_id.expose_secret()).await.unwrap();
    assert_eq!((by_account.lease_duration, by_account.renewable, by_role.token_type.as_str()), (3600, true, "service"));
    let (code, errors) = refused(auth::kubernetes::login(&nobody, "kubernetes", "lamplighter", "forged").await);
    assert_eq!((code, errors), (403, vec!["permission denied".to_owned()]));

    let mut visitor = client(&vault, &by_account.client_token);
    let secret: HashMap<String, String> = kv2::read(&visitor, "secret", "wiki/db").await.unwrap();
    assert_eq!(secret["password"], "new");
    let secret: HashMap<String, String> = kv2::read_version(&visitor, "secret", "wiki/db", 1).await.unwrap();
    assert_eq!(secret["password"], "old");
    let metadata = kv2::read_metadata(&visitor, "secret", "wiki/db").await.unwrap();
    assert_eq!((metadata.current_version, metadata.versions.len()), (2, 2));
    assert_eq!(kv2::list(&visitor, "secret", "wiki").await.unwrap(), ["db"]);
    let gone = kv2::read::<HashMap<String, String>>(&visitor, "secret", "wiki/nothing").await;
    assert_eq!(refused(gone), (404, vec![]));

    let own = token::lookup_self(&visitor).await.unwrap();
    assert_eq!((own.ttl, own.display_name.as_str()), (3600, "kubernetes-ops-lamplighter"));
    clock.advance(Duration::from_mins(50));
    let renewed = visitor.renew(Some("10m")).await.unwrap();
    assert_eq!(renewed.lease_duration, 600);
    assert_eq!(visitor.renew(None).await.unwrap().lease_duration, 2400, "capped by its longest life");
    visitor.revoke().await.unwrap();
    assert_eq!(refused(token::lookup_self(&visitor).await).0, 403);
    visitor.set_token(&by_role.client_token);
    clock.advance(Duration::from_mins(10));
    assert_eq!(refused(token::lookup_self(&visitor).await).0, 403, "its hour is over");

    assert!(matches!(sys::status(&nobody).await.unwrap(), ServerStatus::OK));
    vault.become_node(Node::PerformanceStandby);
    assert!(matches!(sys::status(&nobody).await.unwrap(), ServerStatus::PERFSTANDBY));
    vault.become_node(Node::Standby(None));
    assert!(matches!(sys::status(&nobody).await.unwrap(), ServerStatus::STANDBY));
    vault.seal();
    assert!(matches!(sys::status(&nobody).await.unwrap(), ServerStatus::SEALED));
    vault.set_initialized(false);
    assert!(matches!(sys::status(&nobody).await.unwrap(), ServerStatus::UNINITIALIZED));
}
