use std::collections::BTreeSet;

use lamplighter_core::cluster::{Ingress, IngressBackend, Service};
use lamplighter_core::diagnosis::{Cause, ConnectionFailure, Culprit, Examination, Likelihood, RootCause, Rule, Scene};
use lamplighter_core::words::{Finding, ObjectRef, WorkloadRef};

use crate::addresses::{Destination, destination};
use crate::missing::missing_names;
use crate::names::{is_alike, is_gateway, plain, spoken, stem, workload_named};
use crate::routes::{Route, routes};
use crate::symptoms::{ailing, complaints, heard};

/// A gateway that sends requests to a service that is not there, to a port that the service does not have, or to
/// another service than its route says.
///
/// Kubernetes docs, Ingress: a backend is a service of the same namespace and one of its ports; a controller answers
/// 503 or 404 where there is none. A reverse proxy answers 502 or 504 where its upstream does not, and nginx does not
/// start where a host is not found (nginx docs, `ngx_http_upstream_module`).
pub(super) struct RouteThatMisses;

impl Rule for RouteThatMisses {
    fn name(&self) -> &'static str {
        "route-that-misses"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::GatewayMisroute]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        if scene.state().services.seen().is_none() {
            return;
        }
        for status in scene.graph.workloads() {
            for route in routes(scene, &status.workload) {
                proxied(scene, &status.workload, &route, examination);
            }
        }
        overheard(scene, examination);
        unregistered(scene, examination);
        for ingress in scene.state().ingresses.items() {
            let rules = ingress.spec.rules.iter().filter_map(|rule| rule.http.as_ref()).flat_map(|http| &http.paths);
            let paths = rules.map(|path| (path.path.as_deref().unwrap_or("/"), &path.backend));
            for (path, backend) in paths.chain(ingress.spec.default_backend.iter().map(|backend| ("/", backend))) {
                admitted(scene, ingress, path, backend, examination);
            }
        }
    }
}

/// What is wrong with a route, in words.
struct Wrong {
    says: String,
    /// Whether it cannot work at all, rather than lead astray.
    dead: bool,
}

fn wrong(scene: &Scene, namespace: &str, hints: &[String], host: &str, port: Option<u16>) -> Option<Wrong> {
    match destination(scene, namespace, host) {
        Destination::Elsewhere => None,
        Destination::Missing { name, .. } => Some(Wrong { says: format!("there is no service {name}"), dead: true }),
        Destination::Service(service) => {
            let ports = &service.spec.ports;
            let headless = service.spec.cluster_ip.as_deref() == Some("None");
            let misses = port.filter(|port| !headless && !ports.is_empty() && !ports.iter().any(|of| of.port == *port));
            if let Some(port) = misses {
                let ports: Vec<String> = ports.iter().map(|of| of.port.to_string()).collect();
                let says = format!("service {} has no port {port}, but {}", service.metadata.name, ports.join(", "));
                return Some(Wrong { says, dead: true });
            }
            let meant = meant(scene, service, hints)?;
            let says = format!("it leads to service {}, and its route speaks of {meant}", service.metadata.name);
            Some(Wrong { says, dead: false })
        }
    }
}

/// The only other service that a route names, where it does not name the one that it leads to.
fn meant<'a>(scene: &'a Scene, leads_to: &Service, hints: &[String]) -> Option<&'a str> {
    let names = |service: &Service| {
        let spoken = spoken(scene, service);
        let says = |hint: &String| spoken.iter().any(|name| hint == name || (name.len() > 4 && hint.contains(name)));
        hints.iter().any(says)
    };
    // `orders-v2` behind `/orders` is named, too.
    let related = hints.iter().any(|hint| hint.len() > 3 && plain(&leads_to.metadata.name).contains(hint.as_str()));
    if names(leads_to) || related {
        return None;
    }
    let services = scene.state().services.items().iter();
    let mut others =
        services.filter(|service| service.metadata.namespace() == leads_to.metadata.namespace() && names(service));
    let first = others.next()?;
    // A service may be open under two names.
    let app = scene.graph.app_of_service(first);
    others.all(|other| scene.graph.app_of_service(other) == app).then_some(&first.metadata.name)
}

