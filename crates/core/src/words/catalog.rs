use serde::{Deserialize, Serialize};

use super::{StackName, WorkloadRef};

/// How much depends on a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Nobody is stopped when it is down.
    Optional,
    /// People notice when it is down. The default.
    #[default]
    Important,
    /// Others cannot work without it: DNS, auth, ingress, tunnel, the main database.
    Critical,
}

/// One service of the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogedService {
    /// Its name.
    pub name: String,
    /// What else people call it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// How much depends on it.
    #[serde(default)]
    pub tier: Tier,
    /// The workloads that it consists of.
    #[serde(default)]
    pub workloads: Vec<WorkloadRef>,
    /// The monitors that watch it from outside.
    #[serde(default)]
    pub monitors: Vec<String>,
    /// The stack that it is declared in.
    #[serde(default)]
    pub stack: Option<StackName>,
    /// The services that it cannot work without.
    #[serde(default)]
    pub depends_on: Vec<String>,
    /// The addresses that people reach it by.
    #[serde(default)]
    pub urls: Vec<String>,
}

impl CatalogedService {
    /// Whether this is what somebody means by `name`: the name or an alias, in any case.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        let name = name.trim();
        std::iter::once(&self.name).chain(&self.aliases).any(|known| known.to_lowercase() == name.to_lowercase())
    }
}

/// The services that are known, with their tiers and dependencies.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServiceCatalog {
    services: Vec<CatalogedService>,
}

impl ServiceCatalog {
    /// A catalog of these services.
    #[must_use]
    pub fn new(services: Vec<CatalogedService>) -> Self {
        Self { services }
    }

    /// All services, in the order that they were declared in.
    #[must_use]
    pub fn services(&self) -> &[CatalogedService] {
        &self.services
    }

    /// The service that somebody means by `name`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&CatalogedService> {
        self.services.iter().find(|service| service.is_called(name))
    }

    /// The service with an address on the same host as `url`.
    #[must_use]
    pub fn find_by_url(&self, url: &str) -> Option<&CatalogedService> {
        let host = host_of(url)?;
        self.services.iter().find(|service| service.urls.iter().any(|known| host_of(known).as_ref() == Some(&host)))
    }

    /// The service that a workload belongs to.
    #[must_use]
    pub fn of_workload(&self, workload: &WorkloadRef) -> Option<&CatalogedService> {
        self.services.iter().find(|service| service.workloads.contains(workload))
    }
}

fn host_of(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |(host, _)| host);
    (!host.is_empty()).then(|| host.to_lowercase())
}
