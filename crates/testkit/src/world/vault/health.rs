//! What a node says of itself to everybody.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::answer::Answer;
use super::state::State;

/// The version that is played.
const VERSION: &str = "1.15.6";

/// What a node is in its cluster.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Node {
    /// It answers.
    #[default]
    Active,
    /// It sends clients to the active node, whose URL this is; `None` where it does not know one.
    Standby(Option<String>),
    /// It answers reads by itself.
    PerformanceStandby,
    /// It is a copy for disasters, and answers nothing.
    DisasterRecovery,
}

impl Node {
    fn is_standby(&self) -> bool {
        matches!(self, Self::Standby(_) | Self::PerformanceStandby)
    }
}

/// `sys/health`: the state of the node is the code of the answer.
pub(super) fn health(state: &State, now: Timestamp, query: &[(String, String)]) -> Answer {
    let parameter = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let code = |name: &str, default: u16| parameter(name).and_then(|code| code.parse().ok()).unwrap_or(default);
    let is_set = |name: &str| matches!(parameter(name), Some("true" | "1" | ""));
    let active = code("activecode", 200);
    let code = match &state.node {
        _ if !state.initialized => code("uninitcode", 501),
        _ if state.sealed => code("sealedcode", 503),
        Node::DisasterRecovery => code("drsecondarycode", 472),
        Node::PerformanceStandby if !is_set("perfstandbyok") => code("performancestandbycode", 473),
        Node::Standby(_) if !is_set("standbyok") => code("standbycode", 429),
        _ => active,
    };
    let is_up = state.initialized && !state.sealed;
    let mut body = json!({
        "initialized": state.initialized,
        "sealed": state.sealed || !state.initialized,
        "standby": !is_up || state.node.is_standby(),
        "performance_standby": state.node == Node::PerformanceStandby,
        "replication_performance_mode": if is_up { "disabled" } else { "unknown" },
        "replication_dr_mode": if state.node == Node::DisasterRecovery { "secondary" } else { "disabled" },
        "server_time_utc": now.as_second(),
        "version": VERSION,
        "enterprise": false,
        "echo_duration_ms": 0,
        "clock_skew_ms": 0,
        "replication_primary_canary_age_ms": 0,
    });
    name_cluster(&mut body, is_up);
    Answer::new(code, body)
}

/// `sys/seal-status`.
pub(super) fn seal_status(state: &State) -> Answer {
    let mut body = json!({
        "type": "shamir", "initialized": state.initialized, "sealed": state.sealed || !state.initialized,
        "t": 3, "n": 5, "progress": 0, "nonce": "", "version": VERSION, "build_date": "2024-02-28T17:07:34Z",
        "migration": false, "recovery_seal": false, "storage_type": "raft",
    });
    name_cluster(&mut body, state.initialized && !state.sealed);
    Answer::new(200, body)
}

/// A node tells its cluster's name once it is unsealed.
fn name_cluster(body: &mut Value, is_up: bool) {
    if let Some(body) = body.as_object_mut().filter(|_| is_up) {
        body.insert("cluster_name".to_owned(), "vault-cluster-played".into());
        body.insert("cluster_id".to_owned(), "5a2f7c1e-0000-4000-a000-000000000000".into());
    }
}
