//! A cluster in memory, with the controllers that a test of an agent needs.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use lamplighter_core::cluster::{ClusterState, Meta, Observed, Pod};
use lamplighter_core::ports::{ClusterReader, ClusterWriter, Scope};
use lamplighter_core::words::{PodRestart, Scaling, WorkloadKind, WorkloadRef};
use lamplighter_core::{Approved, Clock, Error, ErrorKind, Result, async_trait};

use super::{Calls, locked};
use crate::objects::reconcile::reconcile;
use crate::objects::workload::Owner;
use crate::objects::{PodBuilder, items, list, uid};

/// A cluster in memory. A pod that is restarted gets a successor of another UID, healthy unless the test
/// says otherwise; scaling makes and removes pods.
///
/// ```
/// use lamplighter_core::ports::{ClusterReader, ClusterWriter};
/// use lamplighter_core::words::PodRestart;
/// use lamplighter_testkit::approve_restart;
/// use lamplighter_testkit::fakes::FakeCluster;
/// use lamplighter_testkit::objects::{cluster, stateful_set};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> lamplighter_core::Result<()> {
/// let wiki = stateful_set("apps", "wiki").pods(|pod| pod.crash_looping(12));
/// let cluster = FakeCluster::new(cluster().workload(wiki));
/// let broken = cluster.pod("apps", "wiki-0").await?.unwrap();
/// let restart = PodRestart {
///     namespace: "apps".to_owned(),
///     pod: "wiki-0".to_owned(),
///     uid: broken.metadata.uid.clone(),
///     workload: None,
///     ready: false,
///     ready_siblings: 0,
/// };
/// cluster.restart_pod(approve_restart(restart).await).await?;
/// let cured = cluster.pod("apps", "wiki-0").await?.unwrap();
/// assert!(cured.is_ready() && cured.metadata.uid != broken.metadata.uid);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct FakeCluster(Arc<Inner>);

struct Inner {
    world: Mutex<World>,
    calls: Calls,
}

struct World {
    state: ClusterState,
    clock: Option<Arc<dyn Clock>>,
    successor: Arc<Successor>,
    births: u32,
    executed: Vec<ExecutedChange>,
}

type Successor = dyn Fn(&Pod, PodBuilder) -> Option<PodBuilder> + Send + Sync;

/// A change that was carried out and had an effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExecutedChange {
    /// A pod was deleted.
    Restarted(PodRestart),
    /// A count was set.
    Scaled(Scaling),
}

impl FakeCluster {
    /// A cluster in this state.
    #[must_use]
    pub fn new(state: impl Into<ClusterState>) -> Self {
        let world = World {
            state: state.into(),
            clock: None,
            successor: Arc::new(|_, fresh| Some(fresh)),
            births: 0,
            executed: Vec::new(),
        };
        Self(Arc::new(Inner { world: Mutex::new(world), calls: Calls::default() }))
    }

    /// The same, read and changed at the time of this clock instead of the time of its state.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        locked(&self.0.world).clock = Some(clock);
        self
    }

    /// The same, where the test decides what comes after a pod that is restarted: it is given the old pod and a
    /// healthy successor, and gives back what comes, or `None` where nothing does.
    #[must_use]
    pub fn on_restart(
        self,
        successor: impl Fn(&Pod, PodBuilder) -> Option<PodBuilder> + Send + Sync + 'static,
    ) -> Self {
        locked(&self.0.world).successor = Arc::new(successor);
        self
    }

    /// The same, where a restarted pod comes back as ill as it was.
    #[must_use]
    pub fn restarts_do_not_help(self) -> Self {
        self.on_restart(|old, fresh| {
            let mut fresh = fresh.build();
            fresh.status = old.status.clone();
            Some(PodBuilder::of(fresh))
        })
    }

    /// What it was asked, and what it is to fail at.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }

    /// What was carried out, the first first. A repetition without an effect is not in it.
    #[must_use]
    pub fn executed(&self) -> Vec<ExecutedChange> {
        locked(&self.0.world).executed.clone()
    }

    /// The cluster as it is now.
    #[must_use]
    pub fn now(&self) -> ClusterState {
        locked(&self.0.world).read()
    }

    /// Something happens in the cluster. Counts and endpoints follow the pods.
    pub fn change(&self, change: impl FnOnce(&mut ClusterState)) {
        let mut world = locked(&self.0.world);
        change(&mut world.state);
        reconcile(&mut world.state);
    }

    /// Something happens to one pod.
    pub fn change_pod(&self, namespace: &str, name: &str, change: impl FnOnce(PodBuilder) -> PodBuilder) {
        self.change(|state| {
            if let Some(pod) = items(&mut state.pods).iter_mut().find(|pod| is_called(&pod.metadata, namespace, name)) {
                *pod = change(PodBuilder::of(pod.clone())).build();
            }
        });
    }
}

