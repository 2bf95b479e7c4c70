//! Ports that two containers want, network policies, and networks that are slow.

use std::sync::Arc;

use lamplighter_core::Agent;
use lamplighter_core::diagnosis::{Scene, Signal, Subject};
use lamplighter_network::Network;
use lamplighter_testkit::context;
use lamplighter_testkit::scene::{SceneBuilder, scene_of};
use serde_json::{Value, json};

fn causes(scene: &Scene) -> Vec<String> {
    let report = Network::new().examine(scene);
    report.causes.iter().map(|cause| format!("{} {} {}", cause.culprit, cause.cause, cause.confidence)).collect()
}

#[track_caller]
fn check(scene: SceneBuilder, expected: &[&str]) {
    assert_eq!(causes(&scene.build()), expected);
}

/// A workload with one pod on a node.
fn app(name: &str, node: &str, containers: &Value, statuses: &Value, ready: bool) -> [Value; 2] {
    let labels = json!({"run": name, "pod-template-hash": "6f5c"});
    [
        json!({
            "kind": "Deployment", "metadata": {"namespace": "shop", "name": name},
            "spec": {"replicas": 1, "template": {"metadata": {"labels": {"run": name}}, "spec": {"containers": containers}}},
            "status": {"readyReplicas": u32::from(ready)},
        }),
        json!({
            "kind": "Pod", "metadata": {"namespace": "shop", "name": format!("{name}-6f5c-x7k2p"), "labels": labels,
                "ownerReferences": [{"kind": "ReplicaSet", "name": format!("{name}-6f5c"), "controller": true}]},
            "spec": {"nodeName": node, "containers": containers},
            "status": {"phase": "Running", "podIP": "10.42.0.7", "containerStatuses": statuses,
                "conditions": [{"type": "Ready", "status": if ready {"True"} else {"False"}}]},
        }),
    ]
}

fn status(name: &str, reason: &str) -> Value {
    if reason.is_empty() {
        return json!({"name": name, "ready": true, "state": {"running": {}}});
    }
    let ended = json!({"terminated": {"exitCode": 1, "reason": reason}});
    json!({"name": name, "ready": false, "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": ended})
}

const TAKEN: &str = "listen tcp :9090: bind: address already in use";

#[test]
fn two_containers_that_want_one_port_are_a_cause_when_one_fails() {
    let both = json!([{"name": "main", "ports": [{"containerPort": 9090}]}, {"name": "helper", "ports": [{"containerPort": 9090}]}]);
    let apart = json!([{"name": "main", "ports": [{"containerPort": 9090}]}, {"name": "helper", "env": [{"name": "PORT", "value": "9091"}]}]);
    let statuses = |reason: &str| json!([status("main", ""), status("helper", reason)]);
    let scene = |containers: &Value, reason: &str| {
        scene_of(app("till", "n1", containers, &statuses(reason), reason.is_empty()))
    };
    check(scene(&both, ""), &[]);
    check(scene(&both, "Error"), &["app/till service_sidecar_port_conflict 65 %"]);
    check(scene(&both, "Error").said("shop", "till", &[TAKEN]), &["app/till service_sidecar_port_conflict 95 %"]);
    check(scene(&both, "OOMKilled"), &[]);
    check(scene(&apart, "Error"), &[]);
    for line in [
        TAKEN,
        "Error: listen EADDRINUSE: address already in use :::9090",
        "java.net.BindException: Address already in use",
    ] {
        check(
            scene(&apart, "Error").said_before("shop", "till", &[line]),
            &["app/till service_sidecar_port_conflict 85 %"],
        );
    }
    let alone = json!([{"name": "main", "ports": [{"containerPort": 9090}]}]);
    let single = scene_of(app("till", "n1", &alone, &json!([status("main", "Error")]), false));
    check(single.said("shop", "till", &[TAKEN]), &[]);
}

/// A till that cannot reach a stock, with this policy.
fn guarded(spec: &Value, line: &str) -> SceneBuilder {
    let stock = json!([{"name": "main", "ports": [{"containerPort": 9000, "name": "api"}]}]);
    let policy = json!({"kind": "NetworkPolicy", "metadata": {"namespace": "shop", "name": "closed"}, "spec": spec});
    let service = json!({"kind": "Service", "metadata": {"namespace": "shop", "name": "stock"},
        "spec": {"selector": {"run": "stock"}, "ports": [{"port": 80, "targetPort": 9000}], "clusterIP": "10.43.0.9"}});
    let till = app("till", "n1", &json!([{"name": "main"}]), &json!([]), true);
    let all = app("stock", "n1", &stock, &json!([]), true).into_iter().chain(till).chain([policy, service]);
    scene_of(all).call("till", "stock").said("shop", "till", &[line])
}

