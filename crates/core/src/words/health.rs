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
    /// What it found, the worst first, each with its severity; empty when it passed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// What its findings are worth on their own: the worst of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// What it found that is known and does not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<KnownFinding>,
    /// Whether it is [`Unknown`](CheckStatus::Unknown) because what it looks at is not there: not installed, not
    /// configured, not measured. Such a check says nothing about the health of the rest.
    #[serde(default, skip_serializing_if = "is_false")]
    pub absent: bool,
    /// The workloads that it looked at and that are to run, where it looks at workloads. Of any other it says nothing, not that
    /// it is well: it is not there, it is scaled to nothing, or nobody wants to be told of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub workloads: Vec<ObjectRef>,
}

impl CheckResult {
    /// A check that ran, or could not for a reason that counts.
    pub fn new(check: impl Into<String>, status: CheckStatus, summary: impl Into<String>) -> Self {
        Self {
            check: check.into(),
            status,
            summary: summary.into(),
            findings: Vec::new(),
            severity: None,
            known: Vec::new(),
            absent: false,
            workloads: Vec::new(),
        }
    }

    /// Whether its outcome says something about the health of what was scanned: every check but those whose matter
    /// is [absent](CheckResult::absent).
    #[must_use]
    pub fn counts(&self) -> bool {
        !self.absent || self.status != CheckStatus::Unknown
    }
}

/// A finding that is covered by a [`KnownIssue`](super::KnownIssue).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownFinding {
    /// What was found.
    pub finding: Finding,
    /// What is known about it.
    pub note: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_false(value: &bool) -> bool {
    !value
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
    /// The worst status of all checks that [count](CheckResult::counts); where none does it is unknown, not passed.
    #[must_use]
    pub fn status(&self) -> CheckStatus {
        let counted = self.checks.iter().filter(|check| check.counts());
        counted.map(|check| check.status).max().unwrap_or(CheckStatus::Unknown)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn report(checks: Vec<CheckResult>) -> HealthReport {
        HealthReport { taken_at: Timestamp::UNIX_EPOCH, cluster: "test".to_owned(), checks }
    }

    #[test]
    fn what_is_not_there_does_not_count_and_what_could_not_be_read_does() {
        let pass = CheckResult::new("nodes-ready", CheckStatus::Pass, "3 nodes, nothing wrong");
        let unread = CheckResult::new("alerts-firing", CheckStatus::Unknown, "could not look: refused");
        let absent = CheckResult { absent: true, ..unread.clone() };
        assert_eq!(report(vec![pass.clone(), absent.clone()]).status(), CheckStatus::Pass);
        assert_eq!(report(vec![pass, unread]).status(), CheckStatus::Unknown);
        assert_eq!(report(vec![absent]).status(), CheckStatus::Unknown, "nothing was looked at");
        assert_eq!(report(Vec::new()).status(), CheckStatus::Unknown);
    }

    #[test]
    fn a_result_of_an_earlier_version_reads_back() {
        let read: CheckResult =
            serde_json::from_str(r#"{"check": "deployments", "status": "PASS", "summary": "fine"}"#).unwrap();
        assert_eq!(read, CheckResult::new("deployments", CheckStatus::Pass, "fine"));
        let absent = CheckResult { absent: true, ..read };
        let json = serde_json::to_string(&absent).unwrap();
        assert_eq!(serde_json::from_str::<CheckResult>(&json).unwrap(), absent);
    }
}
