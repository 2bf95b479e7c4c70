//! Names in configuration: hosts in the values of environment variables.

use lamplighter_core::cluster::PodSpec;

/// The hosts inside of a cluster that a pod's environment names, with the variable: `STORE_ADDR` and `store` of
/// `store:6379`, `http://store.shop.svc:80/x`. A value without a scheme, a port or a telling name is no address.
pub(crate) fn hosts(spec: &PodSpec) -> impl Iterator<Item = (&str, Host<'_>)> {
    let containers = spec.containers.iter().chain(&spec.init_containers);
    containers.flat_map(|container| &container.env).filter_map(|env| {
        let value = env.value.as_deref()?.trim();
        Some((env.name.as_str(), host(&env.name, value)?))
    })
}

/// A host by the names of the cluster's DNS (Kubernetes docs, DNS for Services and Pods).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Host<'a> {
    /// The service.
    pub(crate) service: &'a str,
    /// Its namespace, where it is said.
    pub(crate) namespace: Option<&'a str>,
}

fn host<'a>(variable: &str, value: &'a str) -> Option<Host<'a>> {
    let (scheme, rest) = value.split_once("://").map_or((false, value), |(_, rest)| (true, rest));
    let authority = rest.split(['/', '?', ',', ' ']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = authority.rsplit_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let is_port = port.is_some_and(|port| port.parse::<u16>().is_ok());
    let telling = ["HOST", "ADDR", "SERVER", "ENDPOINT", "SERVICE"];
    let upper = variable.to_ascii_uppercase();
    if !(scheme || is_port || (port.is_none() && telling.iter().any(|word| upper.contains(word)))) {
        return None;
    }
    let mut labels = host.split('.');
    let (service, namespace) = (labels.next()?, labels.next());
    let in_cluster = labels.next().is_none_or(|label| label == "svc");
    let is_name = |label: &str| {
        label.starts_with(|c: char| c.is_ascii_lowercase())
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    (in_cluster && is_name(service) && namespace.is_none_or(is_name)).then_some(Host { service, namespace })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_from_addresses() {
        let named = |service, namespace| Some(Host { service, namespace });
        for (variable, value, expected) in [
            ("STORE_ADDR", "store:6379", named("store", None)),
            ("X", "http://store.shop.svc.cluster.local:80/x", named("store", Some("shop"))),
            ("X", "amqp://user:pass@queue:5672/", named("queue", None)),
            ("DB_HOST", "db", named("db", None)),
            ("MODE", "fast", None),
            ("X", "https://www.example.com/", None),
            ("X", "10.0.0.7:80", None),
            ("TIME", "12:30", None),
        ] {
            assert_eq!(host(variable, value), expected, "{variable}={value}");
        }
    }
}
