use jiff::SignedDuration;
use lamplighter_core::words::KnownIssue;
use serde::{Deserialize, Serialize};

/// What a scan counts as trouble.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HealthSettings {
    /// How long something new or being deleted may take, in seconds. Until then it is not a failure.
    /// Default: 120.
    pub grace_seconds: u32,
    /// For how long a restart, a kill or a warning is news, in seconds. Default: 3600.
    pub recent_seconds: u32,
    /// From how many restarts on a container that works at the moment is worth a warning. Default: 5.
    pub restarts: u32,
    /// The namespaces that nobody is to be told about. Default: none.
    pub ignored_namespaces: Vec<String>,
    /// Trouble that is known and does not count; it is still mentioned. Default: none.
    pub known_issues: Vec<KnownIssue>,
}

impl Default for HealthSettings {
    fn default() -> Self {
        Self {
            grace_seconds: 120,
            recent_seconds: 3600,
            restarts: 5,
            ignored_namespaces: Vec::new(),
            known_issues: Vec::new(),
        }
    }
}

impl HealthSettings {
    pub(crate) fn grace(&self) -> SignedDuration {
        SignedDuration::from_secs(i64::from(self.grace_seconds))
    }

    pub(crate) fn recent(&self) -> SignedDuration {
        SignedDuration::from_secs(i64::from(self.recent_seconds))
    }
}
