#![expect(missing_docs, reason = "fields mirror the Kubernetes API fields of the same name")]

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Meta, Named, ObjectReference};

/// `corev1.Event`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Event {
    #[serde(deserialize_with = "super::nullable")]
    pub metadata: Meta,
    #[serde(deserialize_with = "super::nullable")]
    pub involved_object: ObjectReference,
    #[serde(deserialize_with = "super::nullable")]
    pub reason: String,
    #[serde(deserialize_with = "super::nullable")]
    pub message: String,
    #[serde(deserialize_with = "super::nullable")]
    pub r#type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_timestamp: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_timestamp: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_time: Option<Timestamp>,
}

impl Named for Event {
    fn meta(&self) -> &Meta {
        &self.metadata
    }
}

impl Event {
    /// When it was last seen (UTC). Events of the newer API have `eventTime` alone.
    #[must_use]
    pub fn last_seen(&self) -> Option<Timestamp> {
        self.last_timestamp.or(self.event_time).or(self.first_timestamp).or(self.metadata.creation_timestamp)
    }

    /// When it was first seen (UTC).
    #[must_use]
    pub fn first_seen(&self) -> Option<Timestamp> {
        self.first_timestamp.or(self.event_time).or_else(|| self.last_seen())
    }

    /// Whether it is a warning.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        self.r#type == "Warning"
    }
}
