use std::collections::BTreeMap;

use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, LogBook, RootCause, Rule, Scene};
use lamplighter_core::ports::MonitorState;
use lamplighter_core::words::{Finding, ObjectRef, Source};

use crate::apps::{Unwell, app_addressed, app_of_event, said, told};
use crate::wording::any_of;

/// How Go, OpenSSL, Java, Python, Node, .NET, rustls and nginx say that a certificate is past its end or before its
/// beginning (RFC 5280, section 4.1.2.5).
const EXPIRED: &[&str] = &[
    "certificate has expired",
    "certificate is expired",
    "certificate expired",
    "expired certificate",
    "cert_has_expired",
    "certexpired",
    "peer certificate: expired",
    "certificateexpiredexception",
    "certificate is not yet valid",
    "cert_not_yet_valid",
    "certificatenotyetvalid",
    "certnotvalidyet",
    "nottimevalid",
    "validity check failed",
];

/// How they say that its issuer or its name is not the one that they want (RFC 5280, section 6; RFC 6125).
const UNTRUSTED: &[&str] = &[
    "certificate signed by unknown authority",
    "self signed certificate",
    "self-signed certificate",
    "self_signed_cert",
    "unable to get local issuer certificate",
    "unable to get issuer certificate",
    "unable to verify the first certificate",
    "unable_to_verify_leaf_signature",
    "unable_to_get_issuer_cert",
    "certificate verify failed",
    "certificate_verify_failed",
    "certificate verification failed",
    "pkix path building failed",
    "unable to find valid certification path",
    "certificate is not trusted",
    "unknownissuer",
    "unknown issuer",
    "certificate is valid for",
    "certificate is not valid for",
    "notvalidforname",
    "doesn't contain any ip sans",
    "does not match certificate's altnames",
    "err_tls_cert_altname_invalid",
    "no subject alternative",
    "no name matching",
    "remotecertificatenamemismatch",
    "untrustedroot",
    "partialchain",
    "hostname mismatch, certificate",
    "peer's certificate issuer",
    "ssl certificate problem",
];

/// What a server hears when the other side refuses its certificate (RFC 8446, section 6.2). Whoever scans a port leaves
/// such lines behind as well.
const HEARD: &[&str] = &[
    "remote error: tls: bad certificate",
    "remote error: tls: unknown certificate",
    "remote error: tls: expired certificate",
    "alert bad certificate",
    "alert certificate unknown",
    "alert unknown ca",
    "alert certificate expired",
    "received fatal alert: certificate_expired",
    "received fatal alert: certificate_unknown",
    "received fatal alert: unknown_ca",
    "received fatal alert: bad_certificate",
];

/// Fewer lines of one who is well are no more than a finding.
const OFTEN: u64 = 3;

/// A certificate is refused: it has expired, or its issuer or name is not trusted.
///
/// TLS clients end the handshake then, and say so in the words of their library; the API server says it of webhooks, the
/// kubelet of registries, monitors of what they look at. At fault is who shows the certificate: the service of the
/// cluster that the words address, else the one who writes them, since what it trusts is configured there.
pub(super) struct RefusedCertificate;

impl Rule for RefusedCertificate {
    fn name(&self) -> &'static str {
        "refused-certificate"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::CertificateExpired, Cause::CertificateUntrusted]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let unwell = Unwell::new(scene);
        let mut named: BTreeMap<(Culprit, Cause), RootCause> = BTreeMap::new();
        for line in scene.logs.seen().into_iter().flat_map(LogBook::all) {
            let lower = line.text.to_ascii_lowercase();
            let Some(cause) = refusal(&lower) else { continue };
            let writer = Culprit::app(line.app.0, line.app.1);
            let heard = any_of(&lower, HEARD);
            let addressed = if heard { None } else { app_addressed(scene, line.app.0, line.text) };
            let harmed = unwell.has(&writer);
            let finding = said(scene, format!("{writer} says that a certificate {}", words(cause)), &line);
            let sure = match (&addressed, harmed, line.count >= OFTEN) {
                (Some(_), true, _) | (Some(_), _, true) => Likelihood::SHOWN,
                (Some(_), false, false) => Likelihood::LIKELY,
                // What was said before a restart matters to those who still fail alone.
                (None, true, _) => Likelihood::new(0.75),
                (None, false, true) if !heard && !line.previous => Likelihood::new(0.5),
                (None, ..) => {
                    examination.find(finding);
                    continue;
                }
            };
            let culprit = addressed.unwrap_or_else(|| writer.clone());
            add(&mut named, cause, culprit, sure, finding, Some(writer));
        }
        for event in scene.state().events.items().iter().filter(|event| event.is_warning()) {
            let lower = event.message.to_ascii_lowercase();
            let Some(cause) = refusal(&lower) else { continue };
            let about = app_of_event(scene, event);
            if !scene.graph.is_current(event) || !unwell.has(&about) {
                continue;
            }
            let namespace = event.involved_object.namespace.as_deref().unwrap_or_default();
            let addressed = app_addressed(scene, namespace, &event.message);
            let finding = told(scene, format!("A certificate {}", words(cause)), event);
            add(&mut named, cause, addressed.unwrap_or_else(|| about.clone()), Likelihood::SHOWN, finding, Some(about));
        }
        for (culprit, cause, finding) in monitored(scene) {
            add(&mut named, cause, culprit, Likelihood::SHOWN, finding, None);
        }
        for root in named.into_values() {
            examination.name(root);
        }
    }
}

