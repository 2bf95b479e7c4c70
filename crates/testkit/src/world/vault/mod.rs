//! A played Vault that speaks its HTTP API over loopback.
//!
//! [`VaultWorld`] is written after Vault's [API documentation](https://developer.hashicorp.com/vault/api-docs) and is as
//! strict: real paths, codes, envelopes and error texts, policies with globs, tokens that expire by a clock that the test
//! moves, roles that are bound to service accounts, secret IDs that are used up.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter_testkit::fakes::FakeClock;
//! use lamplighter_testkit::world::VaultWorld;
//! use lamplighter_testkit::world::vault::{KnownTokens, KubernetesRole, PolicyRule, TokenRules, VaultFault};
//!
//! let vault = VaultWorld::start(Arc::new(FakeClock::new()))?;
//! vault.put("secret", "wiki/db", &[("password", "tr0ub4dor")]);
//! vault.set_policy("wiki", [PolicyRule::read("secret/data/wiki/*")]);
//! let role = KubernetesRole::new("ops", "lamplighter", TokenRules::new(&["wiki"]));
//! vault.set_kubernetes_role("kubernetes", "lamplighter", role);
//! vault.review_with(Arc::new(KnownTokens::default().with("a.service.token", "ops", "lamplighter")));
//!
//! // From here on the next login fails.
//! vault.fault(VaultFault::status(500).on("POST", "/login"));
//! assert!(vault.url().starts_with("http://127.0.0.1:"));
//! # Ok::<(), lamplighter_testkit::world::WorldError>(())
//! ```
//!
//! Played are the KV engine version 2 (reading), the Kubernetes and AppRole logins, what a token does with itself, and
//! `sys/health` and `sys/seal-status`. A namespace is a prefix of the mounts in it. Whose a service-account token is, is
//! asked of a [`TokenReviewer`]; with the feature `servers` there is one that asks a real API server.
//!
//! What is deliberately not here: writing over HTTP, other engines, response wrapping, identity, and TLS.

mod answer;
mod fault;
mod health;
mod kv;
mod ledger;
mod login;
mod policy;
mod reviewer;
mod route;
mod server;
mod state;
mod token;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use lamplighter_core::Clock;
use secrecy::SecretString;
use serde_json::{Map, Value};

pub use fault::VaultFault;
pub use health::Node;
pub use ledger::{TokenWorth, VaultRequest};
pub use login::{KubernetesRole, SecretIdRules};
pub use policy::PolicyRule;
pub use reviewer::{KnownTokens, ServiceAccount, TokenReviewer};
pub use token::TokenRules;

use super::WorldError;
use super::listening::Listening;
use login::{AppRole, AuthMount, SecretId};
use server::Shared;
use token::after;

/// A played Vault. It stops when it is dropped.
///
/// It begins unsealed and active, with an empty KV engine at `secret` and the `default` policy. What a method names
/// and is not there yet is made: mounts, roles.
pub struct VaultWorld {
    shared: Arc<Shared>,
    address: SocketAddr,
    _listening: Listening,
}

impl VaultWorld {
    /// Starts one on a free port of the loopback interface, with this clock. It answers at once.
    ///
    /// # Errors
    /// [`WorldError::Serve`] when there is no port.
    pub fn start(clock: Arc<dyn Clock>) -> Result<Self, WorldError> {
        let shared = Arc::new(Shared::new(clock, Arc::new(KnownTokens::default())));
        let (address, listening) = server::start(Arc::clone(&shared))?;
        Ok(Self { shared, address, _listening: listening })
    }

    /// Its address: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Writes a version of a secret. A mount in a namespace is written `namespace/mount`.
    pub fn put(&self, mount: &str, path: &str, fields: &[(&str, &str)]) {
        let fields = fields.iter().map(|&(name, value)| (name.to_owned(), Value::from(value))).collect();
        self.put_json(mount, path, fields);
    }

    /// Writes a version of a secret whose fields are any JSON.
    pub fn put_json(&self, mount: &str, path: &str, fields: Map<String, Value>) {
        let now = self.shared.clock.now();
        self.shared.state().stores.entry(mount.to_owned()).or_default().put(path, fields, now);
    }

    /// Deletes the latest version of a secret.
    pub fn delete(&self, mount: &str, path: &str) {
        let now = self.shared.clock.now();
        self.shared.state().stores.entry(mount.to_owned()).or_default().delete(path, now);
    }

    /// Destroys the latest version of a secret.
    pub fn destroy(&self, mount: &str, path: &str) {
        self.shared.state().stores.entry(mount.to_owned()).or_default().destroy(path);
    }

    /// Makes a policy, or replaces it.
    pub fn set_policy(&self, name: &str, rules: impl IntoIterator<Item = PolicyRule>) {
        self.shared.state().policies.insert(name.to_owned(), rules.into_iter().collect());
    }

    /// Takes a policy away. Tokens that have it lose what it allowed.
    pub fn remove_policy(&self, name: &str) {
        self.shared.state().policies.remove(name);
    }

