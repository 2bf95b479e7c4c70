//! The addresses that workloads are configured with.

use std::borrow::Cow;
use std::collections::BTreeMap;

use lamplighter_core::cluster::{Container, PodSpec, Service};
use lamplighter_core::diagnosis::Scene;
use lamplighter_core::words::WorkloadRef;

use crate::routes::is_routing;

/// Configuration beyond these bytes of one file is not looked through.
const LONGEST_FILE: usize = 256 * 1024;

/// Endings of the names of variables that hold the name of a host alone.
const HOST_ENDINGS: [&str; 9] = ["HOST", "HOSTNAME", "HOSTS", "ADDR", "ADDRESS", "SERVER", "ENDPOINT", "URL", "URI"];

/// An address that a workload is configured with.
#[derive(Debug, Clone)]
pub(crate) struct Configured<'a> {
    /// Whose configuration it is.
    pub(crate) workload: &'a WorkloadRef,
    /// The variable, flag or key that holds it.
    pub(crate) variable: String,
    /// Where that stands, for a person.
    pub(crate) place: String,
    /// The value as it is written.
    pub(crate) value: String,
    /// The host, in lower case.
    pub(crate) host: String,
    /// The port, written or meant by the scheme.
    pub(crate) port: Option<u16>,
}

/// Where an address leads.
#[derive(Debug, Clone)]
pub(crate) enum Destination<'a> {
    /// To a service.
    Service(&'a Service),
    /// To a name in the cluster that no service has.
    Missing {
        /// The namespace in which it is looked for.
        namespace: String,
        /// The name.
        name: String,
    },
    /// Out of the cluster, into the pod itself, or where nobody can tell.
    Elsewhere,
}

/// The addresses of all workloads.
pub(crate) fn configured(scene: &Scene) -> Vec<Configured<'_>> {
    scene.graph.workloads().flat_map(|status| configured_in(scene, &status.workload)).collect()
}

/// The addresses of one workload: in variables, flags, and mounted config maps.
pub(crate) fn configured_in<'a>(scene: &'a Scene, workload: &'a WorkloadRef) -> Vec<Configured<'a>> {
    let Some(template) = scene.graph.template_of(workload) else { return Vec::new() };
    let mut all = Vec::new();
    for container in template.spec.init_containers.iter().chain(&template.spec.containers) {
        let variables = environment(scene, &workload.namespace, container);
        let place = |name: &str| format!("{name} of container {}", container.name);
        for (name, value) in &variables {
            let ports = || port_beside(name, &variables);
            all.extend(addresses(name, value, ports).map(|found| found.of(workload, name, place(name), value)));
        }
        all.extend(arguments(workload, container, &variables));
    }
    all.extend(mounted(scene, workload, &template.spec));
    all
}

/// The addresses in the command line of a container: `--store=host:port`, `--store host:port`.
fn arguments<'a>(
    workload: &'a WorkloadRef,
    container: &Container,
    variables: &BTreeMap<String, String>,
) -> Vec<Configured<'a>> {
    let place = || format!("arguments of container {}", container.name);
    let (mut all, mut flag) = (Vec::new(), String::new());
    for word in container.command.iter().chain(&container.args) {
        let word = expanded(word, variables);
        let (name, value) = match word.split_once('=').filter(|_| word.starts_with('-')) {
            Some((name, value)) => (name.to_owned(), value),
            None => (std::mem::take(&mut flag), &*word),
        };
        if word.starts_with('-') {
            flag = word.clone().into_owned();
        }
        // A script in one argument is no address.
        if !value.contains(char::is_whitespace) {
            all.extend(addresses(&name, value, || None).map(|found| found.of(workload, &name, place(), value)));
        }
    }
    all
}

/// The environment of a container as its template gives it: config maps first, then variables, which win
/// (Kubernetes API, `Container.envFrom`), with `$(NAME)` of earlier variables put in. Secrets have no values here.
pub(crate) fn environment(scene: &Scene, namespace: &str, container: &Container) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for source in &container.env_from {
        let prefix = source.prefix.as_deref().unwrap_or_default();
        let named = source.config_map_ref.as_ref().and_then(|map| scene.graph.config_map(namespace, &map.name));
        let data = named.into_iter().flat_map(|map| &map.data);
        all.extend(data.map(|(key, value)| (format!("{prefix}{key}"), value.clone())));
    }
    for variable in &container.env {
        let from_map = || {
            let key = variable.value_from.as_ref()?.config_map_key_ref.as_ref()?;
            scene.graph.config_map(namespace, &key.name)?.data.get(&key.key).cloned()
        };
        let value = variable.value.as_deref().map(|value| expanded(value, &all).into_owned());
        if let Some(value) = value.or_else(from_map) {
            all.insert(variable.name.clone(), value);
        }
    }
    all
}

