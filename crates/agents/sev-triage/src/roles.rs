use std::collections::BTreeMap;

use lamplighter_core::cluster::PodSpec;

/// What a workload is for, where its labels say so in a way that everybody uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Resolves names inside of the cluster.
    Dns,
    /// Lets traffic in.
    Ingress,
    /// Carries traffic between pods and nodes.
    Network,
    /// Says who somebody is.
    Auth,
    /// Lets traffic in through somebody else's network.
    Tunnel,
    /// Runs the cluster itself.
    ControlPlane,
}

impl Role {
    /// As one says it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "cluster DNS",
            Self::Ingress => "an ingress controller",
            Self::Network => "the cluster network",
            Self::Auth => "the sign-on",
            Self::Tunnel => "a tunnel",
            Self::ControlPlane => "the control plane",
        }
    }
}

/// Labels that say by themselves what a pod is for, whatever it is called.
const LABELS: [(&str, Option<&str>, Role); 8] = [
    // Kubernetes docs, Debugging DNS Resolution: "k8s-app=kube-dns for both CoreDNS and kube-dns deployments".
    ("k8s-app", Some("kube-dns"), Role::Dns),
    // kubeadm's kube-proxy add-on (`cmd/kubeadm/app/phases/addons/proxy/manifests.go`).
    ("k8s-app", Some("kube-proxy"), Role::Network),
    // kubeadm's static pods (`cmd/kubeadm/app/util/staticpod/utils.go`).
    ("tier", Some("control-plane"), Role::ControlPlane),
    // Gateway API, GEP-1762: on what a controller runs for a Gateway.
    ("gateway.networking.k8s.io/gateway-name", None, Role::Ingress),
    // Istio's gateway chart.
    ("istio", Some("ingressgateway"), Role::Ingress),
    // Kubernetes docs, Recommended Labels: the component within the architecture.
    ("app.kubernetes.io/component", Some("ingress-controller"), Role::Ingress),
    ("app.kubernetes.io/component", Some("ingress"), Role::Ingress),
    ("app.kubernetes.io/component", Some("dns"), Role::Dns),
];

/// The label with the name of the application (Kubernetes docs, Recommended Labels), as the charts of these
/// projects set it.
const APPLICATION: &str = "app.kubernetes.io/name";

const APPLICATIONS: [(&str, Role); 19] = [
    ("coredns", Role::Dns),
    ("ingress-nginx", Role::Ingress),
    ("nginx-ingress", Role::Ingress),
    ("traefik", Role::Ingress),
    ("haproxy-ingress", Role::Ingress),
    ("kubernetes-ingress", Role::Ingress),
    ("contour", Role::Ingress),
    ("envoy", Role::Ingress),
    ("cilium-agent", Role::Network),
    ("calico-node", Role::Network),
    ("authentik", Role::Auth),
    ("authelia", Role::Auth),
    ("keycloak", Role::Auth),
    ("keycloakx", Role::Auth),
    ("dex", Role::Auth),
    ("zitadel", Role::Auth),
    ("oauth2-proxy", Role::Auth),
    ("cloudflared", Role::Tunnel),
    ("cloudflare-tunnel", Role::Tunnel),
];

/// Priority classes that exist in every cluster and mark what it cannot work without (Kubernetes docs,
/// Guaranteed Scheduling For Critical Add-On Pods). The cluster-wide one is on optional add-ons too.
const NODE_CRITICAL: &str = "system-node-critical";

/// The role that a pod or pod template has by its labels, or `None` for one that is like any other.
///
/// Sources are beside the tables in the code. The catalog says better where it says anything.
#[must_use]
pub fn role_of(labels: &BTreeMap<String, String>, spec: &PodSpec) -> Option<Role> {
    let has = |key: &str, value: Option<&str>| {
        labels.get(key).is_some_and(|found| value.is_none_or(|value| found.eq_ignore_ascii_case(value)))
    };
    let by_label = LABELS.iter().find(|(key, value, _)| has(key, *value)).map(|(_, _, role)| *role);
    let by_name = || APPLICATIONS.iter().find(|(name, _)| has(APPLICATION, Some(name))).map(|(_, role)| *role);
    let by_priority = || (spec.priority_class_name.as_deref() == Some(NODE_CRITICAL)).then_some(Role::Network);
    by_label.or_else(by_name).or_else(by_priority)
}

/// The last parts of the names of images of databases, without registry and tag.
const DATABASES: [&str; 24] = [
    "postgres",
    "postgresql",
    "postgis",
    "timescaledb",
    "spilo",
    "cloudnative-pg",
    "mysql",
    "mysql-server",
    "mariadb",
    "mariadb-galera",
    "percona-server",
    "mongo",
    "mongodb",
    "redis",
    "valkey",
    "keydb",
    "dragonfly",
    "cassandra",
    "cockroach",
    "clickhouse-server",
    "couchdb",
    "elasticsearch",
    "opensearch",
    "influxdb",
];

/// Whether an image is that of a database.
pub(crate) fn is_database(image: &str) -> bool {
    let without_digest = image.split('@').next().unwrap_or(image);
    let last = without_digest.rsplit('/').next().unwrap_or(without_digest);
    let name = last.split(':').next().unwrap_or(last);
    DATABASES.iter().any(|database| name.eq_ignore_ascii_case(database))
}
