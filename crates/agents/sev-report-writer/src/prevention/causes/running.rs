//! What runs and fails, or is slow.

use lamplighter_core::diagnosis::{Cause, Taxonomy};
use lamplighter_documents::ActionKind::{Architecture, Investigation, Migration, Runbook};

use super::super::{Recipe, Step, alerts, settings};

#[expect(clippy::too_many_lines, reason = "a table is read row by row")]
pub(super) fn recipe(cause: Cause) -> Option<Recipe> {
    let (prevent, notice) = match cause {
        Cause::OomKilled => (
            Step::config(
                "Keep the memory limit of %name% above its highest use",
                "Measure a week, then set the limit a quarter above the peak; a limit that was doubled in a hurry is a guess",
                settings::MEMORY,
            )
            .about("memory limit"),
            alerts::OUT_OF_MEMORY,
        ),
        Cause::MemoryLeak => (
            Step::other(
                Investigation,
                "Find what keeps the memory of %name% growing, with a heap profile before and after a day",
                "A larger limit only moves the time at which it ends",
            ),
            alerts::MEMORY_GROWS,
        ),
        Cause::PodCpuOverload => (
            Step::config(
                "Request for %name% the CPU that it uses when busy, and add replicas before it is short",
                "A limit on CPU holds back what the node could give; a request keeps what is needed",
                settings::CPU,
            )
            .about("cpu limit"),
            alerts::THROTTLED,
        ),
        Cause::PodNetworkDelay => (
            Step::other(
                Investigation,
                "Find what slows the network of the pods of %name%: shaping, a sidecar, or a node",
                "Compare the same call from another pod on the same node and from one elsewhere",
            ),
            alerts::SLOW,
        ),
        Cause::ServerErrors => (
            Step::other(
                Investigation,
                "Find the failing requests of %name% in its own logs, by path and by time",
                "Nothing below the program explains its errors",
            ),
            alerts::ERRORS,
        ),
        Cause::ApplicationCrash => (
            Step::other(
                Investigation,
                "Repair what ends %name%, from the last lines that it logged",
                "The exit code and the last lines are in the evidence; a restart does not repair a program",
            ),
            alerts::RESTARTS,
        ),
        Cause::DeploymentZeroReplicas => (
            Step::config(
                "Declare a replica count for %name% that is never 0, and put it back when it drifts",
                "A count that was set by hand stays until somebody applies the stack again",
                settings::REPLICAS,
            )
            .about("replicas"),
            alerts::NO_REPLICAS,
        ),
        Cause::LivenessProbeIncorrectPort => (
            Step::config(
                "Let the liveness probe of %name% ask the port on which its container listens",
                "A probe on a port on which nothing listens restarts a program that works",
                settings::LIVENESS,
            ),
            alerts::RESTARTS,
        ),
        Cause::LivenessProbeIncorrectProtocol => (
            Step::config(
                "Let the liveness probe of %name% speak what the port speaks",
                "HTTP asked of a TLS port, or the reverse, fails however well the program works",
                settings::LIVENESS,
            ),
            alerts::RESTARTS,
        ),
        Cause::LivenessProbeIncorrectTiming => (
            Step::config(
                "Give %name% a startup probe, and its liveness probe more time",
                "Until the startup probe has passed the liveness probe does not count",
                settings::STARTUP,
            ),
            alerts::RESTARTS,
        ),
        Cause::ReadinessProbeIncorrectPort => (
            Step::config(
                "Let the readiness probe of %name% ask the port on which its container listens",
                "A pod that is never ready gets no traffic, and looks healthy otherwise",
                settings::READINESS,
            ),
            alerts::NOT_READY,
        ),
        Cause::ReadinessProbeIncorrectProtocol => (
            Step::config(
                "Let the readiness probe of %name% speak what the port speaks",
                "HTTP asked of a TLS port, or the reverse, fails however well the program works",
                settings::READINESS,
            ),
            alerts::NOT_READY,
        ),
        Cause::ServiceSidecarPortConflict => (
            Step::config(
                "Give each container in the pods of %name% a port of its own",
                "The containers of a pod share one network: the second to listen on a port ends with an error",
                settings::PORTS,
            ),
            alerts::RESTARTS,
        ),
        Cause::DbConnectionExhaustion => (
            Step::config(
                "Limit the connection pool of each client of %name% so that all of them fit",
                "Replicas times pool size, and the surge of a rollout, stay below max_connections",
                settings::POOL,
            ),
            alerts::CONNECTIONS,
        ),
        Cause::DbReadOnly => (
            Step::other(
                Investigation,
                "Find out what made %name% read-only: a failover, a full disk, or a setting",
                "Clients have to follow the primary by a name that moves with it",
            ),
            alerts::READ_ONLY,
        ),
        Cause::DbReplicationBroken => (
            Step::other(
                Investigation,
                "Find out why the replica of %name% stopped, and keep enough log for the longest absence",
                "A replica that has missed what the primary has thrown away must be made anew",
            ),
            alerts::REPLICATION,
        ),
        Cause::DbStorageFull => (
            Step::config(
                "Give %name% a larger volume, and limit what grows without end",
                "Old logs, dead rows and unused replication slots hold space; look before anything is removed",
                settings::CLAIM,
            ),
            alerts::VOLUME,
        ),
        Cause::VolumeFull => (
            Step::config(
                "Enlarge the volume of %name%, and limit what is written to it",
                "A class with allowVolumeExpansion grows a claim in place; a claim never shrinks",
                settings::CLAIM,
            ),
            alerts::VOLUME,
        ),
        Cause::MysqlInvalidCredentials => (
            Step::config(
                "Let %name% and its database take the password from one secret, and restart the client when it changes",
                "A secret in an environment variable is read once, when the container starts",
                settings::DATABASE_SECRET,
            ),
            alerts::DATABASE_DOWN,
        ),
        Cause::MysqlInvalidPort => (
            Step::config(
                "Take the port of the database that %name% uses from the database's service",
                "A port in quotes is right until the other side changes",
                settings::ADDRESS,
            ),
            alerts::DATABASE_DOWN,
        ),
        Cause::CertificateExpired => (
            Step::config(
                "Renew the certificate of %name% automatically, a month before its end",
                "Whoever serves it has to read the new one: restart it or let it watch the file",
                settings::CERTIFICATE,
            ),
            alerts::CERTIFICATE,
        ),
        Cause::CertificateUntrusted => (
            Step::config(
                "Issue the certificate of %name% by an authority that its clients trust, for the name that they use",
                "Names, not common names, are compared; intermediate certificates have to be sent along",
                settings::CERTIFICATE,
            ),
            alerts::PROBE_FAILS,
        ),
        Cause::AccessForbidden => (
            Step::config(
                "Allow the account of %name% what it was refused, and no more",
                "The refusal names the account, the verb and the resource",
                settings::ROLE,
            ),
            alerts::FORBIDDEN,
        ),
        Cause::SecretStoreSealed => (
            Step::other(
                Architecture,
                "Let the secret store %name% unseal itself after a restart",
                "Auto-unseal by a key service; without it every restart waits for people",
            ),
            alerts::SEALED,
        ),
        _ => return None,
    };
    Some(Recipe { prevent, contain: contain(cause), notice, harden: harden(cause) })
}

