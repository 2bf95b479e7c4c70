use serde_json::json;

use super::observatory::{CONTROL_PLANE, Recording, WORKERS, observatory};
use super::variations::Variations;

/// The words of systemd for a unit that does not run.
const STOPPED: [&str; 4] = [
    "inactive (dead) since Wed 2026-03-04 21:31:02 UTC; 8min ago",
    "failed (Result: exit-code) since Wed 2026-03-04 21:31:02 UTC; 8min ago",
    "activating (auto-restart) (Result: exit-code) since Wed 2026-03-04 21:39:50 UTC; 9s ago",
    "inactive (dead)",
];

fn node_lost(recording: &mut Recording, node: &str, status: &str, reason: &str, message: &str) {
    let conditions = recording.node(node)["status"]["conditions"].as_array_mut().unwrap();
    for condition in conditions {
        if status == "Unknown" || condition["type"] == "Ready" {
            condition["status"] = json!(status);
            condition["reason"] = json!(reason);
            condition["message"] = json!(message);
            condition["lastTransitionTime"] = json!("2026-03-04T21:32:10Z");
        }
    }
    recording.node(node)["spec"]["taints"] = json!([
        {"key": if status == "Unknown" { "node.kubernetes.io/unreachable" } else { "node.kubernetes.io/not-ready" }, "effect": "NoSchedule"}]);
    let on_node: Vec<&str> = Recording::apps().filter(|app| Recording::worker_of(app) == node).collect();
    for app in on_node {
        recording.unavailable(app);
        recording.pod(app)["status"]["conditions"] = super::observatory::conditions("False");
        recording.warn(app, "NodeNotReady", "Node is not ready", 1, 460);
    }
}

const UNKNOWN: (&str, &str, &str) = ("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.");
const DOWN: [(&str, &str, &str); 2] = [
    (
        "False",
        "KubeletNotReady",
        "[container runtime is down, PLEG is not healthy: pleg was last seen active 4m2s ago; threshold is 3m0s]",
    ),
    ("False", "KubeletNotReady", "container runtime is down"),
];

#[tokio::test]
async fn parts_of_workers_that_stop() {
    let mut all = Variations::default();
    for node in ["ridge-2", "valley-09"] {
        let object = format!("node/{node}");
        for stopped in STOPPED {
            let mut recording = observatory();
            recording.units();
            recording.unit(node, "kubelet", stopped);
            all.expect(
                &format!("kubelet {node} {stopped}, nothing else yet"),
                &recording,
                "Infrastructure_Fault",
                &object,
                "kubelet_unavailable",
            )
            .await;
            node_lost(&mut recording, node, UNKNOWN.0, UNKNOWN.1, UNKNOWN.2);
            all.expect(
                &format!("kubelet {node} {stopped}"),
                &recording,
                "Infrastructure_Fault",
                &object,
                "kubelet_unavailable",
            )
            .await;
            let mut recording = observatory();
            recording.units();
            recording.unit(node, "containerd", stopped);
            all.expect(
                &format!("containerd {node} {stopped}, nothing else yet"),
                &recording,
                "Infrastructure_Fault",
                &object,
                "containerd_unavailable",
            )
            .await;
            for (status, reason, message) in DOWN {
                let mut recording = observatory();
                recording.units();
                recording.unit(node, "containerd", stopped);
                node_lost(&mut recording, node, status, reason, message);
                all.expect(
                    &format!("containerd {node} {stopped} {message}"),
                    &recording,
                    "Infrastructure_Fault",
                    &object,
                    "containerd_unavailable",
                )
                .await;
            }
            let mut recording = observatory();
            recording.units();
            recording.unit(node, "kube-proxy", stopped);
            all.expect(
                &format!("kube-proxy {node} {stopped}"),
                &recording,
                "Infrastructure_Fault",
                &object,
                "kube_proxy_unavailable",
            )
            .await;
            for app in Recording::apps() {
                recording.series(
                    "probe_success",
                    &[("instance", &format!("{app}:7000")), ("probe_node", node)],
                    15,
                    &[0.0],
                );
                recording.series(
                    "probe_success",
                    &[("instance", &format!("{app}:7000")), ("probe_node", "summit-a")],
                    15,
                    &[1.0],
                );
            }
            all.expect(
                &format!("kube-proxy {node} {stopped}, probes"),
                &recording,
                "Infrastructure_Fault",
                &object,
                "kube_proxy_unavailable",
            )
            .await;
        }
    }
    all.judge();
}

#[tokio::test]
async fn parts_of_workers_that_only_nodes_or_exporters_tell_of() {
    let mut all = Variations::default();
    for node in ["ridge-2", "valley-09"] {
        let object = format!("node/{node}");
        // Nobody has asked systemd.
        let mut recording = observatory();
        node_lost(&mut recording, node, UNKNOWN.0, UNKNOWN.1, UNKNOWN.2);
        all.expect(
            &format!("kubelet {node}, conditions alone"),
            &recording,
            "Infrastructure_Fault",
            &object,
            "kubelet_unavailable",
        )
        .await;
        for (status, reason, message) in DOWN {
            let mut recording = observatory();
            node_lost(&mut recording, node, status, reason, message);
            all.expect(
                &format!("containerd {node}, conditions alone: {message}"),
                &recording,
                "Infrastructure_Fault",
                &object,
                "containerd_unavailable",
            )
            .await;
        }
        // By what an exporter says of the units.
        for (unit, code) in [
            ("kubelet", "kubelet_unavailable"),
            ("containerd", "containerd_unavailable"),
            ("kube-proxy", "kube_proxy_unavailable"),
        ] {
            let mut recording = observatory();
            for worker in WORKERS {
                for state in ["active", "inactive", "failed", "activating", "deactivating"] {
                    let is = state == if worker == node { "failed" } else { "active" };
                    let name = format!("{unit}.service");
                    recording.series(
                        "node_systemd_unit_state",
                        &[("instance", worker), ("name", &name), ("state", state)],
                        15,
                        &[f64::from(u8::from(is))],
                    );
                }
            }
            all.expect(&format!("{unit} {node}, exporter"), &recording, "Infrastructure_Fault", &object, code).await;
        }
    }
    all.judge();
}

#[tokio::test]
async fn a_scheduler_that_stops() {
    let mut all = Variations::default();
    let object = format!("node/{CONTROL_PLANE}");
    for stopped in STOPPED {
        let mut recording = observatory();
        recording.units();
        recording.unit(CONTROL_PLANE, "kube-scheduler", stopped);
        all.expect(
            &format!("{stopped}, nothing waits"),
            &recording,
            "Infrastructure_Fault",
            &object,
            "kube_scheduler_unavailable",
        )
        .await;
        for app in ["seeing", "starstore"] {
            recording.unplaced(app);
            recording.pod(app)["status"]["conditions"] = json!([]);
        }
        all.expect(
            &format!("{stopped}, two wait"),
            &recording,
            "Infrastructure_Fault",
            &object,
            "kube_scheduler_unavailable",
        )
        .await;
    }
    // Pods that nobody has looked at, and no units.
    let mut recording = observatory();
    for app in ["seeing", "bookings", "starstore"] {
        recording.unplaced(app);
        recording.pod(app)["status"].as_object_mut().unwrap().remove("conditions");
    }
    all.expect("pods alone", &recording, "Infrastructure_Fault", &object, "kube_scheduler_unavailable").await;
    all.judge();
}