/// Where a host leads, for whoever asks from a namespace (Kubernetes docs, DNS for Services and Pods: `name`,
/// `name.namespace`, `name.namespace.svc…`, each with a pod's name before the name of a headless service).
pub(crate) fn destination<'a>(scene: &'a Scene, from: &str, host: &str) -> Destination<'a> {
    if host == "localhost" || host.parse::<core::net::IpAddr>().is_ok() {
        let services = scene.state().services.items().iter();
        let by_ip = services.into_iter().find(|service| service.spec.cluster_ip.as_deref() == Some(host));
        return by_ip.map_or(Destination::Elsewhere, Destination::Service);
    }
    let find = |namespace: &str, name: &str| scene.graph.service(namespace, name);
    let missing =
        |namespace: &str, name: &str| Destination::Missing { namespace: namespace.to_owned(), name: name.to_owned() };
    let labels: Vec<&str> = host.trim_end_matches('.').split('.').collect();
    match labels.as_slice() {
        [name] => find(from, name).map_or_else(|| missing(from, name), Destination::Service),
        [first, second] => match find(second, first).or_else(|| find(from, second)) {
            Some(service) => Destination::Service(service),
            None if is_namespace(scene, second) => missing(second, first),
            None => Destination::Elsewhere,
        },
        [name, namespace, svc, ..] if *svc == "svc" => {
            find(namespace, name).map_or_else(|| missing(namespace, name), Destination::Service)
        }
        [_, name, namespace, rest @ ..] if rest.first().is_none_or(|svc| *svc == "svc") => {
            match find(namespace, name) {
                Some(service) => Destination::Service(service),
                None if rest.is_empty() => Destination::Elsewhere,
                None => missing(namespace, name),
            }
        }
        _ => Destination::Elsewhere,
    }
}

fn is_namespace(scene: &Scene, name: &str) -> bool {
    let known = scene.state().namespaces.items().iter().any(|namespace| namespace.metadata.name == name);
    known || scene.graph.workloads().any(|status| status.workload.namespace == name)
}

/// `$(NAME)` and `${NAME:default}` put in: the first is Kubernetes' (Define Dependent Environment Variables), the
/// second Spring's and the shell's.
fn expanded<'a>(value: &'a str, variables: &BTreeMap<String, String>) -> Cow<'a, str> {
    if !value.contains("$(") && !value.contains("${") {
        return Cow::Borrowed(value);
    }
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        let inside = after
            .strip_prefix('(')
            .and_then(|after| after.split_once(')'))
            .or_else(|| after.strip_prefix('{').and_then(|after| after.split_once('}')));
        let Some((inside, after_it)) = inside else {
            text.push('$');
            rest = after;
            continue;
        };
        let (name, default) = inside.split_once(':').map_or((inside, None), |(name, default)| (name, Some(default)));
        let default = default.map(|default| default.strip_prefix('-').unwrap_or(default));
        text.push_str(variables.get(name).map(String::as_str).or(default).unwrap_or_default());
        rest = after_it;
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// An address in a value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    pub(crate) scheme: Option<String>,
}

impl Found {
    fn of<'a>(self, workload: &'a WorkloadRef, variable: &str, place: String, value: &str) -> Configured<'a> {
        let Self { host, port, .. } = self;
        Configured { workload, variable: variable.to_owned(), place, value: value.to_owned(), host, port }
    }
}

/// The addresses in a value, which may be a list with commas. A bare word is one only where the name of its
/// variable says so.
fn addresses<'a>(
    name: &'a str,
    value: &'a str,
    port_beside: impl Fn() -> Option<u16> + 'a,
) -> impl Iterator<Item = Found> + 'a {
    let upper = name.to_ascii_uppercase();
    let names_a_host = HOST_ENDINGS.iter().any(|ending| upper.ends_with(ending));
    let pairs = connection_string(value);
    // The pairs of a connection string are no list of addresses.
    let list = if pairs.is_some() { "" } else { value };
    let listed = list.split([',', ';']).filter_map(move |part| {
        let mut found = address(part.trim())?;
        if found.port.is_none() {
            found.port = port_beside();
        }
        (found.port.is_some() || found.scheme.is_some() || names_a_host).then_some(found)
    });
    pairs.into_iter().chain(listed)
}

