//! An agent inside your own program: cluster-health over a dump, with a time limit, then an agent of your own.
//!
//! `cargo run -p lamplighter-examples --bin embed_an_agent -- DUMP`

use std::sync::Arc;
use std::time::Duration;

use lamplighter::adapters::Snapshot;
use lamplighter::agents::ClusterHealth;
use lamplighter::core::diagnosis::Scene;
use lamplighter::core::ports::{ClusterReader, Scope};
use lamplighter::core::words::HealthReport;
use lamplighter::core::{Agent, AgentExt, Context, Error, Result, async_trait};
use lamplighter::standalone;

/// Says in one line what a scan found.
struct TownCrier;

#[async_trait]
impl Agent for TownCrier {
    type Input = HealthReport;
    type Output = String;

    fn name(&self) -> &'static str {
        "town-crier"
    }

    async fn run(&self, _cx: &Context, report: HealthReport) -> Result<String> {
        Ok(format!("{}: {} findings in {} checks", report.status(), report.findings().count(), report.checks.len()))
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let dump = std::env::args().nth(1).ok_or_else(|| Error::invalid("name the folder of a cluster dump"))?;
    let state = Snapshot::open(&dump)?.state(&Scope::everything()).await?;
    let scene = Scene::new(Arc::new(state));
    let agent = ClusterHealth::default().timeout(Duration::from_secs(10)).then(TownCrier);
    let line = agent.run(&standalone("example"), Arc::new(scene)).await?;
    #[expect(clippy::print_stdout, reason = "this is a program")]
    {
        println!("{line}");
    }
    Ok(())
}
