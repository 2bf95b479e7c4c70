use std::collections::BTreeMap;

use jiff::Timestamp;

/// A request that Vault got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultRequest {
    /// When it came (UTC, by the world's clock).
    pub at: Timestamp,
    /// Its method.
    pub method: String,
    /// Its path, without the query.
    pub path: String,
    /// Its query, as it was sent; empty where there was none.
    pub query: String,
    /// Its headers, with lower-case names. The values of those that hold a token are `<redacted>`.
    pub headers: BTreeMap<String, String>,
    /// What the token of it was worth when it came.
    pub token: TokenWorth,
    /// The HTTP status of the answer; `None` where there was no answer.
    pub status: Option<u16>,
}

/// What a token that came with a request was worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenWorth {
    /// There was none.
    Absent,
    /// Vault never gave it.
    Unknown,
    /// Its time was over.
    Expired,
    /// It had been revoked, or used up.
    Revoked,
    /// It was good. Tokens are numbered in the order in which they were given, from 1.
    Good(u64),
}

/// A header as it is noted.
pub(super) fn noted(name: &str, value: &str) -> (String, String) {
    let is_secret = matches!(name, "x-vault-token" | "authorization" | "cookie");
    (name.to_owned(), if is_secret { "<redacted>".to_owned() } else { value.to_owned() })
}
