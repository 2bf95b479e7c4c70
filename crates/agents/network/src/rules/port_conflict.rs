use std::collections::BTreeMap;

use lamplighter_core::cluster::{Container, ContainerState, Pod, PodSpec};
use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene, Utterance};
use lamplighter_core::words::{Finding, WorkloadRef};

use crate::addresses::environment;
use crate::listening::transport;

/// Two containers of a pod that want the same port.
///
/// Kubernetes docs, Pods: the containers of a pod share one network namespace, so that the second one to bind a
/// port gets `EADDRINUSE` (bind(2)), and, as a rule, ends.
pub(super) struct PortTakenInsidePod;

/// What programs say when a port is taken: bind(2) as the C library, Go, Java, Node.js, Python, .NET, nginx and
/// Envoy word it.
const TAKEN: [&str; 10] = [
    "address already in use",
    "address in use",
    "eaddrinuse",
    "addressinuse",
    "java.net.bindexception",
    "port is already in use",
    "already in use",
    "port already allocated",
    "was already in use",
    "only one usage of each socket address",
];

impl Rule for PortTakenInsidePod {
    fn name(&self) -> &'static str {
        "port-taken-inside-pod"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::ServiceSidecarPortConflict]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        for status in scene.graph.workloads() {
            let workload = &status.workload;
            let Some(template) = scene.graph.template_of(workload) else { continue };
            if template.spec.containers.len() < 2 {
                continue;
            }
            let shared = shared_ports(scene, workload, &template.spec);
            let failing = failing_container(scene, workload);
            let line = failing.is_some().then(|| line_of(scene, workload)).flatten();
            let (Some((pod, container)), true) = (failing, !shared.is_empty() || line.is_some()) else { continue };
            name(scene, workload, pod, &container, &shared, line, examination);
        }
    }
}

/// A port that two containers want, and what says so of each.
struct Shared {
    port: u16,
    wants: Vec<String>,
}

fn shared_ports(scene: &Scene, workload: &WorkloadRef, spec: &PodSpec) -> Vec<Shared> {
    let mut wants: BTreeMap<(u16, String), BTreeMap<&str, String>> = BTreeMap::new();
    for container in &spec.containers {
        for port in container.ports.iter().filter(|port| port.container_port != 0) {
            let key = (port.container_port, transport(port.protocol.as_deref()).to_owned());
            let says = format!("container {} has containerPort {}", container.name, port.container_port);
            wants.entry(key).or_default().entry(&container.name).or_insert(says);
        }
        if let Some(port) = own_port(scene, workload, container) {
            let says = format!("container {} has PORT={port}", container.name);
            wants.entry((port, "TCP".to_owned())).or_default().entry(&container.name).or_insert(says);
        }
    }
    let shared = wants.into_iter().filter(|(_, by)| by.len() > 1);
    shared.map(|((port, _), by)| Shared { port, wants: by.into_values().collect() }).collect()
}

fn own_port(scene: &Scene, workload: &WorkloadRef, container: &Container) -> Option<u16> {
    environment(scene, &workload.namespace, container).get("PORT")?.trim().parse().ok()
}

/// A container that keeps ending, while another one of the same pod runs.
fn failing_container<'a>(scene: &'a Scene, workload: &WorkloadRef) -> Option<(&'a Pod, String)> {
    scene.graph.pods_of(workload).find_map(|pod| {
        let statuses = &pod.status.container_statuses;
        let ended = |state: &ContainerState| state.terminated.as_ref().is_some_and(|end| end.exit_code != 0);
        let failing = statuses.iter().find(|status| {
            let waiting = status.state.waiting.as_ref().and_then(|waiting| waiting.reason.as_deref());
            !status.ready && (waiting == Some("CrashLoopBackOff") || ended(&status.state) || ended(&status.last_state))
        })?;
        let runs = statuses.iter().any(|status| status.name != failing.name && status.state.running.is_some());
        // Too little memory ends containers, too, and says so.
        let killed = [&failing.state, &failing.last_state]
            .into_iter()
            .any(|state| state.terminated.as_ref().is_some_and(|end| end.reason.as_deref() == Some("OOMKilled")));
        (runs && !killed).then(|| (pod, failing.name.clone()))
    })
}

fn line_of<'a>(scene: &'a Scene, workload: &WorkloadRef) -> Option<Utterance<'a>> {
    scene.said_by(workload).find(|said| {
        let text = said.text.to_ascii_lowercase();
        TAKEN.iter().any(|words| text.contains(words)) && !text.contains("name already in use")
    })
}

fn name(
    scene: &Scene,
    workload: &WorkloadRef,
    pod: &Pod,
    container: &str,
    shared: &[Shared],
    line: Option<Utterance<'_>>,
    examination: &mut Examination,
) {
    let app = &workload.name;
    let object = lamplighter_core::words::ObjectRef::pod(&workload.namespace, &pod.metadata.name);
    let mut finding: Finding = scene.finding(format!("container {container} of {app} keeps ending"), object);
    for want in shared.iter().flat_map(|shared| &shared.wants) {
        finding = finding.with_evidence(want.as_str());
    }
    if let Some(line) = line {
        finding = finding.with_evidence(line.text);
    }
    let confidence = match (shared.is_empty(), line.is_some()) {
        (false, true) => Likelihood::STATED,
        (true, true) => Likelihood::SHOWN,
        (false, false) => Likelihood::LIKELY,
        (true, false) => return,
    };
    let port = shared.first().map_or_else(|| "a port".to_owned(), |shared| format!("port {}", shared.port));
    let cause =
        RootCause::new(Cause::ServiceSidecarPortConflict, Culprit::app(&workload.namespace, app), confidence, finding)
            .then(format!("Two containers of {app} want {port}, and they share one network."))
            .then(format!("The container {container} cannot bind it and ends, so the pods of {app} are not ready."));
    let callers = scene.calls.callers(app).map(|caller| Culprit::app(&workload.namespace, caller));
    examination.name(callers.fold(cause, RootCause::affecting));
}
