use lamplighter_core::ports::CloseReason;
use lamplighter_core::words::Health;
use lamplighter_core::{Agent, Context, Flow, Result, async_trait};

use crate::case::{Case, Outcome, Resolution};
use crate::comments;
use crate::desk::{Desk, Handover};
use crate::survey::survey;

/// Is it really down? Closes what two sources agree is healthy, asks where the report is too poor, and lets
/// everything else on.
pub(crate) struct Verify(pub(crate) Desk);

#[async_trait]
impl Agent for Verify {
    type Input = Case;
    type Output = Flow<Case, Outcome>;

    fn name(&self) -> &'static str {
        "verify"
    }

    async fn run(&self, cx: &Context, mut case: Case) -> Result<Self::Output> {
        let desk = &self.0;
        let seen = cx.step("survey", || async { Ok(survey(&desk.ports, cx, &case.report).await?.0) }).await?;
        match seen.triage.health {
            Health::Healthy => close_as_healthy(desk, cx, &case, &seen).await.map(Flow::Done),
            Health::Inconclusive if case.report.is_bare() => ask(desk, cx, &case, &seen).await.map(Flow::Done),
            Health::Inconclusive => {
                let mut found: Vec<String> =
                    seen.triage.reasons.iter().map(|reason| lamplighter_core::markdown::inert(reason)).collect();
                match &seen.monitors {
                    Ok(monitors) => found.extend(monitors.iter().map(comments::monitor_line)),
                    Err(reason) => found.push(format!("the monitors could not be asked: {reason}")),
                }
                let why = "it could not be told whether the service works: two independent sources are needed, and they are \
                           missing or disagree";
                let handover = Handover {
                    issue: case.issue,
                    name: "inconclusive",
                    severity: seen.triage.severity,
                    why,
                    found,
                    actions: &[],
                };
                desk.escalate(cx, &handover).await.map(Flow::Done)
            }
            Health::Degraded | Health::Down => {
                case.survey = Some(seen);
                Ok(Flow::Next(case))
            }
        }
    }
}

async fn close_as_healthy(desk: &Desk, cx: &Context, case: &Case, seen: &crate::case::Survey) -> Result<Outcome> {
    // A report that names nothing is answered with what is missing even when all is well: it may be about
    // something that nobody watches.
    if case.report.is_bare() {
        return ask(desk, cx, case, seen).await;
    }
    let body = comments::healthy(&case.report, seen, &desk.settings.self_service);
    desk.say(cx, case.issue, "findings", &body).await?;
    desk.close(cx, case.issue, CloseReason::Completed).await?;
    let summary = seen.triage.reasons.first().cloned().unwrap_or_else(|| "two sources agree that it works".to_owned());
    desk.note(cx, "closed as healthy", &summary).await?;
    Ok(Outcome { resolution: Resolution::Healthy, severity: None, summary, actions: Vec::new(), post_mortem: None })
}

async fn ask(desk: &Desk, cx: &Context, case: &Case, seen: &crate::case::Survey) -> Result<Outcome> {
    let body = comments::ask_for_facts(&case.report, seen, &desk.settings.self_service);
    desk.say(cx, case.issue, "findings", &body).await?;
    let summary =
        format!("the cluster scan found no outage, and the report lacks {}", case.report.missing().join(", "));
    desk.note(cx, "asked for facts", &summary).await?;
    Ok(Outcome {
        resolution: Resolution::AskedForFacts,
        severity: None,
        summary,
        actions: Vec::new(),
        post_mortem: None,
    })
}
