use lamplighter_core::cluster::{IntOrString, Service, ServicePort};
use lamplighter_core::diagnosis::{
    Cause, ConnectionFailure, ConnectionFailureKind, Culprit, Examination, Likelihood, RootCause, Rule, Scene,
};
use lamplighter_core::words::ObjectRef;

use crate::addresses::{Destination, destination};
use crate::listening::{Listening, target, transport};
use crate::symptoms::{callers, complaints, heard, is_to, unreachable};

/// A service that forwards another protocol than its pods speak.
///
/// Kubernetes docs, Protocols for Services: `protocol` is TCP unless it says UDP or SCTP, and only that is forwarded.
/// `appProtocol`, and in Istio the beginning of the port's name (Istio docs, Protocol Selection), say which protocol
/// a proxy is to speak inside; a proxy that expects HTTP/1.1 breaks gRPC and the protocols of databases.
pub(super) struct TransportThatDiffers;

impl Rule for TransportThatDiffers {
    fn name(&self) -> &'static str {
        "transport-that-differs"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::ServiceProtocolMismatch]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        for service in scene.state().services.items() {
            if service.spec.selector.is_empty() {
                continue;
            }
            let listening = Listening::behind(scene, service);
            for port in &service.spec.ports {
                if differs_in_transport(service, port, &listening) {
                    transport_differs(scene, service, port, &listening, examination);
                } else if let Some((declared, spoken)) = differs_inside(scene, service, port, &listening) {
                    protocol_differs(scene, service, port, declared, &spoken, examination);
                }
            }
        }
        mismatches_in_logs(scene, examination);
    }
}

fn number(port: &ServicePort, listening: &Listening) -> Option<u16> {
    match target(port) {
        IntOrString::Int(number) => u16::try_from(number).ok(),
        IntOrString::String(name) => listening.named.get(&name).copied(),
    }
}

/// Whether the pods listen there over another transport alone, and no other port of the service forwards it.
fn differs_in_transport(service: &Service, port: &ServicePort, listening: &Listening) -> bool {
    let forwarded = transport(port.protocol.as_deref());
    let Some(at) = number(port, listening) else { return false };
    let beside = service.spec.ports.iter().any(|other| {
        transport(other.protocol.as_deref()) != forwarded
            && (other.port == port.port || number(other, listening) == Some(at))
    });
    let declared = listening.declared.get(&at);
    let elsewhere = declared.is_some_and(|transports| !transports.contains(forwarded));
    // Probes and the usual variables of servers mean TCP.
    let hinted = declared.is_none() && forwarded != "TCP" && listening.hinted.contains_key(&at);
    !beside && (elsewhere || hinted)
}

fn transport_differs(
    scene: &Scene,
    service: &Service,
    port: &ServicePort,
    listening: &Listening,
    examination: &mut Examination,
) {
    let symptoms = unreachable(scene, service);
    let name = &service.metadata.name;
    let forwarded = transport(port.protocol.as_deref());
    let finding = scene
        .finding(format!("service {name} forwards {forwarded} to a port that is not {forwarded}"), object(service))
        .with_evidence(format!("service {name}: port {}, protocol {forwarded}", port.port))
        .with_evidence(format!("pods of {name}: {}", listening.summary()));
    if symptoms.is_empty() {
        examination.find(finding);
        return;
    }
    let cause = RootCause::new(Cause::ServiceProtocolMismatch, culprit(scene, service), Likelihood::new(0.9), finding)
        .then(format!(
            "The service {name} forwards {forwarded} on port {}, and its pods listen on {}.",
            port.port,
            listening.summary()
        ))
        .then(format!("Whoever connects to {name}:{} over another transport is refused.", port.port));
    let callers = scene.calls.callers(scene.graph.app_of_service(service));
    let cause =
        callers.fold(cause, |cause, caller| cause.affecting(Culprit::app(service.metadata.namespace(), caller)));
    examination.name(symptoms.into_iter().fold(cause, RootCause::and));
}

/// The protocol that the service declares for proxies and the one that its pods speak, where they differ and a proxy
/// that looks at it is there.
fn differs_inside(
    scene: &Scene,
    service: &Service,
    port: &ServicePort,
    listening: &Listening,
) -> Option<(&'static str, String)> {
    let declared = declared_protocol(port)?;
    if port.app_protocol.is_none() && !in_mesh(scene, service) {
        return None;
    }
    let at = number(port, listening)?;
    let spoken = if listening.grpc.contains(&at) { "grpc".to_owned() } else { spoken_at(at)?.to_owned() };
    let fits = match declared {
        "http2" => spoken == "grpc",
        other => spoken == other,
    };
    (!fits && (declared != "tcp")).then_some((declared, spoken))
}

