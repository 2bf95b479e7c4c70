use async_trait::async_trait;
use lamplighter_core::Result;
use lamplighter_core::diagnosis::Call;
use lamplighter_core::ports::Topology;
use serde::Deserialize;

use crate::Snapshot;

#[async_trait]
impl Topology for Snapshot {
    async fn calls(&self) -> Result<Vec<Call>> {
        let recorded: Recorded = self.read(|folder| folder.json("dependencies.json")).await?;
        Ok(recorded.edges)
    }
}

#[derive(Deserialize)]
struct Recorded {
    #[serde(default)]
    edges: Vec<Call>,
}
