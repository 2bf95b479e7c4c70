//! Services that do not lead to their pods, and callers that ask for something else.

use lamplighter_core::diagnosis::{Cause, Scene, Signal, Subject};
use lamplighter_network::Network;
use lamplighter_testkit::scene::{SceneBuilder, scene_of};
use serde_json::{Value, json};

/// The causes as `culprit cause`, the likeliest first.
fn causes(scene: &Scene) -> Vec<String> {
    let report = Network::new().examine(scene);
    for cause in &report.causes {
        assert!(!cause.evidence.is_empty() && cause.chain.len() >= 2, "{cause:?}");
    }
    report.causes.iter().map(|cause| format!("{} {}", cause.culprit, cause.cause)).collect()
}

#[track_caller]
fn check(scene: SceneBuilder, expected: &[&str]) {
    assert_eq!(causes(&scene.build()), expected);
}

fn named(container: &Value) -> Value {
    let mut container = container.clone();
    if let Some(fields) = container.as_object_mut() {
        fields.insert("name".to_owned(), json!("main"));
    }
    container
}

fn deployment(name: &str, container: &Value) -> Value {
    let container = named(container);
    json!({
        "kind": "Deployment", "metadata": {"namespace": "bank", "name": name},
        "spec": {"replicas": 1, "selector": {"matchLabels": {"run": name}}, "template": {
            "metadata": {"labels": {"run": name}}, "spec": {"containers": [container]}}},
        "status": {"replicas": 1, "readyReplicas": 1},
    })
}

fn pod(name: &str, ready: bool, container: &Value) -> Value {
    let container = named(container);
    json!({
        "kind": "Pod",
        "metadata": {"namespace": "bank", "name": format!("{name}-6f5c-x7k2p"), "labels": {"run": name, "pod-template-hash": "6f5c"},
            "ownerReferences": [{"kind": "ReplicaSet", "name": format!("{name}-6f5c"), "controller": true}]},
        "spec": {"nodeName": "n1", "containers": [container]},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": if ready {"True"} else {"False"}}]},
    })
}

fn service(name: &str, selector: &Value, port: &Value) -> Value {
    json!({
        "kind": "Service", "metadata": {"namespace": "bank", "name": name},
        "spec": {"selector": selector, "ports": [port], "clusterIP": "10.43.0.9"},
    })
}

fn endpoints(name: &str, ready: bool) -> Value {
    let subsets = if ready { json!([{"addresses": [{"ip": "10.42.0.5"}]}]) } else { json!([]) };
    json!({"kind": "Endpoints", "metadata": {"namespace": "bank", "name": name}, "subsets": subsets})
}

/// A ledger and a teller that calls it.
fn bank(selector: &Value, port: &Value, ledger: &Value, address: &str) -> SceneBuilder {
    let teller = json!({"env": [{"name": "LEDGER_ADDR", "value": address}]});
    scene_of([
        deployment("ledger", ledger),
        pod("ledger", true, ledger),
        service("ledger", selector, port),
        deployment("teller", &teller),
        pod("teller", true, &teller),
    ])
    .call("teller", "ledger")
}

fn healthy() -> SceneBuilder {
    bank(
        &json!({"run": "ledger"}),
        &json!({"port": 9000, "targetPort": 9100}),
        &json!({"ports": [{"containerPort": 9100}]}),
        "ledger:9000",
    )
    .object(endpoints("ledger", true))
}

const REFUSED: &str = "dial tcp 10.43.0.9:9000: connect: connection refused";

#[test]
fn a_healthy_bank_has_no_cause() {
    check(healthy(), &[]);
    // Old news from the start, and a failure of something else.
    check(
        healthy().said(
            "bank",
            "teller",
            &["lookup ledger on 10.43.0.10:53: no such host", "dial tcp 10.9.9.9:1: i/o timeout"],
        ),
        &[],
    );
}

#[test]
fn a_selector_without_pods_is_the_services_fault() {
    let port = json!({"port": 9000, "targetPort": 9100});
    let ledger = json!({"ports": [{"containerPort": 9100}]});
    for selector in [json!({"run": "Ledger"}), json!({"app": "ledger"}), json!({"run": "ledger", "tier": "gold"})] {
        let scene = || bank(&selector, &port, &ledger, "ledger:9000").object(endpoints("ledger", false));
        check(scene(), &["app/ledger service_selector_mismatch"]);
        check(scene().said("bank", "teller", &[REFUSED]), &["app/ledger service_selector_mismatch"]);
        // Without endpoints read, with the state alone.
        check(bank(&selector, &port, &ledger, "ledger:9000"), &["app/ledger service_selector_mismatch"]);
    }
}

