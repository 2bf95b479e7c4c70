//! What there is to draw: the apps of a scene with their state, who calls whom, and what the diagnosis says of them.

use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::cluster::Service;
use lamplighter_core::diagnosis::{Culprit, Diagnosis, RootCause, Scene};

use super::standing::{Standing, State, trouble_of};

/// How many of the diagnosed causes are marked.
const MARKED: usize = 3;

/// An app by namespace and name.
pub(super) type Key = (String, String);

/// A box: a service with its workload, or one of them without the other.
#[derive(Debug, Default)]
pub(super) struct App {
    /// How it stands.
    pub(super) standing: Standing,
    /// What it consists of, for the tooltip: `deployment wiki`, `service wiki`.
    pub(super) parts: BTreeSet<String>,
    /// The rank of the diagnosed cause of which it is the culprit; the first is 0.
    pub(super) cause: Option<usize>,
    /// Whether the diagnosis says that it suffers.
    pub(super) suffers: bool,
}

/// Everything that there is to draw.
#[derive(Debug, Default)]
pub(super) struct Board<'a> {
    pub(super) apps: BTreeMap<Key, App>,
    /// Who calls whom.
    pub(super) calls: BTreeSet<(Key, Key)>,
    /// How many calls are not drawn, because several apps have the name of an end.
    pub(super) unclear_calls: usize,
    /// The causes that are marked.
    pub(super) causes: Vec<&'a RootCause>,
    /// The calls on the way from the first cause to what people notice.
    pub(super) way: BTreeSet<(Key, Key)>,
}

impl<'a> Board<'a> {
    pub(super) fn new(scene: &Scene, diagnosis: Option<&'a Diagnosis>) -> Self {
        let mut board = Self::default();
        board.add_workloads(scene);
        board.add_services(scene);
        board.add_calls(scene);
        if let Some(diagnosis) = diagnosis {
            board.mark(scene, diagnosis);
        }
        board
    }

    /// The apps in this state.
    pub(super) fn within(&self, state: State) -> impl Iterator<Item = &Key> {
        self.apps.iter().filter(move |(_, app)| app.standing.state == state).map(|(key, _)| key)
    }

    /// How many apps are in this state.
    pub(super) fn count(&self, state: State) -> usize {
        self.within(state).count()
    }

    fn app(&mut self, namespace: &str, name: &str) -> &mut App {
        self.apps.entry((namespace.to_owned(), name.to_owned())).or_default()
    }

    fn add_workloads(&mut self, scene: &Scene) {
        let graph = &scene.graph;
        for status in graph.workloads() {
            let workload = &status.workload;
            let standing = Standing::of_workload(status, graph.pods_of(workload));
            let app = self.app(&workload.namespace, &workload.name);
            app.standing.join(standing);
            app.parts.insert(format!("{} {}", workload.kind, workload.name));
        }
        for workload in graph.owners_of_pods().filter(|workload| graph.workload(workload).is_none()) {
            let standing = Standing::of_pods(graph.pods_of(workload));
            let app = self.app(&workload.namespace, &workload.name);
            app.standing.join(standing);
            app.parts.insert(format!("{} {}, known by its pods", workload.kind, workload.name));
        }
    }

    fn add_services(&mut self, scene: &Scene) {
        for service in scene.state().services.items() {
            let name = scene.graph.app_of_service(service);
            let behind = scene.graph.workloads_behind(service);
            let standing = standing_of_service(scene, service);
            let app = self.app(service.metadata.namespace(), name);
            app.parts.insert(format!("service {}", service.metadata.name));
            if behind.is_empty() {
                app.standing.join(standing);
            } else {
                app.standing.reached_by(&standing);
            }
        }
    }

