use lamplighter_core::cluster::{IntOrString, Pod, Service};
use lamplighter_core::diagnosis::{
    Cause, ConnectionFailure, ConnectionFailureKind, Culprit, Examination, Likelihood, RootCause, Rule, Scene,
};
use lamplighter_core::words::ObjectRef;

use crate::addresses::{Destination, destination};
use crate::listening::{Listening, target, transport};
use crate::policies::{Arrival, Direction, blocking};
use crate::symptoms::{Complaint, heard};

/// A network policy that lets no traffic through that a workload needs, while that workload's connections time out.
///
/// Kubernetes docs, Network Policies: what no rule of the policies that select a pod allows is not let through. Most
/// network plugins drop it without an answer, some refuse it.
pub(super) struct PolicyThatBlocks;

impl Rule for PolicyThatBlocks {
    fn name(&self) -> &'static str {
        "policy-that-blocks"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::NetworkPolicyBlocks]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        if scene.state().network_policies.items().is_empty() {
            return;
        }
        let blocked = |failure: &ConnectionFailure| {
            matches!(
                failure.kind,
                ConnectionFailureKind::TimedOut
                    | ConnectionFailureKind::Refused
                    | ConnectionFailureKind::NoRoute
                    | ConnectionFailureKind::NotConnected
                    | ConnectionFailureKind::Reset
                    | ConnectionFailureKind::ResolverFailed
            )
        };
        for complaint in heard(scene, blocked) {
            judge(scene, &complaint, examination);
        }
    }
}

fn judge(scene: &Scene, complaint: &Complaint<'_>, examination: &mut Examination) {
    let (namespace, app) = complaint.said.app;
    let Some(from) = pod_of(scene, namespace, app) else { return };
    if complaint.failure.kind == ConnectionFailureKind::ResolverFailed {
        resolver(scene, complaint, from, examination);
        return;
    }
    let peer = complaint.failure.peer().unwrap_or_default();
    let named = match destination(scene, namespace, &peer) {
        Destination::Service(service) => vec![service],
        // A line without an address leaves all whom the app calls.
        _ if peer.is_empty() => {
            let callees = scene.calls.callees(app);
            callees.filter_map(|callee| scene.graph.service(namespace, callee)).collect()
        }
        _ => return,
    };
    for service in named {
        let Some(to) = scene.graph.pods_behind(service).into_iter().find(|pod| pod.is_ready()) else { continue };
        let Some(port) = arrives_at(scene, service, complaint.failure.port) else { continue };
        let arrival = Arrival { pod: to, port, protocol: "TCP" };
        if let Some((direction, policies)) = blocking(scene, from, arrival) {
            let certain = !peer.is_empty() && complaint.failure.kind != ConnectionFailureKind::Reset;
            let to = Other { app: scene.graph.app_of_service(service), namespace: service.metadata.namespace(), port };
            name(scene, complaint, direction, &policies, &to, certain, examination);
        }
    }
}

/// Who is at the other end.
struct Other<'a> {
    app: &'a str,
    namespace: &'a str,
    port: u16,
}

/// The port at which a connection to a port of a service arrives.
fn arrives_at(scene: &Scene, service: &Service, port: Option<u16>) -> Option<u16> {
    let mut ports = service.spec.ports.iter().filter(|of| transport(of.protocol.as_deref()) == "TCP");
    let of = ports.find(|of| port.is_none_or(|port| of.port == port))?;
    match target(of) {
        IntOrString::Int(number) => u16::try_from(number).ok(),
        IntOrString::String(name) => Listening::behind(scene, service).named.get(&name).copied(),
    }
}

/// Lookups that a policy of egress keeps from the DNS server: a common slip when egress is closed.
fn resolver(scene: &Scene, complaint: &Complaint<'_>, from: &Pod, examination: &mut Examination) {
    let mut servers = scene.state().pods.items().iter();
    let server = servers.find(|pod| pod.metadata.labels.get("k8s-app").is_some_and(|name| name == "kube-dns"));
    let Some(server) = server else { return };
    let arrival = Arrival { pod: server, port: 53, protocol: "UDP" };
    if let Some((direction, policies)) = blocking(scene, from, arrival) {
        let app =
            scene.graph.workload_of(server).map_or_else(|| server.metadata.name.clone(), |workload| workload.name);
        let other = Other { app: &app, namespace: server.metadata.namespace(), port: 53 };
        name(scene, complaint, direction, &policies, &other, true, examination);
    }
}

fn name(
    scene: &Scene,
    complaint: &Complaint<'_>,
    direction: Direction,
    policies: &[&lamplighter_core::cluster::NetworkPolicy],
    to: &Other<'_>,
    certain: bool,
    examination: &mut Examination,
) {
    let (namespace, app) = complaint.said.app;
    let names: Vec<&str> = policies.iter().map(|policy| policy.metadata.name.as_str()).collect();
    let Some(first) = policies.first() else { return };
    let (culprit, way) = match direction {
        Direction::Ingress => {
            (Culprit::app(to.namespace, to.app), format!("lets nothing from {app} in to port {}", to.port))
        }
        Direction::Egress => {
            (Culprit::app(namespace, app), format!("lets nothing from {app} out to port {} of {}", to.port, to.app))
        }
    };
    let object = ObjectRef::namespaced("networkpolicy", first.metadata.namespace(), &first.metadata.name);
    let finding = scene
        .finding(format!("network policy {} {way}", names.join(", ")), object)
        .with_evidence(format!("podSelector of {}: {:?}", first.metadata.name, first.spec.pod_selector.match_labels));
    let confidence = if certain { Likelihood::SHOWN } else { Likelihood::LIKELY };
    let cause = RootCause::new(Cause::NetworkPolicyBlocks, culprit, confidence, finding)
        .then(format!("The network policy {} {way}.", names.join(", ")))
        .then(format!("The connections of {app} to {} get no answer.", to.app))
        .and(complaint.finding(scene))
        .affecting(Culprit::app(namespace, app));
    examination.name(cause);
}

fn pod_of<'a>(scene: &'a Scene, namespace: &str, app: &str) -> Option<&'a Pod> {
    let workload = &crate::names::workload_named(scene, namespace, app)?.workload;
    scene.graph.pods_of(workload).next()
}
