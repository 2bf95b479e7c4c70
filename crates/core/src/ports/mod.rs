//! The ports: what agents ask of the outside world, in our words, read and write apart.
//!
//! Every write port says what makes it idempotent. Adapters retry inside themselves, and only what is
//! safe to retry; an agent never does. An error's [kind](crate::ErrorKind) says what went wrong and
//! [`is_retryable`](crate::Error::is_retryable) whether later may be better.

mod archive;
mod audit;
mod closed_issues;
mod cluster;
mod diagnosis;
mod heartbeats;
mod inbox;
mod issues;
mod journal;
mod model;
mod monitors;
mod notifier;
mod publisher;
mod repository;
mod secrets;
mod site_path;
mod stacks;
mod stop;
mod telemetry;
mod uptime;

pub use archive::{Archive, ArchiveWriter, ArchivedDocument};
pub use audit::{AuditEntry, AuditEvent, AuditLog, AuditQuery};
pub use closed_issues::{ClosedIssue, ClosedIssues};
pub use cluster::{ClusterReader, ClusterWriter, Scope};
pub use diagnosis::{Manifests, NodeUnits, Topology};
pub use heartbeats::{Beat, Heartbeat, Heartbeats, LastBeats, PlannedWork};
pub use inbox::{Inbox, Job, JobCounts, JobId, JobLimits, JobState, Message, Receipt, Words, Work, WorkKind};
pub use issues::{CloseReason, IssueReader, IssueWriter, NewIssue};
pub use journal::{Journal, RunLease, StepRecord};
pub use model::{Completion, Model, Prompt};
pub use monitors::{MonitorState, MonitorStatus, MonitorWriter, Monitors};
pub use notifier::{Notice, Notifier};
pub use publisher::{Published, Publisher, SiteFile};
pub use repository::{CommitId, CommitOutcome, Repository, Workspace};
pub use secrets::{SecretPath, Secrets};
pub use site_path::{SitePathError, check_site_path, site_paths};
pub use stacks::{Knob, Monitoring, PlanOutcome, PlannedStack, Setting, StackEdit, Stacks, Standing};
pub use stop::StopSwitch;
pub use telemetry::{Alert, Logs, LogsRequest, Metrics, Sample, Series};
pub use uptime::{HistoryUpdate, KnownMonitor, SourceHistory, StateChange, UptimeHistory};
