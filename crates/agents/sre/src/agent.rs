use std::sync::Arc;

use lamplighter_core::diagnosis::{Rule, Scene, Specialist, SpecialistReport};
use lamplighter_core::{Agent, Context, Result};

use crate::rules::rules;

/// The specialist for what runs: restarts, probes, limits and load.
#[derive(Debug)]
pub struct Sre(Specialist);

impl Sre {
    /// The specialist with all its rules.
    #[must_use]
    pub fn new() -> Self {
        Self(Specialist::new("sre", rules()))
    }

    /// Applies all rules to a scene.
    #[must_use]
    pub fn examine(&self, scene: &Scene) -> SpecialistReport {
        self.0.examine(scene)
    }

    /// Its rules.
    #[must_use]
    pub fn rules(&self) -> &[Box<dyn Rule>] {
        self.0.rules()
    }
}

impl Default for Sre {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait::async_trait]
impl Agent for Sre {
    type Input = Arc<Scene>;
    type Output = SpecialistReport;

    fn name(&self) -> &'static str {
        "sre"
    }

    async fn run(&self, cx: &Context, scene: Arc<Scene>) -> Result<SpecialistReport> {
        self.0.run(cx, scene).await
    }
}
