use std::collections::BTreeSet;

use jiff::SignedDuration;
use lamplighter_core::cluster::{HorizontalPodAutoscaler, Meta, WorkloadStatus};
use lamplighter_core::diagnosis::{
    Cause, ConnectionFailure, Culprit, Examination, Likelihood, RootCause, Rule, Scene, Signal,
};
use lamplighter_core::words::{Finding, ObjectRef, WorkloadKind, WorkloadRef};

use crate::apps::{app, seen_at};
use crate::wording::any_of;

/// A scale-down longer ago than this has been lived with.
const RECENT: SignedDuration = SignedDuration::from_hours(24);

/// Words of those who do not get an answer, in many languages' libraries.
const FAILURES: &[&str] = &[
    "refused",
    "unavailable",
    "unreachable",
    "timeout",
    "timed out",
    "no healthy upstream",
    "no endpoints",
    "failed",
    "error",
    "no route to host",
    "deadline exceeded",
    "502",
    "503",
    "504",
    "econn",
    "no such host",
    "exception",
];

/// A workload that others need is set to no replicas.
///
/// `spec.replicas: 0` is valid and means that no pod runs; a service in front of it then has no endpoints and its
/// connections are refused or rejected (Kubernetes docs, Deployments; Services without endpoints). Nothing reports it
/// as an error, so what counts is who needs it: callers, ingresses, clients outside; and that it was more before: the
/// controller's `ScalingReplicaSet` events, what was last applied, what an autoscaler wants at least (autoscalers stand
/// still at 0: Horizontal Pod Autoscaling, Implicit maintenance-mode deactivation). At rest on purpose are workloads
/// that nobody calls, whose callers all rest too, or that an autoscaler may take to 0.
pub(super) struct ZeroReplicas;

impl Rule for ZeroReplicas {
    fn name(&self) -> &'static str {
        "zero-replicas"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::DeploymentZeroReplicas]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let resting = |status: &&WorkloadStatus| {
            status.desired == 0 && status.workload.kind != WorkloadKind::DaemonSet && !may_rest(scene, &status.workload)
        };
        let resting: Vec<&WorkloadRef> = scene.graph.workloads().filter(resting).map(|it| &it.workload).collect();
        if resting.is_empty() {
            return;
        }
        let at_rest: BTreeSet<&str> = resting.iter().map(|workload| workload.name.as_str()).collect();
        for workload in resting {
            if let Some(named) = named(scene, workload, &at_rest) {
                examination.name(named);
            }
        }
    }
}

/// Whether something scales it to 0 when nobody asks for it: an autoscaler with a minimum of 0, or one that KEDA
/// keeps (KEDA docs, Scaling Deployments: it names them `keda-hpa-…`).
fn may_rest(scene: &Scene, workload: &WorkloadRef) -> bool {
    autoscalers(scene, workload).any(|it| it.spec.min_replicas == Some(0) || it.metadata.name.starts_with("keda-hpa-"))
}

fn autoscalers<'a>(scene: &'a Scene, workload: &'a WorkloadRef) -> impl Iterator<Item = &'a HorizontalPodAutoscaler> {
    scene.state().autoscalers.items().iter().filter(|it| {
        let target = &it.spec.scale_target_ref;
        it.metadata.namespace() == workload.namespace
            && target.name == workload.name
            && target.kind.eq_ignore_ascii_case(workload.kind.as_str())
    })
}

