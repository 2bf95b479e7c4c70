use crate::ClusterHealth;

/// Removing a check fails here; each one's own tests say what would be missed.
#[test]
fn every_check_is_there_under_the_name_that_issues_are_filed_by() {
    let health = ClusterHealth::default();
    let names: Vec<_> = health.names().collect();
    assert_eq!(
        names,
        [
            "nodes-ready",
            "node-pressure",
            "node-units",
            "pods-not-running",
            "pods-crash-looping",
            "pods-image-pull",
            "pods-not-ready",
            "pods-oom-killed",
            "pods-failed-or-evicted",
            "deployments",
            "stateful-sets",
            "daemon-sets",
            "autoscalers",
            "claims-bound",
            "volumes-nearly-full",
            "jobs-failed",
            "cron-jobs",
            "backups-fresh",
            "quotas",
            "namespaces-terminating",
            "events-warning",
            "services-without-endpoints",
            "ingresses-without-address",
            "dns-answers",
            "error-rate",
            "certificates",
            "secret-stores-sealed",
            "alerts-firing",
            "monitors-down",
            "known-issues",
        ]
    );
}