const TIMEOUT: &str = "dial tcp 10.43.0.9:80: i/o timeout";

#[test]
fn a_policy_that_lets_the_caller_not_in_is_a_cause() {
    let expected = ["app/stock network_policy_blocks 85 %"];
    let stock = json!({"matchLabels": {"run": "stock"}});
    check(guarded(&json!({"podSelector": stock}), TIMEOUT), &expected);
    check(guarded(&json!({"podSelector": {}, "policyTypes": ["Ingress"]}), TIMEOUT), &expected);
    let to = |rule: Value| json!({"podSelector": stock, "ingress": [rule]});
    let only = |labels: Value| json!({"from": [{"podSelector": {"matchLabels": labels}}]});
    check(guarded(&to(only(json!({"run": "desk"}))), TIMEOUT), &expected);
    check(guarded(&to(only(json!({"run": "till"}))), TIMEOUT), &[]);
    check(guarded(&to(json!({})), TIMEOUT), &[]);
    check(guarded(&to(json!({"ports": [{"port": 80}]})), TIMEOUT), &expected);
    check(guarded(&to(json!({"ports": [{"port": 9000}]})), TIMEOUT), &[]);
    check(guarded(&to(json!({"ports": [{"port": 9000, "protocol": "UDP"}]})), TIMEOUT), &expected);
    check(guarded(&to(json!({"ports": [{"port": 8000, "endPort": 9999}]})), TIMEOUT), &[]);
    check(guarded(&to(json!({"ports": [{"port": "api"}]})), TIMEOUT), &[]);
    check(guarded(&to(json!({"from": [{"ipBlock": {"cidr": "10.42.0.0/16"}}]})), TIMEOUT), &[]);
    check(
        guarded(&to(json!({"from": [{"ipBlock": {"cidr": "10.42.0.0/16", "except": ["10.42.0.0/24"]}}]})), TIMEOUT),
        &expected,
    );
    check(
        guarded(
            &to(json!({"from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "other"}}}]})),
            TIMEOUT,
        )
        .object(json!({"kind": "Namespace", "metadata": {"name": "shop"}})),
        &expected,
    );
    check(guarded(&json!({"podSelector": {"matchLabels": {"run": "desk"}}}), TIMEOUT), &[]);
    check(guarded(&json!({"podSelector": stock, "policyTypes": ["Egress"]}), TIMEOUT), &[]);
    check(guarded(&json!({"podSelector": stock}), "nothing happened"), &[]);
    let vague =
        guarded(&json!({"podSelector": stock}), "rpc error: code = DeadlineExceeded desc = context deadline exceeded");
    check(vague, &["app/stock network_policy_blocks 65 %"]);
}

#[test]
fn a_policy_that_lets_the_caller_not_out_is_the_callers() {
    let till = json!({"matchLabels": {"run": "till"}});
    let closed = json!({"podSelector": till, "policyTypes": ["Egress"]});
    check(guarded(&closed, TIMEOUT), &["app/till network_policy_blocks 85 %"]);
    let open = json!({"podSelector": till, "egress": [{"to": [{"podSelector": {}}]}]});
    check(guarded(&open, TIMEOUT), &[]);
}

/// Twenty samples, half of them before.
fn step(before: f64, after: f64) -> Vec<f64> {
    (0..20).map(|at| if at < 10 { before } else { after }).collect()
}

/// `front` calls `cart` and `stock`, `cart` calls `till`; the first two on n1, the others on n2.
fn shop(latencies: &[(&str, f64, f64)]) -> SceneBuilder {
    let places = [("front", "n1"), ("cart", "n1"), ("stock", "n2"), ("till", "n2")];
    let apps = places.iter().flat_map(|(name, node)| app(name, node, &json!([{"name": "main"}]), &json!([]), true));
    let nodes = ["n1", "n2"].map(|name| json!({"kind": "Node", "metadata": {"name": name}}));
    let scene = scene_of(apps.chain(nodes).collect::<Vec<_>>())
        .call("front", "cart")
        .call("front", "stock")
        .call("cart", "till");
    latencies.iter().fold(scene, |scene, (name, before, after)| {
        let subject = Subject::App { namespace: "shop".to_owned(), name: (*name).to_owned() };
        scene.series(Signal::Latency, subject, &[("quantile", "0.9")], &step(*before, *after))
    })
}

#[test]
fn the_pods_of_the_app_that_all_slow_ones_wait_for_are_slow() {
    let slow = || shop(&[("front", 0.02, 0.4), ("cart", 0.01, 0.38), ("till", 0.004, 0.35), ("stock", 0.01, 0.01)]);
    check(slow(), &["app/till pod_network_delay 60 %"]);
    check(
        shop(&[("front", 0.02, 0.4), ("stock", 0.01, 0.3), ("cart", 0.01, 0.01)]),
        &["app/stock pod_network_delay 60 %"],
    );
    // More work for the CPU explains it.
    check(slow().app_series(Signal::CpuUsage, "shop", "till", &step(0.1, 0.9)), &[]);
    check(slow().alert("Throttled", &[("service", "till"), ("namespace", "shop")], "CPU throttling"), &[]);
}

#[test]
fn small_and_usual_changes_are_no_slowness() {
    check(shop(&[("front", 0.02, 0.03), ("till", 0.0002, 0.002)]), &[]);
}

#[test]
fn those_who_wait_for_something_that_is_down_are_not_slow_by_the_network() {
    let down = app("bank", "n2", &json!([{"name": "main"}]), &json!([]), false);
    let scene = shop(&[("front", 0.02, 0.4), ("cart", 0.01, 0.3)]).call("cart", "bank");
    check(down.into_iter().fold(scene, SceneBuilder::object), &[]);
}

#[test]
fn a_node_that_sends_again_loses_packets() {
    let lossy = || {
        shop(&[("front", 0.02, 0.4), ("cart", 0.01, 0.3)]).node_series(Signal::NodeRetransmits, "n2", &step(0.1, 30.0))
    };
    check(lossy(), &["node/n2 node_network_packet_loss 80 %"]);
    let alert = shop(&[("front", 0.02, 0.4), ("cart", 0.01, 0.3)]).alert(
        "Retransmits",
        &[("instance", "n2:9100")],
        "TCP retransmissions: current 25.5 per second",
    );
    check(alert, &["node/n2 node_network_packet_loss 80 %"]);
    // Nobody is slow.
    check(shop(&[]).node_series(Signal::NodeRetransmits, "n2", &step(0.1, 30.0)), &[]);
}

#[test]
fn a_node_across_whose_border_all_calls_are_slow_is_slow() {
    // A third node has a caller of n2 as well, and n2's own callers are content inside.
    let scene = shop(&[("front", 0.02, 0.4), ("cart", 0.01, 0.3), ("desk", 0.01, 0.3)])
        .call("desk", "till")
        .call("gate", "desk")
        .node_series(Signal::NodeRetransmits, "n1", &step(0.0, 1.0))
        .app_series(Signal::SuccessRatio, "shop", "stock", &step(1.0, 0.7));
    let desk = app("desk", "n3", &json!([{"name": "main"}]), &json!([]), true);
    check(desk.into_iter().fold(scene, SceneBuilder::object), &["node/n2 node_network_delay 70 %"]);
}

#[test]
fn nodes_that_are_seen_to_send_nothing_again_are_less_suspicious() {
    // Both the pods of `cart` and the node that it shares with `front` would explain who is slow.
    let slow = || shop(&[("front", 0.02, 0.4), ("cart", 0.01, 0.38), ("stock", 0.01, 0.01), ("till", 0.01, 0.01)]);
    check(slow(), &["node/n1 node_network_delay 60 %"]);
    let calm = ["n1", "n2"]
        .iter()
        .fold(slow(), |scene, node| scene.node_series(Signal::NodeRetransmits, node, &step(0.1, 0.1)));
    check(calm, &["app/cart pod_network_delay 60 %"]);
}

#[test]
fn in_a_circle_who_answers_first_is_waited_for() {
    let circle = |cart: f64, till: f64| {
        shop(&[("front", 0.02, 0.5), ("cart", 0.01, cart), ("till", 0.01, till), ("stock", 0.01, 0.01)])
            .call("till", "cart")
            .node_series(Signal::NodeRetransmits, "n1", &step(0.1, 0.1))
    };
    let first = |scene: SceneBuilder| causes(&scene.build()).into_iter().next();
    assert_eq!(first(circle(0.3, 0.4)).as_deref(), Some("app/cart pod_network_delay 60 %"));
    assert_eq!(first(circle(0.4, 0.3)).as_deref(), Some("app/till pod_network_delay 60 %"));
}

#[tokio::test]
async fn it_runs_as_an_agent_and_every_rule_has_causes() {
    let network = Network::new();
    assert!(network.rules().iter().all(|rule| !rule.causes().is_empty() && !rule.name().is_empty()));
    let report = network.run(&context("shop"), Arc::new(shop(&[]).build())).await.unwrap();
    assert_eq!((report.specialist.as_str(), report.causes.len()), ("network", 0));
}
