//! Monitors of Uptime Kuma, of version 1 and 2.
//!
//! [`UptimeKumaMonitors`] implements [`Monitors`] and [`Heartbeats`] over one of the three ways in that Uptime Kuma has, and
//! [`MonitorWriter`] over the one that can write.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter_core::ports::{MonitorState, Monitors};
//! use lamplighter_testkit::fakes::FakeClock;
//! use lamplighter_testkit::servers::{UptimeKuma, UptimeKumaVersion};
//! use lamplighter_uptime_kuma::{UptimeKumaMonitors, UptimeKumaSettings, Way};
//! use secrecy::SecretString;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> lamplighter_core::Result<()> {
//! let server = UptimeKuma::start(UptimeKumaVersion::V2);
//! server.watch("wiki", "https://wiki.example.org");
//!
//! let way = Way::metrics(SecretString::from(UptimeKuma::API_KEY));
//! let settings = UptimeKumaSettings::new(server.url(), way);
//! let monitors = UptimeKumaMonitors::new(settings, Arc::new(FakeClock::auto()))?;
//! let statuses = monitors.statuses().await?;
//! assert_eq!((statuses[0].name.as_str(), statuses[0].state), ("wiki", MonitorState::Up));
//! # Ok(())
//! # }
//! ```
//!
//! # Ways in
//! | way | needs | tells | source |
//! |---|---|---|---|
//! | [metrics](Way::metrics) | an API key; in version 1 without API keys the login | state and response time, not since when | `/metrics`, Prometheus' text format: `monitor_status` is 1 up, 0 down, 2 pending, 3 maintenance |
//! | [status page](Way::status_page) | its slug, for a page that is public | the page's monitors with the time of the last look | `/api/status-page/<slug>` and `/api/status-page/heartbeat/<slug>`, which Uptime Kuma keeps for up to five minutes and one minute |
//! | [socket](Way::socket) | the login, or a [token](Way::socket_with_token) where there is a second factor | everything, and can add a monitor | socket.io version 4 |
//!
//! These are described in [Uptime Kuma's wiki](https://github.com/louislam/uptime-kuma/wiki/API-Documentation) and for
//! the rest in its `server/` folder. Times are UTC.
//!
//! A monitor that is paused, or that has not looked yet, is [`Unknown`](lamplighter_core::ports::MonitorState::Unknown)
//! and says so.
//!
//! # What cannot be read
//! A heartbeat, an entry of the maintenance or a figure that is malformed is left out and counted in the log; the others are
//! used. Where it is a monitor's newest heartbeat the monitor is unknown: the one before it is not taken for it. A monitor
//! that cannot be read at all makes the answer unusable, since without it everything might seem well.
//!
//! # The socket
//! `rust_socketio` brings OpenSSL and a second HTTP client. What is needed of the protocol is little (text packets over
//! one WebSocket), and is here: engine.io's and socket.io's packets, on a connection that the HTTP client upgrades, so
//! that TLS and proxies are the same everywhere. Uptime Kuma registers for events only after it has accepted a
//! connection, so nothing is sent before its own first event has come.
//!
//! # Retries
//! Reading is tried again after `429`, `5xx` and broken connections, a few times within the time limit of a call. A login
//! that is refused is not: Uptime Kuma counts them. Adding is sent once; whether it happened can be asked with
//! [`has`](lamplighter_core::ports::MonitorWriter::has).
//!
//! # What is never said
//! Details, which may end up in public comments, hold what a monitor has seen and never where. Errors name scheme, host
//! and port. No redirect is followed, so that credentials stay with the host that they are for.
//!
//! What it deliberately does not do: it changes and deletes no monitor, sets no notifications, and keeps no connection.
//!
//! [`Monitors`]: lamplighter_core::ports::Monitors
//! [`Heartbeats`]: lamplighter_core::ports::Heartbeats
//! [`MonitorWriter`]: lamplighter_core::ports::MonitorWriter

mod api;
mod beat;
mod error;
mod exposition;
mod maintenance;
mod metrics;
mod monitors;
mod packet;
mod session;
mod settings;
mod socket;
mod status_page;
mod watched;

pub use error::UptimeKumaError;
pub use monitors::UptimeKumaMonitors;
pub use settings::{UptimeKumaSettings, Way};
