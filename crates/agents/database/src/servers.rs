//! Which workloads are databases.

use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::cluster::{Container, Pod};
use lamplighter_core::diagnosis::{Culprit, Scene};
use lamplighter_core::words::WorkloadRef;

/// A family of servers that share a protocol and its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Engine {
    /// `MySQL`, `MariaDB`, Percona.
    MySql,
    /// `PostgreSQL` and what speaks its protocol.
    Postgres,
    /// Redis, Valkey and what speaks their protocol.
    Redis,
    /// `MongoDB`.
    Mongo,
    /// Any other.
    Other,
}

/// Names of servers in the names of images, longer ones first where one holds another.
const IMAGES: [(&str, Engine); 18] = [
    ("mysql", Engine::MySql),
    ("mariadb", Engine::MySql),
    ("percona", Engine::MySql),
    ("tidb", Engine::MySql),
    ("postgres", Engine::Postgres),
    ("postgis", Engine::Postgres),
    ("timescaledb", Engine::Postgres),
    ("pgvector", Engine::Postgres),
    ("cockroach", Engine::Postgres),
    ("redis", Engine::Redis),
    ("valkey", Engine::Redis),
    ("keydb", Engine::Redis),
    ("dragonfly", Engine::Redis),
    ("mongo", Engine::Mongo),
    ("cassandra", Engine::Other),
    ("mssql", Engine::Other),
    ("clickhouse", Engine::Other),
    ("elasticsearch", Engine::Other),
];

/// Images beside servers, which have a server's name and are none.
const BESIDE: [&str; 12] = [
    "exporter",
    "operator",
    "backup",
    "admin",
    "commander",
    "insight",
    "client",
    "migrat",
    "sentinel",
    "proxy",
    "express",
    "router",
];

/// The port that IANA has registered for a protocol, and the variable that the server's image is set up with.
const MARKS: [(u16, &str, Engine); 5] = [
    (3306, "MYSQL_ROOT_PASSWORD", Engine::MySql),
    (3306, "MARIADB_ROOT_PASSWORD", Engine::MySql),
    (5432, "POSTGRES_PASSWORD", Engine::Postgres),
    (6379, "REDIS_REPLICATION_MODE", Engine::Redis),
    (27017, "MONGO_INITDB_ROOT_USERNAME", Engine::Mongo),
];

/// A database of the cluster.
#[derive(Debug)]
pub(crate) struct Server {
    pub workload: WorkloadRef,
    pub engine: Engine,
    /// The ports of its services, by the name of the service.
    pub ports: BTreeMap<String, BTreeSet<u16>>,
    /// The ports on which its containers say that they listen.
    pub listens: BTreeSet<u16>,
}

/// The databases of a cluster.
#[derive(Debug)]
pub(crate) struct Servers(Vec<Server>);

impl Servers {
    pub(crate) fn of(scene: &Scene) -> Self {
        let graph = &scene.graph;
        let servers = graph.workloads().filter_map(|status| {
            let template = graph.template_of(&status.workload)?;
            let engine = template.spec.containers.iter().find_map(engine_of)?;
            let ports = graph.services_of(&status.workload).map(|service| {
                let ports = service.spec.ports.iter().map(|port| port.port).collect();
                (service.metadata.name.clone(), ports)
            });
            let declared = template.spec.containers.iter().flat_map(|container| &container.ports);
            let listens = declared.map(|port| port.container_port).collect();
            Some(Server { workload: status.workload.clone(), engine, ports: ports.collect(), listens })
        });
        Self(servers.collect())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Server> {
        self.0.iter()
    }

    /// The database of this name.
    pub(crate) fn named(&self, namespace: &str, name: &str) -> Option<&Server> {
        self.0.iter().find(|server| server.workload.namespace == namespace && server.workload.name == name)
    }

    /// The database behind an address, as it is meant in a namespace, and the service of it.
    pub(crate) fn at<'a>(&'a self, scene: &'a Scene, from: &str, host: &str) -> Option<(&'a Server, &'a str)> {
        let (service, _) = scene.service_at(from, host)?;
        let server = self.named(service.metadata.namespace(), scene.graph.app_of_service(service))?;
        Some((server, &service.metadata.name))
    }
}

impl Server {
    pub(crate) fn culprit(&self) -> Culprit {
        Culprit::app(&self.workload.namespace, &self.workload.name)
    }

    /// Whether a workload of it is as many as it should be.
    pub(crate) fn is_up(&self, scene: &Scene) -> bool {
        let mut pods = scene.graph.pods_of(&self.workload).peekable();
        pods.peek().is_some() && pods.all(Pod::is_ready)
    }

    /// Whether a metric's target (`store-0:9104`, `10.0.0.7:9187`, `store`) is this database.
    pub(crate) fn is_target(&self, scene: &Scene, target: &str) -> bool {
        let host = target.split("://").last().unwrap_or_default().split([':', '/']).next().unwrap_or_default();
        let name = host.split('.').next().unwrap_or_default();
        let pod = |pod: &Pod| pod.metadata.name == name || pod.status.pod_ip.as_deref() == Some(host);
        name == self.workload.name || self.ports.contains_key(name) || scene.graph.pods_of(&self.workload).any(pod)
    }
}

/// The engine of a container that is a database server.
fn engine_of(container: &Container) -> Option<Engine> {
    let image = container.image.rsplit('/').next().unwrap_or_default();
    let image = image.split(['@', ':']).next().unwrap_or_default().to_lowercase();
    if BESIDE.iter().any(|word| image.contains(word)) {
        return None;
    }
    let by_image = IMAGES.iter().find(|(name, _)| image.contains(name)).map(|(_, engine)| *engine);
    by_image.or_else(|| {
        let marked = |(port, variable, _): &&(u16, &str, Engine)| {
            container.ports.iter().any(|it| it.container_port == *port)
                || container.env.iter().any(|env| env.name == *variable)
        };
        MARKS.iter().find(marked).map(|(.., engine)| *engine)
    })
}
