use std::sync::Arc;

use lamplighter_core::diagnosis::{Rule, Scene, Specialist, SpecialistReport};
use lamplighter_core::{Agent, Context, Result};

use crate::rules::rules;

/// The specialist for what is measured: alerts, anomalies, monitors, and what none of them saw.
#[derive(Debug)]
pub struct Observability(Specialist);

impl Observability {
    /// The specialist with all its rules.
    #[must_use]
    pub fn new() -> Self {
        Self(Specialist::new("observability", rules()))
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

impl Default for Observability {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait::async_trait]
impl Agent for Observability {
    type Input = Arc<Scene>;
    type Output = SpecialistReport;

    fn name(&self) -> &'static str {
        "observability"
    }

    async fn run(&self, cx: &Context, scene: Arc<Scene>) -> Result<SpecialistReport> {
        self.0.run(cx, scene).await
    }
}
