use std::collections::HashMap;

use jiff::Timestamp;
use lamplighter_core::cluster::{Job, JobCondition};
use lamplighter_core::words::Severity;

use crate::lines::{object_ref, reason_line};
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `jobs-failed`: no job has given up.
///
/// Relies on the job condition `Failed` (`BackoffLimitExceeded`, `DeadlineExceeded`) and, where a recording
/// has no conditions, on `status.failed` without `status.active` and `status.succeeded` (Kubernetes docs, Jobs).
/// A failed run of a cron job does not count once a later run has succeeded. Failures of a job that is still
/// trying are a warning. Suspended jobs wait for somebody and are fine.
#[derive(Debug, Clone, Copy)]
pub struct JobsFailed;

impl Check for JobsFailed {
    fn name(&self) -> &'static str {
        "jobs-failed"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let jobs = view.state().jobs.as_result()?;
        let successes = last_successes(jobs);
        let mut outcome = Outcome::of("jobs");
        for job in jobs.iter().filter(|job| view.is_watched(&job.metadata)) {
            let made_up_for = cron_job(job)
                .and_then(|cron_job| successes.get(&cron_job))
                .is_some_and(|success| job.metadata.creation_timestamp.is_some_and(|created| created < *success));
            outcome.look(if made_up_for { None } else { look(view, job) });
        }
        Ok(outcome)
    }
}

/// When the last run of each cron job that succeeded was made.
fn last_successes(jobs: &[Job]) -> HashMap<(&str, &str), Timestamp> {
    let mut successes: HashMap<_, Timestamp> = HashMap::new();
    for job in jobs.iter().filter(|job| job.status.succeeded > 0 && failure(job).is_none()) {
        if let Some((cron_job, created)) = cron_job(job).zip(job.metadata.creation_timestamp) {
            successes.entry(cron_job).and_modify(|last| *last = created.max(*last)).or_insert(created);
        }
    }
    successes
}

fn cron_job(job: &Job) -> Option<(&str, &str)> {
    let owner = job.metadata.controller().filter(|owner| owner.kind == "CronJob")?;
    Some((job.metadata.namespace(), owner.name.as_str()))
}

fn failure(job: &Job) -> Option<&JobCondition> {
    job.status.conditions.iter().find(|condition| condition.r#type == "Failed" && condition.status == "True")
}

fn look(view: &ClusterView<'_>, job: &Job) -> Option<Observation> {
    let status = &job.status;
    let condition = failure(job);
    let gave_up = condition.is_some()
        || (status.conditions.is_empty() && status.failed > 0 && status.active == 0 && status.succeeded == 0);
    let is_trying = status.failed > 0 && status.active > 0;
    if (!gave_up && !is_trying) || job.spec.suspend == Some(true) {
        return None;
    }
    let meta = &job.metadata;
    let what = if gave_up { "has failed" } else { "has failures and tries again" };
    let summary = format!("job {}/{} {what}", meta.namespace(), meta.name);
    let at = condition.and_then(|condition| condition.last_transition_time).or(status.start_time);
    let mut finding = view.finding(summary, object_ref("job", meta), at);
    finding
        .evidence
        .push(format!("failed {}, succeeded {}, active {}", status.failed, status.succeeded, status.active));
    finding.evidence.extend(condition.and_then(|it| reason_line(it.reason.as_deref(), it.message.as_deref())));
    finding.evidence.extend(cron_job(job).map(|(_, name)| format!("a run of cron job {name}")));
    finding.evidence.extend(view.warnings_about("Job", meta.namespace(), &meta.name));
    Some(Observation::fail(Severity::Sev3, finding).softened_if(!gave_up))
}
