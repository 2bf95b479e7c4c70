//! Behaviour of the diagnostician and of the survey, over fakes.

#![expect(clippy::unwrap_used, reason = "a test fails where it is wrong")]

mod ranking;
mod survey;
mod verdict;

use std::sync::Arc;

use lamplighter_core::diagnosis::{
    Cause, Culprit, Diagnosis, DiagnosisRequest, Likelihood, RootCause, Scene, SpecialistReport,
};
use lamplighter_core::words::{Finding, Health, HealthReport, Severity, Source, Triage, TriageInput, Trigger};
use lamplighter_core::{Agent, AgentExt, BoxAgent, Context, Error, Result, async_trait};
use lamplighter_diagnostician::Diagnostician;
use lamplighter_testkit::context;
use lamplighter_testkit::fakes::FakeClock;

/// An agent that gives what the test has put into it.
struct Gives<I, O>(&'static str, Arc<dyn Fn(I) -> Result<O> + Send + Sync>);

#[async_trait]
impl<I: Send + 'static, O: Send + 'static> Agent for Gives<I, O> {
    type Input = I;
    type Output = O;

    fn name(&self) -> &'static str {
        self.0
    }

    async fn run(&self, _: &Context, input: I) -> Result<O> {
        (self.1)(input)
    }
}

fn gives<I: Send + 'static, O: Send + 'static>(
    name: &'static str,
    give: impl Fn(I) -> Result<O> + Send + Sync + 'static,
) -> BoxAgent<I, O> {
    Gives(name, Arc::new(give)).boxed()
}

fn finding(summary: &str, culprit: &Culprit) -> Finding {
    Finding::new(summary, culprit.object(), Source::new("test"), FakeClock::START)
}

fn cause(cause: Cause, culprit: Culprit, confidence: Likelihood) -> RootCause {
    let evidence = finding(cause.code(), &culprit);
    RootCause::new(cause, culprit, confidence, evidence)
}

fn app(name: &str) -> Culprit {
    Culprit::app("apps", name)
}

fn says(name: &'static str, causes: Vec<RootCause>) -> BoxAgent<Arc<Scene>, SpecialistReport> {
    gives(name, move |_| {
        Ok(SpecialistReport { specialist: name.to_owned(), causes: causes.clone(), ..SpecialistReport::default() })
    })
}

fn triage(health: Health, severity: Option<Severity>) -> Triage {
    Triage {
        health,
        severity,
        reasons: vec!["nothing wrong was found, and nothing says that all is well".to_owned()],
        services: Vec::new(),
        namespaces: Vec::new(),
        domains: Vec::new(),
        window: None,
        trigger: Trigger::Unknown,
        nodes: Vec::new(),
        critical_findings: Vec::new(),
        specialists: Vec::new(),
    }
}

/// A diagnosis of this scene where the triage says this and the specialists say that.
async fn diagnose(
    scene: Scene,
    triaged: Triage,
    specialists: Vec<BoxAgent<Arc<Scene>, SpecialistReport>>,
) -> Diagnosis {
    let scene = Arc::new(scene);
    let health = gives("cluster-health", |scene: Arc<Scene>| {
        Ok(HealthReport { taken_at: scene.taken_at(), cluster: "test".to_owned(), checks: Vec::new() })
    });
    let triage = gives("sev-triage", move |_: TriageInput| Ok(triaged.clone()));
    let survey = gives("surveyor", |_: DiagnosisRequest| Err(Error::internal("it was surveyed before")));
    let diagnostician = Diagnostician::new(survey, health, triage, specialists);
    diagnostician.diagnose(&context("diagnose"), &DiagnosisRequest::default(), scene).await.unwrap()
}