    fn add_calls(&mut self, scene: &Scene) {
        let mut named: BTreeMap<String, Vec<Key>> = BTreeMap::new();
        for key in self.apps.keys() {
            named.entry(key.1.clone()).or_default().push(key.clone());
        }
        for (from, to) in scene.calls.iter() {
            let key = |name: &str| vec![(String::new(), name.to_owned())];
            let above = named.get(from).cloned().unwrap_or_else(|| key(from));
            let below = named.get(to).cloned().unwrap_or_else(|| key(to));
            let mut drawn = false;
            for caller in &above {
                let near = below.iter().find(|callee| callee.0 == caller.0);
                let only = || below.first().filter(|_| below.len() == 1 && above.len() == 1);
                if let Some(callee) = near.or_else(only) {
                    for end in [caller, callee] {
                        self.apps.entry(end.clone()).or_default();
                    }
                    self.calls.insert((caller.clone(), callee.clone()));
                    drawn = true;
                }
            }
            self.unclear_calls += usize::from(!drawn);
        }
    }

    fn mark(&mut self, scene: &Scene, diagnosis: &'a Diagnosis) {
        self.causes = diagnosis.causes.iter().take(MARKED).collect();
        for (rank, cause) in self.causes.clone().into_iter().enumerate() {
            if let Culprit::App { namespace, name } = &cause.culprit {
                let app = self.app(namespace, name);
                app.cause.get_or_insert(rank);
                app.standing.suspect();
            }
        }
        let Some(first) = self.causes.first().copied() else { return };
        for affected in &first.affects {
            if let Culprit::App { namespace, name } = affected {
                let app = self.app(namespace, name);
                app.suffers = true;
                app.standing.suspect();
            }
        }
        self.way = self.way_up(&self.origins(scene, &first.culprit));
    }

    /// The apps in which a cause shows first.
    fn origins(&self, scene: &Scene, culprit: &Culprit) -> BTreeSet<Key> {
        match culprit {
            Culprit::App { namespace, name } => [(namespace.clone(), name.clone())].into(),
            Culprit::Namespace { name } => {
                let broken = |(key, app): &(&Key, &App)| key.0 == *name && app.standing.state.is_broken();
                self.apps.iter().filter(broken).map(|(key, _)| key.clone()).collect()
            }
            Culprit::Node { name } => {
                let pods = scene.graph.pods_on(name).filter(|pod| trouble_of(pod).is_some());
                let workloads = pods.filter_map(|pod| scene.graph.workload_of(pod));
                workloads.map(|workload| (workload.namespace, workload.name)).collect()
            }
        }
    }

    /// The calls by which something is noticed further up: the shortest ways from the apps in which it shows first to
    /// those that suffer or are broken and need them. Where none are, to those that nothing calls.
    fn way_up(&self, origins: &BTreeSet<Key>) -> BTreeSet<(Key, Key)> {
        let mut callers: BTreeMap<&Key, Vec<&Key>> = BTreeMap::new();
        for (from, to) in &self.calls {
            callers.entry(to).or_default().push(from);
        }
        let mut below: BTreeMap<&Key, Option<&Key>> = origins.iter().map(|key| (key, None)).collect();
        let mut reached: Vec<&Key> = origins.iter().collect();
        let mut at = 0;
        while let Some(key) = reached.get(at).copied() {
            for caller in callers.get(key).into_iter().flatten().copied() {
                if !below.contains_key(caller) {
                    below.insert(caller, Some(key));
                    reached.push(caller);
                }
            }
            at += 1;
        }
        let notices = |key: &&&Key| {
            let app = self.apps.get(**key);
            app.is_some_and(|app| app.suffers || app.standing.state.is_broken())
        };
        let above: Vec<&Key> = reached.iter().filter(|key| !origins.contains(**key)).copied().collect();
        let mut ends: Vec<&Key> = above.iter().filter(notices).copied().collect();
        if ends.is_empty() {
            ends = above.into_iter().filter(|key| !callers.contains_key(key)).collect();
        }
        let mut way = BTreeSet::new();
        for mut key in ends {
            while let Some(next) = below.get(key).copied().flatten() {
                way.insert((key.clone(), next.clone()));
                key = next;
            }
        }
        way
    }
}

/// How a service stands by its endpoints.
fn standing_of_service(scene: &Scene, service: &Service) -> Standing {
    let external = service.spec.external_name.is_some() || service.spec.selector.is_empty();
    Standing::of_service(external, scene.graph.endpoints_of(service))
}
