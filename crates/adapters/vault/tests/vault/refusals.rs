//! 403: a token that was revoked, or a permission that is missing.

use std::time::Duration;

use lamplighter_core::ErrorKind::Permission;
use lamplighter_core::ports::Secrets;
use lamplighter_testkit::world::vault::{PolicyRule, TokenRules};
use lamplighter_vault::VaultLogin;

use crate::support::{Town, assert_reads, failure, password, path};

const MINUTE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_revoked_token_is_replaced_and_nobody_notices() {
    let town = Town::still();
    let secrets = town.secrets();
    for logins in 1..5 {
        assert_reads(password(&secrets).await);
        assert_eq!(town.vault.logins(), logins);
        if logins % 2 == 0 { town.vault.revoke_tokens() } else { town.vault.expire_tokens() }
    }
}

#[tokio::test]
async fn a_missing_permission_leads_to_one_login_and_then_to_the_error() {
    let town = Town::still();
    let secrets = town.secrets();
    assert_reads(password(&secrets).await);
    let says = "the role lamplighter of auth/kubernetes may not read secret/shop/db#key; \
                add a policy with read on secret/data/shop/db";
    let ask = async || failure(secrets.get(&path("secret/shop/db", "key")).await, Permission, says);
    assert!(!ask().await.is_retryable());
    assert_eq!(town.vault.logins(), 2);
    for _ in 0..3 {
        ask().await;
    }
    assert_eq!(town.vault.logins(), 2, "the last login changed nothing, and the token is alive");
    town.clock.advance(MINUTE * 5);
    ask().await;
    assert_eq!(town.vault.logins(), 3, "by now it might have");
    assert_reads(password(&secrets).await);
    town.vault.revoke_tokens();
    assert_reads(password(&secrets).await);
    assert_eq!(town.vault.logins(), 4, "a token that is gone is replaced in between as well");
}

#[tokio::test]
async fn a_permission_that_was_given_meanwhile_is_found_by_the_login() {
    let town = Town::still();
    let secrets = town.secrets();
    town.vault.put("secret", "shop/db", &[("password", "tr0ub4dor")]);
    let at = path("shop/db", "password");
    failure(secrets.get(&at).await, Permission, "may not read");
    town.vault.set_policy("shop", [PolicyRule::read("secret/data/shop/*")]);
    town.set_role(TokenRules::new(&["wiki", "shop"]));
    town.clock.advance(MINUTE * 5);
    assert_reads(secrets.get(&at).await);
    town.vault.remove_policy("shop");
    failure(secrets.get(&at).await, Permission, "may not read");
    town.vault.set_policy("shop", [PolicyRule::read("secret/data/shop/*")]);
    assert_reads(secrets.get(&at).await);
}

#[tokio::test]
async fn a_given_token_that_was_revoked_cannot_be_replaced() {
    let town = Town::still();
    let secrets = town.secrets_as(VaultLogin::Token(town.vault.token(TokenRules::new(&["wiki"]))));
    assert_reads(password(&secrets).await);
    failure(secrets.get(&path("shop/db", "key")).await, Permission, "the token may not read shop/db#key");
    town.vault.revoke_tokens();
    failure(password(&secrets).await, Permission, "give another one");
}
