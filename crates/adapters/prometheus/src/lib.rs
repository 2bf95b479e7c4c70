//! Metrics and alerts from Prometheus and Alertmanager.
//!
//! [`PrometheusMetrics`] implements [`Metrics`] over the
//! [HTTP API v1](https://prometheus.io/docs/prometheus/latest/querying/api/) of Prometheus, and of what speaks it too
//! (Thanos, Mimir, `VictoriaMetrics`). With an Alertmanager, the alerts are those of its
//! [API v2](https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml).
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter_core::ports::Metrics;
//! use lamplighter_core::words::Window;
//! use lamplighter_prometheus::{Endpoint, PrometheusMetrics, PrometheusSettings};
//! use lamplighter_testkit::fakes::FakeClock;
//! use lamplighter_testkit::servers::Prometheus;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> lamplighter_core::Result<()> {
//! // A real one, where it is installed.
//! let at = FakeClock::START;
//! let Some(server) = Prometheus::start(&format!("up{{job=\"wiki\"}} 1 {}", at.as_second())) else { return Ok(()) };
//!
//! let settings = PrometheusSettings::new(Endpoint::new(server.url()));
//! let metrics = PrometheusMetrics::new(settings, Arc::new(FakeClock::auto()))?;
//! let series = metrics.range("up", Window { from: at, to: Some(at) }, 60).await?;
//! assert_eq!(series[0].samples[0].value, 1.0);
//! # Ok(())
//! # }
//! ```
//!
//! # Ranges
//! A query is sent as a form, so that its length is not limited by what a URL may hold. Prometheus evaluates it at
//! each step and answers [at most 11,000 points](https://github.com/prometheus/prometheus/blob/main/web/api/v1/api.go)
//! of a series at a time; a longer range is asked for in pieces and put together, which gives the same points because
//! each is evaluated by itself. A wider step would give other ones than the caller asked for. Beyond sixteen pieces it
//! is refused, since nobody wants that many.
//!
//! `NaN` and infinities are left out (a division by zero is no measurement), and so is a series that has nothing else.
//! At a step without a sample Prometheus repeats the last one of up to five minutes before; that is its lookback, and
//! is not undone here. Native histograms are no numbers and are left out. What an answer warns of is logged.
//!
//! # Alerts
//! Alertmanager knows which alerts are silenced or inhibited, and is asked to leave those out. Prometheus does not know;
//! without an Alertmanager, all alerts are told that fire by its rules, and those that are still pending are not.
//!
//! # Retries
//! Everything here only reads. So `429` and `503` (after `Retry-After`), other `5xx` and broken connections are tried
//! again a few times, within the time limit of the call. A query that was too slow for the server is not.
//!
//! # What goes over the wire
//! No redirect is followed: credentials stay with the host that they are for. An answer is read up to 64 MiB. Proxies of
//! the environment are used, but not for addresses of the loopback interface. Certificates are checked against those that
//! the system trusts.
//!
//! What it deliberately does not do: it does not look at targets or rules, silences nothing, and writes nothing.
//!
//! [`Metrics`]: lamplighter_core::ports::Metrics

mod alerts;
mod answer;
mod api;
mod error;
mod matrix;
mod metrics;
mod pieces;
mod settings;

pub use error::PrometheusError;
pub use metrics::PrometheusMetrics;
pub use settings::{Endpoint, PrometheusSettings};
