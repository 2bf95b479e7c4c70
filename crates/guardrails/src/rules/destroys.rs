//! Escalates whatever ends a resource or lets go of it (SPEC §6, "any delete, replace, forget … → escalate").
//!
//! Terraform facts (JSON output format, `resource_changes`): the list is flat, so resources in modules are in it
//! like the others; a replacement has two actions; `forget` drops a resource from the state; a deposed object is
//! the left-over of a replacement; `previous_address` is a move, `importing` a take-over.

use lamplighter_core::Verdict;
use lamplighter_core::markdown::code;
use lamplighter_core::plan::{Actions, ResourceChange};
use lamplighter_core::words::Change;

use super::{PureRule, plan_of, verdict};

pub(super) struct NothingDestroyed;

impl PureRule for NothingDestroyed {
    const NAME: &'static str = "destroys";

    fn judge(&self, change: &Change) -> Verdict {
        let resources = plan_of(change).into_iter().flat_map(|plan| &plan.resources);
        let objections = resources.filter_map(objection).collect();
        verdict("nothing is destroyed, replaced, forgotten, moved or taken over", Verdict::escalate, objections)
    }
}

fn objection(resource: &ResourceChange) -> Option<String> {
    let what = match &resource.actions {
        Actions::Delete => "would be destroyed",
        Actions::Replace { .. } => "would be destroyed and created anew",
        Actions::Forget => "would be forgotten",
        Actions::Other(_) => "would go through something unknown",
        Actions::NoOp | Actions::Create | Actions::Read | Actions::Update => {
            if resource.deposed.is_some() && !resource.actions.is_harmless() {
                "has a deposed object that would be touched"
            } else if resource.moves() {
                "would move to another address"
            } else if resource.importing {
                "would be taken over"
            } else {
                return None;
            }
        }
    };
    Some(format!("{} {what}", code(&resource.address)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::fixtures::{planned, resource, update, with, word};
    use super::*;

    fn check(resources: &[Value], expected: &str) {
        let said = NothingDestroyed.judge(&planned(resources));
        assert_eq!(word(&said), expected, "{said:?}");
    }

    #[test]
    fn what_ends_a_resource_is_escalated() {
        let harmless = || update("terraform_data", json!({"input": 1}), json!({"input": 2}));
        for (actions, expected) in [
            (&["create"][..], "allow"),
            (&["no-op"], "allow"),
            (&["delete"], "escalate"),
            (&["delete", "create"], "escalate"),
            (&["create", "delete"], "escalate"),
            (&["forget"], "escalate"),
            (&["create", "forget"], "escalate"),
            (&["Delete"], "escalate"),
            (&[], "escalate"),
        ] {
            check(&[harmless(), resource("terraform_data", actions, Value::Null, Value::Null)], expected);
        }
        check(&[harmless()], "allow");
        check(&[with(harmless(), "importing", json!({"id": "x"}))], "escalate");
        check(&[with(harmless(), "importing", Value::Null)], "allow");
        for (field, value, expected) in [
            ("previous_address", json!("terraform_data.old"), "escalate"),
            ("previous_address", json!("terraform_data.x"), "allow"),
            ("deposed", json!("abcd1234"), "escalate"),
        ] {
            let mut moved = harmless();
            moved[field] = value;
            check(&[moved], expected);
        }
    }

    #[test]
    fn long_lists_are_cut() {
        let many: Vec<Value> =
            (0..50).map(|_| resource("terraform_data", &["delete"], json!({}), Value::Null)).collect();
        let said = NothingDestroyed.judge(&planned(&many));
        assert!(said.reason().ends_with("and 46 more"), "{}", said.reason());
    }

    proptest! {
        #[test]
        fn never_a_destroy_however_deep_the_module(modules in 0..6_usize, at in 0..20_usize, which in 0..4_usize) {
            let actions = [&["delete"][..], &["delete", "create"], &["create", "delete"], &["forget"]][which];
            let mut plan: Vec<Value> = (0..20).map(|_| update("terraform_data", json!({"a": 1}), json!({"a": 2}))).collect();
            let mut hidden = resource("terraform_data", actions, json!({}), Value::Null);
            let module = vec!["module.m[\"k\"]"; modules].join(".");
            if modules > 0 {
                hidden["module_address"] = json!(module);
                hidden["address"] = json!(format!("{module}.terraform_data.x"));
            }
            plan.insert(at, hidden);
            prop_assert!(!NothingDestroyed.judge(&planned(&plan)).is_allow());
        }
    }
}
