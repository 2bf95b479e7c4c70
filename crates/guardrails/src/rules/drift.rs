//! Escalates a plan that would change a resource which somebody changed outside of Terraform (SPEC §6, fail
//! closed): applying it would silently undo what a person did by hand, perhaps as a stopgap.
//!
//! Terraform fact: `resource_drift` lists what differs between the state and the real world when the plan was
//! made.

use std::collections::BTreeSet;

use lamplighter_core::Verdict;
use lamplighter_core::markdown::code;
use lamplighter_core::words::Change;

use super::{PureRule, plan_of, verdict};

pub(super) struct NoDriftOverwritten;

impl PureRule for NoDriftOverwritten {
    const NAME: &'static str = "drift";

    fn judge(&self, change: &Change) -> Verdict {
        let Some(plan) = plan_of(change) else { return Verdict::allow("no plan is applied") };
        let drifted: BTreeSet<&str> = plan.drift.iter().map(|resource| resource.address.as_str()).collect();
        let objections = plan
            .changes()
            .filter(|resource| {
                let addresses = [Some(&resource.address), resource.previous_address.as_ref()];
                addresses.into_iter().flatten().any(|address| drifted.contains(address.as_str()))
            })
            .map(|resource| format!("{} was changed outside of Terraform", code(&resource.address)))
            .collect();
        verdict("nothing that would change has drifted", Verdict::escalate, objections)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::fixtures::{applying, resource, update, word};
    use super::*;

    #[test]
    fn what_a_person_changed_by_hand_is_not_undone() {
        let changed = || update("terraform_data", json!({"input": 1}), json!({"input": 2}));
        let kept = || resource("terraform_data", &["no-op"], json!({"input": 1}), json!({"input": 1}));
        let mut other = changed();
        other["address"] = json!("terraform_data.other");
        let mut moved = changed();
        moved["previous_address"] = json!("terraform_data.other");
        let cases: [(Value, Value, &str); 5] = [
            (json!([changed()]), json!([]), "allow"),
            (json!([changed()]), json!([changed()]), "escalate"),
            (json!([changed()]), json!([other.clone()]), "allow"),
            (json!([kept()]), json!([changed()]), "allow"),
            (json!([moved]), json!([other]), "escalate"),
        ];
        for (changes, drift, expected) in cases {
            let plan = json!({
                "format_version": "1.2", "planned_values": {}, "resource_changes": changes, "resource_drift": drift,
            });
            assert_eq!(word(&NoDriftOverwritten.judge(&applying(&plan))), expected, "{plan}");
        }
    }
}
