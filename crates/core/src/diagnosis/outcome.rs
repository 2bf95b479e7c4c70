use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{RootCause, SpecialistReport};
use crate::words::{Health, LostMember, Report, Severity, Source, Triage};

/// What is to be diagnosed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct DiagnosisRequest {
    /// Only these namespaces; all of them where empty.
    #[serde(default)]
    pub namespaces: Vec<String>,
    /// The service that is asked about, by its name in the catalog or of its workload; any where absent.
    #[serde(default)]
    pub service: Option<String>,
    /// The time that is asked about (UTC); now, or the time of the recording, where absent.
    #[serde(default)]
    pub at: Option<Timestamp>,
    /// The report, where a person reported it.
    #[serde(default)]
    pub report: Option<Report>,
}

/// What is down, how bad, why, and on what evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// Whether anything is wrong.
    pub verdict: Health,
    /// How bad; `None` when nothing is wrong.
    pub severity: Option<Severity>,
    /// Why this verdict and this severity, one sentence each.
    pub reasons: Vec<String>,
    /// The causes, the likeliest first. The first explains most of what was seen.
    pub causes: Vec<RootCause>,
    /// When the scene was read (UTC).
    pub taken_at: Timestamp,
    /// What it was read from.
    pub source: Source,
    /// What could not be looked at, and why. A diagnosis is only as good as this list is short.
    pub gaps: Vec<String>,
    /// The specialists that could not look; each is among the gaps as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<LostMember>,
    /// The triage.
    pub triage: Triage,
    /// What each specialist has found.
    pub reports: Vec<SpecialistReport>,
}
