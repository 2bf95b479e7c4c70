use lamplighter_core::cluster::Quantity;
use lamplighter_core::delivery::{Delivered, Order, deliver};
use lamplighter_core::markdown::code;
use lamplighter_core::ports::{Knob, Setting, StackEdit};
use lamplighter_core::words::{Health, Impact};
use lamplighter_core::{Context, Result};

use super::{Fix, stopped};
use crate::case::Case;
use crate::desk::Desk;
use crate::diagnosis::Suspect;

/// Doubles the memory limit of a container in the stack that declares it.
///
/// Twice, because a container that was killed at its limit says only that it needs more: a smaller step
/// would need several rollouts to find out how much, a larger one takes from its neighbours without a reason.
pub(super) async fn raise(desk: &Desk, cx: &Context, case: &Case, suspect: &Suspect, container: &str) -> Result<Fix> {
    let workload = &suspect.workload;
    let Some(delivery) = &desk.ports.delivery else {
        return Ok(stopped(format!("{workload} needs more memory and no stacks are configured to raise it in")));
    };
    let knob = Knob::MemoryLimit { container: container.to_owned() };
    let setting = cx
        .step("memory:setting", || async {
            let workspace = delivery.repository.workspace(cx.run()).await?;
            delivery.stacks.locate(&workspace, workload, &knob).await
        })
        .await?;
    let Some(setting) = setting else {
        return Ok(stopped(format!("{workload} needs more memory, and no stack sets its limit as a plain value")));
    };
    let raised = match doubled(&setting, desk.settings.memory_ceiling) {
        Ok(raised) => raised,
        Err(why) => return Ok(stopped(format!("{workload} needs more memory: {why}"))),
    };
    let edits =
        [StackEdit::Set { workload: workload.clone(), knob, from: setting.value.clone(), to: raised.to_string() }];
    let order = Order {
        stack: &setting.stack,
        edits: &edits,
        reason: suspect.cause.sentence(workload),
        subject: format!("fix: raise the memory limit of {} to {raised} (fixes {})", workload.name, case.issue),
        requested_by: Some(&case.author),
        confidence: suspect.confidence,
        impact: vec![Impact { service: suspect.service.clone(), health: Health::Down }],
        evidence: suspect.evidence.clone(),
    };
    let place = code(&format!("{}:{}", setting.file, setting.line));
    let what = format!("the memory limit of {workload} from {} to {raised} at {place}", setting.value);
    Ok(match deliver(&desk.carrier(case.issue), delivery, cx, &order).await? {
        Delivered::Done { plan, commit } => {
            let headline = plan.first().cloned().unwrap_or_default();
            Fix::Tried { actions: vec![format!("raised {what}; {headline}; commit {}", code(commit.short()))] }
        }
        Delivered::Already => Fix::Tried { actions: vec![format!("raised {what}; somebody committed the same")] },
        Delivered::Refused { why, plan } => {
            Fix::Stopped { actions: Vec::new(), why: format!("raising {what} was not allowed: {why}"), found: plan }
        }
        Delivered::Failed { why, plan, applied } => {
            let actions = if applied { vec![format!("began to raise {what}")] } else { Vec::new() };
            Fix::Stopped { actions, why: format!("raising {what} failed: {why}"), found: plan }
        }
    })
}

fn doubled(setting: &Setting, ceiling: u64) -> Result<Quantity, String> {
    let now: Quantity = setting.value.parse().map_err(|error: lamplighter_core::Error| error.to_string())?;
    let bytes = now.units().and_then(|units| u64::try_from(units).ok()).filter(|bytes| *bytes > 0);
    let bytes = bytes.ok_or_else(|| format!("its limit {now} is not an amount that can be doubled"))?;
    match bytes.checked_mul(2).filter(|doubled| *doubled <= ceiling) {
        Some(doubled) => Ok(Quantity::from_bytes(doubled)),
        None => Err(format!("twice {now} is more than the ceiling of {}", Quantity::from_bytes(ceiling))),
    }
}
