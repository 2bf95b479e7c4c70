use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::diagnosis::{Rule, Scene, Specialist, SpecialistReport};
use lamplighter_core::{Agent, Context, Result};

use crate::rules::rules;

/// The specialist for rollouts, images, quotas and recent changes.
#[derive(Debug)]
pub struct Deploy(Specialist);

impl Deploy {
    /// With all of its rules.
    #[must_use]
    pub fn new() -> Self {
        Self(Specialist::new("deploy", rules()))
    }

    /// Its rules.
    #[must_use]
    pub fn rules(&self) -> &[Box<dyn Rule>] {
        self.0.rules()
    }

    /// Applies all rules to a scene.
    #[must_use]
    pub fn examine(&self, scene: &Scene) -> SpecialistReport {
        self.0.examine(scene)
    }
}

impl Default for Deploy {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Agent for Deploy {
    type Input = Arc<Scene>;
    type Output = SpecialistReport;

    fn name(&self) -> &str {
        self.0.name()
    }

    async fn run(&self, cx: &Context, scene: Arc<Scene>) -> Result<SpecialistReport> {
        self.0.run(cx, scene).await
    }
}

#[cfg(test)]
mod tests {
    use lamplighter_testkit::context;
    use lamplighter_testkit::objects::{PodBuilder, cluster, deployment};
    use lamplighter_testkit::scene::scene;

    use super::*;

    #[tokio::test]
    async fn the_agent_reports_what_it_examines() {
        let agent = Deploy::default();
        let wiki = deployment("apps", "wiki").pods(PodBuilder::image_pull_failing);
        let scene = Arc::new(scene(cluster().workload(wiki)).build());
        let report = agent.run(&context("test"), Arc::clone(&scene)).await.unwrap();
        assert!(!report.causes.is_empty());
        assert_eq!(report, agent.examine(&scene));
        assert_eq!((report.specialist.as_str(), agent.name()), ("deploy", "deploy"));
    }
}
