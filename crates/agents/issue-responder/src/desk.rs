//! What is done on the issue itself: comments, labels, closing. Each once in the life of the run.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::delivery::Carrier;
use lamplighter_core::ports::{AuditEntry, AuditEvent, AuditQuery, CloseReason, Notice, Workspace};
use lamplighter_core::waiting::Question;
use lamplighter_core::words::{Approval, Change, IssueNumber, Label, Severity, approval_question, labels};
use lamplighter_core::{Carried, Context, RefusalKind, Result};

use crate::case::{Outcome, Resolution};
use crate::comments;
use crate::ports::{Ports, Settings};

/// The tracker, the settings and one issue.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) ports: Arc<Ports>,
    pub(crate) settings: Arc<Settings>,
}

impl Desk {
    /// Comments once. `name` tells the comments of one issue apart.
    pub(crate) async fn say(&self, cx: &Context, issue: IssueNumber, name: &str, body: &str) -> Result<()> {
        let key = format!("{}/{name}", cx.run());
        cx.step(&format!("comment:{name}"), || async {
            self.ports.tracker.writer.comment(issue, &key, body).await?;
            Ok(())
        })
        .await
    }

    /// Adds and removes labels once.
    pub(crate) async fn relabel(&self, cx: &Context, issue: IssueNumber, add: &[&str], remove: &[&str]) -> Result<()> {
        let set = |labels: &[&str]| labels.iter().map(|&label| label.to_owned()).collect::<BTreeSet<Label>>();
        let (add, remove) = (set(add), set(remove));
        let change = add.iter().map(|label| format!("+{label}")).chain(remove.iter().map(|label| format!("-{label}")));
        let name = format!("labels:{}", change.collect::<Vec<_>>().join(" "));
        cx.step(&name, || async {
            self.ports.tracker.writer.relabel(issue, &add, &remove).await?;
            Ok(())
        })
        .await
    }

    /// Sets the severity's label and takes the others away: never two at once.
    pub(crate) async fn mark_severity(&self, cx: &Context, issue: IssueNumber, severity: Severity) -> Result<()> {
        let mut add = vec![labels::INCIDENT, severity.label()];
        if severity.requires_postmortem() {
            add.push(labels::POSTMORTEM_REQUIRED);
        }
        let others: Vec<&str> =
            Severity::ALL.into_iter().filter(|other| *other != severity).map(Severity::label).collect();
        self.relabel(cx, issue, &add, &others).await
    }

    /// Closes once.
    pub(crate) async fn close(&self, cx: &Context, issue: IssueNumber, reason: CloseReason) -> Result<()> {
        cx.step("close", || async {
            self.ports.tracker.writer.close(issue, reason).await?;
            Ok(())
        })
        .await
    }

    /// Has a change judged and carried out, and asks the collaborators first where the guardrails want one to approve it.
    ///
    /// # Errors
    /// [`Waiting`](lamplighter_core::ErrorKind::Waiting) while nobody has decided, and those of the actuator.
    pub(crate) async fn carry_out(&self, cx: &Context, issue: IssueNumber, ordered: Ordered<'_>) -> Result<Carried> {
        let Ordered { change, workspace, shown } = ordered;
        let actuator = &self.ports.actuator;
        let carried = actuator.carry_out(cx, change.clone(), workspace).await?;
        if !matches!(carried, Carried::Refused { kind: RefusalKind::NeedsApproval, .. }) {
            return Ok(carried);
        }
        let name = approval_question(&change)?;
        let text = format!("{} of {}", change.action.kind(), change.object());
        let ask = async |question: Question| {
            let body = comments::approval(&change, shown, question.until);
            self.say(cx, issue, &name, &body).await
        };
        cx.wait_for::<Approval, _>(&name, &text, self.settings.approval_patience, ask).await?;
        // The guardrails hear the answer for themselves.
        actuator.carry_out(cx, change, workspace).await
    }

