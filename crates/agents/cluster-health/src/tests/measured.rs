//! The checks on what was measured.

use jiff::SignedDuration;
use lamplighter_core::cluster::Observed;
use lamplighter_core::diagnosis::{Signal, Subject};
use lamplighter_core::words::{CheckStatus, Severity};
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::scene::{SceneBuilder, scene_of};
use serde_json::json;

use super::cluster::YESTERDAY;
use super::{Seen, cannot_say, evidence, fails, is_absent, passes, result_of, warns};
use crate::{ClusterHealth, HealthSettings};

const MEASURED: [(&str, Signal); 6] = [
    ("volumes-nearly-full", Signal::VolumeUsed),
    ("backups-fresh", Signal::BackupSucceeded),
    ("dns-answers", Signal::DnsAnswers),
    ("error-rate", Signal::SuccessRatio),
    ("certificates", Signal::CertificateEnds),
    ("secret-stores-sealed", Signal::SecretStoreSealed),
];

fn target(name: &str) -> Subject {
    Subject::Target(name.to_owned())
}

/// A scene with one series of each of these.
fn measured(signal: Signal, series: Vec<(Subject, f64)>) -> impl Seen {
    move || {
        let scene = scene_of([]);
        series.iter().fold(scene, |scene, (subject, value)| scene.series(signal, subject.clone(), &[], &[*value]))
    }
}

#[expect(clippy::cast_precision_loss, reason = "times of our days fit")]
fn hours_from_now(hours: i64) -> f64 {
    (FakeClock::START + SignedDuration::from_hours(hours)).as_second() as f64
}

#[test]
fn without_metrics_nothing_is_known_and_nothing_passes() {
    for (check, signal) in MEASURED {
        let unread = is_absent(check, &super::cluster::cluster(&[]));
        assert!(unread.summary.contains("metrics are not there: was not read"), "{unread:#?}");
        let none = is_absent(check, &|| scene_of([]));
        assert!(none.summary.contains(signal.queries()[0]), "{none:#?}");
        let no_number = |signal| move || scene_of([]).series(signal, target("a"), &[], &[f64::NAN]);
        is_absent(check, &no_number(signal));

        let failed = ClusterHealth::default()
            .scan(&scene_of([]).build().with_signals(Observed::Unknown("connection refused".to_owned())));
        let failed = failed.checks.into_iter().find(|result| result.check == check).unwrap();
        assert!(failed.counts() && failed.status == CheckStatus::Unknown, "{failed:#?}");
        assert!(failed.summary.contains("connection refused"), "{failed:#?}");
    }
}

#[test]
fn a_measurement_of_long_ago_says_nothing() {
    for (check, signal) in MEASURED {
        let old = move || {
            let mut taken_later = scene_of([]).series(signal, target("a"), &[], &[1.0]);
            taken_later = taken_later.change(|state| state.taken_at += SignedDuration::from_hours(2));
            taken_later
        };
        cannot_say(check, &old);
    }
}

#[test]
fn a_certificate_is_renewed_in_time() {
    let certificate = |hours: i64| measured(Signal::CertificateEnds, vec![(target("shop-tls"), hours_from_now(hours))]);
    passes("certificates", &certificate(15 * 24));
    warns("certificates", &certificate(13 * 24));
    warns("certificates", &certificate(48));
    let soon = fails("certificates", &certificate(47), Severity::Sev2);
    assert!(soon.summary.contains("ends in 47 hours"), "{soon:#?}");
    let over = fails("certificates", &certificate(-1), Severity::Sev2);
    assert!(over.summary.contains("certificate shop-tls: its certificate has ended"), "{over:#?}");
    assert!(evidence(&over).contains("2026-03-01 11:00:00 UTC"), "{over:#?}");
}

#[test]
fn of_two_probes_of_a_certificate_the_worse_counts() {
    let series = [(target("shop-tls"), hours_from_now(1000)), (target("shop-tls"), hours_from_now(1))];
    fails("certificates", &measured(Signal::CertificateEnds, series.into()), Severity::Sev2);
}

#[test]
fn a_volume_fails_before_it_is_full() {
    let claim = || Subject::Claim { namespace: "apps".to_owned(), name: "data".to_owned() };
    let volume = |used| measured(Signal::VolumeUsed, vec![(claim(), used)]);
    passes("volumes-nearly-full", &volume(0.84));
    warns("volumes-nearly-full", &volume(0.85));
    let full = fails("volumes-nearly-full", &volume(0.9599), Severity::Sev2);
    assert!(full.summary.contains("persistentvolumeclaim apps/data is 95.9 % full"), "{full:#?}");
}

#[test]
fn an_app_that_is_gone_is_not_looked_at() {
    let scene = || {
        let gone = |values: &[f64]| scene_of([]).series(Signal::VolumeUsed, target("gone"), &[], values);
        // One sample each 15 seconds: the first series ends long before the second.
        gone(&[1.0]).change(|state| state.taken_at += SignedDuration::from_mins(20)).series(
            Signal::VolumeUsed,
            target("here"),
            &[],
            &[0.1],
        )
    };
    passes("volumes-nearly-full", &scene);
}

