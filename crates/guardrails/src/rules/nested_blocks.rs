//! Escalates an update that takes something out of a resource (SPEC §6, "removal of a nested block (an env block
//! lost inside an "update") → escalate").
//!
//! Terraform facts: nested blocks are lists of objects in the values of `show -json`; an update shows the whole
//! resource before and after, and says in `after_unknown` what will only be known when applied. Elements with a
//! name are compared by their name, so that a new order is no loss. A structure that becomes unknown as a whole
//! may lose anything, unless it is computed from an attribute that is known.

use lamplighter_core::Verdict;
use lamplighter_core::markdown::code;
use lamplighter_core::plan::{Actions, Plan, ResourceChange};
use lamplighter_core::words::Change;

use super::{PureRule, plan_of, verdict};
use crate::reading::{Kind, differences};

pub(super) struct NoNestedBlockLost;

impl PureRule for NoNestedBlockLost {
    const NAME: &'static str = "nested-blocks";

    fn judge(&self, change: &Change) -> Verdict {
        let objections = plan_of(change).map(losses).unwrap_or_default();
        verdict("no update takes anything out of a resource", Verdict::escalate, objections)
    }
}

fn losses(plan: &Plan) -> Vec<String> {
    plan.resources.iter().filter(|resource| resource.actions == Actions::Update).flat_map(lost_in).collect()
}

fn lost_in(resource: &ResourceChange) -> Vec<String> {
    let address = code(&resource.address);
    differences(resource)
        .iter()
        .filter_map(|difference| match difference.kind {
            Kind::Lost => Some(format!("the update of {address} loses {}", code(&difference.place()))),
            Kind::UnknownStructure => Some(format!(
                "what the update of {address} leaves of {} is not known before it is applied",
                code(&difference.place())
            )),
            Kind::Added | Kind::Changed { .. } | Kind::Unknown => None,
        })
        .collect()
}
