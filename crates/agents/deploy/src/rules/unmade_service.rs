use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene};
use lamplighter_core::words::{Finding, ObjectRef};

use crate::apps::app;
use crate::quotas::{Line, lines};
use crate::references::hosts;

/// A service is missing, and the namespace may have no more services.
///
/// Services are made by people and pipelines, not by controllers, so no event tells that the API server refused one: it
/// is seen by what was applied and is not there, or by who is configured with its name. Quotas count all services as
/// `services` and `count/services`, those of type `NodePort` and `LoadBalancer` also apart, and a load balancer as a
/// node port too (Kubernetes docs, Resource Quotas, Object Count Quota).
pub(super) struct UnmadeService;

/// A service that is not there.
#[derive(Default)]
struct Missing<'a> {
    /// Its type, where it was applied.
    applied: Option<&'a str>,
    /// Who is configured with its name, and by which variable.
    wanted_by: Vec<(Culprit, &'a str)>,
    /// Whether a workload of its name is there.
    has_workload: bool,
}

impl Rule for UnmadeService {
    fn name(&self) -> &'static str {
        "unmade-service"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::NamespaceServiceQuotaExceeded]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        if scene.state().services.seen().is_none() {
            return;
        }
        let full: Vec<Line<'_>> = scene.state().quotas.items().iter().flat_map(lines).filter(is_full).collect();
        let unread = scene.state().quotas.as_result().err();
        if full.is_empty() && unread.is_none() {
            return;
        }
        for ((namespace, name), missing) in missing(scene) {
            let callers: Vec<&str> = scene.calls.callers(name).collect();
            // The name of something that was never in the cluster is no service that was refused.
            let known = missing.applied.is_some() || missing.has_workload;
            if !known && callers.is_empty() {
                continue;
            }
            if let Some(reason) = unread {
                examination.gap(format!("quotas: {reason}; service {namespace}/{name} is missing"));
                continue;
            }
            let of_it = full.iter().filter(|line| line.quota.metadata.namespace() == namespace);
            let Some(line) = of_it.into_iter().find(|line| counts(line.resource, missing.applied)) else { continue };
            examination.name(named(scene, namespace, name, &missing, &callers, line));
        }
    }
}

fn is_full(line: &Line<'_>) -> bool {
    let services = ["services", "count/services", "services.nodeports", "services.loadbalancers"];
    services.contains(&line.resource) && line.lacks(1000)
}

