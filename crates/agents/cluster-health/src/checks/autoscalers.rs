use jiff::SignedDuration;
use lamplighter_core::cluster::{HorizontalPodAutoscaler, WorkloadCondition};
use lamplighter_core::words::Severity;

use crate::lines::{condition_line, object_ref, quoted};
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `autoscalers`: every autoscaler can scale, and has room to.
///
/// Relies on the conditions of a `HorizontalPodAutoscaler` (Kubernetes docs, Horizontal Pod Autoscaling, "Status
/// conditions"): `AbleToScale` and `ScalingActive` are `False` where it cannot read its metrics or its target, but for
/// `ScalingDisabled`, which is a target that somebody scaled to 0; `ScalingLimited` is `True` with `TooManyReplicas`
/// where it would have more than `maxReplicas`. At the most for a quarter of an hour is a warning. A recording without
/// conditions (`autoscaling/v1`) is judged by its counts.
#[derive(Debug, Clone, Copy)]
pub struct Autoscalers;

/// From when on a peak is no peak any more.
const LONG: SignedDuration = SignedDuration::from_mins(15);

impl Check for Autoscalers {
    fn name(&self) -> &'static str {
        "autoscalers"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let autoscalers = view.optional(&view.state().autoscalers, "autoscalers")?.iter();
        let watched = autoscalers.filter(|autoscaler| view.is_watched(&autoscaler.metadata));
        Ok(Outcome::over("autoscalers", watched, |it| stuck(view, it).or_else(|| at_its_most(view, it))))
    }
}

fn condition<'a>(autoscaler: &'a HorizontalPodAutoscaler, r#type: &str, status: &str) -> Option<&'a WorkloadCondition> {
    autoscaler.status.conditions.iter().find(|condition| condition.r#type == r#type && condition.status == status)
}

fn stuck(view: &ClusterView<'_>, autoscaler: &HorizontalPodAutoscaler) -> Option<Observation> {
    let is_meant = |condition: &&WorkloadCondition| condition.reason.as_deref() == Some("ScalingDisabled");
    let failed = condition(autoscaler, "AbleToScale", "False")
        .or_else(|| condition(autoscaler, "ScalingActive", "False").filter(|condition| !is_meant(condition)))?;
    let meta = &autoscaler.metadata;
    let summary = format!("autoscaler {}/{} cannot scale", meta.namespace(), meta.name);
    let mut finding = view.finding(summary, object_ref("horizontalpodautoscaler", meta), failed.last_transition_time);
    finding.evidence.push(condition_line(failed));
    finding.evidence.push(target(autoscaler));
    finding.evidence.extend(view.warnings_about("HorizontalPodAutoscaler", meta.namespace(), &meta.name));
    Some(Observation::fail(Severity::Sev3, finding).softened_if(view.is_new(meta)))
}

fn at_its_most(view: &ClusterView<'_>, autoscaler: &HorizontalPodAutoscaler) -> Option<Observation> {
    let (spec, status) = (&autoscaler.spec, &autoscaler.status);
    let limited = condition(autoscaler, "ScalingLimited", "True")
        .filter(|condition| condition.reason.as_deref() == Some("TooManyReplicas"));
    let has_range = spec.min_replicas.unwrap_or(1) < spec.max_replicas;
    let since = limited.and_then(|condition| condition.last_transition_time);
    let is_at_most = match limited {
        Some(_) => since.is_none_or(|since| view.age(since) >= LONG),
        None => status.conditions.is_empty() && status.current_replicas >= spec.max_replicas && spec.max_replicas > 0,
    };
    if !is_at_most || !has_range {
        return None;
    }
    let meta = &autoscaler.metadata;
    let summary = format!("autoscaler {}/{} has no room left", meta.namespace(), meta.name);
    let mut finding = view.finding(summary, object_ref("horizontalpodautoscaler", meta), since);
    finding.evidence.push(format!("{} replicas of at most {}", status.current_replicas, spec.max_replicas));
    finding.evidence.extend(limited.map(condition_line));
    finding.evidence.push(target(autoscaler));
    Some(Observation::warn(finding))
}

fn target(autoscaler: &HorizontalPodAutoscaler) -> String {
    let target = &autoscaler.spec.scale_target_ref;
    format!("it scales {} {}", quoted(&target.kind.to_lowercase()), quoted(&target.name))
}
