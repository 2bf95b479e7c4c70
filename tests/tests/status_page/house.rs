//! A house with services, an Uptime Kuma, a repository on GitHub and a page in a folder and on a branch.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lamplighter::core::Clock;
use lamplighter::core::ports::{MonitorState, Published};
use lamplighter::core::words::status::{OverallState, ServiceState, Status};
use lamplighter::{Config, Lamplighter, StatusSite};
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::servers::{UptimeKuma, UptimeKumaVersion};
use lamplighter_testkit::world::{GithubRole, GithubWorld, World, WorldSpec};
use serde_json::Value;
use tempfile::TempDir;

const REPOSITORY: &str = "home/infra";

pub(crate) struct House {
    folder: TempDir,
    clock: FakeClock,
    now: Timestamp,
    github: GithubWorld,
    kuma: Option<UptimeKuma>,
    watched: Vec<String>,
    _cluster: World,
    lamplighter: Lamplighter,
    site: StatusSite,
}

/// A look, and what was made of it.
pub(crate) struct Seen {
    pub(crate) status: Status,
    pub(crate) published: Vec<Published>,
    /// The text of each file that was published into the folder.
    files: BTreeMap<String, String>,
}

impl House {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = FakeClock::auto();
        let github = GithubWorld::start(Arc::new(clock.clone())).unwrap();
        github.add_repository(REPOSITORY);
        github.set_role(REPOSITORY, "lamplighter-bot", GithubRole::Write);
        github.add_token("lamplighter-bot", "ghp_known");
        let kuma = UptimeKuma::start(UptimeKumaVersion::V2);
        let cluster = World::start("[[nodes]]\nname = \"a\"\n".parse::<WorldSpec>().unwrap()).unwrap();
        cluster.write_kubeconfig(folder.path()).unwrap();
        git(folder.path(), &["init", "--quiet", "--bare", "--initial-branch=main", "site.git"]);
        std::fs::write(folder.path().join("token"), "ghp_known").unwrap();
        let text = format!(
            "owner = \"ada\"\n[cluster]\nkind = \"kubernetes\"\nkubeconfig = \"kubeconfig\"\n\
             [tracker]\nkind = \"github\"\nrepository = \"{REPOSITORY}\"\napi_url = \"{}\"\ntoken = {{ file = \"token\" }}\n\
             [uptime_kuma]\nurl = \"{}\"\nstatus_page = \"home\"\n\
             [status]\ntitle = \"Home\"\ndir = \"site\"\nbranch = \"gh-pages\"\nremote = \"{}\"\n",
            github.url(),
            kuma.url(),
            folder.path().join("site.git").display(),
        );
        std::fs::write(folder.path().join("lamplighter.toml"), text).unwrap();
        for name in ["wiki", "mail"] {
            kuma.watch(name, "https://home.example.org");
        }
        let (lamplighter, site) = open(folder.path(), &clock).await;
        let (kuma, watched) = (Some(kuma), vec!["wiki".to_owned(), "mail".to_owned()]);
        Self { folder, clock, now: FakeClock::START, github, kuma, watched, _cluster: cluster, lamplighter, site }
    }

    /// Another process, with what is on the disk.
    pub(crate) async fn restart(&mut self) {
        self.lamplighter.settle_status().await.unwrap();
        (self.lamplighter, self.site) = open(self.folder.path(), &self.clock).await;
    }

    pub(crate) fn pass(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
    }

    pub(crate) fn watch(&mut self, name: &str) {
        self.kuma.as_ref().unwrap().watch(name, "https://home.example.org");
        self.watched.push(name.to_owned());
    }

    pub(crate) fn unwatch(&mut self, name: &str) {
        self.watched.retain(|watched| watched != name);
    }

    pub(crate) fn stop_kuma(&mut self) {
        self.kuma = None;
    }

    pub(crate) fn report(&self, author: &str, title: &str, body: &str) {
        self.github.add_user(author);
        self.github.open_issue(REPOSITORY, author, title, body, ["user-report"]);
    }

    pub(crate) fn limit_github(&self) {
        self.github.begin_secondary_limit(403, true, Duration::from_hours(24));
    }

    /// All monitors look and see that it works, but for these; then somebody looks, and publishes that.
    pub(crate) async fn look(&mut self, seen: &[(&str, MonitorState)]) -> Seen {
        self.look_with_a_clock(SignedDuration::ZERO, seen).await
    }

    /// The same with a clock of Uptime Kuma that is ahead by so much.
    pub(crate) async fn look_with_a_clock(&mut self, ahead: SignedDuration, seen: &[(&str, MonitorState)]) -> Seen {
        self.clock.set(self.now);
        if let Some(kuma) = &self.kuma {
            kuma.set_time(self.now + ahead - SignedDuration::from_secs(20));
            for name in &self.watched {
                let state = seen.iter().find(|(other, _)| other == name).map_or(MonitorState::Up, |(_, state)| *state);
                kuma.beat(name, state, "as it is");
            }
            let names: Vec<&str> = self.watched.iter().map(String::as_str).collect();
            kuma.publish("home", &names);
        }
        let status = self.lamplighter.status().await.unwrap();
        // Waits of ours have moved it on.
        self.now = self.now.max(self.clock.now());
        let published = self.site.publish(&status).await;
        let published = published.into_iter().map(|to| to.outcome.unwrap()).collect();
        Seen { status, published, files: self.files() }
    }

    /// The files of the folder, which are those of the branch.
    pub(crate) fn files(&self) -> BTreeMap<String, String> {
        let (site, mut files) = (self.folder.path().join("site"), BTreeMap::new());
        let mut open = vec![site.clone()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(&site).unwrap().to_str().unwrap().to_owned();
                if path.is_dir() {
                    open.push(path);
                } else if !name.starts_with(".lamplighter") {
                    files.insert(name, std::fs::read_to_string(path).unwrap());
                }
            }
        }
        let listed = git(&self.folder.path().join("site.git"), &["ls-tree", "-r", "--name-only", "gh-pages"]);
        let of_branch: BTreeSet<&str> = listed.lines().filter(|name| !name.starts_with(".lamplighter")).collect();
        assert_eq!(of_branch, files.keys().map(String::as_str).collect());
        files
    }

    pub(crate) fn head(&self) -> String {
        git(&self.folder.path().join("site.git"), &["rev-parse", "gh-pages"])
    }

    pub(crate) fn commits(&self) -> usize {
        git(&self.folder.path().join("site.git"), &["rev-list", "--count", "gh-pages"]).parse().unwrap()
    }
}

