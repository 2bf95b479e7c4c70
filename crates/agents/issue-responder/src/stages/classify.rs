use lamplighter_core::words::{SEVERITY_SIGNAL, Severity, labels};
use lamplighter_core::{Agent, Context, Error, Flow, Result, async_trait};

use crate::case::{Case, Outcome};
use crate::comments;
use crate::desk::{Desk, Handover};

/// How bad is it? Labels, comments, and calls a person at once for a SEV1, while the investigation goes on.
pub(crate) struct Classify(pub(crate) Desk);

#[async_trait]
impl Agent for Classify {
    type Input = Case;
    type Output = Flow<Case, Outcome>;

    fn name(&self) -> &'static str {
        "classify"
    }

    async fn run(&self, cx: &Context, case: Case) -> Result<Self::Output> {
        let desk = &self.0;
        let survey = case.survey.as_ref().ok_or_else(|| Error::internal("classified before it was verified"))?;
        let severity = case.severity().unwrap_or(Severity::Sev2);
        // Somebody who has said how bad it is knows better than we do; the labels are then his.
        if cx.journal().signalled(cx.run(), SEVERITY_SIGNAL).await?.is_none() {
            desk.mark_severity(cx, case.issue, severity).await?;
        } else {
            desk.relabel(cx, case.issue, &[labels::INCIDENT], &[]).await?;
        }
        desk.say(cx, case.issue, "investigating", &comments::investigating(&case, survey)).await?;
        desk.note(cx, &format!("classified as {severity}"), &survey.triage.reasons.join("; ")).await?;
        if severity == Severity::Sev1 {
            let found = survey.triage.critical_findings.iter().map(comments::bullet).collect();
            let why = "this is critical: a person is needed now, while the investigation goes on";
            let handover =
                Handover { issue: case.issue, name: "critical", severity: Some(severity), why, found, actions: &[] };
            desk.escalate(cx, &handover).await?;
        }
        Ok(Flow::Next(case))
    }
}
