//! Action items of post-mortems, done and handed over.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use lamplighter_core::delivery::Delivery;
use lamplighter_core::ports::{Journal, Knob, RunLease, StepRecord};
use lamplighter_core::words::{Change, Login, ServiceCatalog, WorkloadKind, WorkloadRef};
use lamplighter_core::{
    Actuator, Agent, Context, Error, ErrorKind, Guardrail, Guardrails, Result, RunKey, Verdict, async_trait,
};
use lamplighter_testkit::ContextBuilder;
use lamplighter_testkit::fakes::{FakeAuditLog, FakeCluster, FakeJournal, FakeRepository, FakeStacks};
use lamplighter_testkit::objects::cluster;
use lamplighter_todo_resolver::{TodoOutcome, TodoRequest, TodoResolver};
use serde_json::Value;

const PATH: &str = "2026-03-01-wiki.md";

const DOCUMENT: &str = "# Wiki down\r\n\r\n**Date:** 2026-03-01\r\n\r\n## Prevention Plan\r\n\r\n\
    | Priority | Action | Type | Details | Status |\r\n|---|---|---|---|---|\r\n\
    | P1 | Watch the wiki | Monitor | https://wiki.example.org/ | TODO |\r\n\
    | P0 | Raise the memory limit of deployment apps/wiki to 512Mi | Config | `a \\| b` | TODO |\r\n\
    | P2 | Two clusters | Architecture | | TODO |\r\n\
    | P0 | Page somebody | Alert | | Done |\r\n\r\n## Lessons Learned\r\n\r\nNone — yet.  \r\n";

/// Says the same of every change.
struct Always(Verdict);

#[async_trait]
impl Guardrail<Change> for Always {
    fn name(&self) -> &'static str {
        "always"
    }

    async fn check(&self, _cx: &Context, _change: &Change) -> Result<Verdict> {
        Ok(self.0.clone())
    }
}

struct House {
    repository: FakeRepository,
    stacks: FakeStacks,
    journal: FakeJournal,
    audit: FakeAuditLog,
    verdict: Verdict,
}

fn wiki() -> WorkloadRef {
    WorkloadRef::new(WorkloadKind::Deployment, "apps", "wiki")
}

fn limit() -> Knob {
    Knob::MemoryLimit { container: "wiki".to_owned() }
}

impl House {
    fn new() -> Self {
        let repository = FakeRepository::new().with_file(&format!("docs/post-mortems/{PATH}"), DOCUMENT);
        let stacks = FakeStacks::new(repository.clone()).setting("apps", &wiki(), &limit(), "256Mi").monitor(
            "monitoring",
            "mail",
            "https://mail.example.org/",
        );
        let (journal, audit) = (FakeJournal::new(), FakeAuditLog::new());
        Self { repository, stacks, journal, audit, verdict: Verdict::allow("a test") }
    }

    async fn run(&self) -> Result<TodoOutcome> {
        self.run_with(self.journal.clone()).await
    }

    async fn run_with(&self, journal: impl Journal + 'static) -> Result<TodoOutcome> {
        let guardrails = Guardrails::<Change>::new(vec![Arc::new(Always(self.verdict.clone()))]);
        let (stacks, repository) = (Arc::new(self.stacks.clone()), Arc::new(self.repository.clone()));
        let actuator = Actuator::new(guardrails, Arc::new(FakeCluster::new(cluster())))
            .with_stacks(stacks.clone(), repository.clone());
        let resolver = TodoResolver::new(
            Delivery { stacks, repository },
            Arc::new(actuator),
            "docs/post-mortems",
            ServiceCatalog::default(),
        );
        let cx = ContextBuilder::new("todos/1").apply().journal(journal).audit(self.audit.clone()).build();
        resolver.run(&cx, TodoRequest { path: PATH.to_owned(), requested_by: Some(Login::new("maria")) }).await
    }

    fn document(&self) -> String {
        self.repository.file(&format!("docs/post-mortems/{PATH}")).unwrap()
    }

    fn subjects(&self) -> Vec<String> {
        let log = self.repository.log();
        let subjects = log.iter().filter_map(|commit| commit.message.lines().next()).map(str::to_owned);
        subjects.filter(|subject| subject.contains("post-mortem") || subject.starts_with("docs:")).collect()
    }
}

