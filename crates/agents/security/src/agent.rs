use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::diagnosis::{Rule, Scene, Specialist, SpecialistReport};
use lamplighter_core::{Agent, Context, Result};

use crate::rules::rules;

/// The specialist for certificates, access rights, service accounts and secret stores.
#[derive(Debug)]
pub struct Security(Specialist);

impl Security {
    /// With all of its rules.
    #[must_use]
    pub fn new() -> Self {
        Self(Specialist::new("security", rules()))
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

impl Default for Security {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Agent for Security {
    type Input = Arc<Scene>;
    type Output = SpecialistReport;

    fn name(&self) -> &str {
        self.0.name()
    }

    async fn run(&self, cx: &Context, scene: Arc<Scene>) -> Result<SpecialistReport> {
        self.0.run(cx, scene).await
    }
}
