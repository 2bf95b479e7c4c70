use lamplighter_core::diagnosis::{Cause, Examination, Rule, Scene};
use lamplighter_core::ports::MonitorState;
use lamplighter_core::words::{Finding, ObjectRef, Source};

use crate::subjects::watches;

/// Where monitors outside and the pods inside disagree.
///
/// Relied on: a readiness probe asks the pod from its own node, a monitor asks the whole way from outside: name, load
/// balancer, ingress, service (Kubernetes docs, Probes; Uptime Kuma's monitors). What is ready and down outside is
/// broken on the way; what is up outside and not ready is served by something else, or the monitor asks too little.
pub(super) struct Monitors;

impl Rule for Monitors {
    fn name(&self) -> &'static str {
        "monitors"
    }

    fn causes(&self) -> &'static [Cause] {
        &[]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let monitors = match scene.monitors.as_result() {
            Ok(monitors) => monitors,
            Err(reason) => return examination.gap(format!("monitors could not be looked at: {reason}")),
        };
        for monitor in monitors {
            let object = ObjectRef::global("monitor", &monitor.name);
            let finding = |summary: String| {
                let evidence = if monitor.detail.is_empty() { "no detail" } else { &monitor.detail };
                Finding::new(summary, object.clone(), Source::new("monitors"), monitor.at).with_evidence(evidence)
            };
            let watched: Vec<_> = scene
                .graph
                .workloads()
                .filter(|status| status.desired > 0 && watches(scene, monitor, &status.workload))
                .map(|status| (status, ready_pods(scene, &status.workload)))
                .collect();
            let name = &monitor.name;
            match monitor.state {
                MonitorState::Down if watched.is_empty() => {
                    examination.find(finding(format!("monitor {name} is down")));
                }
                MonitorState::Down => {
                    for (status, ready) in watched {
                        let workload = &status.workload;
                        examination.find(finding(if ready > 0 {
                            format!("monitor {name} is down while {workload} has {ready} ready pods: it is broken on the way")
                        } else {
                            format!("monitor {name} is down, and so is {workload}")
                        }));
                    }
                }
                MonitorState::Up => {
                    for (status, _) in watched.iter().filter(|(_, ready)| *ready == 0) {
                        let workload = &status.workload;
                        examination.find(finding(format!(
                            "monitor {name} is up while {workload} has no ready pod: it asks too little"
                        )));
                    }
                }
                MonitorState::Pending | MonitorState::Maintenance | MonitorState::Unknown => {}
            }
        }
    }
}

fn ready_pods(scene: &Scene, workload: &lamplighter_core::words::WorkloadRef) -> usize {
    scene.graph.pods_of(workload).filter(|pod| pod.is_ready()).count()
}
