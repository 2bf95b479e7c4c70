//! The checks, one file each. Adding one is a file that implements [`Check`] and a line in [`all`].

mod claims_bound;
mod containers;
mod daemon_sets;
mod deployments;
mod events_warning;
mod jobs_failed;
mod node_pressure;
mod nodes_ready;
mod pods_crash_looping;
mod pods_failed_or_evicted;
mod pods_image_pull;
mod pods_not_ready;
mod pods_not_running;
mod pods_oom_killed;
mod services_without_endpoints;
mod stateful_sets;
mod workloads;

use crate::Check;

pub use claims_bound::ClaimsBound;
pub use daemon_sets::DaemonSets;
pub use deployments::Deployments;
pub use events_warning::EventsWarning;
pub use jobs_failed::JobsFailed;
pub use node_pressure::NodePressure;
pub use nodes_ready::NodesReady;
pub use pods_crash_looping::PodsCrashLooping;
pub use pods_failed_or_evicted::PodsFailedOrEvicted;
pub use pods_image_pull::PodsImagePull;
pub use pods_not_ready::PodsNotReady;
pub use pods_not_running::PodsNotRunning;
pub use pods_oom_killed::PodsOomKilled;
pub use services_without_endpoints::ServicesWithoutEndpoints;
pub use stateful_sets::StatefulSets;

/// Every check of this crate, in the order of the report.
#[must_use]
pub fn all() -> Vec<Box<dyn Check>> {
    vec![
        Box::new(NodesReady),
        Box::new(NodePressure),
        Box::new(PodsNotRunning),
        Box::new(PodsCrashLooping),
        Box::new(PodsImagePull),
        Box::new(PodsNotReady),
        Box::new(PodsOomKilled),
        Box::new(PodsFailedOrEvicted),
        Box::new(Deployments),
        Box::new(StatefulSets),
        Box::new(DaemonSets),
        Box::new(ClaimsBound),
        Box::new(JobsFailed),
        Box::new(EventsWarning),
        Box::new(ServicesWithoutEndpoints),
    ]
}
