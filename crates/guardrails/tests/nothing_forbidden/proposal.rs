//! A change before it is one: its plan as JSON, so that it can be twisted and goes through the real reader.

use jiff::Timestamp;
use lamplighter_core::RunKey;
use lamplighter_core::plan::Plan;
use lamplighter_core::ports::AuditEvent;
use lamplighter_core::words::{
    Action, Change, ChangeKey, CommitChange, Confidence, DirectAction, Health, Impact, Login, MonitorAddition,
    ObjectRef, PlanApply, PodRestart, Scaling, StackName, StateVersion,
};
use serde_json::Value;

pub(crate) const NOW: Timestamp = Timestamp::constant(1_772_366_400, 0);

#[derive(Debug, Clone)]
pub(crate) struct Proposal {
    pub(crate) deed: Deed,
    pub(crate) confidence: Confidence,
    pub(crate) impact: Vec<Health>,
    pub(crate) past: Vec<(Timestamp, AuditEvent)>,
    pub(crate) stopped: Option<String>,
    pub(crate) stop_switch_broken: bool,
    pub(crate) audit_log_broken: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum Deed {
    Restart(PodRestart),
    Scale(Scaling),
    Apply(Apply),
    Commit(CommitChange),
    AddMonitor(MonitorAddition),
    Direct(DirectAction),
}

#[derive(Debug, Clone)]
pub(crate) struct Apply {
    pub(crate) stack: String,
    /// The output of `show -json`.
    pub(crate) plan: Value,
    pub(crate) digest: String,
    pub(crate) planned_on: StateVersion,
    pub(crate) state_now: StateVersion,
    pub(crate) edited: Vec<String>,
}

impl Apply {
    pub(crate) fn resources(&mut self) -> &mut Vec<Value> {
        self.plan["resource_changes"].as_array_mut().expect("a list")
    }
}

pub(crate) fn own_key() -> ChangeKey {
    key("fix")
}

pub(crate) fn key(name: &str) -> ChangeKey {
    ChangeKey::new(&RunKey::new("issue/1"), name)
}

impl Proposal {
    /// The change; `None` where its plan does not parse, so that there is nothing to propose.
    pub(crate) fn change(&self) -> Option<Change> {
        let action = match &self.deed {
            Deed::Restart(restart) => Action::RestartPod(restart.clone()),
            Deed::Scale(scaling) => Action::Scale(scaling.clone()),
            Deed::Commit(commit) => Action::Commit(commit.clone()),
            Deed::AddMonitor(addition) => Action::AddMonitor(addition.clone()),
            Deed::Direct(direct) => Action::Direct(direct.clone()),
            Deed::Apply(apply) => Action::ApplyPlan(Box::new(PlanApply {
                stack: StackName::new(&apply.stack),
                digest: serde_json::from_value(apply.digest.clone().into()).ok()?,
                plan: Plan::parse(apply.plan.to_string().as_bytes()).ok()?,
                planned_on: apply.planned_on.clone(),
                state_now: apply.state_now.clone(),
                edited: apply.edited.clone(),
            })),
        };
        let impact = self.impact.iter().map(|&health| Impact { service: "wiki".to_owned(), health }).collect();
        Some(Change {
            key: own_key(),
            action,
            reason: "it is broken".to_owned(),
            requested_by: Some(Login::new("ada")),
            confidence: self.confidence,
            impact,
            evidence: Vec::new(),
            proposed_at: NOW,
        })
    }

    /// What an attempt at this would be written down as.
    pub(crate) fn attempt(&self, by: &ChangeKey) -> AuditEvent {
        let (action, object) = match &self.deed {
            Deed::Restart(restart) => {
                let pod = ObjectRef::pod(&restart.namespace, &restart.pod);
                let of = |workload: &lamplighter_core::words::WorkloadRef| {
                    ObjectRef::namespaced(workload.kind.as_str(), &workload.namespace, &workload.name)
                };
                ("restart-pod", restart.workload.as_ref().map_or(pod, of))
            }
            Deed::Scale(scaling) => {
                let workload = &scaling.workload;
                ("scale", ObjectRef::namespaced(workload.kind.as_str(), &workload.namespace, &workload.name))
            }
            Deed::Apply(apply) => ("apply-plan", ObjectRef::global("stack", &apply.stack)),
            Deed::Commit(commit) => ("commit", ObjectRef::global("repository", &commit.branch)),
            Deed::AddMonitor(addition) => ("add-monitor", ObjectRef::global("monitor", &addition.name)),
            Deed::Direct(direct) => (direct.verb.as_str(), direct.object.clone()),
        };
        AuditEvent::Attempted {
            change: by.clone(),
            action: action.to_owned(),
            object,
            requested_by: None,
            reason: String::new(),
        }
    }
}