/// By `appProtocol` (Kubernetes docs, Application protocol), else by the beginning of the port's name.
fn declared_protocol(port: &ServicePort) -> Option<&'static str> {
    let text = port.app_protocol.as_deref().or(port.name.as_deref())?.to_ascii_lowercase();
    let text = text.strip_prefix("kubernetes.io/").unwrap_or(&text);
    let first = text.split('-').next().unwrap_or_default();
    match first {
        "http" => Some("http"),
        "http2" | "h2c" => Some("http2"),
        "grpc" => Some("grpc"),
        "mysql" => Some("mysql"),
        "redis" => Some("redis"),
        "mongo" => Some("mongo"),
        "tcp" | "tls" | "https" => Some("tcp"),
        _ => None,
    }
}

/// What is spoken at well-known ports (IANA, Service Name and Port Number Registry).
fn spoken_at(port: u16) -> Option<&'static str> {
    Some(match port {
        3306 => "mysql",
        5432 => "postgres",
        6379 => "redis",
        27017 => "mongo",
        5672 => "amqp",
        9092 => "kafka",
        _ => return None,
    })
}

fn in_mesh(scene: &Scene, service: &Service) -> bool {
    let pods = scene.graph.pods_behind(service);
    let sidecar = |name: &str| matches!(name, "istio-proxy" | "envoy" | "linkerd-proxy");
    pods.iter().any(|pod| {
        let containers = pod.spec.containers.iter().chain(&pod.spec.init_containers);
        containers.into_iter().any(|container| sidecar(&container.name))
    })
}

fn protocol_differs(
    scene: &Scene,
    service: &Service,
    port: &ServicePort,
    declared: &str,
    spoken: &str,
    examination: &mut Examination,
) {
    let to_it = |failure: &ConnectionFailure| {
        !failure.kind.is_resolution() && (is_to(scene, service, failure) || failure.peer().is_none())
    };
    let heard = complaints(scene, &callers(scene, service), to_it);
    let name = &service.metadata.name;
    let label = port.app_protocol.as_deref().or(port.name.as_deref()).unwrap_or_default();
    let finding = scene
        .finding(format!("service {name} declares {declared} for a port that speaks {spoken}"), object(service))
        .with_evidence(format!("service {name}: port {} is called {label}", port.port));
    if heard.is_empty() {
        examination.find(finding);
        return;
    }
    let confidence = if heard.iter().any(|complaint| is_to(scene, service, &complaint.failure)) {
        Likelihood::SHOWN
    } else {
        Likelihood::LIKELY
    };
    let cause = RootCause::new(Cause::ServiceProtocolMismatch, culprit(scene, service), confidence, finding)
        .then(format!(
            "The service {name} declares {declared} on port {}, and its pods speak {spoken} there.",
            port.port
        ))
        .then(format!("Proxies on the way treat the connection as {declared} and break it."));
    examination.name(heard.iter().fold(cause, |cause, complaint| cause.and(complaint.finding(scene))));
}

/// Clients that say themselves that the other side speaks something else. Either side may be off, so it is less
/// than what is configured shows.
fn mismatches_in_logs(scene: &Scene, examination: &mut Examination) {
    let heard = heard(scene, |failure| failure.kind == ConnectionFailureKind::ProtocolMismatch);
    for complaint in &heard {
        let host = complaint.failure.peer().unwrap_or_default();
        let Destination::Service(service) = destination(scene, complaint.said.app.0, &host) else { continue };
        let name = &service.metadata.name;
        let (culprit, finding) = (culprit(scene, service), complaint.finding(scene));
        let cause = RootCause::new(Cause::ServiceProtocolMismatch, culprit, Likelihood::LIKELY, finding)
            .then(format!("Clients of {name} say that it speaks another protocol than theirs."))
            .then(format!("Their requests to {name} fail before they are read."));
        examination.name(cause);
    }
}

fn object(service: &Service) -> ObjectRef {
    ObjectRef::namespaced("service", service.metadata.namespace(), &service.metadata.name)
}

fn culprit(scene: &Scene, service: &Service) -> Culprit {
    Culprit::app(service.metadata.namespace(), scene.graph.app_of_service(service))
}