fn contain(cause: Cause) -> Step {
    match cause {
        Cause::DbConnectionExhaustion | Cause::DbReadOnly | Cause::DbReplicationBroken | Cause::MysqlInvalidPort => {
            Step::other(
                Architecture,
                "Let the callers of %name% answer from what they have when the database does not",
                "A page that reads can be served from a cache while nothing can be written",
            )
        }
        Cause::SecretStoreSealed | Cause::CertificateExpired | Cause::CertificateUntrusted => Step::other(
            Architecture,
            "Let the clients of %name% go on with what they have for as long as it is valid",
            "A secret or a connection that was good a minute ago need not be thrown away at once",
        ),
        Cause::MemoryLeak | Cause::PodCpuOverload | Cause::OomKilled => Step::config(
            "Run %name% at least twice, and keep one pod of it through drains and rollouts",
            "While one is restarted the other serves",
            settings::DISRUPTION,
        ),
        _ if cause.taxonomy() == Taxonomy::Performance => Step::other(
            Architecture,
            "Let the callers of %name% time out early and shed load before it is lost",
            "A queue that only grows answers nobody",
        ),
        _ => Step::config(
            "Keep the old pods of %name% until the new ones are ready",
            "A change that fails then replaces nothing",
            settings::ROLLOUT,
        ),
    }
}

fn harden(cause: Cause) -> Step {
    match cause {
        Cause::DbStorageFull | Cause::VolumeFull => Step::other(
            Migration,
            "Move the data of %name% to storage that can grow in place",
            "A person plans it: data is copied, and checked, before the old volume is let go",
        ),
        Cause::OomKilled | Cause::MemoryLeak | Cause::PodCpuOverload => Step::other(
            Investigation,
            "Test %name% with twice the load that it had, and write down where it ends",
            "The limit that is right is known before the next incident says it",
        ),
        _ => Step::other(
            Runbook,
            "Write the runbook for %code%: how to see it, what to try, whom to call",
            "This report has the signs and what was tried; try the runbook once when nothing is on fire",
        ),
    }
}
