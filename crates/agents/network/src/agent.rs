use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::diagnosis::{Rule, Scene, Specialist, SpecialistReport};
use lamplighter_core::{Agent, Context, Result};

use crate::rules::rules;

/// Looks for why requests do not get to where they should, or get there slowly.
#[derive(Debug)]
pub struct Network {
    specialist: Specialist,
}

impl Network {
    /// A specialist with all its rules.
    #[must_use]
    pub fn new() -> Self {
        Self { specialist: Specialist::new("network", rules()) }
    }

    /// Its rules.
    #[must_use]
    pub fn rules(&self) -> &[Box<dyn Rule>] {
        self.specialist.rules()
    }

    /// What is wrong in the scene, as far as the network goes.
    #[must_use]
    pub fn examine(&self, scene: &Scene) -> SpecialistReport {
        self.specialist.examine(scene)
    }
}

impl Default for Network {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Agent for Network {
    type Input = Arc<Scene>;
    type Output = SpecialistReport;

    fn name(&self) -> &'static str {
        "network"
    }

    async fn run(&self, cx: &Context, scene: Arc<Scene>) -> Result<SpecialistReport> {
        self.specialist.run(cx, scene).await
    }
}
