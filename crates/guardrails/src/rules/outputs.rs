//! Escalates a plan that removes an output (SPEC §6, fail closed): other stacks read outputs through
//! `terraform_remote_state`, and fail at their next plan when one is gone.

use lamplighter_core::Verdict;
use lamplighter_core::markdown::code;
use lamplighter_core::plan::Actions;
use lamplighter_core::words::Change;

use super::{PureRule, plan_of, verdict};

pub(super) struct NoOutputRemoved;

impl PureRule for NoOutputRemoved {
    const NAME: &'static str = "outputs";

    fn judge(&self, change: &Change) -> Verdict {
        let outputs = plan_of(change).into_iter().flat_map(|plan| &plan.outputs);
        let gone = outputs.filter(|output| match output.actions {
            Actions::NoOp | Actions::Create | Actions::Read | Actions::Update => false,
            Actions::Delete | Actions::Replace { .. } | Actions::Forget | Actions::Other(_) => true,
        });
        let objections = gone.map(|output| format!("the output {} would be gone", code(&output.name))).collect();
        verdict("no output is removed", Verdict::escalate, objections)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fixtures::{applying, word};
    use super::*;

    #[test]
    fn an_output_may_come_and_change_and_not_go() {
        for (actions, expected) in [
            (json!(["create"]), "allow"),
            (json!(["update"]), "allow"),
            (json!(["no-op"]), "allow"),
            (json!(["delete"]), "escalate"),
            (json!(["delete", "create"]), "escalate"),
            (json!(["sell"]), "escalate"),
            (json!("delete"), "escalate"),
            (json!(null), "escalate"),
        ] {
            let plan = json!({
                "format_version": "1.2", "planned_values": {}, "output_changes": {"url": {"actions": actions}},
            });
            assert_eq!(word(&NoOutputRemoved.judge(&applying(&plan))), expected, "{plan}");
        }
    }
}
