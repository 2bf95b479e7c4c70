use serde_json::{Value, json};

use super::clinic::{Clinic, check};

fn unknown(host: &str) -> String {
    format!(
        "2026-03-04 09:29:12.001 ERROR 1 --- [io-12031-exec-4] o.a.c.c.C.[.[.[/]: org.springframework.web.client.ResourceAccessException: \
         I/O error on GET request for \"http://{host}:9400/v1/bills\": {host}; nested exception is java.net.UnknownHostException: {host}"
    )
}

fn unlooked(host: &str) -> String {
    format!(
        "2026-03-04 09:29:31.880 WARN 1 --- [onnection-retry] c.z.h.p.PoolBase: Caused by: java.net.UnknownHostException: {host}: Temporary failure in name resolution"
    )
}

#[tokio::test]
async fn a_name_that_does_not_resolve() {
    let policy = |clinic: Clinic, policy: &str| {
        clinic.deployment("visits-service", |it| it["spec"]["template"]["spec"]["dnsPolicy"] = json!(policy))
    };
    let foreign = |it: &mut Value| {
        it["spec"]["template"]["spec"]["dnsPolicy"] = json!("None");
        it["spec"]["template"]["spec"]["dnsConfig"] = json!({"nameservers": ["192.0.2.53"]});
    };
    let cases = vec![
        ("policy", "visits-service", policy(Clinic::new(), "Default").said("visits-service", &unknown("billing-service"))),
        ("servers", "visits-service", Clinic::new().deployment("visits-service", foreign).said("visits-service", &unlooked("visits-mysql")).crashing("visits-service", "visits-service", 1)),
        ("nothing seen, one name, pattern", "letters-service", Clinic::new().pattern("letters-service", 70, "requests.exceptions.ConnectionError: HTTPConnectionPool(host='billing-service', port=9400): Max retries exceeded with url: /v1/bills (Caused by NameResolutionError(\"<urllib3.connection.HTTPConnection object>: Failed to resolve 'billing-service' ([Errno -3] Temporary failure in name resolution)\"))")),
        ("nothing seen, resolver, crashing", "visits-service", Clinic::new().crashing("visits-service", "visits-service", 1).said("visits-service", &unlooked("visits-mysql"))),
        ("nginx", "portal", Clinic::new().crashing("portal", "portal", 1).said("portal", "2026/03/04 09:29:01 [emerg] 1#1: host not found in upstream \"edge\" in /etc/nginx/conf.d/default.conf:14\nnginx: [emerg] host not found in upstream \"edge\"").deployment("portal", foreign)),
        ("service gone", "billing-service", Clinic::new().without_service("billing-service").said("visits-service", &unknown("billing-service")).without_manifests()),
        ("service gone, passed on", "billing-service", Clinic::new().without_service("billing-service").said("visits-service", &unknown("billing-service")).said("edge", &format!("500 Server Error {}", unknown("billing-service")))),
    ];
    check("Service_Routing_Fault", "service_dns_resolution_failure", cases).await;
}

fn routes(file: &str, text: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "routes"}, "data": {file: text}})
}

fn routed(app: &str, file: &str, text: &str) -> Clinic {
    Clinic::new().object("configmaps", routes(file, text)).deployment(app, |it| {
        let spec = &mut it["spec"]["template"]["spec"];
        spec["volumes"] = json!([{"name": "routes", "configMap": {"name": "routes"}}]);
        spec["containers"][0]["volumeMounts"] = json!([{"name": "routes", "mountPath": "/etc/routes"}]);
    })
}

