use lamplighter_core::ports::ClusterWriter;
use lamplighter_core::words::PodRestart;
use lamplighter_core::{Approved, Result};

async fn twice(writer: &dyn ClusterWriter, approved: Approved<PodRestart>) -> Result<()> {
    writer.restart_pod(approved).await?;
    writer.restart_pod(approved).await
}

fn main() {}
