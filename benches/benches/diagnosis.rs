//! Reading and understanding a cluster of 10,000 pods, compared with what parsing its bytes takes.
//!
//! The target is less than twice the time of `serde_json` into a `Value`. Everything is measured in the same run.

use std::any::Any;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use lamplighter::{Diagnostics, Options, Sources, standalone};
use lamplighter_benches::{SyntheticCluster, alternately};
use lamplighter_core::cluster::ClusterState;
use lamplighter_core::diagnosis::{Diagnosis, DiagnosisRequest, Scene};
use lamplighter_core::ports::{ClusterReader, Scope};
use lamplighter_snapshot::Snapshot;
use serde_json::Value;

const PODS: usize = 10_000;
const SERVICES: usize = 500;
const EVENTS: usize = 20_000;
const ROUNDS: usize = 7;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cluster = SyntheticCluster::of_pods(PODS).services(SERVICES).events(EVENTS);
    compare("as the API server sends it", &cluster.clone().compact())?;
    compare("as kubectl prints it", &cluster)
}

#[expect(clippy::print_stdout, reason = "that is what a benchmark is for")]
fn compare(form: &str, cluster: &SyntheticCluster) -> Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let dump = cluster.write(dir.path())?;
    let files = dump.files.iter().map(fs::read).collect::<Result<Vec<_>, _>>()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
    let path = dir.path();

    let mut parse = || -> Box<dyn Any> {
        let parsed = files.iter().map(|bytes| serde_json::from_slice::<Value>(bytes)).collect::<Result<Vec<_>, _>>();
        Box::new(parsed)
    };
    let read = || runtime.block_on(async { Snapshot::open(path)?.state(&Scope::everything()).await });
    let mut read_only = || -> Box<dyn Any> { Box::new(read()) };
    let mut read_and_relate =
        || -> Box<dyn Any> { Box::new(read().map(|state: ClusterState| Scene::new(Arc::new(state)))) };

    let mut diagnose = || -> Box<dyn Any> { Box::new(runtime.block_on(diagnosis(path))) };

    println!("{form}: {PODS} pods, {SERVICES} services, {EVENTS} events, {} bytes, {ROUNDS} rounds", dump.bytes);
    let measured = alternately(
        ROUNDS,
        [
            ("serde_json into Value", &mut parse),
            ("snapshot into ClusterState", &mut read_only),
            ("snapshot into ClusterState and Scene", &mut read_and_relate),
            ("the whole diagnosis", &mut diagnose),
        ],
    );
    let [floor, .., whole] = &measured;
    for measured in &measured {
        println!("{measured}  {:.2} times", measured.times(floor));
    }
    let verdict = if whole.times(floor) < 2.0 { "below" } else { "NOT below" };
    println!("the last is {verdict} the target of twice the first");
    Ok(())
}

/// As `lamplighter diagnose` makes it.
async fn diagnosis(path: &Path) -> lamplighter_core::Result<Diagnosis> {
    let snapshot = Arc::new(Snapshot::open(path)?);
    let sources = Sources::new(snapshot.clone())
        .with_logs(snapshot.clone())
        .with_metrics(snapshot.clone())
        .with_monitors(snapshot.clone())
        .with_topology(snapshot.clone())
        .with_units(snapshot.clone())
        .with_manifests(snapshot);
    let diagnostics = Diagnostics::new(sources, &Options::default());
    diagnostics.diagnose(&standalone("diagnose"), DiagnosisRequest::default()).await
}
