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

    /// When it was first seen as a line of evidence, where it was seen again later.
    #[must_use]
    pub fn since(&self) -> Option<String> {
        let first = self.first_seen().filter(|first| self.last_seen().is_some_and(|last| *first < last))?;
        Some(format!("first at {}", crate::utc(first)))
    }

    /// Whether it is a warning.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        self.r#type == "Warning"
    }

    /// Whether it tells that a controller took the last pods of a workload away: `Scaled down replica set
    /// wiki-5d4 to 0`, with ` from 2` since Kubernetes 1.26 (deployment controller), and `delete Pod wiki-0
    /// in StatefulSet wiki successful` (stateful set controller; also said of a pod that is replaced).
    #[must_use]
    pub fn is_scale_to_zero(&self) -> bool {
        let message = self.message.as_str();
        let scaled = self.reason == "ScalingReplicaSet" && message.starts_with("Scaled down");
        let to_zero = message.ends_with(" to 0") || message.contains(" to 0 from ");
        (scaled && to_zero) || (self.reason == "SuccessfulDelete" && message.contains("StatefulSet"))
    }
}
