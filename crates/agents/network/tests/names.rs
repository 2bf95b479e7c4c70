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
    check(
        scene(json!({"dnsPolicy": "None",
        "dnsConfig": {"nameservers": ["169.254.20.10"], "searches": ["shop.svc.cluster.local"]}})),
        &[],
    );
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

#[test]
fn a_name_without_dots_is_searched_below_the_domain_of_its_namespace() {
    let till = |searches: &Value| {
        let dns = json!({"nameservers": ["10.43.0.9"], "searches": searches});
        let spec = json!({"dnsPolicy": "None", "dnsConfig": dns});
        scene_of([
            deployment("shop", "stock", 1, &json!({})),
            service("shop", "stock", 9000),
            deployment("shop", "till", 1, &spec),
        ])
    };
    let wrong = ["app/till service_dns_resolution_failure 90 %"];
    check(till(&json!(["else.example"])).said("shop", "till", &[UNKNOWN]), &wrong);
    check(till(&json!(["shop.svc.cluster.local"])).said("shop", "till", &[UNKNOWN]), &[]);
    let whole = "lookup stock.shop.svc.cluster.local on 10.43.0.9:53: no such host";
    check(till(&json!(["else.example"])).said("shop", "till", &[whole]), &[]);
}

#[test]
fn a_runtime_that_does_not_name_the_host_means_one_that_it_is_configured_with() {
    let nameless = "Error: failed to lookup address information: Name or service not known";
    let mut spec = calls("stock");
    spec["hostNetwork"] = json!(true);
    let scene = shop().object(service("shop", "stock", 9000)).object(deployment("shop", "desk", 1, &spec));
    check(scene.said("shop", "desk", &[nameless]), &["app/desk service_dns_resolution_failure 90 %"]);
    let plain = shop().object(service("shop", "stock", 9000)).said("shop", "till", &[nameless]);
    check(plain, &[]);
}

#[test]
fn a_name_that_is_denied_again_and_again_is_wrong_where_others_are_found() {
    let both = || {
        shop()
            .object(service("shop", "stock", 9000))
            .object(service("shop", "desk", 9000))
            .call("till", "stock")
            .call("till", "desk")
    };
    // Once, it may have asked before the service was there.
    check(both().said("shop", "till", &[UNKNOWN]), &[]);
    let expected = ["app/stock service_dns_resolution_failure 65 %"];
    check(both().counted("shop", "till", 40, UNKNOWN), &expected);
    // Who finds nobody asks wrongly.
    let none = both().counted("shop", "till", 40, UNKNOWN).counted("shop", "till", 40, "getaddrinfo ENOTFOUND desk");
    check(none, &["app/till service_dns_resolution_failure 65 %"]);
    let passed_on =
        both().call("front", "till").counted("shop", "till", 40, UNKNOWN).counted("shop", "front", 40, UNKNOWN);
    check(passed_on, &expected);
}

#[test]
fn the_name_of_a_headless_service_without_ready_pods_is_denied_rightly() {
    let mut headless = service("shop", "stock", 9000);
    headless["spec"]["clusterIP"] = json!("None");
    check(shop().object(headless).call("till", "stock").counted("shop", "till", 40, UNKNOWN), &[]);
}

/// A gateway whose routes are in its image.
fn closed(name: &str, image: &str) -> SceneBuilder {
    let spec = json!({"containers": [{"name": "main", "image": image}]});
    scene_of([
        deployment("shop", name, 1, &spec),
        deployment("shop", "shop-orders", 1, &json!({})),
        service("shop", "shop-orders", 8080),
    ])
}

#[test]
fn a_gateway_that_looks_for_what_nobody_is_called_has_a_wrong_route() {
    let unknown = "500 Server Error for HTTP GET \"/orders\" java.net.UnknownHostException: failed to resolve 'shop-order' after 4 queries";
    let absent = "503 SERVICE_UNAVAILABLE \"Unable to find instance for shop-order\"";
    for line in [unknown, absent] {
        for (name, image) in [("shop-gateway", "registry.example/entry:1"), ("edge", "traefik:3")] {
            let named = closed(name, image).said("shop", name, &[line]);
            check(named, &[&format!("app/{name} gateway_misroute 65 %")]);
        }
    }
    // Who is there may be registered in a moment.
    let known = "503 SERVICE_UNAVAILABLE \"Unable to find instance for shop-orders\"";
    check(closed("shop-gateway", "registry.example/entry:1").said("shop", "shop-gateway", &[known]), &[]);
    check(
        closed("till", "registry.example/till:1").said("shop", "till", &[unknown]),
        &["app/till service_env_var_address_mismatch 65 %"],
    );
}

#[test]
fn a_route_may_call_a_service_without_the_word_that_all_begin_with() {
    let routes = |to: &str| {
        let config = format!("location /api/v1/orderservice {{ proxy_pass http://{to}:8080; }}\n");
        let spec = json!({"containers": [{"name": "proxy"}], "volumes": [{"name": "routes", "configMap": {"name": "routes"}}]});
        let map = json!({"kind": "ConfigMap", "metadata": {"namespace": "shop", "name": "routes"}, "data": {"routes.conf": config}});
        let mut objects = vec![deployment("shop", "front", 1, &spec), map];
        objects.extend(
            ["qq-order-service", "qq-stock-service", "qq-till-service"].map(|name| service("shop", name, 8080)),
        );
        scene_of(objects).said("shop", "front", &["\"GET /api/v1/orderservice/7 HTTP/1.1\" 404 9"])
    };
    check(routes("qq-stock-service"), &["app/front gateway_misroute 65 %"]);
    check(routes("qq-order-service"), &[]);
}

#[test]
fn an_ingress_to_a_misspelt_service_is_the_fault_of_who_was_meant() {
    let mut misspelt = ingress("/", "front-ui", &json!({"number": 8080}));
    misspelt["metadata"]["name"] = json!("public");
    let scene = scene_of([deployment("shop", "frontui", 1, &json!({})), service("shop", "frontui", 8080), misspelt]);
    check(scene.alert("Errors", &[("service", "frontui")], "503"), &["app/frontui gateway_misroute 85 %"]);
}

#[test]
fn a_name_for_which_the_dns_server_fails_alone_is_at_fault_itself() {
    let lost = "lookup stock on 10.43.0.10:53: server misbehaving";
    let scene = || shop().object(service("shop", "stock", 9000)).object(deployment("shop", "desk", 1, &calls("stock")));
    let one = scene().said("shop", "till", &[lost]).said("shop", "desk", &[lost]);
    check(one, &["app/stock service_dns_resolution_failure 65 %"]);
    let other = "lookup till on 10.43.0.10:53: server misbehaving";
    let several = scene().said("shop", "till", &[lost]).said("shop", "desk", &[other]);
    check(several, &["app/kube-dns cluster_dns_unavailable 50 %"]);
}

#[test]
fn routes_on_one_line_are_routes_of_their_own() {
    let config = "server { location /orders { proxy_pass http://stock:8080; } location /stock { proxy_pass http://stock:8080; } }";
    let felt = gateway(config).said("shop", "front", &["\"GET /orders/1 HTTP/1.1\" 404 9"]);
    check(felt, &["app/front gateway_misroute 65 %"]);
    let right = config.replacen("http://stock", "http://orders", 1);
    check(gateway(&right).said("shop", "front", &["\"GET /orders/1 HTTP/1.1\" 404 9"]), &[]);
}
