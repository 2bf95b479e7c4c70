use jiff::{SignedDuration, Timestamp};
use lamplighter_core::diagnosis::{
    Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene, Signal, SignalSeries, Subject,
};
use lamplighter_core::words::{Finding, Source};

/// Certificates are renewed a third of their life before their end as a rule, a month of ninety days: one with so little
/// left is not being renewed.
const SOON: SignedDuration = SignedDuration::from_hours(14 * 24);

/// A certificate that is measured has ended, or will soon.
///
/// `probe_ssl_earliest_cert_expiry` (blackbox exporter) is of a certificate that is being shown to clients,
/// `certmanager_certificate_expiration_timestamp_seconds` (cert-manager docs, Metrics) of one that is kept in a secret and
/// may not be in use. A client refuses a certificate after its end (RFC 5280, section 4.1.2.5).
pub(super) struct ShortLivedCertificate;

impl Rule for ShortLivedCertificate {
    fn name(&self) -> &'static str {
        "short-lived-certificate"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::CertificateExpired]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let signals = scene.signals.seen();
        for series in signals.into_iter().flat_map(|signals| signals.of(Signal::CertificateEnds)) {
            let Some((ends, at)) = end(series) else { continue };
            let culprit = culprit(scene, series);
            let left = ends.duration_since(scene.taken_at());
            if left > SOON {
                continue;
            }
            let ended = left <= SignedDuration::ZERO;
            let summary =
                format!("The certificate of {culprit} {} {ends:.0}", if ended { "ended at" } else { "ends at" });
            let finding = Finding::new(summary, culprit.object(), Source::new("metrics"), at);
            if !ended {
                examination.find(finding);
                continue;
            }
            let shown = series.label("instance").is_empty() || series.label("name").is_empty();
            let sure = if shown { Likelihood::SHOWN } else { Likelihood::LIKELY };
            let root = RootCause::new(Cause::CertificateExpired, culprit.clone(), sure, finding)
                .then(format!("The certificate of {culprit} ended at {ends:.0} and was not renewed."))
                .then("Clients refuse it and do not connect.");
            examination.name(root);
        }
    }
}

/// When the certificate ends and when that was measured (UTC). A target without TLS is measured as 0.
fn end(series: &SignalSeries) -> Option<(Timestamp, Timestamp)> {
    let last = series.last()?;
    #[expect(clippy::cast_possible_truncation, reason = "a time that does not fit is none")]
    let seconds = last.value as i64;
    let ends = Timestamp::from_second(seconds).ok().filter(|_| last.value > 0.0)?;
    Some((ends, last.at))
}

/// Whose certificate it is: the app that is probed, the one behind the ingress of the address or of the secret.
fn culprit(scene: &Scene, series: &SignalSeries) -> Culprit {
    let namespace =
        ["exported_namespace", "namespace"].iter().map(|label| series.label(label)).find(|it| !it.is_empty());
    let namespace = namespace.unwrap_or_default();
    let certificate = series.label("name");
    let target = match &series.subject {
        Subject::App { namespace, name } if certificate.is_empty() => return Culprit::app(namespace, name),
        Subject::App { name, .. } | Subject::Target(name) | Subject::Node(name) | Subject::Claim { name, .. } => name,
    };
    if let Some((service, _)) = scene.service_at(namespace, target) {
        return Culprit::app(service.metadata.namespace(), scene.graph.app_of_service(service));
    }
    let host =
        target.split_once("://").map_or(target.as_str(), |(_, rest)| rest).split(['/', ':']).next().unwrap_or_default();
    let behind = scene.state().ingresses.items().iter().find_map(|ingress| {
        let is_it = ingress.spec.rules.iter().any(|rule| rule.host.as_deref() == Some(host))
            || ingress.spec.tls.iter().any(|tls| {
                let secret = tls.secret_name.as_deref().unwrap_or_default();
                !certificate.is_empty()
                    && ingress.metadata.namespace() == namespace
                    && (secret == certificate || secret.strip_suffix("-tls") == Some(certificate))
            });
        let path = ingress.spec.rules.iter().find_map(|rule| rule.http.as_ref()?.paths.first());
        let backend = &path.filter(|_| is_it)?.backend.service.as_ref()?.name;
        let service = scene.graph.service(ingress.metadata.namespace(), backend)?;
        Some(Culprit::app(service.metadata.namespace(), scene.graph.app_of_service(service)))
    });
    let name = if certificate.is_empty() { host } else { certificate };
    behind.unwrap_or_else(|| Culprit::app(namespace, name))
}

#[cfg(test)]
mod tests {
    use lamplighter_testkit::fakes::FakeClock;
    use lamplighter_testkit::objects::{cluster, deployment, service};
    use lamplighter_testkit::scene::{SceneBuilder, scene};
    use serde_json::json;

    use super::*;
    use crate::rules::tests::{check_healthy, check_named};

    const DAY: f64 = 86_400.0;

    fn now() -> f64 {
        let seconds = i32::try_from(FakeClock::START.as_second()).unwrap();
        f64::from(seconds)
    }

    fn login() -> SceneBuilder {
        let ingress = json!({"kind": "Ingress", "metadata": {"namespace": "auth", "name": "login"}, "spec": {
            "tls": [{"hosts": ["sso.example.org"], "secretName": "sso-tls"}],
            "rules": [{"host": "sso.example.org", "http": {"paths": [{"path": "/", "backend": {"service": {"name": "login"}}}]}}]}});
        scene(cluster().workload(deployment("auth", "login")).service(service("auth", "login"))).object(ingress)
    }

    fn probed(target: &str, ends: f64) -> SceneBuilder {
        login().series(Signal::CertificateEnds, Subject::Target(target.to_owned()), &[("instance", target)], &[ends])
    }

    #[test]
    fn an_end_that_has_passed_is_a_cause() {
        for target in ["https://sso.example.org/", "sso.example.org:443", "login.auth.svc:443"] {
            let scene = probed(target, now() - DAY).build();
            check_named(&ShortLivedCertificate, &scene, &[("certificate_expired", "app/login", 0.85)]);
        }
        let elsewhere = probed("https://www.example.com/", now() - DAY).build();
        check_named(&ShortLivedCertificate, &elsewhere, &[("certificate_expired", "app/www.example.com", 0.85)]);
    }

    #[test]
    fn a_certificate_in_a_secret_may_not_be_in_use() {
        for name in ["sso", "sso-tls"] {
            let labels = [("name", name), ("exported_namespace", "auth"), ("instance", "10.0.0.4:9402")];
            let scene =
                login().series(Signal::CertificateEnds, Subject::Target(name.to_owned()), &labels, &[now() - DAY]);
            check_named(&ShortLivedCertificate, &scene.build(), &[("certificate_expired", "app/login", 0.65)]);
        }
    }

    #[test]
    fn an_end_that_is_near_is_a_finding_and_one_that_is_far_is_nothing() {
        let near = probed("https://sso.example.org/", now() + 3.0 * DAY).build();
        check_healthy(&ShortLivedCertificate, &near);
        let found = |scene: &Scene| {
            let mut examination = Examination::default();
            ShortLivedCertificate.examine(scene, &mut examination);
            examination.findings().len()
        };
        assert_eq!(found(&near), 1);
        assert_eq!(found(&probed("https://sso.example.org/", now() + 60.0 * DAY).build()), 0);
        assert_eq!(found(&probed("http://sso.example.org/", 0.0).build()), 0, "a target without TLS");
    }
}
