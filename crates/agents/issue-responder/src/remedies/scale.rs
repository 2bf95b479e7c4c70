use lamplighter_core::markdown::code;
use lamplighter_core::ports::{Knob, Setting};
use lamplighter_core::words::{Action, Health, Scaling};
use lamplighter_core::{Carried, Context, Result, utc};

use super::{Fix, change, stopped};
use crate::case::Case;
use crate::desk::{Desk, Ordered};
use crate::diagnosis::Suspect;

/// Scales a workload back to the replica count that is declared for it.
pub(super) async fn restore(desk: &Desk, cx: &Context, case: &Case, suspect: &Suspect) -> Result<Fix> {
    let workload = &suspect.workload;
    let Some(delivery) = &desk.ports.delivery else {
        return Ok(stopped(format!(
            "{workload} is scaled to 0 and no stacks are configured that say how many replicas it should have"
        )));
    };
    let proposal = cx
        .step("scale:proposal", || async {
            let workspace = delivery.repository.workspace(cx.run()).await?;
            let declared = delivery.stacks.locate(&workspace, workload, &Knob::Replicas).await?;
            let from = desk.ports.cluster.replicas(workload).await?;
            Ok((declared, from))
        })
        .await?;
    let (Some(declared), Some(from)) = proposal else {
        return Ok(stopped(format!(
            "{workload} is scaled to 0 and no stack declares how many replicas it should have"
        )));
    };
    let Some(to) = count(&declared) else {
        let place = code(&format!("{}:{}", declared.file, declared.line));
        return Ok(stopped(format!("the replica count of {workload} at {place} is not a plain number")));
    };
    if to == 0 {
        return Ok(stopped(format!("{workload} is declared with 0 replicas, so that it is down is intended")));
    }
    let place = format!("{}:{}", declared.file, declared.line);
    let scaling =
        Scaling { workload: workload.clone(), from, to, declared: Some(to), declared_in: Some(place.clone()) };
    let change = change(cx, case, suspect, "scale", Health::Down, Action::Scale(scaling));
    let at = change.proposed_at;
    Ok(match desk.carry_out(cx, case.issue, Ordered::plain(change)).await? {
        Carried::Done(_) => {
            let place = code(&place);
            Fix::Tried {
                actions: vec![format!(
                    "scaled {workload} from {from} to {to} replicas, as {place} declares ({})",
                    utc(at)
                )],
            }
        }
        Carried::Refused { reasons, .. } => {
            stopped(format!("scaling {workload} was not allowed: {}", reasons.join("; ")))
        }
        Carried::Failed { reason } => stopped(format!("scaling {workload} failed: {reason}")),
    })
}

fn count(declared: &Setting) -> Option<u32> {
    declared.value.trim().parse().ok()
}
