//! Servers for tests of adapters and of what is built on them: real ones as child processes, and played ones of what
//! cannot be installed.
//!
//! Each real one listens on a port of its own of the loopback interface, keeps its data in a folder of its own, and is gone with
//! its folder when it is dropped, or when the process that started it dies. They are looked for on the `PATH` and where
//! `./run setup` puts them. What is absent is said in a line, and the test skips:
//!
//! ```
//! use lamplighter_core::ports::{Sample, Series};
//! use lamplighter_testkit::fakes::FakeClock;
//! use lamplighter_testkit::servers::{Alertmanager, Prometheus, openmetrics};
//!
//! let up = Series {
//!     labels: [("__name__", "up"), ("job", "wiki")].map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
//!     samples: vec![Sample { at: FakeClock::START, value: 1.0 }],
//! };
//! let Some(prometheus) = Prometheus::start(&openmetrics(&[up])) else { return };
//! let Some(alertmanager) = Alertmanager::start() else { return };
//! assert!(prometheus.url().starts_with("http://127.0.0.1:"));
//! alertmanager.post(&[]);
//! ```

#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a server of a test fails by panicking")]

mod alertmanager;
mod http;
mod kubernetes;
mod node;
mod openmetrics;
mod process;
mod prometheus;
mod uptime_kuma;

pub use alertmanager::Alertmanager;
pub use kubernetes::{ApiServerReviewer, KubernetesApi};
pub use node::SocketIo;
pub use openmetrics::openmetrics;
pub use process::{installed, program};
pub use prometheus::{Prometheus, PrometheusSetup};
pub use uptime_kuma::{UptimeKuma, UptimeKumaVersion};
