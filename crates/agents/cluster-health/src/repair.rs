//! What a scan may mend: only what undoes itself (SPEC §5, `--fix`).

use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::cluster::Pod;
use lamplighter_core::diagnosis::Scene;
use lamplighter_core::words::{
    Action, Change, ChangeKey, Confidence, Finding, Health, Impact, ObjectRef, PodRestart, WorkloadRef,
};
use lamplighter_core::{Actuator, Agent, Carried, Context, RefusalKind, Result};
use serde::{Deserialize, Serialize};

use crate::checks::crash_looping;
use crate::lines::{pod_ref, quoted};
use crate::{ClusterView, HealthSettings};

/// How often a container has to have crashed before its pod is worth a new start (SPEC §5: "more than 10 times").
const MANY_CRASHES: u32 = 10;

/// What came of a repair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// The pod.
    pub object: ObjectRef,
    /// What is to be done, and why.
    pub what: String,
    /// What came of it.
    pub outcome: Carried,
}

impl Repair {
    /// Whether it was done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self.outcome, Carried::Done(_))
    }

    /// Whether it would have been done, were this not a dry run.
    #[must_use]
    pub fn would_be_done(&self) -> bool {
        matches!(self.outcome, Carried::Refused { kind: RefusalKind::DryRun, .. })
    }
}

/// What was mended, and what was not and why.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Repairs {
    /// What was proposed to the guardrails.
    pub repairs: Vec<Repair>,
    /// The failed pods that are left alone, each with the reason.
    pub left_alone: Vec<String>,
}

/// The agent that mends what a scan finds, where that undoes itself: it deletes the remains of evicted and failed pods,
/// and pods that have crashed more than ten times, where a workload's controller recreates them.
///
/// It proposes each as a [`Change`]; the guardrails judge it, and the actuator carries it out: nothing in a dry run,
/// nothing while the stop switch is on, and at most twice a day for one workload. A pod that nothing recreates is never
/// proposed (Kubernetes docs, Pod Lifecycle: a pod without a controller stays deleted), nor one of a job, whose
/// remains are its log.
///
/// # Idempotency
/// By the pod's UID. A scan that is killed is repeated by the next, which finds the pod gone or proposes it anew.
pub struct Repairer {
    settings: HealthSettings,
    actuator: Actuator,
}

impl Repairer {
    /// One that counts as trouble what these settings say, and acts by this actuator.
    #[must_use]
    pub fn new(settings: HealthSettings, actuator: Actuator) -> Self {
        Self { settings, actuator }
    }

    /// What it would propose, and the failed pods that it leaves alone.
    fn proposals<'a>(&'a self, scene: &'a Scene) -> (Vec<Proposed<'a>>, Vec<String>) {
        let view = ClusterView::new(scene, &self.settings);
        let (mut proposed, mut left_alone) = (Vec::new(), Vec::new());
        for pod in view.staying_pods().into_iter().flatten().filter(|pod| !self.is_known(view, pod)) {
            let Some(what) = ailment(view, pod) else { continue };
            match view.graph().workload_of(pod) {
                Some(workload) => proposed.push(Proposed { pod, workload, what }),
                None => left_alone.push(format!("{}: {what}, and no workload would recreate it", pod_ref(pod))),
            }
        }
        (proposed, left_alone)
    }

    fn is_known(&self, view: ClusterView<'_>, pod: &Pod) -> bool {
        let workload = view.graph().workload_of(pod).map(|workload| workload.object());
        let objects = [Some(pod_ref(pod)), workload];
        let known = self.settings.known_issues.iter().filter(|known| !known.is_over(view.taken_at()));
        known.into_iter().any(|known| objects.iter().flatten().any(|object| known.covers(object)))
    }
}

/// A pod that would be better deleted.
struct Proposed<'a> {
    pod: &'a Pod,
    workload: WorkloadRef,
    what: String,
}

fn ailment(view: ClusterView<'_>, pod: &Pod) -> Option<String> {
    if pod.status.phase == "Failed" {
        let reason = pod.status.reason.as_deref().map(|reason| format!(" ({})", quoted(reason))).unwrap_or_default();
        return Some(format!("it has failed{reason}"));
    }
    let crashes = crash_looping(view, pod).map(|status| status.restart_count).max()?;
    (crashes > MANY_CRASHES).then(|| format!("it crashed {crashes} times"))
}

impl Proposed<'_> {
    fn change(&self, cx: &Context, scene: &Scene) -> Change {
        let ready = scene.graph.pods_of(&self.workload).filter(|pod| pod.is_ready()).count();
        let meta = &self.pod.metadata;
        let reason = format!("{}, and {} recreates it", self.what, self.workload);
        Change {
            key: ChangeKey::new(cx.run(), &format!("repair/{}", meta.uid)),
            action: Action::RestartPod(PodRestart {
                namespace: meta.namespace().to_owned(),
                pod: meta.name.clone(),
                uid: meta.uid.clone(),
                workload: Some(self.workload.clone()),
                ready: self.pod.is_ready(),
                ready_siblings: u32::try_from(ready).unwrap_or(u32::MAX),
            }),
            evidence: vec![Finding::new(reason.clone(), pod_ref(self.pod), scene.source(), scene.taken_at())],
            reason,
            requested_by: None,
            confidence: Confidence::High,
            impact: vec![Impact {
                service: self.workload.name.clone(),
                health: if ready == 0 { Health::Down } else { Health::Degraded },
            }],
            proposed_at: cx.now(),
        }
    }
}

#[async_trait]
impl Agent for Repairer {
    type Input = Arc<Scene>;
    type Output = Repairs;

    fn name(&self) -> &'static str {
        "repairer"
    }

    /// # Errors
    /// Those of [`Actuator::carry_out`]: of the journal and the audit log. That a change fails is an outcome.
    async fn run(&self, cx: &Context, scene: Arc<Scene>) -> Result<Repairs> {
        let (proposed, left_alone) = self.proposals(&scene);
        let mut repairs = Vec::new();
        for proposal in proposed {
            let outcome = self.actuator.carry_out(cx, proposal.change(cx, &scene), None).await?;
            let what = format!("{}: {} recreates it", proposal.what, proposal.workload);
            repairs.push(Repair { object: pod_ref(proposal.pod), what, outcome });
        }
        Ok(Repairs { repairs, left_alone })
    }
}
