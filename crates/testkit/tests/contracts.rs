//! Every fake passes the suite of its port.

use std::collections::BTreeSet;
use std::sync::Arc;

use lamplighter_core::ports::{Archive, AuditLog, IssueReader, IssueWriter, Journal, Publisher, StopSwitch};
use lamplighter_core::words::{IssueNumber, IssueText, Label, Login};
use lamplighter_core::{Error, ErrorKind, async_trait};
use lamplighter_testkit::contract::{
    self, ArchiveHarness, AuditLogHarness, IssuesHarness, JournalHarness, PublisherHarness, StopSwitchHarness,
};
use lamplighter_testkit::fakes::{FakeArchive, FakeAuditLog, FakeIssues, FakeJournal, FakePublisher, FakeStopSwitch};

struct Harness<T>(T);

#[async_trait]
impl JournalHarness for Harness<FakeJournal> {
    async fn open(&self) -> Arc<dyn Journal> {
        Arc::new(self.0.clone())
    }
}

#[tokio::test]
async fn the_fake_journal_is_a_journal() {
    contract::journal(&Harness(FakeJournal::new())).await;
}

#[async_trait]
impl AuditLogHarness for Harness<FakeAuditLog> {
    async fn open(&self) -> Arc<dyn AuditLog> {
        Arc::new(self.0.clone())
    }
}

#[tokio::test]
async fn the_fake_audit_log_is_an_audit_log() {
    contract::audit_log(&Harness(FakeAuditLog::new())).await;
}

#[async_trait]
impl IssuesHarness for Harness<FakeIssues> {
    fn reader(&self) -> &dyn IssueReader {
        &self.0
    }

    fn writer(&self) -> &dyn IssueWriter {
        &self.0
    }

    async fn make_collaborator(&self, login: &str) {
        self.0.grant(login, lamplighter_core::words::Permission::Write);
    }

    async fn open(&self, author: &str, text: &IssueText, labels: &BTreeSet<Label>) -> IssueNumber {
        self.0.open(author, &text.title, &text.body, labels.iter().map(String::as_str))
    }

    async fn say(&self, number: IssueNumber, author: &str, body: &str) {
        self.0.say(number, author, body);
    }

    async fn edit(&self, number: IssueNumber, by: &str, body: &str) -> bool {
        self.0.edit(number, by, body);
        true
    }

    async fn bodies(&self, number: IssueNumber) -> Vec<String> {
        self.0.conversation(number).into_iter().map(|(_, body)| body).collect()
    }

    async fn assignees(&self, number: IssueNumber) -> Vec<String> {
        self.0.assignees(number).iter().map(|login: &Login| login.as_str().to_owned()).collect()
    }
}

#[tokio::test]
async fn the_fake_tracker_is_a_tracker() {
    contract::issues(&Harness(FakeIssues::new())).await;
}

#[async_trait]
impl PublisherHarness for Harness<FakePublisher> {
    fn port(&self) -> &dyn Publisher {
        &self.0
    }

    async fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.0.file(path)
    }

    async fn plant(&self, path: &str, content: &[u8]) {
        self.0.plant(path, content);
    }
}

#[tokio::test]
async fn the_fake_publisher_is_a_publisher() {
    contract::publisher(&Harness(FakePublisher::new())).await;
}

#[async_trait]
impl ArchiveHarness for Harness<FakeArchive> {
    fn port(&self) -> &dyn Archive {
        &self.0
    }

    async fn put(&self, path: &str, content: &[u8]) {
        self.0.put(path, content);
    }
}

#[tokio::test]
async fn the_fake_archive_is_an_archive() {
    contract::archive(&Harness(FakeArchive::new())).await;
}

#[async_trait]
impl StopSwitchHarness for Harness<FakeStopSwitch> {
    fn port(&self) -> &dyn StopSwitch {
        &self.0
    }

    async fn stop(&self, reason: &str) {
        self.0.stop(reason);
    }

    async fn resume(&self) {
        self.0.resume();
    }

    async fn break_it(&self) -> bool {
        self.0.calls().fail_always("stopped", || Error::new(ErrorKind::Permission, "the switch cannot be read"));
        true
    }
}

#[tokio::test]
async fn the_fake_stop_switch_is_a_stop_switch() {
    contract::stop_switch(&Harness(FakeStopSwitch::new())).await;
}
