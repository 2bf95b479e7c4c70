//! The responder over fakes: what it says and does on an issue.

mod approvals;
mod post_mortems;

use std::sync::Arc;
use std::time::Duration;

use lamplighter_core::cluster::{ClusterState, Observed};
use lamplighter_core::diagnosis::{Cause, Culprit, Diagnosis, DiagnosisRequest, Likelihood, RootCause};
use lamplighter_core::ports::{CloseReason, IssueWriter as _, Journal as _, MonitorState};
use lamplighter_core::words::{
    CatalogedService, Change, Finding, Health, HealthReport, IssueNumber, Login, ObjectRef, ServiceCatalog, Severity,
    Source, Tier, Triage, TriageInput, Trigger, WorkloadKind, WorkloadRef,
};
use lamplighter_core::{
    Actuator, Agent, BoxAgent, CancellationToken, Context, Error, ErrorKind, Guardrail, Guardrails, Result, Usd,
    Verdict, async_trait,
};
use lamplighter_issue_responder::{IssueResponder, Outcome, Ports, Resolution, Settings, Tracker};
use lamplighter_testkit::ContextBuilder;
use lamplighter_testkit::fakes::{
    FakeAuditLog, FakeClock, FakeCluster, FakeIssues, FakeJournal, FakeLogs, FakeMonitors,
};
use lamplighter_testkit::objects::{PodBuilder, cluster, deployment};

const FORM: &str =
    "### Affected Service\n\nWiki\n\n### What kind of error?\n\n502\n\n### When did it start?\n\n~14:00 UTC\n";

/// A scan that found nothing to say.
struct QuietScan;

#[async_trait]
impl Agent for QuietScan {
    type Input = Arc<lamplighter_core::diagnosis::Scene>;
    type Output = HealthReport;

    fn name(&self) -> &'static str {
        "cluster-health"
    }

    async fn run(&self, _: &Context, scene: Arc<lamplighter_core::diagnosis::Scene>) -> Result<HealthReport> {
        Ok(HealthReport { taken_at: scene.taken_at(), cluster: scene.source().to_string(), checks: Vec::new() })
    }
}

/// A triage that says what the test wants, until what is broken works again inside and outside.
struct Says(Health, Option<Severity>, Vec<String>);

#[async_trait]
impl Agent for Says {
    type Input = TriageInput;
    type Output = Triage;

