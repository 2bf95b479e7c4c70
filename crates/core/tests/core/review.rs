//! Guardrails fail closed.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use lamplighter_core::ports::AuditEvent;
use lamplighter_core::words::{Action, Change, ChangeKey, Confidence, PodRestart};
use lamplighter_core::{
    Approved, CancellationToken, Context, Error, ErrorKind, Guardrail, Guardrails, Mode, Refusal, RefusalKind, Result,
    RunKey, Verdict, async_trait,
};
use lamplighter_testkit::ContextBuilder;
use lamplighter_testkit::fakes::{FakeAuditLog, FakeClock};
use proptest::prelude::*;

pub(crate) fn change(action: Action) -> Change {
    Change {
        key: ChangeKey::new(&RunKey::new("issue/1"), "fix"),
        action,
        reason: "it is broken".to_owned(),
        requested_by: None,
        confidence: Confidence::High,
        impact: Vec::new(),
        evidence: Vec::new(),
        proposed_at: FakeClock::START,
    }
}

fn a_restart() -> Change {
    change(Action::RestartPod(PodRestart {
        namespace: "apps".to_owned(),
        pod: "wiki-0".to_owned(),
        uid: "1".to_owned(),
        workload: None,
        ready: false,
        ready_siblings: 0,
    }))
}

/// A rule that does what the test says.
struct Rule(fn() -> Result<Verdict>);

#[async_trait]
impl Guardrail<Change> for Rule {
    fn name(&self) -> &'static str {
        "rule"
    }

    async fn check(&self, _cx: &Context, _change: &Change) -> Result<Verdict> {
        (self.0)()
    }
}

struct Hangs;

#[async_trait]
impl Guardrail<Change> for Hangs {
    fn name(&self) -> &'static str {
        "hangs"
    }

    async fn check(&self, _cx: &Context, _change: &Change) -> Result<Verdict> {
        std::future::pending().await
    }
}

/// Panics before it has given a future: nobody has to use `async_trait`.
struct PanicsAtOnce;

impl Guardrail<Change> for PanicsAtOnce {
    fn name(&self) -> &'static str {
        "panics-at-once"
    }

    fn check<'a, 'b, 'c, 'd>(
        &'a self,
        _cx: &'b Context,
        _change: &'c Change,
    ) -> Pin<Box<dyn Future<Output = Result<Verdict>> + Send + 'd>>
    where
        'a: 'd,
        'b: 'd,
        'c: 'd,
    {
        panic!("at once")
    }
}

pub(crate) fn allowing() -> Guardrails<Change> {
    Guardrails::new(vec![Arc::new(Rule(|| Ok(Verdict::allow("fine"))))])
}

fn kind(outcome: &Result<Approved<Change>, Box<Refusal<Change>>>) -> Option<RefusalKind> {
    outcome.as_ref().err().map(|refusal| refusal.kind)
}

async fn review(rules: Vec<Arc<dyn Guardrail<Change>>>) -> Option<RefusalKind> {
    let cx = ContextBuilder::new("issue/1").apply().build();
    kind(&Guardrails::new(rules).review(&cx, a_restart()).await)
}

#[tokio::test]
async fn only_a_set_of_rules_that_all_allow_approves() {
    let rule = |rule: fn() -> Result<Verdict>| Arc::new(Rule(rule)) as Arc<dyn Guardrail<Change>>;
    let fine = || rule(|| Ok(Verdict::allow("fine")));
    assert_eq!(review(vec![]).await, Some(RefusalKind::Denied), "an empty set");
    assert_eq!(review(vec![fine()]).await, None);
    for (objection, expected) in [
        (rule(|| Ok(Verdict::require_approval("ask"))), RefusalKind::NeedsApproval),
        (rule(|| Ok(Verdict::escalate("no"))), RefusalKind::Escalate),
        (rule(|| Ok(Verdict::deny("never"))), RefusalKind::Denied),
        (rule(|| Err(Error::internal("broken"))), RefusalKind::Escalate),
        (rule(|| panic!("broken")), RefusalKind::Escalate),
        (Arc::new(PanicsAtOnce), RefusalKind::Escalate),
    ] {
        assert_eq!(review(vec![objection.clone()]).await, Some(expected));
        assert_eq!(review(vec![fine(), objection.clone(), fine()]).await, Some(expected));
        assert_eq!(review(vec![objection, rule(|| Ok(Verdict::deny("never")))]).await, Some(RefusalKind::Denied));
    }
}

