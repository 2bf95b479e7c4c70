//! Names that do not resolve, and gateways and ingresses that send requests astray.

use lamplighter_core::diagnosis::{Scene, Signal, Subject};
use lamplighter_core::ports::MonitorState;
use lamplighter_network::Network;
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

fn deployment(namespace: &str, name: &str, ready: u32, spec: &Value) -> Value {
    json!({
        "kind": "Deployment", "metadata": {"namespace": namespace, "name": name},
        "spec": {"replicas": 1, "template": {"metadata": {"labels": {"run": name}}, "spec": spec}},
        "status": {"replicas": 1, "readyReplicas": ready},
    })
}

fn service(namespace: &str, name: &str, port: u16) -> Value {
    json!({"kind": "Service", "metadata": {"namespace": namespace, "name": name},
        "spec": {"selector": {"run": name}, "ports": [{"port": port, "name": "web"}], "clusterIP": "10.43.0.9"}})
}

fn calls(host: &str) -> Value {
    json!({"containers": [{"name": "main", "env": [{"name": "STOCK_ADDR", "value": format!("{host}:9000")}]}]})
}

const UNKNOWN: &str = "java.net.UnknownHostException: stock: Name or service not known";

/// A till that calls a stock whose workload is there.
fn shop() -> SceneBuilder {
    scene_of([deployment("shop", "stock", 1, &json!({})), deployment("shop", "till", 1, &calls("stock"))])
}

#[test]
fn a_missing_service_whose_workload_is_there_does_not_resolve() {
    check(shop(), &[]);
    check(shop().said("shop", "till", &[UNKNOWN]), &["app/stock service_dns_resolution_failure 90 %"]);
    // A name that is in a program, not in its configuration.
    let inside = shop().object(deployment("shop", "desk", 1, &json!({}))).said(
        "shop",
        "desk",
        &["could not resolve host: stock"],
    );
    check(inside, &["app/stock service_dns_resolution_failure 90 %"]);
    check(shop().object(service("shop", "stock", 9000)).said("shop", "till", &[UNKNOWN]), &[]);
}

#[test]
fn a_service_that_a_quota_keeps_out_is_somebody_elses_case() {
    let quota = json!({"kind": "ResourceQuota", "metadata": {"namespace": "shop", "name": "few"},
        "status": {"hard": {"services": "3"}, "used": {"services": "3"}}});
    let scene = shop().object(quota).said("shop", "till", &[UNKNOWN]);
    check(scene, &["app/stock service_dns_resolution_failure 35 %"]);
}

#[test]
fn a_name_that_was_applied_or_that_several_agree_on_is_a_missing_service() {
    let alone = || scene_of([deployment("shop", "till", 1, &calls("stock"))]).said("shop", "till", &[UNKNOWN]);
    check(alone(), &["app/till service_env_var_address_mismatch 65 %"]);
    check(alone().applied(service("shop", "stock", 9000)), &["app/stock service_dns_resolution_failure 65 %"]);
    let agreed = alone().object(deployment("shop", "desk", 1, &calls("stock")));
    check(agreed, &["app/stock service_dns_resolution_failure 65 %"]);
}

#[test]
fn a_misspelt_name_in_nobodys_configuration_is_the_askers_fault() {
    let scene = shop()
        .object(service("shop", "stock", 9000))
        .call("till", "desk")
        .said("shop", "till", &["desk says: getaddrinfo ENOTFOUND stok"])
        .said("shop", "desk", &["getaddrinfo ENOTFOUND stok"]);
    check(scene, &["app/desk service_env_var_address_mismatch 65 %"]);
}

