use lamplighter_core::diagnosis::{Cause, Likelihood};
use lamplighter_testkit::scene::SceneBuilder;
use serde_json::{Value, json};

use super::fixtures::{check, codes, event, ledger, restarted, unready};

fn container(liveness: &Value, readiness: &Value) -> Value {
    json!({"image": "registry.example.org/ledger:3", "ports": [{"containerPort": 9443}],
        "livenessProbe": liveness, "readinessProbe": readiness})
}

fn grpc(port: u16) -> Value {
    json!({"grpc": {"port": port}})
}

fn http(port: u16) -> Value {
    json!({"httpGet": {"path": "/healthz", "port": port}})
}

fn tcp(port: u16) -> Value {
    json!({"tcpSocket": {"port": port}})
}

/// Readiness fails with these words.
fn not_ready(liveness: &Value, readiness: &Value, message: &str) -> SceneBuilder {
    ledger(&container(liveness, readiness), &unready()).object(event("Unhealthy", message, 9))
}

/// Liveness fails with these words, and the container was killed for it.
fn killed(liveness: &Value, readiness: &Value, message: &str) -> SceneBuilder {
    ledger(&container(liveness, readiness), &restarted(3, 137, "Error"))
        .object(event("Unhealthy", message, 9))
        .object(event("Killing", "Container main failed liveness probe, will be restarted", 3))
}

#[test]
fn a_refused_probe_of_a_port_that_nothing_has_is_of_a_wrong_port() {
    let messages = [
        "Readiness probe failed: Get \"http://10.1.0.9:9444/healthz\": dial tcp 10.1.0.9:9444: connect: connection refused",
        "Readiness probe failed: dial tcp 10.1.0.9:9444: connect: connection refused",
        "Readiness probe failed: dial tcp 10.1.0.9:9444: i/o timeout",
        "Readiness probe failed: timeout: failed to connect service \"10.1.0.9:9444\" within 1s: context deadline exceeded",
    ];
    for message in messages {
        for probe in [http(9444), tcp(9444), grpc(9444)] {
            let named = check(not_ready(&Value::Null, &probe, message), Cause::ReadinessProbeIncorrectPort);
            assert_eq!(named.confidence, Likelihood::SHOWN, "{message}");
        }
    }
    let message = "Liveness probe failed: dial tcp 10.1.0.9:9444: connect: connection refused";
    let named = check(killed(&tcp(9444), &tcp(9443), message), Cause::LivenessProbeIncorrectPort);
    assert!(named.confidence > Likelihood::SHOWN, "the readiness probe beside it succeeds");
}

#[test]
fn a_port_that_the_program_does_not_announce_is_wrong_though_it_is_declared() {
    let message = "Liveness probe failed: dial tcp 10.1.0.9:9443: connect: connection refused";
    let other = || killed(&tcp(9443), &tcp(7070), message);
    check(other().said("vault", "ledger", &["listening on :7070"]), Cause::LivenessProbeIncorrectPort);
}

#[test]
fn a_port_name_that_no_container_has_is_wrong() {
    let probe = json!({"httpGet": {"port": "admin"}});
    for message in
        ["Readiness probe errored: strconv.Atoi: parsing \"admin\": invalid syntax", "Readiness probe failed: "]
    {
        check(not_ready(&Value::Null, &probe, message), Cause::ReadinessProbeIncorrectPort);
    }
}

#[test]
fn the_state_alone_shows_a_wrong_port_when_the_events_have_expired() {
    let scene = ledger(&container(&Value::Null, &tcp(9444)), &unready());
    assert_eq!(codes(scene), ["readiness_probe_incorrect_port"]);
}

#[test]
fn the_state_alone_shows_a_wrong_protocol_when_the_other_probe_succeeds() {
    let scene = ledger(&container(&grpc(9443), &http(9443)), &unready());
    assert_eq!(codes(scene), ["readiness_probe_incorrect_protocol"]);
    // An open port, and a command that runs, say nothing of what the program answers.
    assert!(codes(ledger(&container(&tcp(9443), &http(9443)), &unready())).is_empty());
    let command = json!({"exec": {"command": ["true"]}});
    assert!(codes(ledger(&container(&command, &http(9443)), &unready())).is_empty());
}

