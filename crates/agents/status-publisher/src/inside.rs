//! How the cluster sees a service.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::words::status::ServiceState;
use lamplighter_core::words::{
    CatalogedService, CheckResult, CheckStatus, Finding, HealthReport, ObjectRef, Severity, WorkloadKind,
};
use serde::{Deserialize, Serialize};

/// What the cluster says, as far as it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "cluster")]
pub enum ClusterVerdict {
    /// There is none to be asked.
    #[default]
    NotAsked,
    /// It could not be read.
    Unreadable {
        /// Why, safe in public.
        reason: String,
    },
    /// A scan of it.
    Scanned {
        /// What it found.
        report: Box<HealthReport>,
    },
}

impl ClusterVerdict {
    /// A scan that is as new as what is said beside it.
    fn fresh(&self, now: Timestamp, stale_after: Duration) -> Option<&HealthReport> {
        let Self::Scanned { report } = self else { return None };
        let age = now.duration_since(report.taken_at);
        let limit = SignedDuration::try_from(stale_after).unwrap_or(SignedDuration::MAX);
        (age <= limit && age >= -SignedDuration::from_mins(1)).then_some(&**report)
    }

    pub(crate) fn is_fresh(&self, now: Timestamp, stale_after: Duration) -> bool {
        self.fresh(now, stale_after).is_some()
    }

    /// How it sees the workloads of a service; `None` where there is nothing of it to be seen.
    pub(crate) fn of(&self, service: &CatalogedService, now: Timestamp, stale_after: Duration) -> Option<ServiceState> {
        if service.workloads.is_empty() || matches!(self, Self::NotAsked) {
            return None;
        }
        let Some(report) = self.fresh(now, stale_after) else { return Some(ServiceState::Unknown) };
        let objects: Vec<ObjectRef> =
            service.workloads.iter().map(lamplighter_core::words::WorkloadRef::object).collect();
        let worst = report.checks.iter().filter_map(|check| trouble(check, &objects)).max();
        let looked = service.workloads.iter().all(|workload| {
            let check = report.checks.iter().find(|check| check.check == check_of(workload.kind));
            check.is_some_and(|check| {
                check.status != CheckStatus::Unknown && check.workloads.contains(&workload.object())
            })
        });
        Some(match worst {
            Some(worst) => worst,
            None if looked => ServiceState::Up,
            None => ServiceState::Unknown,
        })
    }
}

/// What a check says of these objects and what belongs to them.
fn trouble(check: &CheckResult, objects: &[ObjectRef]) -> Option<ServiceState> {
    let is_ours = |finding: &&Finding| objects.contains(finding.subject());
    let is_major = |finding: &Finding| finding.severity.is_some_and(|severity| severity >= Severity::Sev2);
    let state = |is_down: bool| if is_down { ServiceState::Down } else { ServiceState::Degraded };
    let counted = check.findings.iter().filter(is_ours).map(|finding| match check.status {
        CheckStatus::Fail => Some(state(is_major(finding))),
        CheckStatus::Warn => Some(ServiceState::Degraded),
        CheckStatus::Unknown | CheckStatus::Pass => None,
    });
    // What is known of a service spares its operator an alert, and does not make it work.
    let known = check.known.iter().map(|known| &known.finding).filter(is_ours);
    counted.flatten().chain(known.map(|finding| state(is_major(finding)))).max()
}

const fn check_of(kind: WorkloadKind) -> &'static str {
    match kind {
        WorkloadKind::Deployment => "deployments",
        WorkloadKind::StatefulSet => "stateful-sets",
        WorkloadKind::DaemonSet => "daemon-sets",
    }
}
