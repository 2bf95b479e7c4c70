//! On which ports the containers of a pod listen, by all that says so.

use std::collections::BTreeMap;

use lamplighter_core::cluster::{Container, IntOrString, Pod};
use lamplighter_core::diagnosis::{LogStream, Scene};

/// The ports of a pod, each with what says that something listens there.
#[derive(Debug, Default)]
pub(crate) struct Ports {
    /// What is declared or configured: container ports, environment, arguments, target ports of services.
    pub declared: BTreeMap<u16, String>,
    /// What the programs say that they listen on, with the line.
    pub spoken: BTreeMap<u16, String>,
}

impl Ports {
    /// The ports on which the containers of a pod listen. The kubelet asks the pod's address, so that any container
    /// of the pod may be the one that answers.
    pub(crate) fn of(scene: &Scene, pod: &Pod, logs: &[&LogStream]) -> Self {
        let mut ports = Self::default();
        for container in &pod.spec.containers {
            ports.declare(container);
        }
        if let Some(workload) = scene.graph.workload_of(pod) {
            for service in scene.graph.services_of(&workload) {
                for port in &service.spec.ports {
                    if let Some(target) = number_of(pod, port.target_port.as_ref(), port.port) {
                        let why = format!("service {} targets port {target}", service.metadata.name);
                        ports.declared.entry(target).or_insert(why);
                    }
                }
            }
        }
        for line in logs.iter().flat_map(|stream| &stream.lines) {
            for port in announced(line) {
                ports.spoken.entry(port).or_insert_with(|| line.clone());
            }
        }
        ports
    }

    fn declare(&mut self, container: &Container) {
        let name = &container.name;
        for port in &container.ports {
            let port = port.container_port;
            self.declared.entry(port).or_insert_with(|| format!("container {name} declares port {port}"));
        }
        for env in &container.env {
            let Some(value) = env.value.as_deref().filter(|_| is_own_port(&env.name)) else { continue };
            if let Some(port) = last_number(value) {
                self.declared.entry(port).or_insert_with(|| format!("container {name} has {}={value}", env.name));
            }
        }
        for argument in container.command.iter().chain(&container.args) {
            let lower = argument.to_lowercase();
            let says =
                lower.starts_with("--") && ["port", "listen", "bind", "addr"].iter().any(|it| lower.contains(it));
            if let Some(port) = last_number(argument).filter(|_| says) {
                self.declared.entry(port).or_insert_with(|| format!("container {name} is started with {argument}"));
            }
        }
    }

    /// Whether anything says that something listens on a port.
    pub(crate) fn has(&self, port: u16) -> bool {
        self.declared.contains_key(&port) || self.spoken.contains_key(&port)
    }

    /// Whether nothing is known.
    pub(crate) fn is_empty(&self) -> bool {
        self.declared.is_empty() && self.spoken.is_empty()
    }

    /// What is known, a sentence each.
    pub(crate) fn reasons(&self) -> impl Iterator<Item = String> {
        let spoken = self.spoken.values().map(|line| format!("log: {line}"));
        self.declared.values().cloned().chain(spoken)
    }
}

/// The number of a port that is written as a number or as the name of a container port; `default` where nothing is
/// written (`corev1.ServicePort.targetPort`).
pub(crate) fn number_of(pod: &Pod, port: Option<&IntOrString>, default: u16) -> Option<u16> {
    match port {
        None => Some(default),
        Some(IntOrString::Int(number)) => u16::try_from(*number).ok(),
        Some(IntOrString::String(name)) => {
            let ports = pod.spec.containers.iter().flat_map(|container| &container.ports);
            let mut named = ports.filter(|port| port.name.as_deref() == Some(name));
            named.next().map(|port| port.container_port).or_else(|| name.parse().ok())
        }
    }
}

/// The environment variables by which programs are commonly told their own port. Those of others are named after
/// them: `STORE_PORT`.
fn is_own_port(name: &str) -> bool {
    const OWN: [&str; 14] = [
        "PORT",
        "SERVER_PORT",
        "HTTP_PORT",
        "HTTPS_PORT",
        "GRPC_PORT",
        "APP_PORT",
        "LISTEN_PORT",
        "METRICS_PORT",
        "MANAGEMENT_PORT",
        "MANAGEMENT_SERVER_PORT",
        "LISTEN_ADDR",
        "LISTEN_ADDRESS",
        "ASPNETCORE_URLS",
        "ASPNETCORE_HTTP_PORTS",
    ];
    OWN.contains(&name)
}

/// The last number of a text, where it can be a port.
fn last_number(text: &str) -> Option<u16> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let start = digits.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    digits.get(start..)?.parse().ok().filter(|port| *port != 0)
}

