//! Fakes of the ports: in memory, honest to the contracts, told by the test what to say.
//!
//! Every fake is cheap to clone and its clones are one and the same, so a test hands one to an agent and
//! keeps another. What was asked of it stands in its [`Calls`], and that is where failures are ordered too.

mod archive;
mod audit;
mod calls;
mod clock;
mod cluster;
mod declarations;
mod heartbeats;
mod inbox;
mod issues;
mod journal;
mod logs;
mod metrics;
mod model;
mod monitors;
mod notifier;
mod publisher;
mod repository;
mod secrets;
mod stacks;
mod stop;
mod uptime;

pub use archive::FakeArchive;
pub use audit::FakeAuditLog;
pub use calls::Calls;
pub use clock::FakeClock;
pub use cluster::{ExecutedChange, FakeCluster};
pub use heartbeats::FakeHeartbeats;
pub use inbox::FakeInbox;
pub use issues::FakeIssues;
pub use journal::FakeJournal;
pub use logs::FakeLogs;
pub use metrics::FakeMetrics;
pub use model::FakeModel;
pub use monitors::FakeMonitors;
pub use notifier::FakeNotifier;
pub use publisher::FakePublisher;
pub use repository::{FakeRepository, RemoteCommit};
pub use secrets::FakeSecrets;
pub use stacks::FakeStacks;
pub use stop::FakeStopSwitch;
pub use uptime::FakeUptimeHistory;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The contents of a lock. A test that panicked while it held one has failed already.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
