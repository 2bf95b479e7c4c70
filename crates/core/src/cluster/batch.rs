#![expect(missing_docs, reason = "fields mirror the Kubernetes API fields of the same name")]

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Meta, Named};

/// `batchv1.Job`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Job {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(deserialize_with = "super::nullable")]
    pub spec: JobSpec,
    #[serde(deserialize_with = "super::nullable")]
    pub status: JobStatus,
}

/// `batchv1.JobSpec`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct JobSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completions: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backoff_limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspend: Option<bool>,
}

/// `batchv1.JobStatus`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct JobStatus {
    #[serde(deserialize_with = "super::nullable")]
    pub active: u32,
    #[serde(deserialize_with = "super::nullable")]
    pub succeeded: u32,
    #[serde(deserialize_with = "super::nullable")]
    pub failed: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_time: Option<Timestamp>,
    #[serde(deserialize_with = "super::nullable", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<JobCondition>,
}

/// `batchv1.JobCondition`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct JobCondition {
    #[serde(deserialize_with = "super::nullable")]
    pub r#type: String,
    #[serde(deserialize_with = "super::nullable")]
    pub status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_transition_time: Option<Timestamp>,
}

impl Named for Job {
    fn meta(&self) -> &Meta {
        &self.metadata
    }
}
