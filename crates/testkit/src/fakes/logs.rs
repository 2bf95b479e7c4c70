use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use lamplighter_core::ports::{Logs, LogsRequest};
use lamplighter_core::{Error, ErrorKind, Result, Usd, async_trait};

use super::{Calls, locked};

/// Logs in memory.
#[derive(Clone, Default)]
pub struct FakeLogs(Arc<Inner>);

#[derive(Default)]
struct Inner {
    pods: Mutex<BTreeMap<(String, String), Containers>>,
    price: Mutex<Usd>,
    calls: Calls,
}

type Containers = BTreeMap<String, ContainerLog>;

#[derive(Default)]
struct ContainerLog {
    current: Vec<String>,
    previous: Option<Vec<String>>,
}

impl FakeLogs {
    /// No logs of anything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, where a request costs this much.
    #[must_use]
    pub fn priced(self, price: Usd) -> Self {
        *locked(&self.0.price) = price;
        self
    }

    /// The same with what a container has written. The pod and the container are there from then on.
    #[must_use]
    pub fn with(self, namespace: &str, pod: &str, container: &str, lines: &[&str]) -> Self {
        self.container(namespace, pod, container, |log| log.current = owned(lines));
        self
    }

    /// The same with what a container wrote before its last restart.
    #[must_use]
    pub fn with_previous(self, namespace: &str, pod: &str, container: &str, lines: &[&str]) -> Self {
        self.container(namespace, pod, container, |log| log.previous = Some(owned(lines)));
        self
    }

    /// What it was asked, and what it is to fail at.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }

    fn container(&self, namespace: &str, pod: &str, container: &str, change: impl FnOnce(&mut ContainerLog)) {
        let mut pods = locked(&self.0.pods);
        let containers = pods.entry((namespace.to_owned(), pod.to_owned())).or_default();
        change(containers.entry(container.to_owned()).or_default());
    }
}

#[async_trait]
impl Logs for FakeLogs {
    async fn tail(&self, request: &LogsRequest) -> Result<Vec<String>> {
        let LogsRequest { namespace, pod, container, previous, lines } = request;
        let instance = if *previous { "previous" } else { "current" };
        let of = container.as_deref().unwrap_or("-");
        self.0.calls.begin("tail", format_args!("{namespace}/{pod} {of} {instance} {lines}"))?;
        let pods = locked(&self.0.pods);
        let containers = pods
            .get(&(namespace.clone(), pod.clone()))
            .ok_or_else(|| not_found(format!("there is no pod {namespace}/{pod}")))?;
        let log = choose(containers, container.as_deref())?;
        let written = if *previous { log.previous.as_ref() } else { Some(&log.current) };
        let written = written.ok_or_else(|| not_found(format!("pod {namespace}/{pod} has no earlier instance")))?;
        let skipped = written.len().saturating_sub(usize::try_from(*lines).unwrap_or(usize::MAX));
        Ok(written.iter().skip(skipped).cloned().collect())
    }

    fn price(&self) -> Usd {
        *locked(&self.0.price)
    }
}

fn choose<'a>(containers: &'a Containers, name: Option<&str>) -> Result<&'a ContainerLog> {
    match name {
        Some(name) => containers.get(name).ok_or_else(|| not_found(format!("there is no container {name}"))),
        None if containers.len() > 1 => Err(Error::invalid("the pod has several containers; name one of them")),
        None => containers.values().next().ok_or_else(|| not_found("the pod has no container")),
    }
}

fn owned(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|&line| line.to_owned()).collect()
}

fn not_found(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::NotFound, message.into())
}