    /// Makes a role of the Kubernetes login at `auth/MOUNT`, or replaces it.
    pub fn set_kubernetes_role(&self, mount: &str, name: &str, role: KubernetesRole) {
        let mut state = self.shared.state();
        let kept = state.auth.entry(mount.to_owned());
        match kept.or_insert_with(|| AuthMount::Kubernetes(BTreeMap::new())) {
            AuthMount::Kubernetes(roles) => roles.insert(name.to_owned(), role),
            other @ AuthMount::AppRole(_) => {
                *other = AuthMount::Kubernetes(BTreeMap::from([(name.to_owned(), role)]));
                None
            }
        };
    }

    /// Makes a role of the AppRole login at `auth/MOUNT`; returns its role ID.
    #[must_use]
    pub fn set_approle(&self, mount: &str, name: &str, token: TokenRules) -> String {
        let mut state = self.shared.state();
        let role_id = state.fresh("role");
        let role = AppRole { name: name.to_owned(), token, secret_ids: BTreeMap::new() };
        let roles = BTreeMap::from([(role_id.clone(), role.clone())]);
        match state.auth.entry(mount.to_owned()).or_insert_with(|| AuthMount::AppRole(BTreeMap::new())) {
            AuthMount::AppRole(kept) => {
                kept.retain(|_, other| other.name != name);
                kept.insert(role_id.clone(), role);
            }
            other @ AuthMount::Kubernetes(_) => *other = AuthMount::AppRole(roles),
        }
        role_id
    }

    /// A new secret ID of an AppRole; `None` when there is no such role.
    #[must_use]
    pub fn secret_id(&self, mount: &str, name: &str, limits: SecretIdRules) -> Option<SecretString> {
        let now = self.shared.clock.now();
        let mut state = self.shared.state();
        let id = state.fresh("secret");
        let Some(AuthMount::AppRole(roles)) = state.auth.get_mut(mount) else { return None };
        let role = roles.values_mut().find(|role| role.name == name)?;
        let uses_left = (limits.uses > 0).then_some(limits.uses);
        let expires = (!limits.ttl.is_zero()).then(|| after(now, limits.ttl));
        role.secret_ids.insert(id.clone(), SecretId { uses_left, expires });
        Some(id.into())
    }

    /// A new token. One with the policy `root` may do everything and lives for ever.
    #[must_use]
    pub fn token(&self, rules: TokenRules) -> SecretString {
        let now = self.shared.clock.now();
        self.shared.state().issue_by_hand(rules, now).id.into()
    }

    /// Says who is asked whose a service-account token is.
    pub fn review_with(&self, reviewer: Arc<dyn TokenReviewer>) {
        self.shared.set_reviewer(reviewer);
    }

    /// Enables a namespace. Without one, a request that names one finds nothing.
    pub fn enable_namespace(&self, name: &str) {
        self.shared.state().namespaces.insert(name.to_owned());
    }

    /// Seals it: it answers nothing but its health.
    pub fn seal(&self) {
        self.shared.state().sealed = true;
    }

    /// Unseals it.
    pub fn unseal(&self) {
        self.shared.state().sealed = false;
    }

    /// Makes it one that was never initialized, or one that was.
    pub fn set_initialized(&self, initialized: bool) {
        self.shared.state().initialized = initialized;
    }

    /// Makes it another node of its cluster.
    pub fn become_node(&self, node: Node) {
        self.shared.state().node = node;
    }

    /// Revokes every token.
    pub fn revoke_tokens(&self) {
        self.shared.state().tokens.values_mut().for_each(|(_, token)| token.revoked = true);
    }

    /// Ends the time of every token that has one.
    pub fn expire_tokens(&self) {
        let now = self.shared.clock.now();
        let mut state = self.shared.state();
        for (_, token) in state.tokens.values_mut() {
            token.expires = token.expires.map(|at| at.min(now));
        }
    }

    /// Makes something go wrong with the next requests that match. Faults strike in the order in which they were added.
    pub fn fault(&self, fault: VaultFault) {
        self.shared.state().faults.push(fault);
    }

    /// Takes every fault back.
    pub fn heal(&self) {
        self.shared.state().faults.clear();
    }

    /// Makes each request wait so long, by the world's clock, before anything is done.
    pub fn set_latency(&self, latency: Duration) {
        self.shared.state().latency = latency;
    }

    /// Every request that it got, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<VaultRequest> {
        self.shared.state().requests.clone()
    }

    /// How many logins were asked for, refused ones included.
    #[must_use]
    pub fn logins(&self) -> usize {
        self.count("/login")
    }

    /// How many renewals were asked for, refused ones included.
    #[must_use]
    pub fn renewals(&self) -> usize {
        self.count("/renew-self")
    }

    fn count(&self, end: &str) -> usize {
        self.shared.state().requests.iter().filter(|request| request.path.ends_with(end)).count()
    }

    /// How many logins went on at the same time, at most.
    #[must_use]
    pub fn most_logins_at_once(&self) -> usize {
        self.shared.state().logins.most
    }
}

impl fmt::Debug for VaultWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VaultWorld").field("address", &self.address).finish_non_exhaustive()
    }
}
