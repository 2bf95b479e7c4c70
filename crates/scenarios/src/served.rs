use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use lamplighter::core::CancellationToken;
use lamplighter::core::ports::{Inbox, JobId, JobState};
use lamplighter::{Builder, Config, Outcome, SystemClock};
use lamplighter_server::Server;
use lamplighter_sqlite::SqliteStore;
use lamplighter_testkit::world::vault::{PolicyRule, SecretIdRules, TokenRules};
use lamplighter_testkit::world::{GithubRole, GithubWorld, VaultWorld};
use secrecy::ExposeSecret;
use serde::Deserialize;
use tokio::task::JoinHandle;

use crate::scenario::text_of;
use crate::stage::write;
use crate::{Scenario, ScenarioError, Stage};

/// The repository that the issues are in.
pub const REPOSITORY: &str = "home/infrastructure";

/// Who we are there.
const OURSELVES: &str = "lamplighter-bot";

/// How a scenario's configuration names the tracker of its issue, which the served one replaces.
const FILES: &str = "[tracker]\nkind = \"files\"\ndir = \"issues\"\n";

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_mins(2);
const POLL: Duration = Duration::from_millis(20);

/// A scenario whose issue is filed on a played GitHub and answered by the service, which hears of it by webhook and has its
/// secrets from a played Vault.
pub struct Served {
    stage: Stage,
    github: GithubWorld,
    vault: VaultWorld,
    address: String,
    issue: Issue,
    stop: CancellationToken,
    service: JoinHandle<lamplighter::core::Result<()>>,
}

/// The issue of a scenario, as its folder has it.
#[derive(Deserialize)]
struct Issue {
    title: String,
    author: String,
    collaborator: bool,
    labels: BTreeSet<String>,
    #[serde(skip)]
    body: String,
}

impl Scenario {
    /// Lays the scenario out as [`Scenario::stage`] does, with a GitHub, a Vault and a running service. `adjust` may change
    /// what is wired in the service before it is built.
    ///
    /// # Errors
    /// [`ScenarioError`], saying which file or program.
    pub async fn serve(&self, folder: &Path, adjust: impl FnOnce(Builder) -> Builder) -> Result<Served, ScenarioError> {
        let stage = self.stage(folder).await?;
        let issue = self.issue()?;
        let broken = |error: &dyn std::fmt::Display| ScenarioError::World(error.to_string());
        let clock = Arc::new(SystemClock);
        let github = GithubWorld::start(clock.clone()).map_err(|error| broken(&error))?;
        let vault = VaultWorld::start(clock).map_err(|error| broken(&error))?;
        people(&github, &issue);
        let config = self.configure(&stage, &github, &vault)?;
        let listener = lamplighter_server::listen("127.0.0.1:0").await?;
        let address = listener.local_addr().map_err(|error| broken(&error))?.to_string();
        let server = Server::open(config, adjust).await?;
        let stop = CancellationToken::new();
        let service = tokio::spawn({
            let stop = stop.clone();
            async move { server.run(listener, stop).await }
        });
        github.post_deliveries_to(&format!("http://{address}/webhooks/github")).map_err(|error| broken(&error))?;
        Ok(Served { stage, github, vault, address, issue, stop, service })
    }

    fn issue(&self) -> Result<Issue, ScenarioError> {
        let text = text_of(self.folder, &self.name, "issue.md")?;
        let wrong = |message: &str| self.wrong("issue.md", message);
        let rest = text.strip_prefix("+++\n").ok_or_else(|| wrong("has no front matter"))?;
        let (front, body) = rest.split_once("+++\n").ok_or_else(|| wrong("its front matter has no end"))?;
        let issue: Issue = toml::from_str(front).map_err(|error| wrong(&error.to_string()))?;
        Ok(Issue { body: body.to_owned(), ..issue })
    }

    /// The configuration, beside the one of the folder as `serve.toml`: GitHub for the tracker, and secrets in Vault.
    fn configure(&self, stage: &Stage, github: &GithubWorld, vault: &VaultWorld) -> Result<Config, ScenarioError> {
        let tokens = [("webhook_secret", "webhook"), ("api_token", "api"), ("github_token", "github")]
            .map(|(field, name)| (field, format!("{name}-of-{}", self.name)));
        let fields: Vec<(&str, &str)> = tokens.iter().map(|(field, value)| (*field, value.as_str())).collect();
        vault.put("secret", "lamplighter", &fields);
        vault.set_policy("lamplighter", [PolicyRule::read("secret/data/lamplighter")]);
        let role = vault.set_approle("approle", "lamplighter", TokenRules::new(&["lamplighter"]));
        let secret_id = vault.secret_id("approle", "lamplighter", SecretIdRules::default());
        let secret_id =
            secret_id.ok_or_else(|| ScenarioError::World("the played Vault knows no such role".to_owned()))?;
        write(&stage.folder().join("secrets/vault-secret-id"), secret_id.expose_secret())?;
        for (field, value) in &fields {
            match *field {
                "webhook_secret" => github.set_webhook_secret(value),
                "github_token" => github.add_token(OURSELVES, value),
                _ => {}
            }
        }
        let text = text_of(self.folder, &self.name, "lamplighter.toml")?;
        if !text.contains(FILES) {
            return Err(self.wrong("lamplighter.toml", "does not name the folder of its issue as the others do"));
        }
        let tracker = format!(
            "[tracker]\nkind = \"github\"\nrepository = \"{REPOSITORY}\"\napi_url = \"{}\"\n\
             token = {{ vault = \"lamplighter\", field = \"github_token\" }}\n\n\
             [server]\nwebhook_secret = {{ vault = \"lamplighter\", field = \"webhook_secret\" }}\n\
             api_token = {{ vault = \"lamplighter\", field = \"api_token\" }}\n\n\
             [vault]\naddress = \"{}\"\n\n\
             [vault.login]\nkind = \"approle\"\nrole_id = \"{role}\"\nsecret_id = {{ file = \"secrets/vault-secret-id\" }}\n",
            github.url(),
            vault.url(),
        );
        let path = stage.folder().join("serve.toml");
        write(&path, &stage.fill(&text.replace(FILES, &tracker)))?;
        Config::load(&path, std::iter::empty()).map_err(|error| ScenarioError::Respond(error.into()))
    }
}

