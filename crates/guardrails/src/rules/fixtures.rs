//! Changes to judge, as small as they can be.
#![expect(clippy::needless_pass_by_value, reason = "values written in place read better than references to them")]

use lamplighter_core::plan::Plan;
use lamplighter_core::words::{
    Action, Change, ChangeKey, CommitChange, Confidence, Digest, DirectAction, Health, Impact, MonitorAddition,
    ObjectRef, PlanApply, PodRestart, Scaling, StackName, StateVersion, WorkloadKind, WorkloadRef,
};
use lamplighter_core::{RunKey, Verdict};
use serde_json::{Value, json};

pub(crate) fn change(action: Action) -> Change {
    Change {
        key: ChangeKey::new(&RunKey::new("issue/1"), "fix"),
        action,
        reason: "it is broken".to_owned(),
        requested_by: None,
        confidence: Confidence::High,
        impact: vec![Impact { service: "wiki".to_owned(), health: Health::Down }],
        evidence: Vec::new(),
        proposed_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

pub(crate) fn workload(kind: WorkloadKind) -> WorkloadRef {
    WorkloadRef::new(kind, "apps", "wiki")
}

pub(crate) fn restart() -> PodRestart {
    PodRestart {
        namespace: "apps".to_owned(),
        pod: "wiki-0".to_owned(),
        uid: "1a2b".to_owned(),
        workload: Some(workload(WorkloadKind::Deployment)),
        ready: false,
        ready_siblings: 0,
    }
}

pub(crate) fn scaling() -> Scaling {
    Scaling {
        workload: workload(WorkloadKind::Deployment),
        from: 0,
        to: 2,
        declared: Some(2),
        declared_in: Some("stacks/apps/main.tf:12".to_owned()),
    }
}

pub(crate) fn commit() -> CommitChange {
    CommitChange {
        branch: "main".to_owned(),
        files: vec!["stacks/apps/main.tf".to_owned()],
        message: "fix: raise the memory limit (fixes #1)".to_owned(),
        follows: Some(ChangeKey::new(&RunKey::new("issue/1"), "apply")),
    }
}

pub(crate) fn monitor() -> MonitorAddition {
    MonitorAddition { name: "wiki".to_owned(), url: "https://wiki.example.org/".to_owned(), interval: 60, retries: 3 }
}

pub(crate) fn direct(verb: &str, kind: &str) -> Change {
    change(Action::Direct(DirectAction { verb: verb.to_owned(), object: ObjectRef::namespaced(kind, "apps", "x") }))
}

pub(crate) fn apply(plan: &Value) -> PlanApply {
    let state = StateVersion { lineage: "l".to_owned(), serial: 3 };
    PlanApply {
        stack: StackName::new("apps"),
        digest: Digest::of(b"plan"),
        plan: Plan::parse(plan.to_string().as_bytes()).unwrap(),
        planned_on: state.clone(),
        state_now: state,
        edited: vec!["stacks/apps/main.tf".to_owned()],
    }
}

pub(crate) fn applying(plan: &Value) -> Change {
    change(Action::ApplyPlan(Box::new(apply(plan))))
}

/// The change that applies a plan of these resource changes.
pub(crate) fn planned(resources: &[Value]) -> Change {
    applying(&json!({"format_version": "1.2", "planned_values": {}, "resource_changes": resources}))
}

/// One resource change as `show -json` writes it.
pub(crate) fn resource(resource_type: &str, actions: &[&str], before: Value, after: Value) -> Value {
    json!({
        "address": format!("{resource_type}.x"),
        "mode": "managed",
        "type": resource_type,
        "name": "x",
        "provider_name": "registry.terraform.io/hashicorp/kubernetes",
        "change": {
            "actions": actions, "before": before, "after": after,
            "after_unknown": {}, "before_sensitive": {}, "after_sensitive": {},
        },
    })
}

pub(crate) fn update(resource_type: &str, before: Value, after: Value) -> Value {
    resource(resource_type, &["update"], before, after)
}

/// The same with one field of its `change` set.
pub(crate) fn with(mut resource: Value, field: &str, value: Value) -> Value {
    resource["change"][field] = value;
    resource
}

/// The verdict in one word.
pub(crate) fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Allow { .. } => "allow",
        Verdict::RequireApproval { .. } => "ask",
        Verdict::Escalate { .. } => "escalate",
        Verdict::Deny { .. } => "deny",
    }
}