fn named(scene: &Scene, workload: &WorkloadRef, at_rest: &BTreeSet<&str>) -> Option<RootCause> {
    let services: Vec<&str> = scene.graph.services_of(workload).map(|service| service.metadata.name.as_str()).collect();
    let names: BTreeSet<&str> = services.iter().copied().chain([workload.name.as_str()]).collect();
    // Callers name the service that they do not reach, or the address that its name stands for.
    let addresses = scene.graph.services_of(workload).filter_map(|service| service.spec.cluster_ip.as_deref());
    let called: BTreeSet<&str> = names.iter().copied().chain(addresses.filter(|ip| *ip != "None")).collect();
    let callers: BTreeSet<&str> =
        names.iter().flat_map(|name| scene.calls.callers(name)).filter(|caller| !at_rest.contains(caller)).collect();
    let ingress = ingress_to(scene, workload, &services);
    let open = open_to_outside(scene, workload);
    let overheard = missed(scene, workload, &services);
    let is_needed = !callers.is_empty() || ingress.is_some() || overheard.is_some();
    let wanted = wanted(scene, workload);
    let scaled = scaled_down(scene, workload);
    let effect = complaint(scene, workload, &callers, &called).or(overheard);
    let effect = effect.or_else(|| unanswered(scene, workload, &names));
    let unheard = scene.logs.seen().is_none();
    let sure = match (is_needed, wanted.is_some() || scaled.is_some(), effect.is_some()) {
        (true, true, _) | (true, _, true) | (_, true, true) => Likelihood::STATED,
        (true, false, false) if unheard => Likelihood::SHOWN,
        (true, false, false) => Likelihood::new(0.75),
        (false, true, false) | (false, false, true) if !services.is_empty() => Likelihood::LIKELY,
        (false, ..) if open.is_some() => Likelihood::LIKELY,
        // Nobody is known to call it, and it was to run.
        (false, true, false) if wanted.is_some() => Likelihood::new(0.45),
        // Where those whom it calls run, and nobody calls it, it may be the entry.
        (false, false, false) if !services.is_empty() && calls_running(scene, workload) => Likelihood::POSSIBLE,
        (false, ..) => return None,
    };
    let mut finding = scene.finding(format!("{workload} is set to 0 replicas"), workload.object());
    finding = finding.with_evidence("spec.replicas: 0");
    if !services.is_empty() {
        finding = finding.with_evidence(format!("no pods are behind service {}", services.join(", ")));
    }
    let mut root = RootCause::new(Cause::DeploymentZeroReplicas, app(workload), sure, finding)
        .then(format!("{workload} is set to 0 replicas, so that none of its pods runs."));
    if !services.is_empty() {
        root = root.then(format!("Service {} has no endpoints.", services.join(", ")));
    }
    let who = if callers.is_empty() { "Whoever needs it".to_owned() } else { join(&callers) };
    root = root.then(format!("{who} cannot reach it."));
    for evidence in [ingress, open, wanted, scaled, effect].into_iter().flatten() {
        root = root.and(evidence);
    }
    for caller in callers {
        root = root.affecting(Culprit::app(&workload.namespace, caller));
    }
    Some(root)
}

fn join(names: &BTreeSet<&str>) -> String {
    names.iter().copied().collect::<Vec<_>>().join(", ")
}

fn calls_running(scene: &Scene, workload: &WorkloadRef) -> bool {
    let runs = |name: &str| scene.graph.workloads().any(|it| it.workload.name == name && it.ready > 0);
    scene.calls.callees(&workload.name).any(runs)
}

/// An ingress that sends requests to one of these services.
fn ingress_to(scene: &Scene, workload: &WorkloadRef, services: &[&str]) -> Option<Finding> {
    let in_namespace =
        scene.state().ingresses.items().iter().filter(|it| it.metadata.namespace() == workload.namespace);
    in_namespace.into_iter().find_map(|ingress| {
        let paths = ingress.spec.rules.iter().filter_map(|rule| rule.http.as_ref()).flat_map(|http| &http.paths);
        let backends = paths.map(|path| &path.backend).chain(&ingress.spec.default_backend);
        let mut to = backends.filter_map(|backend| backend.service.as_ref()).map(|service| service.name.as_str());
        let service = to.find(|name| services.contains(name))?;
        let object = ObjectRef::namespaced("ingress", ingress.metadata.namespace(), &ingress.metadata.name);
        Some(scene.finding(format!("An ingress sends requests to service {service}"), object))
    })
}

