//! Escalates the third attempt at the same thing within a day (SPEC §6, "the same action at most twice per object
//! in 24 h").
//!
//! Attempts are what the audit log says was begun, whether it ended well or not, in whatever run. A change that
//! is resumed after a crash has the key that it had, and does not count against itself. For a restart the object
//! is the workload: its pods have new names each time. A commit alters no infrastructure and each follows an
//! apply, which is counted; the branch that all of them go to is not counted as one object.

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::SignedDuration;
use lamplighter_core::ports::{AuditEntry, AuditEvent, AuditQuery};
use lamplighter_core::words::{Action, Change, ChangeKey};
use lamplighter_core::{Context, Guardrail, Result, Verdict};

const WINDOW: SignedDuration = SignedDuration::from_hours(24);
const AT_MOST: usize = 2;

pub(super) struct AtMostTwiceADay;

#[async_trait]
impl Guardrail<Change> for AtMostTwiceADay {
    fn name(&self) -> &'static str {
        "attempts"
    }

    async fn check(&self, cx: &Context, change: &Change) -> Result<Verdict> {
        match &change.action {
            Action::Commit(_) => return Ok(Verdict::allow("commits are counted by what they follow")),
            Action::RestartPod(_)
            | Action::Scale(_)
            | Action::ApplyPlan(_)
            | Action::AddMonitor(_)
            | Action::Direct(_) => {}
        }
        let since = cx.now().checked_sub(WINDOW).unwrap_or(jiff::Timestamp::MIN);
        // Only a log that is asked for everything shows what another run has done.
        let entries = cx.audit().entries(&AuditQuery { run: None, since: Some(since) }).await?;
        let earlier: BTreeSet<&ChangeKey> = entries.iter().filter_map(|entry| attempt_at(change, entry)).collect();
        Ok(if earlier.len() < AT_MOST {
            Verdict::allow("it was not tried twice in the last 24 hours")
        } else {
            Verdict::escalate(format!(
                "{} of {} was tried {} times in the last 24 hours, and it may be tried {AT_MOST} times",
                change.action.kind(),
                change.object(),
                earlier.len()
            ))
        })
    }
}

/// The key of an earlier attempt at the same action on the same object.
fn attempt_at<'a>(change: &Change, entry: &'a AuditEntry) -> Option<&'a ChangeKey> {
    match &entry.event {
        AuditEvent::Attempted { change: key, action, object, .. } => {
            (*key != change.key && action == change.action.kind() && *object == change.object()).then_some(key)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;
    use lamplighter_core::RunKey;
    use lamplighter_core::ports::AuditLog;
    use lamplighter_core::words::ObjectRef;
    use lamplighter_testkit::ContextBuilder;
    use lamplighter_testkit::fakes::{FakeAuditLog, FakeClock};
    use proptest::prelude::*;

    use super::super::fixtures::{change, commit, restart, word};
    use super::*;

    struct Log {
        audit: FakeAuditLog,
        cx: Context,
    }

    impl Log {
        fn new() -> Self {
            let audit = FakeAuditLog::new();
            let cx = ContextBuilder::new("issue/1").clock(FakeClock::auto()).audit(audit.clone()).build();
            Self { audit, cx }
        }

        async fn attempt(&self, key: &ChangeKey, action: &str, object: ObjectRef, ago: SignedDuration) {
            let event = AuditEvent::Attempted {
                change: key.clone(),
                action: action.to_owned(),
                object,
                requested_by: None,
                reason: String::new(),
            };
            let at = self.cx.now().checked_sub(ago).unwrap();
            self.audit.append(AuditEntry { at, run: RunKey::new("issue/9"), event }).await.unwrap();
        }

        async fn judge(&self, change: &Change) -> Verdict {
            AtMostTwiceADay.check(&self.cx, change).await.unwrap()
        }
    }

    fn key(name: &str) -> ChangeKey {
        ChangeKey::new(&RunKey::new("issue/9"), name)
    }

    fn hours(hours: i64) -> SignedDuration {
        SignedDuration::from_hours(hours)
    }

    #[tokio::test]
    async fn the_third_time_in_a_day_is_escalated() {
        let change = change(Action::RestartPod(restart()));
        let log = Log::new();
        let (own, object) = (change.key.clone(), change.object());
        assert_eq!(word(&log.judge(&change).await), "allow");
        log.attempt(&key("a"), "restart-pod", object.clone(), hours(23)).await;
        log.attempt(&key("a"), "restart-pod", object.clone(), hours(22)).await;
        log.attempt(&own, "restart-pod", object.clone(), hours(1)).await;
        log.attempt(&key("b"), "scale", object.clone(), hours(1)).await;
        log.attempt(&key("c"), "restart-pod", ObjectRef::pod("apps", "other"), hours(1)).await;
        log.attempt(&key("d"), "restart-pod", object.clone(), hours(25)).await;
        assert_eq!(word(&log.judge(&change).await), "allow", "one other attempt counts");
        log.attempt(&key("e"), "restart-pod", object, hours(24)).await;
        assert_eq!(word(&log.judge(&change).await), "escalate", "two do");
    }

    #[tokio::test]
    async fn another_pod_of_the_workload_is_the_same_object() {
        let log = Log::new();
        let earlier = change(Action::RestartPod(restart()));
        for name in ["a", "b"] {
            log.attempt(&key(name), "restart-pod", earlier.object(), hours(1)).await;
        }
        let mut successor = restart();
        (successor.pod, successor.uid) = ("wiki-xyz".to_owned(), "other".to_owned());
        assert_eq!(word(&log.judge(&change(Action::RestartPod(successor))).await), "escalate");
    }

    #[tokio::test]
    async fn a_log_that_cannot_be_read_is_no_answer() {
        let log = Log::new();
        log.audit.calls().fail_always("entries", || lamplighter_core::Error::internal("broken"));
        assert!(AtMostTwiceADay.check(&log.cx, &change(Action::RestartPod(restart()))).await.is_err());
    }

    #[tokio::test]
    async fn commits_are_not_counted_by_their_branch() {
        let log = Log::new();
        let change = change(Action::Commit(commit()));
        for name in ["a", "b", "c"] {
            log.attempt(&key(name), "commit", change.object(), hours(1)).await;
        }
        assert_eq!(word(&log.judge(&change).await), "allow");
    }

    proptest! {
        #[test]
        fn never_a_third_time(ages in prop::collection::vec((0..48_i64, 0..5_usize), 0..12)) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (allowed, recent) = runtime.block_on(async {
                let log = Log::new();
                let change = change(Action::RestartPod(restart()));
                for (age, name) in &ages {
                    log.attempt(&key(&name.to_string()), "restart-pod", change.object(), hours(*age)).await;
                }
                let recent: BTreeSet<usize> = ages.iter().filter(|(age, _)| *age <= 24).map(|(_, name)| *name).collect();
                (log.judge(&change).await.is_allow(), recent.len())
            });
            prop_assert_eq!(allowed, recent < 2);
        }
    }

    #[test]
    fn a_clock_at_the_beginning_of_time_is_survived() {
        let clock = FakeClock::new();
        clock.set(Timestamp::MIN);
        let cx = ContextBuilder::new("issue/1").clock(clock).audit(FakeAuditLog::new()).build();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let rule: Arc<dyn Guardrail<Change>> = Arc::new(AtMostTwiceADay);
        assert!(runtime.block_on(rule.check(&cx, &change(Action::RestartPod(restart())))).is_ok());
    }
}
