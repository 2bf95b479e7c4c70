use lamplighter_core::cluster::{Container, PodSpec, Quantity};

/// What a pod asks of a node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Ask {
    /// Thousandths of a CPU.
    pub(crate) cpu: i128,
    /// Bytes.
    pub(crate) memory: i128,
}

/// Adds what one more asks for; what cannot be counted is as much as there can be.
fn sum(a: i128, b: i128) -> i128 {
    a.saturating_add(b)
}

impl Ask {
    /// What a pod asks for in sum.
    ///
    /// Kubernetes docs, Init Containers and Sidecar Containers, Resource sharing within containers: the sum over the
    /// containers and the sidecars, which are init containers with `restartPolicy: Always`, or what the greediest
    /// init container asks for together with the sidecars that start before it, whichever is more, and each resource
    /// by itself. A request that is absent is as high as the limit (Resource Management for Pods and Containers).
    pub(crate) fn of(spec: &PodSpec) -> Self {
        let (mut sidecars, mut greediest) = (Self::default(), Self::default());
        for container in &spec.init_containers {
            let ask = Self::of_container(container);
            if container.restart_policy.as_deref() == Some("Always") {
                sidecars = sidecars.and(ask);
                greediest = greediest.at_least(sidecars);
            } else {
                greediest = greediest.at_least(sidecars.and(ask));
            }
        }
        let running = spec.containers.iter().map(Self::of_container).fold(sidecars, Self::and);
        running.at_least(greediest)
    }

    fn of_container(container: &Container) -> Self {
        let resources = &container.resources;
        let asked = |name: &str| resources.requests.get(name).or_else(|| resources.limits.get(name));
        Self {
            cpu: asked("cpu").and_then(Quantity::millis).unwrap_or_default(),
            memory: asked("memory").and_then(Quantity::units).unwrap_or_default(),
        }
    }

    /// Both together.
    pub(crate) fn and(self, other: Self) -> Self {
        Self { cpu: sum(self.cpu, other.cpu), memory: sum(self.memory, other.memory) }
    }

    fn at_least(self, other: Self) -> Self {
        Self { cpu: self.cpu.max(other.cpu), memory: self.memory.max(other.memory) }
    }
}

/// What a pod asks for of anything but CPU and memory, such as GPUs: the most that one of its containers wants.
pub(crate) fn devices(spec: &PodSpec) -> impl Iterator<Item = (&str, i128)> {
    let containers = spec.containers.iter().chain(&spec.init_containers);
    containers.flat_map(|container| {
        let resources = &container.resources;
        let asked = resources.requests.iter().chain(&resources.limits);
        let others = asked.filter(|(name, _)| !matches!(name.as_str(), "cpu" | "memory"));
        others.filter_map(|(name, amount)| Some((name.as_str(), amount.millis()?)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplighter_core::cluster::Pod;
    use serde_json::{Value, json};

    fn ask(spec: &Value) -> (i128, i128) {
        let pod: Pod = serde_json::from_value(json!({ "spec": spec })).unwrap();
        let ask = Ask::of(&pod.spec);
        (ask.cpu, ask.memory)
    }

    fn container(cpu: &str, memory: &str) -> Value {
        json!({"name": "c", "resources": {"requests": {"cpu": cpu, "memory": memory}}})
    }

    #[test]
    fn containers_add_up_and_init_containers_come_one_after_the_other() {
        let containers = [container("500m", "100"), container("250m", "200")];
        assert_eq!(ask(&json!({ "containers": containers })), (750, 300));
        let init = [container("2", "50"), container("1", "900")];
        assert_eq!(ask(&json!({"containers": containers, "initContainers": init})), (2000, 900));
    }

    #[test]
    fn a_sidecar_stays_beside_everything_after_it() {
        let mut sidecar = container("1", "100");
        sidecar["restartPolicy"] = json!("Always");
        let init = [sidecar, container("2", "10")];
        assert_eq!(ask(&json!({"containers": [container("500m", "50")], "initContainers": init})), (3000, 150));
    }

    #[test]
    fn a_limit_is_a_request_where_there_is_no_other() {
        let container =
            json!({"name": "c", "resources": {"limits": {"cpu": "3", "memory": "1Ki"}, "requests": {"memory": "10"}}});
        assert_eq!(ask(&json!({ "containers": [container] })), (3000, 10));
    }
}
