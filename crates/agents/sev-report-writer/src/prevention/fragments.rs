//! Drafts of Terraform out of what the evidence shows, formatted as `terraform fmt` does it.

use lamplighter_core::diagnosis::Cause;

use super::Draft;
use super::shown::{Shown, between, one, plain, port, sum};

/// The entry of a quota that refused something, with room for it.
pub(super) fn quota(shown: &Shown<'_>) -> Option<Draft> {
    let (quota, resource, used, wanted) = shown.lines().find_map(refusal).or_else(|| used_up(shown))?;
    let room = sum(used, wanted)?;
    let (quota, resource) = (plain(quota)?, plain(resource)?);
    let text = format!(
        "hard = {{\n  \"{resource}\" = \"{room}\" # {used} in use and {wanted} asked for; the other entries stay\n}}\n"
    );
    let namespace = &shown.names.namespace;
    Some(Draft::fragment(format!("in the resource that declares quota {quota} of {namespace}, block spec"), text))
}

/// `exceeded quota: q, requested: pods=1, used: pods=10, limited: pods=10`: the one resource of it.
fn refusal(line: &str) -> Option<(&str, &str, &str, &str)> {
    let quota = between(line, "exceeded quota: ", ",")?;
    let (resource, wanted) = between(line, "requested: ", ", used: ")?.split_once('=')?;
    let (also, used) = between(line, ", used: ", ", limited: ")?.split_once('=')?;
    (resource == also && !wanted.contains(',')).then_some((quota, resource, used, wanted))
}

/// `quota q: services 11 of 11` and what finds no room in it.
fn used_up<'a>(shown: &Shown<'a>) -> Option<(&'a str, &'a str, &'a str, &'a str)> {
    let mut quotas = shown.lines().filter_map(|line| {
        let (quota, rest) = line.strip_prefix("quota ")?.split_once(": ")?;
        let (resource, rest) = rest.split_once(' ')?;
        Some((quota, resource, rest.split_once(" of ")?.0))
    });
    let (quota, resource, used) = quotas.next().filter(|_| quotas.next().is_none())?;
    let wanted = match shown.cause.cause {
        Cause::NamespaceStorageQuotaExceeded => shown.only("has no room for claim ", "")?.rsplit_once(" with its ")?.1,
        _ => "1",
    };
    Some((quota, resource, used, wanted))
}

/// The account that is named and does not exist.
pub(super) fn account(shown: &Shown<'_>) -> Option<Draft> {
    let name = plain(shown.only("serviceaccount \"", "\" not found")?)?;
    let namespace = &shown.names.namespace;
    let text = format!(
        "resource \"kubernetes_service_account_v1\" \"{label}\" {{\n  metadata {{\n    name      = \"{name}\"\n    \
         namespace = \"{namespace}\"\n  }}\n}}\n",
        label = label(name),
    );
    Some(Draft::file(format!("service-account-{}.tf", name.replace('/', "-")), text))
}

/// What was refused, and no more: `User "system:serviceaccount:a:b" cannot list resource "pods" in API group "" in the
/// namespace "a"`.
pub(super) fn role(shown: &Shown<'_>) -> Option<Draft> {
    let refused = one(shown.lines().filter_map(|line| between(line, "User \"system:serviceaccount:", "")))?;
    let (namespace, name) = refused.split_once('"')?.0.split_once(':')?;
    let verb = plain(between(refused, " cannot ", " resource \"")?)?;
    let resource = plain(between(refused, " resource \"", "\"")?)?;
    let group = between(refused, "in API group \"", "\"")?;
    let within = plain(between(refused, "in the namespace \"", "\"")?)?;
    let (namespace, name) = (plain(namespace)?, plain(name)?);
    if !group.is_empty() {
        plain(group)?;
    }
    let named = format!("{}-{verb}-{}", name.replace(':', "-"), resource.replace('/', "-"));
    let label = label(&named);
    let text = format!(
        "resource \"kubernetes_role_v1\" \"{label}\" {{\n  metadata {{\n    name      = \"{named}\"\n    \
         namespace = \"{within}\"\n  }}\n  rule {{\n    api_groups = [\"{group}\"]\n    resources  = [\"{resource}\"]\n    \
         verbs      = [\"{verb}\"]\n  }}\n}}\n\nresource \"kubernetes_role_binding_v1\" \"{label}\" {{\n  metadata {{\n    \
         name      = \"{named}\"\n    namespace = \"{within}\"\n  }}\n  role_ref {{\n    \
         api_group = \"rbac.authorization.k8s.io\"\n    kind      = \"Role\"\n    name      = \"{named}\"\n  }}\n  \
         subject {{\n    kind      = \"ServiceAccount\"\n    name      = \"{name}\"\n    namespace = \"{namespace}\"\n  \
         }}\n}}\n"
    );
    Some(Draft::file(format!("role-{named}.tf"), text))
}

