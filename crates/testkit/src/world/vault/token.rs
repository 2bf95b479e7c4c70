//! Tokens: what they may do, and how long they live.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::answer::{Answer, Refusal};

/// Vault's own longest life of a token, where none is set: 32 days.
const SYSTEM_MAX_TTL: Duration = Duration::from_hours(768);

/// What a token may do and how long it lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRules {
    /// Its policies. Every token has `default` beside them, except a root token.
    pub policies: Vec<String>,
    /// How long it lives, and by how much it is renewed.
    pub ttl: Duration,
    /// How long it lives at most, however often it is renewed; zero for Vault's own limit of 32 days.
    pub max_ttl: Duration,
    /// Whether it can be renewed. One that cannot is a batch token.
    pub renewable: bool,
    /// After how many requests it is gone; zero for no limit.
    pub uses: u32,
}

impl TokenRules {
    /// An hour, renewable up to a day, with these policies.
    #[must_use]
    pub fn new(policies: &[&str]) -> Self {
        Self {
            policies: policies.iter().map(|&policy| policy.to_owned()).collect(),
            ttl: Duration::from_hours(1),
            max_ttl: Duration::from_hours(24),
            renewable: true,
            uses: 0,
        }
    }

    /// The same with another life.
    #[must_use]
    pub fn living(self, ttl: Duration, max_ttl: Duration) -> Self {
        Self { ttl, max_ttl, ..self }
    }

    /// The same as a batch token, which cannot be renewed.
    #[must_use]
    pub fn batch(self) -> Self {
        Self { renewable: false, ..self }
    }

    /// The same, gone after so many requests.
    #[must_use]
    pub fn with_uses(self, uses: u32) -> Self {
        Self { uses, ..self }
    }
}

/// A token as Vault keeps it.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) id: String,
    pub(super) accessor: String,
    pub(super) rules: TokenRules,
    pub(super) namespace: String,
    /// Where it was made: `auth/kubernetes/login`.
    pub(super) path: String,
    pub(super) display_name: String,
    pub(super) metadata: Map<String, Value>,
    pub(super) created: Timestamp,
    /// `None` for a root token, which lives for ever.
    pub(super) expires: Option<Timestamp>,
    pub(super) revoked: bool,
    pub(super) uses_left: Option<u32>,
}

impl Token {
    pub(super) fn is_root(&self) -> bool {
        self.rules.policies.iter().any(|policy| policy == "root")
    }

    /// Its policies in the order in which Vault lists them.
    pub(super) fn policies(&self) -> Vec<&str> {
        let mut policies: Vec<&str> = self.rules.policies.iter().map(String::as_str).collect();
        if !self.is_root() {
            policies.push("default");
        }
        policies.sort_unstable();
        policies.dedup();
        policies
    }

    pub(super) fn has_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// What is left of its life, in seconds; zero for a root token, as Vault says it.
    pub(super) fn ttl(&self, now: Timestamp) -> i64 {
        self.expires.map_or(0, |expires| expires.duration_since(now).as_secs().max(0))
    }

    pub(super) const fn kind(&self) -> &'static str {
        if self.rules.renewable { "service" } else { "batch" }
    }

    /// The `auth` of an answer.
    pub(super) fn auth(&self, now: Timestamp) -> Value {
        json!({
            "client_token": self.id,
            "accessor": self.accessor,
            "policies": self.policies(),
            "token_policies": self.policies(),
            "metadata": self.metadata,
            "lease_duration": self.ttl(now),
            "renewable": self.rules.renewable && self.expires.is_some(),
            "entity_id": "",
            "token_type": self.kind(),
            "orphan": true,
            "mfa_requirement": null,
            "num_uses": self.rules.uses,
        })
    }

    /// The `data` of a look-up.
    pub(super) fn looked_up(&self, now: Timestamp) -> Value {
        json!({
            "accessor": self.accessor,
            "creation_time": self.created.as_second(),
            "creation_ttl": if self.expires.is_some() { self.rules.ttl.as_secs() } else { 0 },
            "display_name": self.display_name,
            "entity_id": "",
            "expire_time": self.expires.map(|at| at.to_string()),
            "explicit_max_ttl": 0,
            "id": self.id,
            "issue_time": self.created.to_string(),
            "meta": self.metadata,
            "num_uses": self.uses_left.unwrap_or(0),
            "orphan": true,
            "path": self.path,
            "policies": self.policies(),
            "renewable": self.rules.renewable && self.expires.is_some(),
            "ttl": self.ttl(now),
            "type": self.kind(),
        })
    }

    /// When it would expire if its life began anew now with `wanted`, and the warning that Vault gives where that is
    /// more than is allowed.
    pub(super) fn extend(&mut self, wanted: Option<Duration>, now: Timestamp) -> Result<Option<String>, Refusal> {
        if !self.rules.renewable || self.expires.is_none() {
            return Err(Answer::error(400, "lease is not renewable"));
        }
        let longest = if self.rules.max_ttl.is_zero() { SYSTEM_MAX_TTL } else { self.rules.max_ttl };
        let left = after(self.created, longest).duration_since(now);
        if !left.is_positive() {
            return Err(Answer::error(400, "past the max TTL, cannot renew"));
        }
        let left = left.unsigned_abs();
        let wanted = wanted.filter(|wanted| !wanted.is_zero()).unwrap_or(self.rules.ttl);
        self.expires = Some(after(now, wanted.min(left)));
        Ok((wanted > left).then(|| {
            let (wanted, left) = (in_go(wanted), in_go(left));
            format!("TTL of \"{wanted}\" exceeded the effective max_ttl of \"{left}\"; TTL value is capped accordingly")
        }))
    }
}

pub(super) fn after(at: Timestamp, duration: Duration) -> Timestamp {
    let duration = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
    at.checked_add(duration).unwrap_or(Timestamp::MAX)
}

/// A duration as Go writes it: `1h30m0s`.
fn in_go(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, _) => format!("{minutes}m{seconds}s"),
        _ => format!("{hours}h{minutes}m{seconds}s"),
    }
}

/// Reads a duration as Vault takes it: seconds as a number or in text, or text with units (`90m`, `1h30m`).
pub(super) fn duration(value: &Value) -> Option<Duration> {
    if let Some(seconds) = value.as_u64() {
        return Some(Duration::from_secs(seconds));
    }
    let text = value.as_str()?;
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let (mut total, mut number) = (0_u64, String::new());
    for c in text.chars() {
        let unit = match c {
            '0'..='9' => {
                number.push(c);
                continue;
            }
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => return None,
        };
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(unit)?)?;
        number.clear();
    }
    number.is_empty().then_some(Duration::from_secs(total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_vault_reads_them() {
        for (value, seconds) in [
            (json!(90), Some(90)),
            (json!("90"), Some(90)),
            (json!("90s"), Some(90)),
            (json!("1h30m"), Some(5400)),
            (json!("2d"), Some(172_800)),
            (json!("soon"), None),
            (json!("1h3"), None),
            (json!("h"), None),
            (json!(-1), None),
            (json!([]), None),
        ] {
            assert_eq!(duration(&value).map(|duration| duration.as_secs()), seconds, "{value}");
        }
        assert_eq!(in_go(Duration::from_mins(90)), "1h30m0s");
        assert_eq!([in_go(Duration::from_secs(61)), in_go(Duration::from_secs(9))], ["1m1s", "9s"]);
    }
}