/// A service that clients outside of the cluster reach it by. Who they are is not known here.
fn open_to_outside(scene: &Scene, workload: &WorkloadRef) -> Option<Finding> {
    let mut services = scene.graph.services_of(workload);
    let open = services.find(|it| matches!(it.spec.r#type.as_deref(), Some("LoadBalancer" | "NodePort")))?;
    let object = ObjectRef::namespaced("service", open.metadata.namespace(), &open.metadata.name);
    let kind = open.spec.r#type.as_deref().unwrap_or_default();
    Some(scene.finding(format!("Service {} opens it to clients outside, as {kind}", open.metadata.name), object))
}

/// What says that it should have more.
fn wanted(scene: &Scene, workload: &WorkloadRef) -> Option<Finding> {
    let meta = match workload.kind {
        WorkloadKind::Deployment => scene.graph.deployment(workload).map(|it| &it.metadata),
        WorkloadKind::StatefulSet => scene.graph.stateful_set(workload).map(|it| &it.metadata),
        WorkloadKind::DaemonSet => None,
    };
    let last_applied = meta.and_then(Meta::applied_replicas);
    let is_it = |meta: &Meta| meta.name == workload.name && meta.namespace() == workload.namespace;
    let manifests = scene.manifests.seen().and_then(|manifests| match workload.kind {
        WorkloadKind::Deployment => manifests.deployments.items().iter().find(|it| is_it(&it.metadata))?.spec.replicas,
        WorkloadKind::StatefulSet => {
            manifests.stateful_sets.items().iter().find(|it| is_it(&it.metadata))?.spec.replicas
        }
        WorkloadKind::DaemonSet => None,
    });
    let applied = last_applied.filter(|count| *count > 0).or(manifests.filter(|count| *count > 0));
    if let Some(applied) = applied {
        return Some(scene.finding(format!("{workload} was applied with {applied} replicas"), workload.object()));
    }
    let at_least = autoscalers(scene, workload).map(|it| it.spec.min_replicas.unwrap_or(1)).max()?;
    Some(scene.finding(format!("An autoscaler wants at least {at_least} replicas of {workload}"), workload.object()))
}

fn scaled_down(scene: &Scene, workload: &WorkloadRef) -> Option<Finding> {
    let events = scene.graph.events_of(workload);
    let last = events.filter(|event| event.is_scale_to_zero()).last()?;
    let at = seen_at(scene, last);
    let recent = scene.taken_at().duration_since(at) <= RECENT;
    let summary = format!("{workload} was scaled down to 0");
    recent.then(|| Finding::new(summary, workload.object(), scene.source(), at).with_evidence(last.message.as_str()))
}

/// What a caller says about not reaching it.
fn complaint(
    scene: &Scene,
    workload: &WorkloadRef,
    callers: &BTreeSet<&str>,
    called: &BTreeSet<&str>,
) -> Option<Finding> {
    let logs = scene.logs.seen()?;
    for caller in callers {
        let complains = |text: &str| {
            let lower = text.to_ascii_lowercase();
            called.iter().any(|name| lower.contains(&name.to_ascii_lowercase())) && any_of(&lower, FAILURES)
        };
        if let Some(said) = logs.of_app(&workload.namespace, caller).find(|said| complains(said.text)) {
            let object = ObjectRef::namespaced("app", &workload.namespace, *caller);
            return Some(
                scene.finding(format!("{caller} does not reach {}", workload.name), object).with_evidence(said.text),
            );
        }
    }
    None
}

/// What anybody says who cannot connect to one of its services: not all who call are known.
fn missed(scene: &Scene, workload: &WorkloadRef, services: &[&str]) -> Option<Finding> {
    let logs = scene.logs.seen()?;
    let namespace = workload.namespace.as_str();
    let is_it = |failure: &ConnectionFailure| {
        let host = failure.host.as_deref().unwrap_or_default();
        let of_it = |name: &&str| {
            let rest = host.strip_prefix(*name);
            rest.is_some_and(|rest| {
                rest.is_empty() || rest.strip_prefix('.').is_some_and(|ns| ns.starts_with(namespace))
            })
        };
        services.iter().any(of_it)
    };
    let said = logs.all().filter(|said| said.app.0 == namespace && said.app.1 != workload.name);
    let said =
        said.into_iter().find(|said| ConnectionFailure::in_line(said.text).is_some_and(|failure| is_it(&failure)))?;
    let object = ObjectRef::namespaced("app", namespace, said.app.1);
    Some(scene.finding(format!("{} does not reach {}", said.app.1, workload.name), object).with_evidence(said.text))
}

/// A probe of it that gets no answer.
fn unanswered(scene: &Scene, workload: &WorkloadRef, names: &BTreeSet<&str>) -> Option<Finding> {
    let signals = scene.signals.seen()?;
    let mut series = names.iter().flat_map(|name| signals.of_app(Signal::Reachable, &workload.namespace, name));
    let last = series.find_map(|series| series.last().filter(|last| last.value < 0.5))?;
    let summary = format!("A probe of {} gets no answer", workload.name);
    Some(Finding::new(summary, workload.object(), scene.source(), last.at))
}

#[cfg(test)]
mod tests {
    use lamplighter_core::cluster::Observed;
    use lamplighter_testkit::objects::{cluster, deployment, event, service, stateful_set};
    use lamplighter_testkit::scene::{SceneBuilder, scene};
    use serde_json::json;

    use super::*;
    use crate::rules::tests::{check_healthy, check_named};

    /// `tax` is at 0, `web` runs.
    fn at_zero() -> SceneBuilder {
        let tax = deployment("shop", "tax").replicas(0);
        scene(cluster().workload(tax).workload(deployment("shop", "web")).service(service("shop", "tax")))
    }

    fn scaled() -> SceneBuilder {
        let about = ObjectRef::namespaced("Deployment", "shop", "tax");
        let event = event(&about, "ScalingReplicaSet", "Scaled down replica set tax-5d to 0 from 2").normal();
        let tax = deployment("shop", "tax").replicas(0);
        scene(cluster().workload(tax).workload(deployment("shop", "web")).service(service("shop", "tax")).event(event))
    }

    #[test]
    fn it_is_stated_when_it_is_needed_and_was_more_or_is_missed() {
        let hpa = json!({"kind": "HorizontalPodAutoscaler", "metadata": {"namespace": "shop", "name": "tax"},
            "spec": {"minReplicas": 2, "maxReplicas": 4, "scaleTargetRef": {"kind": "Deployment", "name": "tax"}}});
        let applied =
            json!({"kind": "Deployment", "metadata": {"namespace": "shop", "name": "tax"}, "spec": {"replicas": 2}});
        for scene in [
            scaled().call("web", "tax"),
            at_zero().call("web", "tax").applied(applied),
            at_zero().call("web", "tax").object(hpa),
            at_zero().call("web", "tax").said("shop", "web", &["ERROR GET http://tax:80/: connection refused"]),
            at_zero()
                .call("web", "tax")
                .change(|state| {
                    if let Observed::Seen(services) = &mut state.services {
                        services[0].spec.cluster_ip = Some("10.3.0.9".to_owned());
                    }
                })
                .said("shop", "web", &["dial tcp 10.3.0.9:80: connect: connection refused"]),
            at_zero().call("web", "tax").app_series(Signal::Reachable, "shop", "tax", &[1.0, 0.0]),
        ] {
            check_named(&ZeroReplicas, &scene.build(), &[("deployment_zero_replicas", "app/tax", 0.95)]);
        }
    }

    #[test]
    fn callers_and_ingresses_alone_make_it_likely() {
        let called = at_zero().call("web", "tax");
        check_named(&ZeroReplicas, &called.build(), &[("deployment_zero_replicas", "app/tax", 0.75)]);
        let mut unheard = at_zero().call("web", "tax").build();
        unheard.logs = Observed::Unknown("no logs".to_owned());
        check_named(&ZeroReplicas, &unheard, &[("deployment_zero_replicas", "app/tax", 0.85)]);
        let ingress = json!({"kind": "Ingress", "metadata": {"namespace": "shop", "name": "tax"}, "spec": {"rules": [
            {"host": "tax.example", "http": {"paths": [{"path": "/", "backend": {"service": {"name": "tax", "port": {"number": 80}}}}]}}]}});
        check_named(
            &ZeroReplicas,
            &at_zero().object(ingress).build(),
            &[("deployment_zero_replicas", "app/tax", 0.75)],
        );
    }

    #[test]
    fn who_complains_is_a_caller_though_nobody_knew() {
        let heard = at_zero().said("shop", "web", &["connect ECONNREFUSED to tax.shop.svc:80"]);
        check_named(&ZeroReplicas, &heard.build(), &[("deployment_zero_replicas", "app/tax", 0.95)]);
        check_healthy(&ZeroReplicas, &at_zero().said("shop", "web", &["ERROR syntax error in tax"]).build());
    }

    #[test]
    fn what_nobody_calls_and_was_applied_with_more_may_be_the_cause() {
        let applied =
            json!({"kind": "Deployment", "metadata": {"namespace": "shop", "name": "tax"}, "spec": {"replicas": 2}});
        let alone = scene(cluster().workload(deployment("shop", "tax").replicas(0))).applied(applied);
        check_named(&ZeroReplicas, &alone.build(), &[("deployment_zero_replicas", "app/tax", 0.45)]);
    }

    #[test]
    fn a_scale_down_of_something_with_a_service_is_likely() {
        check_named(&ZeroReplicas, &scaled().build(), &[("deployment_zero_replicas", "app/tax", 0.65)]);
    }

    #[test]
    fn what_is_open_to_clients_outside_is_likely_needed() {
        let open = json!({"kind": "Service", "metadata": {"namespace": "shop", "name": "tax-outside"},
            "spec": {"type": "LoadBalancer", "selector": {"app.kubernetes.io/name": "tax"}}});
        check_named(&ZeroReplicas, &at_zero().object(open).build(), &[("deployment_zero_replicas", "app/tax", 0.65)]);
    }

    #[test]
    fn a_stateful_set_is_needed_as_well() {
        let store = stateful_set("shop", "store").replicas(0);
        let web = deployment("shop", "web").template(|pod| pod.env("STORE", "store:6379"));
        let scene = scene(cluster().workload(store).workload(web).service(service("shop", "store"))).build();
        check_named(&ZeroReplicas, &scene, &[("deployment_zero_replicas", "app/store", 0.75)]);
    }

    #[test]
    fn what_nobody_needs_may_rest() {
        check_healthy(&ZeroReplicas, &at_zero().build());
        check_healthy(&ZeroReplicas, &scene(cluster().workload(deployment("shop", "web"))).build());
    }

    #[test]
    fn what_calls_others_that_run_may_be_the_entry() {
        let entry = at_zero().call("tax", "web").build();
        check_named(&ZeroReplicas, &entry, &[("deployment_zero_replicas", "app/tax", 0.35)]);
    }

    #[test]
    fn what_rests_with_its_callers_may_rest() {
        let all =
            cluster().workload(deployment("shop", "tax").replicas(0)).workload(deployment("shop", "web").replicas(0));
        check_healthy(&ZeroReplicas, &scene(all).call("web", "tax").build());
    }

    #[test]
    fn what_an_autoscaler_takes_to_nothing_may_rest() {
        for (name, least) in [("tax", 0), ("keda-hpa-tax", 1)] {
            let hpa = json!({"kind": "HorizontalPodAutoscaler", "metadata": {"namespace": "shop", "name": name},
                "spec": {"minReplicas": least, "maxReplicas": 4, "scaleTargetRef": {"kind": "Deployment", "name": "tax"}}});
            check_healthy(&ZeroReplicas, &at_zero().call("web", "tax").object(hpa).build());
        }
    }
}
