use jiff::SignedDuration;
use lamplighter_core::words::KnownIssue;
use serde::{Deserialize, Serialize};

/// Where triage draws its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TriageSettings {
    /// From how many important services down on it is SEV1. Default and least: 2.
    pub several_services: usize,
    /// How many pods there have to be for "over half of them are unhealthy" to say anything when they are all
    /// of one service. Default: 5.
    pub pods_for_a_majority: u64,
    /// How long something new may take to start, in seconds. Default: 120.
    pub grace_seconds: u32,
    /// How old the word of a monitor may be, in seconds, to count beside the cluster's. Default: 900.
    pub monitor_age_seconds: u32,
    /// The namespaces that do not count, unless the catalog names something in them. Default: none.
    pub ignored_namespaces: Vec<String>,
    /// Trouble that is known and does not count; it is still mentioned. Default: none.
    pub known_issues: Vec<KnownIssue>,
}

impl Default for TriageSettings {
    fn default() -> Self {
        Self {
            several_services: 2,
            pods_for_a_majority: 5,
            grace_seconds: 120,
            monitor_age_seconds: 900,
            ignored_namespaces: Vec::new(),
            known_issues: Vec::new(),
        }
    }
}

impl TriageSettings {
    pub(crate) fn grace(&self) -> SignedDuration {
        SignedDuration::from_secs(i64::from(self.grace_seconds))
    }

    pub(crate) fn monitor_age(&self) -> SignedDuration {
        SignedDuration::from_secs(i64::from(self.monitor_age_seconds))
    }
}
