//! A storm: two thousand deliveries, some of them twice, some forged, edits in between, a GitHub that fails one call in
//! three, and a service that is killed twice. Every issue ends with exactly its comments and labels.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use lamplighter::core::CancellationToken;
use lamplighter::core::ports::{Inbox, JobCounts};
use lamplighter::{Config, SystemClock};
use lamplighter_server::Server;
use lamplighter_sqlite::SqliteStore;
use lamplighter_testkit::objects::{cluster, deployment, node};
use lamplighter_testkit::world::{GithubIssue, GithubRole, GithubWorld, WebhookDelivery};
use tempfile::TempDir;

use super::post::post;

/// The configuration of the service that is killed, and the address that it listens on.
const CONFIG: &str = "LAMPLIGHTER_TEST_STORM";
const ADDRESS: &str = "LAMPLIGHTER_TEST_STORM_ADDRESS";

const REPOSITORY: &str = "home/infra";
const DELIVERIES: usize = 2000;
const ISSUES: u64 = 399;

/// How many deliveries are under way at once.
const AT_ONCE: usize = 24;

/// After how many answered deliveries the service is killed.
const KILLS: [usize; 2] = [500, 1300];

/// What is filed, in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A collaborator's report of a service that works.
    Report,
    /// The same without a label, edited by its author while it is on its way.
    Edited,
    /// An outsider's.
    Outsider,
    /// A collaborator's, edited by an outsider while it is on its way.
    Overwritten,
}

impl Kind {
    fn of(number: u64) -> Self {
        match number % 6 {
            0 => Self::Report,
            1 => Self::Edited,
            2 => Self::Overwritten,
            _ => Self::Outsider,
        }
    }
}

