use serde_json::json;

use super::clinic::{Clinic, check, check_healthy};

const APP: &str = "doctors-service";
const PORT: u16 = 12032;

#[tokio::test]
async fn nothing_is_wrong() {
    let slow_start = "java.net.ConnectException: Connection refused: registry/10.90.7.19:8848";
    let cases = vec![
        ("all there", Clinic::new()),
        ("nothing else known", Clinic::new().without_edges().without_probes().without_manifests()),
        ("a hiccup", Clinic::new().said("edge", slow_start)),
    ];
    check_healthy(cases).await;
}

#[tokio::test]
async fn a_deployment_at_nothing() {
    let none = |name: &str| Clinic::new().deployment(name, |it| it["spec"]["replicas"] = json!(0));
    let refused = "java.net.ConnectException: Connection refused: billing-service/10.90.7.14:9400";
    let link = "com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure\nCaused by: java.net.ConnectException: Connection refused";
    let cases = vec![
        ("edges", "billing-service", none("billing-service").unanswered("billing-service").said("visits-service", refused)),
        ("no edges, probes", "doctors-service", none("doctors-service").unanswered("doctors-service").without_edges().without_manifests()),
        ("no edges, logs", "billing-service", none("billing-service").without_probes().without_edges().without_manifests().said("visits-service", refused)),
        ("a database", "doctors-mysql", none("doctors-mysql").unanswered("doctors-mysql").crashing(APP, APP, 1).said(APP, link)),
        ("gateway", "edge", none("edge").unanswered("edge").pattern("portal", 90, "[error] 29#29: *61 connect() failed (111: Connection refused) while connecting to upstream, upstream: \"http://10.90.7.11:18100/\"")),
        ("registry", "registry", none("registry").unanswered("registry").without_edges().crashing("edge", "edge", 1).said("edge", "NacosException: failed to req API:registry:8848/nacos/v1/ns/instance after all servers([registry:8848]) tried: java.net.ConnectException: Connection refused")),
        ("the front", "portal", none("portal").service("portal", |it| it["spec"]["type"] = json!("NodePort")).unanswered("portal")),
    ];
    check("Runtime_Fault", "deployment_zero_replicas", cases).await;
}

#[tokio::test]
async fn a_sidecar_on_the_port_of_its_app() {
    let beside = |port: Option<u16>| {
        let mut sidecar = json!({"name": "meter", "image": "registry.example/meter:1.2"});
        if let Some(port) = port {
            sidecar["ports"] = json!([{"containerPort": port, "protocol": "TCP"}]);
        }
        Clinic::new()
            .deployment(APP, |it| it["spec"]["template"]["spec"]["containers"].as_array_mut().unwrap().push(sidecar))
    };
    let tomcat = "***************************\nAPPLICATION FAILED TO START\n***************************\nWeb server failed to start. Port 12032 was already in use.";
    let nginx = "nginx: [emerg] bind() to 0.0.0.0:12032 failed (98: Address already in use)";
    let with_arg = || {
        beside(None).deployment(APP, |it| {
            it["spec"]["template"]["spec"]["containers"][1]["args"] = json!(["-listen", ":12032"]);
        })
    };
    let front = beside(Some(PORT))
        .deployment(APP, |it| it["spec"]["template"]["spec"]["containers"].as_array_mut().unwrap().reverse());
    let served = |app: &str| {
        format!("10.44.0.9 - - [04/Mar/2026:09:29:10 +0000] \"GET /api/v1/doctors HTTP/1.1\" 404 153 \"{app}\"")
    };
    let cases = vec![
        ("app crashes", APP, beside(Some(PORT)).crashing(APP, APP, 1).said(APP, tomcat)),
        ("sidecar crashes", APP, beside(Some(PORT)).crashing(APP, "meter", 1).said_in(APP, "meter", nginx)),
        ("undeclared", APP, beside(None).crashing(APP, "meter", 1).said_in(APP, "meter", nginx)),
        ("undeclared, app crashes", APP, beside(None).crashing(APP, APP, 1).said(APP, tomcat)),
        ("no logs", APP, beside(Some(PORT)).crashing(APP, "meter", 1)),
        (
            "node",
            APP,
            beside(None).crashing(APP, "meter", 1).said_in(
                APP,
                "meter",
                "Error: listen EADDRINUSE: address already in use :::12032",
            ),
        ),
        ("first container", APP, front.crashing(APP, APP, 1).said(APP, tomcat)),
        (
            "python server",
            APP,
            with_arg().crashing(APP, "meter", 1).said_in(APP, "meter", "OSError: [Errno 98] Address in use"),
        ),
        (
            "sidecar serves",
            APP,
            beside(Some(PORT)).said_in(APP, "meter", &served("meter")).said(APP, tomcat).unready(APP, 4),
        ),
    ];
    check("Runtime_Fault", "service_sidecar_port_conflict", cases).await;
}

