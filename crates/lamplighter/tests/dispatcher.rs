//! Messages in, jobs done: over fakes, with the real agents and guardrails.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use lamplighter::core::ports::{
    CloseReason, Inbox as _, IssueWriter as _, JobId, JobLimits, JobState, Journal as _, Message, Words, Work, WorkKind,
};
use lamplighter::core::trust::Untrusted;
use lamplighter::core::words::{
    CatalogedService, IssueNumber, IssueText, Login, ServiceCatalog, Tier, WorkloadKind, WorkloadRef,
};
use lamplighter::core::{CancellationToken, Clock as _, Error, ErrorKind, Mode, RunKey};
use lamplighter::guardrails::{ActionKind, Policy};
use lamplighter::{DispatchSettings, Dispatcher, Lamplighter, Options};
use lamplighter_testkit::fakes::{
    FakeAuditLog, FakeClock, FakeCluster, FakeInbox, FakeIssues, FakeJournal, FakeLogs, FakeMonitors, FakeStopSwitch,
};
use lamplighter_testkit::objects::{PodBuilder, cluster, deployment};

/// What outlives a process: the outside world, and what is on the disk.
struct World {
    issues: FakeIssues,
    cluster: FakeCluster,
    clock: FakeClock,
    journal: FakeJournal,
    audit: FakeAuditLog,
    inbox: FakeInbox,
    policy: Policy,
    settings: DispatchSettings,
}

impl World {
    fn new() -> Self {
        let clock = FakeClock::auto();
        let state = cluster().workload(deployment("apps", "wiki").replicas(1).pods(PodBuilder::not_ready)).build();
        Self {
            issues: FakeIssues::with_clock(Arc::new(clock.clone())).collaborator("maria"),
            cluster: FakeCluster::new(state),
            journal: FakeJournal::with_clock(Arc::new(clock.clone())),
            audit: FakeAuditLog::new(),
            inbox: FakeInbox::with_clock(Arc::new(clock.clone())),
            policy: Policy::default(),
            settings: DispatchSettings::default(),
            clock,
        }
    }

    fn asks_before_a_restart(mut self) -> Self {
        self.policy.require_approval = BTreeSet::from([ActionKind::RestartPod]);
        self
    }

    /// A process.
    fn start(&self) -> Arc<Dispatcher> {
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
        let options = Options {
            mode: Mode::Apply,
            catalog: ServiceCatalog::new(vec![wiki]),
            policy: self.policy.clone(),
            ..Options::default()
        };
        let issues = Arc::new(self.issues.clone());
        let lamplighter = Lamplighter::builder()
            .options(options)
            .tracker(issues.clone(), issues)
            .cluster(Arc::new(self.cluster.clone()), Arc::new(FakeLogs::new()))
            .cluster_writer(Arc::new(self.cluster.clone()))
            .monitors(Arc::new(FakeMonitors::new().up("wiki")))
            .journal(Arc::new(self.journal.clone()), Arc::new(self.audit.clone()))
            .inbox(Arc::new(self.inbox.clone()))
            .stop_switch(Arc::new(FakeStopSwitch::new()))
            .clock(Arc::new(self.clock.clone()))
            .build()
            .unwrap();
        Arc::new(lamplighter.dispatcher(self.settings).unwrap())
    }

    /// A process that does what is due and ends.
    async fn work(&self) {
        let dispatcher = self.start();
        let lease = dispatcher.begin().await.unwrap();
        dispatcher.run_until_idle(&lease, &CancellationToken::new()).await.unwrap();
    }

    fn file(&self, author: &str) -> IssueNumber {
        self.issues.open(author, "Wiki is down", "### Affected Service\n\nWiki\n", ["user-report"])
    }

    async fn tell(&self, message: Message) {
        self.start().submit(message).await.unwrap();
    }

    async fn state(&self, job: &str) -> JobState {
        self.inbox.job(&JobId::new(job)).await.unwrap().unwrap().state
    }

    async fn resolution(&self, job: &str) -> String {
        match self.state(job).await {
            JobState::Completed { outcome } => outcome["resolution"].as_str().unwrap().to_owned(),
            state => format!("{state:?}"),
        }
    }
}

fn message(id: &str, at: Timestamp) -> Message {
    Message { id: id.to_owned(), at, words: None, job: None, wake: None }
}

/// What asks for an answer, as `opened` and `labeled` both do.
fn asking(id: &str, issue: IssueNumber) -> Message {
    let work = Work::Answer { issue, again: false, limits: JobLimits::default() };
    Message { job: Some((JobId::new(format!("answer/{}", issue.0)), work)), ..message(id, FakeClock::START) }
}

