//! Forbids a plan whose state has moved since it was made (SPEC §6, "or a plan whose state has moved → no").
//!
//! Terraform fact: every write of a state counts its `serial` up, and its `lineage` stays for its life. Another
//! pair means that somebody else has applied, imported or restored in between.

use lamplighter_core::Verdict;
use lamplighter_core::words::{Action, Change};

use super::PureRule;

pub(super) struct OnlyOnTheStateItWasMadeFrom;

impl PureRule for OnlyOnTheStateItWasMadeFrom {
    const NAME: &'static str = "moved-state";

    fn judge(&self, change: &Change) -> Verdict {
        match &change.action {
            Action::ApplyPlan(apply) if apply.planned_on == apply.state_now => {
                Verdict::allow("the state is the one that the plan was made from")
            }
            Action::ApplyPlan(apply) => Verdict::deny(format!(
                "the state has moved since the plan was made (serial {} then, {} now): plan again",
                apply.planned_on.serial, apply.state_now.serial
            )),
            Action::RestartPod(_)
            | Action::Scale(_)
            | Action::Commit(_)
            | Action::AddMonitor(_)
            | Action::Direct(_) => Verdict::allow("no plan is applied"),
        }
    }
}

#[cfg(test)]
mod tests {
    use lamplighter_core::words::StateVersion;
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::fixtures::{apply, change};
    use super::*;

    proptest! {
        #[test]
        fn never_on_another_state(then in ("[ab]{0,2}", 0..3_u64), now in ("[ab]{0,2}", 0..3_u64)) {
            let mut apply = apply(&json!({"format_version": "1.2", "planned_values": {}}));
            apply.planned_on = StateVersion { lineage: then.0.clone(), serial: then.1 };
            apply.state_now = StateVersion { lineage: now.0.clone(), serial: now.1 };
            let said = OnlyOnTheStateItWasMadeFrom.judge(&change(Action::ApplyPlan(Box::new(apply))));
            prop_assert_eq!(said.is_allow(), then == now);
        }
    }
}
