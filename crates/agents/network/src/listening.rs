//! What pods listen on, as far as their spec says it.

use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::cluster::{Container, IntOrString, PodSpec, Service, ServicePort};
use lamplighter_core::diagnosis::Scene;

use crate::addresses::environment;

/// Variables that tell a program by convention on which port to listen.
const OWN_PORTS: [&str; 10] = [
    "PORT",
    "SERVER_PORT",
    "HTTP_PORT",
    "GRPC_PORT",
    "LISTEN_PORT",
    "APP_PORT",
    "SERVICE_PORT",
    "BIND_PORT",
    "ASPNETCORE_HTTP_PORTS",
    "QUARKUS_HTTP_PORT",
];

/// The transport of a port. The API's default is TCP (`ServicePort.protocol`, `ContainerPort.protocol`).
pub(crate) fn transport(protocol: Option<&str>) -> &str {
    protocol.filter(|protocol| !protocol.is_empty()).unwrap_or("TCP")
}

/// What the containers of a pod listen on.
#[derive(Debug, Default)]
pub(crate) struct Listening {
    /// Declared ports with their transports. Declaring them is optional (Kubernetes API, `Container.ports`).
    pub(crate) declared: BTreeMap<u16, BTreeSet<String>>,
    /// The names of declared ports.
    pub(crate) named: BTreeMap<String, u16>,
    /// Ports that probes connect to and that variables set, all over TCP, and what says so.
    pub(crate) hinted: BTreeMap<u16, String>,
    /// Ports that probes ask by gRPC.
    pub(crate) grpc: BTreeSet<u16>,
}

impl Listening {
    /// Of the pods that a service selects: by the templates of their workloads, or by the pods themselves.
    pub(crate) fn behind(scene: &Scene, service: &Service) -> Self {
        let mut all = Self::default();
        for workload in scene.graph.workloads_behind(service) {
            if let Some(template) = scene.graph.template_of(workload) {
                all.add(scene, &workload.namespace, &template.spec);
            }
        }
        if all.is_empty() {
            for pod in scene.graph.pods_behind(service) {
                all.add(scene, pod.metadata.namespace(), &pod.spec);
            }
        }
        all
    }

    fn add(&mut self, scene: &Scene, namespace: &str, spec: &PodSpec) {
        for container in &spec.containers {
            for port in container.ports.iter().filter(|port| port.container_port != 0) {
                let transports = self.declared.entry(port.container_port).or_default();
                transports.insert(transport(port.protocol.as_deref()).to_owned());
                if let Some(name) = &port.name {
                    self.named.insert(name.clone(), port.container_port);
                }
            }
            self.probed(container);
            for (name, value) in environment(scene, namespace, container) {
                if let Some(port) = OWN_PORTS.contains(&name.as_str()).then(|| value.trim().parse().ok()).flatten() {
                    self.hinted.entry(port).or_insert_with(|| format!("{name}={port}"));
                }
            }
        }
    }

    fn probed(&mut self, container: &Container) {
        let probes = [
            ("readiness probe", &container.readiness_probe),
            ("liveness probe", &container.liveness_probe),
            ("startup probe", &container.startup_probe),
        ];
        for (kind, probe) in probes.iter().filter_map(|(kind, probe)| Some((kind, probe.as_ref()?))) {
            let Some(IntOrString::Int(port)) = probe.port() else { continue };
            let Ok(port) = u16::try_from(port) else { continue };
            self.hinted.entry(port).or_insert_with(|| format!("{kind} on {port}"));
            if probe.grpc.is_some() {
                self.grpc.insert(port);
            }
        }
    }

    /// Whether nothing is known.
    pub(crate) fn is_empty(&self) -> bool {
        self.declared.is_empty() && self.hinted.is_empty()
    }

    /// Whether anything says that this port is listened on.
    pub(crate) fn has(&self, port: u16) -> bool {
        self.declared.contains_key(&port) || self.hinted.contains_key(&port)
    }

    /// All of it for a person.
    pub(crate) fn summary(&self) -> String {
        let declared = self.declared.iter().map(|(port, transports)| {
            let name = self.named.iter().find(|(_, number)| *number == port).map(|(name, _)| format!("{name}:"));
            let transports: Vec<&str> = transports.iter().map(String::as_str).collect();
            format!("{}{port}/{}", name.unwrap_or_default(), transports.join("+"))
        });
        let hinted =
            self.hinted.iter().filter(|(port, _)| !self.declared.contains_key(port)).map(|(_, hint)| hint.clone());
        let all: Vec<String> = declared.chain(hinted).collect();
        if all.is_empty() { "no ports".to_owned() } else { all.join(", ") }
    }
}

/// Where a port of a service leads: a number, or a name that may be declared. Without `targetPort` it is the port
/// itself (Kubernetes API, `ServicePort.targetPort`).
pub(crate) fn target(port: &ServicePort) -> IntOrString {
    match &port.target_port {
        Some(IntOrString::Int(0)) | None => IntOrString::Int(port.port.into()),
        Some(IntOrString::String(text)) => {
            // Some write numbers as strings; the API server takes `"8080"` for a name, which no port may have.
            text.parse().map_or_else(|_| IntOrString::String(text.clone()), IntOrString::Int)
        }
        Some(number) => number.clone(),
    }
}
