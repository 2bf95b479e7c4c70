use lamplighter_core::diagnosis::{Likelihood, Signal, Subject, UnitState};
use lamplighter_testkit::scene::{SceneBuilder, scene_of};
use serde_json::{Value, json};

use crate::fixture::*;

fn silent(name: &str) -> Value {
    unready(node(name), "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")
}

fn probes(scene: SceneBuilder, from: &str, targets: &[(&str, f64)]) -> SceneBuilder {
    targets.iter().fold(scene, |scene, (target, answered)| {
        let subject = Subject::App { namespace: "apps".to_owned(), name: (*target).to_owned() };
        let labels = [("instance", *target), ("probe_node", from)];
        scene.series(Signal::Reachable, subject, &labels, &[1.0, *answered])
    })
}

fn component(name: &str, node: &str, ready: &str) -> Value {
    json!({
        "kind": "Pod",
        "metadata": {"namespace": "kube-system", "name": format!("{name}-{node}"), "labels": {"component": name, "k8s-app": name}},
        "spec": {"nodeName": node, "containers": [{"name": name}]},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": ready}]},
    })
}

#[test]
fn a_stopped_kubelet_of_a_silent_node_is_the_cause() {
    for state in [UnitState::Inactive, UnitState::Failed] {
        let scene = scene_of([silent("a"), node("b"), stuck("shop", "a")]);
        let report = report(scene.unit("a", "kubelet", state, &["Stopped kubelet"]).unit(
            "b",
            "kubelet",
            UnitState::Active,
            &[],
        ));
        is_cause(&report, "kubelet_unavailable node/a");
        assert_eq!(first(&report).confidence, Likelihood::STATED);
        assert_eq!(first(&report).affects[0].to_string(), "app/shop");
        assert_eq!(named(&report).len(), 1);
    }
}

#[test]
fn units_are_also_known_from_the_node_exporter() {
    let scene = scene_of([silent("a"), stuck("shop", "a")]);
    let subject = || Subject::Node("a".to_owned());
    let scene = scene
        .series(Signal::UnitState, subject(), &[("name", "kubelet.service"), ("state", "failed")], &[0.0, 1.0])
        .series(Signal::UnitState, subject(), &[("name", "kubelet.service"), ("state", "active")], &[1.0, 0.0]);
    let report = report(scene);
    is_cause(&report, "kubelet_unavailable node/a");
    assert_eq!(first(&report).confidence, Likelihood::STATED);
}

#[test]
fn the_active_state_alone_tells_of_a_unit() {
    let kept = |node: &str, value: f64| {
        let subject = Subject::Node(node.to_owned());
        move |scene: SceneBuilder| {
            scene.series(
                Signal::UnitState,
                subject,
                &[("name", "kube-proxy.service"), ("state", "active")],
                &[1.0, value],
            )
        }
    };
    let scene = || scene_of([node("a"), node("b"), running("shop", "a", &json!({}))]);
    let report = report(kept("b", 1.0)(kept("a", 0.0)(scene())));
    is_cause(&report, "kube_proxy_unavailable node/a");
}

#[test]
fn a_kubelet_that_has_just_stopped_is_known_by_its_unit_alone() {
    let scene = || scene_of([node("a"), node("b"), running("shop", "a", &json!({}))]);
    let stopped = |scene: SceneBuilder| scene.unit("a", "kubelet", UnitState::Inactive, &[]);
    is_cause(&report(stopped(scene()).unit("b", "kubelet", UnitState::Active, &[])), "kubelet_unavailable node/a");
    // Where it is a unit on no node, it runs in another way.
    is_well(&report(stopped(scene()).unit("b", "kubelet", UnitState::Inactive, &[])));
    is_well(&report(stopped(scene()).unit("a", "k3s-agent", UnitState::Active, &[])));
}

#[test]
fn a_silent_node_without_units_is_likelier_a_kubelet_than_a_machine() {
    let report = |scene: SceneBuilder| report(scene);
    let lost = report(scene_of([silent("a"), stuck("shop", "a")]));
    assert_eq!(named(&lost), ["kubelet_unavailable node/a", "node_unavailable node/a"]);
    let measured = report(scene_of([silent("a"), stuck("shop", "a")]).node_series(Signal::NodeCpu, "a", &[0.1, 0.2]));
    assert!(first(&measured).confidence > first(&lost).confidence);
}

#[test]
fn a_kubelet_that_runs_and_is_not_heard_is_a_node_cut_off() {
    let scene = scene_of([silent("a"), stuck("shop", "a")]).unit("a", "kubelet", UnitState::Active, &[]);
    is_cause(&report(scene), "node_unavailable node/a");
}

