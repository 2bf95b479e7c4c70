use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Finding, ObjectRef, Severity};

/// Whether something works.
///
/// [`Healthy`](Health::Healthy) needs two independent sources that agree; where one is missing the answer
/// is [`Inconclusive`](Health::Inconclusive), which never closes an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// It works, as two sources say.
    Healthy,
    /// Nobody can tell.
    Inconclusive,
    /// It works in part.
    Degraded,
    /// It does not work.
    Down,
}

impl Health {
    /// Whether something is wrong for certain.
    #[must_use]
    pub const fn is_broken(self) -> bool {
        matches!(self, Self::Degraded | Self::Down)
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Healthy => "healthy",
            Self::Inconclusive => "inconclusive",
            Self::Degraded => "degraded",
            Self::Down => "down",
        })
    }
}

/// The outcome of one named check, worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum CheckStatus {
    /// Looked at, and fine.
    Pass,
    /// The check could not run. Never the same as [`Pass`](CheckStatus::Pass).
    Unknown,
    /// Something to look at.
    Warn,
    /// Something is broken.
    Fail,
}

impl fmt::Display for CheckStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pass => "PASS",
            Self::Unknown => "UNKNOWN",
            Self::Warn => "WARN",
            Self::Fail => "FAIL",
        })
    }
}

/// What one named check of a scan found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// The check's name, such as `pods-crash-looping`.
    pub check: String,
    /// Its outcome.
    pub status: CheckStatus,
    /// One line for a person: what was looked at and what came of it, or why it could not be.
    pub summary: String,
    /// What it found; empty when it passed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// What its findings are worth on their own, for the filing of issues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
}

/// The result of a read-only scan of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthReport {
    /// When the cluster was read (UTC).
    pub taken_at: Timestamp,
    /// What was scanned, as the cluster adapter names itself.
    pub cluster: String,
    /// Every check, in the order that they are documented in.
    pub checks: Vec<CheckResult>,
}

impl HealthReport {
    /// The worst status of all checks; an empty report is unknown, not passed.
    #[must_use]
    pub fn status(&self) -> CheckStatus {
        self.checks.iter().map(|check| check.status).max().unwrap_or(CheckStatus::Unknown)
    }

    /// All findings, failures before warnings.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        let of = |wanted: CheckStatus| self.checks.iter().filter(move |check| check.status == wanted);
        of(CheckStatus::Fail).chain(of(CheckStatus::Warn)).flat_map(|check| &check.findings)
    }

    /// The findings on one object.
    pub fn findings_on<'a>(&'a self, object: &'a ObjectRef) -> impl Iterator<Item = &'a Finding> {
        self.findings().filter(move |finding| finding.object == *object)
    }
}
