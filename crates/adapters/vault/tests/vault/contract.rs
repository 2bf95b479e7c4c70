//! What every store of secrets promises.

use lamplighter_core::async_trait;
use lamplighter_core::ports::{SecretPath, Secrets};
use lamplighter_testkit::contract::{self, SecretsHarness};
use lamplighter_testkit::world::vault::{PolicyRule, SecretIdRules, TokenRules};
use lamplighter_vault::VaultSecrets;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::support::{Town, failure, path};

struct Harness(VaultSecrets);

#[async_trait]
impl SecretsHarness for Harness {
    fn port(&self) -> &dyn Secrets {
        &self.0
    }

    fn forbidden(&self) -> Option<SecretPath> {
        Some(path("contract/shut", "password"))
    }
}

#[tokio::test]
async fn vault_is_a_store_of_secrets_however_one_logs_in() {
    let town = Town::new();
    town.vault.put("secret", "contract/wiki", &[("password", "tr0ub4dor"), ("empty", "")]);
    town.vault.put("secret", "contract/shut", &[("password", "tr0ub4dor")]);
    town.vault
        .set_policy("contract", [PolicyRule::read("secret/data/*"), PolicyRule::deny("secret/data/contract/shut")]);
    let rules = TokenRules::new(&["contract"]);
    town.set_role(rules.clone());
    contract::secrets(&Harness(town.secrets())).await;
    let login = town.approle(rules.clone(), SecretIdRules::default());
    contract::secrets(&Harness(town.secrets_as(login))).await;
    let login = lamplighter_vault::VaultLogin::Token(town.vault.token(rules));
    contract::secrets(&Harness(town.secrets_as(login))).await;
}

#[tokio::test]
async fn a_path_may_be_written_as_people_write_it() {
    let town = Town::new();
    town.vault.set_policy("wiki", [PolicyRule::read("+/data/*"), PolicyRule::read("team/kv/data/*")]);
    town.vault.put("secret", "a b/ü?x#y%2f", &[("password", "odd")]);
    town.vault.put("team/kv", "wiki/db", &[("password", "the team's")]);
    town.vault.put("secret", "data/wiki", &[("password", "data")]);
    let secrets = town.secrets();
    for (written, value) in [
        ("wiki/db", "tr0ub4dor"),
        ("secret/wiki/db", "tr0ub4dor"),
        ("secret/data/wiki/db", "tr0ub4dor"),
        ("/secret/data/wiki/db/", "tr0ub4dor"),
        ("a b/ü?x#y%2f", "odd"),
        ("secret/data/data/wiki", "data"),
    ] {
        let read = secrets.get(&path(written, "password")).await;
        assert_eq!(read.unwrap().expose_secret(), value, "{written}");
    }
    let asked = town.vault.requests().len();
    let refused = secrets.get(&path("wiki/../shop", "password")).await;
    failure(refused, lamplighter_core::ErrorKind::InvalidInput, "wiki/../shop");
    assert_eq!(town.vault.requests().len(), asked, "what means another path is not even asked for");
    let team = town.secrets_with(town.settings(town.kubernetes()).with_mount("team/kv"));
    assert_eq!(team.get(&path("team/kv/data/wiki/db", "password")).await.unwrap().expose_secret(), "the team's");
}

#[tokio::test]
async fn what_is_not_there_is_told_exactly() {
    use lamplighter_core::ErrorKind::{InvalidInput, NotFound};
    let town = Town::new();
    town.vault.set_policy("wiki", [PolicyRule::read("*")]);
    let fields = json!({ "port": 5432, "tls": true, "hosts": ["a"], "nested": { "a": 1 }, "nothing": null });
    town.vault.put_json("secret", "odd", fields.as_object().unwrap().clone());
    town.vault.put("secret", "gone", &[("password", "old")]);
    town.vault.delete("secret", "gone");
    town.vault.put("secret", "burnt", &[("password", "old")]);
    town.vault.destroy("secret", "burnt");
    let secrets = town.secrets();
    for (where_it_is, field, kind, says) in [
        ("wiki/db", "passwort", NotFound, "wiki/db#passwort: it has no such field"),
        ("wiki/bd", "password", NotFound, "wiki/bd#password: no such path"),
        ("gone", "password", NotFound, "its latest version is deleted"),
        ("burnt", "password", NotFound, "its latest version is destroyed"),
        ("odd", "hosts", InvalidInput, "a list"),
        ("odd", "nested", InvalidInput, "an object"),
        ("odd", "nothing", InvalidInput, "nothing"),
    ] {
        let error = failure(secrets.get(&path(where_it_is, field)).await, kind, says);
        assert!(!error.is_retryable() && error.to_string().contains(field), "{error}");
    }
    assert_eq!(secrets.get(&path("odd", "port")).await.unwrap().expose_secret(), "5432");
    assert_eq!(secrets.get(&path("odd", "tls")).await.unwrap().expose_secret(), "true");
    let elsewhere = town.secrets_with(town.settings(town.kubernetes()).with_mount("kv"));
    failure(elsewhere.get(&path("wiki/db", "password")).await, NotFound, "nothing is mounted there");
    let deeper = town.secrets_with(town.settings(town.kubernetes()).with_mount("secret/wiki"));
    failure(deeper.get(&path("db", "password")).await, NotFound, "shorter");
}

#[tokio::test]
async fn a_namespace_is_sent_along() {
    let town = Town::new();
    town.vault.enable_namespace("team");
    let root = lamplighter_vault::VaultLogin::Token(town.vault.token(TokenRules::new(&["root"])));
    town.vault.put("team/secret", "wiki/db", &[("password", "the team's")]);
    let secrets = town.secrets_with(town.settings(root).with_namespace("team"));
    assert_eq!(secrets.get(&path("wiki/db", "password")).await.unwrap().expose_secret(), "the team's");
}