#[test]
fn a_runtime_that_does_not_run_is_the_cause() {
    let down = || unready(node("a"), "False", "KubeletNotReady", "container runtime is down");
    for unit in ["containerd", "crio"] {
        let scene = scene_of([down(), node("b"), stuck("shop", "a")]).unit("a", unit, UnitState::Inactive, &[]);
        let report = report(scene.unit("a", "kubelet", UnitState::Active, &[]));
        is_cause(&report, "containerd_unavailable node/a");
        assert_eq!(first(&report).confidence, Likelihood::STATED);
        assert!(grounds(first(&report)).contains("container runtime is down"));
    }
    is_cause(&examine([down(), node("b"), stuck("shop", "a")]), "containerd_unavailable node/a");
    let slow =
        unready(node("a"), "False", "KubeletNotReady", "PLEG is not healthy: pleg was last seen active 4m0s ago");
    is_cause(&examine([slow, stuck("shop", "a")]), "containerd_unavailable node/a");
}

#[test]
fn a_socket_on_which_nobody_answers_is_the_runtimes() {
    let said = "Failed to create pod sandbox: rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused\"";
    let event = |pod: &str| warning("Pod", pod, "FailedCreatePodSandBox", said);
    is_cause(&examine([node("a"), stuck("shop", "a"), event("shop-7d9f-s")]), "containerd_unavailable node/a");
    // It answers again: the pod runs, or the unit does.
    is_well(&examine([node("a"), running("shop", "a", &json!({})), event("shop-7d9f-a")]));
    let scene = scene_of([node("a"), stuck("shop", "a"), event("shop-7d9f-s")]);
    let report = report(scene.unit("a", "containerd", UnitState::Active, &[]));
    is_well(&report);
    assert_eq!(report.findings.len(), 1);
}

#[test]
fn a_runtime_that_is_not_in_use_is_no_cause() {
    let scene = || scene_of([node("a"), node("b"), running("shop", "a", &json!({}))]);
    let docker = scene().unit("a", "docker", UnitState::Inactive, &[]).unit("a", "containerd", UnitState::Active, &[]);
    is_well(&report(docker));
    let none =
        scene().unit("a", "containerd", UnitState::Inactive, &[]).unit("b", "containerd", UnitState::Inactive, &[]);
    is_well(&report(none));
}

#[test]
fn a_stopped_proxy_is_the_cause_where_its_peers_run() {
    let scene = || scene_of([node("a"), node("b")]).unit("a", "kube-proxy", UnitState::Inactive, &["Stopped"]);
    let peers = scene().unit("b", "kube-proxy", UnitState::Active, &[]);
    is_cause(&report(peers), "kube_proxy_unavailable node/a");
    // A network plugin has taken its place.
    is_well(&report(scene().unit("b", "kube-proxy", UnitState::Inactive, &[])));
    let probed = probes(probes(scene(), "a", &[("shop", 0.0), ("cart", 1.0)]), "b", &[("shop", 1.0), ("cart", 1.0)]);
    let report = report(probed);
    is_cause(&report, "kube_proxy_unavailable node/a");
    assert_eq!(first(&report).confidence, Likelihood::STATED);
    assert!(grounds(first(&report)).contains("0 for shop, 1 from other nodes"));
}

#[test]
fn the_proxy_of_a_daemon_set_is_known_by_its_pod() {
    is_cause(&examine([node("a"), component("kube-proxy", "a", "False")]), "kube_proxy_unavailable node/a");
    is_well(&examine([node("a"), component("kube-proxy", "a", "True")]));
    let dead = silent("a");
    let report = examine([dead, component("kube-proxy", "a", "False")]);
    assert!(!named(&report).iter().any(|name| name.starts_with("kube_proxy")), "{:?}", named(&report));
    // A recording of a table has neither conditions nor containers.
    let bare = with(component("kube-proxy", "a", "True"), "/status", json!({"phase": "Running"}));
    is_well(&examine([node("a"), bare]));
}

#[test]
fn services_that_one_node_alone_does_not_reach_are_possibly_its_proxys() {
    let scene = || scene_of([node("a"), node("b")]);
    let seen = probes(probes(scene(), "a", &[("shop", 0.0), ("cart", 0.0)]), "b", &[("shop", 1.0), ("cart", 1.0)]);
    assert_eq!(named(&report(seen)), ["kube_proxy_unavailable node/a"]);
    // Nobody reaches it: the service is at fault.
    is_well(&report(probes(probes(scene(), "a", &[("shop", 0.0)]), "b", &[("shop", 0.0)])));
    let runs = probes(probes(scene(), "a", &[("shop", 0.0)]), "b", &[("shop", 1.0)]);
    is_well(&report(runs.unit("a", "kube-proxy", UnitState::Active, &[])));
}

