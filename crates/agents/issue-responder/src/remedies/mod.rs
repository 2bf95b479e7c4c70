//! The safe fixes. Each proposes changes; the actuator has them judged and carries them out.

mod memory;
mod restart;
mod scale;

use lamplighter_core::words::{Action, Change, ChangeKey, Health, Impact};
use lamplighter_core::{Context, Result};

use crate::case::Case;
use crate::desk::Desk;
use crate::diagnosis::{Cause, Suspect};

/// What came of trying to fix one suspect.
pub(crate) enum Fix {
    /// Something was done; whether it helped is for the recovery to say.
    Tried {
        /// What was done, a sentence each, for a person.
        actions: Vec<String>,
    },
    /// Nothing was done, or not all of it: a person is needed.
    Stopped {
        /// What was done before.
        actions: Vec<String>,
        /// Why, one sentence.
        why: String,
        /// What a person needs to go on: the plan, what the guardrails said.
        found: Vec<String>,
    },
}

/// Tries the fix for a suspect's cause. `attempt` counts from 1; a cause whose fix is not worth a second try
/// is stopped at once.
pub(crate) async fn fix(desk: &Desk, cx: &Context, case: &Case, suspect: &Suspect, attempt: u32) -> Result<Fix> {
    match &suspect.cause {
        Cause::NotReady | Cause::CrashLoop => restart::restart(desk, cx, case, suspect, attempt).await,
        Cause::ScaledToZero if attempt == 1 => scale::restore(desk, cx, case, suspect).await,
        Cause::OutOfMemory { container, .. } if attempt == 1 => memory::raise(desk, cx, case, suspect, container).await,
        Cause::OutOfMemory { .. } | Cause::ScaledToZero => Ok(stopped("the fix did not help")),
        Cause::ImagePull | Cause::NotScheduled | Cause::Unknown => {
            Ok(stopped(format!("there is no safe automatic fix: {}", suspect.cause.sentence(&suspect.workload))))
        }
    }
}

fn stopped(why: impl Into<String>) -> Fix {
    Fix::Stopped { actions: Vec::new(), why: why.into(), found: Vec::new() }
}

fn change(cx: &Context, case: &Case, suspect: &Suspect, name: &str, health: Health, action: Action) -> Change {
    Change {
        key: ChangeKey::new(cx.run(), name),
        action,
        reason: suspect.cause.sentence(&suspect.workload),
        requested_by: Some(case.author.clone()),
        confidence: suspect.confidence,
        impact: vec![Impact { service: suspect.service.clone(), health }],
        evidence: suspect.evidence.clone(),
        proposed_at: cx.now(),
    }
}