#[async_trait]
impl ClusterReader for FakeCluster {
    async fn state(&self, scope: &Scope) -> Result<ClusterState> {
        self.0.calls.begin("state", scope.namespaces.join(","))?;
        let mut state = self.now();
        restrict(&mut state, scope);
        Ok(state)
    }

    async fn pod(&self, namespace: &str, name: &str) -> Result<Option<Pod>> {
        self.0.calls.begin("pod", format_args!("{namespace}/{name}"))?;
        let world = locked(&self.0.world);
        let pods = readable(&world.state.pods)?;
        Ok(pods.iter().find(|pod| is_called(&pod.metadata, namespace, name)).cloned())
    }

    async fn replicas(&self, workload: &WorkloadRef) -> Result<Option<u32>> {
        self.0.calls.begin("replicas", workload)?;
        let mut world = locked(&self.0.world);
        Ok(count_of(&mut world.state, workload)?.map(|count| count.unwrap_or(1)))
    }
}

#[async_trait]
impl ClusterWriter for FakeCluster {
    async fn restart_pod(&self, approved: Approved<PodRestart>) -> Result<()> {
        let restart = approved.into_change();
        self.0.calls.begin("restart_pod", format_args!("{}/{} {}", restart.namespace, restart.pod, restart.uid))?;
        locked(&self.0.world).restart(restart);
        self.0.calls.end("restart_pod")
    }

    async fn scale(&self, approved: Approved<Scaling>) -> Result<()> {
        let scaling = approved.into_change();
        self.0.calls.begin("scale", format_args!("{} {} -> {}", scaling.workload, scaling.from, scaling.to))?;
        locked(&self.0.world).scale(scaling)?;
        self.0.calls.end("scale")
    }
}

impl World {
    fn read(&self) -> ClusterState {
        ClusterState { taken_at: self.time(), ..self.state.clone() }
    }

    fn time(&self) -> Timestamp {
        self.clock.as_ref().map_or(self.state.taken_at, |clock| clock.now())
    }

    fn restart(&mut self, restart: PodRestart) {
        let is_it = |pod: &Pod| pod.metadata.uid == restart.uid && !pod.is_terminating();
        let Some(place) = self.state.pods.items().iter().position(is_it) else {
            return;
        };
        let old = list(&mut self.state.pods).remove(place);
        if let Some(fresh) = self.fresh_pod_after(&old)
            && let Some(successor) = (self.successor)(&old, fresh)
        {
            list(&mut self.state.pods).insert(place, successor.build());
        }
        self.executed.push(ExecutedChange::Restarted(restart));
        reconcile(&mut self.state);
    }

    fn fresh_pod_after(&mut self, old: &Pod) -> Option<PodBuilder> {
        let workload = self.state.workload_of(old)?;
        let mut fresh = self.new_pod_of(&workload)?.build();
        if workload.kind == WorkloadKind::StatefulSet {
            fresh.metadata.name.clone_from(&old.metadata.name);
            fresh.metadata.labels.clone_from(&old.metadata.labels);
        }
        fresh.spec.node_name.clone_from(&old.spec.node_name);
        Some(PodBuilder::of(fresh))
    }

