//! Every fake passes the suite of its port.

#![expect(clippy::expect_used, reason = "a harness is a part of a test")]

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use lamplighter_core::cluster::Observed;
use lamplighter_core::ports::{
    Archive, AuditLog, ClusterReader, ClusterWriter, Inbox, IssueReader, IssueWriter, Journal, Knob, Logs, Metrics,
    Model, MonitorState, MonitorWriter, Monitors, Notifier, Publisher, Repository, SecretPath, Secrets, Stacks,
    StopSwitch, UptimeHistory, Workspace,
};
use lamplighter_core::words::{IssueNumber, IssueText, Label, Login, Permission, PlanApply, WorkloadKind, WorkloadRef};
use lamplighter_core::{Error, ErrorKind, RunKey, Usd, async_trait};
use lamplighter_testkit::contract::{
    self, ArchiveHarness, AuditLogHarness, ClusterHarness, ClusterWriterHarness, ContainerLines, InboxHarness,
    IssuesHarness, JournalHarness, LogsHarness, MetricsHarness, ModelHarness, MonitorWriterHarness, MonitorsHarness,
    NotifierHarness, PublisherHarness, RepositoryHarness, SecretsHarness, StacksHarness, StopSwitchHarness,
    UptimeHistoryHarness,
};
use lamplighter_testkit::fakes::{
    FakeArchive, FakeAuditLog, FakeClock, FakeCluster, FakeInbox, FakeIssues, FakeJournal, FakeLogs, FakeMetrics,
    FakeModel, FakeMonitors, FakeNotifier, FakePublisher, FakeRepository, FakeSecrets, FakeStacks, FakeStopSwitch,
    FakeUptimeHistory, RemoteCommit,
};
use lamplighter_testkit::objects;

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

/// Memories in memory, by their names.
#[derive(Default)]
struct Histories(Mutex<BTreeMap<String, FakeUptimeHistory>>);

#[async_trait]
impl UptimeHistoryHarness for Histories {
    async fn open(&self, name: &str) -> Arc<dyn UptimeHistory> {
        let mut open = self.0.lock().expect("no test has panicked with it");
        Arc::new(open.entry(name.to_owned()).or_default().clone())
    }
}

#[tokio::test]
async fn the_fake_history_of_uptime_is_one() {
    contract::uptime_history(&Histories::default()).await;
}

/// Inboxes in memory, by their names.
#[derive(Default)]
struct Inboxes {
    clock: FakeClock,
    open: Mutex<BTreeMap<String, FakeInbox>>,
}

#[async_trait]
impl InboxHarness for Inboxes {
    async fn open(&self, name: &str) -> Arc<dyn Inbox> {
        let mut open = self.open.lock().expect("nobody panics while holding it");
        let inbox = open.entry(name.to_owned()).or_insert_with(|| FakeInbox::with_clock(Arc::new(self.clock.clone())));
        Arc::new(inbox.clone())
    }

    fn clock(&self) -> &FakeClock {
        &self.clock
    }
}