#[test]
fn an_answer_of_another_protocol_is_a_wrong_protocol() {
    let messages = [
        r#"probe failed: Get "http://10.1.0.9:9443/": net/http: HTTP/1.x transport connection broken: malformed HTTP response "\x00""#,
        r#"probe failed: Get "http://10.1.0.9:9443/": malformed HTTP status code "\x00""#,
        r#"probe failed: Get "https://10.1.0.9:9443/": http: server gave HTTP response to HTTPS client"#,
        r#"probe failed: Get "https://10.1.0.9:9443/": tls: first record does not look like a TLS handshake"#,
    ];
    for message in messages {
        let readiness = not_ready(&grpc(9443), &http(9443), &format!("Readiness {message}"));
        let named = check(readiness, Cause::ReadinessProbeIncorrectProtocol);
        assert!(named.confidence > Likelihood::SHOWN, "the gRPC probe of the same port succeeds");
        let liveness = killed(&http(9443), &Value::Null, &format!("Liveness {message}"));
        assert_eq!(check(liveness, Cause::LivenessProbeIncorrectProtocol).confidence, Likelihood::SHOWN);
    }
}

#[test]
fn a_closed_connection_is_a_wrong_protocol_when_something_says_what_the_port_speaks() {
    let message = "Readiness probe failed: Get \"http://10.1.0.9:9443/\": EOF";
    let named = check(not_ready(&grpc(9443), &http(9443), message), Cause::ReadinessProbeIncorrectProtocol);
    assert_eq!(named.confidence, Likelihood::SHOWN);
    let mut spec = container(&Value::Null, &http(9443));
    spec["ports"][0]["name"] = json!("grpc-main");
    let scene = ledger(&spec, &unready()).object(event("Unhealthy", message, 9));
    assert_eq!(check(scene, Cause::ReadinessProbeIncorrectProtocol).confidence, Likelihood::LIKELY);
    // Where the container says that it listens somebody does, and ends the connection.
    let alone = not_ready(&Value::Null, &http(9443), message);
    assert_eq!(check(alone, Cause::ReadinessProbeIncorrectProtocol).confidence, Likelihood::new(0.6));
}

#[test]
fn a_grpc_probe_of_a_port_that_speaks_http_is_of_a_wrong_protocol() {
    let message = "Liveness probe failed: timeout: failed to connect service \"10.1.0.9:9443\" within 1s: context deadline exceeded";
    let named = check(killed(&grpc(9443), &http(9443), message), Cause::LivenessProbeIncorrectProtocol);
    assert_eq!(named.confidence, Likelihood::SHOWN);
    let announced = killed(&grpc(9443), &Value::Null, message).said(
        "vault",
        "ledger",
        &["Tomcat started on port(s): 9443 (http) with context path ''"],
    );
    assert_eq!(check(announced, Cause::LivenessProbeIncorrectProtocol).confidence, Likelihood::LIKELY);
}

#[test]
fn a_strange_answer_from_a_port_that_is_not_meant_is_of_a_wrong_port() {
    let message = "Readiness probe failed: Get \"http://10.1.0.9:9444/healthz\": malformed HTTP response \"HELO\"";
    check(not_ready(&http(9443), &http(9444), message), Cause::ReadinessProbeIncorrectPort);
}

#[test]
fn a_tcp_probe_that_succeeds_shows_that_the_port_is_open() {
    let grpc_says = "Readiness probe failed: timeout: failed to connect service \"10.1.0.9:9443\" within 1s: context deadline exceeded";
    let named = check(not_ready(&tcp(9443), &grpc(9443), grpc_says), Cause::ReadinessProbeIncorrectProtocol);
    assert_eq!(named.confidence, Likelihood::SHOWN);
    let page = "Readiness probe failed: HTTP probe failed with statuscode: 404";
    let named = check(not_ready(&tcp(9443), &http(9443), page), Cause::ReadinessProbeIncorrectProtocol);
    assert!(named.confidence < Likelihood::LIKELY);
    let cut = "Readiness probe failed: Get \"http://10.1.0.9:9443/\": EOF";
    let named = check(not_ready(&tcp(9443), &http(9443), cut), Cause::ReadinessProbeIncorrectProtocol);
    assert_eq!(named.confidence, Likelihood::LIKELY);
}

#[test]
fn the_framework_of_a_program_says_what_it_speaks() {
    let message = "Liveness probe failed: timeout: failed to connect service \"10.1.0.9:9443\" within 1s: context deadline exceeded";
    let alone = killed(&grpc(9443), &Value::Null, message);
    let named = check(alone, Cause::LivenessProbeIncorrectProtocol);
    assert!(named.confidence < Likelihood::LIKELY, "it may as well not listen yet");
    let framework = killed(&grpc(9443), &Value::Null, message);
    let framework = framework.said(
        "vault",
        "ledger",
        &["INFO 1 --- [main] o.a.catalina.core.StandardEngine: Starting Servlet engine: [Apache Tomcat/9.0.1]"],
    );
    assert_eq!(check(framework, Cause::LivenessProbeIncorrectProtocol).confidence, Likelihood::LIKELY);
}

