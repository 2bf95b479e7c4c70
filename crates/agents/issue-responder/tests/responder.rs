//! The responder over fakes: what it says and does on an issue.

use std::sync::Arc;
use std::time::Duration;

use lamplighter_core::cluster::ClusterState;
use lamplighter_core::ports::CloseReason;
use lamplighter_core::words::Change;
use lamplighter_core::words::{
    CatalogedService, Health, HealthReport, IssueNumber, Login, ServiceCatalog, Severity, Tier, Triage, TriageInput,
    Trigger, WorkloadKind, WorkloadRef,
};
use lamplighter_core::{
    Actuator, Agent, BoxAgent, Context, Error, ErrorKind, Guardrail, Guardrails, Result, Usd, Verdict, async_trait,
};
use lamplighter_issue_responder::{IssueResponder, Outcome, Ports, Resolution, Settings, Tracker};
use lamplighter_testkit::ContextBuilder;
use lamplighter_testkit::fakes::{FakeCluster, FakeIssues, FakeLogs, FakeMonitors};
use lamplighter_testkit::objects::{PodBuilder, cluster, deployment};

const FORM: &str =
    "### Affected Service\n\nWiki\n\n### What kind of error?\n\n502\n\n### When did it start?\n\n~14:00 UTC\n";

/// A scan that found nothing to say.
struct QuietScan;

#[async_trait]
impl Agent for QuietScan {
    type Input = Arc<ClusterState>;
    type Output = HealthReport;

    fn name(&self) -> &'static str {
        "cluster-health"
    }

    async fn run(&self, _: &Context, state: Arc<ClusterState>) -> Result<HealthReport> {
        Ok(HealthReport { taken_at: state.taken_at, cluster: state.source.to_string(), checks: Vec::new() })
    }
}

/// A triage that says what the test wants.
struct Says(Health, Option<Severity>);

#[async_trait]
impl Agent for Says {
    type Input = TriageInput;
    type Output = Triage;

    fn name(&self) -> &'static str {
        "sev-triage"
    }

    async fn run(&self, _: &Context, _: TriageInput) -> Result<Triage> {
        Ok(Triage {
            health: self.0,
            severity: self.1,
            reasons: vec![format!("wiki is {}", self.0)],
            services: vec!["wiki".to_owned()],
            namespaces: vec!["apps".to_owned()],
            domains: Vec::new(),
            window: None,
            trigger: Trigger::Unknown,
            nodes: Vec::new(),
            critical_findings: Vec::new(),
            specialists: Vec::new(),
        })
    }
}

/// A rule that says the same of everything.
struct Always(Verdict);

#[async_trait]
impl Guardrail<Change> for Always {
    fn name(&self) -> &'static str {
        "always"
    }

    async fn check(&self, _: &Context, _: &Change) -> Result<Verdict> {
        Ok(self.0.clone())
    }
}

/// The world of a test, and a responder in it.
struct Scene {
    issues: FakeIssues,
    cluster: FakeCluster,
    logs: FakeLogs,
    monitors: FakeMonitors,
    triage: BoxAgent<TriageInput, Triage>,
    verdict: Verdict,
}

impl Scene {
    fn new(state: ClusterState, health: Health, severity: Option<Severity>) -> Self {
        Self {
            issues: FakeIssues::new().collaborator("maria"),
            cluster: FakeCluster::new(state),
            logs: FakeLogs::new(),
            monitors: FakeMonitors::new().up("wiki"),
            triage: BoxAgent::new(Says(health, severity)),
            verdict: Verdict::allow("a test"),
        }
    }

    fn file(&self, author: &str, body: &str) -> IssueNumber {
        self.issues.open(author, "Wiki is down", body, ["user-report"])
    }

    async fn answer(&self, issue: IssueNumber, cx: &Context) -> Result<Outcome> {
        let guardrails = Guardrails::<Change>::new(vec![Arc::new(Always(self.verdict.clone()))]);
        let actuator =
            Actuator::new(guardrails, Arc::new(self.cluster.clone())).with_cluster(Arc::new(self.cluster.clone()));
        let tracker = Tracker { reader: Arc::new(self.issues.clone()), writer: Arc::new(self.issues.clone()) };
        let ports = Ports {
            tracker,
            cluster: Arc::new(self.cluster.clone()),
            logs: Arc::new(self.logs.clone()),
            monitors: Some(Arc::new(self.monitors.clone())),
            delivery: None,
            notifier: None,
            health: BoxAgent::new(QuietScan),
            triage: self.triage.clone(),
            actuator,
        };
        let wiki = CatalogedService {
            name: "wiki".to_owned(),
            aliases: Vec::new(),
            tier: Tier::Important,
            workloads: vec![WorkloadRef::new(WorkloadKind::Deployment, "apps", "wiki")],
            monitors: vec!["wiki".to_owned()],
            stack: None,
            depends_on: Vec::new(),
            urls: Vec::new(),
        };
        let settings = Settings {
            owner: Login::new("keeper"),
            catalog: ServiceCatalog::new(vec![wiki]),
            recovery_window: Duration::from_mins(1),
            recovery_poll: Duration::from_secs(5),
            memory_ceiling: 1 << 30,
            log_lines: 50,
            self_service: Vec::new(),
        };
        IssueResponder::new(ports, settings).run(cx, issue).await
    }
}

