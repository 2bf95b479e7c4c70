//! Asks for a collaborator's approval where the policy wants one for this kind of action (SPEC §6, "an optional
//! approval by comment per action kind").

use std::collections::BTreeSet;

use lamplighter_core::Verdict;
use lamplighter_core::words::Change;

use super::PureRule;
use crate::ActionKind;

pub(super) struct ApprovedByAPerson(pub(super) BTreeSet<ActionKind>);

impl PureRule for ApprovedByAPerson {
    const NAME: &'static str = "approvals";

    fn judge(&self, change: &Change) -> Verdict {
        match ActionKind::of(&change.action) {
            Some(kind) if self.0.contains(&kind) => {
                Verdict::require_approval(format!("a collaborator has to approve each {}", change.action.kind()))
            }
            Some(_) => Verdict::allow("this kind of action needs no approval"),
            None => Verdict::escalate("no approval is enough for this action"),
        }
    }
}

#[cfg(test)]
mod tests {
    use lamplighter_core::words::Action;

    use super::super::fixtures::{change, direct, restart, scaling, word};
    use super::*;

    #[test]
    fn only_the_listed_kinds_have_to_be_approved() {
        let rule = ApprovedByAPerson([ActionKind::RestartPod].into());
        for (change, expected) in [
            (change(Action::RestartPod(restart())), "ask"),
            (change(Action::Scale(scaling())), "allow"),
            (direct("restart-pod", "pod"), "escalate"),
        ] {
            assert_eq!(word(&rule.judge(&change)), expected);
        }
    }
}
