//! The judgement of changes, and the approval that only it can issue.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};

use crate::ports::{AuditEntry, AuditEvent};
use crate::words::{
    Action, Change, ChangeKey, CommitChange, MonitorAddition, ObjectRef, PlanApply, PodRestart, Scaling,
};
use crate::{Context, Mode, Result};

/// How long one rule may take. Rules are pure or ask the audit log; one that hangs has failed.
const RULE_LIMIT: Duration = Duration::from_secs(30);

/// A rule that judges a change.
///
/// # Contract
/// - `check` only judges: it changes nothing, so it may be called any number of times.
/// - A rule that has nothing to say about a change allows it; what makes a change possible is that no
///   rule objects *and* that there is at least one rule.
/// - An error is an objection. So is a panic, and so is taking longer than thirty seconds: guardrails fail
///   closed. Do not catch an error and allow.
/// - The answer depends on the change and on what the context offers (clock, audit log), not on the order
///   in which rules are asked.
///
/// The wrong way is a rule that carries out part of the change "to see if it works", or that remembers in
/// itself what it has allowed before: after a restart it would not know.
#[async_trait]
pub trait Guardrail<C: ?Sized + Sync>: Send + Sync {
    /// The rule's name, as refusals and the audit log show it: `protected-stacks`.
    fn name(&self) -> &str;

    /// Judges `change`.
    ///
    /// # Errors
    /// When it cannot be judged; the change is refused then.
    async fn check(&self, cx: &Context, change: &C) -> Result<Verdict>;
}

/// What a rule says. Deliberately exhaustive: whoever matches on it has to decide about a new outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    /// No objection.
    Allow {
        /// Why not.
        reason: String,
    },
    /// A collaborator has to approve it first.
    RequireApproval {
        /// Why.
        reason: String,
    },
    /// A person has to do it, or to decide what is to be done.
    Escalate {
        /// Why.
        reason: String,
    },
    /// Never.
    Deny {
        /// Why.
        reason: String,
    },
}

impl Verdict {
    /// No objection.
    pub fn allow(reason: impl Into<String>) -> Self {
        Self::Allow { reason: reason.into() }
    }

    /// A collaborator has to approve it first.
    pub fn require_approval(reason: impl Into<String>) -> Self {
        Self::RequireApproval { reason: reason.into() }
    }

    /// A person has to do it.
    pub fn escalate(reason: impl Into<String>) -> Self {
        Self::Escalate { reason: reason.into() }
    }

    /// Never.
    pub fn deny(reason: impl Into<String>) -> Self {
        Self::Deny { reason: reason.into() }
    }

    /// The reason, whatever the verdict.
    #[must_use]
    pub fn reason(&self) -> &str {
        match self {
            Self::Allow { reason }
            | Self::RequireApproval { reason }
            | Self::Escalate { reason }
            | Self::Deny { reason } => reason,
        }
    }

    /// Whether it is no objection.
    #[must_use]
    pub const fn is_allow(&self) -> bool {
        matches!(self, Self::Allow { .. })
    }

    const fn weight(&self) -> u8 {
        match self {
            Self::Allow { .. } => 0,
            Self::RequireApproval { .. } => 1,
            Self::Escalate { .. } => 2,
            Self::Deny { .. } => 3,
        }
    }
}

/// What one rule said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// The rule.
    pub rule: String,
    /// What it said.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// Anything that guardrails can judge and the audit log can name.
pub trait Proposal: Send + Sync {
    /// Its identity.
    fn key(&self) -> ChangeKey;
    /// The kind of action: `restart-pod`.
    fn action(&self) -> String;
    /// What it would be done to.
    fn object(&self) -> ObjectRef;
}

impl Proposal for Change {
    fn key(&self) -> ChangeKey {
        self.key.clone()
    }

    fn action(&self) -> String {
        self.action.kind().to_owned()
    }

    fn object(&self) -> ObjectRef {
        Change::object(self)
    }
}

/// A change that every rule has allowed.
///
/// There is no other way to get one: the fields are private, it is not `Deserialize` and not `Clone`, and
/// it is used up by the port that carries it out.
///
/// ```compile_fail
/// use lamplighter_core::Approved;
///
/// let forged = Approved { change: 1, rulings: Vec::new() };
/// ```
#[must_use = "an approval that is not carried out is lost"]
pub struct Approved<C> {
    change: C,
    rulings: Vec<Ruling>,
}

impl<C> Approved<C> {
    /// The change.
    pub fn change(&self) -> &C {
        &self.change
    }

    /// What each rule said.
    pub fn rulings(&self) -> &[Ruling] {
        &self.rulings
    }

    /// Uses the approval up: called by the port that carries the change out.
    pub fn into_change(self) -> C {
        self.change
    }
}

impl<C: fmt::Debug> fmt::Debug for Approved<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Approved").field(&self.change).finish()
    }
}

/// An approved change, sorted by the port that carries it out.
#[derive(Debug)]
pub enum ApprovedAction {
    /// For `ClusterWriter::restart_pod`.
    RestartPod(Approved<PodRestart>),
    /// For `ClusterWriter::scale`.
    Scale(Approved<Scaling>),
    /// For `Stacks::apply`.
    ApplyPlan(Approved<PlanApply>),
    /// For `Repository::commit`.
    Commit(Approved<CommitChange>),
    /// For `MonitorWriter::add`.
    AddMonitor(Approved<MonitorAddition>),
    /// No port carries this out, approved or not.
    Unsupported(Action),
}

