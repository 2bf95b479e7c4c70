//! What the issue responder works with.

use std::sync::Arc;
use std::time::Duration;

use lamplighter_core::delivery::Delivery;
use lamplighter_core::diagnosis::Scene;
use lamplighter_core::diagnosis::{Diagnosis, DiagnosisRequest};
use lamplighter_core::ports::{ClusterReader, IssueReader, IssueWriter, Logs, Monitors, Notifier};
use lamplighter_core::words::{HealthReport, Login, ServiceCatalog, Triage, TriageInput};
use lamplighter_core::{Actuator, BoxAgent};

use crate::post_mortem::PostMortems;

/// The tracker, for reading and writing.
#[derive(Clone)]
pub struct Tracker {
    /// Reading.
    pub reader: Arc<dyn IssueReader>,
    /// Writing.
    pub writer: Arc<dyn IssueWriter>,
}

/// Everything that the responder asks and is asked through.
#[derive(Clone)]
pub struct Ports {
    /// The tracker.
    pub tracker: Tracker,
    /// The cluster.
    pub cluster: Arc<dyn ClusterReader>,
    /// Its logs.
    pub logs: Arc<dyn Logs>,
    /// The monitors that watch from outside. Without them nothing is ever healthy, only inconclusive.
    pub monitors: Option<Arc<dyn Monitors>>,
    /// Terraform. Without it nothing lasting is changed.
    pub delivery: Option<Delivery>,
    /// Who is called when a person is needed, beside the comment on the issue.
    pub notifier: Option<Arc<dyn Notifier>>,
    /// The cluster-health agent.
    pub health: BoxAgent<Arc<Scene>, HealthReport>,
    /// The sev-triage agent.
    pub triage: BoxAgent<TriageInput, Triage>,
    /// What says why something is broken. Without it the responder goes by the states of pods alone.
    pub diagnosis: Option<BoxAgent<DiagnosisRequest, Diagnosis>>,
    /// Who writes the post-mortems of what was serious, and where they go. Without it they stay required.
    pub post_mortems: Option<PostMortems>,
    /// What carries changes out.
    pub actuator: Actuator,
}

/// How the responder behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Who is escalated to.
    pub owner: Login,
    /// The services.
    pub catalog: ServiceCatalog,
    /// The time that one issue may take, restarts included.
    pub job_limit: Duration,
    /// How long systems that cannot be reached are tried again before a person is told.
    pub patience: Duration,
    /// How long an approval is waited for.
    pub approval_patience: Duration,
    /// How long a fixed service is given to recover.
    pub recovery_window: Duration,
    /// How often it is looked at meanwhile.
    pub recovery_poll: Duration,
    /// The most memory that a container's limit is raised to, in bytes.
    pub memory_ceiling: u64,
    /// How many log lines are read of a container.
    pub log_lines: u32,
    /// The quick checks that are quoted to reporters, first match first.
    pub self_service: Vec<SelfService>,
}

/// A quick check that a reporter can do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SelfService {
    /// The kind of error that it helps with.
    pub symptom: lamplighter_core::words::ErrorKindReported,
    /// What to do, in Markdown.
    pub check: String,
}