/// The address in the pairs of a connection string: `Server=store;Port=3306;Uid=me`, `host=store port=5432`,
/// `Data Source=tcp:store,1433` (ADO.NET, libpq, ODBC).
fn connection_string(value: &str) -> Option<Found> {
    const HOSTS: [&str; 6] = ["server", "host", "hostname", "data source", "address", "addr"];
    let separator = if value.contains(';') { ';' } else { ' ' };
    let pairs = || value.split(separator).filter_map(|pair| pair.split_once('='));
    let of = |names: &[&str]| {
        let mut named = pairs().filter(|(key, _)| names.iter().any(|name| key.trim().eq_ignore_ascii_case(name)));
        named.next().map(|(_, value)| value.trim())
    };
    let several = pairs().count() > 1;
    let host = of(&HOSTS).filter(|_| several)?.trim_start_matches("tcp:").replace(',', ":");
    let mut found = address(&host)?;
    found.port = found.port.or_else(|| of(&["port"])?.parse().ok());
    Some(found)
}

/// The address that a text is: `host`, `host:port`, `scheme://user@host:port/path`, `jdbc:mysql://host/x`,
/// `user@tcp(host:port)/x`.
pub(crate) fn address(text: &str) -> Option<Found> {
    let text = text.strip_prefix("jdbc:").unwrap_or(text);
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (Some(scheme.rsplit(':').next().unwrap_or(scheme).to_ascii_lowercase()), rest),
        None => (None, text),
    };
    let rest = rest.split_once("tcp(").map_or(rest, |(_, rest)| rest);
    let authority = rest.trim_start_matches('/').split(['/', '?', '#', ')', ';', ',']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok()?)),
        None => (authority, None),
    };
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let named = host.chars().any(|c| c.is_ascii_alphabetic()) || host.parse::<core::net::IpAddr>().is_ok();
    let whole = !host.is_empty() && host.len() <= 253 && host.chars().all(letters) && !host.starts_with(['-', '.']);
    let port = port.or_else(|| scheme.as_deref().and_then(usual_port));
    (named && whole).then(|| Found { host: host.to_ascii_lowercase(), port, scheme })
}

/// The port that a scheme means where none is written, by the IANA's registry of service names.
fn usual_port(scheme: &str) -> Option<u16> {
    Some(match scheme {
        "http" | "ws" => 80,
        "https" | "wss" => 443,
        "mysql" | "mariadb" => 3306,
        "postgres" | "postgresql" => 5432,
        "redis" => 6379,
        "mongodb" => 27017,
        "amqp" => 5672,
        "nats" => 4222,
        _ => return None,
    })
}

/// The port in the variable beside one that holds a host: `STORE_PORT` for `STORE_HOST`.
fn port_beside(name: &str, variables: &BTreeMap<String, String>) -> Option<u16> {
    let upper = name.to_ascii_uppercase();
    let ending = HOST_ENDINGS.iter().find(|ending| upper.ends_with(*ending))?;
    let stem = name.get(..name.len() - ending.len())?;
    ["PORT", "port", "Port"].iter().find_map(|port| variables.get(&format!("{stem}{port}"))?.trim().parse().ok())
}

/// The addresses in the config maps that are mounted into a pod: whatever in them has a scheme or a port.
fn mounted<'a>(scene: &'a Scene, workload: &'a WorkloadRef, spec: &PodSpec) -> Vec<Configured<'a>> {
    let maps = spec.volumes.iter().filter_map(|volume| volume.config_map.as_ref());
    let variables: BTreeMap<String, String> =
        spec.containers.iter().flat_map(|container| environment(scene, &workload.namespace, container)).collect();
    let mut all = Vec::new();
    for map in maps.filter_map(|map| scene.graph.config_map(&workload.namespace, &map.name)) {
        // The routes of gateways are read elsewhere.
        let plain = map.data.iter().filter(|(_, text)| text.len() <= LONGEST_FILE && !is_routing(text));
        for (key, text) in plain {
            for line in text.lines().filter(|line| !line.trim_start().starts_with(['#', ';'])) {
                let line = expanded(line, &variables);
                let words =
                    line.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '=' | '[' | ']' | ';'));
                let found = words.filter_map(address).filter(|found| found.port.is_some());
                let place = || format!("{key} of config map {}", map.metadata.name);
                let line = line.trim();
                all.extend(found.map(|found| found.of(workload, key, place(), line)));
            }
        }
    }
    all
}