#[tokio::test]
async fn a_gateway_that_leads_astray() {
    let nginx = |host: &str, port: u16| {
        format!(
            "server {{\n  listen 8080;\n  location / {{ root /usr/share/nginx/html; }}\n  location /api/ {{\n    proxy_pass http://{host}:{port};\n  }}\n}}\n"
        )
    };
    let spring = |host: &str| {
        format!(
            "spring:\n  cloud:\n    gateway:\n      routes:\n        - id: visits\n          uri: http://{host}:12031\n          predicates:\n            - Path=/api/v1/visits/**\n        - id: doctors\n          uri: http://doctors-service:12032\n          predicates:\n            - Path=/api/v1/doctors/**\n"
        )
    };
    let crossed = spring("visits-service").replace("visits-service:12031", "doctors-service:12032");
    let bad = "10.44.0.1 - - [04/Mar/2026:09:29:10 +0000] \"GET /api/v1/visits/7 HTTP/1.1\" 502 157 \"-\" \"okhttp\"";
    let refused = "2026/03/04 09:29:10 [error] 29#29: *61 connect() failed (111: Connection refused) while connecting to upstream, client: 10.44.0.1, server: , request: \"GET /api/v1/visits/7 HTTP/1.1\", upstream: \"http://10.90.7.11:18101/api/v1/visits/7\", host: \"clinic.example\"";
    let emerg = "nginx: [emerg] host not found in upstream \"edge-svc\" in /etc/nginx/conf.d/default.conf:5";
    let ingress = json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "portal"}, "spec": {"rules": [
        {"host": "clinic.example", "http": {"paths": [{"path": "/", "backend": {"service": {"name": "portal-ui", "port": {"number": 8080}}}}]}}]}});
    let cases = vec![
        ("nginx, no such service", "portal", routed("portal", "default.conf", &nginx("edge-svc", 18100)).crashing("portal", "portal", 1).said("portal", emerg)),
        ("nginx, port", "portal", routed("portal", "default.conf", &nginx("edge", 18101)).said("portal", &format!("{refused}\n{bad}"))),
        ("nginx, not seen, refused", "portal", Clinic::new().said("portal", &format!("{refused}\n{bad}"))),
        ("nginx, not seen, no host", "portal", Clinic::new().crashing("portal", "portal", 1).said("portal", emerg)),
        ("spring, no such service", "edge", routed("edge", "application.yml", &spring("visit-service")).said("edge", "java.net.UnknownHostException: failed to resolve 'visit-service' after 4 queries")),
        ("spring, crossed", "edge", routed("edge", "application.yml", &crossed).said("edge", "DEBUG o.s.w.r: [7] Completed 404 NOT_FOUND for GET \"/api/v1/visits/7\"\n status=404 path=/api/v1/visits/7")),
        ("ingress", "portal", Clinic::new().object("ingresses", ingress).event("portal", "Sync", "service \"clinic/portal-ui\" not found").said("edge", "service clinic/portal-ui does not exist")),
    ];
    check("Service_Routing_Fault", "gateway_misroute", cases).await;
}

#[tokio::test]
async fn an_address_that_misses() {
    let refused = "org.springframework.web.client.ResourceAccessException: I/O error on POST request for \"http://billing-service:9401/v1/bills\": Connection refused (Connection refused); nested exception is java.net.ConnectException: Connection refused";
    let wrong_port = || Clinic::new().env("visits-service", "BILLING_URL", "http://billing-service:9401");
    let cases = vec![
        ("port", "visits-service", wrong_port().said("visits-service", refused)),
        ("port, passed on", "visits-service", wrong_port().said("visits-service", refused).said("edge", &format!("500 Server Error: {refused}")).without_edges()),
        ("host", "visits-service", Clinic::new().env("visits-service", "BILLING_URL", "http://biling-service:9400").said("visits-service", &unknown("biling-service"))),
        ("host, other name", "visits-service", Clinic::new().env("visits-service", "BILLING_URL", "http://wrong-host:9400").pattern("visits-service", 30, &unknown("wrong-host"))),
        ("redis", "billing-service", Clinic::new().env("billing-service", "SESSION_ADDR", "sessions:6380").said("billing-service", "Error: connect ECONNREFUSED 10.90.7.18:6380 at TCPConnectWrap").crashing("billing-service", "billing-service", 1)),
        ("registry", "edge", Clinic::new().env("edge", "NACOS_ADDR", "nacos:8848").crashing("edge", "edge", 1).said("edge", "com.alibaba.nacos.api.exception.NacosException: failed to req API:nacos:8848/nacos/v1/ns/instance after all servers([nacos:8848]) tried: java.net.UnknownHostException: nacos")),
        ("no logs", "visits-service", Clinic::new().env("visits-service", "BILLING_URL", "http://biling-service:9400").crashing("visits-service", "visits-service", 1)),
        ("broker", "visits-service", Clinic::new().env("visits-service", "BROKER_HOST", "brokr").said("visits-service", "org.springframework.amqp.AmqpIOException: java.net.UnknownHostException: brokr")),
    ];
    check("Service_Routing_Fault", "service_env_var_address_mismatch", cases).await;
}

