//! Forbids deleting a pod that nothing would recreate, or whose service is up because of it (SPEC §6, "delete a
//! pod so that its controller recreates it" and "never a change that could take down a service that is
//! healthy").
//!
//! Kubernetes facts: a pod without a controller stays deleted. The pods of a Deployment are interchangeable, so
//! one of them may go while another is ready. Those of a `StatefulSet` are not (a quorum may need this one), and
//! each of a `DaemonSet` serves its own node: a ready one of these is left alone.

use lamplighter_core::Verdict;
use lamplighter_core::words::{Action, Change, PodRestart, WorkloadKind};

use super::PureRule;

pub(super) struct OnlyRecreatedPods;

impl PureRule for OnlyRecreatedPods {
    const NAME: &'static str = "pod-restarts";

    fn judge(&self, change: &Change) -> Verdict {
        match &change.action {
            Action::RestartPod(restart) => judge(restart),
            Action::Scale(_) | Action::ApplyPlan(_) | Action::Commit(_) | Action::AddMonitor(_) | Action::Direct(_) => {
                Verdict::allow("not a pod restart")
            }
        }
    }
}

fn judge(restart: &PodRestart) -> Verdict {
    if [&restart.namespace, &restart.pod, &restart.uid].iter().any(|name| name.trim().is_empty()) {
        return Verdict::deny("it is not said which pod: namespace, name and UID are needed");
    }
    let Some(workload) = &restart.workload else {
        return Verdict::deny("no controller would recreate the pod");
    };
    if workload.namespace != restart.namespace || workload.name.trim().is_empty() {
        return Verdict::deny("the workload that is named cannot be the pod's controller");
    }
    if !restart.ready {
        return Verdict::allow("its controller recreates it, and it is not ready as it is");
    }
    match workload.kind {
        WorkloadKind::Deployment if restart.ready_siblings > 0 => {
            Verdict::allow("its controller recreates it, and another pod is ready meanwhile")
        }
        WorkloadKind::Deployment => Verdict::deny("the pod is ready and the only one: its service would go down"),
        WorkloadKind::StatefulSet | WorkloadKind::DaemonSet => {
            Verdict::deny(format!("the pod is ready and no other pod of a {} can stand in for it", workload.kind))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fixtures::{change, restart, word, workload};
    use super::*;

    fn check(restart: &PodRestart, expected: &str) {
        let said = OnlyRecreatedPods.judge(&change(Action::RestartPod(restart.clone())));
        assert_eq!(word(&said), expected, "{restart:?}: {said:?}");
    }

    #[test]
    fn only_a_pod_that_comes_back_and_is_not_needed_is_restarted() {
        use WorkloadKind::{DaemonSet, Deployment, StatefulSet};
        for kind in [Deployment, StatefulSet, DaemonSet] {
            check(&PodRestart { workload: Some(workload(kind)), ..restart() }, "allow");
        }
        for (kind, ready_siblings, expected) in
            [(Deployment, 0, "deny"), (Deployment, 1, "allow"), (StatefulSet, 2, "deny"), (DaemonSet, 5, "deny")]
        {
            check(&PodRestart { workload: Some(workload(kind)), ready: true, ready_siblings, ..restart() }, expected);
        }
        check(&PodRestart { workload: None, ..restart() }, "deny");
        check(&PodRestart { uid: String::new(), ..restart() }, "deny");
        check(&PodRestart { pod: " ".to_owned(), ..restart() }, "deny");
        check(&PodRestart { namespace: "other".to_owned(), ..restart() }, "deny");
    }

    proptest! {
        #[test]
        fn never_the_last_ready_pod(kind in 0..3_usize, uid in ".*", pod in ".*") {
            let kind = [WorkloadKind::Deployment, WorkloadKind::StatefulSet, WorkloadKind::DaemonSet][kind];
            let last = PodRestart { workload: Some(workload(kind)), uid, pod, ready: true, ..restart() };
            prop_assert!(!OnlyRecreatedPods.judge(&change(Action::RestartPod(last))).is_allow());
        }

        #[test]
        fn never_a_pod_without_a_controller(ready: bool, ready_siblings: u32, uid in ".*") {
            let orphan = PodRestart { workload: None, ready, ready_siblings, uid, ..restart() };
            prop_assert!(!OnlyRecreatedPods.judge(&change(Action::RestartPod(orphan))).is_allow());
        }
    }
}
