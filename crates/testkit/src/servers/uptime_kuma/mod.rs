//! Uptime Kuma, played.

mod metrics;
mod pages;
mod serve;
mod socket;
mod state;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use lamplighter_core::ports::MonitorState;
use serde_json::Value;

use self::serve::Listening;
use self::state::State;

/// Which Uptime Kuma is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UptimeKumaVersion {
    /// 1.23.
    V1,
    /// 2.0.
    V2,
}

/// A played Uptime Kuma on the loopback interface: `/metrics`, status pages, and the socket.
///
/// It is in no package registry, so this is written after its sources (`server/server.js`, `server/auth.js`,
/// `server/prometheus.js`, `server/routers/status-page-router.js`) and is as strict: a wrong key is 401, events before
/// the connection is accepted are lost, events before the login are refused, a monitor with a field that the version
/// has no column for is refused. Where its sources differ between 1 and 2, so does this.
///
/// Monitors look when the test says so, and then at [`FakeClock::START`](crate::fakes::FakeClock::START), or the time that
/// its clock was set to, and a second later each time.
#[derive(Debug)]
pub struct UptimeKuma {
    state: Arc<Shared>,
    listening: Listening,
}

type Shared = Mutex<State>;

fn locked(shared: &Shared) -> MutexGuard<'_, State> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl UptimeKuma {
    /// The API key that its metrics take.
    pub const API_KEY: &'static str = "uk1_played";
    /// The user and the password of its one account.
    pub const LOGIN: (&'static str, &'static str) = ("admin", "played-password");
    /// The token that a login gives.
    pub const TOKEN: &'static str = "played.json.webtoken";

    /// Starts one without monitors.
    #[must_use]
    pub fn start(version: UptimeKumaVersion) -> Self {
        let state = Arc::new(Mutex::new(State::new(version)));
        let listening = Listening::start(Arc::clone(&state));
        Self { state, listening }
    }

    /// Where it is, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.listening.address())
    }

    /// Adds a monitor that has looked once and found its service up.
    pub fn watch(&self, name: &str, url: &str) {
        let mut state = locked(&self.state);
        state.add(serde_json::json!({"type": "http", "name": name, "url": url, "interval": 60, "active": true}));
        state.beat(name, 1, "200 - OK");
    }

    /// A monitor looks, and sees this. [`Unknown`](MonitorState::Unknown) is a number that Uptime Kuma does not have.
    ///
    /// # Panics
    /// When there is no such monitor.
    pub fn beat(&self, name: &str, state: MonitorState, message: &str) {
        let status = match state {
            MonitorState::Down => 0,
            MonitorState::Up => 1,
            MonitorState::Pending => 2,
            MonitorState::Maintenance => 3,
            MonitorState::Unknown => 9,
        };
        locked(&self.state).beat(name, status, message);
    }

    /// What its clock shows at the next look.
    pub fn set_time(&self, at: Timestamp) {
        locked(&self.state).set_time(at);
    }

    /// Sets a field of a monitor, such as `active` or `maintenance`.
    ///
    /// # Panics
    /// When there is no such monitor.
    pub fn set(&self, name: &str, field: &str, value: Value) {
        locked(&self.state).set(name, field, value);
    }

    /// Publishes a status page with these monitors, in two groups that both have the first of them.
    ///
    /// # Panics
    /// When there is no such monitor.
    pub fn publish(&self, slug: &str, monitors: &[&str]) {
        locked(&self.state).publish(slug, monitors);
    }

    /// As in version 1 before its first API key: metrics take the login.
    pub fn without_api_keys(&self) {
        locked(&self.state).has_api_keys = false;
    }

    /// The account gets a second factor.
    pub fn with_second_factor(&self) {
        locked(&self.state).has_second_factor = true;
    }

    /// The monitors as they are stored, in the order of their numbers.
    #[must_use]
    pub fn monitors(&self) -> Vec<Value> {
        locked(&self.state).monitors.values().map(|monitor| monitor.stored.clone()).collect()
    }

    /// What it was asked: `GET /metrics`, `login`, `add`; an event that was lost with `lost ` before it.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        locked(&self.state).asked.clone()
    }
}
