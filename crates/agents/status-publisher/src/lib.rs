//! Makes what the status page says: one [`Status`](lamplighter_core::words::status::Status) out of monitors, their history,
//! the verdict of the cluster and the tracker.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter_core::Agent;
//! use lamplighter_core::ports::LastBeats;
//! use lamplighter_core::words::status::{OverallState, ServiceState};
//! use lamplighter_status_publisher::{ClusterVerdict, StatusPublisher, StatusSettings};
//! use lamplighter_testkit::context;
//! use lamplighter_testkit::fakes::{FakeMonitors, FakeUptimeHistory};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> lamplighter_core::Result<()> {
//! let monitors = Arc::new(FakeMonitors::new().up("wiki"));
//! let publisher = StatusPublisher::new(Arc::new(FakeUptimeHistory::new()), StatusSettings::default())
//!     .with_monitors(Arc::new(LastBeats(monitors)));
//! let status = publisher.run(&context("status"), ClusterVerdict::NotAsked).await?;
//! assert_eq!(status.groups[0].services[0].state, ServiceState::Up);
//! assert_eq!(status.state, OverallState::Operational);
//! # Ok(())
//! # }
//! ```
//!
//! # What is true
//! - A service is up only if everything that looks at it says so and looked just now. A source that cannot be reached, a look
//!   that is too old and a clock that is ahead make it unknown, with the time of the last look.
//! - Something that failed once is pending; it is down when it was seen to fail twice in a row. A system that looks again
//!   itself before it says so is believed at once; an outage is of two looks there, too.
//! - Uptime is the share of the time in which it was seen up or failing. Failing counts from the first look that failed.
//!   Planned maintenance, and time in which nobody looked, count for neither. Where a service has several monitors the worst
//!   of them counts.
//! - The state that a look saw holds until the next one. Where that comes too late, nobody knows what was between them.
//!
//! # What is written
//! Changes, when there are some, the medians of an hour's latencies when it is over, and twice an hour until when
//! everything was seen. Nothing else: a refresh that sees the same as the one before writes nothing.
//!
//! # Whose words are shown
//! Ours and those of collaborators. Of what others write there is only what a form offers to choose from.
//!
//! What is deliberately not here: making files of it and bringing them anywhere, scanning the cluster, and filing issues.

mod figures;
mod inside;
mod issues;
mod layout;
mod looked;
mod maintenance;
mod memory;
mod names;
mod past;
mod publisher;
mod roster;
mod service;
mod settings;
mod timeline;
mod words;

pub use inside::ClusterVerdict;
pub use publisher::StatusPublisher;
pub use settings::{MaintenanceWindow, ShownGroup, StatusSettings};
