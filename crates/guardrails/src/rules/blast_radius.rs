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
            Action::Scale(_) | Action::RestartPod(_) | Action::Commit(_) | Action::Direct(_) => Vec::new(),
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
