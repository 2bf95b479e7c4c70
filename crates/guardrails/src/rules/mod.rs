//! The rules, one file each.

mod approvals;
mod attempts;
mod blast_radius;
mod commits;
mod confidence;
mod destroys;
mod direct_actions;
mod drift;
mod healthy_services;
mod monitors;
mod moved_state;
mod nested_blocks;
mod outputs;
mod pod_restarts;
mod protected_stacks;
mod readable_plan;
mod scaling;
mod secrets;
mod stop_switch;
mod user_data;

use std::fmt::Write as _;
use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::plan::Plan;
use lamplighter_core::ports::StopSwitch;
use lamplighter_core::words::{Action, Change};
use lamplighter_core::{Context, Guardrail, Guardrails, Result, Verdict};

use crate::Policy;

/// All rules of SPEC §6 that judge a change, the stop switch first. Every one is asked about every change;
/// the gravest answer counts.
///
/// ```
/// use std::sync::Arc;
///
/// use lamplighter_guardrails::{Policy, guardrails};
/// # use lamplighter_core::{Result, ports::StopSwitch};
/// # struct NeverStopped;
/// # #[lamplighter_core::async_trait]
/// # impl StopSwitch for NeverStopped {
/// #     async fn stopped(&self) -> Result<Option<String>> {
/// #         Ok(None)
/// #     }
/// # }
///
/// let rules = guardrails(Policy::default(), Arc::new(NeverStopped));
/// assert_eq!(rules.names().next(), Some("stop-switch"));
/// ```
#[must_use]
pub fn guardrails(policy: Policy, stop: Arc<dyn StopSwitch>) -> Guardrails<Change> {
    let Policy { protected_stacks, max_changed_resources, max_raise, min_confidence, require_approval, docs_folders } =
        policy;
    Guardrails::new(vec![
        Arc::new(stop_switch::StopSwitchIsOff(stop)),
        Arc::new(Pure(direct_actions::OnlyReversibleDirectActions)),
        Arc::new(Pure(pod_restarts::OnlyRecreatedPods)),
        Arc::new(Pure(scaling::OnlyUpToTheDeclaredCount)),
        Arc::new(Pure(monitors::OnlyPlainMonitors)),
        Arc::new(Pure(readable_plan::OnlyReadablePlans)),
        Arc::new(Pure(moved_state::OnlyOnTheStateItWasMadeFrom)),
        Arc::new(Pure(user_data::NoUserDataLost)),
        Arc::new(Pure(destroys::NothingDestroyed)),
        Arc::new(Pure(nested_blocks::NoNestedBlockLost)),
        Arc::new(Pure(secrets::NoSecretTouched)),
        Arc::new(Pure(protected_stacks::PlatformIsHandsOff::new(&protected_stacks, docs_folders.clone()))),
        Arc::new(Pure(drift::NoDriftOverwritten)),
        Arc::new(Pure(outputs::NoOutputRemoved)),
        Arc::new(Pure(blast_radius::SmallBlastRadius { max_changed_resources, max_raise })),
        Arc::new(Pure(healthy_services::HealthyServicesStayUp)),
        Arc::new(Pure(confidence::OnlyWhenSure(min_confidence))),
        Arc::new(attempts::AtMostTwiceADay),
        Arc::new(commits::OnlyWhatWasApplied { docs_folders }),
        Arc::new(approvals::ApprovedByAPerson(require_approval)),
    ])
}

/// A rule that needs nothing but the change.
trait PureRule: Send + Sync {
    /// See [`Guardrail::name`].
    const NAME: &'static str;

    /// Judges `change`.
    fn judge(&self, change: &Change) -> Verdict;
}

struct Pure<R>(R);

#[async_trait]
impl<R: PureRule> Guardrail<Change> for Pure<R> {
    fn name(&self) -> &str {
        R::NAME
    }

    async fn check(&self, _cx: &Context, change: &Change) -> Result<Verdict> {
        Ok(self.0.judge(change))
    }
}

/// The plan that would be applied, if the change is to apply one.
fn plan_of(change: &Change) -> Option<&Plan> {
    match &change.action {
        Action::ApplyPlan(apply) => Some(&apply.plan),
        Action::RestartPod(_) | Action::Scale(_) | Action::Commit(_) | Action::AddMonitor(_) | Action::Direct(_) => {
            None
        }
    }
}

/// The objections as one verdict, the first few of them in words; `allow` when there are none.
fn verdict(allow: &str, objection: impl FnOnce(String) -> Verdict, objections: Vec<String>) -> Verdict {
    const SHOWN: usize = 4;
    if objections.is_empty() {
        return Verdict::allow(allow);
    }
    let more = objections.len().saturating_sub(SHOWN);
    let mut text = objections.into_iter().take(SHOWN).collect::<Vec<_>>().join("; ");
    if more > 0 {
        let _ = write!(text, "; and {more} more");
    }
    objection(text)
}

#[cfg(test)]
mod fixtures;
