//! Escalates a plan that could take down a service that works (SPEC §6, "never a change that could take down a
//! service that is healthy").
//!
//! What is known of the services that a change touches is its [impact](lamplighter_core::words::Impact). A
//! service that nobody can tell about counts as healthy, and so does everything when nobody looked. Then a plan
//! may only create (nothing that is there is touched) or raise replica counts and limits; a service that is broken
//! for certain may be changed otherwise too. Two things are escalated however the service is: to lower a replica
//! count, and to create what governs others (network policies, quotas, webhooks, permissions).
//!
//! Kubernetes facts: a Deployment replaces its pods step by step, so that a raised limit leaves old ones running
//! until new ones are ready; a new `NetworkPolicy`, `ResourceQuota`, `LimitRange` or admission webhook takes
//! effect on what is running already.

use lamplighter_core::Verdict;
use lamplighter_core::markdown::code;
use lamplighter_core::plan::{Actions, Plan, ResourceChange};
use lamplighter_core::words::{Action, Change};

use super::{PureRule, verdict};
use crate::reading::{Difference, Kind, Name, amount, differences, goes_up, manifest_kinds, words};

/// The words of types and kinds whose objects act on others.
const GOVERNING: [&str; 16] = [
    "network policy",
    "resource quota",
    "limit range",
    "webhook",
    "role",
    "role binding",
    "cluster policy",
    "policy",
    "priority class",
    "pod disruption budget",
    "firewall",
    "security group",
    "iam",
    "taint",
    "admission",
    "api service",
];

pub(super) struct HealthyServicesStayUp;

impl PureRule for HealthyServicesStayUp {
    const NAME: &'static str = "healthy-services";

    fn judge(&self, change: &Change) -> Verdict {
        match &change.action {
            Action::ApplyPlan(apply) => {
                let broken = !change.impact.is_empty() && change.impact.iter().all(|impact| impact.health.is_broken());
                let objections = in_plan(&apply.plan, broken);
                verdict("no service that works is at risk", Verdict::escalate, objections)
            }
            Action::RestartPod(_)
            | Action::Scale(_)
            | Action::Commit(_)
            | Action::AddMonitor(_)
            | Action::Direct(_) => {
                Verdict::allow("not a plan; the rules on restarts, scaling and monitors look at these")
            }
        }
    }
}

fn in_plan(plan: &Plan, broken: bool) -> Vec<String> {
    plan.changes().filter_map(|resource| objection(resource, broken)).collect()
}

fn objection(resource: &ResourceChange, broken: bool) -> Option<String> {
    let address = code(&resource.address);
    match &resource.actions {
        Actions::Create if governs(resource) => Some(format!("{address} acts on services that are running")),
        Actions::Create => None,
        Actions::Update => {
            let found = differences(resource);
            if let Some(lowered) = found.iter().find(|difference| lowers_replicas(difference)) {
                return Some(format!("{} of {address} would be lowered", code(&lowered.place())));
            }
            let risk = found.iter().find(|difference| !is_safe(difference)).filter(|_| !broken)?;
            Some(format!(
                "{} of {address} would change, and its service is not known to be broken",
                code(&risk.place())
            ))
        }
        Actions::NoOp
        | Actions::Read
        | Actions::Delete
        | Actions::Replace { .. }
        | Actions::Forget
        | Actions::Other(_) => Some(format!("{address} would be touched otherwise than by an update")),
    }
}

fn governs(resource: &ResourceChange) -> bool {
    let named = |name: &str| Name::of(name).has_any(&GOVERNING);
    named(&resource.resource_type) || manifest_kinds(&resource.after).iter().any(|kind| named(kind))
}

fn lowers_replicas(difference: &Difference<'_>) -> bool {
    difference.is_count()
        && !matches!(difference.kind, Kind::Added)
        && !matches!(difference.kind, Kind::Changed { before, after } if goes_up(before, after) || amount(before) == amount(after))
}

/// Whether a difference leaves a running service running: a count or a limit goes up, or a value that only the
/// provider sets will be known later.
fn is_safe(difference: &Difference<'_>) -> bool {
    match difference.kind {
        Kind::Changed { before, after } => difference.is_capacity() && goes_up(before, after),
        Kind::Unknown => {
            let attribute = words(difference.attribute()).join("_");
            ["id", "generation", "resource_version", "uid", "self_link"].contains(&attribute.as_str())
        }
        Kind::Added | Kind::Lost | Kind::UnknownStructure => false,
    }
}

