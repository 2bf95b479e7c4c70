use std::collections::BTreeMap;

use lamplighter_core::cluster::Event;
use lamplighter_core::words::ObjectRef;

use crate::lines::quoted;
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `events-warning`: nothing was warned of lately.
///
/// Relies on events with `type: Warning` (Kubernetes API, `Event`); the API server keeps them for an hour by
/// default (`kube-apiserver --event-ttl`). Repeated ones are one event with a `count`, and are grouped
/// here by object and reason. An event tells of something that happened, not of a state, so it is never
/// more than a warning, and it may be about an object that is gone.
#[derive(Debug, Clone, Copy)]
pub struct EventsWarning;

impl Check for EventsWarning {
    fn name(&self) -> &'static str {
        "events-warning"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let events = view.state().events.as_result()?;
        let mut outcome = Outcome::of("events");
        outcome.looked_at = events.len();
        let mut groups: BTreeMap<_, Vec<&Event>> = BTreeMap::new();
        for event in events.iter().filter(|event| event.is_warning() && is_news(view, event)) {
            groups.entry((object(event), event.reason.as_str())).or_default().push(event);
        }
        outcome.observations = groups.into_iter().map(|((object, _), events)| look(view, object, &events)).collect();
        Ok(outcome)
    }
}

fn is_news(view: &ClusterView<'_>, event: &Event) -> bool {
    let namespace = event.involved_object.namespace.as_deref().unwrap_or_default();
    view.is_watched_namespace(namespace) && event.last_seen().is_none_or(|at| view.is_recent(at))
}

fn object(event: &Event) -> ObjectRef {
    let object = &event.involved_object;
    let namespace = object.namespace.clone().filter(|namespace| !namespace.is_empty());
    ObjectRef { kind: object.kind.to_lowercase(), namespace, name: object.name.clone() }
}

fn look(view: &ClusterView<'_>, object: ObjectRef, events: &[&Event]) -> Observation {
    let times: u64 = events.iter().map(|event| u64::from(event.count.unwrap_or(1).max(1))).sum();
    let first = events.iter().filter_map(|event| event.first_seen()).min();
    let last = events.iter().copied().max_by_key(|event| event.last_seen());
    let reason = last.map(|event| quoted(&event.reason)).unwrap_or_default();
    let summary = format!("{object}: {reason}{}", if times == 1 { String::new() } else { format!(", {times} times") });
    let mut finding = view.finding(summary, object, last.and_then(Event::last_seen));
    finding.evidence.extend(last.map(|event| quoted(&event.message)));
    finding.evidence.extend(first.map(|first| format!("first at {}", lamplighter_core::utc(first))));
    Observation::warn(finding)
}
