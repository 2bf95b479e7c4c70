//! Service-account tokens of a real Kubernetes API server, which the played Vault has reviewed by it. Skipped with a line
//! that says so where that server is absent (`../shared/servers/kube-up` beside the repository, and etcd).

use std::sync::Arc;
use std::time::Duration;

use lamplighter_core::ErrorKind::{InvalidInput, Permission};
use lamplighter_testkit::servers::KubernetesApi;
use lamplighter_testkit::world::vault::{KubernetesRole, TokenRules};
use lamplighter_vault::VaultLogin;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::support::{Town, assert_reads, failure, password};

impl Town {
    fn carry(&self, jwt: &SecretString) {
        std::fs::write(self.jwt_path(), jwt.expose_secret()).unwrap();
    }

    fn as_role(&self, role: &str) -> VaultLogin {
        let (mount, role) = ("kubernetes".to_owned(), role.to_owned());
        VaultLogin::Kubernetes { mount, role, jwt_path: self.jwt_path() }
    }
}

#[tokio::test]
async fn service_accounts_of_a_real_api_server_log_in() {
    let Some(api) = KubernetesApi::start() else { return };
    let town = Town::new();
    town.vault.review_with(Arc::new(api.reviewer().await));
    for (namespace, name) in [("ops", "lamplighter"), ("ops", "default-2"), ("apps", "lamplighter")] {
        api.add_service_account(namespace, name).await;
    }
    let audience = KubernetesRole::new("ops", "lamplighter", TokenRules::new(&["wiki"])).with_audience("vault");
    town.vault.set_kubernetes_role("kubernetes", "for-vault", audience);
    let try_as = async |role: &str| password(&town.secrets_as(town.as_role(role))).await;

    // The right account, with a token for the API server and with one for Vault.
    let token = api.service_account_token("ops", "lamplighter", &[]).await;
    town.carry(&token);
    assert_reads(try_as("lamplighter").await);
    failure(try_as("for-vault").await, Permission, "permission denied");
    failure(try_as("no-such-role").await, InvalidInput, "there is no such role");
    town.carry(&api.service_account_token("ops", "lamplighter", &["vault"]).await);
    assert_reads(try_as("for-vault").await);
    failure(try_as("lamplighter").await, Permission, "permission denied");

    // Others.
    town.carry(&api.service_account_token("apps", "lamplighter", &[]).await);
    failure(try_as("lamplighter").await, Permission, "bound_service_account_namespaces");
    town.carry(&api.service_account_token("ops", "default-2", &[]).await);
    failure(try_as("lamplighter").await, Permission, "bound_service_account_names");
    let forged = format!("{}x", token.expose_secret());
    town.carry(&forged.into());
    failure(try_as("lamplighter").await, Permission, "permission denied");

    // A token that rotates, and an account that goes away.
    town.carry(&token);
    let secrets = town.secrets_as(town.as_role("lamplighter"));
    assert_reads(password(&secrets).await);
    town.carry(&api.service_account_token("ops", "lamplighter", &[]).await);
    town.vault.revoke_tokens();
    assert_reads(password(&secrets).await);
    // Tokens that were never looked at: the API server remembers for ten seconds what it has found valid, and hears of a
    // deletion a moment later.
    let mut unseen = Vec::new();
    for _ in 0..20 {
        unseen.push(api.service_account_token("ops", "lamplighter", &[]).await);
    }
    let path = "/api/v1/namespaces/ops/serviceaccounts/lamplighter";
    assert_eq!(api.call(Method::DELETE, path, &json!({})).await.0, 200);
    while let Some(token) = unseen.pop() {
        town.carry(&token);
        town.vault.revoke_tokens();
        let outcome = password(&secrets).await;
        if outcome.is_err() {
            failure(outcome, Permission, "permission denied");
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("an account that is gone can still log in");
}
