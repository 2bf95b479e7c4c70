//! Escalates what reaches far: a plan that changes many resources, and a count or limit that is raised many times
//! over (SPEC §6, "never a change that could take down a service that is healthy").
//!
//! Kubernetes fact: pods beyond what the nodes have are not only pending themselves; memory that is promised
//! to one is evicted from others.

use std::collections::BTreeSet;

use lamplighter_core::Verdict;
use lamplighter_core::markdown::code;
use lamplighter_core::plan::{Actions, Plan};
use lamplighter_core::words::{Action, Change};

use super::{PureRule, verdict};
use crate::reading::{Kind, amount, differences};

pub(super) struct SmallBlastRadius {
    pub(super) max_changed_resources: usize,
    pub(super) max_raise: u32,
}

impl PureRule for SmallBlastRadius {
    const NAME: &'static str = "blast-radius";

    fn judge(&self, change: &Change) -> Verdict {
        let objections = match &change.action {
            Action::ApplyPlan(apply) => self.in_plan(&apply.plan),
            Action::Scale(scaling) if scaling.to > scaling.from.max(1).saturating_mul(self.max_raise) => {
                vec![format!("from {} to {} replicas is a large step", scaling.from, scaling.to)]
            }
            Action::Scale(_)
            | Action::RestartPod(_)
            | Action::Commit(_)
            | Action::AddMonitor(_)
            | Action::Direct(_) => Vec::new(),
        };
        verdict("it reaches no further than it should", Verdict::escalate, objections)
    }
}

impl SmallBlastRadius {
    fn in_plan(&self, plan: &Plan) -> Vec<String> {
        let changed =
            plan.changes().map(|resource| (&resource.address, &resource.deposed)).collect::<BTreeSet<_>>().len();
        let many = (changed > self.max_changed_resources)
            .then(|| format!("{changed} resources would change, and {} may at once", self.max_changed_resources));
        many.into_iter().chain(self.large_steps(plan)).collect()
    }

    fn large_steps(&self, plan: &Plan) -> Vec<String> {
        let updates = plan.resources.iter().filter(|resource| resource.actions == Actions::Update);
        updates
            .flat_map(|resource| {
                let steps = differences(resource).into_iter().filter(|difference| match difference.kind {
                    Kind::Changed { before, after } if difference.is_capacity() => {
                        self.is_large(amount(before), amount(after))
                    }
                    Kind::Changed { .. } | Kind::Lost | Kind::Added | Kind::Unknown | Kind::UnknownStructure => false,
                });
                steps
                    .map(|step| {
                        format!("{} of {} is raised in a large step", code(&step.place()), code(&resource.address))
                    })
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    fn is_large(&self, before: Option<i128>, after: Option<i128>) -> bool {
        match (before, after) {
            (Some(before), Some(after)) => {
                // Nothing counts as one whole unit, so that a workload at zero can be brought back.
                let most = before.max(1000).saturating_mul(i128::from(self.max_raise));
                after > before && after > most
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::fixtures::{change, planned, resource, scaling, update, word};
    use super::*;

    fn check(change: &Change, expected: &str) {
        let said = SmallBlastRadius { max_changed_resources: 5, max_raise: 10 }.judge(change);
        assert_eq!(word(&said), expected, "{said:?}");
    }

    fn many(count: usize, resource: &Value) -> Vec<Value> {
        (0..count)
            .map(|index| {
                let mut one = resource.clone();
                one["address"] = json!(format!("terraform_data.x[{index}]"));
                one
            })
            .collect()
    }

    #[test]
    fn a_plan_changes_few_resources() {
        let updated = update("terraform_data", json!({"a": 1}), json!({"a": 2}));
        let created = resource("terraform_data", &["create"], Value::Null, json!({}));
        let kept = resource("terraform_data", &["no-op"], json!({}), json!({}));
        for (resource, count, expected) in [
            (&updated, 5, "allow"),
            (&updated, 6, "escalate"),
            (&created, 6, "escalate"),
            (&kept, 500, "allow"),
            (&created, 0, "allow"),
        ] {
            check(&planned(&many(count, resource)), expected);
        }
    }

    #[test]
    fn a_count_or_a_limit_is_raised_in_small_steps() {
        let limit = |memory: &str| json!({"resources": [{"limits": {"memory": memory}}]});
        for (before, after, expected) in [
            (limit("128Mi"), limit("256Mi"), "allow"),
            (limit("128Mi"), limit("1280Mi"), "allow"),
            (limit("128Mi"), limit("64Gi"), "escalate"),
            (json!({"replicas": 2}), json!({"replicas": 4}), "allow"),
            (json!({"replicas": 0}), json!({"replicas": 10}), "allow"),
            (json!({"replicas": 0}), json!({"replicas": 1000}), "escalate"),
            (json!({"port": 80}), json!({"port": 8080}), "allow"),
        ] {
            check(&planned(&[update("x", before, after)]), expected);
        }
        for (from, to, expected) in [(0, 10, "allow"), (0, 11, "escalate"), (3, 30, "allow"), (3, 31, "escalate")] {
            let mut scaling = scaling();
            (scaling.from, scaling.to) = (from, to);
            check(&change(Action::Scale(scaling)), expected);
        }
    }
}