#[tokio::test]
async fn too_little_memory() {
    let cases = vec![
        ("killed", APP, Clinic::new().container(APP, |it| it["resources"] = json!({"limits": {"memory": "60Mi"}})).crashing(APP, APP, 137)),
        ("a database", "doctors-mysql", Clinic::new().container("doctors-mysql", |it| it["resources"] = json!({"limits": {"memory": "90Mi"}})).crashing("doctors-mysql", "doctors-mysql", 137).crashing(APP, APP, 1).said(APP, "Communications link failure").unanswered("doctors-mysql")),
        ("killed, running", APP, Clinic::new().container(APP, |it| it["resources"] = json!({"limits": {"memory": "200Mi"}})).status(APP, APP, json!({"ready": true, "restartCount": 4, "state": {"running": {"startedAt": "2026-03-04T09:29:30Z"}}, "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137, "finishedAt": "2026-03-04T09:29:20Z"}}}))),
    ];
    check("Runtime_Fault", "oom_killed", cases).await;
}

fn probed(kind: &str, probe: serde_json::Value) -> Clinic {
    Clinic::new().container(APP, |it| it[kind] = probe)
}

fn refused(port: u16, way: &str) -> String {
    match way {
        "http" => format!(
            "Get \"http://10.44.1.23:{port}/actuator/health\": dial tcp 10.44.1.23:{port}: connect: connection refused"
        ),
        _ => format!("dial tcp 10.44.1.23:{port}: connect: connection refused"),
    }
}

#[tokio::test]
async fn a_liveness_probe_of_the_wrong_port() {
    let http = json!({"httpGet": {"path": "/actuator/health", "port": 12999}, "periodSeconds": 10});
    let tcp = json!({"tcpSocket": {"port": 12999}, "periodSeconds": 10});
    let killed = "Container doctors-service failed liveness probe, will be restarted";
    let message = |way: &str| format!("Liveness probe failed: {}", refused(12999, way));
    let cases = vec![
        (
            "http",
            APP,
            probed("livenessProbe", http.clone())
                .unready(APP, 5)
                .event(APP, "Unhealthy", &message("http"))
                .event(APP, "Killing", killed),
        ),
        ("tcp", APP, probed("livenessProbe", tcp.clone()).unready(APP, 5).event(APP, "Unhealthy", &message("tcp"))),
        (
            "ready between",
            APP,
            probed("livenessProbe", tcp.clone()).event(APP, "Unhealthy", &message("tcp")).status(
                APP,
                APP,
                json!({"ready": true, "restartCount": 4, "state": {"running": {"startedAt": "2026-03-04T09:29:30Z"}}}),
            ),
        ),
        (
            "a database",
            "doctors-mysql",
            Clinic::new()
                .container("doctors-mysql", |it| it["livenessProbe"] = json!({"tcpSocket": {"port": 3307}}))
                .unready("doctors-mysql", 4)
                .event(
                    "doctors-mysql",
                    "Unhealthy",
                    "Liveness probe failed: dial tcp 10.44.1.27:3307: connect: connection refused",
                )
                .unanswered("doctors-mysql"),
        ),
        (
            "undeclared",
            APP,
            probed("livenessProbe", tcp).container(APP, |it| it["ports"] = json!(null)).unready(APP, 5).event(
                APP,
                "Unhealthy",
                &message("tcp"),
            ),
        ),
    ];
    check("Runtime_Fault", "liveness_probe_incorrect_port", cases).await;
}

#[tokio::test]
async fn a_readiness_probe_of_the_wrong_port() {
    let http = json!({"httpGet": {"path": "/actuator/health", "port": 12999}, "periodSeconds": 10});
    let tcp = json!({"tcpSocket": {"port": 12999}, "periodSeconds": 10});
    let message = |way: &str| format!("Readiness probe failed: {}", refused(12999, way));
    let cases = vec![
        (
            "http",
            APP,
            probed("readinessProbe", http.clone())
                .unready(APP, 0)
                .event(APP, "Unhealthy", &message("http"))
                .unanswered(APP),
        ),
        (
            "tcp",
            APP,
            probed("readinessProbe", tcp.clone())
                .unready(APP, 0)
                .event(APP, "Unhealthy", &message("tcp"))
                .without_edges(),
        ),
        (
            "undeclared",
            APP,
            probed("readinessProbe", tcp).container(APP, |it| it["ports"] = json!(null)).unready(APP, 0).event(
                APP,
                "Unhealthy",
                &message("tcp"),
            ),
        ),
        ("no events", APP, probed("readinessProbe", http).unready(APP, 0)),
    ];
    check("Runtime_Fault", "readiness_probe_incorrect_port", cases).await;
}

#[tokio::test]
async fn a_liveness_probe_of_the_wrong_protocol() {
    let grpc = json!({"grpc": {"port": PORT}});
    let http = json!({"httpGet": {"path": "/", "port": 3306}});
    let https = json!({"httpGet": {"path": "/", "port": PORT, "scheme": "HTTPS"}});
    let cases = vec![
        ("grpc of java", APP, probed("livenessProbe", grpc).unready(APP, 5).event(APP, "Unhealthy", "Liveness probe failed: timeout: failed to connect service \"10.44.1.23:12032\" within 1s: context deadline exceeded")),
        ("http of mysql", "doctors-mysql", Clinic::new().container("doctors-mysql", |it| it["livenessProbe"] = http).unready("doctors-mysql", 4).event("doctors-mysql", "Unhealthy", "Liveness probe failed: Get \"http://10.44.1.27:3306/\": net/http: HTTP/1.x transport connection broken: malformed HTTP response \"J\\x00\\x00\\x00\"")),
        ("https of http", APP, probed("livenessProbe", https).unready(APP, 5).event(APP, "Unhealthy", "Liveness probe failed: Get \"https://10.44.1.23:12032/\": http: server gave HTTP response to HTTPS client")),
    ];
    check("Runtime_Fault", "liveness_probe_incorrect_protocol", cases).await;
}

#[tokio::test]
async fn a_readiness_probe_of_the_wrong_protocol() {
    let grpc = json!({"grpc": {"port": PORT}});
    let get = json!({"httpGet": {"path": "/", "port": 6379}});
    let cases = vec![
        ("grpc of java", APP, probed("readinessProbe", grpc).unready(APP, 0).event(APP, "Unhealthy", "Readiness probe failed: error: this server does not implement the grpc health protocol (grpc.health.v1.Health): rpc error: code = Unimplemented")),
        ("http of redis", "sessions", Clinic::new().container("sessions", |it| it["readinessProbe"] = get).unready("sessions", 0).event("sessions", "Unhealthy", "Readiness probe failed: Get \"http://10.44.1.28:6379/\": EOF")),
    ];
    check("Runtime_Fault", "readiness_probe_incorrect_protocol", cases).await;
}

#[tokio::test]
async fn a_liveness_probe_that_does_not_wait() {
    let tcp = json!({"tcpSocket": {"port": PORT}, "initialDelaySeconds": 1, "periodSeconds": 1, "failureThreshold": 1, "timeoutSeconds": 1});
    let http = json!({"httpGet": {"path": "/actuator/health", "port": PORT}, "initialDelaySeconds": 2, "periodSeconds": 2, "failureThreshold": 2});
    let message = format!("Liveness probe failed: {}", refused(PORT, "tcp"));
    let slow = "Liveness probe failed: Get \"http://10.44.1.23:12032/actuator/health\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)";
    let cases = vec![
        (
            "tcp",
            APP,
            probed("livenessProbe", tcp)
                .unready(APP, 7)
                .event(APP, "Unhealthy", &message)
                .said(APP, "Starting DoctorsApplication v4.1 on doctors using Java 11"),
        ),
        (
            "http",
            APP,
            probed("livenessProbe", http.clone())
                .unready(APP, 7)
                .event(APP, "Unhealthy", &format!("Liveness probe failed: {}", refused(PORT, "http")))
                .without_edges(),
        ),
        (
            "http, slow",
            APP,
            probed("livenessProbe", http).unready(APP, 7).event(APP, "Unhealthy", slow).event(
                APP,
                "Killing",
                "Container doctors-service failed liveness probe, will be restarted",
            ),
        ),
    ];
    check("Runtime_Fault", "liveness_probe_incorrect_timing", cases).await;
}