/// The ports that a log line says its program listens on: `listening on :8080`, `Tomcat started on port(s): 8080`,
/// `ready for connections … port: 3306`.
pub(crate) fn announced(line: &str) -> Vec<u16> {
    const SERVERS: [&str; 14] = [
        "listen",
        "ready for connections",
        "waiting for connections",
        "accept connections",
        "running mode",
        "started on",
        "running on",
        "running at",
        "serving",
        "server at",
        "server on",
        "bound to",
        "tomcat",
        "server started",
    ];
    const NOT_SO: [&str; 9] =
        ["fail", "error", "refused", "unable", "cannot", "in use", "connecting", "connected to", "not listening"];
    let lower = line.to_lowercase();
    let Some(at) = SERVERS.iter().filter_map(|word| lower.find(word)).min() else { return Vec::new() };
    let rest = lower.get(at..).unwrap_or_default();
    if NOT_SO.iter().any(|word| rest.contains(word)) {
        return Vec::new();
    }
    ports_in(rest)
}

/// The numbers that follow the word port, or the colon of an address.
fn ports_in(text: &str) -> Vec<u16> {
    let mut ports = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find(|c: char| c.is_ascii_digit())) {
        let start = from + start;
        let digits = text.get(start..).unwrap_or_default();
        let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        from = start + length;
        let before = text.get(..start).unwrap_or_default();
        if let Some(port) = digits.get(..length).and_then(|digits| digits.parse().ok()).filter(|port| *port >= 10)
            && (follows_port(before) || follows_host(before))
        {
            ports.push(port);
        }
    }
    ports
}

fn follows_port(before: &str) -> bool {
    let before = before.trim_end_matches([' ', ':', '=', '(', ')', '"', '\'', '\\', '[']);
    // `port(s)` has lost its bracket above.
    before.ends_with("port") || before.ends_with("ports") || before.ends_with("port(s")
}

/// A colon after a host or after nothing, which is none of a clock's and no key's of JSON.
fn follows_host(before: &str) -> bool {
    let Some(host) = before.strip_suffix(':') else { return false };
    let word = host.rsplit(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'')).next().unwrap_or_default();
    let last = word.chars().next_back();
    match last {
        None => !host.ends_with('"') || host.ends_with("\\\""),
        Some(c) if c.is_ascii_digit() => word.matches('.').count() == 3,
        Some(c) => c.is_ascii_alphanumeric() || matches!(c, ']' | '*' | '+' | '.' | ':'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_say_where_they_listen() {
        let cases: &[(&str, &[u16])] = &[
            ("listening on port: 9090", &[9090]),
            ("{\"ts\":1763722881.62,\"message\":\"Ledger listening on port :9443\",\"pid\":12}", &[9443]),
            ("{\"message\":\"starting to listen on tcp: \\\"[::]:6060\\\"\"}", &[6060]),
            ("2026-01-01 12:30:45 INFO Tomcat started on port(s): 8082 (http) with context path ''", &[8082]),
            ("Tomcat started on ports 8082 (http) with context path '/'", &[8082]),
            ("INFO:     Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)", &[8000]),
            ("Now listening on: http://[::]:5001", &[5001]),
            ("[INFO] Listening at: http://0.0.0.0:8000 (7)", &[8000]),
            ("Running mode=standalone, port=6380.", &[6380]),
            ("ready for connections. Version: '8.0.36'  socket: '/run/m.sock'  port: 3307", &[3307]),
            ("LOG:  listening on IPv4 address \"0.0.0.0\", port 5433", &[5433]),
            ("{\"msg\":\"Waiting for connections\",\"attr\":{\"port\":27018,\"ssl\":\"off\"}}", &[27018]),
            ("Serving HTTP on 0.0.0.0 port 8123 (http://0.0.0.0:8123/) ...", &[8123, 8123]),
            ("Netty started on port 7001", &[7001]),
            ("failed to listen on :9090: address already in use", &[]),
            ("connecting to ledger on port 9090", &[]),
            ("connection refused by 10.0.0.7:9090", &[]),
            ("listening since 12:30:45 for 20 clients", &[]),
        ];
        for (line, ports) in cases {
            assert_eq!(announced(line), *ports, "{line}");
        }
    }

    #[test]
    fn the_last_number_of_a_setting_is_its_port() {
        let cases =
            [("8080", Some(8080)), (":9090", Some(9090)), ("http://+:5000", Some(5000)), ("http", None), ("0", None)];
        for (text, port) in cases {
            assert_eq!(last_number(text), port, "{text}");
        }
    }
}