fn proxied(scene: &Scene, gateway: &WorkloadRef, route: &Route, examination: &mut Examination) {
    let Some(wrong) = wrong(scene, &gateway.namespace, &route.hints, &route.host, route.port) else { return };
    let name = &gateway.name;
    let finding = scene
        .finding(format!("a route of {name} leads astray: {}", wrong.says), gateway.object())
        .with_evidence(format!("{}: {}", route.place, route.line));
    let to_it = |failure: &ConnectionFailure| failure.host.as_deref() == Some(route.host.as_str());
    let own: BTreeSet<&str> = std::iter::once(name.as_str()).collect();
    let direct: Vec<Finding> =
        complaints(scene, &own, to_it).iter().map(|complaint| complaint.finding(scene)).collect();
    let answers = errors_answered(scene, &gateway.namespace, name);
    let indirect = || answers.into_iter().chain(ailing(scene, &gateway.namespace, name)).collect::<Vec<_>>();
    let (confidence, symptoms) = match (wrong.dead, direct.is_empty()) {
        (true, false) => (Likelihood::new(0.92), direct),
        (true, true) => (Likelihood::SHOWN, indirect()),
        (false, _) => (Likelihood::LIKELY, indirect()),
    };
    if symptoms.is_empty() {
        examination.find(finding);
        return;
    }
    let cause = RootCause::new(Cause::GatewayMisroute, Culprit::app(&gateway.namespace, name), confidence, finding)
        .then(format!("{name} forwards requests to {}, but {}.", address(route), wrong.says))
        .then(format!("Requests of that route fail at {name}, although the services behind it run."));
    examination.name(symptoms.into_iter().fold(cause, RootCause::and));
}

/// Upstreams that nginx tells of in its error log (nginx docs, `ngx_http_upstream_module`), where its configuration
/// is in an image and cannot be read: a host that no service is called, or a port that the service does not have.
fn overheard(scene: &Scene, examination: &mut Examination) {
    let words = ["host not found in upstream", "while connecting to upstream", "could not be resolved"];
    let of_upstreams = heard(scene, |_| true).into_iter().filter(|complaint| {
        let text = complaint.said.text.to_ascii_lowercase();
        text.contains("upstream") && words.iter().any(|words| text.contains(words))
    });
    let mut named = BTreeSet::new();
    for complaint in of_upstreams {
        let (namespace, app) = complaint.said.app;
        let Some(peer) = complaint.failure.peer() else { continue };
        let gone = match destination(scene, namespace, &peer) {
            Destination::Missing { namespace, name } => {
                missing_names(scene).iter().any(|missing| missing.name == name && missing.namespace == namespace)
                    || workload_named(scene, &namespace, &name).is_some()
            }
            _ => false,
        };
        let configured = || {
            crate::addresses::configured(scene)
                .iter()
                .any(|it| it.workload.name == app && it.port == complaint.failure.port)
        };
        if gone || configured() {
            continue;
        }
        let Some(wrong) = wrong(scene, namespace, &[], &peer, complaint.failure.port).filter(|wrong| wrong.dead) else {
            continue;
        };
        if named.insert((namespace, app)) {
            let cause = RootCause::new(
                Cause::GatewayMisroute,
                Culprit::app(namespace, app),
                Likelihood::SHOWN,
                complaint.finding(scene).with_evidence(wrong.says.as_str()),
            );
            let what = format!("{app} forwards requests to {peer}, but {}.", wrong.says);
            examination.name(cause.then(what).then(format!("Requests of that route fail at {app}.")));
        }
    }
}

