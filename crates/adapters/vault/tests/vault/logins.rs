//! All the ways to log in, and to be refused.

use std::sync::Arc;

use lamplighter_core::ErrorKind::{InvalidInput, Permission};
use lamplighter_testkit::world::vault::{KnownTokens, KubernetesRole, SecretIdRules, TokenRules};
use lamplighter_vault::VaultLogin;
use secrecy::SecretString;

use crate::support::{HOUR, JWT, Town, assert_reads, failure, password};

#[tokio::test]
async fn the_first_call_logs_in_and_the_next_ones_do_not() {
    let town = Town::new();
    let secrets = town.secrets();
    assert!(!secrets.is_connected() && town.vault.requests().is_empty(), "nothing is asked before somebody asks");
    for _ in 0..3 {
        assert_reads(password(&secrets).await);
    }
    assert_reads(password(&secrets.clone()).await);
    assert!(secrets.is_connected());
    assert_eq!(town.vault.logins(), 1);
    let other = town.secrets();
    other.connect().await.unwrap();
    other.connect().await.unwrap();
    assert_eq!(town.vault.logins(), 2);
}

#[tokio::test]
async fn requests_are_what_the_api_asks_for() {
    let town = Town::new();
    assert_reads(password(&town.secrets()).await);
    let [login, read] = <[_; 2]>::try_from(town.vault.requests()).unwrap();
    assert_eq!((login.method.as_str(), login.path.as_str()), ("POST", "/v1/auth/kubernetes/login"));
    assert_eq!((read.method.as_str(), read.path.as_str(), read.query.as_str()), ("GET", "/v1/secret/data/wiki/db", ""));
    assert_eq!(login.headers["content-type"], "application/json");
    assert!(!login.headers.contains_key("x-vault-token") && read.headers.contains_key("x-vault-token"));
    assert!([login, read].iter().all(|request| request.headers["x-vault-request"] == "true"));
}

#[tokio::test]
async fn the_service_account_token_is_read_anew_at_each_login() {
    let town = Town::new();
    let secrets = town.secrets();
    assert_reads(password(&secrets).await);
    std::fs::write(town.jwt_path(), "the.next.one").unwrap();
    town.vault.review_with(Arc::new(KnownTokens::default().with("the.next.one", "ops", "lamplighter")));
    town.vault.revoke_tokens();
    assert_reads(password(&secrets).await);
    assert_eq!(town.vault.logins(), 2);
}

#[tokio::test]
async fn a_service_account_that_may_not_log_in_is_told_why() {
    let town = Town::new();
    let role = |namespace: &str, name: &str| KubernetesRole::new(namespace, name, TokenRules::new(&["wiki"]));
    town.vault.set_kubernetes_role("kubernetes", "other-namespace", role("apps", "lamplighter"));
    town.vault.set_kubernetes_role("kubernetes", "other-name", role("ops", "default"));
    let audience = role("ops", "lamplighter").with_audience("vault");
    town.vault.set_kubernetes_role("kubernetes", "other-audience", audience);
    assert!(!town.vault.set_approle("approle", "x", TokenRules::new(&[])).is_empty());
    for (mount, name, kind, says) in [
        ("kubernetes", "no-such-role", InvalidInput, "the role no-such-role of auth/kubernetes: there is no such role"),
        ("kubernetes", "other-namespace", Permission, "bound_service_account_namespaces"),
        ("kubernetes", "other-name", Permission, "bound_service_account_names"),
        ("kubernetes", "other-audience", Permission, "permission denied"),
        ("k8s", "lamplighter", Permission, "is the auth method mounted there"),
        ("approle", "lamplighter", InvalidInput, "is another auth method mounted there"),
    ] {
        let (mount, role) = (mount.to_owned(), name.to_owned());
        let secrets = town.secrets_as(VaultLogin::Kubernetes { mount, role, jwt_path: town.jwt_path() });
        let error = failure(password(&secrets).await, kind, says);
        assert!(!error.is_retryable(), "{error}");
    }
    std::fs::write(town.jwt_path(), "forged").unwrap();
    failure(password(&town.secrets()).await, Permission, "permission denied");
}

#[tokio::test]
async fn a_token_file_that_cannot_be_read_is_named() {
    let town = Town::new();
    std::fs::write(town.jwt_path(), " \n").unwrap();
    failure(password(&town.secrets()).await, InvalidInput, "it is empty");
    std::fs::write(town.jwt_path(), [0xff, 0xfe]).unwrap();
    failure(password(&town.secrets()).await, InvalidInput, "cannot be read");
    std::fs::remove_file(town.jwt_path()).unwrap();
    let file = town.jwt_path().display().to_string();
    failure(password(&town.secrets()).await, InvalidInput, &file);
    assert_eq!(town.vault.requests(), []);
    std::fs::write(town.jwt_path(), JWT).unwrap();
    assert_reads(password(&town.secrets()).await);
}

#[tokio::test]
async fn an_approle_logs_in_until_its_secret_id_is_used_up() {
    let town = Town::new();
    let login = town.approle(TokenRules::new(&["wiki"]), SecretIdRules { uses: 2, ..SecretIdRules::default() });
    let secrets = town.secrets_as(login);
    for _ in 0..2 {
        assert_reads(password(&secrets).await);
        town.vault.revoke_tokens();
    }
    failure(password(&secrets).await, Permission, "expired or used up");
    assert_eq!(town.vault.logins(), 3);
}

#[tokio::test]
async fn a_token_that_was_given_is_used_until_it_ends() {
    let town = Town::still();
    let token = town.vault.token(TokenRules::new(&["wiki"]).living(HOUR, HOUR).batch());
    let secrets = town.secrets_as(VaultLogin::Token(token));
    assert_reads(password(&secrets).await);
    assert_eq!(town.vault.logins(), 0);
    town.clock.advance(HOUR);
    assert!(!secrets.is_connected());
    failure(password(&secrets).await, Permission, "give another one");
    let guessed = town.secrets_as(VaultLogin::Token(SecretString::from("hvs.guessed")));
    failure(password(&guessed).await, Permission, "give another one");
    let root = town.secrets_as(VaultLogin::Token(town.vault.token(TokenRules::new(&["root"]))));
    assert_reads(password(&root).await);
    town.clock.advance(HOUR * 24 * 400);
    assert_reads(password(&root).await);
}