/// The process that is killed: this test binary again.
#[tokio::test(flavor = "multi_thread")]
async fn service() {
    let (Ok(config), Ok(address)) = (std::env::var(CONFIG), std::env::var(ADDRESS)) else { return };
    let config = Config::load(Path::new(&config), std::env::vars()).unwrap();
    let listener = lamplighter_server::listen(&address).await.unwrap();
    let server = Server::open(config, |builder| builder).await.unwrap();
    server.run(listener, CancellationToken::new()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_leaves_each_issue_with_exactly_its_comments_and_labels() {
    let storm = Storm::new();
    let deliveries = storm.deliveries();
    assert_eq!(deliveries.len(), DELIVERIES);
    let service = storm.start();
    storm.github.fail_one_in(3, 7);
    let (answered, statuses) = (AtomicUsize::new(0), std::sync::Mutex::new(BTreeMap::<u16, usize>::new()));
    let service = std::sync::Mutex::new(service);
    stream::iter(&deliveries)
        .for_each_concurrent(AT_ONCE, |delivery| {
            let (storm, answered, statuses, service) = (&storm, &answered, &statuses, &service);
            async move {
                let status = storm.insist(delivery).await;
                *statuses.lock().unwrap().entry(status).or_default() += 1;
                if KILLS.contains(&(answered.fetch_add(1, Ordering::SeqCst) + 1)) {
                    let mut service = service.lock().unwrap();
                    service.kill().unwrap();
                    service.wait().unwrap();
                    *service = storm.start();
                }
            }
        })
        .await;
    let statuses = statuses.into_inner().unwrap();
    assert_eq!(statuses.get(&401), Some(&(DELIVERIES / 10)), "the forged ones and no others: {statuses:?}");
    assert!(statuses.keys().all(|status| [200, 202, 401].contains(status)), "{statuses:?}");
    storm.wait_until_done().await;
    service.into_inner().unwrap().kill().unwrap();
    storm.github.calm();
    for number in 1..=ISSUES {
        check(number, &storm.github.issue(REPOSITORY, number));
    }
}

/// The world of the storm.
struct Storm {
    folder: TempDir,
    github: GithubWorld,
    address: String,
}

impl Storm {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let github = GithubWorld::start(Arc::new(SystemClock)).unwrap();
        github.add_repository(REPOSITORY);
        for (login, role) in [
            ("lamplighter-bot", GithubRole::Write),
            ("maria", GithubRole::Write),
            ("omar", GithubRole::Write),
            ("mallory", GithubRole::Read),
        ] {
            github.add_user(login);
            github.set_role(REPOSITORY, login, role);
        }
        github.add_token("lamplighter-bot", "ghp_storm");
        github.set_webhook_secret("s3cret");
        github.set_rate_limit(1_000_000);
        // A port that was free a moment ago, since the service has to come back on the same one.
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let storm = Self { folder, github, address };
        storm.write_dump();
        storm.write_config();
        storm
    }

    /// A cluster in which all is well, as its cluster and its monitors say.
    fn write_dump(&self) {
        let dump = self.folder.path().join("dump");
        let state = cluster().node(node("n1")).workload(deployment("apps", "wiki").replicas(2)).build();
        let mut recorder = lamplighter::adapters::SnapshotRecorder::create(&dump).unwrap();
        recorder.state(&state, &lamplighter::core::ports::Scope::everything()).unwrap();
        recorder
            .monitors(&[lamplighter::core::ports::MonitorStatus {
                name: "wiki".to_owned(),
                state: lamplighter::core::ports::MonitorState::Up,
                at: state.taken_at,
                detail: "200 OK".to_owned(),
            }])
            .unwrap();
        recorder.finish().unwrap();
    }

    fn write_config(&self) {
        let text = format!(
            "owner = \"keeper\"\ndata_dir = \"data\"\n\
             [tracker]\nkind = \"github\"\nrepository = \"{REPOSITORY}\"\napi_url = \"{}\"\ntoken = {{ file = \"token\" }}\n\
             [server]\nwebhook_secret = {{ file = \"secret\" }}\nconcurrency = 48\nrequests_per_second = 100000\n\
             [cluster]\nkind = \"snapshot\"\ndir = \"dump\"\n\
             [[monitor]]\nname = \"wiki\"\nurl = \"https://wiki.example.org\"\n\
             [[service]]\nname = \"wiki\"\nmonitors = [\"wiki\"]\n\
             workloads = [{{ kind = \"deployment\", namespace = \"apps\", name = \"wiki\" }}]\n",
            self.github.url()
        );
        for (name, content) in [("lamplighter.toml", text.as_str()), ("token", "ghp_storm\n"), ("secret", "s3cret\n")] {
            std::fs::write(self.folder.path().join(name), content).unwrap();
        }
    }

    fn start(&self) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "service::storm::service", "--nocapture"])
            .env(CONFIG, self.path("lamplighter.toml"))
            .env(ADDRESS, &self.address)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Everything that is delivered, shuffled: what happened, three in ten of it once more, and one in ten forged.
    fn deliveries(&self) -> Vec<WebhookDelivery> {
        for number in 1..=ISSUES {
            let kind = Kind::of(number);
            let author = if kind == Kind::Outsider { "mallory" } else { "maria" };
            let labels = if kind == Kind::Edited { None } else { Some("user-report") };
            let body = "### Affected Service\n\nwiki\n\n### What kind of error?\n\n502\n";
            self.github.open_issue(REPOSITORY, author, &format!("Wiki is down, {number}"), body, labels);
            match kind {
                Kind::Edited => self.github.edit_issue(REPOSITORY, number, "maria", &format!("{body}\nSince noon.\n")),
                Kind::Overwritten => self.github.edit_issue(REPOSITORY, number, "mallory", "evil: run this\n"),
                Kind::Report | Kind::Outsider => {}
            }
            if number.is_multiple_of(2) {
                self.github.label(REPOSITORY, number, "omar", "help wanted");
            }
            if number.is_multiple_of(3) {
                self.github.comment(REPOSITORY, number, "mallory", "/approve\n/stop\n/severity sev1");
            }
        }
        let happened = self.github.take_deliveries();
        let (forged, repeated) = (DELIVERIES / 10, DELIVERIES * 3 / 10);
        assert!(happened.len() + forged + repeated <= DELIVERIES, "{} deliveries happened", happened.len());
        let mut random = Random(11);
        let mut all = happened.clone();
        while all.len() < DELIVERIES - forged {
            all.push(random.one_of(&happened).clone());
        }
        for _ in 0..forged {
            let mut delivery = random.one_of(&happened).clone();
            delivery.body.push(b' ');
            all.push(delivery);
        }
        for at in (1..all.len()).rev() {
            all.swap(at, random.below(at + 1));
        }
        all
    }

    /// Delivers until there is an answer that counts, as whoever looks at the list of failed deliveries does.
    async fn insist(&self, delivery: &WebhookDelivery) -> u16 {
        let until = Instant::now() + Duration::from_mins(1);
        loop {
            match post(&self.address, delivery).await {
                Some(status) if status < 500 => return status,
                answer => assert!(Instant::now() < until, "the service does not come back: {answer:?}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn wait_until_done(&self) {
        let store = SqliteStore::open(&self.path("data/journal.sqlite"), Arc::new(SystemClock)).await.unwrap();
        let until = Instant::now() + Duration::from_mins(4);
        loop {
            let counts = store.counts().await.unwrap();
            if counts == JobCounts::default() {
                return;
            }
            assert!(Instant::now() < until, "jobs are left: {counts:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// What stands on an issue in the end.
fn check(number: u64, issue: &GithubIssue) {
    let kind = Kind::of(number);
    let ours: Vec<&str> = issue
        .comments
        .iter()
        .filter(|comment| comment.author == "lamplighter-bot")
        .map(|comment| comment.body.as_str())
        .collect();
    let [said] = ours.as_slice() else {
        panic!("issue {number} ({kind:?}) has {} comments of ours: {ours:#?}", ours.len())
    };
    let has = |label: &str| issue.labels.iter().any(|known| known == label);
    let is_queued = said.starts_with("**Queued for review:**");
    match kind {
        Kind::Outsider => assert!(is_queued, "issue {number}: {said}"),
        // Whoever was first: what the collaborator wrote is answered, what the outsider wrote is not.
        Kind::Overwritten => {}
        Kind::Report | Kind::Edited => assert!(!is_queued, "issue {number} ({kind:?}): {said}"),
    }
    if is_queued {
        assert!(has("needs-human") && !issue.is_closed, "issue {number}: {:?}", issue.labels);
    } else {
        assert!(said.starts_with("**Findings:**"), "issue {number} ({kind:?}): {said}");
        assert!(has("user-report") && issue.is_closed, "issue {number} ({kind:?}): {:?}", issue.labels);
    }
    assert!(!said.contains("evil"), "issue {number}: an outsider's words are repeated: {said}");
    let expected = usize::from(kind != Kind::Edited || !is_queued)
        + usize::from(is_queued)
        + usize::from(number.is_multiple_of(2));
    assert_eq!(issue.labels.len(), expected, "issue {number} ({kind:?}): {:?}", issue.labels);
}

/// A sequence that is the same each time.
struct Random(u64);

impl Random {
    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        all.get(self.below(all.len())).unwrap()
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}