/// Whether a line of a quota counts services of this type.
fn counts(resource: &str, r#type: Option<&str>) -> bool {
    match resource {
        "services.nodeports" => matches!(r#type, Some("NodePort" | "LoadBalancer")),
        "services.loadbalancers" => r#type == Some("LoadBalancer"),
        _ => true,
    }
}

fn missing(scene: &Scene) -> BTreeMap<(&str, &str), Missing<'_>> {
    let mut all: BTreeMap<(&str, &str), Missing<'_>> = BTreeMap::new();
    let applied = scene.manifests.seen().map(|manifests| manifests.services.items()).unwrap_or_default();
    for service in applied {
        let key = (service.metadata.namespace(), service.metadata.name.as_str());
        if scene.graph.service(key.0, key.1).is_none() {
            all.entry(key).or_default().applied = Some(service.spec.r#type.as_deref().unwrap_or("ClusterIP"));
        }
    }
    for status in scene.graph.workloads() {
        let Some(template) = scene.graph.template_of(&status.workload) else { continue };
        let own = status.workload.namespace.as_str();
        for (variable, host) in hosts(&template.spec) {
            let namespace = host.namespace.unwrap_or(own);
            if scene.graph.service(namespace, host.service).is_none() {
                let missing = all.entry((namespace, host.service)).or_default();
                missing.wanted_by.push((app(&status.workload), variable));
            }
        }
    }
    // Who is called without a service in front of it had one, or was to have one.
    for status in scene.graph.workloads() {
        let workload = &status.workload;
        let is_called = scene.calls.callers(&workload.name).next().is_some();
        let has_namesake = scene.graph.service(&workload.namespace, &workload.name).is_some();
        if is_called && !has_namesake && scene.graph.services_of(workload).next().is_none() {
            all.entry((workload.namespace.as_str(), workload.name.as_str())).or_default();
        }
    }
    let workloads: BTreeSet<(&str, &str)> =
        scene.graph.workloads().map(|it| (it.workload.namespace.as_str(), it.workload.name.as_str())).collect();
    for (key, missing) in &mut all {
        missing.has_workload = workloads.contains(key);
    }
    all
}

fn named(
    scene: &Scene,
    namespace: &str,
    name: &str,
    missing: &Missing<'_>,
    callers: &[&str],
    line: &Line<'_>,
) -> RootCause {
    let quota = ObjectRef::namespaced("resourcequota", namespace, &line.quota.metadata.name);
    let full = scene.finding(format!("Namespace {namespace} may have no more services"), quota);
    let object = ObjectRef::namespaced("service", namespace, name);
    let mut gone: Finding = scene.finding(format!("Service {namespace}/{name} is not there"), object);
    if let Some(applied) = missing.applied {
        gone = gone.with_evidence(format!("it was applied, with type {applied}"));
    }
    for (caller, variable) in missing.wanted_by.iter().take(3) {
        gone = gone.with_evidence(format!("{caller} is configured with it in {variable}"));
    }
    let sure = if missing.applied.is_some() || missing.has_workload { Likelihood::SHOWN } else { Likelihood::LIKELY };
    let mut root = RootCause::new(
        Cause::NamespaceServiceQuotaExceeded,
        Culprit::namespace(namespace),
        sure,
        full.with_evidence(line.words()),
    )
    .and(gone)
    .then(format!("{}, so that the API server refuses one more service.", line.words()))
    .then(format!("Service {name} was not made, and its name does not resolve."))
    .then("Whoever calls it gets errors.")
    .affecting(Culprit::app(namespace, name));
    for caller in callers {
        root = root.affecting(Culprit::app(namespace, *caller));
    }
    for (caller, _) in &missing.wanted_by {
        root = root.affecting(caller.clone());
    }
    root
}

#[cfg(test)]
mod tests {
    use lamplighter_core::cluster::Observed;
    use lamplighter_testkit::objects::{cluster, deployment, service};
    use lamplighter_testkit::scene::{SceneBuilder, scene};
    use serde_json::{Value, json};

    use super::*;
    use crate::rules::tests::{check_healthy, check_named};

    fn quota(resource: &str, used: &str, hard: &str) -> Value {
        json!({"kind": "ResourceQuota", "metadata": {"namespace": "shop", "name": "team"},
            "status": {"hard": {resource: hard}, "used": {resource: used}}})
    }

    fn store(r#type: &str) -> Value {
        json!({"kind": "Service", "metadata": {"namespace": "shop", "name": "store"}, "spec": {"type": r#type}})
    }

    /// `web` is configured with the service `store`, which is not there.
    fn without_store() -> SceneBuilder {
        let web = deployment("shop", "web").template(|pod| pod.env("STORE_ADDR", "store:7000"));
        let store = deployment("shop", "store");
        scene(cluster().workload(web).workload(store).service(service("shop", "web")))
    }

    #[test]
    fn a_service_that_was_applied_and_is_missing_under_a_full_quota_was_refused() {
        for (resource, r#type) in [
            ("services", "ClusterIP"),
            ("count/services", "ClusterIP"),
            ("services.nodeports", "NodePort"),
            ("services.nodeports", "LoadBalancer"),
            ("services.loadbalancers", "LoadBalancer"),
        ] {
            let scene = scene(cluster()).object(quota(resource, "4", "4")).applied(store(r#type)).build();
            check_named(&UnmadeService, &scene, &[("namespace_service_quota_exceeded", "namespace/shop", 0.85)]);
        }
    }

    #[test]
    fn without_manifests_the_configuration_of_callers_tells() {
        let named = without_store().object(quota("services", "1", "1"));
        check_named(&UnmadeService, &named.build(), &[("namespace_service_quota_exceeded", "namespace/shop", 0.85)]);

        let web = deployment("shop", "web").template(|pod| pod.env("QUEUE", "amqp://queue:5672"));
        let called = scene(cluster().workload(web)).object(quota("services", "1", "1")).call("web", "queue");
        check_named(&UnmadeService, &called.build(), &[("namespace_service_quota_exceeded", "namespace/shop", 0.65)]);
    }

    #[test]
    fn a_workload_that_is_called_without_a_service_was_to_have_one() {
        let store = || scene(cluster().workload(deployment("shop", "store"))).object(quota("services", "1", "1"));
        let named = [("namespace_service_quota_exceeded", "namespace/shop", 0.85)];
        check_named(&UnmadeService, &store().call("web", "store").build(), &named);
        check_healthy(&UnmadeService, &store().build());
        let served = store().object(json!({"kind": "Service", "metadata": {"namespace": "shop", "name": "other"},
            "spec": {"selector": {"app.kubernetes.io/name": "store"}}}));
        check_healthy(&UnmadeService, &served.call("web", "store").build());
    }

    #[test]
    fn other_types_other_namespaces_and_room_explain_nothing() {
        check_healthy(
            &UnmadeService,
            &scene(cluster()).object(quota("services.nodeports", "1", "1")).applied(store("ClusterIP")).build(),
        );
        check_healthy(&UnmadeService, &without_store().object(quota("services", "1", "2")).build());
        check_healthy(&UnmadeService, &without_store().build());
        let mut elsewhere = quota("services", "1", "1");
        elsewhere["metadata"]["namespace"] = json!("other");
        check_healthy(&UnmadeService, &without_store().object(elsewhere).build());
    }

    #[test]
    fn a_full_quota_is_fine_while_nothing_is_missing() {
        let there = without_store().object(store("ClusterIP")).object(quota("services", "2", "2"));
        check_healthy(&UnmadeService, &there.applied(store("ClusterIP")).build());
    }

    #[test]
    fn quotas_that_were_not_read_are_a_gap() {
        let scene = without_store().change(|state| state.quotas = Observed::Unknown("forbidden".into())).build();
        let mut examination = Examination::default();
        UnmadeService.examine(&scene, &mut examination);
        assert_eq!(examination.gaps(), ["quotas: forbidden; service shop/store is missing"]);
    }
}
