//! Escalates what its proposer is not sure enough of (SPEC §6, "not confident → escalate with findings").

use lamplighter_core::Verdict;
use lamplighter_core::words::Change;

use super::PureRule;
use crate::{ActionKind, MinConfidence};

pub(super) struct OnlyWhenSure(pub(super) MinConfidence);

impl PureRule for OnlyWhenSure {
    const NAME: &'static str = "confidence";

    fn judge(&self, change: &Change) -> Verdict {
        let needed = match ActionKind::of(&change.action) {
            Some(ActionKind::RestartPod) => self.0.restart_pod,
            Some(ActionKind::Scale) => self.0.scale,
            Some(ActionKind::ApplyPlan) => self.0.apply_plan,
            Some(ActionKind::Commit) => self.0.commit,
            Some(ActionKind::AddMonitor) => self.0.add_monitor,
            None => return Verdict::escalate("no confidence is enough for this action"),
        };
        if change.confidence >= needed {
            Verdict::allow("the proposer is sure enough")
        } else {
            Verdict::escalate(format!("confidence is {:?} and {needed:?} is needed", change.confidence).to_lowercase())
        }
    }
}

#[cfg(test)]
mod tests {
    use lamplighter_core::words::{Action, Confidence};
    use serde_json::json;

    use super::super::fixtures::{apply, change, commit, direct, monitor, restart, scaling, word};
    use super::*;

    #[test]
    fn a_guess_is_escalated_and_a_lasting_change_needs_more() {
        let plan = json!({"format_version": "1.2", "planned_values": {}});
        for (action, low, medium, high) in [
            (Action::RestartPod(restart()), "escalate", "allow", "allow"),
            (Action::Scale(scaling()), "escalate", "allow", "allow"),
            (Action::ApplyPlan(Box::new(apply(&plan))), "escalate", "escalate", "allow"),
            (Action::Commit(commit()), "escalate", "allow", "allow"),
            (Action::AddMonitor(monitor()), "escalate", "allow", "allow"),
            (direct("delete", "pod").action, "escalate", "escalate", "escalate"),
        ] {
            for (confidence, expected) in
                [(Confidence::Low, low), (Confidence::Medium, medium), (Confidence::High, high)]
            {
                let change = Change { confidence, ..change(action.clone()) };
                let said = OnlyWhenSure(MinConfidence::default()).judge(&change);
                assert_eq!(word(&said), expected, "{} {confidence:?}", change.action.kind());
            }
        }
    }
}