#[tokio::test]
async fn a_rule_that_hangs_refuses_after_its_time() {
    let clock = FakeClock::new();
    let cx = ContextBuilder::new("issue/1").apply().clock(clock.clone()).build();
    let rules = Guardrails::new(vec![Arc::new(Hangs) as Arc<dyn Guardrail<Change>>]);
    let (outcome, ()) = tokio::join!(rules.review(&cx, a_restart()), async {
        clock.until_sleeping(1).await;
        clock.advance(Duration::from_secs(30));
    });
    assert_eq!(kind(&outcome), Some(RefusalKind::Escalate));
}

#[tokio::test]
async fn a_run_that_is_stopped_or_over_gets_no_approval() {
    let stop = CancellationToken::new();
    stop.cancel();
    let stopped = ContextBuilder::new("issue/1").apply().cancellation(stop).build();
    let over = ContextBuilder::new("issue/1").apply().deadline(FakeClock::START).build();
    for cx in [stopped, over] {
        assert_eq!(kind(&allowing().review(&cx, a_restart()).await), Some(RefusalKind::Escalate));
    }
}

#[tokio::test]
async fn an_audit_log_that_cannot_be_written_refuses_and_leaks_nothing() {
    let audit = FakeAuditLog::new();
    audit.calls().fail_next("append", Error::new(ErrorKind::Unavailable, "disk at /mnt/x is full"));
    let cx = ContextBuilder::new("issue/1").apply().audit(audit).build();
    let refusal = allowing().review(&cx, a_restart()).await.unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Escalate);
    assert!(!refusal.summary().contains("/mnt/x"), "{}", refusal.summary());
    assert_eq!(refusal.change, a_restart(), "the change is given back");
}

#[tokio::test]
async fn a_dry_run_approves_nothing_and_says_what_would_have_been() {
    let cx = ContextBuilder::new("issue/1").build();
    assert_eq!(kind(&allowing().review(&cx, a_restart()).await), Some(RefusalKind::DryRun));
    let denied = Guardrails::new(vec![Arc::new(Rule(|| Ok(Verdict::deny("never")))) as Arc<dyn Guardrail<Change>>]);
    assert_eq!(kind(&denied.review(&cx, a_restart()).await), Some(RefusalKind::Denied));
}

#[tokio::test]
async fn what_the_rules_said_is_written_down_before_anybody_hears_it() {
    let audit = FakeAuditLog::new();
    let cx = ContextBuilder::new("issue/1").apply().audit(audit.clone()).build();
    let approved = allowing().review(&cx, a_restart()).await.unwrap();
    let [AuditEvent::Reviewed { change, refused: None, rulings, .. }] = &audit.events()[..] else {
        panic!("one review: {:?}", audit.events())
    };
    assert_eq!((change, &rulings[..]), (&a_restart().key, approved.rulings()));
}

proptest! {
    #[test]
    fn never_an_approval_unless_all_allow_in_apply_mode(weights in prop::collection::vec(0..6_usize, 0..8), apply: bool) {
        let rules: Vec<Arc<dyn Guardrail<Change>>> = weights
            .iter()
            .map(|weight| {
                let rule: fn() -> Result<Verdict> = match weight {
                    0..=2 => || Ok(Verdict::allow("fine")),
                    3 => || Ok(Verdict::require_approval("ask")),
                    4 => || Ok(Verdict::deny("never")),
                    _ => || Err(Error::internal("broken")),
                };
                Arc::new(Rule(rule)) as Arc<dyn Guardrail<Change>>
            })
            .collect();
        let mode = if apply { Mode::Apply } else { Mode::DryRun };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let approved = runtime.block_on(async {
            let cx = ContextBuilder::new("issue/1").mode(mode).build();
            Guardrails::new(rules).review(&cx, a_restart()).await.is_ok()
        });
        prop_assert_eq!(approved, apply && !weights.is_empty() && weights.iter().all(|weight| *weight <= 2));
    }
}
