//! Secrets in variables.

use lamplighter_core::ports::{SecretPath, Secrets};
use lamplighter_core::{ErrorKind, async_trait};
use lamplighter_env::EnvSecrets;
use lamplighter_testkit::contract::{self, SecretsHarness};
use secrecy::ExposeSecret;

struct Harness(EnvSecrets);

#[async_trait]
impl SecretsHarness for Harness {
    fn port(&self) -> &dyn Secrets {
        &self.0
    }
}

#[tokio::test]
async fn variables_are_a_store_of_secrets() {
    let variables = [("CONTRACT_WIKI_PASSWORD", "tr0ub4dor"), ("CONTRACT_WIKI_EMPTY", "")];
    contract::secrets(&Harness(EnvSecrets::new(variables))).await;
}

#[tokio::test]
async fn a_variable_is_found_by_its_name_and_by_path_and_field() {
    let variables = [("GITHUB_TOKEN", "one"), ("lower-case", "two"), ("LOWER_CASE", "three"), ("A_B", "four")];
    let secrets = EnvSecrets::new(variables);
    for (path, field, value) in [
        ("GITHUB_TOKEN", "", Some("one")),
        ("github", "token", Some("one")),
        ("github/token", "", Some("one")),
        ("lower-case", "", Some("two")),
        ("lower.case", "", Some("three")),
        ("a", "b", Some("four")),
        ("a", "", None),
        ("", "a_b", None),
        ("", "", None),
    ] {
        let path = SecretPath { path: path.to_owned(), field: field.to_owned() };
        let read = secrets.get(&path).await;
        assert_eq!(read.as_ref().ok().map(ExposeSecret::expose_secret), value, "{path}");
    }
}

#[tokio::test]
async fn what_is_missing_is_named_and_nothing_is_shown() {
    let secrets = EnvSecrets::new([("GITHUB_TOKEN", "hunter2")]);
    let path = SecretPath { path: "github".to_owned(), field: "tokem".to_owned() };
    let error = secrets.get(&path).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.to_string(), "there is no secret github#tokem: set the variable GITHUB_TOKEM");
    assert_eq!(format!("{secrets:?}"), "EnvSecrets { variables: 1 }");
}
