//! The routes of gateways, as the configuration of common proxies words them.

use std::collections::BTreeSet;

use lamplighter_core::diagnosis::Scene;
use lamplighter_core::words::WorkloadRef;

use crate::addresses::address;

/// What only the configuration of a gateway has: nginx, `HAProxy`, Envoy, Traefik, Caddy, Spring Cloud Gateway, Zuul.
const MARKS: [&str; 12] = [
    "proxy_pass",
    "upstream ",
    "spring.cloud.gateway",
    "predicates:",
    "zuul",
    "reverse_proxy",
    "load_assignment",
    "route_config",
    "virtual_hosts",
    "pathprefix(",
    "loadbalancer:",
    "default_backend",
];

/// What begins the next route.
const BEGINNINGS: [&str; 10] = [
    "location ",
    "upstream ",
    "- id:",
    "backend ",
    "- match",
    "handle ",
    "handle_path ",
    "rule:",
    "- prefix",
    "route ",
];

/// Configuration beyond these bytes of one file is not looked through.
const LONGEST_FILE: usize = 256 * 1024;

/// Where a gateway sends requests of a kind.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    /// What says which requests: a path, a name; in lower case, without what is no letter or digit.
    pub(crate) hints: Vec<String>,
    /// The host, in lower case.
    pub(crate) host: String,
    /// The port, where one is written or meant.
    pub(crate) port: Option<u16>,
    /// Where it stands, for a person.
    pub(crate) place: String,
    /// The line.
    pub(crate) line: String,
}

/// Whether a text is the configuration of a gateway.
pub(crate) fn is_routing(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    MARKS.iter().any(|mark| text.contains(mark))
}

/// The routes in the config maps that are mounted into a workload's pods.
pub(crate) fn routes(scene: &Scene, workload: &WorkloadRef) -> Vec<Route> {
    let Some(template) = scene.graph.template_of(workload) else { return Vec::new() };
    let maps = template.spec.volumes.iter().filter_map(|volume| volume.config_map.as_ref());
    let maps = maps.filter_map(|map| scene.graph.config_map(&workload.namespace, &map.name));
    let files = maps.flat_map(|map| map.data.iter().map(move |(key, text)| (&map.metadata.name, key, text)));
    let routing = files.filter(|(.., text)| text.len() <= LONGEST_FILE && is_routing(text));
    routing.flat_map(|(map, key, text)| routes_in(text, &format!("{key} of config map {map}"))).collect()
}

fn routes_in(text: &str, place: &str) -> Vec<Route> {
    let aliases = aliases(text);
    let mut routes: Vec<Route> = Vec::new();
    let (mut context, mut pending): (Vec<String>, bool) = (Vec::new(), false);
    // What nginx reads is divided by braces and semicolons, whatever lines it is written on.
    let marks: &[char] = if text.contains("proxy_pass") { &['{', '}', ';'] } else { &[] };
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    for line in lines.flat_map(|line| line.split(marks)).map(str::trim).filter(|line| !line.is_empty()) {
        let lower = line.to_ascii_lowercase();
        if BEGINNINGS.iter().any(|beginning| lower.starts_with(beginning)) {
            context = hints(&lower);
            pending = false;
        }
        let found = words(&lower).filter_map(address).find(|found| {
            (found.port.is_some() || found.scheme.is_some())
                // `proxy_pass http://NAME`; a server may have the name of its group.
                && !(found.scheme.is_some() && aliases.contains(&found.host))
                && found.host != "localhost"
        });
        if let Some(found) = found {
            let mut hints: Vec<String> = context.clone();
            hints.extend(property_names(&lower));
            routes.push(Route {
                hints,
                host: found.host,
                port: found.port,
                place: place.to_owned(),
                line: line.to_owned(),
            });
            pending = true;
        } else if pending && (lower.contains("path=") || lower.contains("path:")) {
            // Spring writes the predicates after the address.
            if let Some(last) = routes.last_mut() {
                last.hints.extend(self::hints(&lower));
            }
        }
    }
    routes
}

/// Names of groups of servers: `upstream NAME` (nginx), `backend NAME` (`HAProxy`), which stand for no host.
fn aliases(text: &str) -> BTreeSet<String> {
    let named = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let first = words.next()?;
        matches!(first, "upstream" | "backend").then(|| words.next())?
    });
    named.map(|name| name.trim_matches(['{', '"', ';']).to_ascii_lowercase()).collect()
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '=' | '[' | ']' | ';' | '`' | '(' | '{'))
}

/// The parts of paths and names in a line that may name a service.
fn hints(line: &str) -> Vec<String> {
    let parts = line.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_'));
    parts.map(crate::names::plain).filter(|part| part.len() > 2).collect()
}

/// `zuul.routes.orders.url=http://…`: the names before the address.
fn property_names(line: &str) -> Vec<String> {
    let key = line.split_once("http").or_else(|| line.split_once("lb:")).map_or("", |(key, _)| key);
    if key.contains('.') { hints(key) } else { Vec::new() }
}