    /// A healthy pod of a workload, of a name and a UID that there have not been before.
    fn new_pod_of(&mut self, workload: &WorkloadRef) -> Option<PodBuilder> {
        self.births += 1;
        let (owner, template) = Owner::find(&self.state, workload)?;
        let mut pod = owner.pod(&template, self.births + 1000).build();
        pod.metadata.uid = uid(&format!("{workload}/{}", self.births));
        pod.status.pod_ip = Some(format!("10.42.1.{}", self.births % 250));
        Some(PodBuilder::of(pod).created_at(self.time()))
    }

    fn scale(&mut self, scaling: Scaling) -> Result<()> {
        let workload = &scaling.workload;
        let count = count_of(&mut self.state, workload)?
            .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no count to set on {workload}")))?;
        let now = count.unwrap_or(1);
        if now != scaling.from && now != scaling.to {
            return Err(Error::new(ErrorKind::Conflict, format!("{workload} is set to {now} by somebody else")));
        }
        *count = Some(scaling.to);
        if now != scaling.to {
            self.fit_pods(workload, scaling.to);
            self.executed.push(ExecutedChange::Scaled(scaling));
        }
        reconcile(&mut self.state);
        Ok(())
    }

    fn fit_pods(&mut self, workload: &WorkloadRef, count: u32) {
        let names: Vec<String> = self.state.pods_of(workload).iter().map(|pod| pod.metadata.name.clone()).collect();
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let surplus = names.get(count.min(names.len())..).unwrap_or_default();
        list(&mut self.state.pods)
            .retain(|pod| pod.metadata.namespace() != workload.namespace || !surplus.contains(&pod.metadata.name));
        for index in names.len()..count {
            if let Some(pod) = self.new_pod_of(workload) {
                let mut pod = pod.build();
                if workload.kind == WorkloadKind::StatefulSet {
                    pod.metadata.name = format!("{}-{index}", workload.name);
                }
                list(&mut self.state.pods).push(pod);
            }
        }
    }
}

/// Where a workload's count is set, if it has one.
fn count_of<'a>(state: &'a mut ClusterState, workload: &WorkloadRef) -> Result<Option<&'a mut Option<u32>>> {
    let is_it = |meta: &Meta| is_called(meta, &workload.namespace, &workload.name);
    Ok(match workload.kind {
        WorkloadKind::Deployment => {
            readable(&state.deployments)?;
            let found = items(&mut state.deployments).iter_mut().find(|deployment| is_it(&deployment.metadata));
            found.map(|deployment| &mut deployment.spec.replicas)
        }
        WorkloadKind::StatefulSet => {
            readable(&state.stateful_sets)?;
            let found = items(&mut state.stateful_sets).iter_mut().find(|set| is_it(&set.metadata));
            found.map(|set| &mut set.spec.replicas)
        }
        WorkloadKind::DaemonSet => None,
    })
}

fn readable<T>(observed: &Observed<Vec<T>>) -> Result<&[T]> {
    let items = observed.as_result();
    items.map(Vec::as_slice).map_err(|reason| Error::new(ErrorKind::Permission, reason.to_owned()))
}

fn is_called(meta: &Meta, namespace: &str, name: &str) -> bool {
    meta.namespace() == namespace && meta.name == name
}

fn restrict(state: &mut ClusterState, scope: &Scope) {
    fn keep<T>(observed: &mut Observed<Vec<T>>, covers: impl Fn(&T) -> bool) {
        if let Observed::Seen(items) = observed {
            items.retain(covers);
        }
    }
    let covers = |meta: &Meta| scope.covers(meta.namespace());
    macro_rules! keep_each {
        ($($field:ident)*) => { $(keep(&mut state.$field, |object| covers(&object.metadata));)* };
    }
    keep_each!(
        pods
        deployments
        replica_sets
        stateful_sets
        daemon_sets
        jobs
        cron_jobs
        claims
        events
        services
        endpoints
        config_maps
        secrets
        service_accounts
        role_bindings
        quotas
        limit_ranges
        ingresses
        network_policies
        autoscalers
        disruption_budgets
    );
}
