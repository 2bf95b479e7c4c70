use lamplighter_core::words::Severity;
use serde_json::{Value, json};

use super::cluster::{MINUTES_AGO, YESTERDAY, cluster, job, with};
use super::{evidence, fails, passes, warns};

/// Hourly, started and done at noon.
fn cron_job(patch: Value) -> Value {
    let healthy = json!({
        "metadata": { "name": "backup", "namespace": "apps", "creationTimestamp": YESTERDAY },
        "spec": { "schedule": "0 * * * *" },
        "status": { "lastScheduleTime": "2026-03-01T12:00:00Z", "lastSuccessfulTime": "2026-03-01T11:01:00Z" },
    });
    with(healthy, patch)
}

fn cron_jobs(patch: Value) -> lamplighter_core::cluster::ClusterState {
    cluster(&[("cron_jobs", vec![cron_job(patch)])])
}

#[test]
fn a_cron_job_that_runs_when_it_should_passes() {
    passes("cron-jobs", &cron_jobs(json!({})));
    // At 12:00 the run of 11:00 is the last one that could have been seen; a controller may be slow.
    passes("cron-jobs", &cron_jobs(json!({ "status": { "lastScheduleTime": "2026-03-01T10:00:00Z" } })));
    // Made yesterday for once a month.
    let monthly = json!({ "spec": { "schedule": "@monthly" }, "status": null });
    passes("cron-jobs", &cron_jobs(monthly));
}

#[test]
fn a_cron_job_that_is_not_started_any_more_fails() {
    let late = json!({ "status": { "lastScheduleTime": "2026-03-01T09:00:00Z" } });
    let result = fails("cron-jobs", &cron_jobs(late.clone()), Severity::Sev3);
    assert!(evidence(&result).contains("last started: 2026-03-01 09:00:00 UTC"), "{result:#?}");
    let never = fails("cron-jobs", &cron_jobs(json!({ "status": null })), Severity::Sev3);
    assert!(never.summary.contains("has never run"), "{never:#?}");
    // Somebody wanted it.
    passes("cron-jobs", &cron_jobs(with(late.clone(), json!({ "spec": { "suspend": true } }))));
    // A long run holds up the next.
    let held_up = cluster(&[("cron_jobs", vec![cron_job(late)]), ("jobs", vec![job(&json!({ "active": 1 }))])]);
    passes("cron-jobs", &held_up);
}

#[test]
fn a_cron_job_for_minutes_is_overdue_after_some_of_them() {
    let each_minute =
        |last: &str| json!({ "spec": { "schedule": "* * * * *" }, "status": { "lastScheduleTime": last } });
    fails("cron-jobs", &cron_jobs(each_minute("2026-03-01T11:45:00Z")), Severity::Sev3);
    passes(
        "cron-jobs",
        &cron_jobs(with(each_minute(MINUTES_AGO), json!({ "status": { "lastSuccessfulTime": null } }))),
    );
}

#[test]
fn a_cron_job_that_never_succeeds_fails_though_its_runs_are_gone() {
    let failing = json!({ "status": { "lastSuccessfulTime": "2026-03-01T08:00:00Z" } });
    let result = fails("cron-jobs", &cron_jobs(failing), Severity::Sev3);
    assert_eq!(result.findings[0].at.to_string(), "2026-03-01T08:00:00Z");
    // Servers before 1.21 do not say.
    passes("cron-jobs", &cron_jobs(json!({ "status": { "lastSuccessfulTime": null } })));
}

#[test]
fn a_schedule_that_cannot_be_read_is_said() {
    let result = warns("cron-jobs", &cron_jobs(json!({ "spec": { "schedule": "every so often" } })));
    assert!(evidence(&result).contains("every so often"), "{result:#?}");
}