#[tokio::test]
async fn what_is_safe_is_done_in_order_and_the_rest_is_listed() {
    let house = House::new();
    let outcome = house.run().await.unwrap();
    let lines: Vec<_> = outcome.items.iter().map(|item| (item.line, item.commit.is_some())).collect();
    assert_eq!(lines, [(10, true), (9, true), (11, false)], "{outcome:?}");
    assert_eq!(house.stacks.applied("apps", &wiki(), &limit()).as_deref(), Some("512Mi"));
    assert_eq!(house.stacks.monitors("monitoring").len(), 2);
    assert_eq!(
        house.subjects(),
        [
            "fix(post-mortem): Raise the memory limit of deployment apps/wiki to 512Mi [PM-2026-03-01]",
            "fix(post-mortem): Watch the wiki [PM-2026-03-01]",
            "docs: what came of the action items of PM-2026-03-01 [ci skip]"
        ]
    );
    let document = house.document();
    let (before, after): (Vec<&str>, Vec<&str>) = (DOCUMENT.split('\n').collect(), document.split('\n').collect());
    for (at, line) in before.iter().enumerate().filter(|(at, line)| ![8, 9].contains(at) && !line.is_empty()) {
        assert_eq!(after.get(at), Some(line), "line {}", at + 1);
    }
    let commit = outcome.items[0].commit.as_ref().unwrap().short();
    assert!(after[9].ends_with(&format!("| Done ({commit}) |\r")), "{}", after[9]);
    assert!(document.contains("## Follow-up Implementation\r\n"), "{document}");
    assert!(
        document.contains("| Two clusters | P2 | Architecture |  | Needs human review: Architecture"),
        "{document}"
    );
}

/// A journal that the process is dead for from a record on: before that is written, or after.
struct Dying {
    journal: FakeJournal,
    left: AtomicI32,
    after: bool,
}

fn dead<T>() -> Result<T> {
    Err(Error::new(ErrorKind::Unavailable, "the process is dead"))
}

#[async_trait]
impl Journal for Dying {
    async fn lease(&self, run: &RunKey) -> Result<RunLease> {
        self.journal.lease(run).await
    }

    async fn recorded(&self, run: &RunKey, step: &str) -> Result<Option<Value>> {
        if self.left.load(Ordering::SeqCst) <= 0 { dead() } else { self.journal.recorded(run, step).await }
    }

    async fn record(&self, run: &RunKey, step: &str, output: Value) -> Result<Value> {
        match self.left.fetch_sub(1, Ordering::SeqCst) {
            2.. => self.journal.record(run, step, output).await,
            1 if self.after => self.journal.record(run, step, output).await.and_then(|_| dead()),
            _ => dead(),
        }
    }

    async fn steps(&self, run: &RunKey) -> Result<Vec<StepRecord>> {
        self.journal.steps(run).await
    }

    async fn runs(&self) -> Result<Vec<RunKey>> {
        self.journal.runs().await
    }

    async fn signal(&self, run: &RunKey, name: &str, value: Value) -> Result<Value> {
        self.journal.signal(run, name, value).await
    }

    async fn signalled(&self, run: &RunKey, name: &str) -> Result<Option<Value>> {
        self.journal.signalled(run, name).await
    }
}

#[tokio::test]
async fn a_run_that_dies_before_or_after_any_record_does_it_once() {
    for after in [false, true] {
        let mut deaths = 0;
        loop {
            let house = House::new();
            let left = AtomicI32::new(deaths + 1);
            let first = house.run_with(Dying { journal: house.journal.clone(), left, after }).await;
            let outcome = house.run().await.unwrap();
            let which = format!("death {deaths}, after: {after}: {outcome:?}");
            assert_eq!(outcome.items.iter().filter(|item| item.commit.is_some()).count(), 2, "{which}");
            assert_eq!(house.subjects().len(), 3, "{which}");
            assert_eq!(house.stacks.calls().of("apply").len(), 2, "{which}");
            assert_eq!(house.document().matches("## Follow-up Implementation").count(), 1, "{which}");
            assert_eq!(house.document().matches("| Done (").count(), 2, "{which}");
            if first.is_ok() {
                break;
            }
            deaths += 1;
        }
        assert!(deaths > 15, "{deaths}");
    }
}

#[tokio::test]
async fn what_the_guardrails_refuse_is_left_to_people() {
    let house = House { verdict: Verdict::escalate("not today"), ..House::new() };
    let outcome = house.run().await.unwrap();
    assert!(outcome.items.iter().all(|item| item.commit.is_none()), "{outcome:?}");
    assert!(outcome.items[0].needs_review.as_deref().unwrap().contains("not today"));
    assert_eq!((outcome.commit, outcome.why_not.as_deref()), (None, Some("not today")));
    assert_eq!(
        (house.document().as_str(), house.stacks.applied("apps", &wiki(), &limit()).as_deref()),
        (DOCUMENT, Some("256Mi"))
    );
}

#[tokio::test]
async fn a_document_that_is_not_there_is_said() {
    let house = House::new();
    house.repository.push(&format!("docs/post-mortems/{PATH}"), "# Nothing to do\n", "empty");
    let outcome = house.run().await.unwrap();
    assert_eq!((outcome.items.len(), outcome.commit), (0, None));
    let bare = House { repository: FakeRepository::new(), ..House::new() };
    let error = bare.run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
}
