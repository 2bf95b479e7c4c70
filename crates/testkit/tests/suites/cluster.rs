//! Clusters and logs that break a promise.

use lamplighter_core::cluster::{ClusterState, Observed, Pod};
use lamplighter_core::ports::{ClusterReader, ClusterWriter, Logs, LogsRequest, Scope};
use lamplighter_core::words::{PodRestart, Scaling, WorkloadKind, WorkloadRef};
use lamplighter_core::{Approved, Result, async_trait};
use lamplighter_testkit::contract::{self, ClusterHarness, ClusterWriterHarness, ContainerLines, LogsHarness};
use lamplighter_testkit::fakes::{FakeCluster, FakeLogs};
use lamplighter_testkit::{approve_restart, approve_scaling};

use crate::check;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    ReadsEveryNamespace,
    PodsByNameAlone,
    CountsDaemonSets,
    ForbiddenIsEmpty,
    DeletesByName,
    ScalesFromAnything,
    RestartsNothing,
}

#[derive(Clone)]
struct Broken(FakeCluster, Fault);

impl Broken {
    fn new(fault: Fault) -> Self {
        Self(FakeCluster::new(contract::cluster_fixture()), fault)
    }

    fn is(&self, fault: Fault) -> bool {
        self.1 == fault
    }
}

#[async_trait]
impl ClusterReader for Broken {
    async fn state(&self, scope: &Scope) -> Result<ClusterState> {
        let everything = Scope::everything();
        self.0.state(if self.is(Fault::ReadsEveryNamespace) { &everything } else { scope }).await
    }

    async fn pod(&self, namespace: &str, name: &str) -> Result<Option<Pod>> {
        if self.is(Fault::PodsByNameAlone) {
            return Ok(self.0.now().pods.items().iter().find(|pod| pod.metadata.name == name).cloned());
        }
        self.0.pod(namespace, name).await
    }

    async fn replicas(&self, workload: &WorkloadRef) -> Result<Option<u32>> {
        if self.is(Fault::CountsDaemonSets) && workload.kind == WorkloadKind::DaemonSet {
            return Ok(Some(1));
        }
        self.0.replicas(workload).await
    }
}

#[async_trait]
impl ClusterWriter for Broken {
    async fn restart_pod(&self, approved: Approved<PodRestart>) -> Result<()> {
        if self.is(Fault::RestartsNothing) {
            return Ok(());
        }
        let mut restart = approved.into_change();
        if self.is(Fault::DeletesByName)
            && let Some(pod) = self.0.pod(&restart.namespace, &restart.pod).await?
        {
            restart.uid = pod.metadata.uid;
        }
        self.0.restart_pod(approve_restart(restart).await).await
    }

    async fn scale(&self, approved: Approved<Scaling>) -> Result<()> {
        let mut scaling = approved.into_change();
        if self.is(Fault::ScalesFromAnything)
            && let Some(count) = self.0.replicas(&scaling.workload).await?
        {
            scaling.from = count;
        }
        self.0.scale(approve_scaling(scaling).await).await
    }
}

#[async_trait]
impl ClusterHarness for Broken {
    fn reader(&self) -> &dyn ClusterReader {
        self
    }

    async fn without_pods(&self) -> Option<Box<dyn ClusterReader>> {
        let mut state = self.0.now();
        state.pods = if self.is(Fault::ForbiddenIsEmpty) {
            Observed::Seen(Vec::new())
        } else {
            Observed::Unknown("pods are forbidden".to_owned())
        };
        Some(Box::new(FakeCluster::new(state)))
    }
}

#[async_trait]
impl ClusterWriterHarness for Broken {
    fn writer(&self) -> &dyn ClusterWriter {
        self
    }
}

#[tokio::test]
async fn a_cluster_that_breaks_a_promise_is_found_out() {
    for (fault, words) in [
        (Fault::ReadsEveryNamespace, "are read for contract-b"),
        (Fault::PodsByNameAlone, "is not in contract-b"),
        (Fault::CountsDaemonSets, "the count of daemonset"),
        (Fault::ForbiddenIsEmpty, "pods are unknown, with the reason"),
    ] {
        check(words, async move { contract::cluster_reader(&Broken::new(fault)).await }).await;
    }
    for (fault, words) in [
        (Fault::DeletesByName, "done again, nothing happens"),
        (Fault::ScalesFromAnything, "scaling from a count that is not there"),
        (Fault::RestartsNothing, "the pod is gone or going"),
    ] {
        check(words, async move { contract::cluster_writer(&Broken::new(fault)).await }).await;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LogFault {
    FirstLines,
    DropsBlankLines,
    PreviousIsCurrent,
}

struct BrokenLogs(FakeLogs, LogFault);

#[async_trait]
impl Logs for BrokenLogs {
    async fn tail(&self, request: &LogsRequest) -> Result<Vec<String>> {
        match self.1 {
            LogFault::FirstLines => {
                let mut lines = self.0.tail(&LogsRequest { lines: u32::MAX, ..request.clone() }).await?;
                lines.truncate(usize::try_from(request.lines).unwrap_or(usize::MAX));
                Ok(lines)
            }
            LogFault::DropsBlankLines => {
                let lines = self.0.tail(request).await?;
                Ok(lines.into_iter().filter(|line| !line.is_empty()).collect())
            }
            LogFault::PreviousIsCurrent => self.0.tail(&LogsRequest { previous: false, ..request.clone() }).await,
        }
    }
}

#[async_trait]
impl LogsHarness for BrokenLogs {
    fn port(&self) -> &dyn Logs {
        self
    }

    async fn pod(&self, namespace: &str, name: &str, containers: &[ContainerLines]) {
        for ContainerLines { container, current, .. } in containers {
            let lines: Vec<&str> = current.iter().map(String::as_str).collect();
            let _same = self.0.clone().with(namespace, name, container, &lines);
        }
    }
}

#[tokio::test]
async fn logs_that_break_a_promise_are_found_out() {
    for (fault, words) in [
        (LogFault::FirstLines, "the last 2 lines"),
        (LogFault::DropsBlankLines, "the last 100 lines"),
        (LogFault::PreviousIsCurrent, "an earlier instance that there was not"),
    ] {
        check(words, async move { contract::logs(&BrokenLogs(FakeLogs::new(), fault)).await }).await;
    }
}
