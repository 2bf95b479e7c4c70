use jiff::{SignedDuration, Timestamp};
use lamplighter_core::cluster::{Event, ObjectReference};
use lamplighter_core::words::ObjectRef;

use super::{ago, meta, suffix};

/// Makes an [`Event`].
#[derive(Debug, Clone)]
#[must_use = "a builder makes nothing until it is built"]
pub struct EventBuilder(Event);

/// A warning about an object, seen once, ten minutes ago.
///
/// ```
/// use lamplighter_core::words::ObjectRef;
/// use lamplighter_testkit::objects::event;
///
/// let event = event(&ObjectRef::pod("apps", "wiki-0"), "BackOff", "Back-off restarting failed container").build();
/// assert_eq!((event.involved_object.kind.as_str(), event.is_warning()), ("Pod", true));
/// ```
pub fn event(about: &ObjectRef, reason: &str, message: &str) -> EventBuilder {
    let namespace = about.namespace.as_deref().unwrap_or("default");
    let name = format!("{}.{}", about.name, suffix(&format!("{about}{reason}{message}"), 16));
    let at = ago(SignedDuration::from_mins(10));
    let involved_object = ObjectReference {
        kind: api_kind(&about.kind),
        namespace: about.namespace.clone(),
        name: about.name.clone(),
        ..ObjectReference::default()
    };
    EventBuilder(Event {
        metadata: meta("event", Some(namespace), &name),
        involved_object,
        reason: reason.to_owned(),
        message: message.to_owned(),
        r#type: "Warning".to_owned(),
        count: Some(1),
        first_timestamp: Some(at),
        last_timestamp: Some(at),
        event_time: None,
    })
}

impl EventBuilder {
    /// The event.
    #[must_use]
    pub fn build(self) -> Event {
        self.0
    }

    /// Not a warning.
    pub fn normal(mut self) -> Self {
        "Normal".clone_into(&mut self.0.r#type);
        self
    }

    /// Seen at this time (UTC).
    pub fn at(mut self, at: Timestamp) -> Self {
        self.0.first_timestamp = Some(at);
        self.0.last_timestamp = Some(at);
        self
    }

    /// Seen so often, for the first time at this time (UTC).
    pub fn seen(mut self, times: u32, since: Timestamp) -> Self {
        self.0.count = Some(times);
        self.0.first_timestamp = Some(since);
        self
    }
}

impl From<EventBuilder> for Event {
    fn from(builder: EventBuilder) -> Self {
        builder.build()
    }
}

fn api_kind(kind: &str) -> String {
    match kind {
        "pod" => "Pod",
        "node" => "Node",
        "deployment" => "Deployment",
        "replicaset" => "ReplicaSet",
        "statefulset" => "StatefulSet",
        "daemonset" => "DaemonSet",
        "job" => "Job",
        "service" => "Service",
        "persistentvolumeclaim" => "PersistentVolumeClaim",
        other => other,
    }
    .to_owned()
}
