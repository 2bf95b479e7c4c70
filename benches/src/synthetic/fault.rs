/// What is wrong with an app, and in what state Kubernetes shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// Its container needs more memory than its limit: `OOMKilled`, then `CrashLoopBackOff`.
    OutOfMemory,
    /// Its image does not exist: `ImagePullBackOff`.
    NoSuchImage,
    /// It selects nodes by a label that none has: `FailedScheduling`.
    NoSuchNode,
    /// Its readiness probe asks a port on which nothing listens: `Unhealthy`.
    WrongProbePort,
    /// Its service selects pods by a label that they do not have: no endpoints.
    WrongSelector,
    /// It uses a key of a secret that does not exist: `CreateContainerConfigError`.
    NoSuchSecret,
    /// It is set to no replicas.
    NoReplicas,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::OutOfMemory,
        Self::NoSuchImage,
        Self::NoSuchNode,
        Self::WrongProbePort,
        Self::WrongSelector,
        Self::NoSuchSecret,
        Self::NoReplicas,
    ];

    /// Whether pods that have it are ready.
    pub(super) fn leaves_pods_ready(self) -> bool {
        matches!(self, Self::WrongSelector)
    }

    /// The reason and the message of the event that tells of it, for a pod.
    pub(super) fn event(self, pod: &str, image: &str) -> Option<(&'static str, String)> {
        Some(match self {
            Self::OutOfMemory => ("BackOff", format!("Back-off restarting failed container app in pod {pod}")),
            Self::NoSuchImage => {
                let cause = format!("rpc error: code = NotFound desc = failed to pull and unpack image \"{image}\"");
                ("Failed", format!("Failed to pull image \"{image}\": {cause}: not found"))
            }
            Self::NoSuchNode => {
                let message = "0/200 nodes are available: 200 node(s) didn't match Pod's node affinity/selector.";
                ("FailedScheduling", message.to_owned())
            }
            Self::WrongProbePort => {
                let error = "dial tcp 10.1.2.3:9999: connect: connection refused";
                ("Unhealthy", format!("Readiness probe failed: Get \"http://10.1.2.3:9999/ready\": {error}"))
            }
            Self::NoSuchSecret => ("Failed", "Error: secret \"database-login\" not found".to_owned()),
            Self::WrongSelector | Self::NoReplicas => return None,
        })
    }
}
