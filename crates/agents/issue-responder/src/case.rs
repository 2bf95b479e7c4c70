//! What is known of an issue while it is being answered, and what came of it.

use jiff::Timestamp;
use lamplighter_core::diagnosis::RootCause;
use lamplighter_core::ports::MonitorStatus;
use lamplighter_core::words::{HealthReport, IssueNumber, Login, LostMember, Report, Severity, Triage};
use serde::{Deserialize, Serialize};

use crate::diagnosis::Suspect;

/// An incident while it is worked on. It grows from stage to stage and is journalled after each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Case {
    pub(crate) issue: IssueNumber,
    pub(crate) author: Login,
    pub(crate) filed_at: Option<Timestamp>,
    pub(crate) report: Report,
    pub(crate) survey: Option<Survey>,
    pub(crate) suspects: Vec<Suspect>,
    /// What the diagnosis names, the likeliest first.
    #[serde(default)]
    pub(crate) causes: Vec<RootCause>,
    /// The specialists that could not look.
    #[serde(default)]
    pub(crate) lost: Vec<LostMember>,
    /// What could not be looked at, and why.
    #[serde(default)]
    pub(crate) gaps: Vec<String>,
    /// Why the investigation ended early, if it did.
    pub(crate) cut_short: Option<String>,
}

/// What verification saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Survey {
    /// When it looked (UTC).
    pub(crate) at: Timestamp,
    pub(crate) health: HealthReport,
    pub(crate) triage: Triage,
    /// The monitors, or why they could not be asked.
    pub(crate) monitors: Result<Vec<MonitorStatus>, String>,
}

impl Case {
    pub(crate) fn severity(&self) -> Option<Severity> {
        // What was let on is broken for certain; a triage that does not say how badly is not taken for harmless.
        self.survey.as_ref().map(|survey| survey.triage.severity.unwrap_or(Severity::Sev2))
    }
}

/// What came of an issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// How it ended.
    pub resolution: Resolution,
    /// How bad it was, where it was an incident.
    pub severity: Option<Severity>,
    /// One sentence for a person.
    pub summary: String,
    /// What was changed in the infrastructure, in order; empty when nothing was.
    pub actions: Vec<String>,
    /// Where the post-mortem is, where one was written and kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_mortem: Option<String>,
}

/// How an issue ended. Deliberately exhaustive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resolution {
    /// The author is not a collaborator: nothing was read, a person has to look.
    Queued,
    /// It was closed already.
    AlreadyClosed,
    /// Two sources agree that nothing is wrong; closed.
    Healthy,
    /// The report says too little; the missing facts were asked for.
    AskedForFacts,
    /// It was broken, was fixed, and two sources agree that it recovered; closed.
    Resolved,
    /// A feature request was carried out; closed.
    Implemented,
    /// A person has it, with everything that was found.
    Escalated,
}

impl Resolution {
    /// Its name, as `demo --json` and `respond --json` print it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::AlreadyClosed => "already-closed",
            Self::Healthy => "healthy",
            Self::AskedForFacts => "asked-for-facts",
            Self::Resolved => "resolved",
            Self::Implemented => "implemented",
            Self::Escalated => "escalated",
        }
    }
}

impl std::fmt::Display for Resolution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
