//! The checks, one file each. Adding one is a file that implements [`Check`] and a line in [`all`].

mod alerts_firing;
mod autoscalers;
mod backups_fresh;
mod certificates;
mod claims_bound;
mod containers;
mod cron_jobs;
mod daemon_sets;
mod deployments;
mod dns_answers;
mod error_rate;
mod events_warning;
mod ingresses_without_address;
mod jobs_failed;
mod known_issues;
mod monitors_down;
mod namespaces_terminating;
mod node_pressure;
mod node_units;
mod nodes_ready;
mod pods_crash_looping;
mod pods_failed_or_evicted;
mod pods_image_pull;
mod pods_not_ready;
mod pods_not_running;
mod pods_oom_killed;
mod quotas;
mod secret_stores_sealed;
mod services_without_endpoints;
mod stateful_sets;
mod volumes_nearly_full;
mod workloads;

use crate::Check;

pub(crate) use containers::crash_looping;

pub use alerts_firing::AlertsFiring;
pub use autoscalers::Autoscalers;
pub use backups_fresh::BackupsFresh;
pub use certificates::Certificates;
pub use claims_bound::ClaimsBound;
pub use cron_jobs::CronJobs;
pub use daemon_sets::DaemonSets;
pub use deployments::Deployments;
pub use dns_answers::DnsAnswers;
pub use error_rate::ErrorRate;
pub use events_warning::EventsWarning;
pub use ingresses_without_address::IngressesWithoutAddress;
pub use jobs_failed::JobsFailed;
pub use known_issues::KnownIssues;
pub use monitors_down::MonitorsDown;
pub use namespaces_terminating::NamespacesTerminating;
pub use node_pressure::NodePressure;
pub use node_units::NodeUnits;
pub use nodes_ready::NodesReady;
pub use pods_crash_looping::PodsCrashLooping;
pub use pods_failed_or_evicted::PodsFailedOrEvicted;
pub use pods_image_pull::PodsImagePull;
pub use pods_not_ready::PodsNotReady;
pub use pods_not_running::PodsNotRunning;
pub use pods_oom_killed::PodsOomKilled;
pub use quotas::Quotas;
pub use secret_stores_sealed::SecretStoresSealed;
pub use services_without_endpoints::ServicesWithoutEndpoints;
pub use stateful_sets::StatefulSets;
pub use volumes_nearly_full::VolumesNearlyFull;

/// Every check of this crate, in the order of the report.
#[must_use]
pub fn all() -> Vec<Box<dyn Check>> {
    vec![
        Box::new(NodesReady),
        Box::new(NodePressure),
        Box::new(NodeUnits),
        Box::new(PodsNotRunning),
        Box::new(PodsCrashLooping),
        Box::new(PodsImagePull),
        Box::new(PodsNotReady),
        Box::new(PodsOomKilled),
        Box::new(PodsFailedOrEvicted),
        Box::new(Deployments),
        Box::new(StatefulSets),
        Box::new(DaemonSets),
        Box::new(Autoscalers),
        Box::new(ClaimsBound),
        Box::new(VolumesNearlyFull),
        Box::new(JobsFailed),
        Box::new(CronJobs),
        Box::new(BackupsFresh),
        Box::new(Quotas),
        Box::new(NamespacesTerminating),
        Box::new(EventsWarning),
        Box::new(ServicesWithoutEndpoints),
        Box::new(IngressesWithoutAddress),
        Box::new(DnsAnswers),
        Box::new(ErrorRate),
        Box::new(Certificates),
        Box::new(SecretStoresSealed),
        Box::new(AlertsFiring),
        Box::new(MonitorsDown),
        Box::new(KnownIssues),
    ]
}