#[test]
fn a_sealed_secret_store_is_critical_unless_another_is_open() {
    let stores = |values: &[(&str, f64)]| {
        let series: Vec<_> = values.iter().map(|(name, value)| (target(name), *value)).collect();
        measured(Signal::SecretStoreSealed, series)
    };
    passes("secret-stores-sealed", &stores(&[("a", 0.0)]));
    fails("secret-stores-sealed", &stores(&[("a", 1.0), ("b", 1.0)]), Severity::Sev1);
    fails("secret-stores-sealed", &stores(&[("a", 1.0), ("b", 0.0)]), Severity::Sev2);
}

#[test]
fn a_backup_may_be_a_day_old() {
    let backup = |hours: i64| measured(Signal::BackupSucceeded, vec![(target("nightly"), hours_from_now(-hours))]);
    passes("backups-fresh", &backup(26));
    let old = warns("backups-fresh", &backup(27));
    assert!(old.summary.contains("for 27 hours"), "{old:#?}");
    fails("backups-fresh", &backup(79), Severity::Sev2);
    let never = measured(Signal::BackupSucceeded, vec![(target("nightly"), 0.0)]);
    assert!(fails("backups-fresh", &never, Severity::Sev2).summary.contains("never"));
    let weekly = ClusterHealth::new(HealthSettings { backup_hours: 8 * 24, ..HealthSettings::default() });
    let report = weekly.scan(&backup(100).scene());
    assert!(report.checks.iter().any(|result| result.check == "backups-fresh" && result.status == CheckStatus::Pass));
}

fn requests(success: &[f64], rate: Option<f64>) -> SceneBuilder {
    let scene = scene_of([]).app_series(Signal::SuccessRatio, "apps", "shop", success);
    match rate {
        Some(rate) => scene.app_series(Signal::RequestRate, "apps", "shop", &[rate]),
        None => scene,
    }
}

#[test]
fn requests_that_fail_are_counted_over_five_minutes() {
    passes("error-rate", &|| requests(&[0.995], None));
    let some = warns("error-rate", &|| requests(&[0.98], None));
    assert!(some.summary.contains("service apps/shop answers only 98.0 %"), "{some:#?}");
    fails("error-rate", &|| requests(&[0.9], Some(5.0)), Severity::Sev2);
    // One bad sample among twenty is 99.5 %.
    let mut blip = [1.0; 20];
    blip[19] = 0.9;
    passes("error-rate", &|| requests(&blip, None));
    let few = warns("error-rate", &|| requests(&[0.5], Some(0.01)));
    assert!(evidence(&few).contains("of about 3 requests"), "{few:#?}");
    // It was bad and is good again.
    let mut over = [0.0; 60];
    over[30..].fill(1.0);
    passes("error-rate", &|| requests(&over, None));
}

#[test]
fn ignored_namespaces_are_not_measured() {
    let settings = HealthSettings { ignored_namespaces: vec!["apps".to_owned()], ..HealthSettings::default() };
    let report = ClusterHealth::new(settings).scan(&requests(&[0.1], None).build());
    let result = report.checks.into_iter().find(|result| result.check == "error-rate").unwrap();
    assert_eq!(result.status, CheckStatus::Pass, "{result:#?}");
}

fn dns(ready: bool) -> SceneBuilder {
    let meta = |labels| {
        json!({ "name": "resolver", "namespace": "system", "labels": labels,
        "creationTimestamp": YESTERDAY })
    };
    let addresses = if ready { json!([{ "ip": "10.42.0.9" }]) } else { json!([]) };
    scene_of([
        json!({ "kind": "Service", "metadata": meta(json!({ "k8s-app": "kube-dns" })),
            "spec": { "selector": { "app": "resolver" } } }),
        json!({ "kind": "Endpoints", "metadata": meta(json!({})), "subsets": [{ "addresses": addresses }] }),
    ])
}

#[test]
fn dns_is_judged_by_its_endpoints_and_by_its_answers() {
    passes("dns-answers", &|| dns(true));
    fails("dns-answers", &|| dns(false), Severity::Sev1);
    let answers = |values: &'static [f64]| {
        move || {
            let servers = (0..).zip(values);
            servers.fold(dns(true), |scene, (n, value)| {
                scene.series(Signal::DnsAnswers, target(&format!("dns-{n}")), &[], &[*value])
            })
        }
    };
    passes("dns-answers", &answers(&[1.0, 1.0]));
    fails("dns-answers", &answers(&[0.0, 1.0]), Severity::Sev2);
    fails("dns-answers", &answers(&[0.0, 0.0]), Severity::Sev1);
    let alone = measured(Signal::DnsAnswers, vec![(target("dns-0"), 0.0)]);
    fails("dns-answers", &alone, Severity::Sev1);
}

#[test]
fn signals_and_cluster_are_told_apart_by_their_source() {
    let result = result_of("error-rate", &|| requests(&[0.9], None));
    assert_eq!(result.findings[0].source.as_str(), "metrics");
}