fn healthy() -> ClusterState {
    cluster().workload(deployment("apps", "wiki").replicas(2)).build()
}

fn stuck() -> ClusterState {
    cluster().workload(deployment("apps", "wiki").replicas(1).pods(PodBuilder::not_ready)).build()
}

fn apply() -> Context {
    ContextBuilder::new("issue/1").apply().build()
}

#[tokio::test]
async fn a_stuck_pod_is_restarted_and_the_issue_closed() {
    let scene = Scene::new(stuck(), Health::Down, Some(Severity::Sev2));
    let issue = scene.file("maria", FORM);
    let outcome = scene.answer(issue, &apply()).await.unwrap();
    assert_eq!(outcome.resolution, Resolution::Resolved);
    assert_eq!(scene.cluster.executed().len(), 1);
    assert_eq!(scene.issues.closed(issue), Some(CloseReason::Completed));
    assert_eq!(scene.issues.labels(issue), ["incident", "postmortem-required", "sev2", "user-report"]);
    insta::assert_snapshot!(scene.issues.said(issue).join("\n---\n"));
}

#[tokio::test]
async fn what_two_sources_call_healthy_is_closed() {
    let scene = Scene::new(healthy(), Health::Healthy, None);
    let issue = scene.file("maria", FORM);
    assert_eq!(scene.answer(issue, &apply()).await.unwrap().resolution, Resolution::Healthy);
    assert_eq!(scene.issues.closed(issue), Some(CloseReason::Completed));
    insta::assert_snapshot!(scene.issues.said(issue).join("\n---\n"));
}

#[tokio::test]
async fn what_is_inconclusive_is_never_closed() {
    let scene = Scene::new(healthy(), Health::Inconclusive, None);
    let issue = scene.file("maria", FORM);
    assert_eq!(scene.answer(issue, &apply()).await.unwrap().resolution, Resolution::Escalated);
    assert_eq!(scene.issues.closed(issue), None);
    assert!(scene.issues.labels(issue).contains(&"needs-human".to_owned()));
    assert_eq!(scene.issues.assignees(issue), [Login::new("keeper")]);
}

#[tokio::test]
async fn a_report_that_names_nothing_is_asked_even_when_all_is_well() {
    for health in [Health::Healthy, Health::Inconclusive] {
        let scene = Scene::new(healthy(), health, None);
        let issue = scene.issues.open("maria", "help", "nothing works", []);
        assert_eq!(scene.answer(issue, &apply()).await.unwrap().resolution, Resolution::AskedForFacts);
        assert_eq!(scene.issues.closed(issue), None);
        assert!(scene.issues.said(issue)[0].contains("Affected Service"));
    }
}

#[tokio::test]
async fn an_outsider_reaches_nothing() {
    let scene = Scene::new(stuck(), Health::Down, Some(Severity::Sev2));
    let issue = scene.file("mallory", FORM);
    assert_eq!(scene.answer(issue, &apply()).await.unwrap().resolution, Resolution::Queued);
    assert!(scene.cluster.calls().made().is_empty() && scene.monitors.calls().made().is_empty());
    assert_eq!(scene.issues.said(issue).len(), 1);
}

#[tokio::test]
async fn a_restart_that_does_not_help_is_tried_twice() {
    let mut scene = Scene::new(stuck(), Health::Down, Some(Severity::Sev2));
    scene.cluster = FakeCluster::new(stuck()).restarts_do_not_help();
    let issue = scene.file("maria", FORM);
    let outcome = scene.answer(issue, &apply()).await.unwrap();
    assert_eq!((outcome.resolution, outcome.actions.len()), (Resolution::Escalated, 2));
    assert_eq!(scene.cluster.executed().len(), 2);
    assert_eq!(scene.issues.closed(issue), None);
}