/// The one taint that keeps it off: `worker-1: dedicated=batch:NoSchedule`.
pub(super) fn toleration(shown: &Shown<'_>) -> Option<Draft> {
    let taint = one(shown.lines().filter_map(|line| {
        let (_, taint) = line.split_once(": ")?;
        let (_, effect) = taint.rsplit_once(':')?;
        matches!(effect, "NoSchedule" | "NoExecute" | "PreferNoSchedule").then_some(taint)
    }))?;
    let (taint, effect) = taint.rsplit_once(':')?;
    let (key, value) = taint.split_once('=').unwrap_or((taint, ""));
    let key = plain(key)?;
    let (operator, value) = match value {
        "" => ("Exists", String::new()),
        value => ("Equal", format!("  value    = \"{}\"\n", plain(value)?)),
    };
    let text = format!(
        "toleration {{\n  key      = \"{key}\"\n  operator = \"{operator}\"\n{value}  effect   = \"{effect}\"\n}}\n"
    );
    Some(Draft::fragment(workload(shown, "block spec.template.spec"), text))
}

/// The number of replicas before it was set to none: `Scaled down replica set x to 0 from 3`, or `from 3 to 0`.
pub(super) fn replicas(shown: &Shown<'_>) -> Option<Draft> {
    let before = one(shown.lines().filter(|line| line.contains("caled down")).filter_map(|line| {
        let older = || line.split_once(" to 0")?.0.rsplit_once(" from ").map(|(_, before)| before);
        between(line, " to 0 from ", "").or_else(older)
    }))?;
    let before: u32 = before.parse().ok().filter(|before| *before > 0)?;
    Some(Draft::fragment(workload(shown, "block spec"), format!("replicas = {before}\n")))
}

/// What of a service does not fit its pods: its selector, a port's target or a port's protocol.
pub(super) fn service(shown: &Shown<'_>) -> Option<Draft> {
    if let Some(labels) = shown.only("labels of the pods of ", "") {
        let service = plain(shown.only("selector of service ", ":")?)?;
        let labels = labels.split_once(": ")?.1.split(", ").filter_map(|label| label.split_once('='));
        let mut labels: Vec<(&str, &str)> = labels.collect();
        if labels.len() > 1 {
            let is_stable = |key: &str| matches!(key, "app" | "app.kubernetes.io/name" | "k8s-app");
            labels.retain(|(key, _)| is_stable(key));
        }
        let (key, value) = labels.first().filter(|_| labels.len() == 1)?;
        let text = format!("selector = {{\n  \"{}\" = \"{}\"\n}}\n", plain(key)?, plain(value)?);
        let place = format!("in the resource that declares service {service} of {}, block spec", shown.names.namespace);
        return Some(Draft::fragment(place, text));
    }
    let line = one(shown.lines().filter(|line| line.starts_with("service ") && line.contains(": port ")))?;
    let service = plain(between(line, "service ", ":")?)?;
    let number = port(between(line, ": port ", ",")?)?;
    let listens = shown.only(&format!("pods of {service}: "), "")?;
    let (listens, protocol) = listens.split_once('/').filter(|(_, rest)| !rest.contains(','))?;
    let text = if line.contains(", targetPort ") {
        let target = match listens.split_once(':') {
            Some((name, _)) => format!("\"{}\"", plain(name)?),
            None => port(listens)?.to_string(),
        };
        format!("target_port = {target}\n")
    } else if line.contains(", protocol ") && matches!(protocol, "TCP" | "UDP" | "SCTP") {
        format!("protocol = \"{protocol}\"\n")
    } else {
        return None;
    };
    let namespace = &shown.names.namespace;
    let place =
        format!("in the resource that declares service {service} of {namespace}, block spec.port of port {number}");
    Some(Draft::fragment(place, text))
}