#[test]
fn pods_that_ask_other_servers_cannot_find_services() {
    let scene = |spec: Value| {
        scene_of([
            deployment("shop", "stock", 1, &json!({})),
            service("shop", "stock", 9000),
            deployment("shop", "till", 1, &spec),
        ])
        .said("shop", "till", &[UNKNOWN])
    };
    let expected = ["app/till service_dns_resolution_failure 90 %"];
    check(scene(json!({"dnsPolicy": "Default"})), &expected);
    check(scene(json!({"dnsPolicy": "None", "dnsConfig": {"nameservers": ["203.0.113.7"]}})), &expected);
    check(scene(json!({"hostNetwork": true, "dnsPolicy": "ClusterFirst"})), &expected);
    check(scene(json!({"hostNetwork": true, "dnsPolicy": "ClusterFirstWithHostNet"})), &[]);
    check(scene(json!({"dnsPolicy": "None", "dnsConfig": {"nameservers": ["169.254.20.10"]}})), &[]);
    check(scene(json!({"dnsPolicy": "ClusterFirst"})), &[]);
}

#[test]
fn without_the_dns_server_nothing_resolves() {
    let dns = |ready| deployment("kube-system", "coredns", ready, &json!({}));
    let scene = |ready| shop().object(service("shop", "stock", 9000)).object(dns(ready));
    let lost = "lookup stock on 10.43.0.10:53: read udp 10.42.0.3:4000->10.43.0.10:53: i/o timeout";
    check(scene(0).said("shop", "till", &[lost]), &["app/coredns cluster_dns_unavailable 90 %"]);
    check(scene(0), &["app/coredns cluster_dns_unavailable 65 %"]);
    check(scene(1), &[]);
    let silent = scene(1).series(Signal::DnsAnswers, Subject::Target("dns".to_owned()), &[], &[1.0, 0.0]);
    check(silent, &["app/coredns cluster_dns_unavailable 65 %"]);
    let one = scene(1).said("shop", "till", &[lost]);
    check(one, &["app/till service_dns_resolution_failure 45 %"]);
    let two = scene(1).said("shop", "till", &[lost]).said("shop", "stock", &["getaddrinfo EAI_AGAIN till"]);
    check(two, &["app/kube-dns cluster_dns_unavailable 50 %"]);
}

#[test]
fn the_pods_of_a_stateful_set_have_names_below_its_service() {
    let set = |below: &str| {
        json!({"kind": "StatefulSet", "metadata": {"namespace": "shop", "name": "stock"},
        "spec": {"replicas": 1, "serviceName": below, "template": {"metadata": {"labels": {"run": "stock"}}}}, "status": {"readyReplicas": 1}})
    };
    let pod = json!({"kind": "Pod", "metadata": {"namespace": "shop", "name": "stock-0", "labels": {"run": "stock"},
        "ownerReferences": [{"kind": "StatefulSet", "name": "stock", "controller": true}]}, "status": {"phase": "Running"}});
    let scene = |below| {
        scene_of([set(below), pod.clone(), service("shop", "stock", 9000)]).said(
            "shop",
            "till",
            &["getaddrinfo ENOTFOUND stock-0.stock"],
        )
    };
    check(scene("stock-peers"), &["app/stock service_dns_resolution_failure 85 %"]);
    check(scene("stock"), &[]);
}

/// A gateway with this configuration before two services.
fn gateway(config: &str) -> SceneBuilder {
    let spec =
        json!({"containers": [{"name": "proxy"}], "volumes": [{"name": "routes", "configMap": {"name": "routes"}}]});
    scene_of([
        deployment("shop", "front", 1, &spec),
        deployment("shop", "orders", 1, &json!({})),
        deployment("shop", "stock", 1, &json!({})),
        service("shop", "orders", 8080),
        service("shop", "stock", 8080),
        json!({"kind": "ConfigMap", "metadata": {"namespace": "shop", "name": "routes"}, "data": {"routes.conf": config}}),
    ])
}