#[cfg(test)]
mod tests {
    use lamplighter_core::words::{Health, Impact};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::fixtures::{planned, resource, update, with, word};
    use super::*;

    fn touching(resource: Value, impact: &[Health]) -> Change {
        let impact = impact.iter().map(|&health| Impact { service: "wiki".to_owned(), health }).collect();
        Change { impact, ..planned(&[resource]) }
    }

    fn check(resource: &Value, impact: &[Health], expected: &str) {
        let said = HealthyServicesStayUp.judge(&touching(resource.clone(), impact));
        assert_eq!(word(&said), expected, "{resource} {impact:?}: {said:?}");
    }

    use Health::{Degraded, Down, Healthy, Inconclusive};
    const NOT_BROKEN: [&[Health]; 5] = [&[Healthy], &[Inconclusive], &[], &[Down, Healthy], &[Inconclusive, Degraded]];
    const BROKEN: [&[Health]; 3] = [&[Down], &[Degraded], &[Down, Degraded]];

    fn limits(memory: &str) -> Value {
        json!({"spec": [{"container": [{"name": "wiki", "resources": [{"limits": {"memory": memory}}]}]}]})
    }

    #[test]
    fn only_what_is_broken_for_certain_may_be_changed() {
        let risky = [
            update("x", json!({"image": "a"}), json!({"image": "b"})),
            update("x", limits("256Mi"), limits("128Mi")),
            update("x", json!({}), json!({"env": [{"name": "A"}]})),
            with(update("x", json!({"image": "a"}), json!({})), "after_unknown", json!({"image": true})),
            update("x", json!({"memory": "1Gi"}), json!({"memory": "2Gi"})),
        ];
        let safe = [
            update("x", limits("128Mi"), limits("256Mi")),
            update("x", json!({"replicas": "1"}), json!({"replicas": "2"})),
            resource("x", &["create"], Value::Null, json!({"a": 1})),
            resource("x", &["no-op"], json!({"a": 1}), json!({"a": 1})),
            with(
                update("x", json!({"replicas": 1, "generation": 7}), json!({"replicas": 2})),
                "after_unknown",
                json!({"generation": true}),
            ),
        ];
        for impact in NOT_BROKEN {
            for resource in &risky {
                check(resource, impact, "escalate");
            }
            for resource in &safe {
                check(resource, impact, "allow");
            }
        }
        for impact in BROKEN {
            for resource in risky.iter().chain(&safe) {
                check(resource, impact, "allow");
            }
        }
    }

    #[test]
    fn some_things_are_escalated_however_the_service_is() {
        for impact in NOT_BROKEN.into_iter().chain(BROKEN) {
            for governing in [
                "kubernetes_network_policy_v1",
                "kubernetes_resource_quota",
                "kubernetes_cluster_role_binding",
                "aws_iam_policy",
            ] {
                check(&resource(governing, &["create"], Value::Null, json!({})), impact, "escalate");
            }
            let webhook = json!({"manifest": {"kind": "ValidatingWebhookConfiguration"}});
            check(&resource("kubernetes_manifest", &["create"], Value::Null, webhook), impact, "escalate");
            check(&update("x", json!({"replicas": 3}), json!({"replicas": 2})), impact, "escalate");
            check(&update("x", json!({"replicas": 3}), json!({"replicas": null})), impact, "escalate");
            check(&update("x", json!({"replicas": "3"}), json!({"replicas": "all"})), impact, "escalate");
        }
    }

    proptest! {
        #[test]
        fn never_less_for_a_service_that_may_be_up(before in 1..1000_u32, after in 0..1000_u32, which in 0..5_usize, memory: bool) {
            let value = |n: u32| if memory { limits(&format!("{n}Mi")) } else { json!({"replicas": n}) };
            prop_assume!(before != after);
            let said = HealthyServicesStayUp.judge(&touching(update("x", value(before), value(after)), NOT_BROKEN[which]));
            prop_assert_eq!(said.is_allow(), after > before);
        }
    }
}
