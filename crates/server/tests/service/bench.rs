//! A service to be tested, with fakes behind it, and a client that sends what it is told, byte for byte.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use lamplighter::core::CancellationToken;
use lamplighter::core::ports::{Job, JobState};
use lamplighter::core::words::Login;
use lamplighter::{DispatchSettings, Lamplighter, Options};
use lamplighter_server::{Keys, Server, ServerSettings};
use lamplighter_testkit::fakes::{
    FakeAuditLog, FakeClock, FakeCluster, FakeInbox, FakeIssues, FakeJournal, FakeLogs, FakeStopSwitch,
};
use lamplighter_testkit::objects::cluster;
use lamplighter_testkit::world::GithubWorld;
use lamplighter_testkit::world::WebhookDelivery;
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub(crate) const SECRET: &str = "s3cret";
pub(crate) const TOKEN: &str = "t0ken";
pub(crate) const REPOSITORY: &str = "home/infra";

/// A running service. It ends when it is dropped.
pub(crate) struct Bench {
    pub(crate) address: String,
    pub(crate) inbox: FakeInbox,
    pub(crate) issues: FakeIssues,
    pub(crate) github: GithubWorld,
    pub(crate) server: Server,
    pub(crate) stop: CancellationToken,
    pub(crate) ended: JoinHandle<lamplighter::core::Result<()>>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{self:?} is not JSON"))
    }

    /// The reason of a refusal, which is short and says nothing of the inside.
    pub(crate) fn refusal(&self) -> String {
        let reason = self.json()["error"].as_str().unwrap_or_else(|| panic!("{self:?} gives no reason")).to_owned();
        assert!(!reason.is_empty() && reason.len() < 200, "{reason}");
        reason
    }
}

impl Bench {
    /// A service that takes messages in and does no job.
    pub(crate) async fn idle() -> Self {
        Self::start(0, |settings| settings).await
    }

    /// A service that does jobs.
    pub(crate) async fn busy() -> Self {
        Self::start(2, |settings| settings).await
    }

    pub(crate) async fn start(concurrency: usize, adjust: impl FnOnce(ServerSettings) -> ServerSettings) -> Self {
        let (inbox, issues) = (FakeInbox::new(), FakeIssues::new().collaborator("maria"));
        let tracker = Arc::new(issues.clone());
        let lamplighter = Lamplighter::builder()
            .options(Options::default())
            .tracker(tracker.clone(), tracker)
            .cluster(Arc::new(FakeCluster::new(cluster())), Arc::new(FakeLogs::new()))
            .journal(Arc::new(FakeJournal::new()), Arc::new(FakeAuditLog::new()))
            .inbox(Arc::new(inbox.clone()))
            .stop_switch(Arc::new(FakeStopSwitch::new()))
            .clock(Arc::new(FakeClock::new()))
            .build()
            .unwrap();
        let dispatcher =
            lamplighter.dispatcher(DispatchSettings { concurrency, ..DispatchSettings::default() }).unwrap();
        let keys = Keys { webhook: vec![SecretString::from(SECRET)], api: vec![SecretString::from(TOKEN)] };
        let settings = ServerSettings {
            repository: Some(REPOSITORY.to_owned()),
            ourselves: Some(Login::new("lamplighter[bot]")),
            drain: Duration::from_secs(5),
            ..ServerSettings::default()
        };
        let mut bench = Self::of(Server::new(dispatcher, keys, adjust(settings))).await;
        (bench.inbox, bench.issues) = (inbox, issues);
        bench
    }

    /// A service of one's own making. Its inbox and its issues are not those of the bench.
    pub(crate) async fn of(server: Server) -> Self {
        let (inbox, issues) = (FakeInbox::new(), FakeIssues::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let stop = CancellationToken::new();
        let ended = tokio::spawn({
            let (server, stop) = (server.clone(), stop.clone());
            async move { server.run(listener, stop).await }
        });
        let github = GithubWorld::start(Arc::new(FakeClock::new())).unwrap();
        github.add_repository(REPOSITORY);
        github.set_webhook_secret(SECRET);
        let bench = Self { address, inbox, issues, github, server, stop, ended };
        bench.until(|answer| answer.status == 200, "GET", "/ready").await;
        bench
    }

    /// Somebody files an issue on the played GitHub, and here is the message.
    pub(crate) fn opened(&self, author: &str) -> WebhookDelivery {
        self.github.add_user(author);
        self.github.open_issue(REPOSITORY, author, "Wiki is down", "502 since 14:00", ["user-report"]);
        let mut sent = self.github.take_deliveries();
        let opened = sent.iter().position(|delivery| delivery.payload()["action"] == "opened").unwrap();
        sent.swap_remove(opened)
    }

    /// Sends a message as GitHub does.
    pub(crate) async fn deliver(&self, delivery: &WebhookDelivery) -> Answer {
        self.deliver_with(delivery, |headers| headers).await
    }

    /// The same with other headers.
    pub(crate) async fn deliver_with(
        &self,
        delivery: &WebhookDelivery,
        adjust: impl FnOnce(Vec<(String, String)>) -> Vec<(String, String)>,
    ) -> Answer {
        let headers = delivery
            .headers
            .iter()
            .filter(|(name, _)| !["host", "content-length", "connection"].contains(&name.to_lowercase().as_str()));
        let headers = adjust(headers.cloned().collect());
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.ask("POST", "/webhooks/github", &headers, &delivery.body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], b"").await
    }

    /// Sends a request and reads the answer to its end.
    pub(crate) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        for (name, value) in headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        write!(head, "Content-Length: {}\r\n\r\n", body.len()).unwrap();
        self.send(&[head.as_bytes(), body].concat()).await
    }

    /// Sends these bytes and reads until the other side closes.
    pub(crate) async fn send(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        // It may answer and close before it has read everything.
        let _ = stream.write_all(bytes).await;
        let mut raw = Vec::new();
        let _ = stream.read_to_end(&mut raw).await;
        parse(&raw)
    }

    /// Asks until an answer is as wanted.
    pub(crate) async fn until(&self, is_wanted: impl Fn(&Answer) -> bool, method: &str, path: &str) -> Answer {
        let token = format!("Bearer {TOKEN}");
        for _ in 0..500 {
            let answer = self.ask(method, path, &[("Authorization", &token)], b"").await;
            if is_wanted(&answer) {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{path} did not become as wanted")
    }

    /// The ids of the jobs, and whether each still waits for its turn.
    pub(crate) fn jobs(&self) -> Vec<(String, bool)> {
        let told = |job: Job| (job.id.as_str().to_owned(), matches!(job.state, JobState::Queued { .. }));
        self.inbox.jobs().into_iter().map(told).collect()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub(crate) fn parse(raw: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(raw);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let body = if head.to_lowercase().contains("transfer-encoding: chunked") { dechunk(body) } else { body.to_owned() };
    Answer { status, head: head.to_owned(), body }
}

fn dechunk(body: &str) -> String {
    let (mut rest, mut whole) = (body, String::new());
    while let Some((size, more)) = rest.split_once("\r\n") {
        let Some(chunk) =
            usize::from_str_radix(size, 16).ok().filter(|size| *size > 0).and_then(|size| more.get(..size))
        else {
            break;
        };
        whole.push_str(chunk);
        rest = more.get(chunk.len() + 2..).unwrap_or_default();
    }
    whole
}