#[test]
fn a_route_that_leads_nowhere_is_the_gateways_fault_when_it_is_felt() {
    let nginx = |to: &str| {
        format!(
            "upstream pool {{ server {to}; }}\nserver {{\n location /orders/ {{\n  proxy_pass http://pool/;\n }}\n}}\n"
        )
    };
    let spring = |to: &str| {
        format!(
            "spring:\n cloud:\n  gateway:\n   routes:\n   - id: orders\n     uri: http://{to}\n     predicates:\n     - Path=/orders/**\n"
        )
    };
    let haproxy = |to: &str| format!("frontend all\n default_backend orders\nbackend orders\n server one {to}\n");
    for config in [nginx("orders:8081"), spring("orders:8081"), haproxy("orders:8081"), nginx("order:8080")] {
        check(gateway(&config), &[]);
        let felt = gateway(&config).said("shop", "front", &["10.42.0.1 - - \"GET /orders/ HTTP/1.1\" 502 150"]);
        check(felt, &["app/front gateway_misroute 85 %"]);
    }
    for config in [nginx("orders:8080"), spring("orders:8080"), haproxy("orders:8080"), spring("www.example.org:443")] {
        check(gateway(&config).said("shop", "front", &["\"GET /nothing HTTP/1.1\" 404 150"]), &[]);
    }
    let emerg = "nginx: [emerg] host not found in upstream \"order:8080\" in /etc/nginx/nginx.conf:3";
    check(gateway(&nginx("order:8080")).said("shop", "front", &[emerg]), &["app/front gateway_misroute 92 %"]);
}

#[test]
fn a_route_that_leads_to_another_service_is_the_gateways_fault_when_it_is_felt() {
    let config = "location /orders/ {\n proxy_pass http://stock:8080/;\n}\nlocation /stock/ {\n proxy_pass http://stock:8080/;\n}\n";
    check(gateway(config), &[]);
    let felt = gateway(config).said("shop", "front", &["\"GET /orders/1 HTTP/1.1\" 404 9"]);
    check(felt, &["app/front gateway_misroute 65 %"]);
}

fn ingress(path: &str, backend: &str, port: &Value) -> Value {
    json!({"kind": "Ingress", "metadata": {"namespace": "shop", "name": "front"}, "spec": {"rules": [{"host": "shop.example.org",
        "http": {"paths": [{"path": path, "backend": {"service": {"name": backend, "port": port}}}]}}]}})
}

#[test]
fn an_ingress_that_leads_nowhere_is_a_cause_when_it_is_felt() {
    let scene = |ingress| gateway("").object(ingress);
    for wrong in [
        ingress("/orders", "order", &json!({"number": 8080})),
        ingress("/orders", "orders", &json!({"number": 80})),
        ingress("/orders", "orders", &json!({"name": "http"})),
    ] {
        check(scene(wrong.clone()), &[]);
        let felt = scene(wrong).monitor("https://shop.example.org/orders", MonitorState::Down, "503");
        check(felt, &["app/front gateway_misroute 85 %"]);
    }
    let right = ingress("/orders", "orders", &json!({"name": "web"}));
    check(scene(right).monitor("https://shop.example.org/orders", MonitorState::Down, "503"), &[]);
    let astray = ingress("/orders", "stock", &json!({"number": 8080}));
    let felt = scene(astray).monitor("https://shop.example.org/orders", MonitorState::Down, "404");
    check(felt, &["app/front gateway_misroute 65 %"]);
    let said = scene(ingress("/orders", "order", &json!({"number": 8080}))).said(
        "ingress-nginx",
        "controller",
        &["Error obtaining Endpoints for Service \"shop/order\": no object matching key"],
    );
    check(said, &["app/front gateway_misroute 85 %"]);
}

#[test]
fn an_ingress_without_address_says_something_where_others_have_one() {
    let ingress = |name: &str, class: &str, address: &Value| {
        json!({"kind": "Ingress", "metadata": {"namespace": "shop", "name": name},
        "spec": {"ingressClassName": class}, "status": {"loadBalancer": {"ingress": address}}})
    };
    let (none, some) = (json!([]), json!([{"ip": "203.0.113.9"}]));
    check(scene_of([ingress("a", "x", &none), ingress("b", "x", &none)]), &[]);
    check(scene_of([ingress("a", "x", &some), ingress("b", "x", &some)]), &[]);
    check(scene_of([ingress("a", "x", &some), ingress("b", "y", &none)]), &["app/b ingress_without_address 65 %"]);
    check(scene_of([ingress("a", "x", &some), ingress("b", "x", &none)]), &["app/b ingress_without_address 35 %"]);
}