#[tokio::test]
async fn a_service_that_selects_nothing() {
    let wrong = |name: &'static str| Clinic::new().service(name, |it| it["spec"]["selector"] = json!({"app": "other"}));
    let cases = vec![
        ("probes", "doctors-service", wrong("doctors-service").unanswered("doctors-service")),
        ("logs", "billing-service", wrong("billing-service").without_probes().said("visits-service", "java.net.ConnectException: Connection refused to billing-service:9400")),
        ("database", "doctors-mysql", wrong("doctors-mysql").unanswered("doctors-mysql").crashing("doctors-service", "doctors-service", 1).said("doctors-service", "com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure\nCaused by: java.net.ConnectException: Connection refused")),
        ("nothing known", "edge", wrong("edge").without_edges().without_probes().without_manifests()),
        ("gateway", "edge", wrong("edge").unanswered("edge").said("portal", "connect() failed (111: Connection refused) while connecting to upstream, upstream: \"http://10.90.7.11:18100/\"")),
    ];
    check("Service_Routing_Fault", "service_selector_mismatch", cases).await;
}

#[tokio::test]
async fn a_service_that_forwards_to_the_wrong_port() {
    let wrong =
        |name: &'static str| Clinic::new().service(name, |it| it["spec"]["ports"][0]["targetPort"] = json!(8999));
    let cases = vec![
        ("probes", "doctors-service", wrong("doctors-service").unanswered("doctors-service")),
        ("logs", "billing-service", wrong("billing-service").without_probes().said("visits-service", "java.net.ConnectException: Connection refused: billing-service/10.90.7.14:9400")),
        ("database", "visits-mysql", wrong("visits-mysql").unanswered("visits-mysql").pattern("visits-service", 22, "com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure")),
        ("database, one client", "doctors-mysql", wrong("doctors-mysql").without_probes().crashing("doctors-service", "doctors-service", 1).said("doctors-service", "com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure\nCaused by: java.net.ConnectException: Connection refused")),
        ("gateway", "edge", wrong("edge").unanswered("edge").said("portal", "connect() failed (111: Connection refused) while connecting to upstream, upstream: \"http://10.90.7.11:18100/\"")),
        ("port itself", "billing-service", Clinic::new().service("billing-service", |it| { it["spec"]["ports"][0]["port"] = json!(9499); }).said("visits-service", "Connection refused: billing-service/10.90.7.14:9400").said("letters-service", "ConnectionRefusedError: [Errno 111] Connection refused: ('billing-service', 9400)")),
    ];
    check("Service_Routing_Fault", "service_port_mapping_mismatch", cases).await;
}

#[tokio::test]
async fn a_service_of_another_transport() {
    let wrong =
        |name: &'static str| Clinic::new().service(name, |it| it["spec"]["ports"][0]["protocol"] = json!("UDP"));
    let cases = vec![
        ("probes", "doctors-service", wrong("doctors-service").unanswered("doctors-service")),
        (
            "database",
            "visits-mysql",
            wrong("visits-mysql").unanswered("visits-mysql").pattern(
                "visits-service",
                22,
                "com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure",
            ),
        ),
        (
            "logs",
            "sessions",
            wrong("sessions").without_probes().said("billing-service", "Error: connect ECONNREFUSED 10.90.7.18:6379"),
        ),
    ];
    check("Service_Routing_Fault", "service_protocol_mismatch", cases).await;
}
