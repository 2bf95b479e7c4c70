//! Relating the objects of a cluster of 10,000 pods, compared with copying them.

use std::any::Any;
use std::hint::black_box;
use std::sync::Arc;

use lamplighter_benches::{SyntheticCluster, alternately};
use lamplighter_core::cluster::{ClusterGraph, ClusterState, Endpoints};
use lamplighter_core::diagnosis::Scene;
use lamplighter_core::ports::{ClusterReader, Scope};
use lamplighter_snapshot::Snapshot;

const ROUNDS: usize = 11;

#[expect(clippy::print_stdout, reason = "that is what a benchmark is for")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    SyntheticCluster::of_pods(10_000).services(500).events(20_000).write(dir.path())?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let snapshot = Snapshot::open(dir.path())?;
    let state: Arc<ClusterState> = Arc::new(runtime.block_on(snapshot.state(&Scope::everything()))?);
    let graph = ClusterGraph::new(Arc::clone(&state));

    let measured = alternately(
        ROUNDS,
        [
            ("a copy of the state", &mut || -> Box<dyn Any> { Box::new(ClusterState::clone(&state)) }),
            ("ClusterGraph::new", &mut || -> Box<dyn Any> { Box::new(ClusterGraph::new(Arc::clone(&state))) }),
            ("Scene::new", &mut || -> Box<dyn Any> { Box::new(Scene::new(Arc::clone(&state))) }),
            ("every question once for every object", &mut || -> Box<dyn Any> { Box::new(questions(&graph)) }),
        ],
    );
    for one in &measured {
        println!("{one}  {:.2} times", one.times(&measured[0]));
    }
    Ok(())
}

/// Asks of every object what rules ask, and counts the answers.
fn questions(graph: &ClusterGraph) -> usize {
    let state = graph.state();
    let of_pods = state.pods.items().iter().filter(|pod| graph.workload_of(pod).is_some()).count();
    let of_workloads: usize = graph
        .workloads()
        .map(|status| {
            let workload = &status.workload;
            let template = usize::from(graph.template_of(workload).is_some());
            graph.pods_of(workload).count()
                + graph.events_of(workload).count()
                + graph.services_of(workload).count()
                + graph.replica_sets_of(workload).count()
                + template
        })
        .sum();
    let services = state.services.items().iter();
    let of_services: usize = services
        .map(|service| {
            let ready = graph.endpoints_of(service).map_or(0, Endpoints::ready);
            graph.workloads_behind(service).len() + graph.pods_behind(service).len() + ready
        })
        .sum();
    let of_nodes: usize = state.nodes.items().iter().map(|node| graph.pods_on(&node.metadata.name).count()).sum();
    let current = state.events.items().iter().filter(|event| graph.is_current(event)).count();
    black_box(of_pods + of_workloads + of_services + of_nodes + current)
}
