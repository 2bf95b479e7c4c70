use lamplighter_core::cluster::{IntOrString, Pod, Service, ServicePort};
use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene};
use lamplighter_core::words::{Finding, ObjectRef};

use crate::agreement::{Side, calls_by_port, who_is_off};
use crate::listening::{Listening, target, transport};
use crate::symptoms::unreachable;

/// A service that forwards to a port on which its pods do not listen, or that offers another port than everybody
/// asks for.
///
/// Kubernetes docs, Service: `targetPort` is a number, or the name of a port that the pods declare; a pod that does
/// not declare the name is in no endpoints. What is not a port of the service is not forwarded.
pub(super) struct TargetPortThatMisses;

impl Rule for TargetPortThatMisses {
    fn name(&self) -> &'static str {
        "target-port-that-misses"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::ServicePortMappingMismatch]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        for service in scene.state().services.items() {
            let pods = scene.graph.pods_behind(service);
            let ready = pods.iter().any(|pod| pod.is_ready());
            if pods.is_empty() || service.spec.selector.is_empty() {
                continue;
            }
            let listening = Listening::behind(scene, service);
            for port in &service.spec.ports {
                match target(port) {
                    IntOrString::String(name) if !listening.named.contains_key(&name) => {
                        // Init containers with `restartPolicy: Always` may declare ports, too.
                        if !declared_by_pods(&pods, &name) {
                            name_missing(scene, service, port, &name, &listening, ready, examination);
                        }
                    }
                    IntOrString::Int(number) => {
                        number_missing(scene, service, port, number, &listening, ready, examination);
                    }
                    IntOrString::String(_) => {}
                }
            }
        }
        for (service, port, callers) in calls_by_port(scene) {
            if who_is_off(scene, service, port, &callers) == Side::Service {
                asked_elsewhere(scene, service, port, callers.len(), examination);
            }
        }
    }
}

fn declared_by_pods(pods: &[&Pod], name: &str) -> bool {
    let containers = pods.iter().flat_map(|pod| pod.spec.containers.iter().chain(&pod.spec.init_containers));
    containers.flat_map(|container| &container.ports).any(|port| port.name.as_deref() == Some(name))
}

fn name_missing(
    scene: &Scene,
    service: &Service,
    port: &ServicePort,
    wanted: &str,
    listening: &Listening,
    ready: bool,
    examination: &mut Examination,
) {
    let symptoms = unreachable(scene, service);
    let empty = scene.graph.endpoints_of(service).is_some_and(|endpoints| endpoints.ready() == 0);
    let confidence = match (ready, symptoms.is_empty(), empty) {
        (true, false, _) => Likelihood::new(0.9),
        (true, true, true) => Likelihood::SHOWN,
        (true, true, false) => Likelihood::LIKELY,
        // Pods that are not ready are in no endpoints, whatever their ports are.
        (false, ..) => Likelihood::LIKELY.times(0.7),
    };
    let name = &service.metadata.name;
    let finding = mapping(scene, service, port, listening, format!("no container of {name} has a port named {wanted}"));
    let cause = RootCause::new(Cause::ServicePortMappingMismatch, culprit(scene, service), confidence, finding)
        .then(format!(
            "The service {name} forwards port {} to the port named {wanted}, which its pods do not have.",
            port.port
        ))
        .then(format!("Its pods are in no endpoints for that port, so connections to {name}:{} fail.", port.port));
    examination.name(with(scene, service, cause, symptoms));
}

fn number_missing(
    scene: &Scene,
    service: &Service,
    port: &ServicePort,
    wanted: i64,
    listening: &Listening,
    ready: bool,
    examination: &mut Examination,
) {
    let Ok(number) = u16::try_from(wanted) else { return };
    if transport(port.protocol.as_deref()) != "TCP" || listening.is_empty() || listening.has(number) {
        return;
    }
    // Ports need not be declared: that nothing says so is no fault until somebody fails to connect.
    let symptoms = unreachable(scene, service);
    if symptoms.is_empty() {
        return;
    }
    let confidence = match (ready, listening.hinted.is_empty()) {
        (true, _) => Likelihood::SHOWN,
        (false, false) => Likelihood::LIKELY.times(0.8),
        (false, true) => Likelihood::POSSIBLE,
    };
    let name = &service.metadata.name;
    let finding =
        mapping(scene, service, port, listening, format!("nothing says that the pods of {name} listen on {number}"));
    let cause = RootCause::new(Cause::ServicePortMappingMismatch, culprit(scene, service), confidence, finding)
        .then(format!(
            "The service {name} forwards port {} to {number}, and its pods listen on {}.",
            port.port,
            listening.summary()
        ))
        .then(format!("Connections to {name}:{} are refused although its pods are ready.", port.port));
    examination.name(with(scene, service, cause, symptoms));
}

fn asked_elsewhere(scene: &Scene, service: &Service, asked: u16, callers: usize, examination: &mut Examination) {
    let symptoms = unreachable(scene, service);
    if symptoms.is_empty() {
        return;
    }
    let name = &service.metadata.name;
    let ports: Vec<String> = service.spec.ports.iter().map(|port| port.port.to_string()).collect();
    let summary = format!("service {name} has no port {asked}, and {callers} of its callers ask for it");
    let finding =
        scene.finding(summary, object(service)).with_evidence(format!("ports of service {name}: {}", ports.join(", ")));
    let cause = RootCause::new(Cause::ServicePortMappingMismatch, culprit(scene, service), Likelihood::SHOWN, finding)
        .then(format!(
            "Everybody is configured with {name}:{asked}, and the service {name} has {} instead.",
            ports.join(", ")
        ))
        .then(format!("Nothing forwards {name}:{asked}, so its callers cannot connect."));
    examination.name(with(scene, service, cause, symptoms));
}

fn mapping(scene: &Scene, service: &Service, port: &ServicePort, listening: &Listening, summary: String) -> Finding {
    let name = &service.metadata.name;
    let target = port.target_port.as_ref().map_or_else(|| "the same".to_owned(), ToString::to_string);
    scene
        .finding(summary, object(service))
        .with_evidence(format!("service {name}: port {}, targetPort {target}", port.port))
        .with_evidence(format!("pods of {name}: {}", listening.summary()))
}

fn with(scene: &Scene, service: &Service, cause: RootCause, symptoms: Vec<Finding>) -> RootCause {
    let app = scene.graph.app_of_service(service);
    let callers = scene.calls.callers(app).map(|caller| Culprit::app(service.metadata.namespace(), caller));
    let cause = callers.fold(cause, RootCause::affecting);
    symptoms.into_iter().fold(cause, RootCause::and)
}

fn object(service: &Service) -> ObjectRef {
    ObjectRef::namespaced("service", service.metadata.namespace(), &service.metadata.name)
}

fn culprit(scene: &Scene, service: &Service) -> Culprit {
    Culprit::app(service.metadata.namespace(), scene.graph.app_of_service(service))
}
