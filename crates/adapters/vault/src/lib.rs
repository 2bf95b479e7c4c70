//! Secrets from Vault, with a login that keeps itself alive.
//!
//! [`VaultSecrets`] implements [`Secrets`] over the [KV engine, version 2](https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2)
//! of Vault, and of OpenBao, which speaks the same.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter_core::ports::{SecretPath, Secrets};
//! use lamplighter_testkit::fakes::FakeClock;
//! use lamplighter_testkit::world::VaultWorld;
//! use lamplighter_testkit::world::vault::{PolicyRule, SecretIdRules, TokenRules};
//! use lamplighter_vault::{VaultLogin, VaultSecrets, VaultSettings};
//! use secrecy::ExposeSecret;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> lamplighter_core::Result<()> {
//! let clock = Arc::new(FakeClock::auto());
//! let vault = VaultWorld::start(clock.clone())?;
//! vault.put("secret", "wiki/db", &[("password", "tr0ub4dor")]);
//! vault.set_policy("wiki", [PolicyRule::read("secret/data/wiki/*")]);
//! let role_id = vault.set_approle("approle", "wiki", TokenRules::new(&["wiki"]));
//! let secret_id = vault.secret_id("approle", "wiki", SecretIdRules::default()).expect("there is such a role");
//!
//! let login = VaultLogin::approle(role_id, secret_id);
//! let secrets = VaultSecrets::new(VaultSettings::new(vault.url(), login), clock)?;
//! let path = SecretPath { path: "secret/wiki/db".to_owned(), field: "password".to_owned() };
//! assert_eq!(secrets.get(&path).await?.expose_secret(), "tr0ub4dor");
//! # Ok(())
//! # }
//! ```
//!
//! # Paths
//! A path is that of the secret below the mount that is [set](VaultSettings::with_mount) (`secret` by default). The mount
//! may be written before it, and a `data/` after the mount, as in a URL of the API: `wiki/db`, `secret/wiki/db` and
//! `secret/data/wiki/db` are the same. So a secret whose own path begins with the mount's name is written with the mount
//! before it (`secret/secret/db`), and one whose path begins with `data/` with both (`secret/data/data/db`).
//!
//! The value is that of the latest version. A field that is a number or a truth value is told as JSON writes it; null,
//! a list and an object are an error.
//!
//! # Login
//! The first call logs in. From then on the token is renewed at two thirds of its lease or a little earlier, by a task
//! that ends with the last clone. What cannot be renewed, is refused a renewal, or comes near the end of all renewals, is
//! replaced by a new login; so is a token that Vault does not take any more when a secret is read. The task does nothing
//! for a token whose time is over: the next call logs in. A token is left to its end and not revoked.
//!
//! There is one login at a time, however many wait for it, and all who wait get what comes of it. A refused read leads to
//! one new login, since the token may have been revoked or its role may have got another policy. Where that changed
//! nothing, refusals in the next five minutes lead to a login only when the token is found to be gone.
//!
//! # Freshness
//! Every call reads, except that those who read the same secret at the same time share one answer. With
//! [patience](VaultSettings::with_patience), a value that was read is kept in memory and given again when Vault is away
//! (cannot be reached, takes too long, is sealed, is a standby without a leader, or something else answers in its place),
//! for so long after it was read and no longer. What Vault does say is never hidden by a kept value: neither that a secret
//! is not there nor that it may not be read, and after either the value is not kept any more.
//!
//! # Failures
//! A call ends within its [time limit](VaultSettings::with_timeout), login and retries included. `429`, `5xx` and broken
//! connections are tried again twice; an AppRole login is not where its answer was lost, since a secret ID can be used up.
//! An answer is read up to 4 MiB. A standby's redirect to the active node is followed once, never from HTTPS to HTTP.
//!
//! # What is kept to itself
//! No value, token, secret ID or JWT is in a `Debug`, an error or a log line. Nothing that Vault says is repeated either,
//! because a server that lies could put any of these into it; known texts are told in our own words. That is why only the
//! requests are [vaultrs]': its client takes settings and tokens from the environment, follows redirects with the
//! token, reads answers without a limit, and puts their text into its errors and its log.
//!
//! What it deliberately does not do: it writes nothing, reads no environment, knows no other engine, and revokes nothing.
//!
//! [`Secrets`]: lamplighter_core::ports::Secrets

mod answer;
mod error;
mod keeper;
mod lease;
mod login;
mod path;
mod reader;
mod secrets;
mod session;
mod settings;
mod transport;

pub use error::VaultError;
pub use secrets::VaultSecrets;
pub use settings::{VaultLogin, VaultSettings};
