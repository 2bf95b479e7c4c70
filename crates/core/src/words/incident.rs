use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Digest, Finding, History, IssueNumber, Report, ServiceCatalog, Severity, Source, Triage, Window};
use crate::diagnosis::RootCause;
use crate::ports::MonitorStatus;

/// The facts of an incident, of which a post-mortem is made.
///
/// Everything in it was written down by somebody at some time: findings have their source, decisions are those of the
/// audit log. What nobody knows is empty, and the report says so.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Incident {
    /// The issue that it was answered on, where there is one.
    pub issue: Option<IssueNumber>,
    /// What it is called: the title of its issue, in the words of whoever filed it. Empty where nobody has named it.
    pub title: String,
    /// The report, where a person reported it.
    pub report: Option<Report>,
    /// When the post-mortem is written (UTC).
    pub written_at: Timestamp,
    /// Until when anybody has looked (UTC), where that is not when it is written.
    pub looked_at: Option<Timestamp>,
    /// When it began and ended, as far as anybody knows; still open where it has no end.
    pub window: Option<Window>,
    /// How bad.
    pub severity: Option<Severity>,
    /// What triage said.
    pub triage: Option<Triage>,
    /// The causes, the likeliest first.
    pub causes: Vec<RootCause>,
    /// What was seen beside what the causes rest on.
    pub findings: Vec<Finding>,
    /// How it was noticed.
    pub detection: Detection,
    /// What was decided and done, in order.
    pub events: Vec<IncidentEvent>,
    /// What was changed in the infrastructure, in order: one sentence each, in Markdown of our own.
    pub actions: Vec<String>,
    /// What independent sources said when it was over; empty where it is not, or nobody looked.
    pub recovery: Vec<Finding>,
    /// Why a person has it, where one has.
    pub handed_over: Option<String>,
    /// Who is responsible for what is left to do.
    pub owner: Option<String>,
    /// What the past says; `None` where it could not be asked.
    pub history: Option<History>,
    /// Who should have looked and could not.
    pub lost: Vec<LostMember>,
    /// What could not be looked at, and why.
    pub gaps: Vec<String>,
    /// The services, for what depends on what.
    pub catalog: ServiceCatalog,
    /// Where in the repository that is declared which is at fault.
    pub places: Vec<Place>,
}

impl Incident {
    /// Whether it is over, as two sources have said.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.window.is_some_and(|window| window.to.is_some())
    }

    /// The line by which its document is known to be of it, whatever it is called: of its issue; without one, of when it
    /// began and what was at fault. A comment of Markdown, which no reader sees.
    #[must_use]
    pub fn mark(&self) -> String {
        if let Some(issue) = self.issue {
            return Self::mark_of_issue(issue);
        }
        let began = self.window.map_or(self.written_at, |window| window.from);
        let at_fault = self.causes.first().map(|cause| format!("{} {}", cause.cause.code(), cause.culprit));
        let services = || self.triage.iter().flat_map(|triage| triage.services.iter().map(String::as_str));
        let at_fault = at_fault.unwrap_or_else(|| services().collect::<Vec<_>>().join(" "));
        // Of the text's digest, because a name may be anything, also the end of a comment.
        let digest = Digest::of(format!("{began} {at_fault}").as_bytes());
        format!("<!-- lamplighter:post-mortem incident/{} -->", digest.short())
    }

    /// The [mark](Self::mark) of whatever incident was answered on this issue.
    #[must_use]
    pub fn mark_of_issue(issue: IssueNumber) -> String {
        format!("<!-- lamplighter:post-mortem issue/{} -->", issue.0)
    }
}

/// How an incident was noticed, and by what it could have been.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Detection {
    /// Who noticed it.
    pub by: Noticer,
    /// When (UTC).
    pub at: Option<Timestamp>,
    /// What the monitors said then; `None` where none could be asked.
    pub monitors: Option<Vec<MonitorStatus>>,
    /// The alerts that fired then; `None` where nobody could be asked.
    pub alerts: Option<Vec<Finding>>,
}

/// Who noticed an incident.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "name")]
pub enum Noticer {
    /// A person, by the name on the tracker.
    Person(String),
    /// A health scan, which filed the issue.
    Scan,
    /// Nobody has said.
    #[default]
    Unknown,
}

/// Something that was decided or done during an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentEvent {
    /// When (UTC).
    pub at: Timestamp,
    /// What, one sentence.
    pub what: String,
    /// Where it is written down.
    pub source: Source,
}

/// A member of the team that should have looked and could not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostMember {
    /// Its name: `sev-historian`.
    pub member: String,
    /// Why.
    pub why: String,
}

/// Where something about a workload stands in the repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The namespace of the workload.
    pub namespace: String,
    /// The name of the workload.
    pub name: String,
    /// What stands there: `memory limit`, `replicas`.
    pub what: String,
    /// The stack.
    pub stack: String,
    /// The file, relative to the repository.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The value that stands there.
    pub value: String,
}

/// A post-mortem that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenPostMortem {
    /// The name of its file: `2026-03-01-wiki-shows-502.md`.
    pub name: String,
    /// Its title, inert.
    pub title: String,
    /// Its text, in Markdown.
    pub text: String,
}