#[test]
fn a_status_is_of_the_application_unless_the_port_speaks_something_else() {
    let message = "Readiness probe failed: HTTP probe failed with statuscode: 404";
    check(not_ready(&grpc(9443), &http(9443), message), Cause::ReadinessProbeIncorrectProtocol);
    assert!(codes(not_ready(&Value::Null, &http(9443), message)).is_empty());
    let own = "Readiness probe failed: HTTP probe failed with statuscode: 503";
    assert!(codes(not_ready(&Value::Null, &http(9443), own)).is_empty());
}

#[test]
fn a_probe_that_kills_before_the_program_has_started_is_too_early() {
    let tight =
        json!({"tcpSocket": {"port": 9443}, "initialDelaySeconds": 2, "periodSeconds": 1, "failureThreshold": 2});
    let message = "Liveness probe failed: dial tcp 10.1.0.9:9443: connect: connection refused";
    let named = check(killed(&tight, &tcp(9443), message), Cause::LivenessProbeIncorrectTiming);
    assert_eq!(named.confidence, Likelihood::SHOWN);
    let slow = killed(&tcp(9443), &Value::Null, message).said(
        "vault",
        "ledger",
        &["Started Ledger in 48.2 seconds (process running for 50)"],
    );
    assert!(check(slow, Cause::LivenessProbeIncorrectTiming).confidence > Likelihood::SHOWN);
    let older = ledger(&container(&tight, &tcp(9443)), &restarted(3, 143, "Error"))
        .object(event("Unhealthy", message, 6))
        .object(event(
            "Killing",
            "Killing container with id docker://main:Container failed liveness probe. It will be recreated.",
            3,
        ));
    check(older, Cause::LivenessProbeIncorrectTiming);
}

#[test]
fn a_probe_that_waits_too_short_for_an_answer_is_too_early() {
    let message = "Liveness probe failed: Get \"http://10.1.0.9:9443/\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)";
    let named = check(killed(&http(9443), &tcp(9443), message), Cause::LivenessProbeIncorrectTiming);
    assert_eq!(named.confidence, Likelihood::LIKELY);
}

#[test]
fn a_patient_probe_is_hardly_at_fault() {
    let patient = json!({"tcpSocket": {"port": 9443}, "initialDelaySeconds": 120, "failureThreshold": 10});
    let message = "Liveness probe failed: dial tcp 10.1.0.9:9443: connect: connection refused";
    let named = check(killed(&patient, &Value::Null, message), Cause::LivenessProbeIncorrectTiming);
    assert_eq!(named.confidence, Likelihood::POSSIBLE);
}

#[test]
fn what_fails_as_it_starts_and_is_ready_since_is_well() {
    let message = "Readiness probe failed: dial tcp 10.1.0.9:9444: connect: connection refused";
    let well = json!({"ready": true, "restartCount": 0, "state": {"running": {"startedAt": "2026-03-01T11:50:00Z"}}});
    assert!(
        codes(ledger(&container(&Value::Null, &tcp(9444)), &well).object(event("Unhealthy", message, 9))).is_empty()
    );
    let again = json!({"ready": true, "restartCount": 1, "state": {"running": {"startedAt": "2026-03-01T11:50:00Z"}}});
    assert!(
        codes(ledger(&container(&Value::Null, &tcp(9444)), &again).object(event("Unhealthy", message, 9))).is_empty()
    );
    let young = json!({"ready": false, "restartCount": 0, "state": {"running": {"startedAt": "2026-03-01T11:59:50Z"}}});
    let first = event("Unhealthy", message, 1);
    assert!(codes(ledger(&container(&Value::Null, &tcp(9444)), &young).object(first)).is_empty());
}

#[test]
fn events_of_a_pod_that_is_gone_are_no_evidence() {
    let message = "Liveness probe failed: dial tcp 10.1.0.9:9444: connect: connection refused";
    let mut gone = event("Unhealthy", message, 9);
    gone["involvedObject"]["uid"] = json!("u0");
    let mut kill = event("Killing", "Container main failed liveness probe, will be restarted", 3);
    kill["involvedObject"]["uid"] = json!("u0");
    let well = json!({"ready": true, "restartCount": 1, "state": {"running": {"startedAt": "2026-03-01T11:50:00Z"}}});
    assert!(codes(ledger(&container(&tcp(9444), &Value::Null), &well).object(gone).object(kill)).is_empty());
}

#[test]
fn a_probe_of_the_right_port_of_a_program_that_does_not_come_up_is_no_wrong_port() {
    let message = "Readiness probe failed: dial tcp 10.1.0.9:9443: connect: connection refused";
    assert!(codes(not_ready(&tcp(9443), &tcp(9443), message)).is_empty());
}