/// Names for which a gateway finds nobody in its registry, and that neither a service nor a workload has (Spring Cloud
/// `LoadBalancer` and Ribbon say so and answer 503).
fn unregistered(scene: &Scene, examination: &mut Examination) {
    const BEFORE: [&str; 5] = [
        "unable to find instance for ",
        "does not contain an instance for the service ",
        "does not have available server for client: ",
        "no instances available for ",
        "no servers available for service: ",
    ];
    for said in scene.logs.seen().into_iter().flat_map(lamplighter_core::diagnosis::LogBook::all) {
        let text = said.text.to_ascii_lowercase();
        let after = BEFORE.iter().find_map(|before| text.split_once(before)).map(|(_, after)| after);
        let (namespace, app) = said.app;
        let Some(name) = after.and_then(|after| after.split(|c: char| !is_of_name(c)).next()) else { continue };
        let is_known = scene.graph.service(namespace, name).is_some()
            || workload_named(scene, namespace, name).is_some()
            || missing_names(scene).iter().any(|missing| missing.name == name);
        if name.is_empty() || is_known || !is_gateway(scene, namespace, app) {
            continue;
        }
        let finding =
            scene.finding(format!("{app} finds nobody called {name}"), ObjectRef::namespaced("app", namespace, app));
        let culprit = Culprit::app(namespace, app);
        let cause =
            RootCause::new(Cause::GatewayMisroute, culprit, Likelihood::LIKELY, finding.with_evidence(said.text))
                .then(format!("{app} forwards requests to {name}, which nobody is called."))
                .then(format!("Requests of that route fail at {app}."));
        examination.name(cause);
    }
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

fn address(route: &Route) -> String {
    route.port.map_or_else(|| route.host.clone(), |port| format!("{}:{port}", route.host))
}

/// Lines of a gateway that tell of requests for which it found nothing, or nobody who answers.
fn errors_answered(scene: &Scene, namespace: &str, app: &str) -> Option<Finding> {
    const STATUS: [&str; 8] =
        [" 404 ", " 502 ", " 503 ", " 504 ", "404 not found", "502 bad gateway", "503 service", "504 gateway"];
    let logs = scene.logs.seen()?;
    let said = logs.of_app(namespace, app).find(|said| {
        let text = said.text.to_ascii_lowercase();
        let coded = ["\"status\":404", "\"status\":502", "\"status\":503", "status=404", "status=502", "status=503"];
        STATUS.iter().chain(&coded).any(|status| text.contains(status))
    })?;
    let finding =
        scene.finding(format!("{app} answers requests with errors"), ObjectRef::namespaced("app", namespace, app));
    Some(finding.with_evidence(said.text))
}

/// The backend of a path of an ingress.
fn admitted(scene: &Scene, ingress: &Ingress, path: &str, backend: &IngressBackend, examination: &mut Examination) {
    let Some(of) = &backend.service else { return };
    let (namespace, name) = (ingress.metadata.namespace(), &ingress.metadata.name);
    let hints: Vec<String> = path.split('/').map(plain).filter(|part| part.len() > 2).collect();
    let named_port = of.port.name.as_deref().filter(|wanted| {
        let service = scene.graph.service(namespace, &of.name);
        service.is_some_and(|service| !service.spec.ports.iter().any(|port| port.name.as_deref() == Some(wanted)))
    });
    let wrong = match named_port {
        Some(port) => Some(Wrong { says: format!("service {} has no port named {port}", of.name), dead: true }),
        None => wrong(scene, namespace, &hints, &of.name, of.port.number),
    };
    let Some(wrong) = wrong else { return };
    let port = of.port.number.map(|number| number.to_string()).or_else(|| of.port.name.clone()).unwrap_or_default();
    let finding = scene
        .finding(
            format!("ingress {name} leads astray: {}", wrong.says),
            ObjectRef::namespaced("ingress", namespace, name),
        )
        .with_evidence(format!("path {path}: backend {}:{port}", of.name));
    let app = culprit(scene, ingress, &of.name);
    let symptoms = felt(scene, ingress, &of.name, &app);
    if symptoms.is_empty() {
        examination.find(finding);
        return;
    }
    let confidence = if wrong.dead { Likelihood::SHOWN } else { Likelihood::LIKELY };
    let cause = RootCause::new(Cause::GatewayMisroute, Culprit::app(namespace, &app), confidence, finding)
        .then(format!("The ingress {name} sends {path} to {}:{port}, but {}.", of.name, wrong.says))
        .then(format!("Requests for {path} are answered with an error by the ingress controller."));
    examination.name(symptoms.into_iter().fold(cause, RootCause::and));
}

/// The app of an ingress: its namesake, else the one that it leads to, or is spelt like what it leads to, else itself.
fn culprit(scene: &Scene, ingress: &Ingress, backend: &str) -> String {
    let (namespace, name) = (ingress.metadata.namespace(), ingress.metadata.name.as_str());
    let own = workload_named(scene, namespace, name).or_else(|| workload_named(scene, namespace, &stem(name)));
    let services = || scene.state().services.items().iter().filter(|of| of.metadata.namespace() == namespace);
    let behind = || {
        let alike = || services().find(|service| is_alike(&service.metadata.name, backend));
        let service = scene.graph.service(namespace, backend).or_else(alike)?;
        Some(scene.graph.app_of_service(service).to_owned())
    };
    own.map(|status| status.workload.name.clone()).or_else(behind).unwrap_or_else(|| name.to_owned())
}

/// What shows that requests through an ingress fail: events about it, lines of its controller, monitors of its hosts.
fn felt(scene: &Scene, ingress: &Ingress, backend: &str, app: &str) -> Vec<Finding> {
    use lamplighter_core::ports::MonitorState;
    let (namespace, name) = (ingress.metadata.namespace(), ingress.metadata.name.as_str());
    let object = || ObjectRef::namespaced("ingress", namespace, name);
    let events = scene.graph.events_about("Ingress", namespace, name).filter(|event| event.is_warning());
    let mut findings: Vec<Finding> = events
        .take(2)
        .map(|event| {
            let at = event.last_seen().unwrap_or_else(|| scene.taken_at());
            Finding::new(format!("{} on ingress {name}", event.reason), object(), scene.source(), at)
                .with_evidence(&event.message)
        })
        .collect();
    // ingress-nginx, Traefik and HAProxy name `namespace/service` when they have nothing to send to.
    let full = format!("{namespace}/{backend}");
    let controller = scene.logs.seen().into_iter().flat_map(lamplighter_core::diagnosis::LogBook::all);
    let controller = controller
        .filter(|said| said.text.contains(&full) || (said.text.contains(backend) && said.text.contains("service")));
    let telling = [
        "does not exist",
        "not found",
        "no active endpoint",
        "no endpoints",
        "any active endpoint",
        "no object matching",
        "skipping",
    ];
    let mut lines = controller.filter(|said| {
        let text = said.text.to_ascii_lowercase();
        telling.iter().any(|words| text.contains(words))
    });
    if let Some(said) = lines.next() {
        findings.push(
            scene
                .finding(format!("the controller has nothing to send to for ingress {name}"), object())
                .with_evidence(said.text),
        );
    }
    let hosts: Vec<&str> = ingress.spec.rules.iter().filter_map(|rule| rule.host.as_deref()).collect();
    let down = scene.monitors.items().iter().filter(|monitor| {
        monitor.state == MonitorState::Down
            && (monitor.name == app
                || monitor.name == name
                || hosts.iter().any(|host| monitor.name.contains(host) || monitor.detail.contains(host)))
    });
    findings.extend(down.take(2).map(|monitor| {
        Finding::new(format!("monitor {} is down", monitor.name), object(), scene.source(), monitor.at)
            .with_evidence(&monitor.detail)
    }));
    if findings.is_empty() {
        findings = ailing(scene, namespace, app);
    }
    findings
}