#[tokio::test]
async fn a_recovery_that_only_the_cluster_sees_is_not_believed() {
    let mut scene = Scene::new(stuck(), Health::Down, Some(Severity::Sev2));
    scene.monitors = FakeMonitors::new().down("wiki", "HTTP 502");
    let issue = scene.file("maria", FORM);
    assert_eq!(scene.answer(issue, &apply()).await.unwrap().resolution, Resolution::Escalated);
    assert_eq!(scene.issues.closed(issue), None);
}

#[tokio::test]
async fn a_refusal_is_handed_over_with_its_reason() {
    let mut scene = Scene::new(stuck(), Health::Down, Some(Severity::Sev2));
    scene.verdict = Verdict::deny("not on a Sunday");
    let issue = scene.file("maria", FORM);
    assert_eq!(scene.answer(issue, &apply()).await.unwrap().resolution, Resolution::Escalated);
    assert!(scene.cluster.executed().is_empty());
    assert!(scene.issues.said(issue).last().unwrap().contains("not on a Sunday"));
}

#[tokio::test]
async fn a_dry_run_says_so_and_changes_nothing() {
    let scene = Scene::new(stuck(), Health::Down, Some(Severity::Sev2));
    let issue = scene.file("maria", FORM);
    scene.answer(issue, &ContextBuilder::new("issue/1").build()).await.unwrap();
    assert!(scene.cluster.executed().is_empty());
    assert!(scene.issues.said(issue).last().unwrap().contains("dry run"));
}

#[tokio::test]
async fn a_sev1_calls_a_person_before_anything_is_tried() {
    let scene = Scene::new(stuck(), Health::Down, Some(Severity::Sev1));
    let issue = scene.file("maria", FORM);
    scene.answer(issue, &apply()).await.unwrap();
    let said = scene.issues.said(issue);
    let place = |text: &str| said.iter().position(|comment| comment.contains(text)).unwrap_or(usize::MAX);
    assert!(place("**Escalating to @keeper**") < place("**Resolved:**"), "{said:?}");
    assert_eq!(scene.issues.labels(issue).iter().filter(|label| label.starts_with("sev")).count(), 1);
}

#[tokio::test]
async fn a_budget_that_is_used_up_ends_with_what_is_known() {
    let mut scene = Scene::new(stuck(), Health::Down, Some(Severity::Sev2));
    scene.logs = FakeLogs::new().priced(Usd::dollars(11));
    let issue = scene.file("maria", FORM);
    let outcome = scene.answer(issue, &apply()).await.unwrap();
    assert_eq!(outcome.resolution, Resolution::Escalated);
    assert!(outcome.summary.contains("budget"), "{outcome:?}");
    assert!(scene.cluster.executed().is_empty());
}

#[tokio::test]
async fn a_system_that_is_away_is_an_error_and_one_that_refuses_is_handed_over() {
    let scene = Scene::new(stuck(), Health::Down, Some(Severity::Sev2));
    let issue = scene.file("maria", FORM);
    let cx = apply();
    scene.cluster.calls().fail_next("state", Error::new(ErrorKind::Unavailable, "10.0.0.1 refused"));
    assert_eq!(scene.answer(issue, &cx).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert!(scene.issues.said(issue).is_empty(), "it goes on later, in silence");

    scene.cluster.calls().fail_next("state", Error::new(ErrorKind::Permission, "secret-host: list pods is forbidden"));
    assert_eq!(scene.answer(issue, &cx).await.unwrap().resolution, Resolution::Escalated);
    let said = scene.issues.said(issue).join("\n");
    assert!(said.contains("a permission is missing") && !said.contains("secret-host"), "{said}");
}

#[tokio::test]
async fn hostile_words_do_nothing_in_what_is_said() {
    let scene = Scene::new(stuck(), Health::Inconclusive, None);
    let body = "### Affected Service\n\n@everyone <!-- lamplighter:issue/1/findings --> <script>\n";
    let issue = scene.file("maria", body);
    scene.answer(issue, &apply()).await.unwrap();
    for comment in scene.issues.said(issue) {
        assert!(!comment.contains("@everyone") && !comment.contains("<script>"), "{comment}");
        assert!(comment.matches("<!-- lamplighter:").count() <= 1, "{comment}");
    }
}

#[tokio::test]
async fn asked_again_it_gives_the_same_answer_and_does_nothing() {
    let scene = Scene::new(stuck(), Health::Down, Some(Severity::Sev2));
    let issue = scene.file("maria", FORM);
    let cx = apply();
    let first = scene.answer(issue, &cx).await.unwrap();
    let (said, reads) = (scene.issues.said(issue), scene.cluster.calls().made().len());
    assert_eq!(scene.answer(issue, &cx).await.unwrap(), first);
    assert_eq!((scene.issues.said(issue), scene.cluster.calls().made().len()), (said, reads));
}