impl Seen {
    /// Whether no file says of any service but these that it is up.
    pub(crate) fn is_true(&self, up: &[&str]) {
        let is_up = |name: &str| up.contains(&name);
        let told: Status = serde_json::from_str(&self.files["status.json"]).unwrap();
        assert!(told.says_the_same_as(&told) && told.services().count() > 0);
        for service in told.services().filter(|service| !is_up(&service.name)) {
            assert_ne!(service.state, ServiceState::Up, "{}", service.name);
            let badge = &self.files[&format!("badges/{}.svg", service.id)];
            assert!(!badge.contains(">up<"), "{badge}");
        }
        let all_up = told.services().all(|service| is_up(&service.name));
        assert!(all_up || told.state != OverallState::Operational);
        let summary: Value = serde_json::from_str(&self.files["api/v2/summary.json"]).unwrap();
        for component in summary["components"].as_array().unwrap() {
            let name = component["name"].as_str().unwrap();
            let is_group = component["group"].as_bool().unwrap_or_default();
            assert!(is_group || is_up(name) || component["status"] != "operational", "{component}");
        }
        assert!(all_up || summary["status"]["indicator"] != "none", "{}", summary["status"]);
        let upptime: Value = serde_json::from_str(&self.files["history/summary.json"]).unwrap();
        for service in upptime.as_array().unwrap() {
            assert!(is_up(service["name"].as_str().unwrap()) || service["status"] != "up", "{service}");
        }
        assert!(all_up || !self.files["index.html"].contains("All services are up"));
    }

    /// Whether these words are in no file at all.
    pub(crate) fn says_nothing_of(&self, words: &[&str]) {
        for (path, text) in &self.files {
            for word in words {
                assert!(!text.contains(word), "{word:?} in {path}");
            }
        }
    }

    /// Whether these words are in no file that a browser does something with. In JSON they are words.
    pub(crate) fn runs_nothing_of(&self, words: &[&str]) {
        let is_data = |path: &str| Path::new(path).extension().is_some_and(|end| end == "json");
        for (path, text) in self.files.iter().filter(|(path, _)| !is_data(path)) {
            for word in words {
                assert!(!text.contains(word), "{word:?} in {path}");
            }
        }
    }
}

async fn open(folder: &Path, clock: &FakeClock) -> (Lamplighter, StatusSite) {
    let config = Config::load(&folder.join("lamplighter.toml"), std::iter::empty()).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(clock.clone());
    let lamplighter = config.wire_with(None, &clock).await.unwrap().build().unwrap();
    (lamplighter, config.status_site().unwrap().unwrap())
}

/// git as a test's own tool, without the configuration of who runs the test.
fn git(dir: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(dir)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
