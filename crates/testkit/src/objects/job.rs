use jiff::SignedDuration;
use lamplighter_core::cluster::{Job, JobCondition, JobSpec, JobStatus, OwnerReference};

use super::{ago, meta, uid};

/// Makes a [`Job`].
#[derive(Debug, Clone)]
#[must_use = "a builder makes nothing until it is built"]
pub struct JobBuilder(Job);

/// A job that was completed an hour ago.
pub fn job(namespace: &str, name: &str) -> JobBuilder {
    let done = ago(SignedDuration::from_hours(1));
    let status = JobStatus {
        succeeded: 1,
        start_time: Some(ago(SignedDuration::from_mins(65))),
        completion_time: Some(done),
        conditions: vec![condition("Complete", None)],
        ..JobStatus::default()
    };
    let spec = JobSpec { completions: Some(1), backoff_limit: Some(6), suspend: None };
    JobBuilder(Job { metadata: meta("job", Some(namespace), name), spec, status })
}

impl JobBuilder {
    /// The job.
    #[must_use]
    pub fn build(self) -> Job {
        self.0
    }

    /// Still running.
    pub fn running(mut self) -> Self {
        let start_time = self.0.status.start_time;
        self.0.status = JobStatus { active: 1, start_time, ..JobStatus::default() };
        self
    }

    /// Given up after this many failures.
    pub fn failed(mut self, failures: u32) -> Self {
        let start_time = self.0.status.start_time;
        let conditions = vec![condition("Failed", Some("BackoffLimitExceeded"))];
        self.0.status = JobStatus { failed: failures, start_time, conditions, ..JobStatus::default() };
        self
    }

    /// Started by this cron job.
    pub fn of_cron_job(mut self, name: &str) -> Self {
        self.0.metadata.owner_references = vec![OwnerReference {
            kind: "CronJob".to_owned(),
            name: name.to_owned(),
            uid: uid(&format!("cronjob/{}/{name}", self.0.metadata.namespace())),
            controller: Some(true),
        }];
        self
    }
}

impl From<JobBuilder> for Job {
    fn from(builder: JobBuilder) -> Self {
        builder.build()
    }
}

fn condition(r#type: &str, reason: Option<&str>) -> JobCondition {
    JobCondition {
        r#type: r#type.to_owned(),
        status: "True".to_owned(),
        reason: reason.map(str::to_owned),
        message: None,
        last_transition_time: Some(ago(SignedDuration::from_hours(1))),
    }
}
