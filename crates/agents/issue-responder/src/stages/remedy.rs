use lamplighter_core::markdown::inert;
use lamplighter_core::ports::CloseReason;
use lamplighter_core::{Agent, Context, Flow, Result, async_trait};

use crate::case::{Case, Outcome, Resolution};
use crate::comments;
use crate::desk::{Desk, Handover};
use crate::diagnosis::Suspect;
use crate::recovery::{Recovery, wait_for_recovery};
use crate::remedies::{Fix, fix};

/// More causes than these are no help to somebody who has to decide.
const CAUSES_TOLD: usize = 3;

/// How often one fix is tried. The guardrails hold the same limit over 24 hours.
const TRIES: u32 = 2;

/// Fixes what is safe, waits for the recovery, and hands the rest over.
pub(crate) struct Remedy(pub(crate) Desk);

#[async_trait]
impl Agent for Remedy {
    type Input = Case;
    type Output = Flow<Case, Outcome>;

    fn name(&self) -> &'static str {
        "remedy"
    }

    async fn run(&self, cx: &Context, case: Case) -> Result<Self::Output> {
        let mut actions = Vec::new();
        if let Some(why) = &case.cut_short {
            return self.hand_over(cx, &case, why, Vec::new(), &actions).await;
        }
        let Some(first) = case.suspects.first() else {
            let why = case.causes.first().map_or_else(
                || "it is broken, and no workload in the cluster explains it".to_owned(),
                |cause| format!("there is no safe automatic fix: {}", comments::root_cause(cause)),
            );
            return self.hand_over(cx, &case, &why, Vec::new(), &actions).await;
        };
        let mut seen = Vec::new();
        for attempt in 1..=TRIES {
            match fix(&self.0, cx, &case, first, attempt).await? {
                Fix::Stopped { actions: done, why, found } => {
                    actions.extend(done);
                    seen.extend(found);
                    return self.hand_over(cx, &case, &why, seen, &actions).await;
                }
                Fix::Tried { actions: done } => actions.extend(done),
            }
            let recovery = wait_for_recovery(&self.0, cx, &attempt.to_string(), &case).await?;
            if recovery.confirmed {
                return self.resolve(cx, &case, first, &actions, &recovery).await.map(Flow::Done);
            }
            seen = recovery.seen.iter().map(comments::bullet).collect();
        }
        let why = format!("what was tried did not help: {}", first.cause.sentence(&first.workload));
        self.hand_over(cx, &case, &why, seen, &actions).await
    }
}

impl Remedy {
    async fn resolve(
        &self,
        cx: &Context,
        case: &Case,
        suspect: &Suspect,
        actions: &[String],
        recovery: &Recovery,
    ) -> Result<Outcome> {
        let named = case.causes.first().filter(|cause| cause.culprit.name() == suspect.workload.name);
        let mut summary = suspect.cause.sentence(&suspect.workload);
        if let Some(cause) = named {
            summary = format!("{summary} ({}, {})", cause.cause, cause.confidence);
        }
        self.0
            .say(cx, case.issue, "resolved", &comments::resolved(&suspect.service, &summary, actions, &recovery.seen))
            .await?;
        self.0.close(cx, case.issue, CloseReason::Completed).await?;
        self.0.note(cx, "resolved", &summary).await?;
        Ok(Outcome {
            resolution: Resolution::Resolved,
            severity: case.severity(),
            summary,
            actions: actions.to_vec(),
            post_mortem: None,
        })
    }

    async fn hand_over(
        &self,
        cx: &Context,
        case: &Case,
        why: &str,
        mut found: Vec<String>,
        actions: &[String],
    ) -> Result<Flow<Case, Outcome>> {
        for cause in case.causes.iter().take(CAUSES_TOLD) {
            found.push(format!("root cause: {}", comments::root_cause(cause)));
            found.extend(cause.evidence.iter().take(2).map(comments::bullet));
        }
        for suspect in &case.suspects {
            found.push(inert(&suspect.cause.sentence(&suspect.workload)));
            found.extend(suspect.evidence.iter().map(comments::bullet));
        }
        found.dedup();
        let severity = case.severity();
        let handover = Handover { issue: case.issue, name: "handover", severity, why, found, actions };
        self.0.escalate(cx, &handover).await.map(Flow::Done)
    }
}
