//! Forbids scaling to anything but the declared count, and downwards (SPEC §6, "scale a workload back to its
//! declared replica count" and "never a change that could take down a service that is healthy").
//!
//! Kubernetes fact: a `DaemonSet` has no `spec.replicas`. Scaling down deletes pods that are running, and it is
//! the declaration that has to change first; that goes through Terraform.

use lamplighter_core::Verdict;
use lamplighter_core::words::{Action, Change, Scaling, WorkloadKind};

use super::PureRule;

pub(super) struct OnlyUpToTheDeclaredCount;

impl PureRule for OnlyUpToTheDeclaredCount {
    const NAME: &'static str = "scaling";

    fn judge(&self, change: &Change) -> Verdict {
        match &change.action {
            Action::Scale(scaling) => judge(scaling),
            Action::RestartPod(_)
            | Action::ApplyPlan(_)
            | Action::Commit(_)
            | Action::AddMonitor(_)
            | Action::Direct(_) => Verdict::allow("nothing is scaled directly"),
        }
    }
}

fn judge(scaling: &Scaling) -> Verdict {
    let Scaling { workload, from, to, declared, declared_in } = scaling;
    if [&workload.namespace, &workload.name].iter().any(|name| name.trim().is_empty()) {
        return Verdict::deny("it is not said which workload");
    }
    if workload.kind == WorkloadKind::DaemonSet {
        return Verdict::deny("a daemonset has no replica count");
    }
    let (Some(declared), Some(_)) = (declared, declared_in.as_deref().filter(|place| !place.trim().is_empty())) else {
        return Verdict::deny("no declaration of the replica count was found");
    };
    if to != declared {
        return Verdict::deny(format!("{declared} replicas are declared, not {to}"));
    }
    if to <= from {
        return Verdict::deny(format!("from {from} to {to} replicas is not upwards"));
    }
    Verdict::allow("back up to the declared count")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fixtures::{change, scaling, word, workload};
    use super::*;

    fn check(scaling: &Scaling, expected: &str) {
        let said = OnlyUpToTheDeclaredCount.judge(&change(Action::Scale(scaling.clone())));
        assert_eq!(word(&said), expected, "{scaling:?}: {said:?}");
    }

    #[test]
    fn only_upwards_and_only_to_what_is_declared() {
        check(&scaling(), "allow");
        check(&Scaling { workload: workload(WorkloadKind::StatefulSet), ..scaling() }, "allow");
        check(&Scaling { workload: workload(WorkloadKind::DaemonSet), ..scaling() }, "deny");
        check(&Scaling { declared: None, ..scaling() }, "deny");
        check(&Scaling { declared_in: None, ..scaling() }, "deny");
        check(&Scaling { declared_in: Some(" ".to_owned()), ..scaling() }, "deny");
        check(&Scaling { declared: Some(3), ..scaling() }, "deny");
        check(&Scaling { from: 2, ..scaling() }, "deny");
        check(&Scaling { from: 5, ..scaling() }, "deny");
        check(&Scaling { to: 0, declared: Some(0), ..scaling() }, "deny");
    }

    proptest! {
        #[test]
        fn never_downwards_and_never_past_the_declaration(from: u32, to: u32, declared: Option<u32>) {
            let said = OnlyUpToTheDeclaredCount.judge(&change(Action::Scale(Scaling { from, to, declared, ..scaling() })));
            prop_assert_eq!(said.is_allow(), to > from && declared == Some(to));
        }
    }
}
