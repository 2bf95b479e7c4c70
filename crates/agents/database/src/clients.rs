//! Who asks which database, by configuration.
//!
//! Relied on: a short name resolves in the namespace of the pod (Kubernetes docs, DNS for Services and Pods);
//! connections are configured as an address (`host:port`, a JDBC URL, a DSN), or as a host and a port in two variables
//! whose names differ in their ends alone (`ORDERS_HOST`, `ORDERS_PORT`).

use std::collections::BTreeMap;

use lamplighter_core::cluster::Container;
use lamplighter_core::diagnosis::Scene;
use lamplighter_core::words::WorkloadRef;

use crate::servers::{Server, Servers};

/// That a workload is configured to ask a database.
#[derive(Debug)]
pub(crate) struct Client<'a> {
    pub workload: &'a WorkloadRef,
    pub server: &'a Server,
    /// The service through which it asks.
    pub service: &'a str,
    /// The port, where the configuration says one.
    pub port: Option<u16>,
    /// What says so: `env ORDERS_PORT=3307`.
    pub setting: String,
}

/// Every workload that is configured to ask a database, once for each setting.
pub(crate) fn clients<'a>(scene: &'a Scene, servers: &'a Servers) -> Vec<Client<'a>> {
    let mut clients = Vec::new();
    if servers.iter().next().is_none() {
        return clients;
    }
    for status in scene.graph.workloads() {
        let workload = &status.workload;
        let Some(template) = scene.graph.template_of(workload) else { continue };
        for container in &template.spec.containers {
            clients.extend(by_secret(servers, workload, container));
            let settings = settings(scene, workload, container);
            for (name, value) in &settings {
                for (host, port) in addresses_in(value) {
                    let Some((server, service)) = servers.at(scene, &workload.namespace, &host) else { continue };
                    if server.workload == *workload {
                        continue;
                    }
                    let beside = || port_beside(&settings, name);
                    let (port, setting) = match port.or_else(|| port_within(value)) {
                        Some(port) => (Some(port), format!("{name}={host}:{port}")),
                        None => match beside() {
                            Some((name, port)) => (Some(port), format!("{name}={port} for {host}")),
                            None => (None, format!("{name}={host}")),
                        },
                    };
                    clients.push(Client { workload, server, service, port, setting });
                }
            }
        }
    }
    clients
}

/// The database that the name of a secret speaks of, where the settings themselves are in that secret: who takes
/// `ledger-db-access` over asks `ledger-db`.
fn by_secret<'a>(servers: &'a Servers, workload: &'a WorkloadRef, container: &Container) -> Option<Client<'a>> {
    let whole = container.env_from.iter().filter_map(|from| from.secret_ref.as_ref()).map(|secret| &secret.name);
    let keys = container.env.iter().filter_map(|env| env.value_from.as_ref()?.secret_key_ref.as_ref());
    let names = whole.chain(keys.map(|key| &key.name));
    let meant = names.filter_map(|secret| {
        let is_meant = |server: &&Server| {
            let of = &server.workload;
            of.namespace == workload.namespace && *of != *workload && has_word(secret, &of.name)
        };
        let server = servers.iter().filter(is_meant).max_by_key(|server| server.workload.name.len())?;
        Some((server, secret))
    });
    let (server, secret) = meant.max_by_key(|(server, _)| server.workload.name.len())?;
    let service = server.ports.keys().next().unwrap_or(&server.workload.name);
    Some(Client { workload, server, service, port: None, setting: format!("secret {secret}") })
}

/// Whether a name has another one in it, between its ends and dashes.
fn has_word(name: &str, word: &str) -> bool {
    let ends = |edge: Option<char>| edge.is_none_or(|c| !c.is_alphanumeric());
    name.match_indices(word).any(|(at, _)| {
        let (before, after) = (name.get(..at), name.get(at + word.len()..));
        !word.is_empty()
            && ends(before.and_then(|before| before.chars().next_back()))
            && ends(after.and_then(|after| after.chars().next()))
    })
}

