//! The post-mortem of what was serious (SPEC §7): its facts from the journal, the document from whoever writes it, its
//! place in the repository or the archive, the site, the comment, the label. Each once in the life of the run.

mod facts;
mod keep;
mod places;
mod ports;

use std::time::Duration;

use lamplighter_core::markdown::inert;
use lamplighter_core::trust::AdmittedIssue;
use lamplighter_core::words::{Incident, IssueNumber, SEVERITY_SIGNAL, Severity, WrittenPostMortem, labels};
use lamplighter_core::{Agent, Budget, Context, ErrorKind, Result, Usd};

use crate::case::{Outcome, Resolution};
use crate::desk::Desk;

pub use keep::own_post_mortem;
pub use ports::{PostMortemSite, PostMortems};

/// The money that a post-mortem may cost beside that of its issue (SPEC §6).
const MONEY: Usd = Usd::dollars(5);

/// How long it may take, whatever time the issue has left.
const TIME: Duration = Duration::from_mins(10);

/// Has the post-mortem of an incident written and published, where one is required, and says so on the issue.
///
/// Its failure does not undo the answer: it is said on the issue, and the label stays.
pub(crate) async fn conclude(
    desk: &Desk,
    cx: &Context,
    issue: &AdmittedIssue,
    mut outcome: Outcome,
) -> Result<Outcome> {
    let Some(post_mortems) = &desk.ports.post_mortems else { return Ok(outcome) };
    if !matches!(outcome.resolution, Resolution::Resolved | Resolution::Escalated) {
        return Ok(outcome);
    }
    // It has a time and money of its own: an issue that used up its own is one to learn from.
    let cx = cx.without_deadline().with_budget(Budget::new(MONEY));
    let severity = severity(&cx, &outcome).await?;
    if !severity.is_some_and(Severity::requires_postmortem) {
        return Ok(outcome);
    }
    match cx.within(TIME, write_and_keep(desk, post_mortems, &cx, issue, severity, &outcome)).await {
        Ok(place) => outcome.post_mortem = place,
        Err(error) if matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::Conflict | ErrorKind::Waiting) => {
            return Err(error);
        }
        Err(error) => {
            tracing::error!(parent: cx.span(), error = error.chain(), "no post-mortem");
            let why = inert(error.public_message());
            let body = format!("**Postmortem:** it could not be written: {why}. It is still required.");
            desk.say(&cx, issue.number, "no-postmortem", &body).await?;
        }
    }
    Ok(outcome)
}

/// The facts of an incident that a run has answered, or is answering, as its journal has them.
pub(crate) async fn facts(desk: &Desk, cx: &Context, number: IssueNumber) -> Result<Option<Incident>> {
    facts::recorded(desk, cx, number).await
}

/// What a person has set counts.
async fn severity(cx: &Context, outcome: &Outcome) -> Result<Option<Severity>> {
    let set = cx.journal().signalled(cx.run(), SEVERITY_SIGNAL).await?;
    let set = set.as_ref().and_then(|label| label.as_str()).and_then(|label| label.parse().ok());
    Ok(set.or(outcome.severity))
}

async fn write_and_keep(
    desk: &Desk,
    post_mortems: &PostMortems,
    cx: &Context,
    issue: &AdmittedIssue,
    severity: Option<Severity>,
    outcome: &Outcome,
) -> Result<Option<String>> {
    let scope = cx.scoped("post-mortem");
    let incident = scope.step("facts", || async { facts::gather(desk, cx, issue, severity, outcome).await }).await?;
    // Nothing was ever confirmed to be broken, so that nothing is required.
    let Some(incident) = incident else { return Ok(None) };
    let written: WrittenPostMortem =
        scope.step("document", || async { post_mortems.agent.run(&scope, incident.clone()).await }).await?;
    let kept = keep::keep(desk, post_mortems, &scope, issue, &incident, &written).await?;
    keep::publish(desk, post_mortems, &scope).await?;
    let body = keep::comment(&written, &kept);
    desk.say(cx, issue.number, "postmortem", &body).await?;
    if kept.why_not.is_none() {
        desk.relabel(cx, issue.number, &[labels::POSTMORTEM_DONE], &[labels::POSTMORTEM_REQUIRED]).await?;
    }
    desk.note(cx, "wrote the post-mortem", &kept.place).await?;
    Ok(Some(kept.place))
}
