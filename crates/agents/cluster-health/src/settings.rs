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
    /// How old the last backup that succeeded may be, in hours. Default: 26, for a backup each day.
    pub backup_hours: u32,
    /// The namespaces that nobody is to be told about. Default: none.
    pub ignored_namespaces: Vec<String>,
    /// Trouble that is known and does not count; it is still mentioned. Default: none.
    pub known_issues: Vec<KnownIssue>,
    /// What was wrong with known issues that are written down and could not be read, one sentence each; they do not
    /// silence anything. Default: none.
    pub known_issue_problems: Vec<String>,
}

impl Default for HealthSettings {
    fn default() -> Self {
        Self {
            grace_seconds: 120,
            recent_seconds: 3600,
            restarts: 5,
            backup_hours: 26,
            ignored_namespaces: Vec::new(),
            known_issues: Vec::new(),
            known_issue_problems: Vec::new(),
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