fn commenting(id: &str, issue: IssueNumber, author: &str, body: &str, at: Timestamp) -> Message {
    let work = Work::Command {
        issue,
        comment: id.to_owned(),
        author: Login::new(author),
        at,
        body: Untrusted::new(body.to_owned()),
    };
    Message { job: Some((JobId::new(format!("command/{id}")), work)), ..message(id, at) }
}

fn telling(id: &str, issue: IssueNumber, by: &str, body: &str, seconds: i64) -> Message {
    let at = FakeClock::START + jiff::SignedDuration::from_secs(seconds);
    let text = IssueText { title: "Wiki is down".to_owned(), body: body.to_owned() };
    let words =
        Words { issue, author: Login::new("maria"), written_by: Login::new(by), at, text: Untrusted::new(text) };
    Message { words: Some(words), ..message(id, FakeClock::START) }
}

#[tokio::test]
async fn a_message_is_answered_once_however_often_it_is_told() {
    let world = World::new();
    let issue = world.file("maria");
    for id in ["opened", "labeled", "opened"] {
        world.tell(asking(id, issue)).await;
    }
    for _ in 0..2 {
        world.work().await;
    }
    assert_eq!(world.resolution("answer/1").await, "resolved");
    assert_eq!(world.cluster.executed().len(), 1);
    let said = world.issues.said(issue);
    assert_eq!(said.len(), 2, "it is investigated and resolved: {said:?}");
}

#[tokio::test]
async fn an_approval_goes_from_a_comment_to_the_run_across_processes() {
    let world = World::new().asks_before_a_restart();
    let issue = world.file("maria");
    world.tell(asking("opened", issue)).await;
    world.work().await;
    assert!(matches!(world.state("answer/1").await, JobState::Waiting { .. }), "{:?}", world.state("answer/1").await);
    world.clock.advance(Duration::from_hours(20));
    world.tell(commenting("c1", issue, "mallory", "/approve", world.clock.now())).await;
    world.work().await;
    assert!(matches!(world.state("answer/1").await, JobState::Waiting { .. }));
    assert!(world.cluster.executed().is_empty());
    world.tell(commenting("c2", issue, "maria", "/approve", world.clock.now())).await;
    world.work().await;
    assert_eq!(world.resolution("answer/1").await, "resolved");
    assert_eq!(world.cluster.executed().len(), 1);
}

#[tokio::test]
async fn an_approval_that_nobody_gives_expires_by_itself() {
    let world = World::new().asks_before_a_restart();
    let issue = world.file("maria");
    world.tell(asking("opened", issue)).await;
    world.work().await;
    world.clock.advance(Duration::from_hours(71));
    world.work().await;
    assert!(matches!(world.state("answer/1").await, JobState::Waiting { .. }));
    world.clock.advance(Duration::from_hours(1));
    world.work().await;
    assert_eq!(world.resolution("answer/1").await, "escalated");
    let said = world.issues.said(issue).pop().unwrap();
    assert!(said.contains("nobody had approved it by 2026-03-04 12:0"), "{said}");
}

#[tokio::test]
async fn a_run_that_was_begun_elsewhere_is_woken_too() {
    let world = World::new().asks_before_a_restart();
    let issue = world.file("maria");
    let error = world.start().lamplighter().respond(issue).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Waiting);
    world.tell(commenting("c1", issue, "maria", "/approve", world.clock.now())).await;
    world.work().await;
    assert_eq!(world.issues.closed(issue), Some(CloseReason::Completed));
}

#[tokio::test]
async fn a_tracker_that_is_away_loses_nothing() {
    let away = || Error::new(ErrorKind::Unavailable, "the tracker is away");
    let world = World::new();
    let issue = world.file("maria");
    world.tell(asking("opened", issue)).await;
    world.issues.calls().fail_always("issue", away);
    world.work().await;
    assert!(matches!(world.state("answer/1").await, JobState::Queued { .. }), "it is tried again later");
    world.issues.calls().recover();
    world.clock.advance(Duration::from_mins(5));
    world.work().await;
    assert_eq!(world.resolution("answer/1").await, "resolved");
    // One that stays away for a day has been away for too long.
    let second = world.file("maria");
    world.tell(asking("opened again", second)).await;
    world.issues.calls().fail_always("issue", away);
    let dispatcher = world.start();
    let lease = dispatcher.begin().await.unwrap();
    for _ in 0..3 {
        dispatcher.run_until_idle(&lease, &CancellationToken::new()).await.unwrap();
        world.clock.advance(Duration::from_hours(13));
    }
    assert_eq!(world.state("answer/2").await, JobState::Failed { reason: "a system could not be reached".to_owned() });
}

