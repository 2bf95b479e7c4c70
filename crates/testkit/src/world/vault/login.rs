//! The two ways to log in: a Kubernetes service account, and an AppRole.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::answer::{Answer, Refusal};
use super::reviewer::ServiceAccount;
use super::token::TokenRules;

/// A role of the Kubernetes auth method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KubernetesRole {
    /// The service accounts that may log in; `*` is any.
    pub service_accounts: Vec<String>,
    /// Their namespaces; `*` is any.
    pub namespaces: Vec<String>,
    /// The audience that tokens have to be for; empty for the API server's own.
    pub audience: String,
    /// What a login gives.
    pub token: TokenRules,
}

impl KubernetesRole {
    /// This account of this namespace, and no other.
    #[must_use]
    pub fn new(namespace: &str, service_account: &str, token: TokenRules) -> Self {
        let (service_accounts, namespaces) = (vec![service_account.to_owned()], vec![namespace.to_owned()]);
        Self { service_accounts, namespaces, audience: String::new(), token }
    }

    /// The same for tokens of this audience.
    #[must_use]
    pub fn with_audience(self, audience: impl Into<String>) -> Self {
        Self { audience: audience.into(), ..self }
    }
}

/// How often and how long a secret ID may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SecretIdRules {
    /// After how many logins it is gone; zero for no limit.
    pub uses: u32,
    /// How long it lives; zero for ever.
    pub ttl: Duration,
}

/// A way to log in that is mounted.
#[derive(Debug, Clone)]
pub(super) enum AuthMount {
    Kubernetes(BTreeMap<String, KubernetesRole>),
    AppRole(BTreeMap<String, AppRole>),
}

/// A role of the AppRole auth method, by its role ID.
#[derive(Debug, Clone)]
pub(super) struct AppRole {
    pub(super) name: String,
    pub(super) token: TokenRules,
    pub(super) secret_ids: BTreeMap<String, SecretId>,
}

/// What is left of a secret ID.
#[derive(Debug, Clone)]
pub(super) struct SecretId {
    pub(super) uses_left: Option<u32>,
    pub(super) expires: Option<Timestamp>,
}

/// What a login comes to before there is a token.
pub(super) struct Login {
    pub(super) rules: TokenRules,
    pub(super) display_name: String,
    pub(super) metadata: Map<String, Value>,
}

/// A login of a service account that still has to be reviewed.
#[derive(Debug, Clone)]
pub(super) struct Review {
    pub(super) jwt: String,
    pub(super) role_name: String,
    pub(super) role: KubernetesRole,
}

/// What a Kubernetes login asks for, before the token is looked at.
pub(super) fn kubernetes(
    roles: &BTreeMap<String, KubernetesRole>,
    body: &Map<String, Value>,
) -> Result<Review, Refusal> {
    let role_name = text(body, "role").ok_or_else(|| refused(400, "missing role"))?;
    let jwt = text(body, "jwt").ok_or_else(|| refused(400, "missing jwt"))?.trim();
    let role = roles.get(role_name).ok_or_else(|| refused(400, &format!("invalid role name \"{role_name}\"")))?;
    Ok(Review { jwt: jwt.to_owned(), role_name: role_name.to_owned(), role: role.clone() })
}

impl Review {
    /// Whether the account may log in.
    pub(super) fn decide(self, account: Option<ServiceAccount>) -> Result<Login, Refusal> {
        let account = account.ok_or_else(|| refused(403, "permission denied"))?;
        let is_bound = |bound: &[String], name: &str| bound.iter().any(|one| one == "*" || one == name);
        if !is_bound(&self.role.namespaces, &account.namespace) {
            return Err(refused(403, "namespace not authorized"));
        }
        if !is_bound(&self.role.service_accounts, &account.name) {
            return Err(refused(403, "service account name not authorized"));
        }
        let metadata = [
            ("role", self.role_name.as_str()),
            ("service_account_name", &account.name),
            ("service_account_namespace", &account.namespace),
            ("service_account_secret_name", ""),
            ("service_account_uid", &account.uid),
        ];
        let display_name = format!("kubernetes-{}-{}", account.namespace, account.name);
        Ok(Login { rules: self.role.token, display_name, metadata: fields(&metadata) })
    }
}

/// An AppRole login. The use of the secret ID counts.
pub(super) fn approle(
    roles: &mut BTreeMap<String, AppRole>,
    body: &Map<String, Value>,
    now: Timestamp,
) -> Result<Login, Refusal> {
    let role_id = text(body, "role_id").ok_or_else(|| refused(400, "missing role_id"))?;
    let secret_id = text(body, "secret_id").ok_or_else(|| refused(400, "missing secret_id"))?;
    let invalid = || refused(400, "invalid role or secret ID");
    let role = roles.get_mut(role_id).ok_or_else(invalid)?;
    let kept = role.secret_ids.get_mut(secret_id).ok_or_else(invalid)?;
    let is_over = kept.expires.is_some_and(|expires| expires <= now);
    if let Some(left) = &mut kept.uses_left {
        *left = left.saturating_sub(1);
    }
    if is_over || kept.uses_left == Some(0) {
        role.secret_ids.remove(secret_id);
    }
    if is_over {
        return Err(invalid());
    }
    let metadata = fields(&[("role_name", role.name.as_str())]);
    Ok(Login { rules: role.token.clone(), display_name: "approle".to_owned(), metadata })
}

fn text<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    body.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

fn fields(pairs: &[(&str, &str)]) -> Map<String, Value> {
    pairs.iter().map(|&(name, value)| (name.to_owned(), Value::from(value))).collect()
}

fn refused(code: u16, message: &str) -> Refusal {
    Answer::error(code, message)
}
