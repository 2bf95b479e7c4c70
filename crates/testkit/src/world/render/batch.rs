use serde_json::{Value, json};

use super::super::cluster::Job;
use super::super::spec::JobOutcome;
use super::time;

pub(super) fn job(job: &Job) -> Value {
    let status = match job.outcome {
        JobOutcome::Completed => json!({
            "startTime": time(job.started_at),
            "completionTime": time(job.ended_at),
            "succeeded": 1,
            "conditions": [condition(job, "Complete", "CompletionsReached", "Reached expected number of succeeded pods")],
        }),
        JobOutcome::Failed => json!({
            "startTime": time(job.started_at),
            "failed": 1,
            "conditions": [
                condition(job, "Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit"),
            ],
        }),
    };
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": job.key.name,
            "namespace": job.key.namespace,
            "uid": job.uid,
            "creationTimestamp": time(job.started_at),
            "generation": 1,
            "labels": { "batch.kubernetes.io/job-name": job.key.name },
        },
        "spec": {
            "selector": { "matchLabels": { "batch.kubernetes.io/job-name": job.key.name } },
            "completions": 1, "parallelism": 1, "backoffLimit": 0, "suspend": false },
        "status": status,
    })
}

fn condition(job: &Job, kind: &str, reason: &str, message: &str) -> Value {
    json!({
        "type": kind,
        "status": "True",
        "reason": reason,
        "message": message,
        "lastProbeTime": time(job.ended_at),
        "lastTransitionTime": time(job.ended_at),
    })
}
