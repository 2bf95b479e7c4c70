use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use lamplighter_core::ports::{
    AuditEntry, AuditEvent, AuditQuery, IssueReader, IssueWriter, Journal, NewIssue, RunLease, StopSwitch,
};
use lamplighter_core::runs::{OUTCOME, newest_answer};
use lamplighter_core::trust::{Untrusted, admit_comment};
use lamplighter_core::waiting::{Answer, Question, give_answer, open_questions};
use lamplighter_core::words::{
    Approval, Decision, IssueNumber, IssueState, Label, Login, SEVERITY_SIGNAL, Severity, is_approval_question, labels,
};
use lamplighter_core::{Agent, Context, Result, RunKey};
use serde::{Deserialize, Serialize};

use crate::replies::{self, Progress};
use crate::{Command, Mistake};

/// A comment, as the tracker told of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Comment {
    /// On which issue.
    pub issue: IssueNumber,
    /// Who wrote it.
    pub author: Login,
    /// When it was written (UTC). It answers nothing that was asked after that.
    pub at: Timestamp,
    /// Its words, locked.
    #[serde(with = "lamplighter_core::trust::stored")]
    pub body: Untrusted<String>,
}

/// What whoever drives the runs has to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Nothing.
    Nothing,
    /// Start the run of the issue again, which has waited for this.
    Wake,
    /// Answer the issue: go on with an answer that is not finished, or begin a new one.
    Answer {
        /// Whether there is a finished one that it is to be answered anew after.
        again: bool,
    },
}

/// Who said something, where, and when (UTC).
#[derive(Clone, Copy)]
struct Spoken<'a> {
    issue: IssueNumber,
    by: &'a Login,
    at: Timestamp,
}

/// The agent: one run for each comment, named by the context.
///
/// # Idempotency
/// By the run: called again, it says and does nothing twice. Of two commands that answer the same question the first stands.
///
/// # Errors
/// Those of the tracker and the journal; run it again later. [`Conflict`](lamplighter_core::ErrorKind::Conflict) while the issue
/// is being answered, for `/retry` and `/severity`; the others wait for nothing.
pub struct Commander {
    reader: Arc<dyn IssueReader>,
    writer: Arc<dyn IssueWriter>,
    stop: Arc<dyn StopSwitch>,
}

impl Commander {
    /// A commander on this tracker.
    #[must_use]
    pub fn new(reader: Arc<dyn IssueReader>, writer: Arc<dyn IssueWriter>, stop: Arc<dyn StopSwitch>) -> Self {
        Self { reader, writer, stop }
    }

    async fn obey(
        &self,
        cx: &Context,
        spoken: Spoken<'_>,
        command: Result<Command, Mistake>,
    ) -> Result<(String, Effect)> {
        let Spoken { issue, by, .. } = spoken;
        match command {
            Ok(Command::Approve) => self.decide(cx, spoken, Decision::Approve).await,
            Ok(Command::Deny) => self.decide(cx, spoken, Decision::Deny).await,
            Ok(Command::Retry) => self.retry(cx, issue).await,
            Ok(Command::Stop) => self.stop(cx, issue, by).await,
            Ok(Command::Status) => self.status(cx, issue).await.map(|reply| (reply, Effect::Nothing)),
            Ok(Command::Severity(severity)) => {
                self.mark(cx, issue, severity).await.map(|()| (replies::severity(by, severity), Effect::Nothing))
            }
            Err(Mistake::NoSuchSeverity) => Ok((replies::no_such_severity(), Effect::Nothing)),
        }
    }

    async fn decide(
        &self,
        cx: &Context,
        Spoken { issue, by, at }: Spoken<'_>,
        decision: Decision,
    ) -> Result<(String, Effect)> {
        let journal = &**cx.journal();
        let Some(run) = newest_answer(journal, issue).await? else {
            return Ok((replies::nothing_waits(), Effect::Nothing));
        };
        // Recorded, so that a restart answers the same question and not the next one.
        let asked: Option<Question> = cx
            .step("question", || async {
                let open = open_questions(journal, &run).await?;
                let is_approval = |question: &Question| is_approval_question(&question.name);
                Ok(open.into_iter().find(|question| is_approval(question) && cx.now() < question.until))
            })
            .await?;
        let Some(question) = asked else { return Ok((replies::nothing_waits(), Effect::Nothing)) };
        // Nobody agrees to what he has not seen. Trackers tell times in whole seconds.
        if at.as_second() < question.asked_at.as_second() {
            return Ok((replies::asked_later(&question), Effect::Nothing));
        }
        let approval = Approval { decision, by: by.clone() };
        let stands = give_answer(journal, &run, &question.name, approval.clone(), cx.now()).await?;
        Ok(match stands {
            Answer::Given { value, .. } if value == approval => {
                (replies::decided(by, decision, &question), Effect::Wake)
            }
            Answer::Given { value, at } => (replies::already_decided(&value, at), Effect::Wake),
            Answer::Expired { at } => (replies::too_late(at), Effect::Nothing),
        })
    }

