use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::agent::FanOut;
use lamplighter_core::diagnosis::{Diagnosis, DiagnosisRequest, Scene, SpecialistReport};
use lamplighter_core::words::{HealthReport, LostMember, Report, Triage, TriageInput};
use lamplighter_core::{Agent, BoxAgent, Context, Result};

use crate::combine::rank;
use crate::settings::SurveySettings;
use crate::verdict::verdict;

/// The agent that says what is down, how bad, why, and on what evidence.
///
/// It surveys once, has the scene scanned and triaged, asks every specialist, and ranks what they name by causal
/// order: what explains the rest comes first. It reads through its members alone and changes nothing.
pub struct Diagnostician {
    survey: BoxAgent<DiagnosisRequest, Arc<Scene>>,
    health: BoxAgent<Arc<Scene>, HealthReport>,
    triage: BoxAgent<TriageInput, Triage>,
    specialists: FanOut<Arc<Scene>, SpecialistReport>,
}

impl Diagnostician {
    /// Puts one together.
    #[must_use]
    pub fn new(
        survey: BoxAgent<DiagnosisRequest, Arc<Scene>>,
        health: BoxAgent<Arc<Scene>, HealthReport>,
        triage: BoxAgent<TriageInput, Triage>,
        specialists: Vec<BoxAgent<Arc<Scene>, SpecialistReport>>,
    ) -> Self {
        let settings = SurveySettings::default();
        let at_once = specialists.len();
        let specialists = FanOut::new("specialists", specialists, at_once, settings.specialist_limit);
        Self { survey, health, triage, specialists }
    }

    /// The diagnosis of a scene that was surveyed before.
    ///
    /// # Errors
    /// Those of the scan and of the triage. A specialist that fails is a gap.
    pub async fn diagnose(&self, cx: &Context, request: &DiagnosisRequest, scene: Arc<Scene>) -> Result<Diagnosis> {
        let health = self.health.run(cx, Arc::clone(&scene)).await?;
        let input = TriageInput { report: report(request), scene: Arc::clone(&scene), health };
        let (triage, members) =
            futures_util::join!(self.triage.run(cx, input), self.specialists.run(cx, Arc::clone(&scene)));
        let triage = triage?;
        let mut gaps = unseen(&scene);
        let (mut reports, mut lost) = (Vec::new(), Vec::new());
        for member in members? {
            match member.outcome {
                Ok(report) => {
                    for gap in &report.gaps {
                        // What is missing in the scene is said once, not by everybody who misses it.
                        if !gaps.iter().any(|known| gap.contains(known.as_str())) {
                            gaps.push(gap.clone());
                        }
                    }
                    reports.push(report);
                }
                Err(error) => {
                    let why = error.public_message().to_owned();
                    gaps.push(format!("{} could not look: {why}", member.member));
                    lost.push(LostMember { member: member.member, why });
                }
            }
        }
        let causes = rank(&scene, &reports);
        let verdict = verdict(&scene, &triage, &causes);
        Ok(Diagnosis {
            verdict: verdict.health,
            severity: verdict.severity,
            reasons: verdict.reasons,
            causes,
            taken_at: scene.taken_at(),
            source: scene.source(),
            gaps,
            lost,
            triage,
            reports,
        })
    }
}

#[async_trait]
impl Agent for Diagnostician {
    type Input = DiagnosisRequest;
    type Output = Diagnosis;

    fn name(&self) -> &'static str {
        "diagnostician"
    }

    /// # Errors
    /// When the cluster cannot be read at all. Everything else that cannot be read is among the gaps.
    async fn run(&self, cx: &Context, request: DiagnosisRequest) -> Result<Diagnosis> {
        let scene = self.survey.run(cx, request.clone()).await?;
        self.diagnose(cx, &request, scene).await
    }
}

/// What is asked about, as the triage understands it.
fn report(request: &DiagnosisRequest) -> Option<Report> {
    let asked = || request.service.clone().map(|service| Report { service: Some(service), ..Report::default() });
    request.report.clone().or_else(asked)
}

/// What of the scene could not be read.
fn unseen(scene: &Scene) -> Vec<String> {
    let mut gaps = Vec::new();
    let state = scene.state();
    macro_rules! cluster {
        ($($kind:ident),*) => {$(
            if let Err(reason) = state.$kind.as_result() {
                gaps.push(format!("{}: {reason}", stringify!($kind).replace('_', " ")));
            }
        )*};
    }
    cluster!(nodes, pods, deployments, replica_sets, stateful_sets, daemon_sets, claims, events, services, endpoints);
    let others = [
        scene.signals.as_result().err(),
        scene.alerts.as_result().err(),
        scene.monitors.as_result().err(),
        scene.logs.as_result().err(),
    ];
    for reason in others.into_iter().flatten() {
        if !gaps.iter().any(|gap| gap == reason) {
            gaps.push(reason.to_owned());
        }
    }
    gaps
}
