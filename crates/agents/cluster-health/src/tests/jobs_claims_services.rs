use lamplighter_core::words::Severity;
use serde_json::{Value, json};

use super::cluster::{
    JUST_NOW, MINUTES_AGO, NOW, YESTERDAY, claim, cluster, deployment, endpoints, event, job, pod, pod_with_claim,
    pod_with_container, service, with,
};
use super::{evidence, fails, passes, warns};

#[test]
fn a_claim_needs_its_volume() {
    let claims = |phase: &str| cluster(&[("claims", vec![claim(phase)]), ("pods", vec![pod_with_claim()])]);
    passes("claims-bound", &claims("Bound"));
    fails("claims-bound", &claims("Lost"), Severity::Sev1);
    fails("claims-bound", &claims("Pending"), Severity::Sev2);
    warns("claims-bound", &claims(""));
    warns("claims-bound", &claims("Elsewhere"));
}

#[test]
fn a_pending_claim_that_no_pod_mounts_waits_for_its_first_consumer() {
    warns("claims-bound", &cluster(&[("claims", vec![claim("Pending")]), ("pods", vec![pod()])]));
    let mut blind = cluster(&[("claims", vec![claim("Pending")])]);
    blind.pods = lamplighter_core::cluster::Observed::default();
    fails("claims-bound", &blind, Severity::Sev2);
    let new = with(claim("Pending"), json!({ "metadata": { "creationTimestamp": JUST_NOW } }));
    passes("claims-bound", &cluster(&[("claims", vec![new])]));
}

fn failed() -> Value {
    json!({ "failed": 3, "conditions": [{ "type": "Failed", "status": "True", "reason": "BackoffLimitExceeded",
        "message": "Job has reached the specified backoff limit", "lastTransitionTime": MINUTES_AGO }] })
}

#[test]
fn a_job_that_gave_up_is_sev3() {
    let jobs = |status| cluster(&[("jobs", vec![job(&status)])]);
    let result = fails("jobs-failed", &jobs(failed()), Severity::Sev3);
    assert!(evidence(&result).contains("BackoffLimitExceeded"), "{result:#?}");
    // A recording without conditions.
    fails("jobs-failed", &jobs(json!({ "failed": 1 })), Severity::Sev3);
    warns("jobs-failed", &jobs(json!({ "failed": 1, "active": 1 })));
    passes("jobs-failed", &jobs(json!({ "active": 1 })));
    passes(
        "jobs-failed",
        &jobs(json!({ "failed": 2, "succeeded": 1,
        "conditions": [{ "type": "Complete", "status": "True" }] })),
    );
    passes("jobs-failed", &cluster(&[("jobs", vec![with(job(&failed()), json!({ "spec": { "suspend": true } }))])]));
}

#[test]
fn a_later_success_of_the_cron_job_makes_up_for_a_failure() {
    let success = |at: &str| {
        with(job(&json!({ "succeeded": 1 })), json!({ "metadata": { "name": "backup-2", "creationTimestamp": at } }))
    };
    passes("jobs-failed", &cluster(&[("jobs", vec![job(&failed()), success(NOW)])]));
    fails("jobs-failed", &cluster(&[("jobs", vec![job(&failed()), success(YESTERDAY)])]), Severity::Sev3);
}

#[test]
fn warnings_of_late_are_grouped_by_object_and_reason() {
    let again =
        with(event("Pod", "wiki-0", "Unhealthy", "HTTP 503"), json!({ "lastTimestamp": JUST_NOW, "count": null }));
    let other = event("Pod", "wiki-0", "FailedMount", "no claim");
    let old = with(event("Pod", "wiki-1", "Unhealthy", "long ago"), json!({ "lastTimestamp": YESTERDAY }));
    let normal = with(event("Pod", "wiki-2", "Pulled", "fine"), json!({ "type": "Normal" }));
    let first = event("Pod", "wiki-0", "Unhealthy", "HTTP 502");
    let result = warns("events-warning", &cluster(&[("events", vec![first, again, other, old, normal])]));
    let summaries: Vec<_> = result.findings.iter().map(|finding| finding.summary.as_str()).collect();
    assert_eq!(summaries, ["pod apps/wiki-0: FailedMount, 3 times", "pod apps/wiki-0: Unhealthy, 4 times"]);
    assert_eq!(result.findings[1].evidence, ["HTTP 503", "first at 2026-03-01 11:50:00 UTC"]);
    passes("events-warning", &cluster(&[]));
}

#[test]
fn a_service_needs_a_ready_pod_behind_it() {
    let services = |lists: &[(&str, Vec<Value>)]| {
        let mut lists = lists.to_vec();
        lists.push(("services", vec![service()]));
        cluster(&lists)
    };
    let unready = || vec![pod_with_container(json!({}))];
    passes("services-without-endpoints", &services(&[("endpoints", vec![endpoints(1)])]));
    let none_ready = services(&[("endpoints", vec![endpoints(0)]), ("pods", unready())]);
    let result = fails("services-without-endpoints", &none_ready, Severity::Sev2);
    assert!(evidence(&result).contains("it selects 1 pods, of which 0 are ready"), "{result:#?}");
    fails("services-without-endpoints", &services(&[("pods", unready())]), Severity::Sev2);
    // The selector has a slip of the pen: a workload of this name is there, but not selected.
    let labels = json!({ "spec": { "template": { "metadata": { "labels": { "app": "wikii" } } } } });
    let mistyped =
        services(&[("deployments", vec![with(deployment(1, 1), labels)]), ("endpoints", vec![endpoints(0)])]);
    fails("services-without-endpoints", &mistyped, Severity::Sev2);
    // Left over, and switched off.
    warns("services-without-endpoints", &services(&[("endpoints", vec![endpoints(0)])]));
    warns("services-without-endpoints", &services(&[("deployments", vec![deployment(0, 0)])]));
}

#[test]
fn services_that_somebody_else_keeps_pass() {
    for spec in [json!({ "selector": null }), json!({ "type": "ExternalName", "externalName": "example.org" })] {
        let service = with(service(), json!({ "spec": spec }));
        passes("services-without-endpoints", &cluster(&[("services", vec![service])]));
    }
}
