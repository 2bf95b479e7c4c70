//! The simplest monitor there is: asks each service over HTTP and says whether it answers.
//!
//! It is a source of its own beside the cluster: a pod may be ready and nobody reach it.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use lamplighter_core::ports::{MonitorState, Monitors};
//! use lamplighter_http_probe::{HttpProbe, ProbeTarget};
//! use lamplighter_testkit::fakes::FakeClock;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> lamplighter_core::Result<()> {
//! // Nothing listens on port 1.
//! let wiki = ProbeTarget { name: "wiki".to_owned(), url: "http://127.0.0.1:1/".to_owned() };
//! let probe = HttpProbe::new(vec![wiki], Duration::from_secs(5), Arc::new(FakeClock::default()))?;
//! let statuses = probe.statuses().await?;
//! assert_eq!(statuses[0].state, MonitorState::Down);
//! assert_eq!(statuses[0].detail, "connection refused");
//! # Ok(())
//! # }
//! ```
//!
//! # What counts as what
//! | what comes back | state |
//! |---|---|
//! | 2xx, 3xx | up |
//! | 401, 403 | up: it is alive and wants a login |
//! | 404, 410, 5xx | down |
//! | any other status | unknown: something answers, but not what was asked |
//! | refused, reset, no such name, TLS failure, broken off, too late | down |
//! | no network or resolver of our own | unknown: that says nothing about the service |
//!
//! 404 is down because that is what an ingress answers for a service that it has lost:
//! [Traefik](https://doc.traefik.io/traefik/getting-started/faq/) says `404 page not found` when no router matches,
//! and so does the default backend of
//! [ingress-nginx](https://kubernetes.github.io/ingress-nginx/user-guide/default-backend/). The kubelet
//! [takes only 200 to 399](https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#define-a-liveness-http-request)
//! for alive, and so do we but for the two statuses above. Probe an address that exists.
//!
//! # What goes over the wire
//! One `GET` per service, a few services at a time, the whole of each within the timeout: connection, redirects and
//! the beginning of the body, of which at most 16 KiB are read. Redirects are followed within the same scheme, host
//! and port only; one that leads elsewhere is an answer (3xx), so give the final address, not one that redirects to
//! `https`. A user name and a password in a URL are sent as basic authentication. Proxies of the environment are not
//! used: what is to be known is whether the service answers, not whether a proxy does. Certificates are checked against
//! those that the system trusts.
//!
//! # What is never said
//! Neither details nor errors contain more of a URL than scheme, host, port and path; details, which may end up in
//! public comments, contain nothing of it at all.
//!
//! # What is deliberately not here
//! No history, no retries, no schedule, no other protocols: Uptime Kuma and Prometheus have those, behind the same port.

mod error;
mod failure;
mod probe;
mod target;

pub use error::HttpProbeError;
pub use probe::HttpProbe;
pub use target::ProbeTarget;
