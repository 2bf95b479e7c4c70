use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use lamplighter_core::ports::{MonitorState, MonitorStatus, MonitorWriter, Monitors};
use lamplighter_core::words::{MonitorAddition, Source};
use lamplighter_core::{Approved, Clock, Error, ErrorKind, Result, async_trait};

use super::{Calls, FakeClock, locked};

/// Monitors that say what the test wants, under the source `HTTP probe`.
#[derive(Clone)]
pub struct FakeMonitors(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    monitors: Mutex<BTreeMap<String, (MonitorState, String)>>,
    additions: Mutex<Vec<MonitorAddition>>,
    calls: Calls,
}

impl FakeMonitors {
    /// No monitors, where it is always [`FakeClock::START`].
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(Arc::new(FakeClock::new()))
    }

    /// The same with this clock.
    #[must_use]
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner {
            clock,
            monitors: Mutex::default(),
            additions: Mutex::default(),
            calls: Calls::default(),
        }))
    }

    /// The same with a monitor that is up.
    #[must_use]
    pub fn up(self, name: &str) -> Self {
        self.set(name, MonitorState::Up, "HTTP 200");
        self
    }

    /// The same with a monitor that is down.
    #[must_use]
    pub fn down(self, name: &str, detail: &str) -> Self {
        self.set(name, MonitorState::Down, detail);
        self
    }

    /// What a monitor says from now on.
    pub fn set(&self, name: &str, state: MonitorState, detail: &str) {
        locked(&self.0.monitors).insert(name.to_owned(), (state, detail.to_owned()));
    }

    /// The monitors that were added, in their order.
    #[must_use]
    pub fn added(&self) -> Vec<MonitorAddition> {
        locked(&self.0.additions).clone()
    }

    /// What it was asked, and what it is to fail at.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }
}

impl Default for FakeMonitors {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Monitors for FakeMonitors {
    async fn statuses(&self) -> Result<Vec<MonitorStatus>> {
        self.0.calls.begin("statuses", "")?;
        let at = self.0.clock.now();
        let status = |(name, (state, detail)): (&String, &(MonitorState, String))| MonitorStatus {
            name: name.clone(),
            state: *state,
            at,
            detail: detail.clone(),
        };
        Ok(locked(&self.0.monitors).iter().map(status).collect())
    }

    fn source(&self) -> Source {
        Source::new("HTTP probe")
    }
}

#[async_trait]
impl MonitorWriter for FakeMonitors {
    /// A monitor that was added is pending until the test says otherwise. What it watches is an address for the web or
    /// a port (`http`, `https`, `tcp`).
    async fn add(&self, addition: Approved<MonitorAddition>) -> Result<()> {
        let addition = addition.into_change();
        self.0.calls.begin("add", format_args!("{} {}", addition.name, addition.url))?;
        if !["http://", "https://", "tcp://"].iter().any(|scheme| addition.url.starts_with(scheme)) {
            return Err(Error::invalid("this cannot be watched"));
        }
        {
            let mut additions = locked(&self.0.additions);
            let mut monitors = locked(&self.0.monitors);
            if !additions.iter().any(|there| there.is(&addition.name, &addition.url)) {
                if monitors.contains_key(&addition.name) {
                    let message = format!("the monitor {:?} watches something else", addition.name);
                    return Err(Error::new(ErrorKind::Conflict, message));
                }
                monitors.insert(addition.name.clone(), (MonitorState::Pending, "not looked yet".to_owned()));
                additions.push(addition);
            }
        }
        self.0.calls.end("add")
    }

    async fn has(&self, addition: &MonitorAddition) -> Result<bool> {
        self.0.calls.begin("has", format_args!("{} {}", addition.name, addition.url))?;
        Ok(locked(&self.0.additions).iter().any(|there| there.is(&addition.name, &addition.url)))
    }
}