#[test]
fn a_part_of_the_control_plane_that_does_not_run_is_the_cause() {
    for part in ["kube-controller-manager", "kube-apiserver", "etcd"] {
        let report = examine([control_plane("cp"), component(part, "cp", "False")]);
        is_cause(&report, "control_plane_unavailable node/cp");
        is_well(&examine([control_plane("cp"), component(part, "cp", "True")]));
        let scene = scene_of([control_plane("cp")]).unit("cp", part, UnitState::Failed, &[]);
        is_cause(&self::report(scene), "control_plane_unavailable node/cp");
    }
}

#[test]
fn one_of_several_leads_and_the_others_wait() {
    let parts = [component("etcd", "cp1", "False"), component("etcd", "cp2", "True")];
    let report = examine([control_plane("cp1"), control_plane("cp2")].into_iter().chain(parts));
    assert_eq!(first(&report).confidence, Likelihood::POSSIBLE);
}

#[test]
fn of_a_kubelet_and_a_runtime_that_are_both_stopped_the_kubelet_comes_first() {
    let scene = scene_of([silent("a"), stuck("shop", "a")]).unit("a", "kubelet", UnitState::Inactive, &[]);
    let report = report(scene.unit("a", "containerd", UnitState::Inactive, &[]));
    assert_eq!(named(&report), ["kubelet_unavailable node/a", "containerd_unavailable node/a"]);
    assert_eq!(report.causes[1].confidence, Likelihood::LIKELY);
}

#[test]
fn a_runtime_that_has_just_stopped_is_known_by_its_unit_alone() {
    let scene = |pod: Value| {
        let scene = scene_of([node("a"), node("b"), pod]).unit("a", "containerd", UnitState::Failed, &[]);
        report(scene.unit("b", "containerd", UnitState::Active, &[]))
    };
    is_cause(&scene(stuck("shop", "a")), "containerd_unavailable node/a");
    let before = scene(running("shop", "a", &json!({})));
    is_cause(&before, "containerd_unavailable node/a");
    assert!(first(&before).confidence < first(&scene(stuck("shop", "a"))).confidence);
}

#[test]
fn a_service_that_systemd_starts_again_and_again_does_not_run() {
    let unit = |detail: &str| lamplighter_core::diagnosis::UnitStatus {
        node: "a".to_owned(),
        unit: "kubelet".to_owned(),
        state: UnitState::Activating,
        detail: detail.to_owned(),
        since: None,
        lines: Vec::new(),
    };
    let report = |detail: &str| {
        let scene = scene_of([silent("a"), stuck("shop", "a")]).build();
        let units = lamplighter_core::cluster::Observed::Seen(vec![unit(detail)]);
        lamplighter_platform::Platform::new().examine(&scene.with_units(units))
    };
    is_cause(&report("Active: activating (auto-restart) (Result: exit-code)"), "kubelet_unavailable node/a");
    is_cause(&report("Active: activating (start)"), "node_unavailable node/a");
}

#[test]
fn parts_of_the_control_plane_on_a_node_that_is_lost_are_not_named_beside_it() {
    let report = examine([silent("cp"), component("etcd", "cp", "False")]);
    assert!(!named(&report).iter().any(|name| name.starts_with("control_plane")), "{:?}", named(&report));
}

#[test]
fn a_service_that_most_nodes_do_not_reach_is_not_their_proxys() {
    let scene =
        probes(probes(scene_of([node("a"), node("b"), node("c")]), "a", &[("shop", 0.0)]), "b", &[("shop", 0.0)]);
    is_well(&report(probes(scene, "c", &[("shop", 1.0)])));
}

#[test]
fn of_several_words_of_a_node_the_last_is_told() {
    let said = |at: &str| {
        let dial = format!("rpc error: dial unix /run/crio/crio.sock: connect: no such file or directory ({at})");
        with(warning("Pod", "shop-7d9f-s", "FailedCreatePodSandBox", &dial), "/lastTimestamp", json!(at))
    };
    let events = [said("2026-03-01T11:59:00Z"), said("2026-03-01T11:58:00Z")];
    let report = examine([node("a"), stuck("shop", "a")].into_iter().chain(events));
    assert!(grounds(first(&report)).contains("11:59:00Z)"));
    // Another failure of a sandbox is no matter of the socket.
    let other =
        warning("Pod", "shop-7d9f-s", "FailedCreatePodSandBox", "plugin type=\"bridge\" failed: connection refused");
    is_well(&examine([node("a"), stuck("shop", "a"), other]));
}