#[test]
fn a_service_of_versioned_workloads_or_of_one_that_fits_is_meant_for_it() {
    let ledger = json!({"ports": [{"containerPort": 9100}]});
    let port = json!({"port": 9000, "targetPort": 9100});
    let scene = |workload: &str, selector: &Value| {
        scene_of([
            deployment(workload, &ledger),
            pod(workload, true, &ledger),
            service("ledger", selector, &port),
            deployment("teller", &json!({})),
            endpoints("ledger", false),
        ])
        .call("teller", "ledger")
    };
    let refused = "dial tcp: connect: ledger:9000: connection refused";
    check(scene("ledger-v2", &json!({"run": "legder"})), &["app/ledger-v2 service_selector_mismatch"]);
    // A service may be left over from what is gone: then nobody misses it.
    let unlike = || scene("books", &json!({"app": "nothing"}));
    check(unlike(), &[]);
    check(unlike().said("bank", "teller", &[refused]), &["app/books service_selector_mismatch"]);
}

#[test]
fn a_second_service_may_wait_for_pods_where_nobody_misses_it() {
    let canary = |r#type: &str| {
        json!({"kind": "Service", "metadata": {"namespace": "bank", "name": "ledger-canary"},
        "spec": {"type": r#type, "selector": {"run": "ledger", "track": "canary"}, "ports": [{"port": 9000}]}})
    };
    let scene = |r#type| healthy().object(canary(r#type)).object(endpoints("ledger-canary", false));
    check(scene("ClusterIP"), &[]);
    let expected = ["app/ledger service_selector_mismatch"];
    check(scene("LoadBalancer"), &expected);
    check(scene("ClusterIP").call("teller", "ledger-canary"), &expected);
    let refused = "dial tcp: connect: ledger-canary:9000: connection refused";
    check(scene("ClusterIP").call("teller", "ledger-canary").said("bank", "teller", &[refused]), &expected);
}

#[test]
fn several_callers_that_fail_and_name_nobody_miss_what_they_share() {
    let port = json!({"port": 9000, "targetPort": 9101});
    let down = |name: &str| {
        let mut caller = deployment(name, &json!({}));
        caller["status"]["readyReplicas"] = json!(0);
        caller
    };
    let scene = || {
        scene_of([
            deployment("ledger", &json!({"ports": [{"containerPort": 9100}]})),
            pod("ledger", true, &json!({"ports": [{"containerPort": 9100}]})),
            service("ledger", &json!({"run": "ledger"}), &port),
            down("teller"),
            down("clerk"),
        ])
        .call("teller", "ledger")
        .call("clerk", "ledger")
        .call("teller", "vault")
        .call("clerk", "vault")
    };
    let link = ["Communications link failure"];
    let both = scene().said("bank", "teller", &link).said("bank", "clerk", &link);
    check(both, &["app/ledger service_port_mapping_mismatch"]);
    check(scene().said("bank", "teller", &link), &[]);
}

#[test]
fn a_connection_string_has_an_address_in_its_pairs() {
    for value in
        ["Server=ledger;Port=9001;Uid=me", "host=ledger port=9001 user=me", "Data Source=tcp:ledger,9001;User ID=me"]
    {
        let wrong = bank(
            &json!({"run": "ledger"}),
            &json!({"port": 9000, "targetPort": 9100}),
            &json!({"ports": [{"containerPort": 9100}]}),
            value,
        );
        let felt = wrong.object(endpoints("ledger", true)).said("bank", "teller", &["ledger:9001: connection refused"]);
        check(felt, &["app/teller service_env_var_address_mismatch"]);
    }
}

#[test]
fn a_driver_that_names_nobody_means_the_address_that_misses() {
    let teller = json!({"env": [{"name": "LEDGER_ADDR", "value": "legder:9000"}]});
    let scene = |ready| {
        let mut wrong = deployment("teller", &teller);
        wrong["status"]["readyReplicas"] = json!(i32::from(ready));
        let ledger = service("ledger", &json!({"run": "ledger"}), &json!({"port": 9000}));
        scene_of([wrong, pod("teller", ready, &teller), deployment("ledger", &json!({})), ledger]).said(
            "bank",
            "teller",
            &["panic: no reachable servers"],
        )
    };
    let confidence =
        |scene: SceneBuilder| Network::new().examine(&scene.build()).causes.first().map(|it| it.confidence.get());
    assert_eq!(confidence(scene(false)), Some(0.9));
    assert_eq!(confidence(scene(true)), None);
}

#[test]
fn a_collector_of_traces_that_is_not_there_is_no_cause() {
    for (variable, value) in [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://traces:4317"), ("SPANS", "traces:9411")] {
        let teller = json!({"env": [{"name": variable, "value": value}]});
        let scene = scene_of([deployment("teller", &teller), pod("teller", true, &teller)]);
        check(scene.said("bank", "teller", &["export failed: lookup traces on 10.43.0.10:53: no such host"]), &[]);
    }
}

#[test]
fn a_selector_may_select_nothing_where_nothing_is_meant() {
    let spare = service("archive", &json!({"run": "archive"}), &json!({"port": 80}));
    check(healthy().object(spare), &[]);
    let external = json!({"kind": "Service", "metadata": {"namespace": "bank", "name": "teller"},
        "spec": {"type": "ExternalName", "externalName": "teller.example.org"}});
    check(healthy().object(external), &[]);
    // Somebody else keeps the endpoints of a service without a selector.
    let kept = service("teller", &json!({}), &json!({"port": 80}));
    check(healthy().object(kept), &[]);
}

#[test]
fn pods_that_are_not_ready_are_not_the_selectors_fault() {
    let ledger = json!({"ports": [{"containerPort": 9100}]});
    let scene = scene_of([
        deployment("ledger", &ledger),
        pod("ledger", false, &ledger),
        service("ledger", &json!({"run": "ledger"}), &json!({"port": 9000, "targetPort": 9100})),
        endpoints("ledger", false),
    ]);
    check(scene, &[]);
}

#[test]
fn a_selector_that_selects_another_workload_is_a_cause_when_it_is_felt() {
    let any = json!({"ports": [{"containerPort": 9100}]});
    let scene = || {
        bank(&json!({"run": "vault"}), &json!({"port": 9000, "targetPort": 9100}), &any, "ledger:9000")
            .object(deployment("vault", &any))
            .object(pod("vault", true, &any))
            .object(service("vault", &json!({"run": "vault"}), &json!({"port": 9100})))
    };
    check(scene(), &[]);
    let felt = scene().said("bank", "teller", &["Error: connect ECONNREFUSED 10.43.0.9:9000"]);
    check(felt, &["app/ledger service_selector_mismatch"]);
}

#[test]
fn a_named_target_port_that_no_container_has_is_the_services_fault() {
    let port = json!({"port": 9000, "targetPort": "web"});
    let selector = json!({"run": "ledger"});
    let ledger = json!({"ports": [{"containerPort": 9100, "name": "http"}]});
    let scene = || bank(&selector, &port, &ledger, "ledger:9000").object(endpoints("ledger", false));
    check(scene(), &["app/ledger service_port_mapping_mismatch"]);
    check(scene().said("bank", "teller", &[REFUSED]), &["app/ledger service_port_mapping_mismatch"]);
    let named = json!({"ports": [{"containerPort": 9100, "name": "web"}]});
    check(bank(&selector, &port, &named, "ledger:9000").object(endpoints("ledger", true)), &[]);
}

#[test]
fn a_target_port_on_which_nothing_listens_is_a_cause_when_it_is_felt() {
    let selector = json!({"run": "ledger"});
    let port = json!({"port": 9000, "targetPort": 9999});
    let declared = json!({"ports": [{"containerPort": 9100}]});
    let probed = json!({"readinessProbe": {"httpGet": {"path": "/", "port": 9100}}});
    let told = json!({"env": [{"name": "PORT", "value": "9100"}]});
    for ledger in [declared, probed, told] {
        let scene = || bank(&selector, &port, &ledger, "ledger:9000").object(endpoints("ledger", true));
        // Ports need not be declared.
        check(scene(), &[]);
        check(scene().said("bank", "teller", &[REFUSED]), &["app/ledger service_port_mapping_mismatch"]);
        let subject = Subject::App { namespace: "bank".to_owned(), name: "ledger".to_owned() };
        let probe = scene().series(Signal::Reachable, subject, &[("instance", "ledger:9000")], &[0.0]);
        check(probe, &["app/ledger service_port_mapping_mismatch"]);
    }
    let silent = bank(&selector, &port, &json!({}), "ledger:9000").said("bank", "teller", &[REFUSED]);
    check(silent, &[]);
}

#[test]
fn a_probe_that_fails_from_one_node_alone_is_not_the_services_fault() {
    let ledger = json!({"ports": [{"containerPort": 9100}]});
    let subject = || Subject::App { namespace: "bank".to_owned(), name: "ledger".to_owned() };
    let scene = bank(&json!({"run": "ledger"}), &json!({"port": 9000, "targetPort": 9999}), &ledger, "ledger:9000")
        .series(Signal::Reachable, subject(), &[("instance", "ledger:9000"), ("probe_node", "n1")], &[0.0])
        .series(Signal::Reachable, subject(), &[("instance", "ledger:9000"), ("probe_node", "n2")], &[1.0]);
    check(scene, &[]);
}

#[test]
fn a_port_that_everybody_asks_for_and_the_service_lacks_is_the_services_fault() {
    let ledger = json!({"ports": [{"containerPort": 9000}]});
    let broker = json!({"env": [{"name": "LEDGER_URL", "value": "http://ledger.bank.svc.cluster.local:9000/v1"}]});
    let scene = bank(&json!({"run": "ledger"}), &json!({"port": 9001, "targetPort": 9000}), &ledger, "ledger:9000")
        .object(deployment("broker", &broker))
        .said("bank", "teller", &["connection to ledger:9000 failed: i/o timeout"]);
    check(scene, &["app/ledger service_port_mapping_mismatch"]);
}

#[test]
fn another_transport_than_the_pods_is_a_cause_when_it_is_felt() {
    let selector = json!({"run": "ledger"});
    let ledger = json!({"ports": [{"containerPort": 9100, "protocol": "TCP"}]});
    let port = json!({"port": 9000, "targetPort": 9100, "protocol": "UDP"});
    let scene = || bank(&selector, &port, &ledger, "ledger:9000").object(endpoints("ledger", true));
    check(scene(), &[]);
    check(scene().said("bank", "teller", &[REFUSED]), &["app/ledger service_protocol_mismatch"]);
    let both = json!({"ports": [{"containerPort": 9100, "protocol": "UDP"}]});
    check(bank(&selector, &port, &both, "ledger:9000").said("bank", "teller", &[REFUSED]), &[]);
}

#[test]
fn a_mesh_that_takes_grpc_for_http_is_a_cause_when_it_is_felt() {
    let ledger = json!({"ports": [{"containerPort": 9100}], "readinessProbe": {"grpc": {"port": 9100}}});
    let selector = json!({"run": "ledger"});
    let scene = |port: Value| {
        bank(&selector, &port, &ledger, "ledger:9000").said("bank", "teller", &[
        "rpc error: code = Unavailable desc = upstream connect error or disconnect/reset before headers. reset reason: protocol error",
    ])
    };
    check(
        scene(json!({"port": 9000, "targetPort": 9100, "appProtocol": "http"})),
        &["app/ledger service_protocol_mismatch"],
    );
    check(scene(json!({"port": 9000, "targetPort": 9100, "appProtocol": "grpc"})), &[]);
    // Names of ports mean nothing without a mesh.
    check(scene(json!({"port": 9000, "targetPort": 9100, "name": "http-ledger"})), &[]);
}

#[test]
fn clients_that_say_so_are_believed() {
    let scene = healthy().said(
        "bank",
        "teller",
        &["Get \"https://ledger:9000/\": http: server gave HTTP response to HTTPS client"],
    );
    check(scene, &["app/ledger service_protocol_mismatch"]);
}

#[test]
fn a_configured_port_that_the_service_lacks_is_the_callers_fault() {
    let selector = json!({"run": "ledger"});
    let port = json!({"port": 9000, "targetPort": 9100});
    let ledger = json!({"ports": [{"containerPort": 9100}]});
    let scene = |address| bank(&selector, &port, &ledger, address);
    for address in [
        "ledger:9001",
        "http://ledger.bank:9001/v1",
        "ledger.bank.svc.cluster.local:9001",
        "other.example.org:1,ledger:9001",
    ] {
        check(scene(address), &[]);
        let felt = scene(address).said("bank", "teller", &["dial tcp 10.43.0.9:9001: i/o timeout"]);
        check(felt, &["app/teller service_env_var_address_mismatch"]);
        let another = scene(address).said("bank", "teller", &[REFUSED]);
        check(another, &[]);
    }
}

#[test]
fn host_and_port_may_stand_apart_and_in_config_maps() {
    let parts = json!({"env": [{"name": "LEDGER_HOST", "value": "ledger"}, {"name": "LEDGER_PORT", "value": "9001"}]});
    let built = json!({"env": [{"name": "P", "value": "9001"}, {"name": "LEDGER", "value": "http://ledger:$(P)"}]});
    let referred =
        json!({"env": [{"name": "LEDGER", "valueFrom": {"configMapKeyRef": {"name": "desk", "key": "ledger"}}}]});
    let whole = json!({"envFrom": [{"configMapRef": {"name": "desk"}}]});
    let argued = json!({"args": ["--ledger", "ledger:9001"]});
    let argued_too = json!({"args": ["--ledger=ledger:9001"]});
    let desk = json!({"kind": "ConfigMap", "metadata": {"namespace": "bank", "name": "desk"}, "data": {"ledger": "ledger:9001"}});
    for desk_worker in [parts, built, referred, whole, argued, argued_too] {
        let scene = healthy().object(desk.clone()).object(deployment("desk", &desk_worker)).said(
            "bank",
            "desk",
            &["java.net.ConnectException: Connection refused: ledger/10.43.0.9:9001"],
        );
        check(scene, &["app/desk service_env_var_address_mismatch"]);
    }
}

#[test]
fn mounted_configuration_is_read_too() {
    let mut desk = deployment("desk", &json!({"env": [{"name": "DB_PORT", "value": "9001"}]}));
    desk["spec"]["template"]["spec"]["volumes"] = json!([{"name": "config", "configMap": {"name": "desk"}}]);
    let map = json!({"kind": "ConfigMap", "metadata": {"namespace": "bank", "name": "desk"},
        "data": {"application.yml": "spring:\n  datasource:\n    url: jdbc:postgresql://ledger:${DB_PORT:9000}/x\n"}});
    let scene = healthy().object(map).object(desk).said(
        "bank",
        "desk",
        &["Connection to ledger:9001 refused. Check that the hostname and port are correct"],
    );
    check(scene, &["app/desk service_env_var_address_mismatch"]);
}

#[test]
fn a_misspelt_host_is_the_callers_fault() {
    let selector = json!({"run": "ledger"});
    let port = json!({"port": 9000, "targetPort": 9100});
    let ledger = json!({"ports": [{"containerPort": 9100}]});
    let scene = |address| bank(&selector, &port, &ledger, address);
    let felt = scene("legder:9000").said("bank", "teller", &["getaddrinfo ENOTFOUND legder"]);
    check(felt, &["app/teller service_env_var_address_mismatch"]);
    // Nobody complains of that very name: optional dependencies are common.
    check(scene("mailer:25").alert("Errors", &[("service", "teller"), ("namespace", "bank")], "x"), &[]);
    check(scene("smtp.example.org:25").said("bank", "teller", &["getaddrinfo ENOTFOUND smtp.example.org"]), &[]);
    // It looks like a slip, and the app does badly.
    let ails = scene("legder:9000").alert("Errors", &[("service", "teller"), ("namespace", "bank")], "x");
    check(ails, &["app/teller service_env_var_address_mismatch"]);
}

#[test]
fn a_variable_that_leads_elsewhere_than_everybody_elses_is_suspect() {
    let to = |host: &str| json!({"env": [{"name": "LEDGER_ADDR", "value": format!("{host}:9000")}]});
    let other = service("vault", &json!({"run": "vault"}), &json!({"port": 9000}));
    let scene = || {
        healthy()
            .object(other.clone())
            .object(deployment("desk", &to("ledger")))
            .object(deployment("odd", &to("vault")))
    };
    check(scene(), &[]);
    check(scene().alert("Errors", &[("service", "odd")], "x"), &["app/odd service_env_var_address_mismatch"]);
}

#[test]
fn a_wrong_port_of_a_database_is_left_to_whoever_looks_after_databases() {
    let ledger = json!({"image": "docker.io/library/mariadb:11", "ports": [{"containerPort": 3306}]});
    let scene = bank(&json!({"run": "ledger"}), &json!({"port": 3306}), &ledger, "ledger:3307")
        .said("bank", "teller", &["Can't connect to MySQL server on 'ledger:3307' (110)"])
        .build();
    let report = Network::new().examine(&scene);
    assert_eq!(report.causes[0].cause, Cause::ServiceEnvVarAddressMismatch);
    assert!(report.causes[0].confidence.get() < 0.7);
}
