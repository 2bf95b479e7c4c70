use lamplighter_core::ports::{SecretPath, Secrets};
use lamplighter_core::{ErrorKind, async_trait};
use secrecy::ExposeSecret;

use super::assert_fails;

/// A store of secrets to be tested. At `contract/wiki` the field `password` is `tr0ub4dor` and the field
/// `empty` is empty.
#[async_trait]
pub trait SecretsHarness: Send + Sync {
    /// The port under test.
    fn port(&self) -> &dyn Secrets;

    /// A secret that is there and may not be read. `None` where that cannot be had.
    fn forbidden(&self) -> Option<SecretPath> {
        None
    }
}

/// Checks everything that [`Secrets`] promises.
pub async fn secrets(harness: &dyn SecretsHarness) {
    for (field, value) in [("password", "tr0ub4dor"), ("empty", "")] {
        let secret = harness.port().get(&at("contract/wiki", field)).await.expect("the secret is there");
        assert_eq!(secret.expose_secret(), value);
    }
    for path in [at("contract/wiki", "passwor"), at("contract/wik", "password"), at("", ""), at("contract", "wiki")] {
        let outcome = harness.port().get(&path).await;
        let message = outcome.as_ref().err().map(ToString::to_string).unwrap_or_default();
        assert_fails(outcome, ErrorKind::NotFound, &format!("reading {path}"));
        assert!(message.contains(&path.path) && message.contains(&path.field), "{path} is named: {message}");
        assert!(!message.contains("tr0ub4dor"), "no value is in an error: {message}");
    }
    if let Some(path) = harness.forbidden() {
        assert_fails(harness.port().get(&path).await, ErrorKind::Permission, "reading what may not be read");
    }
}

fn at(path: &str, field: &str) -> SecretPath {
    SecretPath { path: path.to_owned(), field: field.to_owned() }
}