fn refusal(lower: &str) -> Option<Cause> {
    if !any_of(
        lower,
        &["cert", "ssl", "tls", "pkix", "x509", "untrustedroot", "nottimevalid", "partialchain", "unknown_ca"],
    ) {
        return None;
    }
    if any_of(lower, EXPIRED) {
        return Some(Cause::CertificateExpired);
    }
    (any_of(lower, UNTRUSTED) || any_of(lower, HEARD)).then_some(Cause::CertificateUntrusted)
}

fn words(cause: Cause) -> &'static str {
    if cause == Cause::CertificateExpired { "is past its end, or not yet valid" } else { "is not trusted" }
}

fn add(
    named: &mut BTreeMap<(Culprit, Cause), RootCause>,
    cause: Cause,
    culprit: Culprit,
    sure: Likelihood,
    finding: Finding,
    affected: Option<Culprit>,
) {
    let key = (culprit.clone(), cause);
    let root = if let Some(mut known) = named.remove(&key) {
        known.confidence = if sure > known.confidence { sure } else { known.confidence };
        if known.evidence.len() < 5 { known.and(finding) } else { known }
    } else {
        let first = format!("A certificate that {culprit} shows or is shown {}.", words(cause));
        RootCause::new(cause, culprit, sure, finding)
            .then(first)
            .then("The other side ends the connection before a request is sent.")
            .then("Whoever depends on it gets errors.")
    };
    let root = affected.into_iter().fold(root, RootCause::affecting);
    named.insert(key, root);
}

/// What monitors outside of the cluster say about certificates of what it serves, by the hosts of its ingresses.
fn monitored(scene: &Scene) -> Vec<(Culprit, Cause, Finding)> {
    let mut found = Vec::new();
    let monitors = scene.monitors.items().iter();
    for monitor in monitors.filter(|it| matches!(it.state, MonitorState::Down | MonitorState::Pending)) {
        let detail = monitor.detail.to_ascii_lowercase();
        let Some(cause) = refusal(&detail) else { continue };
        let name = monitor.name.to_ascii_lowercase();
        let culprit = scene.state().ingresses.items().iter().find_map(|ingress| {
            let namespace = ingress.metadata.namespace();
            ingress.spec.rules.iter().find_map(|rule| {
                let host = rule.host.as_deref()?;
                let path = rule.http.as_ref()?.paths.first()?;
                let service = scene.graph.service(namespace, &path.backend.service.as_ref()?.name)?;
                let about = detail.contains(host) || name.contains(host) || host.split('.').next() == Some(&name);
                about.then(|| Culprit::app(namespace, scene.graph.app_of_service(service)))
            })
        });
        let known = || {
            let workload = scene.graph.workloads().find(|it| it.workload.name.eq_ignore_ascii_case(&monitor.name));
            workload.map(|it| crate::apps::app(&it.workload))
        };
        let Some(culprit) = culprit.or_else(known) else { continue };
        let object = ObjectRef::global("monitor", &monitor.name);
        let summary = format!("Monitor {} says that a certificate {}", monitor.name, words(cause));
        let finding = Finding::new(summary, object, Source::new("monitors"), monitor.at);
        found.push((culprit, cause, finding.with_evidence(monitor.detail.as_str())));
    }
    found
}

#[cfg(test)]
mod tests {
    use lamplighter_testkit::objects::{cluster, deployment, event, service};
    use lamplighter_testkit::scene::{SceneBuilder, scene};
    use serde_json::json;

    use super::*;
    use crate::rules::tests::{check_healthy, check_named};

    const EXPIRED: &str = "certificate_expired";
    const UNTRUSTED: &str = "certificate_untrusted";

    fn crashing(line: &str) -> SceneBuilder {
        let mail = deployment("office", "mail").pods(|pod| pod.crash_looping(6));
        scene(cluster().workload(mail)).said("office", "mail", &[line])
    }

