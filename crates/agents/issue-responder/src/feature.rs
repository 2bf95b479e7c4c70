//! The feature path: the known, simple requests are carried out, everything else is assessed and handed over.

use lamplighter_core::delivery::{Delivered, Order, deliver};
use lamplighter_core::markdown::{code, inert, shorten};
use lamplighter_core::ports::{CloseReason, Monitoring, StackEdit};
use lamplighter_core::trust::AdmittedIssue;
use lamplighter_core::words::Confidence;
use lamplighter_core::{Context, Result};

use crate::case::{Outcome, Resolution};
use crate::comments;
use crate::desk::{Desk, Handover};
use crate::intake::FeatureRequest;

/// Answers a feature request.
pub(crate) async fn answer(
    desk: &Desk,
    cx: &Context,
    issue: &AdmittedIssue,
    request: FeatureRequest,
) -> Result<Outcome> {
    match request {
        FeatureRequest::AddMonitor { name, url } => add_monitor(desk, cx, issue, Monitoring { name, url }).await,
        FeatureRequest::Unknown { text, because } => assess(desk, cx, issue, &text, &because).await,
    }
}

async fn add_monitor(desk: &Desk, cx: &Context, issue: &AdmittedIssue, monitoring: Monitoring) -> Result<Outcome> {
    let what = format!("a monitor {} for {}", code(&monitoring.name), code(&monitoring.url));
    let Some(delivery) = &desk.ports.delivery else {
        return hand_over(
            desk,
            cx,
            issue,
            &format!("{what} is asked for and no stacks are configured"),
            Vec::new(),
            &[],
        )
        .await;
    };
    let stack = cx
        .step("monitoring", || async {
            let workspace = delivery.repository.workspace(cx.run()).await?;
            delivery.stacks.monitoring(&workspace).await
        })
        .await?;
    let Some(stack) = stack else {
        return hand_over(
            desk,
            cx,
            issue,
            &format!("{what} is asked for and no stack has monitors yet"),
            Vec::new(),
            &[],
        )
        .await;
    };
    let order = Order {
        stack: &stack,
        reason: format!("issue {} asks for a monitor", issue.number),
        subject: format!("feat: monitor {} (fixes {})", monitoring.name, issue.number),
        edits: &[StackEdit::AddMonitor(monitoring)],
        requested_by: Some(&issue.author),
        confidence: Confidence::High,
        impact: Vec::new(),
        evidence: Vec::new(),
    };
    match deliver(&desk.carrier(issue.number), delivery, cx, &order).await? {
        done @ (Delivered::Done { .. } | Delivered::Already) => {
            let actions = vec![match done {
                Delivered::Done { plan, commit } => {
                    let headline = plan.first().cloned().unwrap_or_default();
                    format!("added {what}; {headline}; commit {}", code(commit.short()))
                }
                _ => format!("added {what}; somebody committed the same"),
            }];
            desk.say(cx, issue.number, "resolved", &comments::implemented(&format!("{what} was added"), &actions))
                .await?;
            desk.close(cx, issue.number, CloseReason::Completed).await?;
            desk.note(cx, "implemented", &what).await?;
            Ok(Outcome {
                resolution: Resolution::Implemented,
                severity: None,
                summary: format!("{what} was added"),
                actions,
                post_mortem: None,
            })
        }
        Delivered::Refused { why, plan } => {
            hand_over(desk, cx, issue, &format!("adding {what} was not allowed: {why}"), plan, &[]).await
        }
        Delivered::Failed { why, plan, applied } => {
            let actions = if applied { vec![format!("began to add {what}")] } else { Vec::new() };
            hand_over(desk, cx, issue, &format!("adding {what} failed: {why}"), plan, &actions).await
        }
    }
}

/// What a person needs to decide: what is asked, why it is not done by itself, what it will take.
async fn assess(desk: &Desk, cx: &Context, issue: &AdmittedIssue, text: &str, because: &str) -> Result<Outcome> {
    let asked =
        if text.trim().is_empty() { "nothing that could be read".to_owned() } else { inert(&shorten(text, 400)) };
    let found = vec![
        format!("asked for: {asked}"),
        "needed: a person who decides what is meant and where it belongs".to_owned(),
        format!("not done automatically because {}", inert(because)),
        "risk: not known, since this is none of the requests that are carried out automatically (adding a monitor)"
            .to_owned(),
        "effort: to be estimated by whoever takes it".to_owned(),
    ];
    hand_over(desk, cx, issue, "this request is not one of the known, simple ones", found, &[]).await
}

async fn hand_over(
    desk: &Desk,
    cx: &Context,
    issue: &AdmittedIssue,
    why: &str,
    found: Vec<String>,
    actions: &[String],
) -> Result<Outcome> {
    let handover = Handover { issue: issue.number, name: "handover", severity: None, why, found, actions };
    desk.escalate(cx, &handover).await
}
