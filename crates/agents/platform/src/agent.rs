use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::diagnosis::{Rule, Scene, Specialist, SpecialistReport};
use lamplighter_core::{Agent, Context, Result};

/// The specialist for nodes, the control plane, scheduling and storage.
#[derive(Debug)]
pub struct Platform(Specialist);

impl Platform {
    /// The specialist with all its rules.
    #[must_use]
    pub fn new() -> Self {
        Self(Specialist::new("platform", crate::rules::rules()))
    }

    /// Looks at a scene.
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

impl Default for Platform {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Agent for Platform {
    type Input = Arc<Scene>;
    type Output = SpecialistReport;

    fn name(&self) -> &str {
        self.0.name()
    }

    async fn run(&self, cx: &Context, scene: Arc<Scene>) -> Result<SpecialistReport> {
        self.0.run(cx, scene).await
    }
}
