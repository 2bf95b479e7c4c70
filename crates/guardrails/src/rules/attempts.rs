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
            Action::RestartPod(_) | Action::Scale(_) | Action::ApplyPlan(_) | Action::Direct(_) => {}
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
