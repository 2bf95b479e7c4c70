use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Finding, Health, HealthReport, Report, Severity};
use crate::diagnosis::Scene;

/// What sev-triage looks at. Everything was read before: triage itself reads nothing and so takes no time.
#[derive(Debug, Clone)]
pub struct TriageInput {
    /// The report, where a person reported it.
    pub report: Option<Report>,
    /// The cluster and what else was seen. Of the rest the monitors are looked at.
    pub scene: Arc<Scene>,
    /// The scan of it.
    pub health: HealthReport,
}

/// The kinds of trouble, each with its specialist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Domain {
    Storage,
    Database,
    Networking,
    Auth,
    Compute,
    Deploy,
}

/// What set the incident off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// A new version was rolled out.
    Deploy,
    /// A setting was changed.
    ConfigChange,
    /// Something outside of the cluster.
    Upstream,
    /// A machine.
    Hardware,
    /// Nothing points at one.
    Unknown,
}

/// A span of time (UTC); still open where `to` is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Its begin.
    pub from: Timestamp,
    /// Its end.
    pub to: Option<Timestamp>,
}

/// A specialist that should look, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecialistCall {
    /// The specialist's name: `sre`, `network`.
    pub specialist: String,
    /// Why.
    pub reason: String,
}

/// The outcome of sev-triage (SPEC §5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Triage {
    /// Whether anything is wrong at all.
    pub health: Health,
    /// How bad; `None` when nothing is wrong.
    pub severity: Option<Severity>,
    /// Why this severity, one sentence each; never empty.
    pub reasons: Vec<String>,
    /// The services that are affected, by their name in the catalog or of their workload.
    pub services: Vec<String>,
    /// The namespaces that are affected.
    pub namespaces: Vec<String>,
    /// The kinds of trouble.
    pub domains: Vec<Domain>,
    /// When it happened, as far as events say.
    pub window: Option<Window>,
    /// What set it off.
    pub trigger: Trigger,
    /// The state of every node that is not simply ready.
    pub nodes: Vec<Finding>,
    /// What the severity rests on.
    pub critical_findings: Vec<Finding>,
    /// Who should look, and why.
    pub specialists: Vec<SpecialistCall>,
}
