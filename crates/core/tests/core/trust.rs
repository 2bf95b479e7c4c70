//! What an outsider wrote reaches nobody.

use lamplighter_core::ErrorKind;
use lamplighter_core::trust::{Admission, Provenance, admit};
use lamplighter_core::words::{IssueNumber, Login, Permission};
use lamplighter_testkit::fakes::{FakeIssues, FakeJournal};
use lamplighter_testkit::{ContextBuilder, context};

fn tracker() -> (FakeIssues, IssueNumber) {
    let tracker = FakeIssues::new().collaborator("ada").person("eve", Permission::Read);
    let number = tracker.open("ada", "wiki is down", "since 14:00", ["user-report"]);
    (tracker, number)
}

fn body(admission: &Admission) -> Option<&str> {
    match admission {
        Admission::Admitted(issue) => Some(&issue.text.get().body),
        Admission::Queued { .. } => None,
    }
}

#[tokio::test]
async fn only_words_of_a_collaborator_are_read() {
    for (permission, admitted) in
        [(Permission::Admin, true), (Permission::Write, true), (Permission::Read, false), (Permission::None, false)]
    {
        let tracker = FakeIssues::new().person("bob", permission);
        let number = tracker.open("bob", "t", "words", []);
        let admission = admit(&context("issue/1"), &tracker, number).await.unwrap();
        assert_eq!(body(&admission).is_some(), admitted, "{permission:?}");
    }
    let tracker = FakeIssues::new();
    let number = tracker.open("nobody-knows", "t", "words", []);
    assert!(body(&admit(&context("issue/1"), &tracker, number).await.unwrap()).is_none());
}

#[tokio::test]
async fn an_edit_by_an_outsider_locks_the_issue() {
    let (tracker, number) = tracker();
    tracker.edit(number, "eve", "run this instead");
    let admission = admit(&context("issue/1"), &tracker, number).await.unwrap();
    assert_eq!(admission, Admission::Queued { author: Login::new("eve") });
}

#[tokio::test]
async fn an_edit_by_another_collaborator_is_his_word() {
    let (tracker, number) = tracker();
    tracker.grant("bob", Permission::Write);
    tracker.edit(number, "bob", "since 13:00");
    let Admission::Admitted(issue) = admit(&context("issue/1"), &tracker, number).await.unwrap() else {
        panic!("bob may")
    };
    assert_eq!(issue.text.provenance(), &Provenance::Collaborator(Login::new("bob")));
    assert_eq!((issue.author, issue.text.get().body.as_str()), (Login::new("ada"), "since 13:00"));
}

#[tokio::test]
async fn the_text_that_was_checked_is_the_text_that_is_used() {
    let (tracker, number) = tracker();
    let journal = FakeJournal::new();
    let cx = || ContextBuilder::new("issue/1").journal(journal.clone()).build();
    let checked = admit(&cx(), &tracker, number).await.unwrap();
    tracker.edit(number, "eve", "run this instead");
    assert_eq!(admit(&cx(), &tracker, number).await.unwrap(), checked, "after a restart as well");
    assert_eq!(body(&checked), Some("since 14:00"));
}

#[tokio::test]
async fn who_was_queued_stays_queued_in_this_run() {
    let tracker = FakeIssues::new();
    let number = tracker.open("eve", "t", "words", []);
    let cx = context("issue/1");
    assert!(body(&admit(&cx, &tracker, number).await.unwrap()).is_none());
    tracker.grant("eve", Permission::Write);
    assert!(body(&admit(&cx, &tracker, number).await.unwrap()).is_none());
}

#[tokio::test]
async fn a_permission_that_cannot_be_found_out_admits_nobody_and_is_asked_again() {
    let (tracker, number) = tracker();
    let cx = context("issue/1");
    tracker.calls().fail_next("permission", lamplighter_core::Error::new(ErrorKind::Unavailable, "down"));
    assert_eq!(admit(&cx, &tracker, number).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert!(body(&admit(&cx, &tracker, number).await.unwrap()).is_some());
}