impl Approved<Change> {
    /// The approval of the action alone, typed for its port.
    #[must_use]
    pub fn into_action(self) -> ApprovedAction {
        let Self { change, rulings } = self;
        match change.action {
            Action::RestartPod(restart) => ApprovedAction::RestartPod(Approved { change: restart, rulings }),
            Action::Scale(scaling) => ApprovedAction::Scale(Approved { change: scaling, rulings }),
            Action::ApplyPlan(apply) => ApprovedAction::ApplyPlan(Approved { change: *apply, rulings }),
            Action::Commit(commit) => ApprovedAction::Commit(Approved { change: commit, rulings }),
            Action::AddMonitor(addition) => ApprovedAction::AddMonitor(Approved { change: addition, rulings }),
            direct @ Action::Direct(_) => ApprovedAction::Unsupported(direct),
        }
    }
}

/// Why a change was not approved, and the change itself, given back.
#[derive(Debug)]
pub struct Refusal<C> {
    /// The change.
    pub change: C,
    /// What kind of refusal this is.
    pub kind: RefusalKind,
    /// The reasons of those who objected, for a person.
    pub reasons: Vec<String>,
    /// What each rule said.
    pub rulings: Vec<Ruling>,
}

impl<C> Refusal<C> {
    /// What happened, without the change.
    pub fn summary(&self) -> String {
        self.reasons.join("; ")
    }
}

/// The kinds of refusal, mildest first. Deliberately exhaustive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// Every rule allows it, and this is a dry run.
    DryRun,
    /// A collaborator has to approve it first.
    NeedsApproval,
    /// A person has to do it.
    Escalate,
    /// Never.
    Denied,
}

/// The set of rules that a change has to pass.
pub struct Guardrails<C: ?Sized> {
    rules: Vec<Arc<dyn Guardrail<C>>>,
}

impl<C: ?Sized> Clone for Guardrails<C> {
    fn clone(&self) -> Self {
        Self { rules: self.rules.clone() }
    }
}

impl<C: Proposal> Guardrails<C> {
    /// A set of these rules. An empty set refuses everything.
    #[must_use]
    pub fn new(rules: Vec<Arc<dyn Guardrail<C>>>) -> Self {
        Self { rules }
    }

    /// The names of the rules, in the order in which they are asked.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.name())
    }

    /// Asks every rule, and writes to the audit log what they said before anybody hears it.
    ///
    /// The gravest answer counts. An empty set, a rule that fails, panics or hangs, and an audit log that
    /// cannot be written all refuse. In a dry run nothing is approved.
    ///
    /// # Errors
    /// A [`Refusal`] that gives the change back with the reasons.
    pub async fn review(&self, cx: &Context, change: C) -> Result<Approved<C>, Box<Refusal<C>>> {
        let rulings = self.rulings(cx, &change).await;
        let mut outcome = outcome(cx.mode(), &rulings);
        if let Err(error) = self.audit(cx, &change, &rulings, outcome.as_ref().err()).await {
            tracing::error!(parent: cx.span(), error = error.chain(), "the audit log could not be written");
            let reason = format!("the audit log could not be written: {}", error.public_message());
            outcome = Err((RefusalKind::Escalate, vec![reason]));
        }
        match outcome {
            Ok(()) => Ok(Approved { change, rulings }),
            Err((kind, reasons)) => Err(Box::new(Refusal { change, kind, reasons, rulings })),
        }
    }

    async fn rulings(&self, cx: &Context, change: &C) -> Vec<Ruling> {
        let mut rulings = Vec::with_capacity(self.rules.len());
        for rule in &self.rules {
            // Called within the future, so that a rule that panics before it has given one is caught as well.
            let work = async { rule.check(cx, change).await };
            let check = AssertUnwindSafe(cx.within(RULE_LIMIT, work)).catch_unwind();
            let verdict = match check.await {
                Ok(Ok(verdict)) => verdict,
                Ok(Err(error)) => {
                    Verdict::escalate(format!("the rule could not judge this: {}", error.public_message()))
                }
                Err(_panic) => Verdict::escalate("the rule failed while judging this"),
            };
            rulings.push(Ruling { rule: rule.name().to_owned(), verdict });
        }
        rulings
    }

    async fn audit(
        &self,
        cx: &Context,
        change: &C,
        rulings: &[Ruling],
        refused: Option<&(RefusalKind, Vec<String>)>,
    ) -> Result<()> {
        let event = AuditEvent::Reviewed {
            change: change.key(),
            action: change.action(),
            object: change.object(),
            refused: refused.map(|(kind, _)| *kind),
            rulings: rulings.to_vec(),
        };
        cx.audit().append(AuditEntry { at: cx.now(), run: cx.run().clone(), event }).await
    }
}

fn outcome(mode: Mode, rulings: &[Ruling]) -> Result<(), (RefusalKind, Vec<String>)> {
    let Some(gravest) = rulings.iter().map(|ruling| ruling.verdict.weight()).max() else {
        return Err((
            RefusalKind::Denied,
            vec!["there are no guardrails, and without them nothing is changed".to_owned()],
        ));
    };
    let kind = match gravest {
        0 if mode == Mode::Apply => return Ok(()),
        0 => return Err((RefusalKind::DryRun, vec!["this is a dry run: nothing is changed".to_owned()])),
        1 => RefusalKind::NeedsApproval,
        2 => RefusalKind::Escalate,
        _ => RefusalKind::Denied,
    };
    let mut reasons: Vec<String> = Vec::new();
    for ruling in rulings.iter().filter(|ruling| ruling.verdict.weight() == gravest) {
        if !reasons.iter().any(|reason| reason == ruling.verdict.reason()) {
            reasons.push(ruling.verdict.reason().to_owned());
        }
    }
    Err((kind, reasons))
}
