//! Forbids every direct action that is not one of the two reversible ones (SPEC §6, "the only direct cluster
//! actions are the reversible ones" and "never delete PVCs, PVs, namespaces or user data; never touch
//! secrets").
//!
//! There is no list of what is allowed here: the two reversible actions have types of their own, so whatever
//! arrives as a direct action is refused, however it is called. The words only make the reason clear.

use lamplighter_core::Verdict;
use lamplighter_core::markdown::inert;
use lamplighter_core::words::{Action, Change};

use super::PureRule;
use crate::reading::{Name, names_secret};

pub(super) struct OnlyReversibleDirectActions;

impl PureRule for OnlyReversibleDirectActions {
    const NAME: &'static str = "direct-actions";

    fn judge(&self, change: &Change) -> Verdict {
        match &change.action {
            Action::Direct(direct) => Verdict::deny(format!(
                "to {} a {} directly is refused: {}",
                inert(&direct.verb),
                inert(&direct.object.kind),
                why(&direct.object.kind)
            )),
            Action::RestartPod(_) | Action::Scale(_) => Verdict::allow("a reversible direct action"),
            Action::ApplyPlan(_) | Action::Commit(_) | Action::AddMonitor(_) => Verdict::allow("not a direct action"),
        }
    }
}

fn why(kind: &str) -> &'static str {
    let lower = kind.to_lowercase();
    let is = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if names_secret(kind) {
        "secrets are never touched"
    } else if is(&["persistentvolume", "pvc", "volume"]) || Name::of(kind).has("pv") {
        "volumes hold user data and are never touched"
    } else if is(&["namespace"]) {
        "with a namespace everything in it would go, user data too"
    } else if is(&["database", "bucket", "backup", "snapshot", "file", "table", "disk"]) {
        "user data is never touched"
    } else {
        "only a pod restart and scaling back to the declared count can be undone; everything lasting goes through \
         Terraform"
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{change, direct, restart, scaling, word};
    use super::*;

    #[test]
    fn a_direct_action_is_never_allowed_and_the_reason_says_why() {
        for (verb, kind, because) in [
            ("delete", "persistentvolumeclaim", "volumes hold user data"),
            ("delete", "PVC", "volumes hold user data"),
            ("patch", "pv", "volumes hold user data"),
            ("delete", "namespace", "namespace"),
            ("read", "secret", "secrets are never touched"),
            ("write", "vault", "secrets are never touched"),
            ("drop", "database", "user data is never touched"),
            ("delete", "pod", "go"),
            ("restart-pod", "pod", "Terraform"),
            ("scale", "deployment", "Terraform"),
            ("", "", "Terraform"),
        ] {
            let said = OnlyReversibleDirectActions.judge(&direct(verb, kind));
            assert_eq!(word(&said), "deny", "{verb} {kind}");
            assert!(said.reason().contains(because), "{verb} {kind}: {}", said.reason());
        }
    }

    #[test]
    fn the_reversible_ones_pass() {
        for action in [Action::RestartPod(restart()), Action::Scale(scaling())] {
            assert_eq!(word(&OnlyReversibleDirectActions.judge(&change(action))), "allow");
        }
    }
}
