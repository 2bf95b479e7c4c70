//! Settings that prevent or contain: where each stands, in the words of the Kubernetes provider of Terraform, and what
//! drafts it. A setting whose value nothing shows has no draft: a wrong draft is worse than none.

use super::{Draft, Shown, fragments};

/// Makes a draft of what the evidence shows, or none.
pub(crate) type Drafting = fn(&Shown<'_>) -> Option<Draft>;

/// A setting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// Where it stands. `%name%` and `%namespace%` stand for the culprit.
    pub(super) place: &'static str,
    /// What drafts it.
    pub(super) drafting: Option<Drafting>,
}

const fn at(place: &'static str) -> Setting {
    Setting { place, drafting: None }
}

const fn drafted(place: &'static str, drafting: Drafting) -> Setting {
    Setting { place, drafting: Some(drafting) }
}

pub(super) const MEMORY: Setting =
    at("where %name% is declared, block spec.template.spec.container.resources, memory of requests and limits");
pub(super) const CPU: Setting =
    at("where %name% is declared, block spec.template.spec.container.resources, cpu of requests");
pub(super) const REQUESTS: Setting =
    at("where %name% is declared, block spec.template.spec.container.resources, below its limits");
pub(super) const LIVENESS: Setting =
    drafted("where %name% is declared, block spec.template.spec.container.liveness_probe", fragments::probe);
pub(super) const READINESS: Setting =
    drafted("where %name% is declared, block spec.template.spec.container.readiness_probe", fragments::probe);
pub(super) const STARTUP: Setting =
    at("where %name% is declared, blocks startup_probe and liveness_probe of spec.template.spec.container");
pub(super) const REPLICAS: Setting = drafted("where %name% is declared, block spec, replicas", fragments::replicas);
pub(super) const DISRUPTION: Setting = at(
    "a resource kubernetes_pod_disruption_budget_v1 with the labels of the pods of %name%; it needs two replicas, or it holds up every drain",
);
pub(super) const ACCOUNT: Setting = drafted("the stack of %namespace%", fragments::account);
pub(super) const ROLE: Setting = drafted("the stack of %namespace%", fragments::role);
pub(super) const QUOTA: Setting = drafted("where the quota of %namespace% is declared, block spec", fragments::quota);
pub(super) const DEFAULTS: Setting =
    at("a resource kubernetes_limit_range_v1 of %namespace%, with what its containers use when busy");
pub(super) const PLACEMENT: Setting = at("where %name% is declared, block spec.template.spec, node_selector");
pub(super) const TOLERATION: Setting =
    drafted("where %name% is declared, block spec.template.spec", fragments::toleration);
pub(super) const SPREAD: Setting =
    at("where each workload is declared, block spec.template.spec.topology_spread_constraint, with its own labels");
pub(super) const ANTI_AFFINITY: Setting =
    at("where %name% is declared, block spec.template.spec.affinity.pod_anti_affinity");
pub(super) const AFFINITY: Setting = at("where %name% is declared, block spec.template.spec.affinity.node_affinity");
pub(super) const CLAIM: Setting = at("where the claim of %name% is declared, block spec");
pub(super) const SERVICE: Setting = drafted("where the service %name% is declared, block spec", fragments::service);
pub(super) const ADDRESS: Setting =
    drafted("where the caller is declared, block spec.template.spec.container.env", fragments::address);
pub(super) const ROUTE: Setting = at("where the route to %name% is declared, block spec");
pub(super) const POLICY: Setting =
    at("where the policy is declared, block spec, with the ports that %name% listens on");
pub(super) const IMAGE: Setting = at("where %name% is declared, block spec.template.spec.container, image");
pub(super) const PULL_SECRET: Setting = at("where %name% is declared, block spec.template.spec.image_pull_secrets");
pub(super) const BINDING: Setting = at("where %name% is declared, blocks env and env_from of its container");
pub(super) const VOLUME_GROUP: Setting = at("where %name% is declared, block spec.template.spec.security_context");
pub(super) const CONTAINER: Setting = at("where %name% is declared, block spec.template.spec.container");
pub(super) const PORTS: Setting = at("where %name% is declared, block spec.template.spec.container.port");
pub(super) const ROLLOUT: Setting = drafted("where %name% is declared, block spec.strategy", fragments::rollout);
pub(super) const POOL: Setting = at("where each client of %name% is declared, block spec.template.spec.container.env");
pub(super) const DATABASE_SECRET: Setting =
    at("where %name% is declared, block spec.template.spec.container.env, value_from");
pub(super) const CERTIFICATE: Setting = at("where the certificate of %name% is declared");
pub(super) const DNS: Setting = at("where those pods are declared, block spec.template.spec.dns_config");
