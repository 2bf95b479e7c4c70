//! Time, injected: nothing in an agent asks the machine what time it is.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

/// A time as people are told it, to the second: `2026-03-01 14:05:09 UTC`.
#[must_use]
pub fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// Where the time comes from. All times are UTC.
///
/// The real one lives in the `lamplighter` crate; tests use the testkit's, which moves only when told.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Returns after `duration`. Dropping the future ends the wait; nothing else is left behind.
    async fn sleep(&self, duration: Duration);

    /// Returns after `duration`, as the limit of work that goes on beside it. The same as
    /// [`sleep`](Clock::sleep), except for a simulated clock that moves when somebody waits: work that is busy
    /// is not waiting.
    async fn expire(&self, duration: Duration) {
        self.sleep(duration).await;
    }
}