/// The address with the only port that the service has: `A_URL of container c: b:7001`, `service b has the ports 7000`.
pub(super) fn address(shown: &Shown<'_>) -> Option<Draft> {
    let line = one(shown.lines().filter(|line| line.contains(" of container ") && line.contains(": ")))?;
    let (variable, rest) = line.split_once(" of container ")?;
    let (container, address) = rest.split_once(": ")?;
    let (host, old) = address.rsplit_once(':')?;
    port(old)?;
    let (service, is) = one(shown.lines().filter(|line| line.contains(" has the ports ")))?
        .strip_prefix("service ")?
        .split_once(" has the ports ")?;
    let is = port(is)?;
    let names_it = host == service || host.starts_with(&format!("{service}."));
    let (variable, container, host) = (plain(variable)?, plain(container)?, plain(host)?);
    let text = format!("env {{\n  name  = \"{variable}\"\n  value = \"{host}:{is}\"\n}}\n");
    names_it
        .then(|| Draft::fragment(workload(shown, &format!("block spec.template.spec.container of {container}")), text))
}

/// What a probe asks, by the port that its container declares or the protocol that another probe speaks there.
pub(super) fn probe(shown: &Shown<'_>) -> Option<Draft> {
    let step = shown.steps().find(|step| step.contains(" probe to port ") && step.contains(" of container "))?;
    let (kind, rest) = step.split_once(" probe to port ")?;
    let (speaks, kind) = kind.trim_start_matches("the ").trim_start_matches("The ").split_once(' ')?;
    let block = match kind {
        "liveness" => "liveness_probe",
        "readiness" => "readiness_probe",
        _ => return None,
    };
    let asked = port(rest.split_once(' ')?.0)?;
    let container = plain(between(rest, " of container ", " ")?)?;
    let (within, text) = match shown.cause.cause {
        Cause::LivenessProbeIncorrectPort | Cause::ReadinessProbeIncorrectPort => {
            let declared = port(shown.only(&format!("container {container} declares port "), "")?)?;
            let handler = match speaks {
                "gRPC" => "grpc",
                "HTTP" | "HTTPS" => "http_get",
                "TCP" => "tcp_socket",
                _ => return None,
            };
            (format!("{block}.{handler}"), format!("port = {declared}\n"))
        }
        Cause::LivenessProbeIncorrectProtocol | Cause::ReadinessProbeIncorrectProtocol => {
            shown
                .lines()
                .find(|line| line.contains("the other probe of the container speaks gRPC to the same port"))?;
            (format!("{block}, in place of what it asks now"), format!("grpc {{\n  port = {asked}\n}}\n"))
        }
        _ => return None,
    };
    let place = workload(shown, &format!("container {container}, block spec.template.spec.container.{within}"));
    Some(Draft::fragment(place, text))
}

/// The old pods stay until the new ones are ready: a setting of deployments.
pub(super) fn rollout(shown: &Shown<'_>) -> Option<Draft> {
    let text = "strategy {\n  type = \"RollingUpdate\"\n  rolling_update {\n    max_unavailable = \"0\" # the old pods serve until the \
                new ones do\n    max_surge       = \"1\"\n  }\n}\n";
    shown.is_deployment.then(|| Draft::fragment(workload(shown, "block spec"), text.to_owned()))
}

fn workload(shown: &Shown<'_>, place: &str) -> String {
    let kind = if shown.is_deployment { "deployment" } else { "workload" };
    format!("in the resource that declares {kind} {} of {}, {place}", shown.names.name, shown.names.namespace)
}

/// A name as Terraform has them.
fn label(name: &str) -> String {
    let mut label: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if label.starts_with(|c: char| c.is_ascii_digit()) {
        label.insert(0, '_');
    }
    label
}