/// Who is on the played GitHub, and what they may do.
fn people(github: &GithubWorld, issue: &Issue) {
    github.add_repository(REPOSITORY);
    for login in [OURSELVES, "keeper", &issue.author] {
        github.add_user(login);
    }
    for login in [OURSELVES, "keeper"] {
        github.set_role(REPOSITORY, login, GithubRole::Write);
    }
    let role = if issue.collaborator { GithubRole::Write } else { GithubRole::Read };
    github.set_role(REPOSITORY, &issue.author, role);
}

impl Served {
    /// Files the issue on the played GitHub and waits until the service has answered it.
    ///
    /// # Errors
    /// [`ScenarioError::World`] when it has not in two minutes, or could not.
    pub async fn play(&self) -> Result<Outcome, ScenarioError> {
        let labels = self.issue.labels.iter().map(String::as_str);
        let number =
            self.github.open_issue(REPOSITORY, &self.issue.author, &self.issue.title, &self.issue.body, labels);
        self.outcome(&JobId::new(format!("answer/{number}"))).await
    }

    /// Waits for the outcome of a job.
    async fn outcome(&self, job: &JobId) -> Result<Outcome, ScenarioError> {
        let failed = |message: String| ScenarioError::World(message);
        let inbox = self.inbox().await?;
        let until = tokio::time::Instant::now() + PATIENCE;
        while tokio::time::Instant::now() < until {
            match inbox.job(job).await?.map(|job| job.state) {
                Some(JobState::Completed { outcome }) => {
                    return serde_json::from_value(outcome).map_err(|error| failed(error.to_string()));
                }
                Some(JobState::Failed { reason } | JobState::TimedOut { reason }) => return Err(failed(reason)),
                Some(JobState::Queued { .. } | JobState::Running | JobState::Waiting { .. }) | None => {}
            }
            tokio::time::sleep(POLL).await;
        }
        Err(failed(format!("job {job} is not done after {PATIENCE:?}")))
    }

    async fn inbox(&self) -> Result<SqliteStore, ScenarioError> {
        let path = self.stage.folder().join("data/journal.sqlite");
        SqliteStore::open(&path, Arc::new(SystemClock)).await.map_err(|error| ScenarioError::Respond(error.into()))
    }

    /// Where it is laid out, and the simulated cluster.
    #[must_use]
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// The played GitHub.
    #[must_use]
    pub fn github(&self) -> &GithubWorld {
        &self.github
    }

    /// The played Vault.
    #[must_use]
    pub fn vault(&self) -> &VaultWorld {
        &self.vault
    }

    /// The addresses of everything that takes part, by name.
    #[must_use]
    pub fn addresses(&self) -> [(&'static str, String); 4] {
        [
            ("lamplighter", format!("http://{}", self.address)),
            ("github", self.github.url().to_owned()),
            ("vault", self.vault.url()),
            ("kubernetes", self.stage.world().url()),
        ]
    }

    /// The issue with its conversation, as it stands on the played GitHub.
    #[must_use]
    pub fn conversation(&self) -> String {
        let issue = self.github.issue(REPOSITORY, 1);
        let state = if issue.is_closed { "closed" } else { "open" };
        let mut text = format!(
            "# {}\n\n{state}, by {}, labels: {}, assigned: {}\n\n{}\n",
            issue.title,
            issue.author,
            issue.labels.join(", "),
            issue.assignees.join(", "),
            issue.body
        );
        for comment in issue.comments {
            let _ = write!(text, "\n## {}\n\n{}\n", comment.author, comment.body);
        }
        text
    }

    /// Stops the service in order and waits for its end.
    ///
    /// # Errors
    /// Those of the service.
    pub async fn end(&mut self) -> Result<(), ScenarioError> {
        self.stop.cancel();
        let ended = (&mut self.service).await;
        ended.map_err(|error| ScenarioError::World(error.to_string()))?.map_err(ScenarioError::Respond)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