    /// `mail` runs and calls `login`.
    fn running(lines: &[&str]) -> SceneBuilder {
        let state = cluster().workload(deployment("office", "mail")).workload(deployment("auth", "login"));
        scene(state.service(service("auth", "login"))).said("office", "mail", lines)
    }

    #[test]
    fn libraries_say_it_in_their_words() {
        for (line, cause) in [
            ("x509: certificate has expired or is not yet valid: current time 2026-03-01T12:00:00Z is after", EXPIRED),
            ("javax.net.ssl.SSLHandshakeException: java.security.cert.CertificateExpiredException: NotAfter", EXPIRED),
            (
                "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired",
                EXPIRED,
            ),
            ("Error: certificate has expired code: 'CERT_HAS_EXPIRED'", EXPIRED),
            ("invalid peer certificate: Expired", EXPIRED),
            ("The remote certificate is invalid because of errors in the certificate chain: NotTimeValid", EXPIRED),
            ("tls: failed to verify certificate: x509: certificate signed by unknown authority", UNTRUSTED),
            ("PKIX path building failed: unable to find valid certification path to requested target", UNTRUSTED),
            (
                "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate",
                UNTRUSTED,
            ),
            ("Error: self-signed certificate code: 'DEPTH_ZERO_SELF_SIGNED_CERT'", UNTRUSTED),
            ("x509: certificate is valid for a.example, not b.example", UNTRUSTED),
            ("SSL_do_handshake() failed (SSL: error:14094418: tlsv1 alert unknown ca)", UNTRUSTED),
            ("invalid peer certificate: UnknownIssuer", UNTRUSTED),
        ] {
            check_named(&RefusedCertificate, &crashing(line).build(), &[(cause, "app/mail", 0.75)]);
        }
    }

    #[test]
    fn who_is_addressed_is_at_fault() {
        let line = "GET https://login.auth.svc:8443/token: x509: certificate has expired or is not yet valid";
        check_named(&RefusedCertificate, &running(&[line]).build(), &[(EXPIRED, "app/login", 0.65)]);
        check_named(&RefusedCertificate, &running(&[line, line, line]).build(), &[(EXPIRED, "app/login", 0.85)]);
    }

    #[test]
    fn the_api_server_says_it_of_webhooks() {
        let message = "Internal error occurred: failed calling webhook \"v.example\": Post \"https://login.auth.svc:443/x\": \
                       x509: certificate signed by unknown authority";
        let about = ObjectRef::namespaced("Deployment", "office", "mail");
        let told = |mail| {
            let state =
                cluster().workload(mail).workload(deployment("auth", "login")).service(service("auth", "login"));
            scene(state.event(event(&about, "FailedCreate", message))).build()
        };
        let missing = told(deployment("office", "mail").without_pods(1));
        check_named(&RefusedCertificate, &missing, &[(UNTRUSTED, "app/login", 0.85)]);
        check_healthy(&RefusedCertificate, &told(deployment("office", "mail")));
    }

    #[test]
    fn monitors_say_it_of_what_they_look_at() {
        let ingress = json!({"kind": "Ingress", "metadata": {"namespace": "auth", "name": "login"}, "spec": {"rules": [
            {"host": "sso.example.org", "http": {"paths": [{"path": "/", "backend": {"service": {"name": "login"}}}]}}]}});
        for (name, detail) in [
            ("Login", "certificate has expired"),
            ("sso.example.org", "certificate has expired"),
            ("x", "https://sso.example.org: certificate has expired"),
        ] {
            let down = running(&[]).object(ingress.clone()).monitor(name, MonitorState::Down, detail).build();
            check_named(&RefusedCertificate, &down, &[(EXPIRED, "app/login", 0.85)]);
        }
        let up = running(&[]).object(ingress).monitor("login", MonitorState::Up, "200 OK").build();
        check_healthy(&RefusedCertificate, &up);
    }

    #[test]
    fn a_scan_and_a_single_line_of_one_who_is_well_are_findings() {
        let heard = "http: TLS handshake error from 192.0.2.3: remote error: tls: bad certificate";
        for lines in [&[heard, heard, heard, heard][..], &["GET https://www.example/: x509: certificate has expired"]] {
            let scene = running(lines).build();
            check_healthy(&RefusedCertificate, &scene);
            let mut examination = Examination::default();
            RefusedCertificate.examine(&scene, &mut examination);
            assert_eq!(examination.findings().len(), 1);
        }
        check_named(&RefusedCertificate, &crashing(heard).build(), &[(UNTRUSTED, "app/mail", 0.75)]);
    }

    #[test]
    fn other_words_are_healthy() {
        for line in
            ["certificate renewed", "your session has expired", "TLS enabled", "loaded self-signed certificate store"]
        {
            let scene = running(&[line]).build();
            check_healthy(&RefusedCertificate, &scene);
        }
    }
}