#[tokio::test]
async fn the_fake_inbox_is_an_inbox() {
    contract::inbox(&Inboxes::default()).await;
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
        self.0.grant(login, Permission::Write);
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

#[tokio::test]
async fn the_fake_tracker_tells_what_it_has_closed() {
    let issues = FakeIssues::new();
    contract::closed_issues(&Harness(issues.clone()), &issues).await;
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
    let archive = FakeArchive::new();
    contract::archive_writer(&archive, &Harness(archive.clone())).await;
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

#[async_trait]
impl ClusterHarness for Harness<FakeCluster> {
    fn reader(&self) -> &dyn ClusterReader {
        &self.0
    }

    async fn without_pods(&self) -> Option<Box<dyn ClusterReader>> {
        let mut state = self.0.now();
        state.pods = Observed::Unknown("pods are forbidden; grant list on pods".to_owned());
        Some(Box::new(FakeCluster::new(state)))
    }

    async fn nowhere(&self) -> Option<Box<dyn ClusterReader>> {
        let cluster = FakeCluster::new(objects::cluster());
        for method in ["state", "pod"] {
            cluster.calls().fail_always(method, || Error::new(ErrorKind::Unavailable, "nobody answers"));
        }
        Some(Box::new(cluster))
    }
}

#[async_trait]
impl ClusterWriterHarness for Harness<FakeCluster> {
    fn writer(&self) -> &dyn ClusterWriter {
        &self.0
    }
}

#[tokio::test]
async fn the_fake_cluster_can_be_read() {
    contract::cluster_reader(&Harness(FakeCluster::new(contract::cluster_fixture()))).await;
}

#[tokio::test]
async fn the_fake_cluster_can_be_changed() {
    contract::cluster_writer(&Harness(FakeCluster::new(contract::cluster_fixture()))).await;
}

#[async_trait]
impl LogsHarness for Harness<FakeLogs> {
    fn port(&self) -> &dyn Logs {
        &self.0
    }

    async fn pod(&self, namespace: &str, name: &str, containers: &[ContainerLines]) {
        fn borrowed(lines: &[String]) -> Vec<&str> {
            lines.iter().map(String::as_str).collect()
        }
        for ContainerLines { container, current, previous } in containers {
            let logs = self.0.clone().with(namespace, name, container, &borrowed(current));
            if let Some(previous) = previous {
                let _same = logs.with_previous(namespace, name, container, &borrowed(previous));
            }
        }
    }
}

#[tokio::test]
async fn the_fake_logs_are_logs() {
    contract::logs(&Harness(FakeLogs::new())).await;
}

#[async_trait]
impl MonitorsHarness for Harness<FakeMonitors> {
    fn port(&self) -> &dyn Monitors {
        &self.0
    }

    async fn set_up(&self, name: &str, works: bool) {
        let (state, detail) = if works { (MonitorState::Up, "HTTP 200") } else { (MonitorState::Down, "HTTP 502") };
        self.0.set(name, state, detail);
    }

    async fn blind(&self, name: &str) -> bool {
        self.0.set(name, MonitorState::Unknown, "no name of this host");
        true
    }
}

#[tokio::test]
async fn the_fake_monitors_are_monitors() {
    contract::monitors(&Harness(FakeMonitors::new().up("wiki").up("files"))).await;
}

#[async_trait]
impl MonitorWriterHarness for Harness<FakeMonitors> {
    fn port(&self) -> &dyn MonitorWriter {
        &self.0
    }

    fn monitors(&self) -> &dyn Monitors {
        &self.0
    }
}

#[tokio::test]
async fn the_fake_monitors_can_be_added_to() {
    contract::monitor_writer(&Harness(FakeMonitors::new())).await;
}

#[async_trait]
impl MetricsHarness for Harness<FakeMetrics> {
    fn port(&self) -> &dyn Metrics {
        &self.0
    }
}

#[tokio::test]
async fn the_fake_metrics_are_metrics() {
    let metrics = contract::metrics_fixture().into_iter().fold(FakeMetrics::new(), FakeMetrics::series);
    let metrics = contract::alerts_fixture().into_iter().fold(metrics, FakeMetrics::alert);
    contract::metrics(&Harness(metrics)).await;
}

#[async_trait]
impl RepositoryHarness for Harness<FakeRepository> {
    fn port(&self) -> &dyn Repository {
        &self.0
    }

    async fn read(&self, workspace: &Workspace, path: &str) -> Option<String> {
        self.0.read(workspace, path)
    }

    async fn write(&self, workspace: &Workspace, path: &str, text: &str) {
        self.0.write(workspace, path, text);
    }

    async fn push(&self, path: &str, text: &str, message: &str) {
        self.0.push(path, text, message);
    }

    async fn log(&self) -> Vec<RemoteCommit> {
        self.0.log()
    }

    async fn remote_file(&self, path: &str) -> Option<String> {
        self.0.file(path)
    }
}

#[tokio::test]
async fn the_fake_repository_is_a_repository() {
    let repository =
        FakeRepository::new().with_file("README.md", "read me\n").with_file("stacks/apps/main.tf", "limit = 128Mi\n");
    contract::repository(&Harness(repository)).await;
}

struct StacksInMemory {
    stacks: FakeStacks,
    repository: FakeRepository,
    wiki: WorkloadRef,
    knob: Knob,
}

impl StacksInMemory {
    fn new() -> Self {
        let wiki = WorkloadRef::new(WorkloadKind::Deployment, "apps", "wiki");
        let knob = Knob::MemoryLimit { container: "wiki".to_owned() };
        let repository = FakeRepository::new();
        let stacks = FakeStacks::new(repository.clone())
            .setting("apps", &wiki, &knob, "128Mi")
            .setting("apps", &wiki, &Knob::Replicas, "2")
            .monitor("monitoring", "files", "https://files.example.org")
            .broken("broken", "no such provider");
        Self { stacks, repository, wiki, knob }
    }
}

struct Unlock(FakeStacks);

impl Drop for Unlock {
    fn drop(&mut self) {
        self.0.lock("apps", false);
    }
}

#[async_trait]
impl StacksHarness for StacksInMemory {
    fn port(&self) -> &dyn Stacks {
        &self.stacks
    }

    async fn workspace(&self) -> Workspace {
        self.repository.workspace(&RunKey::new("contract")).await.expect("a workspace can be had")
    }

    async fn read(&self, workspace: &Workspace, path: &str) -> Option<String> {
        self.repository.read(workspace, path)
    }

    async fn applied_limit(&self) -> String {
        self.stacks.applied("apps", &self.wiki, &self.knob).expect("the limit is set")
    }

    async fn apply_elsewhere(&self, _workspace: &Workspace, limit: &str) {
        self.stacks.apply_elsewhere("apps", &self.wiki, &self.knob, limit);
    }

    async fn tamper_with_plan(&self, _workspace: &Workspace, _apply: &PlanApply) {
        self.stacks.tamper_with_plans("apps");
    }

    async fn lock(&self, _workspace: &Workspace) -> Option<Box<dyn Any + Send>> {
        self.stacks.lock("apps", true);
        Some(Box::new(Unlock(self.stacks.clone())))
    }
}

#[tokio::test]
async fn the_fake_stacks_are_stacks() {
    contract::stacks(&StacksInMemory::new()).await;
}

#[async_trait]
impl SecretsHarness for Harness<FakeSecrets> {
    fn port(&self) -> &dyn Secrets {
        &self.0
    }

    fn forbidden(&self) -> Option<SecretPath> {
        Some(SecretPath { path: "contract/root".to_owned(), field: "token".to_owned() })
    }
}

#[tokio::test]
async fn the_fake_secrets_are_secrets() {
    let secrets = FakeSecrets::new()
        .with("contract/wiki", "password", "tr0ub4dor")
        .with("contract/wiki", "empty", "")
        .forbidden("contract/root", "token");
    contract::secrets(&Harness(secrets)).await;
}

#[async_trait]
impl NotifierHarness for Harness<FakeNotifier> {
    fn port(&self) -> &dyn Notifier {
        &self.0
    }

    async fn arrived(&self) -> Vec<String> {
        self.0.notices().into_iter().map(|notice| notice.title).collect()
    }

    async fn cut_off(&self) -> bool {
        self.0.calls().fail_always("notify", || Error::new(ErrorKind::Unavailable, "no signal"));
        true
    }
}

#[tokio::test]
async fn the_fake_notifier_is_a_notifier() {
    contract::notifier(&Harness(FakeNotifier::new())).await;
}

#[async_trait]
impl ModelHarness for Harness<FakeModel> {
    fn port(&self) -> &dyn Model {
        &self.0
    }

    async fn cut_off(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn the_fake_model_is_a_model() {
    contract::model(&Harness(FakeModel::scripted(["yes"]).priced(Usd::cents(2), Usd::cents(1)))).await;
}