#[tokio::test]
async fn a_failure_after_days_of_waiting_is_the_first_one() {
    for (kind, reason) in [(ErrorKind::Unavailable, "the disk is full"), (ErrorKind::Conflict, "answered by hand")] {
        let world = World::new().asks_before_a_restart();
        let issue = world.file("maria");
        world.tell(asking("opened", issue)).await;
        world.work().await;
        world.clock.advance(Duration::from_hours(72));
        let dispatcher = world.start();
        let lease = dispatcher.begin().await.unwrap();
        world.journal.calls().fail_next("lease", Error::new(kind, reason));
        dispatcher.run_until_idle(&lease, &CancellationToken::new()).await.unwrap();
        assert!(
            matches!(world.state("answer/1").await, JobState::Queued { .. }),
            "{:?}",
            world.state("answer/1").await
        );
        world.clock.advance(Duration::from_secs(1));
        dispatcher.run_until_idle(&lease, &CancellationToken::new()).await.unwrap();
        assert_eq!(world.resolution("answer/1").await, "escalated");
    }
}

#[tokio::test]
async fn an_issue_that_somebody_else_always_works_on_has_failed_in_the_end() {
    let world = World::new();
    let issue = world.file("maria");
    world.tell(asking("opened", issue)).await;
    let dispatcher = world.start();
    let lease = dispatcher.begin().await.unwrap();
    world.journal.calls().fail_always("lease", || Error::new(ErrorKind::Conflict, "somebody works on it"));
    for _ in 0..3 {
        dispatcher.run_until_idle(&lease, &CancellationToken::new()).await.unwrap();
        world.clock.advance(Duration::from_hours(13));
    }
    let reason = "it was being changed by somebody else".to_owned();
    assert_eq!(world.state("answer/1").await, JobState::Failed { reason });
}

#[tokio::test]
async fn a_token_that_is_replaced_later_loses_nothing() {
    let world = World::new();
    let issue = world.file("maria");
    world.tell(asking("opened", issue)).await;
    world.issues.calls().fail_always("issue", || Error::new(ErrorKind::Permission, "the token was revoked"));
    world.work().await;
    assert!(matches!(world.state("answer/1").await, JobState::Queued { .. }), "{:?}", world.state("answer/1").await);
    world.issues.calls().recover();
    world.clock.advance(Duration::from_mins(5));
    world.work().await;
    assert_eq!(world.resolution("answer/1").await, "resolved");
}

#[tokio::test]
async fn what_an_outsider_edits_is_not_read() {
    for (edits, expected) in [
        (vec![("maria", "### Affected Service\n\nWiki\n", 10)], "resolved"),
        (vec![("mallory", "run this", 10)], "queued"),
        (vec![("mallory", "run this", 10), ("maria", "### Affected Service\n\nWiki\n", 20)], "resolved"),
        // The news of the first writing comes last.
        (vec![("mallory", "run this", 10), ("maria", "### Affected Service\n\nWiki\n", 0)], "queued"),
    ] {
        let world = World::new();
        let issue = world.file("maria");
        for (n, (by, body, at)) in edits.iter().enumerate() {
            world.tell(telling(&format!("m{n}"), issue, by, body, *at)).await;
        }
        world.tell(asking("opened", issue)).await;
        world.work().await;
        assert_eq!(world.resolution("answer/1").await, expected, "{edits:?}");
    }
}

#[tokio::test]
async fn a_stop_command_stops_every_other_run() {
    let world = World::new();
    let (first, second) = (world.file("maria"), world.file("maria"));
    world.tell(commenting("c1", first, "maria", "/stop", world.clock.now())).await;
    world.work().await;
    world.tell(asking("opened", second)).await;
    world.work().await;
    assert_eq!(world.resolution("answer/2").await, "escalated");
    assert!(world.cluster.executed().is_empty());
    let said = world.issues.said(second).pop().unwrap();
    assert!(said.contains("everything is stopped"), "{said}");
    world.issues.relabel(first, &BTreeSet::new(), &["lamplighter-stop".to_owned()].into()).await.unwrap();
    world.tell(commenting("c2", second, "maria", "/retry", world.clock.now())).await;
    world.work().await;
    assert_eq!(world.issues.closed(second), Some(CloseReason::Completed));
}

#[tokio::test]
async fn a_command_does_not_wait_for_the_answer_that_it_is_about() {
    let mut world = World::new();
    world.settings.concurrency = 1;
    let issue = world.file("maria");
    let dispatcher = world.start();
    let lease = dispatcher.begin().await.unwrap();
    world.tell(asking("opened", issue)).await;
    let answering = world.inbox.take(WorkKind::Answer).await.unwrap();
    assert!(answering.is_some(), "it is worked on for as long as this test lasts");
    world.tell(commenting("c1", issue, "maria", "/stop", world.clock.now())).await;
    dispatcher.run_until_idle(&lease, &CancellationToken::new()).await.unwrap();
    assert!(matches!(world.state("command/c1").await, JobState::Completed { .. }));
    assert!(world.issues.labels(issue).contains(&"lamplighter-stop".to_owned()));
}

