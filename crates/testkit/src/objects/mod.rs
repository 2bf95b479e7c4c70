//! Builders of Kubernetes objects: terse to write, and as consistent as a real API server's.
//!
//! An object is healthy unless it is told otherwise. Names, UIDs and times are the same on every run; now is
//! [`FakeClock::START`], and everything has existed for a day.
//!
//! ```
//! use lamplighter_core::words::{WorkloadKind, WorkloadRef};
//! use lamplighter_testkit::objects::{cluster, deployment, node, service};
//!
//! let state = cluster()
//!     .node(node("n1"))
//!     .workload(deployment("apps", "wiki").replicas(2).pod(0, |pod| pod.crash_looping(12)))
//!     .service(service("apps", "wiki"))
//!     .build();
//! let wiki = state.workload(&WorkloadRef::new(WorkloadKind::Deployment, "apps", "wiki")).unwrap();
//! assert_eq!((wiki.desired, wiki.ready), (2, 1));
//! assert_eq!(state.endpoints.items()[0].ready(), 1);
//! ```

mod claim;
mod cluster;
mod event;
mod job;
mod node;
mod pod;
pub(crate) mod reconcile;
mod service;
pub(crate) mod workload;

pub use claim::{ClaimBuilder, claim};
pub use cluster::{ClusterBuilder, cluster};
pub use event::{EventBuilder, event};
pub use job::{JobBuilder, job};
pub use node::{NodeBuilder, node};
pub use pod::{PodBuilder, pod};
pub use service::{ServiceBuilder, service};
pub use workload::{WorkloadBuilder, daemon_set, deployment, stateful_set};

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::cluster::{Meta, Observed, Quantity};
use lamplighter_core::words::Digest;

use crate::fakes::FakeClock;

/// The label that says what an object belongs to.
pub(crate) const APP: &str = "app.kubernetes.io/name";

/// A time, so long ago.
fn ago(duration: SignedDuration) -> Timestamp {
    FakeClock::START - duration
}

/// Since when everything exists.
fn yesterday() -> Timestamp {
    ago(SignedDuration::from_hours(24))
}

fn meta(kind: &str, namespace: Option<&str>, name: &str) -> Meta {
    Meta {
        name: name.to_owned(),
        namespace: namespace.map(str::to_owned),
        uid: uid(&format!("{kind}/{}/{name}", namespace.unwrap_or_default())),
        creation_timestamp: Some(yesterday()),
        ..Meta::default()
    }
}

/// A UID in the form of those that an API server gives, always the same for the same seed.
pub(crate) fn uid(seed: &str) -> String {
    let digest = Digest::of(seed.as_bytes());
    let part = |range| digest.as_str().get(range).unwrap_or_default();
    format!("{}-{}-4{}-a{}-{}", part(0..8), part(8..12), part(13..16), part(17..20), part(20..32))
}

/// Letters and digits as in the names that controllers generate (`k8s.io/apimachinery/pkg/util/rand`).
pub(crate) fn suffix(seed: &str, length: usize) -> String {
    const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let digest = Digest::of(seed.as_bytes());
    let letters = digest.as_str().bytes().enumerate().map(|(index, byte)| {
        let place = (usize::from(byte) * 7 + index * 3) % ALPHABET.len();
        char::from(ALPHABET.get(place).copied().unwrap_or(b'x'))
    });
    letters.take(length).collect()
}

/// A quantity that a test has written down.
fn quantity(text: &str) -> Quantity {
    let parsed = text.parse();
    assert!(parsed.is_ok(), "{text:?} is not a Kubernetes quantity");
    parsed.unwrap_or_default()
}

/// The items of a kind that has been read.
pub(crate) fn items<T>(observed: &mut Observed<Vec<T>>) -> &mut [T] {
    match observed {
        Observed::Seen(items) => items,
        Observed::Unknown(_) | Observed::Absent(_) => &mut [],
    }
}

/// The items of a kind, which is read from then on.
pub(crate) fn list<T>(observed: &mut Observed<Vec<T>>) -> &mut Vec<T> {
    if let Observed::Unknown(_) = observed {
        *observed = Observed::Seen(Vec::new());
    }
    match observed {
        Observed::Seen(items) => items,
        Observed::Unknown(_) | Observed::Absent(_) => unreachable!("it was made a list above"),
    }
}
