use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::cluster::CronJob;
use lamplighter_core::utc;
use lamplighter_core::words::{Finding, Severity};

use crate::lines::{object_ref, quoted};
use crate::schedule::longest_gap;
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `cron-jobs`: every cron job runs when it should, and succeeds.
///
/// Relies on `spec.schedule` and `spec.suspend`, and on `status.lastScheduleTime` and `status.lastSuccessfulTime`
/// (Kubernetes docs, `CronJob`; the latter since 1.21). It is overdue when it has not been started for longer than its
/// schedule ever rests, and it fails when it has not succeeded for twice as long; runs that are still there and failed
/// are for `jobs-failed`. A run that is under way may hold up the next one. Suspended cron jobs are what somebody
/// wanted.
#[derive(Debug, Clone, Copy)]
pub struct CronJobs;

/// What a start may be late, and what summer time may take or give.
const SLACK: SignedDuration = SignedDuration::from_mins(65);

impl Check for CronJobs {
    fn name(&self) -> &'static str {
        "cron-jobs"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let cron_jobs = view.optional(&view.state().cron_jobs, "cron jobs")?.iter();
        let running = running(view);
        let watched = cron_jobs.filter(|cron_job| view.is_watched(&cron_job.metadata));
        Ok(Outcome::over("cron jobs", watched, |cron_job| {
            let key = (cron_job.metadata.namespace(), cron_job.metadata.name.as_str());
            let is_idle = cron_job.spec.suspend != Some(true) && !running.contains(&key);
            is_idle.then(|| look(view, cron_job)).flatten()
        }))
    }
}

/// The cron jobs that have a run under way.
fn running<'a>(view: &ClusterView<'a>) -> HashSet<(&'a str, &'a str)> {
    let active = view.state().jobs.items().iter().filter(|job| job.status.active > 0);
    let owned = active.filter_map(|job| {
        let owner = job.metadata.controller().filter(|owner| owner.kind == "CronJob")?;
        Some((job.metadata.namespace(), owner.name.as_str()))
    });
    owned.collect()
}

fn look(view: &ClusterView<'_>, cron_job: &CronJob) -> Option<Observation> {
    let (meta, status) = (&cron_job.metadata, &cron_job.status);
    let Some(gap) = longest_gap(&cron_job.spec.schedule) else {
        return Some(Observation::warn(finding(view, cron_job, "has a schedule that cannot be read", None)));
    };
    let began = status.last_schedule_time.or(meta.creation_timestamp)?;
    // A pause in the schedule of minutes is no reason to wait for an hour more than ten of them.
    let late = gap + gap.saturating_mul(10).min(SLACK);
    if view.age(began) > late {
        let what = if status.last_schedule_time.is_some() { "is overdue" } else { "has never run" };
        return Some(Observation::fail(Severity::Sev3, finding(view, cron_job, what, Some(began))));
    }
    let succeeded = status.last_successful_time?;
    let is_failing = view.age(succeeded) > late + gap && status.last_schedule_time.is_some_and(|last| last > succeeded);
    let what = "runs and has not succeeded lately";
    is_failing.then(|| Observation::fail(Severity::Sev3, finding(view, cron_job, what, Some(succeeded))))
}

fn finding(view: &ClusterView<'_>, cron_job: &CronJob, what: &str, at: Option<Timestamp>) -> Finding {
    let (meta, status) = (&cron_job.metadata, &cron_job.status);
    let summary = format!("cron job {}/{} {what}", meta.namespace(), meta.name);
    let mut finding = view.finding(summary, object_ref("cronjob", meta), at);
    let zone = cron_job.spec.time_zone.as_deref().map(|zone| format!(" ({})", quoted(zone))).unwrap_or_default();
    finding.evidence.push(format!("schedule {}{zone}", quoted(&cron_job.spec.schedule)));
    let said = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), utc);
    finding.evidence.push(format!("last started: {}", said(status.last_schedule_time)));
    finding.evidence.extend(status.last_successful_time.map(|at| format!("last succeeded: {}", utc(at))));
    finding.evidence.extend(view.warnings_about("CronJob", meta.namespace(), &meta.name));
    finding
}