    fn name(&self) -> &'static str {
        "sev-triage"
    }

    async fn run(&self, _: &Context, input: TriageInput) -> Result<Triage> {
        let ready = input.scene.state().workloads().iter().all(|workload| workload.ready >= workload.desired);
        let up = input.scene.monitors.items().iter().all(|monitor| monitor.state == MonitorState::Up);
        Ok(Triage {
            health: if self.0.is_broken() && ready && up { Health::Healthy } else { self.0 },
            severity: self.1,
            reasons: vec![format!("wiki is {}", self.0)],
            services: self.2.clone(),
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

/// A diagnosis that names what the test wants, or fails where that is nothing.
struct Names(Vec<RootCause>);

#[async_trait]
impl Agent for Names {
    type Input = DiagnosisRequest;
    type Output = Diagnosis;

    fn name(&self) -> &'static str {
        "diagnostician"
    }

    async fn run(&self, _: &Context, _: DiagnosisRequest) -> Result<Diagnosis> {
        if self.0.is_empty() {
            return Err(Error::internal("it does not know"));
        }
        Ok(Diagnosis {
            verdict: Health::Down,
            severity: None,
            reasons: Vec::new(),
            causes: self.0.clone(),
            taken_at: FakeClock::START,
            source: Source::new("test"),
            gaps: Vec::new(),
            lost: Vec::new(),
            triage: Triage {
                health: Health::Down,
                severity: None,
                reasons: Vec::new(),
                services: Vec::new(),
                namespaces: Vec::new(),
                domains: Vec::new(),
                window: None,
                trigger: Trigger::Unknown,
                nodes: Vec::new(),
                critical_findings: Vec::new(),
                specialists: Vec::new(),
            },
            reports: Vec::new(),
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
struct Stage {
    issues: FakeIssues,
    cluster: FakeCluster,
    logs: FakeLogs,
    monitors: FakeMonitors,
    health: Health,
    severity: Option<Severity>,
    affected: Vec<String>,
    recovery_window: Duration,
    rule: Arc<dyn Guardrail<Change>>,
    causes: Option<Vec<RootCause>>,
    post_mortems: Option<lamplighter_issue_responder::PostMortems>,
}

impl Stage {
    fn new(state: ClusterState, health: Health, severity: Option<Severity>) -> Self {
        Self {
            issues: FakeIssues::new().collaborator("maria"),
            cluster: FakeCluster::new(state),
            logs: FakeLogs::new(),
            monitors: FakeMonitors::new().up("wiki"),
            health,
            severity,
            affected: vec!["wiki".to_owned()],
            recovery_window: Duration::from_mins(1),
            rule: Arc::new(Always(Verdict::allow("a test"))),
            causes: None,
            post_mortems: None,
        }
    }

    fn file(&self, author: &str, body: &str) -> IssueNumber {
        self.issues.open(author, "Wiki is down", body, ["user-report"])
    }

    async fn answer(&self, issue: IssueNumber, cx: &Context) -> Result<Outcome> {
        let guardrails = Guardrails::<Change>::new(vec![Arc::clone(&self.rule)]);
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
            triage: BoxAgent::new(Says(self.health, self.severity, self.affected.clone())),
            diagnosis: self.causes.clone().map(|causes| BoxAgent::new(Names(causes))),
            post_mortems: self.post_mortems.clone(),
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
            job_limit: Duration::from_mins(30),
            patience: Duration::from_mins(2),
            approval_patience: Duration::from_hours(72),
            recovery_window: self.recovery_window,
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
    let stage = Stage::new(stuck(), Health::Down, Some(Severity::Sev2));
    let pod = stage.cluster.now().pods.items()[0].metadata.name.clone();
    let issue = stage.file("maria", FORM);
    let outcome = stage.answer(issue, &apply()).await.unwrap();
    assert_eq!(outcome.resolution, Resolution::Resolved);
    assert_eq!(stage.cluster.executed().len(), 1);
    assert_eq!(stage.issues.closed(issue), Some(CloseReason::Completed));
    assert_eq!(stage.issues.labels(issue), ["incident", "postmortem-required", "sev2", "user-report"]);
    // The name of the pod hangs on every field that a pod has.
    let said = stage.issues.said(issue).join("\n---\n").replace(&pod, "POD");
    insta::assert_snapshot!(said);
}

#[tokio::test]
async fn what_two_sources_call_healthy_is_closed() {
    let stage = Stage::new(healthy(), Health::Healthy, None);
    let issue = stage.file("maria", FORM);
    assert_eq!(stage.answer(issue, &apply()).await.unwrap().resolution, Resolution::Healthy);
    assert_eq!(stage.issues.closed(issue), Some(CloseReason::Completed));
    insta::assert_snapshot!(stage.issues.said(issue).join("\n---\n"));
}

#[tokio::test]
async fn what_is_inconclusive_is_never_closed() {
    let stage = Stage::new(healthy(), Health::Inconclusive, None);
    let issue = stage.file("maria", FORM);
    assert_eq!(stage.answer(issue, &apply()).await.unwrap().resolution, Resolution::Escalated);
    assert_eq!(stage.issues.closed(issue), None);
    assert!(stage.issues.labels(issue).contains(&"needs-human".to_owned()));
    assert_eq!(stage.issues.assignees(issue), [Login::new("keeper")]);
}

#[tokio::test]
async fn a_report_that_names_nothing_is_asked_even_when_all_is_well() {
    for health in [Health::Healthy, Health::Inconclusive] {
        let stage = Stage::new(healthy(), health, None);
        let issue = stage.issues.open("maria", "help", "nothing works", []);
        assert_eq!(stage.answer(issue, &apply()).await.unwrap().resolution, Resolution::AskedForFacts);
        assert_eq!(stage.issues.closed(issue), None);
        assert!(stage.issues.said(issue)[0].contains("Affected Service"));
    }
}

#[tokio::test]
async fn an_outsider_reaches_nothing() {
    let stage = Stage::new(stuck(), Health::Down, Some(Severity::Sev2));
    let issue = stage.file("mallory", FORM);
    assert_eq!(stage.answer(issue, &apply()).await.unwrap().resolution, Resolution::Queued);
    assert!(stage.cluster.calls().made().is_empty() && stage.monitors.calls().made().is_empty());
    assert_eq!(stage.issues.said(issue).len(), 1);
}

#[tokio::test]
async fn an_outsiders_issue_that_cannot_be_queued_now_is_queued_later_and_handed_to_nobody() {
    let stage = Stage::new(stuck(), Health::Down, Some(Severity::Sev2));
    let issue = stage.file("mallory", FORM);
    let cx = apply();
    stage.issues.calls().fail_next("relabel", Error::new(ErrorKind::Unavailable, "the tracker is away"));
    assert_eq!(stage.answer(issue, &cx).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(stage.answer(issue, &cx).await.unwrap().resolution, Resolution::Queued);
    assert_eq!(stage.issues.said(issue).len(), 1);
}

#[tokio::test]
async fn a_restart_that_does_not_help_is_tried_twice() {
    let mut stage = Stage::new(stuck(), Health::Down, Some(Severity::Sev2));
    stage.cluster = FakeCluster::new(stuck()).restarts_do_not_help();
    let issue = stage.file("maria", FORM);
    let outcome = stage.answer(issue, &apply()).await.unwrap();
    assert_eq!((outcome.resolution, outcome.actions.len()), (Resolution::Escalated, 2));
    assert_eq!(stage.cluster.executed().len(), 2);
    assert_eq!(stage.issues.closed(issue), None);
}

#[tokio::test]
async fn a_recovery_that_only_the_cluster_sees_is_not_believed() {
    let mut stage = Stage::new(stuck(), Health::Down, Some(Severity::Sev2));
    stage.monitors = FakeMonitors::new().down("wiki", "HTTP 502");
    let issue = stage.file("maria", FORM);
    assert_eq!(stage.answer(issue, &apply()).await.unwrap().resolution, Resolution::Escalated);
    assert_eq!(stage.issues.closed(issue), None);
}

#[tokio::test]
async fn a_refusal_is_handed_over_with_its_reason() {
    let mut stage = Stage::new(stuck(), Health::Down, Some(Severity::Sev2));
    stage.rule = Arc::new(Always(Verdict::deny("not on a Sunday")));
    let issue = stage.file("maria", FORM);
    assert_eq!(stage.answer(issue, &apply()).await.unwrap().resolution, Resolution::Escalated);
    assert!(stage.cluster.executed().is_empty());
    assert!(stage.issues.said(issue).last().unwrap().contains("not on a Sunday"));
}

#[tokio::test]
async fn a_dry_run_says_so_and_changes_nothing() {
    let stage = Stage::new(stuck(), Health::Down, Some(Severity::Sev2));
    let issue = stage.file("maria", FORM);
    stage.answer(issue, &ContextBuilder::new("issue/1").build()).await.unwrap();
    assert!(stage.cluster.executed().is_empty());
    assert!(stage.issues.said(issue).last().unwrap().contains("dry run"));
}

#[tokio::test]
async fn a_sev1_calls_a_person_before_anything_is_tried() {
    let stage = Stage::new(stuck(), Health::Down, Some(Severity::Sev1));
    let issue = stage.file("maria", FORM);
    stage.answer(issue, &apply()).await.unwrap();
    let said = stage.issues.said(issue);
    let place = |text: &str| said.iter().position(|comment| comment.contains(text)).unwrap_or(usize::MAX);
    assert!(place("**Escalating to @keeper**") < place("**Resolved:**"), "{said:?}");
    assert_eq!(stage.issues.labels(issue).iter().filter(|label| label.starts_with("sev")).count(), 1);
}

#[tokio::test]
async fn a_budget_that_is_used_up_ends_with_what_is_known() {
    let mut stage = Stage::new(stuck(), Health::Down, Some(Severity::Sev2));
    stage.logs = FakeLogs::new().priced(Usd::dollars(11));
    let issue = stage.file("maria", FORM);
    let outcome = stage.answer(issue, &apply()).await.unwrap();
    assert_eq!(outcome.resolution, Resolution::Escalated);
    assert!(outcome.summary.contains("budget"), "{outcome:?}");
    assert!(stage.cluster.executed().is_empty());
}

#[tokio::test]
async fn a_system_that_is_away_for_a_moment_is_waited_for() {
    let stage = Stage::new(stuck(), Health::Down, Some(Severity::Sev2));
    let issue = stage.file("maria", FORM);
    stage.cluster.calls().fail_next("state", Error::new(ErrorKind::Unavailable, "10.0.0.1 refused"));
    assert_eq!(stage.answer(issue, &apply()).await.unwrap().resolution, Resolution::Resolved);
}

#[tokio::test]
async fn what_stays_away_or_refuses_is_handed_over_without_its_host_names() {
    for (kind, said) in
        [(ErrorKind::Unavailable, "could not be reached"), (ErrorKind::Permission, "a permission is missing")]
    {
        let stage = Stage::new(stuck(), Health::Down, Some(Severity::Sev2));
        let issue = stage.file("maria", FORM);
        stage.cluster.calls().fail_always("state", move || Error::new(kind, "secret-host: refused"));
        assert_eq!(stage.answer(issue, &apply()).await.unwrap().resolution, Resolution::Escalated);
        let comments = stage.issues.said(issue).join("\n");
        assert!(comments.contains(said) && !comments.contains("secret-host"), "{comments}");
    }
}

#[tokio::test]
async fn a_run_that_is_stopped_records_no_verdict_and_goes_on_later() {
    let stage = Stage::new(stuck(), Health::Down, Some(Severity::Sev2));
    let issue = stage.file("maria", FORM);
    let (journal, stop) = (FakeJournal::new(), CancellationToken::new());
    let context = |stop: CancellationToken| {
        ContextBuilder::new("issue/1").apply().journal(journal.clone()).cancellation(stop).build()
    };
    stop.cancel();
    let error = stage.answer(issue, &context(stop)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(stage.issues.said(issue).is_empty() && stage.cluster.executed().is_empty());
    let outcome = stage.answer(issue, &context(CancellationToken::new())).await.unwrap();
    assert_eq!(outcome.resolution, Resolution::Resolved);
}

#[tokio::test]
async fn a_run_whose_time_is_over_is_handed_over_with_what_it_did() {
    let mut stage = Stage::new(stuck(), Health::Down, Some(Severity::Sev2));
    stage.cluster = FakeCluster::new(stuck()).restarts_do_not_help();
    stage.recovery_window = Duration::from_hours(1);
    let issue = stage.file("maria", FORM);
    let outcome = stage.answer(issue, &apply()).await.unwrap();
    assert_eq!((outcome.resolution, stage.cluster.executed().len()), (Resolution::Escalated, 1));
    let last = stage.issues.said(issue).pop().unwrap();
    assert!(last.contains("took too long") && last.contains("began restart-pod"), "{last}");
}

#[tokio::test]
async fn a_pod_that_recovered_while_we_were_away_is_not_restarted() {
    let stage = Stage::new(stuck(), Health::Down, Some(Severity::Sev2));
    let issue = stage.file("maria", FORM);
    let (journal, audit) = (FakeJournal::new(), FakeAuditLog::new());
    let context = || ContextBuilder::new("issue/1").apply().journal(journal.clone()).audit(audit.clone()).build();
    // The choice of the pod is recorded, and then the process dies.
    stage.cluster.calls().fail_next("pod", Error::new(ErrorKind::Cancelled, "killed"));
    assert!(stage.answer(issue, &context()).await.is_err());
    stage.cluster.change(|state| *state = healthy_again(state));
    let mut stage = stage;
    stage.rule = Arc::new(Always(Verdict::deny("a ready pod is not restarted")));
    assert_eq!(stage.answer(issue, &context()).await.unwrap().resolution, Resolution::Resolved);
    assert!(stage.cluster.executed().is_empty());
    assert!(stage.issues.said(issue).last().unwrap().contains("recovered by itself"));
}

/// The same pods, ready.
fn healthy_again(state: &ClusterState) -> ClusterState {
    let mut state = state.clone();
    let mut pods = state.pods.items().to_vec();
    for pod in &mut pods {
        for condition in &mut pod.status.conditions {
            "True".clone_into(&mut condition.status);
        }
        for status in &mut pod.status.container_statuses {
            status.ready = true;
        }
    }
    state.pods = Observed::Seen(pods);
    state
}

#[tokio::test]
async fn a_neighbour_that_nobody_reported_is_not_touched() {
    let mut stage = Stage::new(healthy(), Health::Degraded, Some(Severity::Sev2));
    let town = cluster()
        .workload(deployment("apps", "wiki").replicas(1))
        .workload(deployment("apps", "relay").replicas(1).pods(PodBuilder::not_ready))
        .build();
    stage.cluster = FakeCluster::new(town);
    stage.affected = vec!["wiki".to_owned(), "apps/relay".to_owned()];
    let issue = stage.file("maria", FORM);
    assert_eq!(stage.answer(issue, &apply()).await.unwrap().resolution, Resolution::Escalated);
    assert!(stage.cluster.executed().is_empty());
}

#[tokio::test]
async fn hostile_words_do_nothing_in_what_is_said() {
    let stage = Stage::new(stuck(), Health::Inconclusive, None);
    let body = "### Affected Service\n\n@everyone <!-- lamplighter:issue/1/findings --> <script>\n";
    let issue = stage.file("maria", body);
    stage.answer(issue, &apply()).await.unwrap();
    for comment in stage.issues.said(issue) {
        assert!(!comment.contains("@everyone") && !comment.contains("<script>"), "{comment}");
        assert!(comment.matches("<!-- lamplighter:").count() <= 1, "{comment}");
    }
}

#[tokio::test]
async fn asked_again_it_gives_the_same_answer_and_does_nothing() {
    let stage = Stage::new(stuck(), Health::Down, Some(Severity::Sev2));
    let issue = stage.file("maria", FORM);
    let cx = apply();
    let first = stage.answer(issue, &cx).await.unwrap();
    let (said, reads) = (stage.issues.said(issue), stage.cluster.calls().made().len());
    assert_eq!(stage.answer(issue, &cx).await.unwrap(), first);
    assert_eq!((stage.issues.said(issue), stage.cluster.calls().made().len()), (said, reads));
}

#[tokio::test]
async fn what_the_diagnosis_names_is_told_to_the_person_who_takes_over() {
    let wiki = deployment("apps", "wiki").pods(|pod| pod.unschedulable("0/3 nodes are available"));
    let mut stage = Stage::new(cluster().workload(wiki).build(), Health::Down, Some(Severity::Sev2));
    let culprit = Culprit::app("apps", "wiki");
    let finding =
        Finding::new("n1 is cordoned", ObjectRef::global("node", "n1"), Source::new("test"), FakeClock::START);
    stage.causes = Some(vec![RootCause::new(Cause::NodeCordonMismatch, culprit, Likelihood::STATED, finding)]);
    let issue = stage.file("maria", FORM);
    let outcome = stage.answer(issue, &ContextBuilder::new("issue/1").build()).await.unwrap();
    assert_eq!(outcome.resolution, Resolution::Escalated);
    let said = stage.issues.said(issue).join("\n");
    assert!(said.contains("`app/wiki`") && said.contains("node_cordon_mismatch"), "{said}");
    assert!(said.contains("n1 is cordoned"), "{said}");
}

#[tokio::test]
async fn a_diagnosis_that_fails_leaves_what_the_pods_say() {
    let wiki = deployment("apps", "wiki").pods(|pod| pod.unschedulable("0/3 nodes are available"));
    let mut stage = Stage::new(cluster().workload(wiki).build(), Health::Down, Some(Severity::Sev2));
    stage.causes = Some(Vec::new());
    let issue = stage.file("maria", FORM);
    let outcome = stage.answer(issue, &ContextBuilder::new("issue/1").build()).await.unwrap();
    assert_eq!(outcome.resolution, Resolution::Escalated);
    assert!(outcome.summary.contains("cannot be scheduled"), "{}", outcome.summary);
}