/// What a container is configured with: its environment with the config maps that it comes from, and its arguments.
fn settings(scene: &Scene, workload: &WorkloadRef, container: &Container) -> BTreeMap<String, String> {
    let map = |name: &str| scene.graph.config_map(&workload.namespace, name);
    let mut settings = BTreeMap::new();
    for from in &container.env_from {
        let data = from.config_map_ref.as_ref().and_then(|reference| map(&reference.name)).map(|map| &map.data);
        let prefix = from.prefix.as_deref().unwrap_or_default();
        settings.extend(data.into_iter().flatten().map(|(key, value)| (format!("{prefix}{key}"), value.clone())));
    }
    for env in &container.env {
        let key = env.value_from.as_ref().and_then(|from| from.config_map_key_ref.as_ref());
        let mapped = || key.and_then(|key| map(&key.name)?.data.get(&key.key));
        if let Some(value) = env.value.as_ref().or_else(mapped) {
            settings.insert(env.name.clone(), value.clone());
        }
    }
    for argument in container.command.iter().chain(&container.args) {
        let (name, value) = argument.split_once('=').unwrap_or(("argument", argument));
        settings.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    }
    settings
}

/// The port in the variable beside that of a host: `ORDERS_PORT` for `ORDERS_HOST`.
fn port_beside<'a>(settings: &'a BTreeMap<String, String>, name: &str) -> Option<(&'a str, u16)> {
    const ENDS: [&str; 8] = ["HOSTNAME", "HOST", "ADDRESS", "ADDR", "SERVER", "ENDPOINT", "URL", "URI"];
    let upper = name.to_uppercase();
    let end = ENDS.iter().find(|end| upper.ends_with(*end))?;
    let stem = upper.get(..upper.len() - end.len())?;
    settings.iter().find_map(|(other, value)| {
        let matches = other.to_uppercase().strip_prefix(stem).is_some_and(|rest| rest == "PORT");
        matches.then(|| Some((other.as_str(), value.trim().parse().ok()?))).flatten()
    })
}

/// The port among the pairs of a connection string: `Server=store;Port=3307;Uid=me`.
fn port_within(value: &str) -> Option<u16> {
    let pairs = value.split([';', ' ']).filter_map(|pair| pair.split_once('='));
    let mut ports = pairs.filter(|(key, _)| key.trim().eq_ignore_ascii_case("port"));
    ports.next()?.1.trim().parse().ok()
}

/// The addresses in a value: `store`, `store:3306`, `jdbc:mysql://store:3306/x?y=z`, `me:secret@tcp(store:3306)/x`.
fn addresses_in(value: &str) -> Vec<(String, Option<u16>)> {
    let is_host = |text: &str| {
        let first = text.chars().next();
        first.is_some_and(|c| c.is_ascii_alphanumeric())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))
    };
    let words = value.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':' | '_')));
    words
        .filter_map(|word| {
            let word = word.trim_matches(':');
            let (host, port) = match word.rsplit_once(':') {
                Some((host, port)) => (host.rsplit(':').next().unwrap_or(host), Some(port.parse().ok()?)),
                None => (word, None),
            };
            is_host(host).then(|| (host.to_owned(), port))
        })
        .take(32)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_speaks_of_a_database_by_its_whole_name() {
        assert!(has_word("ledger-db-access", "ledger-db") && has_word("ledger-db", "ledger-db"));
        assert!(!has_word("ledger-dbx", "ledger-db") && !has_word("oldledger-db", "ledger-db") && !has_word("a", ""));
    }

    #[test]
    fn addresses_are_found_in_what_they_are_written_in() {
        let cases = [
            ("store", vec![("store", None)]),
            ("store:3307", vec![("store", Some(3307))]),
            ("jdbc:mysql://store:3307/shop?useSSL=false", vec![("store", Some(3307))]),
            ("me:secret@tcp(store.vault:3307)/shop", vec![("store.vault", Some(3307))]),
            ("postgresql://me:pw@store:5433/shop", vec![("store", Some(5433))]),
        ];
        for (value, expected) in cases {
            let found = addresses_in(value);
            for (host, port) in expected {
                assert!(found.contains(&(host.to_owned(), port)), "{value}: {found:?}");
            }
        }
    }
}
