use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_cluster_health::ClusterHealth;
use lamplighter_core::diagnosis::{Diagnosis, DiagnosisRequest, Scene, SpecialistReport};
use lamplighter_core::words::{HealthReport, Report, Triage, TriageInput};
use lamplighter_core::{Agent, AgentExt, BoxAgent, Context, Result};
use lamplighter_database::Database;
use lamplighter_deploy::Deploy;
use lamplighter_diagnostician::{Diagnostician, Sources, Surveyor};
use lamplighter_network::Network;
use lamplighter_observability::Observability;
use lamplighter_platform::Platform;
use lamplighter_security::Security;
use lamplighter_sev_triage::{SevTriage, TriageSettings};
use lamplighter_sre::Sre;

use crate::Options;

/// All that only looks: the survey, the scan, the triage, the diagnosis. It changes nothing and remembers nothing.
///
/// ```
/// use std::sync::Arc;
///
/// use lamplighter::core::diagnosis::{Cause, DiagnosisRequest};
/// use lamplighter::{Diagnostics, Options, Sources, standalone};
/// use lamplighter_testkit::fakes::FakeCluster;
/// use lamplighter_testkit::objects::{cluster, deployment, node};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> lamplighter::core::Result<()> {
/// let wiki = deployment("apps", "wiki").pods(|pod| pod.out_of_memory(9));
/// let cluster = FakeCluster::new(cluster().node(node("n1")).workload(wiki));
/// let diagnostics = Diagnostics::new(Sources::new(Arc::new(cluster)), &Options::default());
/// let diagnosis = diagnostics.diagnose(&standalone("diagnose"), DiagnosisRequest::default()).await?;
/// assert_eq!(diagnosis.causes[0].cause, Cause::OomKilled);
/// assert_eq!(diagnosis.causes[0].culprit.to_string(), "app/wiki");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Diagnostics {
    glance: BoxAgent<DiagnosisRequest, Arc<Scene>>,
    survey: BoxAgent<DiagnosisRequest, Arc<Scene>>,
    health: BoxAgent<Arc<Scene>, HealthReport>,
    triage: BoxAgent<TriageInput, Triage>,
    diagnostician: Arc<Diagnostician>,
}

impl Diagnostics {
    /// Over these sources. Of the options the services and what a scan counts as trouble are used.
    #[must_use]
    pub fn new(sources: Sources, options: &Options) -> Self {
        let glance = Surveyor::new(sources.clone().without_logs()).boxed();
        let survey = Surveyor::new(sources).boxed();
        let health = ClusterHealth::new(options.health.clone()).boxed();
        // What is known and lived with counts nowhere.
        let settings = TriageSettings {
            known_issues: options.health.known_issues.clone(),
            ignored_namespaces: options.health.ignored_namespaces.clone(),
            ..TriageSettings::default()
        };
        let triage = SevTriage::new(options.catalog.clone()).with_settings(settings).boxed();
        let diagnostician = Diagnostician::new(survey.clone(), health.clone(), triage.clone(), specialists());
        Self { glance, survey, health, triage, diagnostician: Arc::new(diagnostician) }
    }

    /// Reads everything once but the logs, for those who only scan or triage.
    ///
    /// # Errors
    /// When the cluster cannot be read at all.
    pub async fn glance(&self, cx: &Context, request: DiagnosisRequest) -> Result<Arc<Scene>> {
        self.glance.run(cx, request).await
    }

    /// Reads everything once.
    ///
    /// # Errors
    /// When the cluster cannot be read at all.
    pub async fn survey(&self, cx: &Context, request: DiagnosisRequest) -> Result<Arc<Scene>> {
        self.survey.run(cx, request).await
    }

    /// Says what is down, how bad, why, and on what evidence.
    ///
    /// # Errors
    /// When the cluster cannot be read at all.
    pub async fn diagnose(&self, cx: &Context, request: DiagnosisRequest) -> Result<Diagnosis> {
        self.diagnostician.run(cx, request).await
    }

    /// The diagnosis of a scene that was surveyed before.
    ///
    /// # Errors
    /// None that are known; a specialist that fails is a gap.
    pub async fn diagnose_scene(
        &self,
        cx: &Context,
        request: &DiagnosisRequest,
        scene: Arc<Scene>,
    ) -> Result<Diagnosis> {
        self.diagnostician.diagnose(cx, request, scene).await
    }

    /// Scans a scene with named checks.
    ///
    /// # Errors
    /// None that are known; a check that cannot look is unknown.
    pub async fn health(&self, cx: &Context, scene: Arc<Scene>) -> Result<HealthReport> {
        self.health.run(cx, scene).await
    }

    /// Says how bad a scene is.
    ///
    /// # Errors
    /// As [`Diagnostics::health`].
    pub async fn triage(&self, cx: &Context, report: Option<Report>, scene: Arc<Scene>) -> Result<Triage> {
        let health = self.health.run(cx, Arc::clone(&scene)).await?;
        self.triage.run(cx, TriageInput { report, scene, health }).await
    }
}

impl Diagnostics {
    /// The scan, the triage and the diagnosis as agents, for the responder.
    pub(crate) fn agents(&self) -> Agents {
        let diagnosis = Shared(Arc::clone(&self.diagnostician)).boxed();
        Agents { health: self.health.clone(), triage: self.triage.clone(), diagnosis }
    }
}

/// What the responder asks.
pub(crate) struct Agents {
    pub(crate) health: BoxAgent<Arc<Scene>, HealthReport>,
    pub(crate) triage: BoxAgent<TriageInput, Triage>,
    pub(crate) diagnosis: BoxAgent<DiagnosisRequest, Diagnosis>,
}

/// One diagnostician for many.
struct Shared(Arc<Diagnostician>);

#[async_trait]
impl Agent for Shared {
    type Input = DiagnosisRequest;
    type Output = Diagnosis;

    fn name(&self) -> &str {
        self.0.name()
    }

    async fn run(&self, cx: &Context, request: DiagnosisRequest) -> Result<Diagnosis> {
        self.0.run(cx, request).await
    }
}

/// The specialists, each by itself: for those who put their own diagnosis together.
#[must_use]
pub fn specialists() -> Vec<BoxAgent<Arc<Scene>, SpecialistReport>> {
    vec![
        Sre::new().boxed(),
        Observability::new().boxed(),
        Platform::new().boxed(),
        Network::new().boxed(),
        Security::new().boxed(),
        Database::new().boxed(),
        Deploy::new().boxed(),
    ]
}
