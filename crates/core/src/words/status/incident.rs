use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::words::{ErrorKindReported, IssueNumber, ReportScope, Severity};

/// What the tracker tells.
///
/// Words are here only where we or a collaborator wrote them. Of what others write there is what a form offers to choose
/// from, and the service by the name that the catalog has for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuesRead {
    /// When it was read. Before the page was made: the tracker has not been readable since, and this is what was so then.
    pub read_at: Timestamp,
    /// The incidents that are open, the worst first, then the oldest. Empty: there are none.
    pub incidents: Vec<ActiveIncident>,
    /// What users have reported and is not answered yet.
    pub reports: OpenReports,
    /// The incidents that were resolved within 7 days, the last first. Absent: this tracker does not tell of issues that are
    /// closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<Vec<ResolvedIncident>>,
}

/// An incident that is open. One for each condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveIncident {
    /// Its issue.
    pub number: IssueNumber,
    /// Other open issues of the same condition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<IssueNumber>,
    /// What it is called, on one line. Absent: an outsider called it something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How bad it is. Absent: nobody has said yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// When it was filed. Absent: the tracker does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<Timestamp>,
    /// The affected services that are on this page, by their names there. Empty: not known.
    pub services: Vec<String>,
    /// What was said of it, oldest first. Empty: nothing yet, or it could not be read.
    pub timeline: Vec<TimelineEntry>,
}

/// Something that was said of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// When. Absent: the tracker does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The word that it began with.
    pub word: TimelineWord,
    /// What it says, its first paragraph, on one line. May be empty.
    pub text: String,
}

/// The bold words that comments begin with (SPEC §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimelineWord {
    /// `**Investigating:**`
    Investigating,
    /// `**Findings:**`
    Findings,
    /// `**Resolved:**`
    Resolved,
    /// `**Escalating to @owner**`
    Escalating,
    /// `**Postmortem:**`
    Postmortem,
    /// `**Queued for review:**`
    QueuedForReview,
}

impl TimelineWord {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Investigating,
        Self::Findings,
        Self::Resolved,
        Self::Escalating,
        Self::Postmortem,
        Self::QueuedForReview,
    ];

    /// The word for people: `Investigating`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Investigating => "Investigating",
            Self::Findings => "Findings",
            Self::Resolved => "Resolved",
            Self::Escalating => "Escalating",
            Self::Postmortem => "Postmortem",
            Self::QueuedForReview => "Queued for review",
        }
    }
}

impl fmt::Display for TimelineWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A service that is down, as its monitors see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// The service, by its name on the page.
    pub service: String,
    /// Since when. Absent: for longer than is remembered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The incident that names this service. Absent: none does, or the tracker could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IssueNumber>,
}

/// What users have reported.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OpenReports {
    /// How many there are.
    pub total: usize,
    /// The newest of them.
    pub newest: Vec<OpenReport>,
}

/// What a user has reported, as far as a form offers it to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenReport {
    /// Its issue.
    pub number: IssueNumber,
    /// When it was filed. Absent: the tracker does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<Timestamp>,
    /// The service, by its name on the page. Absent: it names none that is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// What kind of error. Absent: it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorKindReported>,
    /// Who is affected. Absent: it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<ReportScope>,
}

/// An incident that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolvedIncident {
    /// Its issue.
    pub number: IssueNumber,
    /// What it was called, on one line. Absent: an outsider called it something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How bad it was. Absent: nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// When it was filed. Absent: the tracker does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<Timestamp>,
    /// When it was closed.
    pub resolved_at: Timestamp,
    /// The services that were affected, by their names on the page. Empty: not known.
    pub services: Vec<String>,
    /// Where its post-mortem is: an address that begins with `https://` or `http://`, or a path in the repository. Absent:
    /// there is none yet, or none is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_mortem: Option<String>,
}

/// The incidents that are over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastIncidents {
    /// From when on, the begin of a day: what was resolved before is not told.
    pub since: Timestamp,
    /// All of them, also those of the last 7 days, the last first.
    pub incidents: Vec<ResolvedIncident>,
    /// Whether there are more than are told.
    pub is_cut_off: bool,
}

/// Maintenance that is planned, with its times. What is under maintenance without any has that state and is not here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedMaintenance {
    /// What is done.
    pub title: String,
    /// When it begins.
    pub from: Timestamp,
    /// When it is over.
    pub to: Timestamp,
    /// Whether it is going on.
    pub is_under_way: bool,
    /// The services, by their names on the page; what is not on it is said to be so. Empty: all of them, or, where there is a
    /// `source`, it does not say which.
    pub services: Vec<String>,
    /// The monitoring system that tells of it. Absent: it is planned in the configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// What people can check themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelfCheck {
    /// For which kind of error.
    pub symptom: ErrorKindReported,
    /// What to do, in the operator's Markdown.
    pub check: String,
}
