use std::sync::{Arc, Mutex};

use lamplighter_core::ports::StopSwitch;
use lamplighter_core::{Result, async_trait};

use super::{Calls, locked};

/// A stop switch in memory; off until the test throws it.
#[derive(Clone, Default)]
pub struct FakeStopSwitch(Arc<Inner>);

#[derive(Default)]
struct Inner {
    reason: Mutex<Option<String>>,
    calls: Calls,
}

impl FakeStopSwitch {
    /// A switch that is off.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops everything.
    pub fn stop(&self, reason: &str) {
        *locked(&self.0.reason) = Some(reason.to_owned());
    }

    /// Lets everything go on.
    pub fn resume(&self) {
        *locked(&self.0.reason) = None;
    }

    /// What it was asked, and what it is to fail at.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }
}

#[async_trait]
impl StopSwitch for FakeStopSwitch {
    async fn stopped(&self) -> Result<Option<String>> {
        self.0.calls.begin("stopped", "")?;
        Ok(locked(&self.0.reason).clone())
    }
}