    /// Who has the changes of an issue carried out.
    pub(crate) const fn carrier(&self, issue: IssueNumber) -> AtDesk<'_> {
        AtDesk { desk: self, issue }
    }

    /// Hands the issue to a person: the label, the assignee, the comment, the call.
    ///
    /// A tracker that does not let us assign is no reason to stay silent: the comment names the owner.
    pub(crate) async fn escalate(&self, cx: &Context, handover: &Handover<'_>) -> Result<Outcome> {
        let issue = handover.issue;
        let body = comments::escalation(&self.settings.owner, handover);
        self.say(cx, issue, handover.name, &body).await?;
        self.relabel(cx, issue, &[labels::NEEDS_HUMAN], &[]).await?;
        if let Err(error) = self.ports.tracker.writer.assign(issue, &self.settings.owner).await {
            tracing::warn!(parent: cx.span(), %error, "the owner could not be assigned");
        }
        self.call(cx, handover, &body).await?;
        self.note(cx, "escalated", handover.why).await?;
        Ok(Outcome {
            resolution: Resolution::Escalated,
            severity: handover.severity,
            summary: handover.why.to_owned(),
            actions: handover.actions.to_vec(),
            post_mortem: None,
        })
    }

    /// Writes a decision to the audit log.
    pub(crate) async fn note(&self, cx: &Context, decision: &str, reason: &str) -> Result<()> {
        let event = AuditEvent::Decided { decision: decision.to_owned(), reason: reason.to_owned() };
        cx.step(&format!("decided:{decision}"), || async {
            let of_this_run = AuditQuery { run: Some(cx.run().clone()), since: None };
            if cx.audit().entries(&of_this_run).await?.iter().any(|entry| entry.event == event) {
                return Ok(());
            }
            cx.audit().append(AuditEntry { at: cx.now(), run: cx.run().clone(), event }).await
        })
        .await
    }

    async fn call(&self, cx: &Context, handover: &Handover<'_>, body: &str) -> Result<()> {
        let Some(notifier) = &self.ports.notifier else { return Ok(()) };
        let key = format!("{}/{}", cx.run(), handover.name);
        let notice = Notice {
            title: format!("{} needs a person: {}", handover.issue, handover.why),
            body: body.to_owned(),
            severity: handover.severity,
            issue: handover.issue,
        };
        cx.step(&format!("notify:{}", handover.name), || async { notifier.notify(&key, &notice).await }).await
    }
}

/// Has the changes of one issue carried out.
pub(crate) struct AtDesk<'a> {
    desk: &'a Desk,
    issue: IssueNumber,
}

#[async_trait]
impl Carrier for AtDesk<'_> {
    async fn carry_out(
        &self,
        cx: &Context,
        change: Change,
        workspace: Option<&Workspace>,
        shown: &[String],
    ) -> Result<Carried> {
        self.desk.carry_out(cx, self.issue, Ordered { change, workspace, shown }).await
    }
}

/// A change with what it takes to carry it out.
pub(crate) struct Ordered<'a> {
    pub(crate) change: Change,
    /// Where its files are, for plans and commits.
    pub(crate) workspace: Option<&'a Workspace>,
    /// What somebody who has to approve it is shown beside its reason, a line each.
    pub(crate) shown: &'a [String],
}

impl Ordered<'_> {
    /// A change that needs no files and speaks for itself.
    pub(crate) fn plain(change: Change) -> Self {
        Self { change, workspace: None, shown: &[] }
    }
}

/// What a person is told who takes over.
pub(crate) struct Handover<'a> {
    pub(crate) issue: IssueNumber,
    /// Tells the escalations of one issue apart.
    pub(crate) name: &'static str,
    pub(crate) severity: Option<Severity>,
    /// Why it could not be resolved, one sentence.
    pub(crate) why: &'a str,
    /// What was found, a bullet each.
    pub(crate) found: Vec<String>,
    /// What was done before.
    pub(crate) actions: &'a [String],
}
