use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::cluster::{Event, Pod};
use lamplighter_core::diagnosis::{Culprit, Scene, Utterance};
use lamplighter_core::words::{Finding, ObjectRef, WorkloadRef};

/// The app of a workload.
pub(crate) fn app(workload: &WorkloadRef) -> Culprit {
    Culprit::app(&workload.namespace, &workload.name)
}

/// The app that an event is about.
pub(crate) fn app_of_event(scene: &Scene, event: &Event) -> Culprit {
    let object = &event.involved_object;
    let namespace = object.namespace.as_deref().unwrap_or_default();
    scene.graph.workload_of_event(event).map_or_else(|| Culprit::app(namespace, &object.name), |it| app(&it))
}

/// The apps of which something is not as it should be: fewer pods are ready than wanted, or one crash-loops.
#[derive(Debug)]
pub(crate) struct Unwell<'a>(BTreeMap<&'a str, BTreeSet<String>>);

impl<'a> Unwell<'a> {
    /// Those of this scene.
    pub(crate) fn new(scene: &'a Scene) -> Self {
        let mut all: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for status in scene.graph.workloads().filter(|status| status.ready < status.desired) {
            all.entry(&status.workload.namespace).or_default().insert(status.workload.name.clone());
        }
        for pod in scene.state().pods.items().iter().filter(|pod| is_looping(pod) && !pod.is_terminating()) {
            let name = scene.graph.workload_of(pod).map_or_else(|| pod.metadata.name.clone(), |it| it.name);
            all.entry(pod.metadata.namespace()).or_default().insert(name);
        }
        Self(all)
    }

    /// Whether an app is among them.
    pub(crate) fn has(&self, app: &Culprit) -> bool {
        let names = app.in_namespace().and_then(|namespace| self.0.get(namespace));
        names.is_some_and(|names| names.contains(app.name()))
    }
}

fn is_looping(pod: &Pod) -> bool {
    let mut waiting = pod.all_container_statuses().filter_map(|status| status.state.waiting.as_ref());
    waiting.any(|waiting| waiting.reason.as_deref() == Some("CrashLoopBackOff"))
}

/// A finding on what an app has said.
pub(crate) fn said(scene: &Scene, summary: String, utterance: &Utterance<'_>) -> Finding {
    let (namespace, app) = utterance.app;
    let object = match utterance.pod {
        Some(pod) => ObjectRef::pod(namespace, pod),
        None => ObjectRef::namespaced("app", namespace, app),
    };
    let finding = scene.finding(summary, object).with_evidence(utterance.text);
    if utterance.count > 1 { finding.with_evidence(format!("{} lines like it", utterance.count)) } else { finding }
}

/// A finding on an event.
pub(crate) fn told(scene: &Scene, summary: String, event: &Event) -> Finding {
    let object = &event.involved_object;
    let namespace = object.namespace.as_deref().unwrap_or_default();
    let about = ObjectRef::namespaced(object.kind.to_lowercase(), namespace, &object.name);
    let at = event.last_seen().unwrap_or_else(|| scene.taken_at());
    let finding = Finding::new(summary, about, scene.source(), at).with_evidence(event.message.as_str());
    event.since().into_iter().fold(finding, Finding::with_evidence)
}

/// The app at an address of the cluster that a text names: `https://store.shop.svc:443/x`, `store.shop:443`.
pub(crate) fn app_addressed(scene: &Scene, namespace: &str, text: &str) -> Option<Culprit> {
    let words = text
        .split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '(' | ')' | '<' | '>' | ',' | ';' | '[' | ']'));
    // A bare word may be the name of a service by chance; an address has a dot, a port or a scheme.
    let addresses = words.map(|word| word.trim_end_matches([':', '.', '/'])).filter(|word| word.contains(['.', ':']));
    addresses.into_iter().find_map(|address| {
        let (service, _) = scene.service_at(namespace, address)?;
        Some(Culprit::app(service.metadata.namespace(), scene.graph.app_of_service(service)))
    })
}