    async fn retry(&self, cx: &Context, issue: IssueNumber) -> Result<(String, Effect)> {
        if self.reader.issue(issue).await?.state == IssueState::Closed {
            return Ok((replies::closed(), Effect::Nothing));
        }
        let journal = &**cx.journal();
        let _lease = not_being_given(journal, issue).await?;
        let effect = cx
            .step("retry", || async {
                let Some(run) = newest_answer(journal, issue).await? else {
                    return Ok(Effect::Answer { again: false });
                };
                let is_finished = journal.recorded(&run, OUTCOME).await?.is_some();
                let open = open_questions(journal, &run).await?;
                let waits = !is_finished && open.iter().any(|question| cx.now() < question.until);
                Ok(if waits { Effect::Nothing } else { Effect::Answer { again: is_finished } })
            })
            .await?;
        let reply = if effect == Effect::Nothing { replies::still_waits() } else { replies::retrying() };
        Ok((reply, effect))
    }

    /// Stops everything by a label on an open issue: this one, or one that is filed for it where this one is closed.
    async fn stop(&self, cx: &Context, issue: IssueNumber, by: &Login) -> Result<(String, Effect)> {
        let label: BTreeSet<Label> = [labels::STOP.to_owned()].into();
        if self.reader.issue(issue).await?.state == IssueState::Open {
            self.writer.relabel(issue, &label, &BTreeSet::new()).await?;
            return Ok((replies::stopped(None), Effect::Nothing));
        }
        let new =
            NewIssue { title: "Lamplighter is stopped".to_owned(), body: replies::stopping(by, issue), labels: label };
        let filed = self.writer.file(cx.run().as_str(), &new).await?;
        Ok((replies::stopped(Some(filed)), Effect::Nothing))
    }

    async fn mark(&self, cx: &Context, issue: IssueNumber, severity: Severity) -> Result<()> {
        let journal = &**cx.journal();
        let _lease = not_being_given(journal, issue).await?;
        let run = newest_answer(journal, issue).await?.unwrap_or_else(|| RunKey::of_issue(issue, 1));
        journal.signal(&run, SEVERITY_SIGNAL, severity.label().into()).await?;
        let mut add: BTreeSet<Label> = [severity.label().to_owned()].into();
        let mut remove: BTreeSet<Label> = Severity::ALL
            .into_iter()
            .filter(|other| *other != severity)
            .map(|other| other.label().to_owned())
            .collect();
        if !severity.requires_postmortem() {
            remove.insert(labels::POSTMORTEM_REQUIRED.to_owned());
        } else if !self.reader.issue(issue).await?.labels.contains(labels::POSTMORTEM_DONE) {
            add.insert(labels::POSTMORTEM_REQUIRED.to_owned());
        }
        self.writer.relabel(issue, &add, &remove).await
    }

    async fn status(&self, cx: &Context, issue: IssueNumber) -> Result<String> {
        let journal = &**cx.journal();
        let stopped = match self.stop.stopped().await {
            Ok(why) => why,
            Err(error) => Some(format!("the stop switch cannot be read: {}", error.public_message())),
        };
        let Some(run) = newest_answer(journal, issue).await? else {
            return Ok(replies::status(None, stopped.as_deref()));
        };
        let steps = journal.steps(&run).await?;
        let of_this_run = AuditQuery { run: Some(run.clone()), since: None };
        let progress = Progress {
            run: &run,
            begun_at: steps.first().map(|step| step.at),
            last_at: steps.last().map(|step| step.at),
            questions: open_questions(journal, &run).await?,
            outcome: steps.iter().find(|step| step.step == OUTCOME).map(|step| &step.output),
            decisions: cx.audit().entries(&of_this_run).await?,
        };
        Ok(replies::status(Some(&progress), stopped.as_deref()))
    }
}

/// Makes sure that nobody gives an answer to the issue meanwhile, which would label it too, or end unseen.
async fn not_being_given(journal: &dyn Journal, issue: IssueNumber) -> Result<RunLease> {
    let run = newest_answer(journal, issue).await?.unwrap_or_else(|| RunKey::of_issue(issue, 1));
    journal.lease(&run).await
}

#[async_trait]
impl Agent for Commander {
    type Input = Comment;
    type Output = Effect;

    fn name(&self) -> &'static str {
        "commander"
    }

    async fn run(&self, cx: &Context, comment: Comment) -> Result<Effect> {
        let Comment { issue, author, at, body } = comment;
        let Some(words) = admit_comment(cx, &*self.reader, &author, body).await? else { return Ok(Effect::Nothing) };
        let Some(command) = Command::find(words.get()) else { return Ok(Effect::Nothing) };
        let (reply, effect) = cx.step("obeyed", || self.obey(cx, Spoken { issue, by: &author, at }, command)).await?;
        cx.step("reply", || async { self.writer.comment(issue, &format!("{}/reply", cx.run()), &reply).await }).await?;
        cx.step("audited", || async {
            let event = AuditEvent::Decided {
                decision: format!("command on {issue} by {author}"),
                reason: reply.lines().next().unwrap_or_default().to_owned(),
            };
            cx.audit().append(AuditEntry { at: cx.now(), run: cx.run().clone(), event }).await
        })
        .await?;
        Ok(effect)
    }
}