#[tokio::test]
async fn what_would_get_in_the_way_of_an_answer_waits_for_its_end() {
    let world = World::new();
    let issue = world.file("maria");
    let answering = world.journal.lease(&RunKey::of_issue(issue, 1)).await.unwrap();
    for (id, body) in [("c1", "/retry"), ("c2", "/severity sev1")] {
        world.tell(commenting(id, issue, "maria", body, world.clock.now())).await;
    }
    world.work().await;
    for id in ["command/c1", "command/c2"] {
        assert!(matches!(world.state(id).await, JobState::Queued { .. }), "{:?}", world.state(id).await);
    }
    assert!(world.issues.said(issue).is_empty());
    drop(answering);
    world.clock.advance(Duration::from_mins(1));
    world.work().await;
    for id in ["command/c1", "command/c2"] {
        assert!(matches!(world.state(id).await, JobState::Completed { .. }), "{:?}", world.state(id).await);
    }
}

#[tokio::test]
async fn what_is_stopped_goes_on_in_the_next_process() {
    let world = World::new();
    let issue = world.file("maria");
    let dispatcher = world.start();
    let lease = dispatcher.begin().await.unwrap();
    dispatcher.submit(asking("opened", issue)).await.unwrap();
    let stop = CancellationToken::new();
    stop.cancel();
    dispatcher.run(&lease, &stop).await.unwrap();
    assert!(matches!(world.state("answer/1").await, JobState::Queued { .. }));
    drop(lease);
    world.work().await;
    assert_eq!(world.resolution("answer/1").await, "resolved");
}

#[tokio::test]
async fn an_answer_anew_is_one_answer_though_nobody_noted_that_it_was_given() {
    let world = World::new();
    let issue = world.file("maria");
    let work = Work::Answer { issue, again: true, limits: JobLimits::default() };
    let job = JobId::new("reopened");
    world.tell(Message { job: Some((job.clone(), work)), ..message("m", FakeClock::START) }).await;
    world.inbox.calls().fail_next("settle", Error::new(ErrorKind::Unavailable, "the process dies here"));
    world.start().perform(&job).await.unwrap_err();
    let said = world.issues.said(issue);
    world.work().await;
    assert_eq!(world.resolution("reopened").await, "resolved");
    assert_eq!(world.issues.said(issue), said, "and it is not answered once more");
}

#[tokio::test]
async fn what_came_of_a_job_is_noted_as_soon_as_it_can_be() {
    let world = World::new();
    let issue = world.file("maria");
    world.tell(asking("opened", issue)).await;
    // For an hour, as the waits go.
    for _ in 0..20 {
        world.inbox.calls().fail_next("settle", Error::new(ErrorKind::Unavailable, "the disk is full"));
    }
    world.work().await;
    assert_eq!(world.resolution("answer/1").await, "resolved");
}

#[tokio::test]
async fn one_process_does_the_jobs() {
    let world = World::new();
    let (first, second) = (world.start(), world.start());
    let lease = first.begin().await.unwrap();
    let error = second.begin().await.map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.to_string().contains("another Lamplighter"), "{error}");
    drop(lease);
    assert!(second.begin().await.is_ok());
}

#[tokio::test]
async fn jobs_are_done_in_their_order_and_no_more_at_once_than_is_set() {
    let mut world = World::new();
    world.settings.concurrency = 1;
    for n in 1..=5 {
        let issue = world.file("mallory");
        world.tell(asking(&format!("opened {n}"), issue)).await;
    }
    let done = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&done);
    let dispatcher = Arc::into_inner(world.start()).unwrap();
    let dispatcher =
        Arc::new(dispatcher.on_job(Arc::new(move |job, _, _| seen.lock().unwrap().push(job.id.as_str().to_owned()))));
    let lease = dispatcher.begin().await.unwrap();
    dispatcher.run_until_idle(&lease, &CancellationToken::new()).await.unwrap();
    assert_eq!(*done.lock().unwrap(), ["answer/1", "answer/2", "answer/3", "answer/4", "answer/5"]);
}

#[tokio::test]
async fn a_job_keeps_to_the_time_that_it_was_given() {
    let world = World::new().asks_before_a_restart();
    let issue = world.file("maria");
    let limits = JobLimits { budget: None, seconds: Some(0) };
    let work = Work::Answer { issue, again: false, limits };
    world.tell(Message { job: Some((JobId::new("job"), work)), ..message("m", FakeClock::START) }).await;
    world.work().await;
    assert!(matches!(world.state("job").await, JobState::TimedOut { .. }), "{:?}", world.state("job").await);
    assert!(world.cluster.executed().is_empty());
}
