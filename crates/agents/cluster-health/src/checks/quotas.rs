use lamplighter_core::cluster::{Event, Quantity, ResourceQuota};
use lamplighter_core::words::Severity;

use crate::lines::{event_line, object_ref};
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `quotas`: every namespace may still create what it needs.
///
/// Relies on `status.used` against `status.hard` of a `ResourceQuota` (Kubernetes docs, Resource Quotas). From 90 % on it
/// is a warning, also when it is full: everything that was wanted may have been created. It is a failure when
/// something was refused lately, which controllers tell in events that say `exceeded quota`. A quota of 0 forbids
/// something on purpose.
#[derive(Debug, Clone, Copy)]
pub struct Quotas;

/// In percent.
const WARN: i128 = 90;

impl Check for Quotas {
    fn name(&self) -> &'static str {
        "quotas"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let quotas = view.optional(&view.state().quotas, "quotas")?.iter();
        let refusals = refusals(view);
        let watched = quotas.filter(|quota| view.is_watched(&quota.metadata));
        Ok(Outcome::over("quotas", watched, |quota| look(view, quota, &refusals)))
    }
}

/// The recent events that tell of something that a quota refused.
fn refusals<'a>(view: &ClusterView<'a>) -> Vec<&'a Event> {
    let is_refusal = |event: &&Event| event.is_warning() && event.message.contains("exceeded quota");
    let is_recent = |event: &&Event| event.last_seen().is_none_or(|at| view.is_recent(at));
    view.state().events.items().iter().filter(is_refusal).filter(is_recent).collect()
}

fn look(view: &ClusterView<'_>, quota: &ResourceQuota, refusals: &[&Event]) -> Option<Observation> {
    let meta = &quota.metadata;
    // The admission plugin names the quota: `exceeded quota: NAME, requested: …`.
    let of_this = |event: &&&Event| {
        let (_, name) = event.message.split_once("exceeded quota: ").unwrap_or_default();
        let name = name.split([',', ' ']).next().unwrap_or_default();
        event.involved_object.namespace.as_deref() == Some(meta.namespace()) && (name.is_empty() || name == meta.name)
    };
    let refused = refusals.iter().filter(of_this).max_by_key(|event| event.last_seen());
    let limits = quota.status.hard.iter().filter_map(|(resource, hard)| {
        let used = quota.status.used.get(resource)?;
        Some((resource, used, hard, percent(used, hard)?))
    });
    let tight: Vec<_> = limits.filter(|(.., percent)| *percent >= WARN).collect();
    let (_, _, _, most) = tight.iter().max_by_key(|(.., percent)| *percent)?;
    let what = if *most >= 100 { "is used up" } else { "is nearly used up" };
    let summary = format!("quota {}/{} {what}", meta.namespace(), meta.name);
    let at = refused.and_then(|event| event.last_seen());
    let mut finding = view.finding(summary, object_ref("resourcequota", meta), at);
    for (resource, used, hard, percent) in &tight {
        finding.evidence.push(format!("{resource}: {used} of {hard} used, {percent} %"));
    }
    finding.evidence.extend(refused.map(|event| event_line(event)));
    Some(Observation::fail(Severity::Sev3, finding).softened_if(refused.is_none()))
}

fn percent(used: &Quantity, hard: &Quantity) -> Option<i128> {
    let hard = hard.millis().filter(|hard| *hard > 0)?;
    used.millis()?.checked_mul(100)?.checked_div(hard)
}
