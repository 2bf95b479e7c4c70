//! Action items are done through the real guardrails.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::sync::Arc;

use lamplighter::core::ports::{JobId, JobState, Message, Work};
use lamplighter::core::{CancellationToken, ErrorKind, Mode};
use lamplighter::{DispatchSettings, Lamplighter, Options, PostMortemShelf, TodoRequest};
use lamplighter_testkit::fakes::{
    FakeArchive, FakeAuditLog, FakeClock, FakeCluster, FakeInbox, FakeIssues, FakeJournal, FakeLogs, FakeRepository,
    FakeStacks, FakeStopSwitch,
};
use lamplighter_testkit::objects::cluster;

const DOCUMENT: &str = "# Wiki down\n\n**Date:** 2026-03-01\n\n## Prevention Plan\n\n\
    | Priority | Action | Type | Status |\n|---|---|---|---|\n\
    | P0 | Watch https://wiki.example.org/ | Monitor | TODO |\n\
    | P1 | Two clusters | Architecture | TODO |\n";

struct House {
    repository: FakeRepository,
    stacks: FakeStacks,
    journal: FakeJournal,
    audit: FakeAuditLog,
}

impl House {
    fn new() -> Self {
        let repository = FakeRepository::new().with_file("docs/post-mortems/wiki.md", DOCUMENT);
        let stacks = FakeStacks::new(repository.clone()).monitor("monitoring", "mail", "https://mail.example.org/");
        Self { repository, stacks, journal: FakeJournal::new(), audit: FakeAuditLog::new() }
    }

    fn lamplighter(&self, mode: Mode) -> Lamplighter {
        let issues = Arc::new(FakeIssues::new());
        let archive = Arc::new(FakeArchive::new());
        let place = PostMortemShelf {
            folder: "docs/post-mortems".to_owned(),
            archive: archive.clone(),
            writer: archive,
            name: "docs/post-mortems".to_owned(),
            site: None,
            address: None,
        };
        Lamplighter::builder()
            .options(Options { mode, ..Options::default() })
            .tracker(issues.clone(), issues)
            .cluster(Arc::new(FakeCluster::new(cluster())), Arc::new(FakeLogs::new()))
            .delivery(Arc::new(self.stacks.clone()), Arc::new(self.repository.clone()))
            .post_mortems(place)
            .journal(Arc::new(self.journal.clone()), Arc::new(self.audit.clone()))
            .inbox(Arc::new(FakeInbox::new()))
            .stop_switch(Arc::new(FakeStopSwitch::new()))
            .clock(Arc::new(FakeClock::auto()))
            .build()
            .unwrap()
    }

    fn document(&self) -> String {
        self.repository.file("docs/post-mortems/wiki.md").unwrap()
    }

    fn monitors(&self) -> usize {
        self.stacks.monitors("monitoring").len()
    }
}

fn request() -> TodoRequest {
    TodoRequest { path: "wiki.md".to_owned(), requested_by: None }
}

#[tokio::test]
async fn what_is_asked_twice_is_done_once() {
    let house = House::new();
    let first = house.lamplighter(Mode::Apply).resolve_todos(request()).await.unwrap();
    assert_eq!(first.items.iter().filter(|item| item.commit.is_some()).count(), 1, "{first:?}");
    assert_eq!(house.monitors(), 2);
    assert!(house.document().contains("| Monitor | Done ("), "{}", house.document());
    let again = house.lamplighter(Mode::Apply).resolve_todos(request()).await.unwrap();
    // What a person has to look at is still to do, and said again.
    assert_eq!(again.items.len(), 1, "{again:?}");
    assert_eq!(house.stacks.calls().of("apply").len(), 1);
}

#[tokio::test]
async fn what_was_pushed_is_done_by_a_job_and_one_document_does_not_hold_up_another() {
    let house = House::new();
    let dispatcher = house.lamplighter(Mode::Apply).dispatcher(DispatchSettings::default()).unwrap();
    let dispatcher = Arc::new(dispatcher);
    for commit in ["c1", "c2"] {
        let id = JobId::new(format!("todos/{commit}"));
        let work = Work::Todos { documents: vec!["gone.md".to_owned(), "wiki.md".to_owned()] };
        let job = Some((id.clone(), work));
        let message = Message { id: commit.to_owned(), at: FakeClock::START, words: None, job, wake: None };
        dispatcher.submit(message).await.unwrap();
        let lease = dispatcher.begin().await.unwrap();
        dispatcher.run_until_idle(&lease, &CancellationToken::new()).await.unwrap();
        let job = dispatcher.inbox().job(&id).await.unwrap().unwrap();
        let JobState::Completed { outcome } = job.state else { panic!("{job:?}") };
        assert!(outcome[0]["document"] == "gone.md" && outcome[0]["error"].is_string(), "{outcome}");
        assert_eq!(outcome[1]["document"], "wiki.md", "{outcome}");
    }
    assert_eq!(house.monitors(), 2);
    assert_eq!(house.stacks.calls().of("apply").len(), 1, "the second time there was nothing left to do");
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let house = House::new();
    let outcome = house.lamplighter(Mode::DryRun).resolve_todos(request()).await.unwrap();
    assert!(outcome.items.iter().all(|item| item.commit.is_none()) && outcome.commit.is_none(), "{outcome:?}");
    assert_eq!((house.document().as_str(), house.monitors()), (DOCUMENT, 1));
}

#[tokio::test]
async fn a_path_that_is_no_document_is_said() {
    let request = TodoRequest { path: "../secrets.md".to_owned(), requested_by: None };
    let error = House::new().lamplighter(Mode::Apply).resolve_todos(request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
}
