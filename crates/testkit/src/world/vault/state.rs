//! Everything that this Vault knows, and what each request does with it, without any I/O.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use super::super::ids;
use super::fault::{Trouble, VaultFault};
use super::health::Node;
use super::kv::Store;
use super::ledger::{TokenWorth, VaultRequest};
use super::login::{AuthMount, Login};
use super::policy::{PolicyRule, allow, default_policy};
use super::token::{Token, TokenRules, after};

/// The state behind the mutex.
#[derive(Debug)]
pub(super) struct State {
    pub(super) initialized: bool,
    pub(super) sealed: bool,
    pub(super) node: Node,
    pub(super) namespaces: BTreeSet<String>,
    pub(super) policies: BTreeMap<String, Vec<PolicyRule>>,
    /// By the path below `auth/`, the namespace before it.
    pub(super) auth: BTreeMap<String, AuthMount>,
    /// By the path of the mount, the namespace before it.
    pub(super) stores: BTreeMap<String, Store>,
    pub(super) tokens: BTreeMap<String, (u64, Token)>,
    pub(super) faults: Vec<VaultFault>,
    pub(super) latency: Duration,
    pub(super) requests: Vec<VaultRequest>,
    pub(super) logins: InFlight,
    made: u64,
}

/// How many are going on, and how many there were at most.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct InFlight {
    pub(super) now: usize,
    pub(super) most: usize,
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            initialized: true,
            sealed: false,
            node: Node::Active,
            namespaces: BTreeSet::new(),
            policies: BTreeMap::from([("default".to_owned(), default_policy())]),
            auth: BTreeMap::new(),
            stores: BTreeMap::from([("secret".to_owned(), Store::default())]),
            tokens: BTreeMap::new(),
            faults: Vec::new(),
            latency: Duration::ZERO,
            requests: Vec::new(),
            logins: InFlight::default(),
            made: 0,
        }
    }

    /// An identifier that was not given before.
    pub(super) fn fresh(&mut self, kind: &str) -> String {
        self.made += 1;
        ids::uid(&["vault", kind, &self.made.to_string()])
    }

    /// A new token.
    pub(super) fn issue(&mut self, login: Login, namespace: &str, path: &str, now: Timestamp) -> Token {
        let Login { rules, display_name, metadata } = login;
        let secret = self.fresh("token").replace('-', "");
        let prefix = if rules.renewable { "hvs" } else { "hvb" };
        let is_root = rules.policies.iter().any(|policy| policy == "root");
        let token = Token {
            id: format!("{prefix}.CAES{secret}"),
            accessor: self.fresh("accessor").replace('-', ""),
            namespace: namespace.to_owned(),
            path: path.to_owned(),
            display_name,
            metadata,
            created: now,
            expires: (!is_root).then(|| after(now, rules.ttl)),
            revoked: false,
            uses_left: (rules.uses > 0).then_some(rules.uses),
            rules,
        };
        let number = self.tokens.len() as u64 + 1;
        self.tokens.insert(token.id.clone(), (number, token.clone()));
        token
    }

    /// A token that an operator makes.
    pub(super) fn issue_by_hand(&mut self, rules: TokenRules, now: Timestamp) -> Token {
        let login = Login { rules, display_name: "token".to_owned(), metadata: serde_json::Map::new() };
        self.issue(login, "", "auth/token/create", now)
    }

    pub(super) fn worth(&self, token: Option<&str>, now: Timestamp) -> TokenWorth {
        let Some(token) = token else { return TokenWorth::Absent };
        match self.tokens.get(token) {
            None => TokenWorth::Unknown,
            Some((_, token)) if token.revoked => TokenWorth::Revoked,
            Some((_, token)) if token.has_expired(now) => TokenWorth::Expired,
            Some((number, _)) => TokenWorth::Good(*number),
        }
    }

    /// Whether a token's policies let it do that.
    pub(super) fn permits(&self, token: &Token, path: &str, capability: &str) -> bool {
        let names = token.policies();
        let rules = names.iter().filter_map(|&name| self.policies.get(name)).flatten();
        token.is_root() || allow(rules, path, capability)
    }

    /// The fault that strikes this request, if one does.
    pub(super) fn trouble(&mut self, method: &str, path_and_query: &str) -> Option<Trouble> {
        let strike = |fault: &mut VaultFault| fault.strikes(method, path_and_query).then_some(fault.what);
        let trouble = self.faults.iter_mut().find_map(strike);
        self.faults.retain(|fault| !fault.is_over());
        trouble
    }
}

/// The longest mount that a path is below, and the rest of the path.
pub(super) fn mounted<'a, 'p, M>(mounts: &'a BTreeMap<String, M>, path: &'p str) -> Option<(&'a str, &'p str)> {
    let below = |mount: &'a String| {
        let rest = path.strip_prefix(mount.as_str())?.strip_prefix('/')?;
        Some((mount.as_str(), rest))
    };
    mounts.keys().filter_map(below).max_by_key(|(mount, _)| mount.len())
}
