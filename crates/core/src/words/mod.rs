//! The words that everything speaks: issue, finding, severity, change, plan.

mod approval;
mod catalog;
mod change;
mod finding;
mod health;
mod history;
mod incident;
mod issue;
mod known_issue;
mod object;
mod report;
mod severity;
pub mod status;
mod triage;

pub use approval::{Approval, Decision, approval_question, is_approval_question};
pub use catalog::{CatalogedService, ServiceCatalog, Tier};
pub use change::{
    Action, Change, ChangeKey, CommitChange, Confidence, Digest, DirectAction, Impact, MonitorAddition, PlanApply,
    PodRestart, Scaling, StackName, StateVersion,
};
pub use finding::{Finding, Source};
pub use health::{CheckResult, CheckStatus, Health, HealthReport, KnownFinding};
pub use history::{History, HistoryNote, HistoryQuestion, PastIncident, PastItem, Trend};
pub use incident::{Detection, Incident, IncidentEvent, LostMember, Noticer, Place, WrittenPostMortem};
pub use issue::{FiledIssue, IssueNumber, IssueState, IssueText, Label, Login, Permission, PostedComment, labels};
pub use known_issue::KnownIssue;
pub use object::{ObjectRef, WorkloadKind, WorkloadRef};
pub use report::{ErrorKindReported, Report, ReportScope};
pub use severity::{SEVERITY_SIGNAL, Severity};
pub use triage::{Domain, SpecialistCall, Triage, TriageInput, Trigger, Window};
